"""Models and their versions on the wire."""

from __future__ import annotations

import json

from determined.common.api.wire.checkpoints import Checkpoint
from determined.common.api.wire.models import Model, ModelVersion
from determined.common.timestamps import format_wire

from ..store.database import Row


def model_message(row: Row) -> Model:
    """A model."""
    return {
        "name": row["name"],
        "description": row["description"],
        "metadata": json.loads(row["metadata"]),
        "creationTime": format_wire(row["creation_time"]),
        "lastUpdatedTime": format_wire(row["last_updated_time"]),
        "id": row["id"],
        "numVersions": row["num_versions"],
        "labels": json.loads(row["labels"]),
        "username": row["username"],
        "workspaceId": row["workspace_id"],
        "userId": row["user_id"],
        "archived": bool(row["archived"]),
        "notes": row["notes"],
    }


def version_message(row: Row, model: Model, checkpoint: Checkpoint) -> ModelVersion:
    """A version, inside of which stand its model and its checkpoint."""
    return {
        "model": model,
        "checkpoint": checkpoint,
        "version": row["version"],
        "creationTime": format_wire(row["creation_time"]),
        "id": row["id"],
        "name": row["name"],
        "metadata": json.loads(row["metadata"]),
        "lastUpdatedTime": format_wire(row["last_updated_time"]),
        "comment": row["comment"],
        "username": row["username"],
        "userId": row["user_id"],
        "labels": json.loads(row["labels"]),
        "notes": row["notes"],
    }


# --- answers that say less ------------------------------------------------------------------------------------------
# The real master leaves fields out of the answers to changes; clients that know it read again what they need.


def created_model_message(row: Row) -> Model:
    """A model as the answer to its creation shows it."""
    return {**model_message(row), "userId": 0}


def patched_model_message(row: Row) -> Model:
    """A model as the answer to a change shows it."""
    return {
        **model_message(row),
        "id": 0,
        "numVersions": 0,
        "username": "",
        "workspaceId": 0,
        "userId": 0,
        "archived": False,
    }


def listed_version_message(row: Row, model: Model, checkpoint: Checkpoint) -> ModelVersion:
    """A version as lists show it."""
    return version_message(row, {**model, "workspaceId": 0}, checkpoint)


def created_version_message(row: Row, model: Model, checkpoint: Checkpoint) -> ModelVersion:
    """A version as the answer to its creation shows it."""
    return {
        **version_message(row, {**model, "workspaceId": 0, "userId": 0}, checkpoint),
        "lastUpdatedTime": None,
        "userId": 0,
        "notes": "",
    }


def patched_version_message(row: Row, model: Model, checkpoint: Checkpoint) -> ModelVersion:
    """A version as the answer to a change shows it."""
    return {
        **version_message(row, {**model, "workspaceId": 0, "userId": 0}, checkpoint),
        "lastUpdatedTime": None,
        "username": "",
        "userId": 0,
    }
