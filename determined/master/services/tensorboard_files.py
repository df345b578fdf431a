"""The TensorBoard files that an experiment's trials left in its checkpoint storage."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Dict, NamedTuple, Optional

from ..errors import plain
from ..store.database import Connection
from . import checkpoint_storage


class Place(NamedTuple):
    """Where the files of one experiment lie: its storage, and the folder in it."""

    storage: Dict[str, Any]
    folder: str


def place_of(connection: Connection, experiment_id: int) -> Place:
    """Where an experiment's files lie, if there are any.

    Raises:
        Refusal: there is no such experiment.
    """
    text = connection.scalar("SELECT config FROM experiments WHERE id = ?", (experiment_id,))
    if text is None:
        raise plain("not found")
    cluster_id = connection.scalar("SELECT value FROM facts WHERE name = 'cluster_id'")
    storage = json.loads(text).get("checkpoint_storage") or {}
    return Place(storage, f"{cluster_id}/tensorboard/experiment/{experiment_id}")


def place_if_written(connection: Connection, experiment_id: int) -> Optional[Place]:
    """The same; None when no trial of the experiment can have written any."""
    started = connection.scalar(
        "SELECT 1 FROM trials WHERE experiment_id = ? AND run_id > 0 LIMIT 1",
        (experiment_id,),
    )
    return place_of(connection, experiment_id) if started is not None else None


async def remove(place: Place) -> None:
    """Remove an experiment's files; returns when they are gone. That there are none is fine.

    Raises:
        Exception: whatever the storage raises when it cannot be reached or written.
    """
    await asyncio.get_running_loop().run_in_executor(None, _remove, place)


def _remove(place: Place) -> None:
    checkpoint_storage.build(place.storage).delete(place.folder)
