"""Who gets slots: priority, place in the queue, limits, and nobody starves."""

from __future__ import annotations

from typing import Dict, List, Optional, Sequence

from determined.master.scheduler import Request, assign


def request(
    key: str, slots: int = 1, *, group: str = "g", priority: int = 42, position: float = 0, order: int = 0
) -> Request:
    return Request(key, group, slots, priority, position, order)


def started(
    requests: Sequence[Request],
    free: Sequence[int],
    limits: Optional[Dict[str, Optional[int]]] = None,
    used: Optional[Dict[str, int]] = None,
    room: int = 100,
) -> List[str]:
    return [d.key for d in assign(requests, free, limits or {}, used or {}, room)]


def test_a_lower_priority_number_goes_first_then_the_place_in_the_queue() -> None:
    queue = [request("late", position=2), request("early", position=1), request("urgent", priority=1, position=3)]
    assert started(queue, [0, 1]) == ["urgent", "early"]


def test_slots_are_given_by_number() -> None:
    decisions = assign([request("two", 2), request("one", order=1)], [3, 1, 2], {}, {}, 0)
    assert [d.slots for d in decisions] == [(1, 2), (3,)]


def test_a_small_request_does_not_overtake_a_larger_one_that_waits_for_slots() -> None:
    assert started([request("large", 4), request("small", 1, order=1)], [0, 1]) == []


def test_a_group_at_its_limit_lets_others_pass() -> None:
    queue = [request("a1", group="a"), request("a2", group="a", order=1), request("b1", group="b", order=2)]
    assert started(queue, [0, 1, 2], limits={"a": 1}) == ["a1", "b1"]
    assert started(queue, [0, 1, 2], limits={"a": 1}, used={"a": 1}) == ["b1"]


def test_requests_without_slots_run_beside_everything_up_to_their_room() -> None:
    queue = [request("z1", 0), request("z2", 0, order=1), request("one", order=2)]
    assert started(queue, [], room=1) == ["z1"]
    assert started(queue, [0], room=2) == ["z1", "z2", "one"]
