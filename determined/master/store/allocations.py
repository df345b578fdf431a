"""Allocations, the tasks they belong to, and what waits for one."""

from __future__ import annotations

import json
from typing import List, Optional

from .database import Connection, Row, Transaction

LIVE_TRIAL = "('ACTIVE', 'PAUSED', 'STOPPING_CANCELED', 'STOPPING_KILLED', 'STOPPING_COMPLETED', 'STOPPING_ERROR')"

_WITH_TASK = (
    "SELECT a.*, k.type AS task_type, k.trial_id, k.experiment_id, k.owner_id, k.spec FROM allocations a"
    " JOIN tasks k ON k.id = a.task_id"
)


def by_id(connection: Connection, allocation_id: str) -> Optional[Row]:
    """An allocation with its task's type, trial, experiment, owner and specification."""
    return connection.one(f"{_WITH_TASK} WHERE a.id = ?", (allocation_id,))


def live(connection: Connection) -> List[Row]:
    """Every allocation that has not ended."""
    return connection.all(f"{_WITH_TASK} WHERE a.end_time IS NULL ORDER BY a.rowid")


def live_of_trial(connection: Connection, trial_id: int) -> Optional[Row]:
    """The allocation of a trial that has not ended."""
    return connection.one(
        "SELECT a.* FROM tasks k JOIN allocations a ON a.task_id = k.id AND a.end_time IS NULL WHERE k.trial_id = ?",
        (trial_id,),
    )


def latest_task_of_trial(connection: Connection, trial_id: int) -> Optional[Row]:
    """The task a trial runs as now: the one begun last."""
    return connection.one("SELECT * FROM tasks WHERE trial_id = ? ORDER BY number DESC LIMIT 1", (trial_id,))


def waiting_trials(connection: Connection) -> List[Row]:
    """Active trials of active experiments that have no allocation, with what the scheduler looks at."""
    return connection.all(
        "SELECT t.id AS trial_id, t.experiment_id, e.slots_per_trial AS slots, e.priority, e.queue_position,"
        " e.max_slots, e.resource_pool FROM trials t JOIN experiments e ON e.id = t.experiment_id"
        " WHERE t.state = 'ACTIVE' AND e.state = 'ACTIVE' AND e.unmanaged = 0 AND NOT EXISTS"
        " (SELECT 1 FROM tasks k JOIN allocations a ON a.task_id = k.id WHERE k.trial_id = t.id AND a.end_time IS NULL)"
        " ORDER BY t.id"
    )


def waiting_tasks(connection: Connection) -> List[Row]:
    """Tasks other than trials that have not ended and have no allocation, with the number of those they had."""
    return connection.all(
        "SELECT k.*, (SELECT count(*) FROM allocations a WHERE a.task_id = k.id) AS used FROM tasks k"
        " WHERE k.type != 'TRIAL' AND k.end_time IS NULL AND NOT EXISTS"
        " (SELECT 1 FROM allocations a WHERE a.task_id = k.id AND a.end_time IS NULL) ORDER BY k.start_time, k.rowid"
    )


def next_number(connection: Connection, task_id: str) -> int:
    """The number of a task's next allocation."""
    return 1 + int(connection.scalar("SELECT count(*) FROM allocations WHERE task_id = ?", (task_id,)))


def slots_in_use(connection: Connection) -> List[int]:
    """Numbers of the slots that live allocations hold."""
    rows = connection.all("SELECT slot_ids FROM allocations WHERE end_time IS NULL")
    return [number for row in rows for number in json.loads(row["slot_ids"])]


def live_count_by_slots(connection: Connection, experiment_id: int) -> int:
    """How many slots an experiment's live allocations hold together."""
    return int(
        connection.scalar(
            "SELECT coalesce(sum(a.slots), 0) FROM allocations a JOIN tasks k ON k.id = a.task_id"
            " WHERE k.experiment_id = ? AND a.end_time IS NULL",
            (experiment_id,),
        )
    )


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
