"""Tasks: what runs and waits on the cluster, and what is known of each."""

from __future__ import annotations

import json
from typing import List, NamedTuple, Tuple

from ..errors import not_found
from ..settings import AGENT_ID, RESOURCE_POOL
from ..store import allocations, tasks
from ..store.database import Connection, Row
from . import task_log
from .jobs import DEFAULT_PRIORITY


class Resources(NamedTuple):
    """The container of an allocation: where it is, and the numbers of its slots."""

    id: str
    agent_id: str
    slots: List[int]
    is_running: bool


class Summary(NamedTuple):
    """An allocation that runs, or the one that a waiting task will get.

    Attributes:
        since: when the task began to wait for it.
        resources: its container; none while it waits.
    """

    task_id: str
    allocation_id: str
    name: str
    since: int
    resource_pool: str
    slots: int
    resources: List[Resources]
    priority: int


def read_task(connection: Connection, task_id: str) -> Tuple[Row, List[Row]]:
    """A task and its allocations.

    Raises:
        Refusal: there is no such task.
    """
    row = allocations.task_by_id(connection, task_id)
    if row is None:
        raise not_found("task", task_id)
    return row, tasks.allocations_of(connection, task_id)


def list_summaries(connection: Connection) -> List[Summary]:
    """Everything that runs or waits for slots."""
    found = [_running(row) for row in tasks.running(connection)]
    found += [_waiting(row) for row in tasks.waiting_trials(connection)]
    for row in allocations.waiting_tasks(connection):
        spec = json.loads(row["spec"] or "{}")
        found.append(
            Summary(
                task_id=row["id"],
                allocation_id=f"{row['id']}.{row['used'] + 1}",
                name=task_log.name_of_task(row["type"], row["id"], row["spec"]),
                since=row["start_time"],
                resource_pool=RESOURCE_POOL,
                slots=int(spec.get("slots", 0)),
                resources=[],
                priority=spec.get("priority", DEFAULT_PRIORITY),
            )
        )
    return found


def _running(row: Row) -> Summary:
    resources = Resources(
        row["resources_id"], row["agent_id"] or AGENT_ID, json.loads(row["slot_ids"]), row["state"] == "RUNNING"
    )
    return Summary(
        task_id=row["task_id"],
        allocation_id=row["id"],
        name=task_log.name_of(row),
        since=row["start_time"] or row["task_start"],
        resource_pool=row["resource_pool"],
        slots=row["slots"],
        resources=[resources],
        priority=row["priority"],
    )


def _waiting(row: Row) -> Summary:
    return Summary(
        task_id=row["task_id"],
        allocation_id=f"{row['task_id']}.{row['used'] + 1}",
        name=task_log.name_of(row),
        since=row["since"],
        resource_pool=row["resource_pool"],
        slots=row["slots"],
        resources=[],
        priority=row["priority"],
    )
