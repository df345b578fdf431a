"""Work that goes on for as long as the master lives, whatever fails on the way.

A full disk, another program's lock on the database, a mistake of ours: none of them may end a part of the master for
good. What fails is logged and done again, after pauses that grow.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Awaitable, Callable, Optional, TypeVar

from .errors import Refusal, is_passing

logger = logging.getLogger("determined.master")

T = TypeVar("T")

_FIRST_PAUSE_SECONDS = 0.5
# what passes is over some time; a mistake of ours may never be
_LONGEST_PAUSE_SECONDS = 30.0
_LONGEST_PASSING_SECONDS = 4.0


async def until_done(name: str, work: Callable[[], Awaitable[T]]) -> T:
    """Do something until it succeeds; returns its result.

    Parameters:
        name: how the log calls it.
        work: does it; called again after each failure.
    """
    pause = _FIRST_PAUSE_SECONDS
    while True:
        try:
            return await work()
        except Exception as error:  # whatever it is: nobody else would do it
            passes = isinstance(error, Refusal) or is_passing(error)
            pause = min(pause, _LONGEST_PASSING_SECONDS if passes else _LONGEST_PAUSE_SECONDS)
            logger.error(
                "%s failed, and is tried again in %g s: %s", name, pause, error, exc_info=None if passes else error
            )
        await asyncio.sleep(pause)
        pause *= 2


class Loop:
    """Waits for what there is to do and does it, again and again.

    Parameters:
        name: how the log calls it.
        wait: returns when there is something to do.
        act: does all there is to do; called again until it succeeds, without another wait.
    """

    def __init__(self, name: str, wait: Callable[[], Awaitable[object]], act: Callable[[], Awaitable[object]]) -> None:
        self._name = name
        self._wait = wait
        self._act = act
        self._task: "Optional[asyncio.Task[None]]" = None

    def start(self) -> None:
        """Begin."""
        self._task = asyncio.get_running_loop().create_task(self._run(), name=self._name)

    async def stop(self) -> None:
        """End, wherever it is. Safe to call twice, and before the start."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await until_done(self._name, self._wait)
            await until_done(self._name, self._act)
