"""Loops that nothing but their stop ends."""

from __future__ import annotations

import asyncio
import sqlite3
from typing import List

import pytest

from determined.master import loops
from determined.master.errors import StorageFull
from determined.master.loops import Loop, until_done


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loops, "_FIRST_PAUSE_SECONDS", 0.001)
    monkeypatch.setattr(loops, "_LONGEST_PAUSE_SECONDS", 0.01)


@pytest.mark.parametrize(
    "error", [sqlite3.OperationalError("database is locked"), StorageFull(), ValueError("a mistake of ours")]
)
def test_what_fails_is_done_again_until_it_succeeds(error: Exception) -> None:
    failures = [error] * 5

    async def work() -> int:
        if failures:
            raise failures.pop()
        return 7

    assert asyncio.run(until_done("the work", work)) == 7


def test_a_loop_repeats_what_failed_without_waiting_for_more_to_do() -> None:
    heard: List[str] = []

    async def story() -> None:
        wake, over = asyncio.Event(), asyncio.Event()
        failures = [LookupError("one"), sqlite3.OperationalError("disk I/O error")]

        async def wait() -> None:
            await wake.wait()
            wake.clear()
            heard.append("woken")

        async def act() -> None:
            if failures:
                heard.append("failed")
                raise failures.pop()
            heard.append("done")
            over.set()

        loop = Loop("the loop", wait, act)
        loop.start()
        for _ in range(2):
            over.clear()
            wake.set()
            await asyncio.wait_for(over.wait(), 10)
        await loop.stop()
        await loop.stop()

    asyncio.run(story())
    assert heard == ["woken", "failed", "failed", "done", "woken", "done"]


def test_a_loop_that_never_started_can_be_stopped() -> None:
    async def story() -> None:
        await Loop("idle", lambda: asyncio.sleep(0), lambda: asyncio.sleep(0)).stop()

    asyncio.run(story())
