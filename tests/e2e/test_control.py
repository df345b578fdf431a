"""Pausing, resuming and ending experiments whose trials listen to the preemption signal."""

from __future__ import annotations

import pathlib

from determined.experimental import client
from determined.master import LocalMaster

from .conftest import slow_config, wait_until
from .test_recovery import steps_of


def start(master: LocalMaster, model_dir: pathlib.Path, *, steps: int) -> client.Experiment:
    determined = client.Determined(master=master.url)
    experiment = determined.create_experiment(slow_config(steps=steps, seconds=0.15), model_dir=str(model_dir))
    wait_until(lambda: experiment.list_trials() and experiment.list_trials()[0].list_checkpoints())
    return experiment


def state_of(experiment: client.Experiment) -> object:
    experiment.reload()
    return experiment.state


def test_a_paused_experiment_goes_on_from_its_checkpoint_when_it_is_activated(
    master: LocalMaster, slow_training: pathlib.Path
) -> None:
    experiment = start(master, slow_training, steps=8)
    experiment.pause()
    trial = experiment.list_trials()[0]
    wait_until(lambda: "preempted" in "".join(trial.iter_logs(search_text="was terminated")))
    assert state_of(experiment) == client.ExperimentState.PAUSED
    experiment.activate()
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert steps_of(trial, "validation") == list(range(1, 9))
    assert "resumed after step" in "".join(trial.iter_logs())


def test_a_canceled_experiment_ends_after_its_trial_has_saved_its_work(
    master: LocalMaster, slow_training: pathlib.Path
) -> None:
    experiment = start(master, slow_training, steps=1000)
    experiment.cancel()
    assert experiment.wait(interval=0.1) == client.ExperimentState.CANCELED
    trial = experiment.list_trials()[0]
    saved = max((c.metadata or {})["steps_completed"] for c in trial.list_checkpoints())
    assert saved == steps_of(trial, "validation")[-1]


def test_a_killed_experiment_ends_at_once(master: LocalMaster, slow_training: pathlib.Path) -> None:
    experiment = start(master, slow_training, steps=1000)
    experiment.kill()
    assert experiment.wait(interval=0.1) == client.ExperimentState.CANCELED


def test_an_experiment_that_waits_for_slots_is_queued_and_can_be_ended(
    master: LocalMaster, slow_training: pathlib.Path
) -> None:
    determined = client.Determined(master=master.url)
    first = determined.create_experiment(
        slow_config(steps=1000, resources={"slots_per_trial": 2}), model_dir=str(slow_training)
    )
    wait_until(lambda: state_of(first) == client.ExperimentState.RUNNING)
    second = determined.create_experiment(slow_config(), model_dir=str(slow_training))
    assert state_of(second) == client.ExperimentState.QUEUED
    second.cancel()
    assert second.wait(interval=0.1) == client.ExperimentState.CANCELED
    first.kill()
    assert first.wait(interval=0.1) == client.ExperimentState.CANCELED
