"""The tasks that remove files of checkpoints (CHECKPOINT_GC): which there are, what each does, and what came of it.

What is to be removed is rows. Those of one experiment, storage and choice of files that nobody does yet become a task
when the scheduler looks; its process (`determined.exec.gc_checkpoints`) removes the files and leaves behind what is
left of each checkpoint. A task that is ended with the master goes on with another allocation; what it could not remove
stays with the reason, and becomes a task again at the next start of the master.
"""

from __future__ import annotations

import json
import logging
import uuid
from typing import Any, Dict, List, NamedTuple, Optional, Tuple

from determined.common import timestamps

from ..notify import ExperimentChanged
from ..store import checkpoints as store
from ..store.database import Row, Transaction
from . import checkpoints
from .lifecycle import Ending

logger = logging.getLogger("determined.master.checkpoints")

TASK_TYPE = "CHECKPOINT_GC"
RESULTS = "removed.jsonl"
"""The file of a task's run folder in which its process leaves a line for each checkpoint."""

_AT_ONCE = 3
# SIGHUP, SIGINT, SIGTERM: whoever shuts the machine or a service down tells every process of it
_TOLD_TO_END = (129, 130, 143)


def open_tasks(tx: Transaction) -> None:
    """Make tasks of the removals that nobody does yet."""
    groups: Dict[Tuple[Any, ...], List[Row]] = {}
    for removal in store.removals_without_task(tx):
        key = (removal["experiment_id"], removal["storage_id"], removal["globs"])
        groups.setdefault(key, []).append(removal)
    for removals in groups.values():
        _open_task(tx, removals)


def _open_task(tx: Transaction, removals: List[Row]) -> None:
    first = removals[0]
    experiment_id = first["experiment_id"]
    task_id = str(uuid.uuid4()) if experiment_id is None else f"{experiment_id}.{uuid.uuid4()}"
    whose = "" if experiment_id is None else f" (Experiment {experiment_id})"
    tx.insert(
        "tasks",
        id=task_id,
        type=TASK_TYPE,
        experiment_id=experiment_id,
        owner_id=first["owner_id"],
        job_id=first["job_id"],
        start_time=timestamps.now(),
        spec=json.dumps({"description": f"Checkpoint GC{whose}"}),
    )
    store.assign_removals(tx, [removal["id"] for removal in removals], task_id)


def next_tasks(tx: Transaction) -> List[str]:
    """The tasks that may start now: a few at once, and one for each experiment, so that none undoes another's word."""
    running = store.running_removal_tasks(tx)
    if len(running) >= _AT_ONCE:
        return []
    busy = [row["experiment_id"] or 0 for row in running]
    return store.waiting_removal_tasks(tx, busy, _AT_ONCE - len(running))


class Work(NamedTuple):
    """What a task is to do.

    Attributes:
        storage: the ``checkpoint_storage`` of its checkpoints; None when nobody knows it.
        globs: which files.
        uuids: of which checkpoints.
        variables: environment variables of the experiment, ``NAME=value``; credentials may be among them.
    """

    storage: Optional[Dict[str, Any]]
    globs: List[str]
    uuids: List[str]
    variables: List[str]

    def order(self) -> str:
        """The same as its process reads it."""
        return json.dumps({"storage": self.storage, "globs": self.globs, "checkpoints": self.uuids})


def work_of(tx: Transaction, task_id: str) -> Optional[Work]:
    """What a task is to do, or None when there is nothing left.

    A checkpoint that became a model version since it was chosen is spared.
    """
    removals = store.open_removals(tx, task_id)
    spared = {row["checkpoint_uuid"] for row in store.registered(tx, [r["checkpoint_uuid"] for r in removals])}
    for removal in removals:
        if removal["checkpoint_uuid"] in spared:
            store.finish_removal(tx, removal["id"])
    left = [r for r in removals if r["checkpoint_uuid"] not in spared]
    if not left:
        return None
    storage = store.storage_config(tx, left[0])
    uuids = [removal["checkpoint_uuid"] for removal in left]
    return Work(storage, json.loads(left[0]["globs"]), uuids, _variables_of(tx, task_id))


def _variables_of(tx: Transaction, task_id: str) -> List[str]:
    text = tx.scalar(
        "SELECT e.config FROM tasks k JOIN experiments e ON e.id = k.experiment_id WHERE k.id = ?", (task_id,)
    )
    environment = json.loads(text or "{}").get("environment") or {}
    found: List[str] = (environment.get("environment_variables") or {}).get("cpu") or []
    return found


def record_results(tx: Transaction, allocation: Row, ending: Ending, results: bytes) -> None:
    """Write down what an allocation of a task has removed before it ended.

    Parameters:
        allocation: as `store.allocations.by_id` gives it.
        results: what its process left in the file `RESULTS`.
    """
    answers = _read(results)
    goes_on = ending.code is None or ending.code in _TOLD_TO_END or bool(allocation["kill_requested"])
    for removal in store.open_removals(tx, allocation["task_id"]):
        checkpoint = removal["checkpoint_uuid"]
        answer = answers.get(checkpoint)
        if answer is not None and "resources" in answer:
            checkpoints.set_resources(tx, checkpoint, answer["resources"])
            store.finish_removal(tx, removal["id"])
        elif answer is not None or not goes_on:
            reason = answer["error"] if answer is not None else f"task {allocation['task_id']} failed: {ending.text}"
            logger.error("files of checkpoint %s could not be removed: %s", checkpoint, reason)
            store.fail_removal(tx, removal["id"], reason)
    if allocation["experiment_id"] is not None:
        tx.announce(ExperimentChanged(allocation["experiment_id"]))


def _read(results: bytes) -> Dict[str, Dict[str, Any]]:
    answers = {}
    for line in results.splitlines():
        try:
            answer = json.loads(line)
        except ValueError:  # the process was killed while it wrote
            continue
        answers[answer["uuid"]] = answer
    return answers
