"""How experiments and trials come to their ends, by what was asked of them and by what their processes did."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Tuple

import pytest

from determined.master.errors import Refusal
from determined.master.services import experiments, jobs, lifecycle, trials
from determined.master.store import experiments as store
from determined.master.store.database import Row, Transaction

CRASHED = lifecycle.Ending(1)
EXITED = lifecycle.Ending(0)


def begin(tx: Transaction, name: str = "single", **searcher: Any) -> int:
    """An active experiment without restarts whose trials wait; returns its id."""
    config: Dict[str, Any] = {
        "searcher": {"name": name, "metric": "loss", "smaller_is_better": True, **searcher},
        "hyperparameters": {},
        "reproducibility": {"experiment_seed": 1},
        "checkpoint_storage": {"save_experiment_best": 0, "save_trial_best": 1, "save_trial_latest": 1},
    }
    experiment_id = tx.insert(
        "experiments",
        job_id=f"job {tx.scalar('SELECT count(*) FROM experiments')}",
        state="PAUSED",
        name="story",
        config=json.dumps(config),
        original_config="",
        searcher_name=name,
        searcher_metric="loss",
        smaller_is_better=1,
        max_restarts=0,
        resource_pool="default",
        start_time=0,
        owner_id=1,
        project_id=1,
    )
    lifecycle.begin(tx, experiment_id)
    lifecycle.activate(tx, experiments.row_of(tx, experiment_id))
    return experiment_id


def trials_of(tx: Transaction, experiment_id: int) -> List[Row]:
    return tx.all("SELECT * FROM trials WHERE experiment_id = ? ORDER BY id", (experiment_id,))


def run(tx: Transaction, trial: Row) -> str:
    """A running allocation of a trial; returns its id."""
    task_id = tx.scalar("SELECT id FROM tasks WHERE trial_id = ?", (trial["id"],))
    values = {"task_id": task_id, "number": 1, "state": "RUNNING", "is_ready": 1, "resource_pool": "default"}
    tx.insert("allocations", id=f"{task_id}.1", slots=1, start_time=0, **values)
    return f"{task_id}.1"


def state(tx: Transaction, experiment_id: int) -> str:
    return str(experiments.row_of(tx, experiment_id)["state"])


def log(tx: Transaction) -> List[Tuple[str, str]]:
    return [(row["level"], row["log"].rstrip()) for row in tx.all("SELECT * FROM logs ORDER BY id")]


@pytest.mark.parametrize(("ending", "expected"), [(EXITED, "CANCELED"), (CRASHED, "ERROR")])
def test_a_canceled_experiment_whose_only_trial_fails_is_in_error(
    tx: Transaction, ending: lifecycle.Ending, expected: str
) -> None:
    experiment_id = begin(tx)
    allocation_id = run(tx, trials_of(tx, experiment_id)[0])
    lifecycle.cancel(tx, experiments.row_of(tx, experiment_id))
    lifecycle.allocation_ended(tx, allocation_id, ending)
    assert (state(tx, experiment_id), trials_of(tx, experiment_id)[0]["state"]) == (expected, expected)


@pytest.mark.parametrize(("max_trials", "expected"), [(2, "ERROR"), (3, "CANCELED")])
def test_a_canceled_search_is_in_error_only_if_there_was_nothing_left_to_try(
    tx: Transaction, max_trials: int, expected: str
) -> None:
    experiment_id = begin(tx, "random", max_trials=max_trials, max_concurrent_trials=2)
    running = [run(tx, trial) for trial in trials_of(tx, experiment_id)]
    lifecycle.cancel(tx, experiments.row_of(tx, experiment_id))
    for allocation_id in running:
        lifecycle.allocation_ended(tx, allocation_id, CRASHED)
    assert (state(tx, experiment_id), len(trials_of(tx, experiment_id))) == (expected, 2)


@pytest.mark.parametrize(("pauses", "expected"), [(True, "PAUSED"), (False, "COMPLETED")])
def test_a_paused_trial_waits_though_its_process_ended_well(tx: Transaction, pauses: bool, expected: str) -> None:
    experiment_id = begin(tx)
    allocation_id = run(tx, trials_of(tx, experiment_id)[0])
    if pauses:
        lifecycle.pause(tx, experiments.row_of(tx, experiment_id))
    lifecycle.allocation_ended(tx, allocation_id, EXITED)
    assert trials_of(tx, experiment_id)[0]["state"] == expected


def test_what_is_killed_counts_as_killed_however_it_ends(tx: Transaction) -> None:
    experiment_id = begin(tx)
    allocation_id = run(tx, trials_of(tx, experiment_id)[0])
    tx.update("allocations", {"id": allocation_id}, preempt_acknowledged=1)
    for _ in range(2):
        lifecycle.kill(tx, experiments.row_of(tx, experiment_id))
    lifecycle.allocation_ended(tx, allocation_id, EXITED)
    end = "allocation killed after all resources exited: resources were killed"
    name = f"Trial {trials_of(tx, experiment_id)[0]['id']} (Experiment {experiment_id})"
    assert log(tx) == [
        ("INFO", "forcibly killing allocation's remaining resources (reason: user requested kill)"),
        ("INFO", "resources were killed"),
        ("INFO", f"{name} was terminated: {end}"),
    ]


def test_a_trial_that_has_ended_cannot_be_killed_while_its_search_goes_on(tx: Transaction) -> None:
    experiment_id = begin(tx, "random", max_trials=2, max_concurrent_trials=2)
    first, _ = trials_of(tx, experiment_id)
    trials.kill(tx, first["id"])
    with pytest.raises(Refusal, match=f"trial not found: {first['id']} has ended"):
        trials.kill(tx, first["id"])


def test_the_place_of_an_experiment_is_its_place_in_the_queue(tx: Transaction) -> None:
    first, second, third = begin(tx), begin(tx), begin(tx)
    run(tx, trials_of(tx, first)[0])
    lifecycle.pause(tx, experiments.row_of(tx, first))  # it still holds its slot
    spec = {"priority": 7, "queue_position": 9.5}
    tx.insert("tasks", id="c", type="COMMAND", owner_id=1, job_id="c", start_time=0, spec=json.dumps(spec))
    ahead = {job.entity_id: job.ahead for job in jobs.queue(tx)}
    assert ahead == {"c": 0, str(first): 1, str(second): 2, str(third): 3}
    for number in (second, third):
        assert store.jobs_ahead(tx, experiments.row_of(tx, number)) == ahead[str(number)]
