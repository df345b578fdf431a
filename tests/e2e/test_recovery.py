"""A master that is killed goes on where it was when it is started again on the same folder."""

from __future__ import annotations

import os
import pathlib
import signal
from typing import Dict, List

import pytest

from determined.common.api.endpoints import trials as trials_api
from determined.experimental import client
from determined.master import LocalMaster

from ..conftest import processes_of
from .conftest import slow_config, wait_until

STEPS = 8


def steps_of(trial: client.Trial, group: str) -> List[int]:
    return [report.steps_completed for report in trial.iter_metrics(group)]


def kill_master(master: LocalMaster) -> None:
    os.kill(master.pid, signal.SIGKILL)
    wait_until(lambda: not pathlib.Path(f"/proc/{master.pid}").exists() or _is_zombie(master.pid))


def _is_zombie(pid: int) -> bool:
    return pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def kill_everything(folder: pathlib.Path) -> None:
    """What a power cut does to the master and to every process of every trial."""
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_bytes()
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if int(process.name) != os.getpid() and (
            str(folder).encode() in command or f"DET_RUN_DIR={folder}".encode() in environment
        ):
            os.kill(int(process.name), signal.SIGKILL)


@pytest.mark.parametrize("kill", ["the master", "the master and its trials"])
def test_a_killed_master_completes_its_experiment_without_losing_or_doubling_a_report(
    tmp_path: pathlib.Path, slow_training: pathlib.Path, kill: str
) -> None:
    folder = tmp_path / "master"
    first = LocalMaster(folder, slots=2, initial_password="").start()
    try:
        determined = client.Determined(master=first.url)
        config = slow_config(trials=2, steps=STEPS)
        experiment = determined.create_experiment(config, model_dir=str(slow_training))
        wait_until(lambda: all(len(t.list_checkpoints()) >= 2 for t in experiment.list_trials()))
        acknowledged: Dict[int, List[int]] = {t.id: steps_of(t, "validation") for t in experiment.list_trials()}
        if kill == "the master":
            kill_master(first)
        else:
            kill_everything(folder)
    finally:
        first.stop()
    with LocalMaster(folder, slots=2, initial_password="") as second:
        determined = client.Determined(master=second.url)
        experiment = determined.get_experiment(experiment.id)
        assert experiment.wait(interval=0.2) == client.ExperimentState.COMPLETED
        trials = experiment.list_trials()
        assert [t.id for t in trials] == sorted(acknowledged)
        for trial in trials:
            assert steps_of(trial, "training") == list(range(1, STEPS + 1))
            assert steps_of(trial, "validation") == list(range(1, STEPS + 1))
            assert set(acknowledged[trial.id]) <= set(steps_of(trial, "validation"))
            assert trials_api.get_trial(trial._session, trial.id)["restarts"] == 0
            if kill != "the master":
                assert any("resumed after step" in line for line in trial.iter_logs())
    assert processes_of(folder) == []


def test_stopping_a_master_stops_its_trials_and_starting_it_again_resumes_them(
    tmp_path: pathlib.Path, slow_training: pathlib.Path
) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=1, initial_password="") as first:
        determined = client.Determined(master=first.url)
        experiment = determined.create_experiment(slow_config(steps=5), model_dir=str(slow_training))
        wait_until(lambda: len(experiment.list_trials()) == 1 and experiment.list_trials()[0].list_checkpoints())
    assert processes_of(folder) == []
    with LocalMaster(folder, slots=1, initial_password="") as second:
        experiment = client.Determined(master=second.url).get_experiment(experiment.id)
        assert experiment.wait(interval=0.2) == client.ExperimentState.COMPLETED
        assert steps_of(experiment.list_trials()[0], "validation") == [1, 2, 3, 4, 5]


def test_two_masters_and_two_clients_work_side_by_side(tmp_path: pathlib.Path) -> None:
    with (
        LocalMaster(tmp_path / "one", slots=0, initial_password="") as one,
        LocalMaster(tmp_path / "two", slots=0, initial_password="") as two,
    ):
        here, there = client.Determined(master=one.url), client.Determined(master=two.url)
        here.create_model("only here")
        assert [m.name for m in here.list_models()] == ["only here"]
        assert there.list_models() == []
