"""Trainings that fork after they have begun: what the forked processes report arrives."""

from __future__ import annotations

import pathlib

from determined.experimental import client
from determined.master import LocalMaster

from .test_processes import log_of, run

TRAINING = """
import multiprocessing as mp
from determined import core

def child(context, first, count):
    for step in range(first, first + count):
        context.train.report_training_metrics(steps_completed=step, metrics={"loss": 1 / step})
    context.train.report_validation_metrics(steps_completed=first, metrics={"loss": 1 / first})

with core.init() as context:
    context.train.report_training_metrics(steps_completed=1, metrics={"loss": 1})
    children = [mp.get_context("fork").Process(target=child, args=(context, n * 1000, 300)) for n in (1, 2, 3)]
    for one in children:
        one.start()
    for one in children:
        one.join()
    print("exits", [one.exitcode for one in children], flush=True)
"""


def test_what_forked_processes_of_a_trial_report_is_stored(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    experiment = run(master, tmp_path, TRAINING)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert "exits [0, 0, 0]" in log_of(experiment)
    (trial,) = experiment.list_trials()
    steps = [report.steps_completed for report in trial.iter_metrics("training")]
    assert sorted(steps) == [1] + [n * 1000 + step for n in (1, 2, 3) for step in range(300)]
    assert [report.steps_completed for report in trial.iter_metrics("validation")] == [1000, 2000, 3000]
