"""Unmanaged trials, and the order in which trials and their work are listed."""

from __future__ import annotations

from typing import List, Optional

import pytest

from determined.master.errors import Refusal
from determined.master.services import trials
from determined.master.store import trials as store
from determined.master.store.database import Transaction

from . import stories


@pytest.fixture
def experiment(tx: Transaction) -> int:
    return stories.add_experiment(tx)


def state_of(tx: Transaction, experiment_id: int) -> str:
    return str(tx.scalar("SELECT state FROM experiments WHERE id = ?", (experiment_id,)))


@pytest.mark.parametrize(
    ("states", "expected"),
    [
        (["PAUSED"], "PAUSED"),
        (["ERROR", "PAUSED"], "ERROR"),
        (["ERROR", "COMPLETED"], "COMPLETED"),
        (["COMPLETED", "RUNNING"], "RUNNING"),
        (["CANCELED"], "PAUSED"),
        (["STOPPING_KILLED", "ERROR"], "ERROR"),
    ],
)
def test_an_unmanaged_experiment_is_as_far_as_its_furthest_trial(
    tx: Transaction, experiment: int, states: List[str], expected: str
) -> None:
    for state in states:
        trials.patch(tx, stories.add_trial(tx, experiment), state)
    assert state_of(tx, experiment) == expected


def test_an_external_id_leads_to_the_same_trial_with_new_hyperparameters(tx: Transaction, experiment: int) -> None:
    first = trials.create(tx, trials.NewTrial(experiment, True, {"lr": 1}, "worker"))
    assert trials.create(tx, trials.NewTrial(experiment, True, {"lr": 2}, "worker")) == first
    assert stories.trial(tx, first)["hparams"] == '{"lr":2}'


def test_a_second_run_begins_at_the_latest_completed_checkpoint(tx: Transaction, experiment: int) -> None:
    trial = stories.add_trial(tx, experiment)
    stories.add_checkpoint(tx, trial, 1, 10)
    latest = stories.add_checkpoint(tx, trial, 2, 20)
    stories.add_checkpoint(tx, trial, 3, None)
    assert trials.start(tx, trial, True) == trials.Start(2, latest, 20)


def test_a_started_trial_starts_again_only_to_resume(tx: Transaction, experiment: int) -> None:
    trial = stories.add_trial(tx, experiment)
    with pytest.raises(Refusal, match="already been started"):
        trials.start(tx, trial, False)


def test_a_silent_trial_fails_at_the_time_it_was_last_heard_of(tx: Transaction, experiment: int) -> None:
    silent, lively = stories.add_trial(tx, experiment), stories.add_trial(tx, experiment)
    now = 10**16
    tx.update("trials", {"id": silent}, last_activity=now - trials.HEARTBEAT_TIMEOUT - 1)
    tx.update("trials", {"id": lively}, last_activity=now - trials.HEARTBEAT_TIMEOUT)
    trials.expire_silent(tx, now)
    assert stories.trial(tx, silent)["state"] == "ERROR"
    assert stories.trial(tx, silent)["end_time"] == now - trials.HEARTBEAT_TIMEOUT - 1
    assert stories.trial(tx, lively)["state"] == "RUNNING"


@pytest.mark.parametrize("state", ["QUEUED", "STARTING", "UNSPECIFIED"])
def test_states_that_are_only_shown_cannot_be_set(tx: Transaction, experiment: int, state: str) -> None:
    trial = stories.add_trial(tx, experiment)
    with pytest.raises(Refusal, match=state):
        trials.patch(tx, trial, state)


@pytest.mark.parametrize(("smaller", "ascending"), [(True, [2, 1, 3, 4]), (False, [1, 2, 3, 4])])
def test_trials_sorted_by_a_metric_have_nan_behind_all_numbers_and_what_is_missing_as_the_greatest(
    tx: Transaction, smaller: bool, ascending: List[int]
) -> None:
    experiment = stories.add_experiment(tx, smaller_is_better=smaller)
    losses = (0.5, 0.1, "NaN", None)
    ids = [stories.add_trial(tx, experiment) for _ in losses]
    for trial, loss in zip(ids, losses):
        if loss is not None:
            stories.tell(tx, trial, "validation", 1, loss=loss)
    for sort in ("BEST_VALIDATION_METRIC", "LATEST_VALIDATION_METRIC"):
        found = store.sorted_ids(tx, experiment, [], sort, False, 10, 0)
        assert [ids.index(i) + 1 for i in found] == ascending
        none, nan, *numbers = found[::-1]
        assert store.sorted_ids(tx, experiment, [], sort, True, 10, 0) == [none, *numbers, nan]


def listed(tx: Transaction, trial: int, metric: Optional[str], *, descending: bool = False) -> List[str]:
    wanted = store.Workloads(training=True, checkpoints=True, deleted=True, metric=metric, descending=descending)
    rows, _ = trials.list_workloads(tx, trial, wanted, 0, -1)
    return [f"{row['kind'][0]}{row['batches']}" for row in rows]


def test_workloads_without_the_sorted_metric_come_last_in_both_directions(tx: Transaction, experiment: int) -> None:
    trial = stories.add_trial(tx, experiment)
    stories.tell(tx, trial, "training", 10, loss=3.0, **{'a."b': 1.0})
    stories.tell(tx, trial, "validation", 20, loss="-Infinity")
    stories.tell(tx, trial, "training", 30, loss=1.0)
    stories.add_checkpoint(tx, trial, 1, 20)
    stories.add_checkpoint(tx, trial, 2, None)
    assert listed(tx, trial, "loss") == ["v20", "t30", "t10", "c20", "cNone"]
    assert listed(tx, trial, "loss", descending=True) == ["t10", "t30", "v20", "cNone", "c20"]
    stories.tell(tx, trial, "training", 40, loss="NaN")
    assert listed(tx, trial, "loss") == ["v20", "t30", "t10", "t40", "c20", "cNone"]
    assert listed(tx, trial, "loss", descending=True) == ["t10", "t30", "v20", "t40", "cNone", "c20"]
    assert listed(tx, trial, 'a."b')[0] == "t10"
    assert listed(tx, trial, None, descending=True)[-1] == "cNone"


def test_the_best_checkpoint_is_the_best_that_is_still_complete(tx: Transaction, experiment: int) -> None:
    trial = stories.add_trial(tx, experiment)
    for steps, loss in ((10, 0.3), (20, 0.1), (30, 0.2)):
        stories.tell(tx, trial, "validation", steps, loss=loss)
    stories.add_checkpoint(tx, trial, 1, 10)
    gone = stories.add_checkpoint(tx, trial, 2, 20)
    left = stories.add_checkpoint(tx, trial, 3, 30)
    tx.update("checkpoints", {"uuid": gone}, state="DELETED")
    best = trials.details(tx, trial).best_checkpoint
    assert best is not None
    assert best["uuid"] == left


def test_logs_are_kept_for_days_after_the_last_task_has_ended(tx: Transaction, experiment: int) -> None:
    trial = stories.add_trial(tx, experiment)
    assert trials.remaining_log_days(tx, trial) is None
    trials.retain_logs(tx, trial, 3)
    assert trials.remaining_log_days(tx, trial) is None
    tx.execute("UPDATE tasks SET end_time = 0")
    assert trials.remaining_log_days(tx, trial) == 0
    trials.retain_logs(tx, trial, -1)
    assert trials.remaining_log_days(tx, trial) == -1
