"""Takes deleted experiments to their end: when the files of their checkpoints are gone, the rest goes, too."""

from __future__ import annotations

import asyncio
import logging
from typing import List, Set

from ..loops import until_done
from ..notify import ExperimentChanged, Hub
from ..store import checkpoints as store
from ..store.database import Connection, Database, Transaction
from . import tensorboard_files

logger = logging.getLogger("determined.master.deletions")


class ExperimentRemoval:
    """Finishes deletions, those of an earlier master included."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._tasks: "Set[asyncio.Task[None]]" = set()
        self._in_progress: Set[int] = set()
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
        work = until_done(f"the deletion of experiment {experiment_id}", lambda: self._finish(experiment_id))
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _finish(self, experiment_id: int) -> None:
        if experiment_id in self._in_progress or not self._db.read_now(_is_ready, experiment_id):
            return
        self._in_progress.add(experiment_id)
        try:
            if not self._db.read_now(store.removals_of, experiment_id):
                await self._remove_tensorboard_files(experiment_id)
            await self._db.write_when_room(finish, experiment_id)
        finally:
            self._in_progress.discard(experiment_id)

    async def _remove_tensorboard_files(self, experiment_id: int) -> None:
        place = self._db.read_now(tensorboard_files.place_if_written, experiment_id)
        if place is None:
            return
        try:
            await tensorboard_files.remove(place)
        except Exception as error:
            # a storage may fail in any way of its client library; that must not keep an experiment for ever whose
            # checkpoints, if it had any, are gone
            logger.warning("TensorBoard files stay in %s of experiment %d: %s", place.folder, experiment_id, error)


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


def _is_ready(connection: Connection, experiment_id: int) -> bool:
    """Whether a deletion waits for no checkpoint any more: all are gone, or could not be removed."""
    removals = store.removals_of(connection, experiment_id)
    return _is_deleting(connection, experiment_id) and all(removal["error"] is not None for removal in removals)


def _is_deleting(connection: Connection, experiment_id: int) -> bool:
    return bool(connection.scalar("SELECT state = 'DELETING' FROM experiments WHERE id = ?", (experiment_id,)))


def _deleting(connection: Connection) -> List[int]:
    return [row["id"] for row in connection.all("SELECT id FROM experiments WHERE state = 'DELETING'")]
