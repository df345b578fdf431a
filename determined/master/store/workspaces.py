"""Workspaces and their pins, as they are stored."""

from __future__ import annotations

from typing import List, Optional

from .database import Connection, Row, Transaction
from .filters import Filters

# pins are those of one user: the first parameter
_FROM = (
    " FROM workspaces w JOIN users u ON u.id = w.user_id"
    " LEFT JOIN workspace_pins n ON n.workspace_id = w.id AND n.user_id = ?"
)
_SELECT = (
    "SELECT w.*, u.username, n.pinned_at,"
    " (SELECT count(*) FROM projects p WHERE p.workspace_id = w.id) AS num_projects,"
    " (SELECT count(*) FROM projects p JOIN experiments e ON e.project_id = p.id WHERE p.workspace_id = w.id)"
    " AS num_experiments" + _FROM
)
_SORTS = {"ID": "w.id {way}", "NAME": "w.name {way}, w.id {way}"}


def by_id(connection: Connection, workspace_id: int, viewer_id: int) -> Optional[Row]:
    """A workspace by id, with its owner's name, its counts and the viewer's pin."""
    return connection.one(f"{_SELECT} WHERE w.id = ?", (viewer_id, workspace_id))


def bare(connection: Connection, workspace_id: int) -> Optional[Row]:
    """A workspace's own row."""
    return connection.one("SELECT * FROM workspaces WHERE id = ?", (workspace_id,))


def id_by_name(connection: Connection, name: str) -> Optional[int]:
    """The id of the workspace with exactly this name."""
    found: Optional[int] = connection.scalar("SELECT id FROM workspaces WHERE name = ?", (name,))
    return found


def count(connection: Connection, filters: Filters, viewer_id: int) -> int:
    """How many workspaces there are of a kind; the filters see ``w``, its owner ``u`` and the viewer's pin ``n``."""
    return int(connection.scalar(f"SELECT count(*){_FROM}{filters.where}", (viewer_id, *filters.parameters)))


def page(
    connection: Connection, filters: Filters, viewer_id: int, *, sort: str, descending: bool, start: int, end: int
) -> List[Row]:
    """Workspaces of a kind, in order, from `start` to before `end`; `sort` is ID or NAME."""
    order = _SORTS[sort].format(way="DESC" if descending else "ASC")
    return connection.all(
        f"{_SELECT}{filters.where} ORDER BY {order} LIMIT ? OFFSET ?",
        (viewer_id, *filters.parameters, end - start, start),
    )


def has_models(connection: Connection, workspace_id: int) -> bool:
    """Whether models of the registry are in a workspace."""
    return connection.one("SELECT 1 FROM models WHERE workspace_id = ? LIMIT 1", (workspace_id,)) is not None


def is_pinned(connection: Connection, workspace_id: int, user_id: int) -> bool:
    """Whether a user has pinned a workspace."""
    return (
        connection.one("SELECT 1 FROM workspace_pins WHERE workspace_id = ? AND user_id = ?", (workspace_id, user_id))
        is not None
    )


def pin(tx: Transaction, workspace_id: int, user_id: int, at: int) -> None:
    """Pin a workspace for a user."""
    tx.insert("workspace_pins", workspace_id=workspace_id, user_id=user_id, pinned_at=at)


def unpin(tx: Transaction, workspace_id: int, user_id: int) -> None:
    """Take a user's pin away."""
    tx.execute("DELETE FROM workspace_pins WHERE workspace_id = ? AND user_id = ?", (workspace_id, user_id))


def available_pools(connection: Connection, workspace_id: int, pools: List[str]) -> List[str]:
    """Those of the pools that the workspace may use: bound to no workspace, or to this one."""
    bound = {
        row["pool"]: bool(row["here"])
        for row in connection.all(
            "SELECT pool, max(workspace_id = ?) AS here FROM pool_bindings GROUP BY pool", (workspace_id,)
        )
    }
    return [pool for pool in pools if bound.get(pool, True)]


def deleting(connection: Connection) -> List[Row]:
    """Workspaces that are being deleted, with the number of projects left in each."""
    return connection.all(
        "SELECT w.id, (SELECT count(*) FROM projects p WHERE p.workspace_id = w.id) AS num_projects FROM workspaces w"
        " WHERE w.state = 'WORKSPACE_STATE_DELETING'"
    )


def delete(tx: Transaction, workspace_id: int) -> None:
    """Delete a workspace without projects, with its templates, webhooks and pins."""
    tx.execute("DELETE FROM templates WHERE workspace_id = ?", (workspace_id,))
    tx.execute(
        "DELETE FROM webhook_triggers WHERE webhook_id IN (SELECT id FROM webhooks WHERE workspace_id = ?)",
        (workspace_id,),
    )
    tx.execute("DELETE FROM webhooks WHERE workspace_id = ?", (workspace_id,))
    tx.execute("DELETE FROM workspaces WHERE id = ?", (workspace_id,))
