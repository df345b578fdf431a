"""Meetings of an allocation's processes: who hangs up is no part of them, and none outlives its callers."""

from __future__ import annotations

import asyncio
import uuid
from typing import Any, List

import pytest

from determined.master.errors import Code, Refusal
from determined.master.services.allocations import Meetings


def come(meetings: Meetings, data: Any, caller: str = "", peers: int = 2) -> "asyncio.Task[List[Any]]":
    return asyncio.ensure_future(meetings.gather("a.1", caller or str(uuid.uuid4()), peers, data))


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_who_has_just_hung_up_neither_counts_nor_keeps_the_others_waiting() -> None:
    async def story() -> List[Any]:
        meetings = Meetings()
        gone = come(meetings, "gone")
        await settle()
        gone.cancel()  # it has not noticed yet when the next one comes
        first = asyncio.ensure_future(meetings.gather("a.1", str(uuid.uuid4()), 2, "first"))
        await settle()
        assert not first.done()
        second = come(meetings, "second")
        found = await asyncio.wait_for(asyncio.gather(first, second), 5)
        assert gone.cancelled()
        assert meetings.count == 0
        return list(found)

    assert asyncio.run(story()) == [["first", "second"]] * 2


def test_who_hangs_up_as_the_last_one_comes_takes_nothing_from_the_others() -> None:
    async def story() -> List[Any]:
        meetings = Meetings()
        tasks = [come(meetings, name, peers=3) for name in ("one", "two")]
        await settle()
        last = come(meetings, "three", peers=3)
        asyncio.get_running_loop().call_soon(tasks[0].cancel)
        await settle()
        late = come(meetings, "four", peers=3)
        await settle()
        return [task.result() for task in (tasks[1], last, late) if task.done() and not task.cancelled()]

    results = asyncio.run(story())
    assert len(results) >= 2
    assert all(result == results[0] for result in results)


def test_a_gathering_that_everybody_has_left_is_gone() -> None:
    async def story() -> int:
        meetings = Meetings()
        waiting = [come(meetings, name, peers=5) for name in ("one", "two")]
        await settle()
        assert meetings.count == 1
        for task in waiting:
            task.cancel()
        await settle()
        return meetings.count

    assert asyncio.run(story()) == 0


def test_a_caller_that_comes_again_takes_its_own_place() -> None:
    async def story() -> List[Any]:
        meetings, caller = Meetings(), str(uuid.uuid4())
        earlier = come(meetings, "early", caller)
        await settle()
        again = come(meetings, "again", caller)
        await settle()
        with pytest.raises(Refusal, match="asked again"):
            await earlier
        other = come(meetings, "other")
        return list(await asyncio.wait_for(asyncio.gather(again, other), 5))

    assert asyncio.run(story()) == [["again", "other"]] * 2


def test_the_end_of_the_allocation_ends_its_meeting() -> None:
    async def story() -> Code:
        meetings = Meetings()
        waiting = come(meetings, "one")
        await settle()
        meetings.end("a.1")
        meetings.end("a.1")
        with pytest.raises(Refusal) as refused:
            await asyncio.wait_for(waiting, 5)
        assert meetings.count == 0
        return refused.value.code

    assert asyncio.run(story()) is Code.NOT_FOUND
