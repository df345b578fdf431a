"""The agent's slots, as they are stored: which may be used."""

from __future__ import annotations

from typing import List, Optional

from .database import Connection, Row, Transaction


def declare(tx: Transaction, agent_id: str, count: int) -> None:
    """Write down how many slots the agent of this start has; what was switched off stays off."""
    if count:
        tx.execute("INSERT OR IGNORE INTO agents (id) VALUES (?)", (agent_id,))
    for number in range(count):
        tx.execute("INSERT OR IGNORE INTO slots (agent_id, number) VALUES (?, ?)", (agent_id, number))
    tx.execute("DELETE FROM slots WHERE agent_id = ? AND number >= ?", (agent_id, count))


def agent_enabled(connection: Connection) -> bool:
    """Whether there is an agent that takes new work."""
    return connection.scalar("SELECT 1 FROM agents WHERE enabled = 1") is not None


def usable(connection: Connection) -> List[int]:
    """Numbers of the slots that take new work."""
    rows = connection.all(
        "SELECT s.number FROM slots s JOIN agents a ON a.id = s.agent_id WHERE s.enabled = 1 AND a.enabled = 1"
        " ORDER BY s.number"
    )
    return [row["number"] for row in rows]


def agent(connection: Connection, agent_id: str) -> Optional[Row]:
    """An agent."""
    return connection.one("SELECT * FROM agents WHERE id = ?", (agent_id,))


def of_agent(connection: Connection, agent_id: str) -> List[Row]:
    """An agent's slots by number."""
    return connection.all("SELECT * FROM slots WHERE agent_id = ? ORDER BY number", (agent_id,))


def switch_agent(tx: Transaction, agent_id: str, *, enabled: bool, draining: bool) -> None:
    """Switch an agent on or off; its slots keep their own switches."""
    tx.update("agents", {"id": agent_id}, enabled=int(enabled), draining=int(draining))


def switch_slot(tx: Transaction, agent_id: str, number: int, *, enabled: bool, draining: bool) -> None:
    """Switch one slot on or off."""
    tx.update("slots", {"agent_id": agent_id, "number": number}, enabled=int(enabled), draining=int(draining))
