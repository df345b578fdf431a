"""What trial processes may do, and what becomes of them: no process outlives its allocation."""

from __future__ import annotations

import os
import pathlib
import signal
from typing import Any, Dict, List

import pytest

from determined.common.api.endpoints import trials
from determined.experimental import client
from determined.master import LocalMaster

from ..conftest import processes_of
from .conftest import wait_until


def run(master: LocalMaster, tmp_path: pathlib.Path, script: str, **more: Any) -> client.Experiment:
    """Create an experiment of one trial that runs a script."""
    folder = tmp_path / "model"
    folder.mkdir(exist_ok=True)
    (folder / "train.py").write_text(script)
    config: Dict[str, Any] = {
        "name": "processes",
        "entrypoint": "python3 train.py",
        "searcher": {"name": "single", "metric": "loss"},
        "max_restarts": 0,
        **more,
    }
    return client.Determined(master=master.url).create_experiment(config, model_dir=str(folder))


def log_of(experiment: client.Experiment) -> str:
    return "".join(experiment.list_trials()[0].iter_logs())


def test_a_trial_that_exits_with_an_error_is_restarted_as_often_as_allowed(
    master: LocalMaster, tmp_path: pathlib.Path
) -> None:
    experiment = run(master, tmp_path, "print('attempt', flush=True); raise SystemExit(3)", max_restarts=2)
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    assert log_of(experiment).count("|| attempt") == 3
    assert trials.get_trial(experiment._session, experiment.list_trials()[0].id)["restarts"] == 2


def test_children_that_a_trial_leaves_behind_end_with_it(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    mark = f"left behind by {tmp_path}"
    script = (
        "import subprocess, sys\n"
        f"subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', {mark!r}], start_new_session=True)\n"
    )
    experiment = run(master, tmp_path, script)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert [p for p in processes_of(tmp_path) if mark in p] == []


def test_a_trial_that_ignores_sigterm_is_killed(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    script = (
        "import signal, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "print('ready', flush=True)\n"
        "time.sleep(600)\n"
    )
    experiment = run(master, tmp_path, script)
    wait_until(lambda: experiment.list_trials() and "ready" in log_of(experiment))
    experiment.kill()
    assert experiment.wait(interval=0.1) == client.ExperimentState.CANCELED
    assert [p for p in processes_of(tmp_path) if "train.py" in p] == []


def test_a_trial_whose_supervisor_is_killed_leaves_nothing_and_is_restarted(
    master: LocalMaster, tmp_path: pathlib.Path
) -> None:
    script = (
        "import os, time\n"
        "print('run', os.environ['DET_TRIAL_RUN_ID'], flush=True)\n"
        "time.sleep(600 if os.environ['DET_TRIAL_RUN_ID'] == '1' else 0)\n"
    )
    experiment = run(master, tmp_path, script, max_restarts=1)
    wait_until(lambda: experiment.list_trials() and "run 1" in log_of(experiment))
    os.kill(supervisor_of(tmp_path), signal.SIGKILL)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert "run 2" in log_of(experiment)
    assert [p for p in processes_of(tmp_path) if "train.py" in p] == []


def supervisor_of(folder: pathlib.Path) -> int:
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            command = (process / "cmdline").read_text()
        except OSError:
            continue
        if "determined.exec.supervisor" in command and str(folder) in command:
            return int(process.name)
    raise AssertionError("no supervisor runs")


def test_a_trial_that_floods_its_log_loses_no_line(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    experiment = run(master, tmp_path, "for n in range(20_000): print('line', n)")
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    lines = [line for line in experiment.list_trials()[0].iter_logs() if "|| line " in line]
    assert [int(line.split("line ")[1]) for line in lines] == list(range(20_000))


def test_two_slots_run_two_trials_at_a_time(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    script = (
        "import time\nprint('from', time.time(), flush=True)\ntime.sleep(0.5)\nprint('to', time.time(), flush=True)\n"
    )
    experiment = run(
        master,
        tmp_path,
        script,
        searcher={"name": "grid", "metric": "loss"},
        hyperparameters={"x": {"type": "categorical", "vals": [1, 2, 3, 4]}},
    )
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    spans: List[List[float]] = []
    for trial in experiment.list_trials():
        text = "".join(trial.iter_logs())
        spans.append([float(text.split(word)[1].split()[0]) for word in ("|| from", "|| to")])
    for start, _ in spans:
        assert sum(begin <= start < end for begin, end in spans) <= 2


@pytest.mark.parametrize("entrypoint", ["python3 train.py", ["python3", "train.py"]])
def test_an_entrypoint_is_a_shell_line_or_a_list(master: LocalMaster, tmp_path: pathlib.Path, entrypoint: Any) -> None:
    experiment = run(master, tmp_path, "print('it runs')", entrypoint=entrypoint)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert "it runs" in log_of(experiment)
