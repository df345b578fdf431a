"""Removes files of checkpoints after it was decided, and writes down what is left.

What is to be removed is rows; a master that is killed goes on with them when it starts again. A removal that fails
stays with its reason, and is tried again at the next start.
"""

from __future__ import annotations

import asyncio
import json
import logging
from typing import Any, Dict, List, NamedTuple, Optional

from ..notify import CheckpointRemovalQueued, ExperimentChanged, Hub
from ..store import checkpoints as store
from ..store.database import Connection, Database, Row, Transaction
from . import checkpoint_storage, checkpoints

logger = logging.getLogger("determined.master.checkpoints")


class _Work(NamedTuple):
    removal: Row
    config: Optional[Dict[str, Any]]


class Remover:
    """Does the removals one after another, each in a thread."""

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._wake = asyncio.Event()
        self._task: Optional["asyncio.Task[None]"] = None
        hub.listen(CheckpointRemovalQueued, lambda _: self._wake.set())

    async def start(self) -> None:
        """Go on with what an earlier master left."""
        await self._db.write(store.forget_failures)
        self._wake.set()
        self._task = asyncio.get_running_loop().create_task(self._serve(), name="checkpoint removal")

    async def stop(self) -> None:
        """Stop between two removals; one that is under way is done again by the next master."""
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _serve(self) -> None:
        while True:
            await self._wake.wait()
            self._wake.clear()
            work = self._db.read_now(_next)
            while work is not None:
                await self._remove(work)
                work = self._db.read_now(_next)

    async def _remove(self, work: _Work) -> None:
        uuid = work.removal["checkpoint_uuid"]
        try:
            left = await asyncio.get_running_loop().run_in_executor(
                None, _remove_files, work.config, uuid, json.loads(work.removal["globs"])
            )
        except Exception as error:  # a storage may fail in any way of its client library; the reason is kept
            logger.error("files of checkpoint %s could not be removed: %s", uuid, error)
            await self._db.write_when_room(_fail, work.removal, str(error) or type(error).__name__)
        else:
            await self._db.write_when_room(_finish, work.removal, left)


def _next(connection: Connection) -> Optional[_Work]:
    removal = store.next_removal(connection)
    return None if removal is None else _Work(removal, store.storage_config(connection, removal))


def _remove_files(config: Optional[Dict[str, Any]], uuid: str, globs: List[str]) -> Dict[str, int]:
    if config is None:
        raise LookupError("nobody knows where its files are stored")
    return checkpoint_storage.build(config).delete(uuid, globs)


def _finish(tx: Transaction, removal: Row, left: Dict[str, int]) -> None:
    checkpoints.set_resources(tx, removal["checkpoint_uuid"], left)
    tx.execute("DELETE FROM checkpoint_removals WHERE id = ?", (removal["id"],))
    tx.announce(ExperimentChanged(removal["experiment_id"]))


def _fail(tx: Transaction, removal: Row, reason: str) -> None:
    tx.update("checkpoint_removals", {"id": removal["id"]}, error=reason)
    tx.announce(ExperimentChanged(removal["experiment_id"]))
