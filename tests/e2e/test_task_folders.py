"""Folders around a trial: its temporary files and its bind mounts."""

from __future__ import annotations

import os
import pathlib
import signal
import tempfile
from typing import Iterator, List

import pytest

from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until
from .test_processes import log_of, run, supervisor_of


@pytest.fixture(autouse=True)
def temporary_root(monkeypatch: pytest.MonkeyPatch) -> Iterator[pathlib.Path]:
    """A folder for temporary files that only this test's master uses."""
    with tempfile.TemporaryDirectory(prefix="t-") as folder:
        monkeypatch.setenv("TMPDIR", folder)
        monkeypatch.setattr(tempfile, "tempdir", None)
        yield pathlib.Path(folder)


def folders_of_tasks(root: pathlib.Path) -> List[pathlib.Path]:
    return list(root.glob("determined-task-*"))


LEAVING_FILES = """
import os, pathlib, stat, tempfile, time
folder = pathlib.Path(tempfile.gettempdir())
(folder / "left" / "behind").mkdir(parents=True)
print("temp", folder, oct(stat.S_IMODE(folder.stat().st_mode)), flush=True)
time.sleep(float(os.environ.get("SECONDS", 0)))
"""


def test_temporary_files_of_a_trial_end_with_it(
    master: LocalMaster, tmp_path: pathlib.Path, temporary_root: pathlib.Path
) -> None:
    experiment = run(master, tmp_path, LEAVING_FILES)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    assert f"|| temp {temporary_root}/determined-task-" in log_of(experiment)
    assert "0o700" in log_of(experiment)
    wait_until(lambda: not folders_of_tasks(temporary_root))


def test_temporary_files_end_with_a_trial_whose_supervisor_is_killed(
    master: LocalMaster, tmp_path: pathlib.Path, temporary_root: pathlib.Path
) -> None:
    variables = {"environment_variables": ["SECONDS=600"]}
    experiment = run(master, tmp_path, LEAVING_FILES, environment=variables)
    wait_until(lambda: experiment.list_trials() and "|| temp" in log_of(experiment))
    os.kill(supervisor_of(tmp_path), signal.SIGKILL)
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    wait_until(lambda: not folders_of_tasks(temporary_root))


def test_the_user_may_choose_the_folder_for_temporary_files(
    master: LocalMaster, tmp_path: pathlib.Path, temporary_root: pathlib.Path
) -> None:
    (tmp_path / "mine").mkdir()
    variables = {"environment_variables": [f"TMPDIR={tmp_path / 'mine'}"]}
    experiment = run(master, tmp_path, LEAVING_FILES, environment=variables)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    assert (tmp_path / "mine" / "left" / "behind").is_dir()


def test_a_bind_mount_is_seen_in_the_working_directory(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    (tmp_path / "host").mkdir()
    (tmp_path / "host" / "numbers").write_text("1 2 3")
    mounts = [
        {"host_path": str(tmp_path / "host"), "container_path": "data"},
        {"host_path": str(tmp_path / "host"), "container_path": "/no/such/place"},
    ]
    experiment = run(master, tmp_path, "print('read', open('data/numbers').read())", bind_mounts=mounts)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    assert "|| read 1 2 3" in log_of(experiment)
    assert f"WARNING: determined: {tmp_path / 'host'} is not mounted at /no/such/place" in log_of(experiment)
    assert (tmp_path / "host" / "numbers").read_text() == "1 2 3"


def test_a_bind_mount_of_nothing_fails_the_trial(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    mounts = [{"host_path": str(tmp_path / "missing"), "container_path": "data"}]
    experiment = run(master, tmp_path, "print('never')", bind_mounts=mounts)
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    assert f"host_path '{tmp_path / 'missing'}' does not exist on this machine" in log_of(experiment)
