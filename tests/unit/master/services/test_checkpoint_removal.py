"""Tasks that remove files of checkpoints: who gets one, when it starts, and what comes of it."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional

import pytest

from determined.common import timestamps
from determined.master.services import checkpoint_removal, checkpoints, lifecycle
from determined.master.store import allocations
from determined.master.store import checkpoints as store
from determined.master.store.database import Row, Transaction

from . import stories

STORAGE = {"type": "shared_fs", "host_path": "/data"}


@pytest.fixture
def uuids(tx: Transaction) -> List[str]:
    """Three checkpoints of one trial."""
    trial = stories.add_trial(tx, stories.add_experiment(tx, storage=STORAGE))
    return [stories.add_checkpoint(tx, trial, number, number, model=1) for number in (1, 2, 3)]


def tasks_of(tx: Transaction) -> List[Row]:
    return tx.all("SELECT * FROM tasks WHERE type = 'CHECKPOINT_GC' ORDER BY rowid")


def begin(tx: Transaction, task_id: str) -> Row:
    """An allocation of a task, running."""
    number = allocations.next_number(tx, task_id)
    allocation_id = f"{task_id}.{number}"
    tx.insert(
        "allocations",
        id=allocation_id,
        task_id=task_id,
        number=number,
        state="RUNNING",
        slots=0,
        resource_pool="default",
        start_time=timestamps.now(),
    )
    row = allocations.by_id(tx, allocation_id)
    assert row is not None
    return row


def end(tx: Transaction, allocation: Row, code: Optional[int], *answers: Dict[str, Any]) -> None:
    row = allocations.by_id(tx, allocation["id"])
    assert row is not None
    results = "".join(json.dumps(answer) + "\n" for answer in answers) + '{"uuid": "cut o'
    ending = lifecycle.Ending(code, f"exited with code {code}")
    checkpoint_removal.record_results(tx, row, ending, results.encode())
    lifecycle.allocation_ended(tx, row["id"], ending)


def test_what_is_asked_for_together_is_one_task(tx: Transaction, uuids: List[str]) -> None:
    checkpoints.delete(tx, uuids)
    checkpoint_removal.open_tasks(tx)
    checkpoint_removal.open_tasks(tx)
    (task,) = tasks_of(tx)
    assert task["id"].startswith(f"{task['experiment_id']}.")
    assert (task["owner_id"], task["job_id"], task["end_time"]) == (1, "job", None)
    work = checkpoint_removal.work_of(tx, task["id"])
    assert work is not None
    assert (work.storage, work.globs, work.uuids) == (STORAGE, ["**/*"], uuids)


def test_other_experiments_other_storages_and_other_files_have_tasks_of_their_own(
    tx: Transaction, uuids: List[str]
) -> None:
    other = stories.add_trial(tx, stories.add_experiment(tx, storage=STORAGE))
    uuids.append(stories.add_checkpoint(tx, other, 4, 4, model=1))
    elsewhere = store.storage_id_of(tx, json.dumps({"type": "directory", "container_path": "/x"}))
    tx.update("checkpoints", {"uuid": uuids[1]}, storage_id=elsewhere)
    checkpoints.delete(tx, [uuids[0], uuids[1], uuids[3]])
    checkpoints.remove_files(tx, [uuids[2]], ["*.bin"])
    checkpoint_removal.open_tasks(tx)
    works = [checkpoint_removal.work_of(tx, task["id"]) for task in tasks_of(tx)]
    assert [work.uuids for work in works if work is not None] == [[uuids[0]], [uuids[1]], [uuids[3]], [uuids[2]]]


def test_where_nothing_is_to_be_removed_there_is_no_task(tx: Transaction, uuids: List[str]) -> None:
    checkpoint_removal.open_tasks(tx)
    assert (tasks_of(tx), checkpoint_removal.next_tasks(tx)) == ([], [])


def test_tasks_of_one_experiment_run_one_after_the_other_and_few_at_once(tx: Transaction, uuids: List[str]) -> None:
    for glob in ("a", "b"):
        checkpoints.remove_files(tx, [uuids[0]], [glob])
    for number in range(10, 14):
        trial = stories.add_trial(tx, stories.add_experiment(tx, storage=STORAGE))
        checkpoints.delete(tx, [stories.add_checkpoint(tx, trial, number, 1, model=1)])
    checkpoint_removal.open_tasks(tx)
    a, b, c, d, _, _ = (task["id"] for task in tasks_of(tx))
    assert checkpoint_removal.next_tasks(tx) == [a, c, d]
    first = begin(tx, a)
    assert checkpoint_removal.next_tasks(tx) == [c, d]
    for task_id in (c, d):
        begin(tx, task_id)
    assert checkpoint_removal.next_tasks(tx) == []
    end(tx, first, 0, {"uuid": uuids[0], "resources": {"b": 1}})
    assert checkpoint_removal.next_tasks(tx) == [b]


def test_a_checkpoint_registered_meanwhile_is_spared(tx: Transaction, uuids: List[str]) -> None:
    checkpoints.delete(tx, uuids[:2])
    checkpoint_removal.open_tasks(tx)
    (task,) = tasks_of(tx)
    model = tx.insert("models", name="keeper", creation_time=0, last_updated_time=0, user_id=1, workspace_id=1)
    for version, uuid in enumerate(uuids[:2], 1):
        tx.insert(
            "model_versions", model_id=model, version=version, checkpoint_uuid=uuid, creation_time=0,
            last_updated_time=0, user_id=1,
        )  # fmt: skip
        work = checkpoint_removal.work_of(tx, task["id"])
        assert (work and work.uuids) == (uuids[1:2] if version == 1 else None)
    lifecycle.allocation_ended(tx, begin(tx, task["id"])["id"], lifecycle.Ending(0))
    assert tasks_of(tx)[0]["end_time"] is not None


def test_a_failure_is_kept_with_its_reason_and_becomes_a_new_task_when_tried_again(
    tx: Transaction, uuids: List[str]
) -> None:
    checkpoints.delete(tx, uuids)
    checkpoint_removal.open_tasks(tx)
    (task,) = tasks_of(tx)
    answers = ({"uuid": uuids[0], "resources": {}}, {"uuid": uuids[1], "error": "the disk was not there"})
    end(tx, begin(tx, task["id"]), 1, *answers)
    assert [row["state"] for row in tx.all("SELECT state FROM checkpoints ORDER BY uuid")] == [
        "DELETED",
        "COMPLETED",
        "COMPLETED",
    ]
    left = store.removals_of(tx, task["experiment_id"])
    assert [row["checkpoint_uuid"] for row in left] == uuids[1:]
    assert left[0]["error"] == "the disk was not there"
    assert "exited with code 1" in left[1]["error"]
    checkpoint_removal.open_tasks(tx)
    (ended,) = tasks_of(tx)
    assert ended["end_time"] is not None
    store.forget_failures(tx)
    checkpoint_removal.open_tasks(tx)
    _, again = tasks_of(tx)
    work = checkpoint_removal.work_of(tx, again["id"])
    assert (work and work.uuids) == uuids[1:]


@pytest.mark.parametrize("how", ["killed with the master", "told to end", "nobody knows"])
def test_a_task_that_was_stopped_goes_on_with_what_is_left(tx: Transaction, uuids: List[str], how: str) -> None:
    checkpoints.delete(tx, uuids[:2])
    checkpoint_removal.open_tasks(tx)
    (task,) = tasks_of(tx)
    allocation = begin(tx, task["id"])
    if how == "killed with the master":
        lifecycle.request_stop(tx, allocation, kill=True)
    code = {"killed with the master": 137, "told to end": 143, "nobody knows": None}[how]
    end(tx, allocation, code, {"uuid": uuids[0], "resources": {}})
    assert checkpoint_removal.next_tasks(tx) == [task["id"]]
    work = checkpoint_removal.work_of(tx, task["id"])
    assert (work and work.uuids) == [uuids[1]]
    assert begin(tx, task["id"])["number"] == 2


def test_variables_of_the_experiment_are_handed_on(tx: Transaction, uuids: List[str]) -> None:
    variables = {"cpu": ["AWS_PROFILE=archive"], "cuda": []}
    config = {"checkpoint_storage": STORAGE, "environment": {"environment_variables": variables}}
    tx.execute("UPDATE experiments SET config = ?", (json.dumps(config),))
    checkpoints.delete(tx, uuids)
    checkpoint_removal.open_tasks(tx)
    work = checkpoint_removal.work_of(tx, tasks_of(tx)[0]["id"])
    assert work is not None
    assert work.variables == ["AWS_PROFILE=archive"]
    assert "archive" not in work.order()
