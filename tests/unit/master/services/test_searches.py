"""Searches of very many trials: how they start, what is written down of them, and what the scheduler looks at."""

from __future__ import annotations

import json
import random
from typing import Any, Dict, List

import pytest

from determined.master.services import experiments, lifecycle, searches, trials, waiting
from determined.master.store import allocations, checkpoints, log_policies
from determined.master.store import searches as store
from determined.master.store import trials as trials_store
from determined.master.store.database import Row, Transaction

from .test_lifecycle import begin, run, trials_of

HALVING: Dict[str, Any] = {
    "time_metric": "batches",
    "max_time": 16,
    "divisor": 4,
    "mode": "standard",
    "max_rungs": 5,
    "bracket_rungs": [],
}


@pytest.fixture(autouse=True)
def one_transaction(tx: Transaction) -> None:
    """Or each statement would wait for the disk."""
    tx.execute("BEGIN")


def wide(tx: Transaction, count: int) -> int:
    return begin(tx, "random", max_trials=count, max_concurrent_trials=count)


def count(tx: Transaction, experiment_id: int) -> int:
    return int(tx.scalar("SELECT count(*) FROM trials WHERE experiment_id = ?", (experiment_id,)))


def row_of(tx: Transaction, experiment_id: int) -> Row:
    return experiments.row_of(tx, experiment_id)


def test_a_search_of_very_many_trials_makes_them_a_few_at_a_time_and_all_in_the_end(tx: Transaction) -> None:
    experiment_id = wide(tx, 1500)
    seen = [count(tx, experiment_id)]
    tx.cache.clear()  # as after a restart
    while lifecycle.start_more(tx):
        seen.append(count(tx, experiment_id))
    steps = [later - earlier for earlier, later in zip([0, *seen], seen)]
    assert seen[-1] == 1500
    assert max(steps) <= 512
    assert all(steps)
    requests = [row["request_id"] for row in trials_of(tx, experiment_id)]
    config = json.loads(row_of(tx, experiment_id)["config"])
    assert requests == [action.request_id for action in searches.create(config).start()]  # type: ignore[union-attr]


def test_an_experiment_that_is_killed_while_its_trials_are_made_ends_with_those_there_are(tx: Transaction) -> None:
    experiment_id = wide(tx, 1500)
    running = run(tx, trials_of(tx, experiment_id)[3])
    lifecycle.kill(tx, row_of(tx, experiment_id))
    assert not lifecycle.start_more(tx)
    assert {row["state"] for row in trials_of(tx, experiment_id)} == {"CANCELED", "STOPPING_KILLED"}
    lifecycle.allocation_ended(tx, running, lifecycle.Ending(137))
    assert {row["state"] for row in trials_of(tx, experiment_id)} == {"CANCELED"}
    assert row_of(tx, experiment_id)["state"] == "CANCELED"
    assert tx.scalar("SELECT count(*) FROM tasks WHERE end_time IS NULL") == 0
    lifecycle.continue_search(tx, row_of(tx, experiment_id))
    while lifecycle.start_more(tx):
        pass
    assert count(tx, experiment_id) == 1500


def test_pausing_asks_only_those_to_stop_that_run(tx: Transaction) -> None:
    experiment_id = wide(tx, 5)
    running = run(tx, trials_of(tx, experiment_id)[2])
    lifecycle.pause(tx, row_of(tx, experiment_id))
    assert {row["state"] for row in trials_of(tx, experiment_id)} == {"PAUSED"}
    asked = tx.all("SELECT id FROM allocations WHERE preempt_requested_at IS NOT NULL OR kill_requested")
    assert [row["id"] for row in asked] == [running]


@pytest.mark.parametrize("name", ["random", "async_halving", "adaptive_asha"])
@pytest.mark.parametrize("seed", range(3))
def test_a_search_that_is_read_again_after_any_event_is_the_same(
    tx: Transaction, name: str, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(searches, "_EVENTS_BETWEEN_STATES", 7)
    own = {} if name == "random" else dict(HALVING, num_rungs=3)
    experiment_id = begin(tx, name, max_trials=12, max_concurrent_trials=4, **own)
    chance = random.Random(seed)
    running = searches.of(tx, row_of(tx, experiment_id))
    for _ in range(60):
        live = [row for row in trials_of(tx, experiment_id) if row["state"] == "ACTIVE"]
        if not live:
            break
        trial = chance.choice(live)
        kind = chance.choice(["validated", "progress", "exited"])
        if kind == "validated":
            metrics = {"loss": chance.choice([chance.random(), "NaN"]), "batches": chance.randint(1, 20), "other": "x"}
            lifecycle.trial_validated(tx, row_of(tx, experiment_id), trial, metrics)
        elif kind == "progress":
            lifecycle.trial_progressed(tx, row_of(tx, experiment_id), trial, chance.random())
        else:
            lifecycle.kill_trial(tx, trial)
        if row_of(tx, experiment_id)["state"] != "ACTIVE":
            break
        assert searches.copy_of(tx, row_of(tx, experiment_id)).state() == running.search.state()
        assert len(store.events(tx, experiment_id)) <= 7


def test_what_a_trial_says_costs_the_same_however_many_there_are(tx: Transaction) -> None:
    experiment_id = wide(tx, 500)
    stored = store.state(tx, experiment_id)
    trial = trials_of(tx, experiment_id)[499]
    lifecycle.trial_progressed(tx, row_of(tx, experiment_id), trial, 0.5)
    assert store.state(tx, experiment_id) == stored
    assert len(store.events(tx, experiment_id)[-1]) < 100


# --- the queue ------------------------------------------------------------------------------------------------------


def requests(tx: Transaction, free: int, room: int) -> List[str]:
    return [request.key for request in waiting.read_queue(tx, allocations.live(tx), free, room).requests]


def tasks_of(tx: Transaction, experiment_id: int) -> List[str]:
    rows = tx.all("SELECT id FROM tasks WHERE experiment_id = ? ORDER BY trial_id", (experiment_id,))
    return [row["id"] for row in rows]


def test_the_scheduler_looks_at_the_head_of_the_queue_only(tx: Transaction) -> None:
    first, second = wide(tx, 400), wide(tx, 400)
    assert requests(tx, 0, 100) == []
    assert requests(tx, 2, 100) == tasks_of(tx, first)[:3]
    tx.update("experiments", {"id": first}, priority=50)
    assert requests(tx, 2, 100) == tasks_of(tx, second)[:3]


def test_trials_that_run_or_that_their_experiment_has_no_slots_for_do_not_hide_those_that_may_start(
    tx: Transaction,
) -> None:
    first, second = wide(tx, 400), wide(tx, 400)
    for trial in trials_of(tx, first)[:2]:
        run(tx, trial)
    assert requests(tx, 1, 0) == tasks_of(tx, first)[2:4]
    tx.update("experiments", {"id": first}, max_slots=2)
    assert requests(tx, 1, 0) == tasks_of(tx, second)[:2]
    tx.update("experiments", {"id": first}, max_slots=3)
    assert requests(tx, 5, 0) == tasks_of(tx, first)[2:3] + tasks_of(tx, second)[:5]


def test_a_large_trial_at_the_head_keeps_what_is_free_for_itself(tx: Transaction) -> None:
    large, small = wide(tx, 3), wide(tx, 3)
    tx.update("experiments", {"id": large}, slots_per_trial=8)
    assert requests(tx, 4, 0) == tasks_of(tx, large)[:1]
    tx.update("experiments", {"id": small}, slots_per_trial=0)
    assert requests(tx, 0, 2) == tasks_of(tx, small)[:2]


# --- questions that must not go through all trials ------------------------------------------------------------------


def plan(tx: Transaction, monkeypatch: pytest.MonkeyPatch, question: Any, *args: Any) -> str:
    """How the database answers the statements of a question."""
    plans: List[str] = []

    def explain(sql: str, parameters: Any = ()) -> Any:
        plans.extend(row["detail"] for row in tx._connection.execute(f"EXPLAIN QUERY PLAN {sql}", parameters))
        return tx._connection.execute(sql, parameters)

    explained = Transaction(tx._connection, {})
    monkeypatch.setattr(explained, "all", lambda sql, parameters=(): explain(sql, parameters).fetchall())
    monkeypatch.setattr(explained, "one", lambda sql, parameters=(): explain(sql, parameters).fetchone())
    monkeypatch.setattr(explained, "each", explain)

    def scalar(sql: str, parameters: Any = ()) -> Any:
        row = explain(sql, parameters).fetchone()
        return row[0] if row else None

    monkeypatch.setattr(explained, "scalar", scalar)
    result = question(explained, *args)
    if hasattr(result, "__next__"):
        list(result)
    return "\n".join(plans)


@pytest.mark.parametrize(
    ("question", "args"),
    [
        (trials_store.by_request_id, (1, "x")),
        (trials_store.has_any_in, (1, ("ACTIVE",))),
        (trials_store.exiting_early, ()),
        (trials_store.close_those_without_allocation, (1, "CANCELED", 0)),
        (allocations.waiting_trials_of, (1, 2, 3)),
        (allocations.requests_of_tasks, ()),
        (allocations.experiments_in_order, (True,)),
        (allocations.live, ()),
        (allocations.live_of_experiment, (1,)),
        (checkpoints.with_validation, (1, "loss")),
        (checkpoints.with_trials, (["x"],)),
        (checkpoints.removals_without_task, ()),
        (log_policies.waiting_trials_kept_off, ("agent-0",)),
        (store.next_to_start, ()),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_no_table_is_read_from_end_to_end(
    tx: Transaction, monkeypatch: pytest.MonkeyPatch, question: Any, args: Any
) -> None:
    steps = plan(tx, monkeypatch, question, *args).splitlines()
    whole = [step for step in steps if step.startswith("SCAN") and step.split()[-1] in ("a", "c", "e", "k", "r", "t")]
    whole += [step for step in steps if step.startswith("SCAN experiments") and "INDEX" not in step]
    assert whole == []


# --- hyperparameters that make no sense -----------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["random", "async_halving", "adaptive_asha"])
def test_a_search_replaces_trials_whose_hyperparameters_were_invalid(tx: Transaction, name: str) -> None:
    own = {} if name == "random" else dict(HALVING, num_rungs=2)
    experiment_id = begin(tx, name, max_trials=6, max_concurrent_trials=2, **own)
    while True:
        live = [row for row in trials_of(tx, experiment_id) if row["state"] == "ACTIVE"]
        if not live:
            break
        allocation = run(tx, live[0])
        trials.exit_early(tx, live[0]["id"], "INVALID_HP")
        lifecycle.allocation_ended(tx, allocation, lifecycle.Ending(0))
    assert [row["state"] for row in trials_of(tx, experiment_id)] == ["COMPLETED"] * 6
    assert row_of(tx, experiment_id)["state"] == "COMPLETED"
