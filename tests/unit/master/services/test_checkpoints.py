"""Checkpoints: how they are sorted, and what becomes of them when files go."""

from __future__ import annotations

import json
from typing import Dict, List, Optional

import pytest

from determined.master.errors import Refusal
from determined.master.services import checkpoints
from determined.master.store.database import Transaction

from . import stories


@pytest.fixture
def trial(tx: Transaction) -> int:
    return stories.add_trial(tx, stories.add_experiment(tx))


def uuids(
    tx: Transaction, trial: int, attribute: str, order: str, metric: Optional[str] = None
) -> Dict[str, List[int]]:
    """The numbers of the checkpoints in the lists of the experiment and of the trial."""
    by = checkpoints.Order(attribute, metric, order)
    experiment_id = stories.trial(tx, trial)["experiment_id"]
    of_experiment, _ = checkpoints.list_of_experiment(tx, experiment_id, [], by, 0, 0)
    of_trial, _ = checkpoints.list_of_trial(tx, trial, [], by, 0, 0)
    return {
        "experiment": [int(row["uuid"][:8], 16) for row in of_experiment],
        "trial": [int(row["uuid"][:8], 16) for row in of_trial],
    }


@pytest.fixture
def measured(tx: Transaction, trial: int) -> int:
    """A trial with checkpoints 1 (loss 0.5), 2 (none), 3 (0.1), 4 (NaN), 5 (none)."""
    for steps, loss in ((1, 0.5), (3, 0.1), (4, "NaN")):
        stories.tell(tx, trial, "validation", steps, loss=loss)
    for number in (5, 3, 1, 2, 4):
        stories.add_checkpoint(tx, trial, number, number if number != 5 else None)
    return trial


def test_without_the_searchers_metric_a_checkpoint_is_last_for_the_experiment_and_least_for_the_trial(
    tx: Transaction, measured: int
) -> None:
    assert uuids(tx, measured, "SEARCHER_METRIC", "ASC") == {"experiment": [3, 1, 4, 2, 5], "trial": [2, 5, 3, 1, 4]}
    assert uuids(tx, measured, "SEARCHER_METRIC", "DESC") == {"experiment": [1, 3, 4, 2, 5], "trial": [1, 3, 4, 2, 5]}


def test_by_another_metric_those_without_it_are_least_everywhere(tx: Transaction, measured: int) -> None:
    assert uuids(tx, measured, "UNSPECIFIED", "ASC", "loss")["experiment"] == [2, 5, 3, 1, 4]
    assert uuids(tx, measured, "UNSPECIFIED", "DESC", "loss")["experiment"] == [1, 3, 4, 2, 5]


def test_the_best_checkpoint_is_never_one_with_nan_where_larger_is_better(tx: Transaction) -> None:
    trial = stories.add_trial(tx, stories.add_experiment(tx, smaller_is_better=False))
    for steps, value in ((1, 0.5), (2, "NaN"), (3, 0.9), (4, "-Infinity"), (5, "NaN")):
        stories.tell(tx, trial, "validation", steps, loss=value)
        stories.add_checkpoint(tx, trial, steps, steps)
    assert uuids(tx, trial, "SEARCHER_METRIC", "UNSPECIFIED")["experiment"] == [3, 1, 4, 5, 2]
    assert uuids(tx, trial, "UNSPECIFIED", "DESC", "loss")["trial"] == [3, 1, 4, 5, 2]
    assert uuids(tx, trial, "UNSPECIFIED", "ASC", "loss")["trial"] == [4, 1, 3, 2, 5]


def test_checkpoints_that_have_lost_files_keep_their_place_by_metric(tx: Transaction, measured: int) -> None:
    files = {number: stories.add_checkpoint(tx, measured, number, number, a=1, b=2) for number in (6, 7)}
    stories.tell(tx, measured, "validation", 6, loss=0.3)
    checkpoints.patch(tx, [checkpoints.Change(uuid, {"a": 1}) for uuid in files.values()])
    by = checkpoints.Order("SEARCHER_METRIC", None, "UNSPECIFIED")
    states = ["COMPLETED", "PARTIALLY_DELETED"]
    rows, _ = checkpoints.list_of_experiment(tx, stories.trial(tx, measured)["experiment_id"], states, by, 0, 0)
    assert [int(row["uuid"][:8], 16) for row in rows] == [3, 6, 1, 4, 2, 5, 7]


@pytest.mark.parametrize(("smaller", "best_first"), [(True, [1, 2]), (False, [2, 1])])
def test_the_experiments_list_by_searcher_metric_is_best_first_unless_an_order_is_given(
    tx: Transaction, smaller: bool, best_first: List[int]
) -> None:
    trial = stories.add_trial(tx, stories.add_experiment(tx, smaller_is_better=smaller))
    for number in (1, 2):
        stories.tell(tx, trial, "validation", number, loss=number)
        stories.add_checkpoint(tx, trial, number, number)
    assert uuids(tx, trial, "SEARCHER_METRIC", "UNSPECIFIED")["experiment"] == best_first


def test_a_checkpoint_without_a_step_is_the_least_by_batches(tx: Transaction, measured: int) -> None:
    assert uuids(tx, measured, "BATCH_NUMBER", "ASC")["trial"] == [5, 1, 2, 3, 4]
    assert uuids(tx, measured, "BATCH_NUMBER", "DESC")["trial"] == [4, 3, 2, 1, 5]


def test_a_metric_that_is_no_number_cannot_be_sorted_by(tx: Transaction, trial: int) -> None:
    stories.tell(tx, trial, "validation", 1, loss=1, word="x")
    stories.add_checkpoint(tx, trial, 1, 1)
    with pytest.raises(Refusal, match="word"):
        uuids(tx, trial, "UNSPECIFIED", "ASC", "word")


@pytest.mark.parametrize(
    ("left", "state", "size"),
    [
        ({"a": 1, "b": 2}, "COMPLETED", 3),
        ({"a": 1, "b": 2, "metadata.json": 9}, "COMPLETED", 12),
        ({"a": 1}, "PARTIALLY_DELETED", 1),
        ({"a": 5, "b": 2}, "PARTIALLY_DELETED", 7),
        ({}, "DELETED", 3),
    ],
)
def test_the_state_follows_from_what_is_left(
    tx: Transaction, trial: int, left: Dict[str, int], state: str, size: int
) -> None:
    uuid = stories.add_checkpoint(tx, trial, 1, 1, a=1, b=2)
    checkpoints.patch(tx, [checkpoints.Change(uuid, left)])
    row = checkpoints.detailed(tx, uuid)
    assert (row["state"], row["size"]) == (state, size)
    assert json.loads(row["resources"]) == (left or {"a": 1, "b": 2})


def test_nothing_is_removed_when_one_of_the_checkpoints_is_unknown(tx: Transaction, trial: int) -> None:
    known = stories.add_checkpoint(tx, trial, 1, 1)
    missing = known.replace("00000001", "00000002")
    with pytest.raises(Refusal, match=f"checkpoints '{missing}' not found"):
        checkpoints.delete(tx, [known, missing])
    assert tx.all("SELECT * FROM checkpoint_removals") == []


def test_a_registered_checkpoint_stays(tx: Transaction, trial: int) -> None:
    uuid = stories.add_checkpoint(tx, trial, 1, 1)
    model = tx.insert("models", name="keeper", creation_time=0, last_updated_time=0, user_id=1, workspace_id=1)
    tx.insert(
        "model_versions",
        model_id=model,
        version=1,
        checkpoint_uuid=uuid,
        creation_time=0,
        last_updated_time=0,
        user_id=1,
    )
    with pytest.raises(Refusal, match=rf"{uuid}, registered to keeper \(model #{model}\), version 1\."):
        checkpoints.delete(tx, [uuid])


@pytest.mark.parametrize("glob", ["", "../x", "a/.."])
def test_globs_cannot_be_empty_or_lead_out(tx: Transaction, trial: int, glob: str) -> None:
    uuid = stories.add_checkpoint(tx, trial, 1, 1)
    with pytest.raises(Refusal, match="glob"):
        checkpoints.remove_files(tx, [uuid], [glob])


@pytest.mark.parametrize(
    ("metadata", "steps"),
    [({"steps_completed": 5}, 5), ({"steps_completed": 5.0}, 5), ({"steps_completed": True}, None), ({}, None)],
)
def test_the_step_is_an_integer_of_the_metadata(metadata: Dict[str, object], steps: Optional[int]) -> None:
    assert checkpoints.steps_of(metadata) == steps


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ABCDEF01-1111-4222-8333-000000000001", "abcdef01-1111-4222-8333-000000000001"),
        ("abcdef01111142228333000000000001", "abcdef01-1111-4222-8333-000000000001"),
        ("abc", None),
        ("abcdef01-1111-4222-8333-00000000000z", None),
    ],
)
def test_uuids_are_known_in_their_usual_forms(text: str, found: Optional[str]) -> None:
    assert checkpoints.parse_uuid(text) == found


def test_asking_again_for_a_removal_that_failed_tries_that_again(tx: Transaction, trial: int) -> None:
    uuid = stories.add_checkpoint(tx, trial, 1, 1)
    checkpoints.delete(tx, [uuid])
    tx.execute("UPDATE checkpoint_removals SET error = 'the disk was not there'")
    checkpoints.delete(tx, [uuid])
    assert [row["error"] for row in tx.all("SELECT * FROM checkpoint_removals")] == [None]
