"""Trials of our master that train with the released Core API."""

from __future__ import annotations

import json
import pathlib
import time
from typing import Any, Dict

from .conftest import HERE, Released, number_in, trial_config, write_config


def describe(released: Released, experiment: int) -> Dict[str, Any]:
    found: Dict[str, Any] = json.loads(released.det("experiment", "describe", str(experiment), "--json"))[0]
    return found


def create(released: Released, **config: Any) -> int:
    path = write_config(released.home, trial_config(**config))
    return number_in(released.det("experiment", "create", path, str(HERE / "model")))


def test_a_search_with_the_released_core_api_completes(released: Released, trained: int) -> None:
    experiment = describe(released, trained)["experiment"]
    assert (experiment["state"], experiment["progress"], experiment["numTrials"]) == ("STATE_COMPLETED", 1, 2)


def test_the_log_of_a_released_trial_has_what_it_printed_and_logged(released: Released, trained: int) -> None:
    logs = released.det("experiment", "logs", str(trained))
    assert f"of experiment {trained}, seed" in logs
    assert "WARNING: " in logs
    assert "trained to the end" in logs


def test_a_released_trial_that_is_paused_goes_on_from_its_checkpoint(
    released: Released, cluster_files: pathlib.Path
) -> None:
    number = create(released, steps=8, seconds=0.4)
    wait_for_log(released, number, "trial ")
    while not json.loads(released.det("experiment", "describe", str(number), "--json"))[0]["experiment"]["progress"]:
        time.sleep(0.2)
    released.det("experiment", "pause", str(number))
    wait_for_log(released, number, "preempted after step")
    released.det("experiment", "activate", str(number))
    released.det("experiment", "wait", str(number), "--polling-interval", "1")
    assert "resumed after step" in released.det("experiment", "logs", str(number))


def test_invalid_hyperparameters_end_a_released_trial_without_a_restart(
    released: Released, cluster_files: pathlib.Path
) -> None:
    number = create(released, script="invalid.py", max_restarts=3)
    released.run("-m", "determined.cli", "experiment", "wait", str(number), "--polling-interval", "1")
    found = json.loads(released.det("trial", "describe", trial_of(released, number), "--json"))
    assert found["trial"]["restarts"] == 0


def trial_of(released: Released, experiment: int) -> str:
    listed = released.det("experiment", "list-trials", str(experiment), "--csv").splitlines()
    return listed[1].split(",")[0]


def wait_for_log(released: Released, experiment: int, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in released.run("-m", "determined.cli", "experiment", "logs", str(experiment)).out:
        assert time.monotonic() < deadline, f"{text!r} never came"
        time.sleep(0.2)
