"""Slows guessing of passwords down."""

from __future__ import annotations

import asyncio
import contextlib
import time
from typing import AsyncIterator, Dict, List

from ..errors import Code, Refusal

_FREE_FAILURES = 5
_FIRST_PAUSE = 0.5
_LONGEST_PAUSE = 8.0
_FORGET_SECONDS = 900.0
_MOST_NAMES = 10_000
_MOST_WAITING = 20
_CHECKED_AT_ONCE = 2


class _Failures:
    __slots__ = ("count", "last", "waiting", "turn")

    def __init__(self) -> None:
        self.count = 0
        self.last = 0.0
        self.waiting = 0
        self.turn = asyncio.Lock()


class LoginPace:
    """After some failures with a user name, attempts with it come one by one, each after a longer pause.

    Used on one event loop. Names that nobody has are treated alike.
    """

    def __init__(self) -> None:
        self._failures: Dict[str, _Failures] = {}
        self._checks = asyncio.Semaphore(_CHECKED_AT_ONCE)

    @contextlib.asynccontextmanager
    async def attempt(self, username: str) -> AsyncIterator[List[bool]]:
        """Wait for the turn of an attempt; its outcome is put into the list.

        Raises:
            Refusal: too many attempts with that name wait already.
        """
        failures = self._failures_of(username)
        if failures.waiting >= _MOST_WAITING:
            raise Refusal(Code.RESOURCE_EXHAUSTED, "too many logins of this user have failed: try again later")
        outcome: List[bool] = []
        failures.waiting += 1
        try:
            if failures.count < _FREE_FAILURES:
                async with self._checks:
                    yield outcome
            else:
                async with failures.turn:
                    if failures.count >= _FREE_FAILURES:
                        await asyncio.sleep(_pause(failures.count))
                    async with self._checks:
                        yield outcome
        finally:
            failures.waiting -= 1
            if outcome == [True]:
                failures.count = 0
                self._failures.pop(username, None)
            elif outcome == [False]:
                failures.count += 1
                failures.last = time.monotonic()

    def _failures_of(self, username: str) -> _Failures:
        found = self._failures.get(username)
        if found is not None and not found.waiting and time.monotonic() - found.last > _FORGET_SECONDS:
            found.count = 0
        if found is None:
            if len(self._failures) >= _MOST_NAMES:
                self._forget_oldest()
            found = self._failures[username] = _Failures()
        return found

    def _forget_oldest(self) -> None:
        idle = sorted((f.last, name) for name, f in self._failures.items() if not f.waiting)
        for _, name in idle[: _MOST_NAMES // 2]:
            del self._failures[name]


def _pause(failures: int) -> float:
    return float(min(_FIRST_PAUSE * 2.0 ** (failures - _FREE_FAILURES), _LONGEST_PAUSE))
