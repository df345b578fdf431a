"""Makes the trials that searches ask for from the start, a few at a time, behind the call that asked for them."""

from __future__ import annotations

import asyncio

from ..loops import Loop
from ..notify import Hub, TrialsToStart
from ..store.database import Database
from . import lifecycle


class SearchStarter:
    """Makes trials for as long as the master lives, those of an earlier master's searches included."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._wake = asyncio.Event()
        self._loop = Loop("the start of trials", self._wake.wait, self._start)
        hub.listen(TrialsToStart, lambda _: self._wake.set())

    async def start(self) -> None:
        """Go on with what an earlier master left, and wait for more."""
        self._wake.set()
        self._loop.start()

    async def stop(self) -> None:
        """Stop; the next master goes on."""
        await self._loop.stop()

    async def _start(self) -> None:
        self._wake.clear()
        while await self._db.write(lifecycle.start_more):
            pass
