"""Configuration templates, as they are stored."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, Optional

from .database import Connection, Row, Transaction
from .filters import Filters


def by_name(connection: Connection, name: str) -> Optional[Row]:
    """A template by its exact name."""
    return connection.one("SELECT * FROM templates WHERE name = ?", (name,))


def insert(tx: Transaction, name: str, workspace_id: int, config: Mapping[str, Any]) -> None:
    """Store a new template."""
    tx.insert("templates", name=name, workspace_id=workspace_id, config=json.dumps(config))


def change(
    tx: Transaction, name: str, *, config: Optional[Mapping[str, Any]] = None, workspace_id: Optional[int] = None
) -> None:
    """Replace a template's configuration, move it to another workspace, or both; what is None stays as it is."""
    if config is not None:
        tx.update("templates", {"name": name}, config=json.dumps(config))
    if workspace_id is not None:
        tx.update("templates", {"name": name}, workspace_id=workspace_id)


def delete(tx: Transaction, name: str) -> bool:
    """Remove a template; returns whether it was there."""
    return bool(tx.execute("DELETE FROM templates WHERE name = ?", (name,)))


def count(connection: Connection, filters: Filters) -> int:
    """How many templates there are of a kind."""
    return int(connection.scalar(f"SELECT count(*) FROM templates{filters.where}", filters.parameters))


def page(connection: Connection, filters: Filters, *, descending: bool, start: int, end: int) -> List[Row]:
    """Templates of a kind by name, from `start` to before `end`."""
    return connection.all(
        f"SELECT * FROM templates{filters.where} ORDER BY name {'DESC' if descending else 'ASC'} LIMIT ? OFFSET ?",
        (*filters.parameters, end - start, start),
    )
