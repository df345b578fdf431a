"""Gives up unmanaged trials whose reporters have fallen silent."""

from __future__ import annotations

import asyncio
import logging
from typing import Optional

from determined.common import timestamps

from ..store.database import Database
from . import trials

logger = logging.getLogger("determined.master.heartbeats")

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
        self._period = period
        self._task: Optional["asyncio.Task[None]"] = None

    async def start(self) -> None:
        """Begin to look."""
        self._task = asyncio.get_running_loop().create_task(self._watch(), name="heartbeats")

    async def stop(self) -> None:
        """Look no more."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(self._period)
            try:
                await self._db.write(trials.expire_silent, timestamps.now())
            except Exception:  # a full disk, say: the next look may succeed
                logger.exception("silent trials could not be looked for")
