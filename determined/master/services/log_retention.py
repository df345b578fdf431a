"""Removes the logs of tasks that ended long enough ago."""

from __future__ import annotations

import asyncio
import logging
from datetime import datetime, timedelta
from typing import Optional

from determined.common import timestamps

from ..loops import Loop
from ..settings import RetentionPolicy
from ..store import logs as store
from ..store.database import Database
from .schedules import Every, parse_schedule

logger = logging.getLogger("determined.master.log_retention")

# some milliseconds: so long others wait who want to write meanwhile
_LINES_AT_ONCE = 1000
# the clock may be set, and the machine may sleep, while this waits
_LONGEST_WAIT_SECONDS = 60.0


async def remove_expired(db: Database, default_days: Optional[int]) -> int:
    """Remove every line whose time has passed, a few at once; returns how many there were.

    Parameters:
        default_days: how long logs are kept of tasks that have no value of their own; None or -1 for ever.
    """
    now = timestamps.now()
    total = 0
    for task_id in await db.read(store.expired_tasks, default_days, now):
        while True:
            removed = await db.write(store.remove_expired, task_id, default_days, now, _LINES_AT_ONCE)
            total += removed
            if removed < _LINES_AT_ONCE:
                break
    return total


class LogCleaner:
    """Removes logs at the times of a schedule as long as the master lives; with a duration also when it starts."""

    def __init__(self, db: Database, policy: RetentionPolicy) -> None:
        self._db = db
        self._days = policy.log_retention_days
        self._schedule = parse_schedule(policy.schedule)
        now = datetime.now()
        self._due = now if isinstance(self._schedule, Every) else self._schedule.next_after(now)
        self._loop = Loop("the removal of logs past their time", lambda: _wait_until(self._due), self._remove)

    async def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._loop.stop()

    async def _remove(self) -> None:
        removed = await remove_expired(self._db, self._days)
        if removed:
            logger.info("removed %d lines of logs past their time", removed)
        self._due = self._schedule.next_after(datetime.now())


async def _wait_until(due: datetime) -> None:
    while True:
        left = (due - datetime.now()) / timedelta(seconds=1)
        if left <= 0:
            return
        await asyncio.sleep(min(left, _LONGEST_WAIT_SECONDS))
