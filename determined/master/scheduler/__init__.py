"""Which of those who wait gets which slots: pure decisions.

Requests are served by priority (a lower number first), then by their place in the queue. A request that does not fit
holds up those behind it only as far as they would take the slots it waits for: later requests may not overtake a
larger one of the same or a better priority, or it would starve.
"""

from __future__ import annotations

from typing import Dict, List, NamedTuple, Optional, Sequence, Tuple


class Request(NamedTuple):
    """Somebody who waits for slots.

    Attributes:
        key: what the decision is named by.
        group: requests of one group share a limit (the trials of an experiment).
        slots: how many are wanted; 0 runs beside everything else.
        priority: 1 to 99, lower is served first.
        position: place in the queue among equals; ties go by `order`.
        order: number of the request among those of its group.
    """

    key: str
    group: str
    slots: int
    priority: int
    position: float
    order: int


class Decision(NamedTuple):
    """A request that gets its slots."""

    key: str
    slots: Tuple[int, ...]


def assign(
    requests: Sequence[Request],
    free: Sequence[int],
    limits: Dict[str, Optional[int]],
    used: Dict[str, int],
    zero_slot_room: int,
) -> List[Decision]:
    """Decide who starts now.

    Parameters:
        requests: all who wait.
        free: numbers of the free slots.
        limits: most slots a group may hold at once; None or absent for no limit.
        used: slots that groups hold now.
        zero_slot_room: how many more requests without slots may run.
    """
    left = sorted(free)
    holding = dict(used)
    decisions = []
    for request in sorted(requests, key=lambda r: (r.priority, r.position, r.order)):
        if request.slots == 0:
            if zero_slot_room > 0:
                zero_slot_room -= 1
                decisions.append(Decision(request.key, ()))
            continue
        limit = limits.get(request.group)
        if limit is not None and holding.get(request.group, 0) + request.slots > limit:
            continue  # its own limit keeps it back, not a lack of slots: others may pass
        if request.slots > len(left):
            left = []  # what is free is kept for it
            continue
        taken, left = tuple(left[: request.slots]), left[request.slots :]
        holding[request.group] = holding.get(request.group, 0) + request.slots
        decisions.append(Decision(request.key, taken))
    return decisions
