"""Access tokens, as they are stored: sessions of their own kind, with an end and a description."""

from __future__ import annotations

from typing import List, Optional

from .database import Connection, Row, Transaction
from .filters import Filters

_COLUMNS = "SELECT id, user_id, expires_at, created_at, revoked_at IS NOT NULL AS revoked, description FROM sessions"

# PostgreSQL has nulls last in ascending order, first in descending.
_SORTS = {
    "ID": "id {way}",
    "USER_ID": "user_id {way}, id",
    "EXPIRY": "expires_at {way} NULLS {nulls}, id",
    "CREATED_AT": "created_at {way}, id",
    "TOKEN_TYPE": "id",
    "REVOKED": "revoked {way}, id",
    "DESCRIPTION": "description {way} NULLS {nulls}, id",
}


def filters() -> Filters:
    """Conditions that only access tokens meet."""
    conditions = Filters()
    conditions.add("kind = 'access'")
    return conditions


def add_is_active(conditions: Filters, now: int) -> None:
    """Leave out tokens that were revoked or have expired."""
    conditions.add("revoked_at IS NULL AND (expires_at IS NULL OR expires_at > ?)", now)


def by_id(connection: Connection, token_id: int) -> Optional[Row]:
    """An access token by id."""
    return connection.one(f"{_COLUMNS} WHERE id = ? AND kind = 'access'", (token_id,))


def count(connection: Connection, conditions: Filters) -> int:
    """How many tokens there are of a kind."""
    return int(connection.scalar(f"SELECT count(*) FROM sessions{conditions.where}", conditions.parameters))


def page(
    connection: Connection, conditions: Filters, *, sort: str, descending: bool, start: int, end: int
) -> List[Row]:
    """Tokens of a kind, in order, from `start` to before `end`; `sort` is ID or a name of the sort enum."""
    order = _SORTS[sort].format(way="DESC" if descending else "ASC", nulls="FIRST" if descending else "LAST")
    return connection.all(
        f"{_COLUMNS}{conditions.where} ORDER BY {order} LIMIT ? OFFSET ?", (*conditions.parameters, end - start, start)
    )


def revoke(tx: Transaction, token_id: int, at: int) -> None:
    """End one token."""
    tx.update("sessions", {"id": token_id}, revoked_at=at)


def revoke_all_of(tx: Transaction, user_id: int, at: int) -> None:
    """End every token of a user."""
    tx.execute(
        "UPDATE sessions SET revoked_at = ? WHERE user_id = ? AND kind = 'access' AND revoked_at IS NULL", (at, user_id)
    )
