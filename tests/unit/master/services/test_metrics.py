"""Reports of metrics: merging, rolling back, and what is best."""

from __future__ import annotations

import json
import math
from typing import Any, List, Tuple

import pytest

from determined.master.errors import Refusal
from determined.master.services import experiments, metrics, trials
from determined.master.store.database import Transaction

from . import stories


def current(tx: Transaction, trial_id: int) -> List[Tuple[str, int, Any]]:
    rows = tx.all("SELECT * FROM metrics WHERE trial_id = ? AND archived = 0 ORDER BY id", (trial_id,))
    return [(r["grp"], r["total_batches"], next(iter(json.loads(r["metrics"]).values()))) for r in rows]


@pytest.fixture
def experiment(tx: Transaction) -> int:
    return stories.add_experiment(tx)


@pytest.fixture
def trial(tx: Transaction, experiment: int) -> int:
    return stories.add_trial(tx, experiment)


def test_two_reports_of_one_step_become_one(tx: Transaction, trial: int) -> None:
    stories.tell(tx, trial, "training", 5, a=1)
    stories.tell(tx, trial, "training", 5, b=2, a=1)
    assert current(tx, trial) == [("training", 5, {"a": 1, "b": 2})]


@pytest.mark.parametrize("other", [2, True, "1", None])
def test_a_metric_cannot_be_told_anew_with_another_value(tx: Transaction, trial: int, other: Any) -> None:
    stories.tell(tx, trial, "training", 5, a=1)
    with pytest.raises(Refusal, match="conflicting key: a"):
        stories.tell(tx, trial, "training", 5, a=other)


def test_a_report_of_another_run_is_refused(tx: Transaction, trial: int) -> None:
    with pytest.raises(Refusal, match=r"invalid run id, 7 \(reported\) != 1 \(expected\)"):
        metrics.report(tx, metrics.Report(trial, 7, "training", 1, None, {}, None))


def test_a_later_run_takes_back_its_own_kind_from_its_step_on_and_others_beyond_it(tx: Transaction, trial: int) -> None:
    for steps in (10, 20, 30):
        stories.tell(tx, trial, "training", steps, x=steps)
        stories.tell(tx, trial, "validation", steps, loss=steps)
        stories.tell(tx, trial, "custom", steps, y=steps)
    trials.start(tx, trial, True)
    stories.tell(tx, trial, "training", 20, x=0)
    assert [(g, s) for g, s, _ in current(tx, trial)] == [
        ("training", 10), ("validation", 10), ("custom", 10), ("validation", 20), ("custom", 20), ("training", 20),
    ]  # fmt: skip


def test_custom_groups_are_taken_back_together(tx: Transaction, trial: int) -> None:
    stories.tell(tx, trial, "one", 10, x=1)
    stories.tell(tx, trial, "other", 10, x=1)
    trials.start(tx, trial, True)
    stories.tell(tx, trial, "one", 10, x=2)
    assert [(g, s) for g, s, _ in current(tx, trial)] == [("one", 10)]


def test_what_is_taken_back_leaves_totals_summary_best_and_latest(tx: Transaction, experiment: int, trial: int) -> None:
    for steps, loss in ((10, 0.5), (20, 0.1), (30, 0.9)):
        stories.tell(tx, trial, "validation", steps, loss=loss)
    trials.start(tx, trial, True)
    stories.tell(tx, trial, "training", 15, x=1)
    row = stories.trial(tx, trial)
    assert (row["total_batches"], row["searcher_metric_value"], row["newest_validation_value"]) == (15, 0.5, 0.5)
    assert row["latest_validation_id"] == row["best_validation_id"]
    summary = json.loads(row["summary_metrics"])
    assert summary["validation_metrics"]["loss"]["count"] == 1
    assert summary["avg_metrics"]["x"]["last"] == 1


def test_a_run_that_goes_on_takes_nothing_back(tx: Transaction, trial: int) -> None:
    stories.tell(tx, trial, "training", 10, x=1)
    trials.start(tx, trial, True)
    stories.tell(tx, trial, "training", 11, x=2)
    assert [s for _, s, _ in current(tx, trial)] == [10, 11]
    assert json.loads(stories.trial(tx, trial)["summary_metrics"])["avg_metrics"]["x"]["count"] == 2


@pytest.mark.parametrize(("smaller", "best"), [(True, 0.1), (False, 0.9)])
def test_the_best_validation_follows_the_direction_of_the_search(tx: Transaction, smaller: bool, best: float) -> None:
    trial = stories.add_trial(tx, stories.add_experiment(tx, smaller_is_better=smaller))
    for steps, loss in enumerate((0.5, "NaN", 0.1, 0.9)):
        stories.tell(tx, trial, "validation", steps, loss=loss)
    stories.tell(tx, trial, "validation", 9, other=0)
    row = stories.trial(tx, trial)
    assert row["searcher_metric_value"] == best
    assert tx.scalar("SELECT total_batches FROM metrics WHERE id = ?", (row["latest_validation_id"],)) == 3
    assert row["newest_validation_value"] is None


def test_any_number_beats_nan(tx: Transaction, trial: int) -> None:
    stories.tell(tx, trial, "validation", 1, loss="NaN")
    stories.tell(tx, trial, "validation", 2, loss=1e9)
    assert stories.trial(tx, trial)["searcher_metric_value"] == 1e9


def test_a_search_that_has_nothing_but_nan_says_so_and_goes_on_from_there(
    tx: Transaction, experiment: int, trial: int
) -> None:
    stories.tell(tx, trial, "validation", 1, loss=None)
    stories.tell(tx, trial, "validation", 2, loss="NaN")
    assert math.isnan(experiments.best_metric(tx, experiment))
    for steps, loss in enumerate((3, "NaN", 4, 2), start=3):
        stories.tell(tx, trial, "validation", steps, loss=loss)
    assert [row["value"] for row in experiments.validation_history(tx, experiment)] == ["NaN", 3, 2]
    assert experiments.best_metric(tx, experiment) == 2


def test_the_best_trial_of_an_experiment_is_found_again_when_its_best_is_taken_back(
    tx: Transaction, experiment: int, trial: int
) -> None:
    other = stories.add_trial(tx, experiment)
    stories.tell(tx, trial, "validation", 10, loss=0.1)
    stories.tell(tx, other, "validation", 10, loss=0.2)
    assert tx.scalar("SELECT best_trial_id FROM experiments") == trial
    trials.start(tx, trial, True)
    stories.tell(tx, trial, "validation", 10, loss=0.3)
    assert tx.scalar("SELECT best_trial_id FROM experiments") == other


@pytest.mark.parametrize("loss", ["text", {"a": 1}, [1], True])
def test_a_searcher_metric_that_is_no_number_is_refused(tx: Transaction, trial: int, loss: Any) -> None:
    with pytest.raises(Refusal, match="loss"):
        stories.tell(tx, trial, "validation", 1, loss=loss)


def test_system_metrics_need_no_step_and_have_no_summary(tx: Transaction, trial: int) -> None:
    stories.tell(tx, trial, "gpu", None, util=50)
    stories.tell(tx, trial, "gpu", 7, util=60)
    assert [s for _, s, _ in current(tx, trial)] == [None, None]
    row = stories.trial(tx, trial)
    assert (row["summary_metrics"], row["total_batches"]) == ("{}", 0)


def test_other_metrics_need_a_step(tx: Transaction, trial: int) -> None:
    with pytest.raises(Refusal, match="stepsCompleted"):
        stories.tell(tx, trial, "training", None, x=1)


@pytest.mark.parametrize("epoch", ["one", True, "NaN", None])
def test_epochs_must_be_numbers(tx: Transaction, trial: int, epoch: Any) -> None:
    with pytest.raises(Refusal, match="epoch"):
        stories.tell(tx, trial, "training", 1, epoch=epoch)


def test_a_number_that_no_float_can_hold_is_refused(tx: Transaction, trial: int) -> None:
    with pytest.raises(Refusal, match="too large"):
        stories.tell(tx, trial, "training", 1, x=float("inf"))


def test_ids_of_metrics_are_split_at_the_first_dot() -> None:
    chosen = metrics.choose_metrics([], ["extra.a.b", "training.loss", "extra.c"], "")
    assert chosen.names_by_group == {"extra": ["a.b", "c"], "training": ["loss"]}


def test_names_without_a_group_are_sought_in_training_and_validation() -> None:
    assert list(metrics.choose_metrics(["loss"], [], "").names_by_group) == ["training", "validation"]
