"""Tasks as they are shown: what runs, what waits, and what became of each."""

from __future__ import annotations

from typing import Dict, List

from .database import Connection, Row


def allocations_of(connection: Connection, task_id: str) -> List[Row]:
    """A task's allocations: those that run first, then by their end, the newest first."""
    return connection.all(
        "SELECT * FROM allocations WHERE task_id = ? ORDER BY end_time IS NOT NULL, end_time DESC, number DESC",
        (task_id,),
    )


def running(connection: Connection) -> List[Row]:
    """Every live allocation with its task and its experiment's priority."""
    return connection.all(
        "SELECT a.*, k.type AS task_type, k.trial_id, k.experiment_id, k.spec, k.start_time AS task_start,"
        " coalesce(e.priority, json_extract(k.spec, '$.priority'), 42) AS priority FROM allocations a"
        " JOIN tasks k ON k.id = a.task_id LEFT JOIN experiments e ON e.id = k.experiment_id"
        " WHERE a.end_time IS NULL ORDER BY +a.rowid"
    )


def waiting_trials(connection: Connection) -> List[Row]:
    """The tasks of trials that wait for slots: how many allocations each has had, and since when it waits."""
    return connection.all(
        "SELECT k.id AS task_id, k.type AS task_type, t.id AS trial_id, t.experiment_id, e.slots_per_trial AS slots,"
        " e.resource_pool, coalesce(e.priority, 42) AS priority,"
        " (SELECT count(*) FROM allocations a WHERE a.task_id = k.id) AS used,"
        " coalesce((SELECT max(a.end_time) FROM allocations a WHERE a.task_id = k.id), k.start_time) AS since"
        " FROM experiments e JOIN trials t ON t.experiment_id = e.id AND t.state = 'ACTIVE'"
        " JOIN tasks k ON k.trial_id = t.id AND k.number = (SELECT max(number) FROM tasks WHERE trial_id = t.id)"
        " WHERE e.state = 'ACTIVE' AND e.unmanaged = 0"
        " AND NOT EXISTS (SELECT 1 FROM allocations a WHERE a.task_id = k.id AND a.end_time IS NULL) ORDER BY t.id"
    )


def counts(connection: Connection) -> Dict[str, int]:
    """How many tasks of each type other than trials have not ended."""
    rows = connection.all(
        "SELECT type, count(*) AS number FROM tasks WHERE type != 'TRIAL' AND end_time IS NULL GROUP BY type"
    )
    return {row["type"]: row["number"] for row in rows}
