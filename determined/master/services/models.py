"""Rules of the model registry: names, who may change what, and which checkpoints become versions."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

from determined.common import timestamps
from determined.common.api.wire.models import PatchModel, PatchModelVersion, PostModelRequest, PostModelVersionRequest

from ..auth import Caller
from ..errors import Code, Refusal, invalid, not_found, plain
from ..paging import Window, memory_window
from ..store import checkpoints as checkpoint_store
from ..store import models, workspaces
from ..store.database import Connection, Row, Transaction
from ..store.filters import Filters
from . import checkpoints

_FIRST_WORKSPACE = 1
_LONGEST_ID = 19
"""Digits that always fit in the database's integers."""
_NAME_TAKEN = "avoid names equal to other models (case-sensitive)"


# --- models ---------------------------------------------------------------------------------------------------------


def find_model(connection: Connection, identity: str) -> Row:
    """A model by id when the text is all digits, else by its exact name.

    Raises:
        Refusal: there is none.
    """
    is_id = identity.isascii() and identity.isdigit() and len(identity) < _LONGEST_ID
    row = models.by_id(connection, int(identity)) if is_id else models.by_name(connection, identity)
    if row is None:
        raise Refusal(Code.NOT_FOUND, f'model "{identity}" not found')
    return row


def list_models(
    connection: Connection, filters: Filters, *, sort: str, descending: bool, offset: int, limit: int
) -> Tuple[List[Row], Window]:
    """Models that match the filters, and the window they were cut to."""
    window = memory_window(models.count(connection, filters), offset, limit)
    rows = models.page(connection, filters, sort=sort, descending=descending, start=window.start, end=window.end)
    return rows, window


def create_model(tx: Transaction, caller: Caller, request: PostModelRequest) -> Row:
    """Store a model; returns it.

    Raises:
        Refusal: the name is not allowed or taken, or there is no such workspace.
    """
    name = request.get("name", "")
    check_name(name)
    workspace_id = _workspace_id(tx, request.get("workspaceId", 0), request.get("workspaceName", ""))
    if workspaces.bare(tx, workspace_id) is None:
        tx.use_up_id("models")
        text = f'error creating model "{name}" in database: workspace {workspace_id} not found'
        raise Refusal(Code.UNKNOWN, text, keep_writes=True)
    if models.by_name(tx, name) is not None:
        tx.use_up_id("models")
        raise Refusal(Code.ALREADY_EXISTS, _NAME_TAKEN, keep_writes=True)
    now = timestamps.now()
    model_id = models.insert(
        tx,
        name=name,
        description=request.get("description", ""),
        metadata=request.get("metadata") or {},
        labels=split_labels(request.get("labels", [])),
        notes=request.get("notes", ""),
        creation_time=now,
        last_updated_time=now,
        user_id=caller.user_id,
        workspace_id=workspace_id,
    )
    return find_model(tx, str(model_id))


def patch_model(tx: Transaction, identity: str, patch: PatchModel) -> Tuple[Row, bool]:
    """Change a model; returns it and whether anything is new.

    Raises:
        Refusal: no such model, it is archived, the name is not allowed or taken, or there is no such workspace.
    """
    model = find_model(tx, identity)
    if model["archived"]:
        raise plain(f'model "{model["name"]}" is archived and cannot have attributes updated')
    changed = _changed(model, patch)
    name = changed.get("name")
    if name is not None:
        check_name(name)
        if models.by_name(tx, name) is not None:
            raise Refusal(Code.ALREADY_EXISTS, _NAME_TAKEN)
    if patch.get("workspaceId") or patch.get("workspaceName"):
        workspace_id = _workspace_id(tx, patch.get("workspaceId", 0), patch.get("workspaceName", ""))
        _require_workspace(tx, model["name"], workspace_id)
        if workspace_id != model["workspace_id"]:
            changed["workspace_id"] = workspace_id
    if changed:
        models.change(tx, model["id"], last_updated_time=timestamps.now(), **changed)
    return find_model(tx, str(model["id"])), bool(changed)


def set_archived(tx: Transaction, identity: str, archived: bool) -> None:
    """Archive a model or take it back out; nothing is wrong with doing it twice."""
    model = find_model(tx, identity)
    models.change(tx, model["id"], archived=int(archived), last_updated_time=timestamps.now())


def move_model(tx: Transaction, identity: str, workspace_id: int) -> None:
    """Put a model into another workspace, archived or not.

    Raises:
        Refusal: no such model or workspace.
    """
    model = find_model(tx, identity)
    _require_workspace(tx, model["name"], workspace_id)
    models.change(tx, model["id"], workspace_id=workspace_id)


def delete_model(tx: Transaction, caller: Caller, identity: str) -> None:
    """Remove a model with its versions; their checkpoints stay.

    Raises:
        Refusal: no such model, or the caller is neither its owner nor an admin.
    """
    model = find_model(tx, identity)
    if not caller.admin and model["user_id"] != caller.user_id:
        raise plain("non-admin users may not delete other users' models access denied")
    models.delete(tx, model["id"])


def check_name(name: str) -> None:
    """Refuse a name that a path or a query for an id could not tell apart.

    Raises:
        Refusal: it is blank, has two blanks in a row, a slash or a backslash, or is all digits.
    """
    if not name.replace(" ", ""):
        raise invalid("model names cannot be blank")
    if "  " in name:
        raise invalid("model names cannot have excessive spacing")
    if "/" in name or "\\" in name:
        raise invalid("model names cannot have slashes")
    if name.isascii() and name.isdigit():
        raise invalid("model names cannot be only numbers")


def split_labels(labels: Sequence[str]) -> List[str]:
    """Return labels as they are stored: one with commas becomes several."""
    joined = ",".join(labels)
    return joined.split(",") if joined else []


def _new_labels(sent: Sequence[Any]) -> List[str]:
    texts = split_labels([label for label in sent if isinstance(label, str)])
    return list(dict.fromkeys(texts))


def _changed(row: Row, patch: Union[PatchModel, PatchModelVersion]) -> Dict[str, Any]:
    """The columns that a patch gives another value: what models and versions have in common."""
    sent: Dict[str, Any] = dict(patch)
    changed = {
        column: sent[column]
        for column in ("name", "description", "comment", "notes")
        if sent.get(column) is not None and sent[column] != row[column]
    }
    if sent.get("metadata") is not None and sent["metadata"] != json.loads(row["metadata"]):
        changed["metadata"] = sent["metadata"]
    if sent.get("labels") is not None and _new_labels(sent["labels"]) != json.loads(row["labels"]):
        changed["labels"] = _new_labels(sent["labels"])
    return changed


def _workspace_id(connection: Connection, workspace_id: int, name: str) -> int:
    if workspace_id:
        return workspace_id
    if not name:
        return _FIRST_WORKSPACE
    found = workspaces.id_by_name(connection, name)
    if found is None:
        raise plain(f"failed to get workspace {name}: not found")
    return found


def _require_workspace(connection: Connection, model_name: str, workspace_id: int) -> None:
    if workspaces.bare(connection, workspace_id) is None:
        raise plain(f"error moving a model ({model_name}): workspace {workspace_id} not found")


# --- versions -------------------------------------------------------------------------------------------------------


def find_version(connection: Connection, identity: str, number: int) -> Tuple[Row, Row]:
    """A model and one of its versions.

    Raises:
        Refusal: no such model or version.
    """
    model = find_model(connection, identity)
    version = models.version(connection, model["id"], number)
    if version is None:
        raise Refusal(Code.NOT_FOUND, f'version {number} for model "{identity}" not found')
    return model, version


def list_versions(
    connection: Connection, identity: str, *, sort: str, descending: bool, offset: int, limit: int
) -> Tuple[Row, List[Row], Window]:
    """A model, its versions, and the window they were cut to."""
    model = find_model(connection, identity)
    window = memory_window(model["num_versions"], offset, limit)
    rows = models.versions(
        connection, model["id"], sort=sort, descending=descending, start=window.start, end=window.end
    )
    return model, rows, window


def create_version(tx: Transaction, caller: Caller, identity: str, request: PostModelVersionRequest) -> Tuple[Row, Row]:
    """Register a checkpoint as the next version of a model; returns the model as it was before, and the version.

    Raises:
        Refusal: no such model, it is archived, no such checkpoint, or it is not COMPLETED.
    """
    model = find_model(tx, identity)
    if model["archived"]:
        raise plain(f'model "{model["name"]}" is archived and cannot register new versions')
    asked = request.get("checkpointUuid", "")
    uuid = checkpoints.parse_uuid(asked)
    if uuid is None:
        raise plain(f'invalid checkpoint uuid: "{asked}"')
    checkpoint = checkpoint_store.by_uuid(tx, uuid)
    if checkpoint is None:
        raise not_found("checkpoint", asked)
    if checkpoint["state"] != "COMPLETED":
        raise plain(
            f"checkpoint {uuid} is in STATE_{checkpoint['state']} state."
            " checkpoints for model versions must be in a COMPLETED state"
        )
    now = timestamps.now()
    number = models.next_version(tx, model["id"])
    models.insert_version(
        tx,
        model_id=model["id"],
        version=number,
        checkpoint_uuid=uuid,
        name=request.get("name", ""),
        comment=request.get("comment", ""),
        notes=request.get("notes", ""),
        labels=split_labels(request.get("labels", [])),
        metadata=request.get("metadata") or {},
        creation_time=now,
        last_updated_time=now,
        user_id=caller.user_id,
    )
    return model, find_version(tx, str(model["id"]), number)[1]


def patch_version(tx: Transaction, identity: str, number: int, patch: PatchModelVersion) -> Tuple[Row, Row, bool]:
    """Change a version, of an archived model too; returns the model, the version, and whether anything is new.

    Raises:
        Refusal: no such model or version.
    """
    _, version = find_version(tx, identity, number)
    changed = _changed(version, patch)
    if changed:
        models.change_version(tx, version["id"], last_updated_time=timestamps.now(), **changed)
    return (*find_version(tx, identity, number), bool(changed))


def delete_version(tx: Transaction, caller: Caller, identity: str, number: int) -> None:
    """Remove a version; its checkpoint stays.

    Raises:
        Refusal: no such model or version, or the caller owns neither and is no admin.
    """
    model, version = find_version(tx, identity, number)
    if not caller.admin and caller.user_id not in (model["user_id"], version["user_id"]):
        raise plain("non-admin users may not delete other users' model versions access denied")
    models.delete_version(tx, version["id"])


def filters_of(
    *,
    name: str,
    description: str,
    labels: Sequence[str],
    archived: Optional[bool],
    users: Sequence[str],
    user_ids: Sequence[int],
    model_id: Optional[int],
    workspace_ids: Sequence[int],
    workspace_names: Sequence[str],
) -> Filters:
    """The conditions of a list of models: all must hold; of labels, users and workspaces any one does.

    Parameters:
        labels: one with commas is several, as it is where labels are given.
        users: likewise.
        workspace_names: looked at only when there are no ids.
    """
    labels, users = split_labels(labels), split_labels(users)
    filters = Filters()
    if name:
        filters.contains(["m.name"], name)
    if description:
        filters.contains(["m.description"], description)
    if labels:
        filters.add(
            "EXISTS (SELECT 1 FROM json_each(m.labels) l WHERE l.value IN (SELECT value FROM json_each(?)))",
            json.dumps(labels),
        )
    if archived is not None:
        filters.add("m.archived = ?", int(archived))
    filters.among("u.username", users)
    filters.among("m.user_id", user_ids)
    if model_id is not None:
        filters.add("m.id = ?", model_id)
    if workspace_ids:
        filters.among("m.workspace_id", workspace_ids)
    elif workspace_names:
        filters.add(
            "m.workspace_id IN (SELECT id FROM workspaces WHERE name IN (SELECT value FROM json_each(?)))",
            json.dumps(list(workspace_names)),
        )
    return filters
