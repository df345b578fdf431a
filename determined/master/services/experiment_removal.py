"""Takes deleted experiments to their end: when the files of their checkpoints are gone, their rows go, too."""

from __future__ import annotations

import asyncio
import logging
from typing import List, Set

from ..notify import ExperimentChanged, Hub
from ..store import checkpoints as store
from ..store.database import Connection, Database, Transaction

logger = logging.getLogger("determined.master.deletions")


class ExperimentRemoval:
    """Finishes deletions, those of an earlier master included."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._tasks: "Set[asyncio.Task[None]]" = set()
        hub.listen(ExperimentChanged, lambda event: self._look(event.experiment_id))

    async def start(self) -> None:
        """Go on with what an earlier master left."""
        for experiment_id in self._db.read_now(_deleting):
            self._look(experiment_id)

    async def stop(self) -> None:
        """Stop; the next master goes on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _look(self, experiment_id: int) -> None:
        task = asyncio.get_running_loop().create_task(self._finish(experiment_id))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, experiment_id: int) -> None:
        if self._db.read_now(_is_deleting, experiment_id):
            await self._db.write(finish, experiment_id)


def finish(tx: Transaction, experiment_id: int) -> None:
    """Remove a deleted experiment's rows if its files are gone, or give up if they cannot be removed."""
    if not _is_deleting(tx, experiment_id):
        return
    removals = store.removals_of(tx, experiment_id)
    if any(removal["error"] is None for removal in removals):
        return
    if removals:
        logger.error("experiment %d cannot be deleted: %s", experiment_id, removals[0]["error"])
        tx.update("experiments", {"id": experiment_id}, state="DELETE_FAILED")
    else:
        tx.execute("DELETE FROM logs WHERE task_id IN (SELECT id FROM tasks WHERE experiment_id = ?)", (experiment_id,))
        tx.execute("DELETE FROM experiments WHERE id = ?", (experiment_id,))
    tx.announce(ExperimentChanged(experiment_id))


def _is_deleting(connection: Connection, experiment_id: int) -> bool:
    return bool(connection.scalar("SELECT state = 'DELETING' FROM experiments WHERE id = ?", (experiment_id,)))


def _deleting(connection: Connection) -> List[int]:
    return [row["id"] for row in connection.all("SELECT id FROM experiments WHERE state = 'DELETING'")]
