"""The files of checkpoints, through the master: download and removal."""

from __future__ import annotations

import contextlib
import io
import json
import pathlib
import sqlite3
import tarfile
import time
import zipfile
from typing import Any, Dict, List

import pytest
import requests

from determined.master import LocalMaster

UUID = "00000001-1111-4222-8333-000000000001"
FILES = {"model.bin": b"\0" * 5000, "code/train.py": b"print()", "metadata.json": b"{}"}


class Client:
    """Plain requests to a master, as admin."""

    def __init__(self, master: LocalMaster) -> None:
        self.url = master.url
        self._session = requests.Session()
        token = self.call("POST", "/api/v1/auth/login", username="admin", password="")["token"]
        self._session.headers["Authorization"] = f"Bearer {token}"

    def call(self, method: str, path: str, **body: Any) -> Dict[str, Any]:
        answer = self._session.request(method, self.url + path, json=body if method != "GET" else None)
        answer.raise_for_status()
        found: Dict[str, Any] = answer.json()
        return found

    def download(self, kind: str) -> requests.Response:
        answer = self._session.get(f"{self.url}/checkpoints/{UUID}", headers={"Accept": kind})
        answer.raise_for_status()
        return answer

    def log(self, task_id: str) -> str:
        answer = self._session.get(f"{self.url}/api/v1/tasks/{task_id}/logs")
        return "".join(json.loads(line)["result"]["log"] for line in answer.text.splitlines())

    def wait_for_experiment(self, state: str) -> None:
        deadline = time.monotonic() + 20
        while (shown := self.call("GET", "/api/v1/experiments/1")["experiment"]["state"]) != state:
            assert time.monotonic() < deadline, f"the experiment is still {shown}"
            time.sleep(0.02)

    def wait_for_state(self, state: str) -> Dict[str, Any]:
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            checkpoint: Dict[str, Any] = self.call("GET", f"/api/v1/checkpoints/{UUID}")["checkpoint"]
            if checkpoint["state"] == state:
                return checkpoint
            time.sleep(0.02)
        raise AssertionError(f"the checkpoint is still {checkpoint['state']}")


@pytest.fixture
def storage(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "storage"


def store_checkpoint(client: Client, storage: pathlib.Path) -> pathlib.Path:
    """Report a checkpoint of a detached trial; returns the folder of its files."""
    for name, content in FILES.items():
        path = storage / UUID / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    config = (
        "name: files\nsearcher: {name: single, metric: loss}\n"
        f"checkpoint_storage: {{type: shared_fs, host_path: {storage}}}\n"
    )
    experiment = client.call("POST", "/api/v1/experiments", config=config, unmanaged=True)["experiment"]["id"]
    trial = client.call("POST", "/api/v1/trials", experimentId=experiment, unmanaged=True)["trial"]
    sizes = {name: str(len(content)) for name, content in FILES.items()}
    metadata = {"steps_completed": 1}
    client.call("POST", "/api/v1/checkpoints", uuid=UUID, taskId=trial["taskId"], resources=sizes, metadata=metadata)
    return storage / UUID


def test_a_checkpoint_comes_whole_in_every_kind_of_archive(master: LocalMaster, storage: pathlib.Path) -> None:
    client = Client(master)
    store_checkpoint(client, storage)
    for kind in ("application/x-tar", "application/gzip", "*/*"):
        answer = client.download(kind)
        with tarfile.open(fileobj=io.BytesIO(answer.content)) as archive:
            files = {m.name: archive.extractfile(m) for m in archive.getmembers()}
            assert {name: file.read() for name, file in files.items() if file is not None} == FILES
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    with zipfile.ZipFile(io.BytesIO(client.download("application/zip").content)) as packed:
        assert {name: packed.read(name) for name in packed.namelist()} == FILES


def test_files_that_match_are_removed_first_and_the_rest_with_the_checkpoint(
    master: LocalMaster, storage: pathlib.Path
) -> None:
    client = Client(master)
    folder = store_checkpoint(client, storage)
    client.call("POST", "/api/v1/checkpoints/rm", checkpointUuids=[UUID], checkpointGlobs=["**/*.py", "*.bin"])
    left = client.wait_for_state("STATE_PARTIALLY_DELETED")["resources"]
    assert (folder / "metadata.json").exists()
    assert not (folder / "model.bin").exists()
    assert left["metadata.json"] == "2"
    assert not {"model.bin", "code/train.py"} & set(left)
    client.call("DELETE", "/api/v1/checkpoints", checkpointUuids=[UUID])
    client.wait_for_state("STATE_DELETED")
    assert not folder.exists()


def collections_in(data_dir: pathlib.Path) -> List[str]:
    """Ids of the tasks that remove files, oldest first: they are listed only as long as they run."""
    with contextlib.closing(sqlite3.connect(data_dir / "master.db")) as connection:
        return [
            row[0] for row in connection.execute("SELECT id FROM tasks WHERE type = 'CHECKPOINT_GC' ORDER BY rowid")
        ]


def wait_for_end(client: Client, task_id: str) -> Dict[str, Any]:
    """The task, once it has ended."""
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        task: Dict[str, Any] = client.call("GET", f"/api/v1/tasks/{task_id}")["task"]
        if task.get("endTime"):
            return task
        time.sleep(0.02)
    raise AssertionError("the task has not ended")


def test_a_removal_is_a_task_with_an_allocation_and_a_log(
    master: LocalMaster, tmp_path: pathlib.Path, storage: pathlib.Path
) -> None:
    client = Client(master)
    store_checkpoint(client, storage)
    assert collections_in(tmp_path / "master") == []
    client.call("DELETE", "/api/v1/checkpoints", checkpointUuids=[UUID])
    client.wait_for_state("STATE_DELETED")
    (task_id,) = collections_in(tmp_path / "master")
    task = wait_for_end(client, task_id)
    assert (task["taskType"], task_id.split(".")[0]) == ("TASK_TYPE_CHECKPOINT_GC", "1")
    (shown,) = task["allocations"]
    assert shown["endTime"] >= shown["startTime"]
    allocation = client.call("GET", f"/api/v1/allocations/{shown['allocationId']}")["allocation"]
    assert (allocation["allocationId"], allocation["slots"]) == (f"{task_id}.1", 0)
    log = client.log(task_id)
    assert f"Checkpoint {UUID}: 3 files removed, 0 left" in log
    assert "Checkpoint GC (Experiment 1) was terminated: allocation stopped early" in log
    assert client.call("GET", "/api/v1/tasks")["allocationIdToSummary"] == {}


def test_a_removal_that_fails_tells_its_log_why_without_the_secrets_of_the_storage(
    master: LocalMaster, tmp_path: pathlib.Path, storage: pathlib.Path
) -> None:
    client = Client(master)
    store_checkpoint(client, storage)
    broken = {"type": "azure", "container": "c", "connection_string": "AccountName=a;AccountKey=aHVudGVyMg"}
    with contextlib.closing(sqlite3.connect(tmp_path / "master" / "master.db")) as connection, connection:
        connection.execute("INSERT INTO storages (config) VALUES (?)", (json.dumps({**broken, "bogus": 1}),))
        connection.execute("UPDATE checkpoints SET storage_id = (SELECT max(id) FROM storages)")
    client.call("DELETE", "/api/v1/checkpoints", checkpointUuids=[UUID])
    deadline = time.monotonic() + 20
    while not collections_in(tmp_path / "master") and time.monotonic() < deadline:
        time.sleep(0.02)
    (task_id,) = collections_in(tmp_path / "master")
    wait_for_end(client, task_id)
    log = client.log(task_id)
    assert f"Checkpoint {UUID}: its files could not be removed: a checkpoint storage of type azure has no bogus" in log
    assert "container failed with non-zero exit code: 1" in log
    assert "aHVudGVyMg" not in log + master.log_path.read_text()
    client.call("PATCH", "/api/v1/trials/1", trialId=1, state="STATE_COMPLETED")
    client.call("DELETE", "/api/v1/experiments/1")
    client.wait_for_experiment("STATE_DELETE_FAILED")


def test_a_removal_that_a_master_could_not_do_is_done_by_the_next(
    tmp_path: pathlib.Path, storage: pathlib.Path
) -> None:
    with LocalMaster(tmp_path / "master", slots=0, initial_password="") as first:
        folder = store_checkpoint(Client(first), storage)
    with sqlite3.connect(tmp_path / "master" / "master.db") as connection:
        connection.execute(
            "INSERT INTO checkpoint_removals (checkpoint_uuid, experiment_id, globs, error) VALUES (?, 1, ?, ?)",
            (UUID, '["**/*"]', "the disk was not there"),
        )
    connection.close()
    with LocalMaster(tmp_path / "master", slots=0, initial_password="") as second:
        Client(second).wait_for_state("STATE_DELETED")
    assert not folder.exists()
