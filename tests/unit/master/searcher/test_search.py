"""The rules of searches."""

from __future__ import annotations

import json
import random
from typing import Any, Dict, List

import pytest

from determined.master.searcher import (
    Action,
    CreateTrial,
    Search,
    SearchError,
    Shutdown,
    StopTrial,
    looks_at_validations,
)

COMMON = {"metric": "loss", "smaller_is_better": True, "max_concurrent_trials": 3}
HALVING = {**COMMON, "time_metric": "batches", "max_time": 16, "divisor": 4}
SPACE = {
    "lr": {"type": "log", "base": 10, "minval": -3, "maxval": -1},
    "n": {"k": {"type": "int", "minval": 1, "maxval": 5}, "c": {"type": "categorical", "vals": ["a", "b"]}},
    "empty": {},
}
GRID = {"a": {"type": "int", "minval": 0, "maxval": 2, "count": 3}, "b": {"type": "categorical", "vals": ["x", "y"]}}
SEARCHERS: Dict[str, Dict[str, Any]] = {
    "single": {**COMMON, "name": "single"},
    "random": {**COMMON, "name": "random", "max_trials": 7},
    "grid": {**COMMON, "name": "grid"},
    "async_halving": {**HALVING, "name": "async_halving", "num_rungs": 3, "max_trials": 12},
    "adaptive_asha": {
        **HALVING,
        "name": "adaptive_asha",
        "max_trials": 12,
        "mode": "conservative",
        "max_rungs": 5,
        "bracket_rungs": [],
    },
}


def _search(name: str, **changes: Any) -> Search:
    return Search.create({**SEARCHERS[name], **changes}, GRID if name == "grid" else SPACE, seed=3)


def _created(actions: List[Action]) -> List[CreateTrial]:
    return [action for action in actions if isinstance(action, CreateTrial)]


def _report(loss: Any, batches: Any = 1) -> Dict[str, Any]:
    return {"loss": loss, "batches": batches}


# --- every search ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", list(SEARCHERS))
@pytest.mark.parametrize("seed", range(5))
def test_saving_and_restoring_between_any_two_events_changes_nothing(name: str, seed: int) -> None:
    searcher, space = SEARCHERS[name], GRID if name == "grid" else SPACE
    kept, saved = _search(name), _search(name)
    chance = random.Random(seed)
    running = [trial.request_id for trial in _created(kept.start())]
    saved.start()
    while running:
        saved = Search.from_state(searcher, space, json.loads(json.dumps(saved.state(), allow_nan=False)))
        trial = chance.choice(running)
        if chance.random() < 0.6:
            report = _report(chance.choice([chance.random(), "NaN"]), chance.randint(1, 20))
            actions, again = kept.trial_validated(trial, report), saved.trial_validated(trial, report)
        else:
            running.remove(trial)
            reason = chance.choice(["completed", "errored", "canceled", "invalid_hp"])
            actions, again = kept.trial_exited(trial, reason), saved.trial_exited(trial, reason)
        assert actions == again
        assert kept.progress() == saved.progress()
        running += [new.request_id for new in _created(actions)]
    assert isinstance(actions[-1], Shutdown)
    assert 0 <= kept.progress() <= 1


@pytest.mark.parametrize(
    ("reasons", "end"),
    [
        (["completed", "errored", "canceled"], Shutdown(failure=False, canceled=False)),
        (["errored", "canceled", "errored"], Shutdown(failure=False, canceled=False)),
        (["errored", "errored", "errored"], Shutdown(failure=True, canceled=False)),
        (["canceled", "canceled", "canceled"], Shutdown(failure=False, canceled=True)),
        (["invalid_hp", "invalid_hp", "invalid_hp"], Shutdown(failure=False, canceled=False)),
    ],
)
def test_a_search_fails_or_is_cancelled_only_when_all_its_trials_were(reasons: List[str], end: Shutdown) -> None:
    search = _search("random", max_trials=3)
    trials = _created(search.start())
    for trial, reason in zip(trials[:-1], reasons):
        assert search.trial_exited(trial.request_id, reason) == []
    assert search.trial_exited(trials[-1].request_id, reasons[-1]) == [end]


def test_an_end_that_is_told_twice_counts_once() -> None:
    search = _search("random")
    first = _created(search.start())[0]
    assert len(_created(search.trial_exited(first.request_id, "completed"))) == 1
    assert search.trial_exited(first.request_id, "completed") == []


def test_a_reopened_trial_ends_the_search_once_more() -> None:
    search = _search("single")
    (trial,) = _created(search.start())
    assert search.trial_exited(trial.request_id, "errored") == [Shutdown(failure=True, canceled=False)]
    search.reopen(trial.request_id)
    search.reopen(trial.request_id)
    assert search.progress() == 0
    assert search.trial_exited(trial.request_id, "completed") == [Shutdown(failure=False, canceled=False)]


def test_a_reopened_trial_has_made_no_progress_whether_or_not_the_search_was_told_of_its_end() -> None:
    search = _search("random", max_trials=2)
    ended, stopped = _created(search.start())
    for trial in (ended, stopped):
        search.set_progress(trial.request_id, 0.5)
    search.trial_exited(ended.request_id, "errored")
    for trial in (ended, stopped):
        search.reopen(trial.request_id)
    assert search.progress() == 0
    search.set_progress(stopped.request_id, 0.5)
    assert search.progress() == 0.25


def test_only_halving_searches_look_at_validations() -> None:
    assert [name for name in SEARCHERS if looks_at_validations(name)] == ["async_halving", "adaptive_asha"]
    search = _search("random")
    trial = _created(search.start())[0]
    assert search.trial_validated(trial.request_id, {}) == []


def test_a_categorical_hyperparameter_without_values_ends_in_a_search_error() -> None:
    search = Search.create(SEARCHERS["random"], {"c": {"type": "categorical", "vals": []}}, seed=3)
    with pytest.raises(SearchError, match="c has no vals"):
        search.start()


@pytest.mark.parametrize("name", list(SEARCHERS))
@pytest.mark.parametrize("piece", [1, 2, 5])
def test_first_trials_that_are_made_in_pieces_are_those_that_are_made_at_once(name: str, piece: int) -> None:
    searcher, space = SEARCHERS[name], GRID if name == "grid" else SPACE
    at_once, in_pieces = _search(name), _search(name)
    expected = at_once.start()
    made = in_pieces.start(piece)
    while in_pieces.to_start:
        in_pieces = Search.from_state(searcher, space, json.loads(json.dumps(in_pieces.state())))
        made += in_pieces.start(piece)
    assert made == expected
    assert in_pieces.state() == at_once.state()
    assert in_pieces.start(piece) == []


@pytest.mark.parametrize("name", [name for name in SEARCHERS if name != "single"])
def test_a_search_goes_on_while_first_trials_are_not_made_yet(name: str) -> None:
    search = _search(name)
    running = _created(search.start(1))
    assert search.to_start
    made = list(running)
    while running:
        actions = search.trial_exited(running.pop(0).request_id, "errored")
        made += _created(actions)
        running += _created(actions)
        assert any(isinstance(action, Shutdown) for action in actions) is (not running and not search.to_start)
        if not running:
            started = _created(search.start(1))
            made += started
            running += started
    assert len(made) == {"random": 7, "grid": 6}.get(name, 12)
    assert len({trial.request_id for trial in made}) == len(made)


# --- random and grid ------------------------------------------------------------------------------------------------


def test_random_replaces_each_closed_trial_until_all_were_made() -> None:
    search = _search("random")
    queue = _created(search.start())
    assert len(queue) == 3
    for trial in queue:
        queue += _created(search.trial_exited(trial.request_id, "completed"))
    assert len(queue) == 7
    assert queue[0].hparams["empty"] == {}


def test_no_limit_of_concurrency_makes_all_trials_at_once() -> None:
    assert len(_search("random", max_concurrent_trials=0).start()) == 7
    assert len(_search("grid", max_concurrent_trials=0).start()) == 6


def test_a_grid_is_walked_from_its_last_point() -> None:
    points = [trial.hparams for trial in _created(_search("grid", max_concurrent_trials=0).start())]
    assert points[:3] == [{"a": 2, "b": "y"}, {"a": 2, "b": "x"}, {"a": 1, "b": "y"}]
    assert len({json.dumps(point) for point in points}) == 6


def test_a_huge_grid_is_not_built_in_memory() -> None:
    space = {name: {"type": "int", "minval": 0, "maxval": 99, "count": 100} for name in "abcdefgh"}
    search = Search.create(SEARCHERS["grid"], space, seed=3)
    assert _created(search.start())[1].hparams == {**dict.fromkeys("abcdefg", 99), "h": 98}


def test_a_grid_without_points_is_empty() -> None:
    search = Search.create(SEARCHERS["grid"], {}, seed=3)
    assert search.start() == []
    assert search.is_empty
    assert search.progress() == 0


def test_progress_is_the_mean_over_the_trials_that_exist() -> None:
    search = _search("random")
    first, second, _ = _created(search.start())
    search.set_progress(first.request_id, 0.5)
    assert search.progress() == pytest.approx(0.5 / 3)
    search.trial_exited(second.request_id, "completed")
    assert search.progress() == pytest.approx(1.5 / 4)


# --- halving --------------------------------------------------------------------------------------------------------


def _halving(**changes: Any) -> Search:
    return _search("async_halving", **changes)


def test_a_trial_goes_on_while_it_is_among_the_best_of_its_rung() -> None:
    search = _halving()
    a, b, c = (trial.request_id for trial in _created(search.start()))
    assert search.trial_validated(a, _report(0.5, 1)) == []
    stopped = search.trial_validated(b, _report(0.7, 1))
    assert stopped[0] == StopTrial(b)
    assert len(_created(stopped)) == 1
    assert search.trial_validated(c, _report(0.5, 1)) == []  # among equals the newcomer ranks first
    assert search.trial_validated(a, _report(0.5, 3)) == []  # not at the next rung yet


def test_one_report_can_pass_several_rungs() -> None:
    search = _halving()
    first = _created(search.start())[0].request_id
    assert search.trial_validated(first, _report(0.5, 16))[0] == StopTrial(first)


def test_larger_is_better_turns_the_order_round() -> None:
    search = _halving(smaller_is_better=False)
    a, b, c = (trial.request_id for trial in _created(search.start()))
    assert search.trial_validated(a, _report(0.5)) == []
    assert search.trial_validated(b, _report(0.4))[0] == StopTrial(b)
    assert search.trial_validated(c, _report(0.6)) == []


@pytest.mark.parametrize("loss", ["NaN", "Infinity", "-Infinity", float("nan"), float("-inf")])
def test_a_diverged_trial_counts_as_worst(loss: Any) -> None:
    search = _halving()
    a, b, _ = (trial.request_id for trial in _created(search.start()))
    search.trial_validated(a, _report(1e300))
    assert search.trial_validated(b, _report(loss))[0] == StopTrial(b)


@pytest.mark.parametrize(
    "metrics",
    [{"batches": 1}, {"loss": 1}, {"loss": "low", "batches": 1}, {"loss": 1, "batches": "NaN"}, {"loss": True}],
)
def test_halving_needs_both_metrics_as_numbers(metrics: Dict[str, Any]) -> None:
    search = _halving()
    first = _created(search.start())[0].request_id
    with pytest.raises(SearchError, match=r"(searcher metric loss|time metric batches) is"):
        search.trial_validated(first, metrics)


def test_reports_of_a_stopped_trial_have_no_effect() -> None:
    search = _halving()
    a, b, _ = (trial.request_id for trial in _created(search.start()))
    search.trial_validated(a, _report(0.1))
    assert search.trial_validated(b, _report(0.2))[0] == StopTrial(b)
    before = search.state()
    assert search.trial_validated(b, _report(0.01, 16)) == []
    assert search.trial_exited(b, "errored") == []
    assert search.state()["method"]["losses"] == before["method"]["losses"]


def test_a_trial_that_falls_is_replaced_and_one_that_finishes_is_not() -> None:
    search = _halving()
    a, b, c = (trial.request_id for trial in _created(search.start()))
    assert len(_created(search.trial_exited(a, "errored"))) == 1
    assert len(_created(search.trial_exited(b, "canceled"))) == 1
    assert search.trial_exited(c, "completed") == []


def test_halving_makes_no_more_than_its_trials() -> None:
    search = _halving(max_trials=4)
    queue = _created(search.start())
    for trial in queue:
        queue += _created(search.trial_validated(trial.request_id, _report(1.0, 16)))
        search.trial_exited(trial.request_id, "completed")
    assert len(queue) == 4


def test_progress_of_halving_counts_the_trials_at_the_first_rung() -> None:
    search = _halving(max_trials=2, max_concurrent_trials=0)
    a, b = (trial.request_id for trial in _created(search.start()))
    search.trial_validated(a, _report(1.0))
    assert search.progress() == pytest.approx(1 / 2.4)
    search.trial_validated(b, _report(2.0))
    search.trial_exited(b, "completed")
    assert search.progress() == pytest.approx(2 / 2.4)
    search.trial_exited(a, "completed")
    assert search.progress() == 1


@pytest.mark.parametrize("brackets", [[5, 5, 5, 1, 1, 1, 1], [9, 8, 7, 6, 5, 4, 3, 2, 1], [0]])
@pytest.mark.parametrize("max_trials", [1, 2, 7])
def test_brackets_never_make_more_trials_than_asked_for(brackets: List[int], max_trials: int) -> None:
    search = _search("adaptive_asha", bracket_rungs=brackets, max_trials=max_trials, max_concurrent_trials=0)
    queue = _created(search.start())
    for trial in queue:
        queue += _created(search.trial_exited(trial.request_id, "errored"))
    assert len(queue) == max_trials


def test_more_rungs_than_can_be_kept_are_refused() -> None:
    with pytest.raises(SearchError, match="at most"):
        _halving(num_rungs=10**9)
    with pytest.raises(SearchError, match="at most"):
        _search("adaptive_asha", bracket_rungs=[10**9, 2])
