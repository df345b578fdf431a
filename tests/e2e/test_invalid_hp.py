"""Searches all of whose hyperparameters make no sense come to their end with all their trials."""

from __future__ import annotations

import pathlib
from typing import Any, Dict

import pytest

from determined.experimental import client
from determined.master import LocalMaster

from .test_processes import run

TRAINING = """
import determined as det
from determined import core
with core.init() as context:
    raise det.InvalidHP("none of these")
"""
SEARCHERS: Dict[str, Dict[str, Any]] = {
    "random": {},
    "adaptive_asha": {"time_metric": "batches", "max_time": 16},
    "async_halving": {"time_metric": "batches", "max_time": 16, "num_rungs": 2},
}


@pytest.mark.parametrize("name", list(SEARCHERS))
def test_trials_whose_hyperparameters_are_invalid_are_replaced(
    master: LocalMaster, tmp_path: pathlib.Path, name: str
) -> None:
    searcher = {"name": name, "metric": "loss", "max_trials": 6, "max_concurrent_trials": 2, **SEARCHERS[name]}
    hyperparameters = {"x": {"type": "double", "minval": 0, "maxval": 1}}
    experiment = run(master, tmp_path, TRAINING, searcher=searcher, hyperparameters=hyperparameters)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert [trial.state for trial in experiment.list_trials()] == [client.TrialState.COMPLETED] * 6
