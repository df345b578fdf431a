"""The master's own lines in the log of a task."""

from __future__ import annotations

import json
from typing import Optional

from determined.common import timestamps

from ..notify import LogsWritten
from ..store.database import Row, Transaction


def write_line(tx: Transaction, task_id: str, allocation_id: str, text: str, level: str = "INFO") -> None:
    """Add one line of the master's to a task's log."""
    tx.insert(
        "logs",
        task_id=task_id,
        allocation_id=allocation_id,
        timestamp=timestamps.now(),
        level=level,
        stdtype="stdout",
        source="master",
        log=text + "\n",
    )
    tx.announce(LogsWritten(task_id))


def name_of(allocation: Row) -> str:
    """How the log calls what an allocation runs (a row of `store.allocations` with its task)."""
    if allocation["trial_id"] is None:
        return name_of_task(allocation["task_type"], allocation["task_id"], allocation["spec"])
    return f"Trial {allocation['trial_id']} (Experiment {allocation['experiment_id']})"


def name_of_task(task_type: str, task_id: str, spec: Optional[str]) -> str:
    """How a task is called that is no trial: by its description, if its specification has one."""
    description: str = json.loads(spec or "{}").get("description", "")
    return description or f"{task_type.replace('_', ' ').title()} {task_id}"


def tell_start(tx: Transaction, allocation: Row) -> None:
    """Say that an allocation has its place and starts."""
    name, task_id, allocation_id = name_of(allocation), allocation["task_id"], allocation["id"]
    write_line(tx, task_id, allocation_id, f"Scheduling {name} (id: {allocation_id})")
    write_line(tx, task_id, allocation_id, f"{name} was assigned to an agent")
    write_line(tx, task_id, allocation_id, f"Resources for {name} have started")


def tell_stop(tx: Transaction, allocation: Row, reason: str, *, kill: bool = False) -> None:
    """Say that an allocation was asked to end, or is killed, and why."""
    how = "forcibly killing" if kill else "gracefully terminating"
    text = f"{how} allocation's remaining resources (reason: {reason})"
    write_line(tx, allocation["task_id"], allocation["id"], text)


def tell_end(tx: Transaction, allocation: Row, why: str, exit_reason: str, *, crashed: bool, failed: bool) -> None:
    """Say how an allocation ended.

    Parameters:
        why: what the processes did.
        exit_reason: the allocation's exit reason, as stored.
        crashed: a process failed, be it after it had been asked to end.
        failed: that is a failure of the task.
    """
    task_id, allocation_id = allocation["task_id"], allocation["id"]
    write_line(tx, task_id, allocation_id, f"crashed: {why}" if crashed else why, "ERROR" if crashed else "INFO")
    text = f"{name_of(allocation)} was terminated: {exit_reason}"
    write_line(tx, task_id, allocation_id, text, "ERROR" if failed else "INFO")
