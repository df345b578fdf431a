"""Workspaces on the wire."""

from __future__ import annotations

import json
from typing import Any, Dict

from determined.common.api.wire.enums import WorkspaceState
from determined.common.api.wire.workspaces import Workspace
from determined.common.timestamps import format_wire

from ..store.database import Row

_SECRETS = ("access_key", "secret_key")
_MASK = "********"


def listed_workspace_message(row: Row) -> Workspace:
    """A workspace in a list, where its storage is not told."""
    message: Workspace = {
        "id": row["id"],
        "name": row["name"],
        "archived": bool(row["archived"]),
        "username": row["username"],
        "immutable": bool(row["immutable"]),
        "numProjects": row["num_projects"],
        "pinned": row["pinned_at"] is not None,
        "userId": row["user_id"],
        "numExperiments": row["num_experiments"],
        "state": WorkspaceState(row["state"]),
        "errorMessage": row["error_message"],
        "defaultComputePool": row["default_compute_pool"],
        "defaultAuxPool": row["default_aux_pool"],
    }
    if row["agent_user_group"] is not None:
        message["agentUserGroup"] = json.loads(row["agent_user_group"])
    if row["pinned_at"] is not None:
        message["pinnedAt"] = format_wire(row["pinned_at"])
    return message


def workspace_message(row: Row) -> Workspace:
    """A workspace by itself, the secrets of its storage masked."""
    message = listed_workspace_message(row)
    if row["checkpoint_storage_config"] is not None:
        message["checkpointStorageConfig"] = _masked(json.loads(row["checkpoint_storage_config"]))
    return message


def new_workspace_message(row: Row) -> Workspace:
    """A workspace as it is told to who just created it: pinned, but not yet since when."""
    message = workspace_message(row)
    message.pop("pinnedAt", None)
    return message


def _masked(storage: Dict[str, Any]) -> Dict[str, Any]:
    return {k: _MASK if k in _SECRETS and v is not None else v for k, v in storage.items()}
