"""What the master writes, only its owner may read; tasks keep the umask of who started it."""

from __future__ import annotations

import os
import pathlib
from typing import List

import pytest

from determined.experimental import client
from determined.master import LocalMaster
from determined.master.runner.local import _environment
from determined.master.services.launch import _inherited

from ..e2e.conftest import wait_until

WRITER = """
import os, pathlib, sys, time
import determined as det
mask = os.umask(0o077)
print("UMASK", oct(mask), flush=True)
print("RUN", os.environ["DET_RUN_DIR"], flush=True)
os.umask(mask)
pathlib.Path("mine").write_text("x")
pathlib.Path("ready").write_text("x")
while not pathlib.Path("go").exists():
    time.sleep(0.05)
"""


def readable_by_others(folder: pathlib.Path, *, but: str) -> List[str]:
    found = []
    for place, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in but]
        for name in (*folders, *files):
            path = pathlib.Path(place, name)
            if path.lstat().st_mode & 0o077 and not path.is_symlink():
                found.append(f"{path.relative_to(folder)} {oct(path.lstat().st_mode)}")
    return found


def test_all_that_a_master_and_its_supervisors_write_is_for_their_owner(tmp_path: pathlib.Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "writer.py").write_text(WRITER)
    before = os.umask(0o022)
    try:
        with LocalMaster(tmp_path / "master", slots=1, initial_password="Passw0rd") as master:
            determined = client.Determined(master=master.url, user="determined", password="Passw0rd")
            config = {
                "name": "writer",
                "entrypoint": "python3 writer.py",
                "searcher": {"name": "single", "metric": "x"},
                "max_restarts": 0,
            }
            experiment = determined.create_experiment(config, model)
            mine = wait_until(lambda: list((tmp_path / "master" / "runs").glob("*/workdir/ready")))[0].parent / "mine"
            assert mine.stat().st_mode & 0o777 == 0o644
            assert (tmp_path / "master").stat().st_mode & 0o777 == 0o700
            assert readable_by_others(tmp_path / "master", but="workdir model checkpoints") == []
            names = {path.name for path in mine.parents[1].rglob("*")}
            assert {"spec.json", "trial.json", "cluster.json", "supervisor.log"} <= names
            (mine.parent / "go").write_text("")
            experiment.wait(interval=0.2)
            assert "UMASK 0o22" in "".join(experiment.list_trials()[0].iter_logs())
        assert readable_by_others(tmp_path / "master", but="checkpoints") == []
    finally:
        os.umask(before)


def test_a_folder_that_an_older_master_left_open_is_shut(tmp_path: pathlib.Path) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=0):
        pass
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    with LocalMaster(folder, slots=0):
        assert folder.stat().st_mode & 0o777 == 0o700
        assert readable_by_others(folder, but="") == []


def test_a_supervisor_gets_no_variable_that_speaks_of_a_master(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_INITIAL_USER_PASSWORD", "Passw0rd")
    monkeypatch.setenv("DET_USER_TOKEN", "token")
    assert [name for name in _environment() if name.startswith("DET_")] == []
    assert [name for name in _inherited(None) if name.startswith("DET_")] == []
