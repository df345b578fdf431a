"""Allocations, the tasks they belong to, and what waits for one."""

from __future__ import annotations

from typing import Iterator, List, Optional

from .database import Connection, Row, Transaction

LIVE_TRIAL = "('ACTIVE', 'PAUSED', 'STOPPING_CANCELED', 'STOPPING_KILLED', 'STOPPING_COMPLETED', 'STOPPING_ERROR')"

_WITH_TASK = (
    "SELECT a.*, k.type AS task_type, k.trial_id, k.experiment_id, k.owner_id, k.spec FROM allocations a"
    " JOIN tasks k ON k.id = a.task_id"
)

# two ranges of the index instead of all trials between them
_WAITING_TASKS = (
    "FROM tasks k WHERE (k.type < 'TRIAL' OR k.type > 'TRIAL') AND k.end_time IS NULL AND NOT EXISTS"
    " (SELECT 1 FROM allocations a WHERE a.task_id = k.id AND a.end_time IS NULL) ORDER BY k.start_time, k.rowid"
)


def by_id(connection: Connection, allocation_id: str) -> Optional[Row]:
    """An allocation with its task's type, trial, experiment, owner and specification."""
    return connection.one(f"{_WITH_TASK} WHERE a.id = ?", (allocation_id,))


def live(connection: Connection) -> List[Row]:
    """Every allocation that has not ended."""
    return connection.all(f"{_WITH_TASK} WHERE a.end_time IS NULL ORDER BY +a.rowid")


def live_of_experiment(connection: Connection, experiment_id: int) -> List[Row]:
    """The allocations of an experiment's trials that have not ended, with trial and its state."""
    return connection.all(
        "SELECT a.*, k.trial_id, t.state AS trial_state FROM allocations a CROSS JOIN tasks k ON k.id = a.task_id"
        " CROSS JOIN trials t ON t.id = k.trial_id WHERE a.end_time IS NULL AND k.experiment_id = ? ORDER BY t.id",
        (experiment_id,),
    )


def live_of_trial(connection: Connection, trial_id: int) -> Optional[Row]:
    """The allocation of a trial that has not ended."""
    return connection.one(
        "SELECT a.* FROM tasks k JOIN allocations a ON a.task_id = k.id AND a.end_time IS NULL WHERE k.trial_id = ?",
        (trial_id,),
    )


def latest_task_of_trial(connection: Connection, trial_id: int) -> Optional[Row]:
    """The task a trial runs as now: the one begun last."""
    return connection.one("SELECT * FROM tasks WHERE trial_id = ? ORDER BY number DESC LIMIT 1", (trial_id,))


def experiments_in_order(connection: Connection, with_slots: bool) -> Iterator[Row]:
    """Active experiments whose trials are run here, in the order of the queue, with what the scheduler looks at.

    Parameters:
        with_slots: also those whose trials need slots.
    """
    return connection.each(
        "SELECT id, slots_per_trial AS slots, coalesce(nullif(priority, 0), 42) AS priority,"
        " coalesce(queue_position, 0.0) AS queue_position, max_slots FROM experiments"
        " WHERE state = 'ACTIVE' AND unmanaged = 0 AND (slots_per_trial = 0 OR ?) ORDER BY 3, 4, 1",
        (with_slots,),
    )


def waiting_trials_of(connection: Connection, experiment_id: int, most: int, looked_at: int) -> List[Row]:
    """The first active trials of an experiment that have no allocation, each with the task it runs as now.

    Parameters:
        most: how many of them.
        looked_at: how many active trials it takes at most to find as many.
    """
    return connection.all(
        "SELECT first.id AS trial_id, (SELECT k.id FROM tasks k WHERE k.trial_id = first.id ORDER BY k.number DESC"
        " LIMIT 1) AS task_id FROM (SELECT id FROM trials WHERE experiment_id = :experiment AND state = 'ACTIVE'"
        " ORDER BY id LIMIT :looked_at) first WHERE NOT EXISTS (SELECT 1 FROM tasks k JOIN allocations a"
        " ON a.task_id = k.id WHERE k.trial_id = first.id AND a.end_time IS NULL) AND task_id IS NOT NULL"
        " LIMIT :most",
        {"experiment": experiment_id, "most": most, "looked_at": looked_at},
    )


def requests_of_tasks(connection: Connection) -> List[Row]:
    """Tasks other than trials that wait for an allocation, with what the scheduler looks at."""
    return connection.all(
        "SELECT k.id, k.type, json_extract(k.spec, '$.slots') AS slots, json_extract(k.spec, '$.priority') AS priority,"
        f" json_extract(k.spec, '$.queue_position') AS position {_WAITING_TASKS}"
    )


def waiting_tasks(connection: Connection) -> List[Row]:
    """Tasks other than trials that have not ended and have no allocation, with the number of those they had."""
    return connection.all(
        f"SELECT k.*, (SELECT count(*) FROM allocations a WHERE a.task_id = k.id) AS used {_WAITING_TASKS}"
    )


def next_number(connection: Connection, task_id: str) -> int:
    """The number of a task's next allocation."""
    return 1 + int(connection.scalar("SELECT count(*) FROM allocations WHERE task_id = ?", (task_id,)))


def end_task(tx: Transaction, task_id: str, now: int) -> None:
    """Write down when a task ended, once."""
    tx.execute("UPDATE tasks SET end_time = ? WHERE id = ? AND end_time IS NULL", (now, task_id))


def task_by_id(connection: Connection, task_id: str) -> Optional[Row]:
    """A task."""
    return connection.one("SELECT * FROM tasks WHERE id = ?", (task_id,))


def context_of_task(connection: Connection, task_id: str) -> bytes:
    """The packed files a task starts with; nothing when it has none."""
    tgz = connection.scalar(
        "SELECT m.tgz FROM tasks k JOIN model_definitions m ON m.experiment_id = k.experiment_id"
        " WHERE k.id = ? AND k.type = 'TRIAL' UNION ALL SELECT tgz FROM task_files WHERE task_id = ?",
        (task_id, task_id),
    )
    return bytes(tgz) if tgz is not None else b""
