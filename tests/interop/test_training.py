"""Trials of our master that train with the released Core API."""

from __future__ import annotations

import json
import pathlib
import time

from .conftest import Released


def test_a_search_with_the_released_core_api_completes(released: Released, trained: int) -> None:
    experiment = released.read("experiment", "describe", str(trained))[0]["experiment"]
    assert (experiment["state"], experiment["progress"], experiment["numTrials"]) == ("STATE_COMPLETED", 1, 2)


def test_the_log_of_a_released_trial_has_what_it_printed_and_logged(released: Released, trained: int) -> None:
    logs = released.det("experiment", "logs", str(trained))
    assert f"of experiment {trained}, seed" in logs
    assert "|| WARNING: " in logs
    assert "trained to the end" in logs


def test_a_released_trial_that_is_paused_goes_on_from_its_checkpoint(
    released: Released, cluster_files: pathlib.Path
) -> None:
    number = released.create(steps=8, seconds=0.4)
    while not released.read("experiment", "describe", str(number))[0]["experiment"].get("progress"):
        time.sleep(0.1)
    released.det("experiment", "pause", str(number))
    wait_for_log(released, number, "preempted after step")
    released.det("experiment", "activate", str(number))
    released.wait(number)
    logs = released.det("experiment", "logs", str(number))
    step = int(logs.split("preempted after step ")[1].split()[0])
    assert f"resumed after step {step}" in logs
    boards = list((released.home / "checkpoints").glob(f"*/tensorboard/experiment/{number}/trial/*/events.*"))
    assert len(boards) == 1


def wait_for_log(released: Released, experiment: int, text: str) -> None:
    deadline = time.monotonic() + 60
    while text not in released.det("experiment", "logs", str(experiment)):
        assert time.monotonic() < deadline, f"{text!r} never came"
        time.sleep(0.1)


def test_invalid_hyperparameters_end_a_released_trial_without_a_restart(
    released: Released, cluster_files: pathlib.Path
) -> None:
    number = released.create(script="invalid.py", max_restarts=3)
    released.wait(number)
    trial = released.det("experiment", "list-trials", str(number), "--csv").splitlines()[1].split(",")[0]
    assert released.read("trial", "describe", trial)["trial"].get("restarts", 0) == 0


def test_metadata_of_a_run_is_what_the_released_trial_wrote(released: Released, trained: int) -> None:
    trial = released.det("experiment", "list-trials", str(trained), "--csv").splitlines()[1].split(",")[0]
    found = released.read("trial", "describe", trial)["trial"]["metadata"]
    assert found == {"framework": {"name": "none"}, "sizes": [1, 2]}, json.dumps(found)
