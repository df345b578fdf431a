"""The tasks that remove checkpoints: after a real training, and whatever becomes of the master meanwhile."""

from __future__ import annotations

import contextlib
import os
import pathlib
import signal
import sqlite3
from typing import Any, Dict, List

import pytest

from determined.common.api.endpoints import logs as logs_api
from determined.experimental import client
from determined.master import LocalMaster

from ..conftest import processes_of
from .conftest import slow_config, wait_until

UUID = "00000001-1111-4222-8333-000000000001"
# Found by every interpreter that the master starts: the process that removes files waits as long as the file is there.
HOLD = """
import pathlib, time
while b"gc_checkpoints" in pathlib.Path("/proc/self/cmdline").read_bytes() and pathlib.Path({hold!r}).exists():
    time.sleep(0.02)
"""


def collections_in(folder: pathlib.Path) -> List[str]:
    with contextlib.closing(sqlite3.connect(folder / "master.db")) as connection:
        return [
            row[0] for row in connection.execute("SELECT id FROM tasks WHERE type = 'CHECKPOINT_GC' ORDER BY rowid")
        ]


def call(determined: client.Determined, method: str, path: str, **body: Any) -> Dict[str, Any]:
    answer = determined._session.request(method, path, json=body or None)
    found: Dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize("kept", [1, 4])
def test_a_policy_is_carried_out_by_a_task_if_there_is_anything_to_remove(
    tmp_path: pathlib.Path, slow_training: pathlib.Path, kept: int
) -> None:
    folder, storage = tmp_path / "master", tmp_path / "storage"
    policy = {"save_experiment_best": 0, "save_trial_best": 0, "save_trial_latest": kept}
    config = slow_config(
        steps=4, seconds=0.01, checkpoint_storage={"type": "shared_fs", "host_path": str(storage), **policy}
    )
    with LocalMaster(folder, slots=1, initial_password="") as master:
        determined = client.Determined(master=master.url)
        experiment = determined.create_experiment(config, model_dir=str(slow_training))
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
        wait_until(lambda: len(list(storage.glob("*-*"))) == kept)
        if kept == 4:
            assert collections_in(folder) == []
            return
        (task_id,) = collections_in(folder)
        wait_until(lambda: call(determined, "GET", f"/api/v1/tasks/{task_id}")["task"].get("endTime"))
        listed = call(determined, "GET", f"/api/v1/experiments/{experiment.id}/checkpoints")["checkpoints"]
        removed = [checkpoint["uuid"] for checkpoint in listed if checkpoint["state"] == "STATE_DELETED"]
        assert len(removed) == 3
        log = "".join(line["log"] for line in logs_api.stream_task_logs(determined._session, task_id))
        for uuid in removed:
            assert f"Checkpoint {uuid}: 2 files removed, 0 left" in log
        assert "resources exited successfully with a zero exit code" in log
    assert processes_of(tmp_path) == []


@pytest.fixture
def hold(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> pathlib.Path:
    """A file that keeps removals from going on."""
    hold = tmp_path / "hold"
    hold.touch()
    site = tmp_path / "site"
    site.mkdir()
    (site / "sitecustomize.py").write_text(HOLD.format(hold=str(hold)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, (str(site), os.environ.get("PYTHONPATH")))))
    return hold


def add_checkpoint(determined: client.Determined, storage: pathlib.Path) -> pathlib.Path:
    """A checkpoint of a detached trial; returns the folder of its files."""
    (storage / UUID).mkdir(parents=True)
    (storage / UUID / "model.bin").write_bytes(b"1234")
    config = (
        "name: files\nsearcher: {name: single, metric: loss}\n"
        f"checkpoint_storage: {{type: shared_fs, host_path: {storage}}}\n"
    )
    experiment = call(determined, "POST", "/api/v1/experiments", config=config, unmanaged=True)["experiment"]["id"]
    trial = call(determined, "POST", "/api/v1/trials", experimentId=experiment, unmanaged=True)["trial"]
    report = {"taskId": trial["taskId"], "resources": {"model.bin": "4"}, "metadata": {"steps_completed": 1}}
    call(determined, "POST", "/api/v1/checkpoints", uuid=UUID, **report)
    return storage / UUID


def is_running(folder: pathlib.Path) -> bool:
    return any("gc_checkpoints" in command for command in processes_of(folder))


def is_deleted(determined: client.Determined) -> bool:
    return determined.get_checkpoint(UUID).state == client.CheckpointState.DELETED


def test_a_removal_that_runs_is_listed_as_a_task_but_is_nobodys_job(tmp_path: pathlib.Path, hold: pathlib.Path) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=0, initial_password="") as master:
        determined = client.Determined(master=master.url)
        add_checkpoint(determined, tmp_path / "storage")
        determined.get_checkpoint(UUID).delete()
        wait_until(lambda: is_running(folder))
        (summary,) = call(determined, "GET", "/api/v1/tasks")["allocationIdToSummary"].values()
        assert (summary["name"], summary["slotsNeeded"]) == ("Checkpoint GC (Experiment 1)", 0)
        assert call(determined, "GET", "/api/v1/job-queues-v2")["jobs"] == []
        hold.unlink()
        wait_until(lambda: is_deleted(determined))
    assert processes_of(folder) == []


def test_a_deleted_experiment_is_there_until_its_files_are_gone(tmp_path: pathlib.Path, hold: pathlib.Path) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=0, initial_password="") as master:
        determined = client.Determined(master=master.url)
        files = add_checkpoint(determined, tmp_path / "storage")
        call(determined, "PATCH", "/api/v1/trials/1", trialId=1, state="STATE_COMPLETED")
        determined.get_experiment(1).delete()
        wait_until(lambda: is_running(folder))
        assert call(determined, "GET", "/api/v1/experiments/1")["experiment"]["state"] == "STATE_DELETING"
        hold.unlink()
        wait_until(lambda: determined.list_experiments() == [])
        assert not files.exists()
        assert collections_in(folder) == []


def test_a_master_that_stops_ends_removals_and_the_next_goes_on_in_the_same_task(
    tmp_path: pathlib.Path, hold: pathlib.Path
) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=0, initial_password="") as first:
        determined = client.Determined(master=first.url)
        files = add_checkpoint(determined, tmp_path / "storage")
        determined.get_checkpoint(UUID).delete()
        wait_until(lambda: is_running(folder))
    assert processes_of(folder) == []
    assert files.exists()
    hold.unlink()
    with LocalMaster(folder, slots=0, initial_password="") as second:
        determined = client.Determined(master=second.url)
        wait_until(lambda: is_deleted(determined))
        (task_id,) = collections_in(folder)
        allocations = call(determined, "GET", f"/api/v1/tasks/{task_id}")["task"]["allocations"]
        assert sorted(a["allocationId"] for a in allocations) == [f"{task_id}.1", f"{task_id}.2"]


@pytest.mark.parametrize(
    "killed", ["before it has started a task", "while a task runs", "while a task runs to its end"]
)
def test_a_master_that_is_killed_finishes_removals_when_it_is_started_again(
    tmp_path: pathlib.Path, hold: pathlib.Path, killed: str
) -> None:
    folder = tmp_path / "master"
    first = LocalMaster(folder, slots=0, initial_password="").start()
    try:
        determined = client.Determined(master=first.url)
        files = add_checkpoint(determined, tmp_path / "storage")
        determined.get_checkpoint(UUID).delete()
        if killed != "before it has started a task":
            wait_until(lambda: is_running(folder))
        os.kill(first.pid, signal.SIGKILL)
    finally:
        first.stop()
    if killed == "while a task runs to its end":
        hold.unlink()
        wait_until(lambda: not files.exists())
    with LocalMaster(folder, slots=0, initial_password="") as second:
        hold.unlink(missing_ok=True)
        determined = client.Determined(master=second.url)
        wait_until(lambda: is_deleted(determined))
        assert len(collections_in(folder)) == 1
    assert not files.exists()
    assert processes_of(folder) == []
