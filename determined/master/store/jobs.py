"""The queue of jobs, as it follows from what is stored: experiments and commands that run or wait for slots."""

from __future__ import annotations

from typing import List, Optional

from .database import Connection, Row

_LIVE = (
    "FROM tasks k JOIN allocations a ON a.task_id = k.id AND a.end_time IS NULL"
    " WHERE k.experiment_id = e.id AND k.type = 'TRIAL'"
)


def experiments(connection: Connection) -> List[Row]:
    """Experiments with trials that run or wait, with the numbers of both."""
    return connection.all(
        "SELECT e.id, e.job_id, e.name, e.resource_pool, coalesce(e.priority, 42) AS priority, e.weight, e.progress,"
        " coalesce(e.queue_position, 0) AS queue_position, e.slots_per_trial, e.start_time, e.owner_id, u.username,"
        " p.workspace_id, (SELECT count(*) FROM trials t WHERE t.experiment_id = e.id AND t.state = 'ACTIVE'"
        "  AND e.state = 'ACTIVE' AND NOT EXISTS (SELECT 1 FROM tasks k JOIN allocations a ON a.task_id = k.id"
        "  AND a.end_time IS NULL WHERE k.trial_id = t.id)) AS waiting,"
        f" (SELECT count(*) {_LIVE}) AS running, (SELECT coalesce(sum(a.slots), 0) {_LIVE}) AS held"
        " FROM experiments e JOIN users u ON u.id = e.owner_id JOIN projects p ON p.id = e.project_id"
        " WHERE e.unmanaged = 0 AND (e.state = 'ACTIVE' OR e.id IN (SELECT k.experiment_id FROM allocations a"
        "  JOIN tasks k ON k.id = a.task_id WHERE a.end_time IS NULL AND k.type = 'TRIAL'))"
    )


def commands(connection: Connection) -> List[Row]:
    """Commands that run or wait; the slots they hold, or None while they wait."""
    return connection.all(
        "SELECT k.*, u.username, (SELECT a.slots FROM allocations a WHERE a.task_id = k.id AND a.end_time IS NULL)"
        " AS held FROM tasks k JOIN users u ON u.id = k.owner_id WHERE k.type = 'COMMAND' AND k.end_time IS NULL"
        " ORDER BY k.start_time, k.rowid"
    )


def experiment_of_job(connection: Connection, job_id: str) -> Optional[Row]:
    """The experiment that a job is."""
    return connection.one("SELECT * FROM experiments WHERE job_id = ?", (job_id,))


def command_of_job(connection: Connection, job_id: str) -> Optional[Row]:
    """The command that a job is, if it has not ended."""
    return connection.one(
        "SELECT * FROM tasks WHERE type = 'COMMAND' AND end_time IS NULL AND job_id = ? AND job_id != ''", (job_id,)
    )


def seconds_queued_by_day(connection: Connection, since: int) -> List[Row]:
    """For each day on which tasks got their first slots: how long they had waited, on average."""
    return connection.all(
        "SELECT date(a.start_time / 1000000, 'unixepoch') AS day, avg(a.start_time - k.start_time) / 1e6 AS seconds"
        " FROM allocations a JOIN tasks k ON k.id = a.task_id WHERE a.number = 1 AND a.start_time >= ?"
        " AND k.type != 'CHECKPOINT_GC' GROUP BY day ORDER BY day",
        (since,),
    )
