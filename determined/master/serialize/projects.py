"""Projects on the wire."""

from __future__ import annotations

import json

from determined.common.api.wire.enums import WorkspaceState
from determined.common.api.wire.projects import MetricsRange, Project, ProjectColumn
from determined.common.api.wire.scalars import from_float
from determined.common.timestamps import format_wire

from ..services.project_columns import Column, Range
from ..store.database import Row


def project_message(row: Row) -> Project:
    """A project by itself."""
    started = row["last_experiment_started_at"]
    return {
        "id": row["id"],
        "name": row["name"],
        "workspaceId": row["workspace_id"],
        "description": row["description"],
        "lastExperimentStartedAt": None if started is None else format_wire(started),
        "notes": json.loads(row["notes"]),
        "numExperiments": row["num_experiments"],
        "numActiveExperiments": row["num_active_experiments"],
        "archived": bool(row["is_archived"]),
        "username": row["username"],
        "immutable": bool(row["immutable"]),
        "userId": row["user_id"],
        "workspaceName": row["workspace_name"],
        "state": WorkspaceState(row["state"]),
        "errorMessage": row["error_message"],
        "key": row["key"],
        "numRuns": row["num_runs"],
    }


def listed_project_message(row: Row) -> Project:
    """A project in the list of a workspace, or just created: without the workspace's name."""
    return {**project_message(row), "workspaceName": ""}


def visited_project_message(row: Row) -> Project:
    """A project in the list of those a user has looked at: without its key."""
    return {**project_message(row), "key": ""}


def column_message(column: Column) -> ProjectColumn:
    """A column of a table of experiments or runs."""
    return {
        "column": column.name,
        "location": column.location,
        "type": column.type,
        "displayName": column.heading,
    }


def range_message(found: Range) -> MetricsRange:
    """The least and greatest value of a metric's statistic."""
    return {
        "metricsName": found.name,
        "min": from_float(found.least),  # type: ignore[typeddict-item]  # spelled out when not finite
        "max": from_float(found.greatest),  # type: ignore[typeddict-item]  # likewise
    }
