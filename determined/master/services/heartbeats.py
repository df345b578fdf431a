"""Gives up unmanaged trials whose reporters have fallen silent."""

from __future__ import annotations

import asyncio

from determined.common import timestamps

from ..loops import Loop
from ..store.database import Database
from . import trials

# the first look comes as late: reporters could not be heard while no master was there
_PERIOD_SECONDS = 300.0


class Watchdog:
    """Looks for silent trials as long as the master lives."""

    def __init__(self, db: Database, *, period: float = _PERIOD_SECONDS) -> None:
        """
        Parameters:
            period: seconds between two looks.
        """
        self._db = db
        self._loop = Loop("the look for silent trials", lambda: asyncio.sleep(period), self._look)

    async def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._loop.stop()

    async def _look(self) -> None:
        await self._db.write(trials.expire_silent, timestamps.now())
