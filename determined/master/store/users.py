"""Users and what belongs to them: settings, and what they last looked at."""

from __future__ import annotations

from typing import List, Optional

from .database import Connection, Row, Transaction
from .filters import Filters

# PostgreSQL has nulls last in ascending order, first in descending.
_SORTS = {
    "ID": "id {way}",
    "DISPLAY_NAME": "display_name {way} NULLS {nulls}, id",
    "USER_NAME": "username {way}",
    "ADMIN": "admin {way}, id",
    "ACTIVE": "active {way}, id",
    "MODIFIED_TIME": "modified_at {way}, id",
    "NAME": "coalesce(display_name, username) {way}, id",
    "LAST_AUTH_TIME": "last_auth_at {way} NULLS {nulls}, id",
    "REMOTE": "remote {way}, id",
}


def by_id(connection: Connection, user_id: int) -> Optional[Row]:
    """A user by id."""
    return connection.one("SELECT * FROM users WHERE id = ?", (user_id,))


def by_name(connection: Connection, username: str) -> Optional[Row]:
    """A user by the exact name."""
    return connection.one("SELECT * FROM users WHERE username = ?", (username,))


def is_name_taken(connection: Connection, name: str, *, by_other_than: int) -> bool:
    """Whether another user has this as user name or display name, in whatever case."""
    return bool(
        connection.scalar(
            "SELECT 1 FROM users WHERE id <> ? AND (lower(username) = lower(?) OR lower(display_name) = lower(?))",
            (by_other_than, name, name),
        )
    )


def count(connection: Connection, filters: Filters) -> int:
    """How many users there are of a kind."""
    return int(connection.scalar(f"SELECT count(*) FROM users{filters.where}", filters.parameters))


def page(connection: Connection, filters: Filters, *, sort: str, descending: bool, start: int, end: int) -> List[Row]:
    """Users of a kind, in order, from `start` to before `end`; `sort` is ID or a name of the sort enum."""
    order = _SORTS[sort].format(way="DESC" if descending else "ASC", nulls="FIRST" if descending else "LAST")
    return connection.all(
        f"SELECT * FROM users{filters.where} ORDER BY {order} LIMIT ? OFFSET ?",
        (*filters.parameters, end - start, start),
    )


def existing_ids(connection: Connection, filters: Filters) -> List[int]:
    """The ids of all users of a kind."""
    return [row["id"] for row in connection.all(f"SELECT id FROM users{filters.where} ORDER BY id", filters.parameters)]


# --- settings -------------------------------------------------------------------------------------------------------


def settings_of(connection: Connection, user_id: int) -> List[Row]:
    """A user's settings."""
    return connection.all(
        "SELECT key, storage_path, value FROM user_settings WHERE user_id = ? ORDER BY storage_path, key", (user_id,)
    )


def put_setting(tx: Transaction, user_id: int, storage_path: str, key: str, value: str) -> None:
    """Write one setting over what it was."""
    tx.execute(
        "INSERT INTO user_settings (user_id, storage_path, key, value) VALUES (?, ?, ?, ?)"
        " ON CONFLICT (user_id, storage_path, key) DO UPDATE SET value = excluded.value",
        (user_id, storage_path, key, value),
    )


def drop_setting(tx: Transaction, user_id: int, storage_path: str, key: str) -> None:
    """Forget one setting."""
    tx.execute(
        "DELETE FROM user_settings WHERE user_id = ? AND storage_path = ? AND key = ?", (user_id, storage_path, key)
    )


def drop_settings(tx: Transaction, user_id: int) -> None:
    """Forget all settings of a user."""
    tx.execute("DELETE FROM user_settings WHERE user_id = ?", (user_id,))


# --- activity -------------------------------------------------------------------------------------------------------


def note_activity(tx: Transaction, user_id: int, activity_type: str, entity_type: str, entity_id: int, at: int) -> None:
    """Note that a user did something to something now; an earlier note of the same is moved to now."""
    tx.execute(
        "INSERT INTO user_activity (user_id, activity_type, entity_type, entity_id, activity_time)"
        " VALUES (?, ?, ?, ?, ?) ON CONFLICT (user_id, activity_type, entity_type, entity_id)"
        " DO UPDATE SET activity_time = excluded.activity_time",
        (user_id, activity_type, entity_type, entity_id, at),
    )


def names_without_password(connection: Connection) -> List[str]:
    """Names of the users that anybody can log in as."""
    rows = connection.all(
        "SELECT username FROM users WHERE password_hash IS NULL AND active AND NOT remote ORDER BY id LIMIT 20"
    )
    return [row["username"] for row in rows]
