"""Projects, their notes and keys, as they are stored."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, Optional, Sequence

from .database import Connection, Row, Transaction
from .filters import Filters

_FROM = " FROM projects p JOIN users u ON u.id = p.user_id JOIN workspaces w ON w.id = p.workspace_id"
_SELECT = (
    "SELECT p.*, u.username, w.name AS workspace_name, w.user_id AS workspace_owner_id,"
    " w.archived AS is_workspace_archived, p.archived OR w.archived AS is_archived,"
    " (SELECT max(e.start_time) FROM experiments e WHERE e.project_id = p.id) AS last_experiment_started_at,"
    " (SELECT count(*) FROM experiments e WHERE e.project_id = p.id) AS num_experiments,"
    # the plus has SQLite look through the few active ones rather than through the project
    " (SELECT count(*) FROM experiments e WHERE +e.project_id = p.id AND e.state = 'ACTIVE') AS num_active_experiments,"
    " (SELECT count(*) FROM trials t WHERE t.project_id = p.id) AS num_runs" + _FROM
)
# PostgreSQL has nulls last in ascending order, first in descending.
_SORTS = {
    "ID": "p.id {way}",
    "CREATION_TIME": "p.created_at {way}, p.id {way}",
    "LAST_EXPERIMENT_START_TIME": "last_experiment_started_at {way} NULLS {nulls}, p.id {way}",
    "NAME": "p.name {way}, p.id {way}",
    "DESCRIPTION": "p.description {way}, p.id {way}",
}


def by_id(connection: Connection, project_id: int) -> Optional[Row]:
    """A project by id, with what it has of its owner, its workspace and its experiments."""
    return connection.one(f"{_SELECT} WHERE p.id = ?", (project_id,))


def by_key(connection: Connection, key: str) -> Optional[Row]:
    """A project by its key, in capitals; see `by_id`."""
    return connection.one(f"{_SELECT} WHERE p.key = ?", (key,))


def bare(connection: Connection, project_id: int) -> Optional[Row]:
    """A project's own row."""
    return connection.one("SELECT * FROM projects WHERE id = ?", (project_id,))


def count(connection: Connection, filters: Filters) -> int:
    """How many projects there are of a kind; the filters see ``p``, its owner ``u`` and its workspace ``w``."""
    return int(connection.scalar(f"SELECT count(*){_FROM}{filters.where}", filters.parameters))


def page(connection: Connection, filters: Filters, *, sort: str, descending: bool, start: int, end: int) -> List[Row]:
    """Projects of a kind, in order, from `start` to before `end`; `sort` is ID or a name of the sort enum."""
    order = _SORTS[sort].format(way="DESC" if descending else "ASC", nulls="FIRST" if descending else "LAST")
    return connection.all(
        f"{_SELECT}{filters.where} ORDER BY {order} LIMIT ? OFFSET ?", (*filters.parameters, end - start, start)
    )


def visited(connection: Connection, user_id: int, limit: int) -> List[Row]:
    """The projects a user has looked at, the latest first."""
    return connection.all(
        f"{_SELECT} JOIN user_activity a ON a.entity_id = p.id WHERE a.user_id = ?"
        " AND a.activity_type = 'ACTIVITY_TYPE_GET' AND a.entity_type = 'ENTITY_TYPE_PROJECT'"
        " ORDER BY a.activity_time DESC, p.id DESC LIMIT ?",
        (user_id, limit),
    )


def is_name_taken(connection: Connection, workspace_id: int, name: str, *, by_other_than: int = 0) -> bool:
    """Whether another project of a workspace has this name."""
    return (
        connection.one(
            "SELECT 1 FROM projects WHERE workspace_id = ? AND name = ? AND id <> ?",
            (workspace_id, name, by_other_than),
        )
        is not None
    )


def is_key_taken(connection: Connection, key: str, *, by_other_than: int = 0) -> bool:
    """Whether another project has this key, or a run elsewhere was ever known by it."""
    return (
        connection.one(
            "SELECT 1 FROM projects WHERE key = :key AND id <> :id"
            " UNION ALL SELECT 1 FROM run_keys k JOIN trials t ON t.id = k.run_id"
            " WHERE k.project_key = :key AND t.project_id <> :id LIMIT 1",
            {"key": key, "id": by_other_than},
        )
        is not None
    )


def set_key(tx: Transaction, project_id: int, key: str) -> None:
    """Give a project another key; its runs are known by the old and the new one."""
    tx.execute("UPDATE projects SET key = ? WHERE id = ?", (key, project_id))
    tx.execute(
        "INSERT OR REPLACE INTO run_keys (project_key, local_id, run_id)"
        " SELECT ?, local_id, id FROM trials WHERE project_id = ? AND local_id > 0",
        (key, project_id),
    )


def set_notes(tx: Transaction, project_id: int, notes: Sequence[Mapping[str, Any]]) -> None:
    """Replace a project's notes."""
    tx.update("projects", {"id": project_id}, notes=json.dumps(notes))


def delete(tx: Transaction, project_id: int) -> None:
    """Delete a project without experiments; its key is free again where no run needs it any more."""
    tx.execute(
        "DELETE FROM run_keys WHERE project_key = (SELECT key FROM projects WHERE id = ?)"
        " AND run_id NOT IN (SELECT id FROM trials)",
        (project_id,),
    )
    tx.execute("DELETE FROM user_activity WHERE entity_type = 'ENTITY_TYPE_PROJECT' AND entity_id = ?", (project_id,))
    tx.execute("DELETE FROM projects WHERE id = ?", (project_id,))


# --- deletion with all experiments ----------------------------------------------------------------------------------


def deleting(connection: Connection) -> List[Row]:
    """Projects that are being deleted, by themselves or with their workspace."""
    return connection.all("SELECT id, workspace_id FROM projects WHERE state = 'WORKSPACE_STATE_DELETING'")


def ids_in(connection: Connection, workspace_id: int) -> List[int]:
    """The ids of a workspace's projects."""
    rows = connection.all("SELECT id FROM projects WHERE workspace_id = ? ORDER BY id", (workspace_id,))
    return [row["id"] for row in rows]


def experiments_of(connection: Connection, project_id: int) -> List[Row]:
    """The experiments of a project."""
    return connection.all("SELECT * FROM experiments WHERE project_id = ? ORDER BY id", (project_id,))


def has_registered_checkpoints(connection: Connection, experiment_id: int) -> bool:
    """Whether checkpoints of an experiment are versions of models."""
    return (
        connection.one(
            "SELECT 1 FROM checkpoints c JOIN model_versions v ON v.checkpoint_uuid = c.uuid"
            " WHERE c.experiment_id = ? LIMIT 1",
            (experiment_id,),
        )
        is not None
    )
