"""Rules of workspaces: who may change them, and what an immutable or archived one refuses."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.users import AgentUserGroup
from determined.common.api.wire.workspaces import PatchWorkspace, PostWorkspaceRequest

from .. import expconf
from ..auth import Caller
from ..errors import Code, Refusal, failed_precondition, forbidden, invalid, not_found, plain
from ..paging import Window, memory_window
from ..settings import RESOURCE_POOL
from ..store import workspaces
from ..store.database import Connection, Row, Transaction
from ..store.filters import Filters
from . import deletions

_LONGEST_NAME = 80
_ADMINS_SET_AGENT_USER = "only admin privileged users can set workspace agent user groups"


def workspace_by_id(connection: Connection, caller: Caller, workspace_id: int) -> Row:
    """A workspace as the caller sees it.

    Raises:
        Refusal: there is none with that id.
    """
    row = workspaces.by_id(connection, workspace_id, caller.user_id)
    if row is None:
        raise not_found("workspace", workspace_id)
    return row


def open_workspace(connection: Connection, workspace_id: int) -> Row:
    """A workspace that takes new projects.

    Raises:
        Refusal: there is none, or it is immutable or archived.
    """
    row = workspaces.bare(connection, workspace_id)
    if row is None:
        raise not_found("workspace", workspace_id)
    for state in ("archived", "immutable"):
        if row[state]:
            raise plain(f"workspace ({workspace_id}) is {state} and cannot add new projects")
    return row


def list_workspaces(
    connection: Connection,
    caller: Caller,
    *,
    name: str,
    name_with_case: str,
    archived: Optional[bool],
    pinned: Optional[bool],
    users: Sequence[str],
    user_ids: Sequence[int],
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> Tuple[List[Row], Window]:
    """Workspaces, and the window they were cut to; `name` and `name_with_case` are patterns for the whole name."""
    filters = Filters()
    if name:
        filters.matches("w.name", name)
    if name_with_case:
        filters.matches("w.name", name_with_case, case_counts=True)
    if archived is not None:
        filters.add("w.archived = ?", int(archived))
    if pinned is not None:
        filters.add("n.pinned_at IS NOT NULL" if pinned else "n.pinned_at IS NULL")
    filters.among("u.username", users)
    filters.among("w.user_id", user_ids)
    window = memory_window(workspaces.count(connection, filters, caller.user_id), offset, limit)
    rows = workspaces.page(
        connection, filters, caller.user_id, sort=sort, descending=descending, start=window.start, end=window.end
    )
    return rows, window


# --- creating -------------------------------------------------------------------------------------------------------


def create_workspace(tx: Transaction, caller: Caller, request: PostWorkspaceRequest) -> Row:
    """Create a workspace and pin it for the caller; returns it as the caller sees it.

    Raises:
        Refusal: the name is not allowed or taken, the storage is wrong, or the caller may not set the agent's user.
    """
    values: Dict[str, Any] = {"name": _checked_name(request.get("name", ""))}
    group = request.get("agentUserGroup")
    if group is not None:
        _require(caller.admin, _ADMINS_SET_AGENT_USER)
        values["agent_user_group"] = json.dumps(group) if group else None
    values["checkpoint_storage_config"] = _storage_text(request.get("checkpointStorageConfig"))
    values["default_compute_pool"] = request.get("defaultComputePool", "")
    values["default_aux_pool"] = request.get("defaultAuxPool", "")
    if workspaces.id_by_name(tx, values["name"]) is not None or not _is_whole(group):
        # the real master blames the name for whatever its database refuses
        tx.use_up_id("workspaces")
        raise _name_taken()
    now = timestamps.now()
    workspace_id = tx.insert("workspaces", user_id=caller.user_id, created_at=now, **values)
    workspaces.pin(tx, workspace_id, caller.user_id, now)
    return workspace_by_id(tx, caller, workspace_id)


def _checked_name(name: str) -> str:
    if not name:
        raise invalid("name '' must be at least 1 character long")
    if len(name.encode()) > _LONGEST_NAME:
        # the real master says 53 and means 80
        raise invalid(f"name '{name}' must be at most 53 character long")
    if not name.strip():
        raise invalid("name must contain at least non-whitespace letter")
    return name


def _name_taken() -> Refusal:
    text = "avoid names equal to other workspaces (case-insensitive)"
    return Refusal(Code.ALREADY_EXISTS, text, keep_writes=True)


def _storage_text(config: Optional[Dict[str, Any]]) -> Optional[str]:
    """How a checkpoint storage is stored; None for none."""
    if not config:
        return None
    try:
        return json.dumps(expconf.check_storage(config), sort_keys=True)
    except expconf.UnreadableConfig as error:
        raise plain(error.text) from None
    except expconf.ConfigError as error:
        raise invalid(error.text) from None


def _is_whole(group: Optional[AgentUserGroup]) -> bool:
    """Whether the user of an agent user group has an id and the group too, if they are given at all."""
    return not group or (
        (group.get("agentUid") is None) == (group.get("agentUser") is None)
        and (group.get("agentGid") is None) == (group.get("agentGroup") is None)
    )


def _require(allowed: bool, text: str) -> None:
    if not allowed:
        raise forbidden(text)


# --- changing -------------------------------------------------------------------------------------------------------


def patch_workspace(tx: Transaction, caller: Caller, workspace_id: int, patch: PatchWorkspace) -> Row:
    """Change a workspace; returns it as the caller sees it.

    Raises:
        Refusal: no such workspace, it is immutable or archived, the caller may not, or a value is not allowed.
    """
    workspace = open_workspace(tx, workspace_id)
    may = caller.admin or workspace["user_id"] == caller.user_id
    values: Dict[str, Any] = {}
    name = patch.get("name")
    if name is not None:
        _require(may, "only admins may set other user's workspaces names")
        values["name"] = _free_name(tx, name, workspace_id)
    group = patch.get("agentUserGroup")
    if group is not None:
        _require(caller.admin, _ADMINS_SET_AGENT_USER)
        if not _is_whole(group):
            raise plain("an agent user group has agentUid with agentUser, and agentGid with agentGroup")
        values["agent_user_group"] = json.dumps(group) if group else None
    storage = patch.get("checkpointStorageConfig")
    if storage is not None:
        _require(may, "only admins may set checkpoint storage config on other user's workspaces")
        values["checkpoint_storage_config"] = _storage_text(storage)
    for sent, column in (
        (patch.get("defaultComputeResourcePool"), "default_compute_pool"),
        (patch.get("defaultAuxResourcePool"), "default_aux_pool"),
    ):
        if sent is not None:
            _require(may, "only admins may set default resource pools on other user's workspaces")
            values[column] = _available_pool(tx, workspace_id, sent)
    tx.update("workspaces", {"id": workspace_id}, **values)
    return workspace_by_id(tx, caller, workspace_id)


def _free_name(tx: Transaction, name: str, workspace_id: int) -> str:
    if workspaces.id_by_name(tx, _checked_name(name)) not in (None, workspace_id):
        raise _name_taken()
    return name


def _available_pool(tx: Transaction, workspace_id: int, pool: str) -> str:
    if pool and pool not in available_pools(tx, workspace_id):
        raise failed_precondition(
            "unable to bind a resource pool that does not exist or is not available to the workspace"
        )
    return pool


def available_pools(connection: Connection, workspace_id: int) -> List[str]:
    """The resource pools that a workspace may use; the workspace need not exist."""
    return workspaces.available_pools(connection, workspace_id, [RESOURCE_POOL])


def set_archived(tx: Transaction, caller: Caller, workspace_id: int, *, archived: bool) -> None:
    """Archive a workspace or take it back; it may be so already.

    Raises:
        Refusal: no such workspace, the caller may not, or it is immutable.
    """
    workspace = workspace_by_id(tx, caller, workspace_id)
    verb = "archive" if archived else "unarchive"
    _require(caller.admin or workspace["user_id"] == caller.user_id, f"only admins may {verb} other user's workspaces")
    if workspace["immutable"]:
        raise plain(f"error {verb[:-1]}ing workspace ({workspace_id}): not found")
    tx.update("workspaces", {"id": workspace_id}, archived=int(archived))


def pin_workspace(tx: Transaction, caller: Caller, workspace_id: int) -> None:
    """Pin a workspace for the caller.

    Raises:
        Refusal: no such workspace, or it is pinned.
    """
    workspace_by_id(tx, caller, workspace_id)
    if workspaces.is_pinned(tx, workspace_id, caller.user_id):
        raise plain(f"error pinning workspace ({workspace_id}): it is pinned already")
    workspaces.pin(tx, workspace_id, caller.user_id, timestamps.now())


def unpin_workspace(tx: Transaction, caller: Caller, workspace_id: int) -> None:
    """Take the caller's pin away.

    Raises:
        Refusal: no such workspace, or it is not pinned.
    """
    workspace_by_id(tx, caller, workspace_id)
    if not workspaces.is_pinned(tx, workspace_id, caller.user_id):
        raise plain(f"error un-pinning workspace ({workspace_id}): not found")
    workspaces.unpin(tx, workspace_id, caller.user_id)


def delete_workspace(tx: Transaction, caller: Caller, workspace_id: int) -> bool:
    """Delete a workspace with all that is in it; returns whether that is done, or goes on behind.

    Raises:
        Refusal: no such workspace, the caller may not, it is immutable, or models are in it.
    """
    workspace = workspace_by_id(tx, caller, workspace_id)
    _require(caller.admin or workspace["user_id"] == caller.user_id, "only admins may delete other user's workspaces")
    if workspace["immutable"]:
        raise plain(f"workspace ({workspace_id}) does not exist or not deletable by this user: not found")
    if workspaces.has_models(tx, workspace_id):
        raise failed_precondition(
            f"workspace ({workspace_id}) contains models; move or delete the models before deleting the workspace"
        )
    if not workspace["num_projects"]:
        workspaces.delete(tx, workspace_id)
        return True
    deletions.begin_workspace(tx, workspace_id)
    return False
