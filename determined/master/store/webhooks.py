"""Webhooks, their triggers, and the calls that are still to be made, as they are stored."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence

from .database import Connection, Row, Transaction


class NewTrigger(NamedTuple):
    """A trigger to be stored: its type without prefix, and when it fires."""

    trigger_type: str
    condition: Mapping[str, Any]


# --- webhooks -------------------------------------------------------------------------------------------------------


def insert(
    tx: Transaction,
    *,
    name: str,
    url: str,
    webhook_type: str,
    mode: str,
    workspace_id: Optional[int],
    triggers: Sequence[NewTrigger],
) -> int:
    """Store a webhook with its triggers; returns its id."""
    webhook_id = tx.insert(
        "webhooks", name=name, url=url, webhook_type=webhook_type, mode=mode, workspace_id=workspace_id
    )
    for trigger in triggers:
        tx.insert(
            "webhook_triggers",
            webhook_id=webhook_id,
            trigger_type=trigger.trigger_type,
            condition=json.dumps(trigger.condition),
        )
    return webhook_id


def by_id(connection: Connection, webhook_id: int) -> Optional[Row]:
    """A webhook."""
    return connection.one("SELECT * FROM webhooks WHERE id = ?", (webhook_id,))


def all_webhooks(connection: Connection) -> List[Row]:
    """Every webhook, by id, with the owner of its workspace."""
    return connection.all(
        "SELECT h.*, w.user_id AS owner_id FROM webhooks h LEFT JOIN workspaces w ON w.id = h.workspace_id"
        " ORDER BY h.id"
    )


def all_triggers(connection: Connection) -> List[Row]:
    """Every trigger, by id, with the webhook it belongs to."""
    return connection.all(
        "SELECT t.*, w.name, w.url, w.webhook_type, w.mode, w.workspace_id"
        " FROM webhook_triggers t JOIN webhooks w ON w.id = t.webhook_id ORDER BY t.id"
    )


def log_conditions(connection: Connection) -> List[str]:
    """The conditions of every trigger that looks at logs, as JSON."""
    rows = connection.all("SELECT condition FROM webhook_triggers WHERE trigger_type = 'TASK_LOG' ORDER BY id")
    return [row["condition"] for row in rows]


def triggers_of(connection: Connection, webhook_id: int) -> List[Row]:
    """The triggers of one webhook, by id."""
    return connection.all("SELECT * FROM webhook_triggers WHERE webhook_id = ? ORDER BY id", (webhook_id,))


def set_url(tx: Transaction, webhook_id: int, url: str) -> None:
    """Call another address from now on."""
    tx.update("webhooks", {"id": webhook_id}, url=url)


def delete(tx: Transaction, webhook_id: int) -> None:
    """Remove a webhook with its triggers."""
    tx.execute("DELETE FROM webhooks WHERE id = ?", (webhook_id,))


def note_log_match(tx: Transaction, trigger_id: int, task_id: str) -> bool:
    """Note that a log pattern was found in a task; returns whether it is the first time."""
    sql = "INSERT OR IGNORE INTO webhook_log_matches (trigger_id, task_id) VALUES (?, ?)"
    return bool(tx.execute(sql, (trigger_id, task_id)))


def note_excess(tx: Transaction, trigger_id: int, trial_id: int, group: str) -> bool:
    """Note that a trial's metric is above a threshold; returns whether it was not before."""
    sql = "INSERT OR IGNORE INTO webhook_excesses (trigger_id, trial_id, grp) VALUES (?, ?, ?)"
    return bool(tx.execute(sql, (trigger_id, trial_id, group)))


def forget_excess(tx: Transaction, trigger_id: int, trial_id: int, group: str) -> None:
    """Note that a trial's metric is not above a threshold."""
    sql = "DELETE FROM webhook_excesses WHERE trigger_id = ? AND trial_id = ? AND grp = ?"
    tx.execute(sql, (trigger_id, trial_id, group))


# --- calls to be made -----------------------------------------------------------------------------------------------


def queue_call(tx: Transaction, url: str, payload: str) -> None:
    """Store a call that is to be made."""
    tx.insert("webhook_events", url=url, payload=payload)


def due_calls(connection: Connection, now: int, limit: int) -> List[Row]:
    """Calls whose time has come, the oldest first."""
    return connection.all("SELECT * FROM webhook_events WHERE send_at <= ? ORDER BY id LIMIT ?", (now, limit))


def next_call_at(connection: Connection) -> Optional[int]:
    """When the next call is to be made; None when there is none."""
    at: Optional[int] = connection.scalar("SELECT min(send_at) FROM webhook_events")
    return at


def forget_call(tx: Transaction, call_id: int) -> None:
    """Remove a call that was made or given up."""
    tx.execute("DELETE FROM webhook_events WHERE id = ?", (call_id,))


def postpone_call(tx: Transaction, call_id: int, attempts: int, send_at: int) -> None:
    """Try a call again later."""
    tx.update("webhook_events", {"id": call_id}, attempts=attempts, send_at=send_at)


# --- what is told ---------------------------------------------------------------------------------------------------


def place_of_experiment(connection: Connection, experiment_id: int) -> Row:
    """The project and workspace an experiment lies in."""
    row = connection.one(
        "SELECT w.id AS workspace_id, w.name AS workspace, p.name AS project FROM experiments e"
        " JOIN projects p ON p.id = e.project_id JOIN workspaces w ON w.id = p.workspace_id WHERE e.id = ?",
        (experiment_id,),
    )
    if row is None:
        raise LookupError(f"experiment {experiment_id} has no row")
    return row


def task_with_experiment(connection: Connection, task_id: str) -> Optional[Row]:
    """A task's type, its experiment and trial, if it has them, and the agent it runs on."""
    return connection.one(
        "SELECT k.type, k.experiment_id, k.trial_id, (SELECT a.agent_id FROM allocations a WHERE a.task_id = k.id"
        " ORDER BY a.number DESC LIMIT 1) AS agent_id FROM tasks k WHERE k.id = ?",
        (task_id,),
    )
