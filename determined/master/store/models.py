"""The model registry, as it is stored."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

from .database import Connection, Row, Transaction
from .filters import Filters

_FROM = " FROM models m JOIN users u ON u.id = m.user_id JOIN workspaces w ON w.id = m.workspace_id"
NUM_VERSIONS = "(SELECT count(*) FROM model_versions v WHERE v.model_id = m.id)"
_SELECT = f"SELECT m.*, u.username, {NUM_VERSIONS} AS num_versions{_FROM}"
_SORTS = {
    "UNSPECIFIED": "m.id {way}",
    "NAME": "m.name {way}, m.id {way}",
    "DESCRIPTION": "m.description {way}, m.id {way}",
    "CREATION_TIME": "m.creation_time {way}, m.id {way}",
    "LAST_UPDATED_TIME": "m.last_updated_time {way}, m.id {way}",
    "NUM_VERSIONS": "num_versions {way}, m.id {way}",
    "WORKSPACE": "w.name {way}, m.id {way}",
}

# --- models ---------------------------------------------------------------------------------------------------------


def by_id(connection: Connection, model_id: int) -> Optional[Row]:
    """A model by id, with its owner's name and the number of its versions."""
    return connection.one(f"{_SELECT} WHERE m.id = ?", (model_id,))


def by_name(connection: Connection, name: str) -> Optional[Row]:
    """A model by its exact name, with its owner's name and the number of its versions."""
    return connection.one(f"{_SELECT} WHERE m.name = ?", (name,))


def count(connection: Connection, filters: Filters) -> int:
    """How many models there are of a kind; the filters see ``m`` and its owner ``u``."""
    return int(connection.scalar(f"SELECT count(*){_FROM}{filters.where}", filters.parameters))


def page(connection: Connection, filters: Filters, *, sort: str, descending: bool, start: int, end: int) -> List[Row]:
    """Models of a kind, in order, from `start` to before `end`; `sort` is a sort key without prefix."""
    order = _SORTS[sort].format(way="DESC" if descending else "ASC")
    return connection.all(
        f"{_SELECT}{filters.where} ORDER BY {order} LIMIT ? OFFSET ?", (*filters.parameters, end - start, start)
    )


def labels(connection: Connection, workspace_id: Optional[int]) -> List[str]:
    """Every label in use, those of the most models first, then by alphabet."""
    where = "" if workspace_id is None else " WHERE m.workspace_id = ?"
    rows = connection.all(
        f"SELECT l.value FROM models m, json_each(m.labels) l{where}"
        " GROUP BY l.value ORDER BY count(DISTINCT m.id) DESC, l.value",
        () if workspace_id is None else (workspace_id,),
    )
    return [row["value"] for row in rows]


def insert(tx: Transaction, **values: Any) -> int:
    """Store a model; `labels` and `metadata` are JSON values. Returns its id."""
    return tx.insert("models", **_stored(values))


def change(tx: Transaction, model_id: int, **values: Any) -> None:
    """Set columns of a model; `labels` and `metadata` are JSON values."""
    tx.update("models", {"id": model_id}, **_stored(values))


def delete(tx: Transaction, model_id: int) -> None:
    """Remove a model with its versions."""
    tx.execute("DELETE FROM models WHERE id = ?", (model_id,))


# --- versions -------------------------------------------------------------------------------------------------------

_VERSIONS = "SELECT v.*, u.username FROM model_versions v JOIN users u ON u.id = v.user_id WHERE v.model_id = ?"
_VERSION_SORTS = {
    "UNSPECIFIED": "v.version {way}",
    "VERSION": "v.version {way}",
    "CREATION_TIME": "v.creation_time {way}, v.version {way}",
}


def version(connection: Connection, model_id: int, number: int) -> Optional[Row]:
    """A version of a model, with its owner's name."""
    return connection.one(f"{_VERSIONS} AND v.version = ?", (model_id, number))


def versions(connection: Connection, model_id: int, *, sort: str, descending: bool, start: int, end: int) -> List[Row]:
    """Versions of a model, in order, from `start` to before `end`; `sort` is a sort key without prefix."""
    order = _VERSION_SORTS[sort].format(way="DESC" if descending else "ASC")
    return connection.all(f"{_VERSIONS} ORDER BY {order} LIMIT ? OFFSET ?", (model_id, end - start, start))


def next_version(connection: Connection, model_id: int) -> int:
    """The number of a model's next version: one more than the highest there is."""
    highest = connection.scalar("SELECT max(version) FROM model_versions WHERE model_id = ?", (model_id,))
    return 1 + int(highest or 0)


def insert_version(tx: Transaction, **values: Any) -> int:
    """Store a version; `labels` and `metadata` are JSON values. Returns its id."""
    return tx.insert("model_versions", **_stored(values))


def change_version(tx: Transaction, version_id: int, **values: Any) -> None:
    """Set columns of a version; `labels` and `metadata` are JSON values."""
    tx.update("model_versions", {"id": version_id}, **_stored(values))


def delete_version(tx: Transaction, version_id: int) -> None:
    """Remove a version; its checkpoint stays."""
    tx.execute("DELETE FROM model_versions WHERE id = ?", (version_id,))


def _stored(values: Dict[str, Any]) -> Dict[str, Any]:
    return {k: json.dumps(v) if k in ("labels", "metadata") else v for k, v in values.items()}
