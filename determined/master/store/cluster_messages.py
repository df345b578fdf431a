"""The message that the admin shows to everybody, as it is stored: one at most."""

from __future__ import annotations

from typing import Optional

from .database import Connection, Row, Transaction


def current(connection: Connection, now: int) -> Optional[Row]:
    """The message that is shown now or will be."""
    return connection.one(
        "SELECT * FROM cluster_messages WHERE end_time IS NULL OR end_time > ? ORDER BY id DESC LIMIT 1", (now,)
    )


def replace(tx: Transaction, *, message: str, start_time: int, end_time: Optional[int], created_at: int) -> None:
    """Store a message in the place of the one before."""
    delete(tx)
    tx.insert("cluster_messages", message=message, start_time=start_time, end_time=end_time, created_at=created_at)


def delete(tx: Transaction) -> None:
    """Remove the message."""
    tx.execute("DELETE FROM cluster_messages")
