"""A search that is killed again and again makes the trials it would have made."""

from __future__ import annotations

import json
import pathlib
import random
import time
from typing import Any, Dict, List

from determined.common.api.endpoints import trials as trials_api
from determined.experimental import client
from determined.master import LocalMaster

from .test_recovery import kill_master, steps_of

TRAINING = """
import time
import determined as det
from determined import core

info = det.get_cluster_info()
with core.init() as context:
    for step in range(1, 10):
        time.sleep(0.02)
        context.train.report_validation_metrics(
            steps_completed=step, metrics={"loss": info.trial.hparams["x"] / step, "epochs": step}
        )
        if context.preempt.should_preempt():
            break
"""
TRIALS = 30
CONFIG: Dict[str, Any] = {
    "name": "kills",
    "entrypoint": "python3 train.py",
    "hyperparameters": {"x": {"type": "double", "minval": 0, "maxval": 1}},
    "searcher": {
        "name": "adaptive_asha",
        "metric": "loss",
        "max_trials": TRIALS,
        "max_concurrent_trials": 4,
        "time_metric": "epochs",
        "max_time": 9,
        "divisor": 3,
    },
    "resources": {"slots_per_trial": 0},
    "reproducibility": {"experiment_seed": 7},
    "max_restarts": 0,
}
KILLS = 5


def test_an_adaptive_search_makes_the_same_trials_however_often_its_master_is_killed(tmp_path: pathlib.Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "train.py").write_text(TRAINING)
    with LocalMaster(tmp_path / "calm", slots=2, initial_password="") as calm:
        undisturbed = run(calm, model)
        undisturbed.wait(interval=0.2)
        expected = hyperparameters_of(undisturbed)
    when = random.Random(20_261_121)
    folder = tmp_path / "troubled"
    with LocalMaster(folder, slots=2, initial_password="") as first:
        number = run(first, model).id
    for _ in range(KILLS):
        master = LocalMaster(folder, slots=2, initial_password="").start()
        time.sleep(when.uniform(0.1, 1.5))
        kill_master(master)
        master.stop()
    with LocalMaster(folder, slots=2, initial_password="") as last:
        experiment = client.Determined(master=last.url).get_experiment(number)
        assert experiment.wait(interval=0.2) == client.ExperimentState.COMPLETED
        assert hyperparameters_of(experiment) == expected
        for trial in experiment.list_trials():
            steps = steps_of(trial, "validation")
            assert steps == list(range(1, len(steps) + 1)), "a report was lost or doubled"
            assert trials_api.get_trial(trial._session, trial.id)["restarts"] == 0


def run(master: LocalMaster, model: pathlib.Path) -> client.Experiment:
    return client.Determined(master=master.url).create_experiment(CONFIG, model_dir=str(model))


def hyperparameters_of(experiment: client.Experiment) -> List[str]:
    return sorted(json.dumps(trial.hparams) for trial in experiment.list_trials())
