"""Which policies of experiments have matched what their trials logged."""

from __future__ import annotations

from typing import List, Optional, Set, Tuple

from .database import Connection, Row, Transaction


def policies_of_task(connection: Connection, task_id: str) -> Optional[Row]:
    """The trial of a task, and the policies of its experiment as JSON; None for a task that is no trial's."""
    return connection.one(
        "SELECT k.trial_id, json_extract(e.config, '$.log_policies') AS log_policies FROM tasks k"
        " JOIN experiments e ON e.id = k.experiment_id WHERE k.id = ? AND k.trial_id IS NOT NULL",
        (task_id,),
    )


def matches_of(connection: Connection, task_id: str) -> Set[Tuple[int, str]]:
    """The policies that have matched in a task's log, by number, and the agent whose lines they matched."""
    rows = connection.all("SELECT policy, agent_id FROM log_policy_matches WHERE task_id = ?", (task_id,))
    return {(row["policy"], row["agent_id"]) for row in rows}


def note_match(tx: Transaction, task_id: str, policy: int, agent_id: str, action: Optional[str]) -> None:
    """Write down that a policy matched."""
    tx.insert("log_policy_matches", task_id=task_id, policy=policy, agent_id=agent_id, action=action)


def has_matched(connection: Connection, task_id: str, action: str) -> bool:
    """Whether a policy of an action matched in a task's log."""
    return bool(
        connection.scalar("SELECT 1 FROM log_policy_matches WHERE task_id = ? AND action = ?", (task_id, action))
    )


def waiting_trials_kept_off(connection: Connection, agent_id: str) -> List[Row]:
    """Trials that wait for slots but may not have those of an agent, with their tasks."""
    return connection.all(
        "SELECT DISTINCT k.trial_id, k.id AS task_id FROM log_policy_matches m"
        " JOIN tasks k ON k.id = m.task_id AND k.end_time IS NULL JOIN trials t ON t.id = k.trial_id"
        " JOIN experiments e ON e.id = t.experiment_id WHERE m.action = 'exclude_node' AND m.agent_id = ?"
        " AND t.state = 'ACTIVE' AND e.state = 'ACTIVE' AND e.unmanaged = 0 AND NOT EXISTS"
        " (SELECT 1 FROM allocations a WHERE a.task_id = k.id AND a.end_time IS NULL) ORDER BY k.trial_id",
        (agent_id,),
    )
