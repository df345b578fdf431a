"""What waits for slots, as far as the scheduler has to know of it.

Looked at is the head of the queue only: as many trials of each experiment as could start now, and nothing at all when
nothing is free. So it matters little how many wait.
"""

from __future__ import annotations

from collections import Counter
from typing import Dict, Iterator, List, NamedTuple, Optional, Sequence

from .. import scheduler
from ..store import allocations
from ..store.database import Connection, Row
from . import checkpoint_removal

_DEFAULT_PRIORITY = 42


class Queue(NamedTuple):
    """Those who wait, by the ids of their tasks, and for `scheduler.assign` the limits and slots of their groups."""

    requests: List[scheduler.Request]
    limits: Dict[str, Optional[int]]
    used: Dict[str, int]


def read_queue(connection: Connection, live: Sequence[Row], free: int, room: int) -> Queue:
    """Return the head of the queue.

    Parameters:
        live: the allocations that have not ended, with their tasks.
        free: how many slots are free.
        room: how many tasks without slots may start.
    """
    queue = Queue([], {}, {})
    if not free and not room:
        return queue
    running = Counter(row["experiment_id"] for row in live if row["trial_id"] is not None)
    for row in live:
        if row["trial_id"] is not None:
            group = str(row["experiment_id"])
            queue.used[group] = queue.used.get(group, 0) + row["slots"]
    for experiment in allocations.experiments_in_order(connection, free > 0):
        group, slots = str(experiment["id"]), experiment["slots"]
        if slots == 0:
            most = room
        elif free > 0:
            # one more than fit: it keeps what is free for itself
            most = free // slots + 1
            if experiment["max_slots"] is not None:
                most = min(most, max(0, experiment["max_slots"] - queue.used.get(group, 0)) // slots)
        else:
            most = 0
        if most <= 0:
            if free <= 0 and room <= 0:
                break
            continue
        found = _trials(connection, experiment, most, running[experiment["id"]])
        queue.limits[group] = experiment["max_slots"]
        queue.requests.extend(found)
        if slots == 0:
            room -= len(found)
        else:
            free -= len(found) * slots
    queue.requests.extend(_tasks(connection))
    return queue


def _trials(connection: Connection, experiment: Row, most: int, running: int) -> List[scheduler.Request]:
    # those that run are active, too
    rows = allocations.waiting_trials_of(connection, experiment["id"], most, most + running)
    return [
        scheduler.Request(
            row["task_id"],
            str(experiment["id"]),
            experiment["slots"],
            experiment["priority"],
            experiment["queue_position"],
            row["trial_id"],
        )
        for row in rows
    ]


def _tasks(connection: Connection) -> Iterator[scheduler.Request]:
    for number, row in enumerate(allocations.requests_of_tasks(connection)):
        if row["type"] != checkpoint_removal.TASK_TYPE:
            priority = _DEFAULT_PRIORITY if row["priority"] is None else row["priority"]
            yield scheduler.Request(row["id"], row["id"], row["slots"] or 0, priority, row["position"] or 0.0, number)
