"""What searches were told since their state was last stored."""

from __future__ import annotations

from typing import List, Optional

from .database import Connection, Transaction


def add_event(tx: Transaction, experiment_id: int, number: int, event: str) -> None:
    """Note what a search was told.

    Parameters:
        number: its place among the events since the state was stored.
    """
    tx.insert("search_events", experiment_id=experiment_id, number=number, event=event)


def state(connection: Connection, experiment_id: int) -> str:
    """The state of a search, as it was stored last."""
    return str(connection.scalar("SELECT state FROM search_states WHERE experiment_id = ?", (experiment_id,)))


def events(connection: Connection, experiment_id: int) -> List[str]:
    """What a search was told since its state was stored, in order."""
    rows = connection.all("SELECT event FROM search_events WHERE experiment_id = ? ORDER BY number", (experiment_id,))
    return [row["event"] for row in rows]


def save_state(tx: Transaction, experiment_id: int, state: str, to_start: int) -> None:
    """Store the state of a search, with all that it was told."""
    tx.execute("INSERT OR REPLACE INTO search_states (experiment_id, state) VALUES (?, ?)", (experiment_id, state))
    set_to_start(tx, experiment_id, to_start)
    tx.execute("DELETE FROM search_events WHERE experiment_id = ?", (experiment_id,))


def set_to_start(tx: Transaction, experiment_id: int, to_start: int) -> None:
    """Note how many of its first trials a search still asks for."""
    tx.execute(
        "UPDATE experiments SET trials_to_start = :count WHERE id = :id AND trials_to_start != :count",
        {"id": experiment_id, "count": to_start},
    )


def next_to_start(connection: Connection) -> Optional[int]:
    """The experiment whose first trials are to be made next."""
    found: Optional[int] = connection.scalar("SELECT id FROM experiments WHERE trials_to_start > 0 ORDER BY id LIMIT 1")
    return found
