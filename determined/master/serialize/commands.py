"""Commands on the wire."""

from __future__ import annotations

import json
from typing import Any, Dict

from determined.common.api.wire.enums import TaskState
from determined.common.api.wire.tasks import Command
from determined.common.timestamps import format_wire

from ..expconf.commands import show_command
from ..services.commands import exit_status
from ..store.database import Row
from .tasks import STATES


def command_message(row: Row) -> Command:
    """A command."""
    spec = json.loads(row["spec"])
    return {
        "id": row["id"],
        "description": spec["description"],
        "state": _state(row),
        "startTime": format_wire(row["start_time"]),
        "container": None,
        "displayName": row["display_name"] or "",
        "userId": row["owner_id"],
        "username": row["username"],
        "resourcePool": spec["config"]["resources"]["resource_pool"],
        "exitStatus": exit_status(row),
        "jobId": row["job_id"],
        "workspaceId": spec["workspace_id"],
    }


def _state(row: Row) -> TaskState:
    if row["end_time"] is not None:
        return TaskState.TERMINATED
    return TaskState.QUEUED if row["allocation_state"] is None else STATES[row["allocation_state"]]


def config_struct(row: Row) -> Dict[str, Any]:
    """The full configuration of a command."""
    return show_command(json.loads(row["spec"])["config"])
