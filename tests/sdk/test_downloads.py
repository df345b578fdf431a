"""Downloads of real checkpoints: from a shared file system, and through a real master."""

from __future__ import annotations

import pathlib
import subprocess
import sys
from typing import Dict, Iterator

import pytest

from determined.experimental import client
from determined.experimental.client import DownloadMode
from determined.master import LocalMaster

UUID = "00000001-1111-4222-8333-000000000001"
LONG = "folder/" * 30 + "räder.bin"
FILES = {
    "big.bin": bytes(range(256)) * 12_000,
    LONG: b"a name of more than a hundred characters",
    "empty.bin": b"",
    **{f"many/{number:03}.txt": str(number).encode() for number in range(200)},
}

# Ends in the middle of a download, as a killed process does.
KILLED = """
import os, sys
from determined.experimental import client
checkpoint = client.Determined(master=sys.argv[1], user="determined", password="").get_checkpoint(sys.argv[2])
checkpoint.download(
    sys.argv[3], client.DownloadMode(sys.argv[4]), max_workers=1,
    progress=lambda done, total: os._exit(7) if done >= total - 100 else None,
)
"""
DOWNLOAD = """
import sys
from determined.experimental import client
checkpoint = client.Determined(master=sys.argv[1], user="determined", password="").get_checkpoint(sys.argv[2])
checkpoint.download(sys.argv[3], client.DownloadMode(sys.argv[4]))
"""


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    """A master that knows of one checkpoint of a detached trial, in a shared file system."""
    folder = tmp_path_factory.mktemp("downloads")
    for name, content in FILES.items():
        path = folder / "storage" / UUID / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    with LocalMaster(folder / "master", slots=0, initial_password="") as master:
        session = client.Determined(master=master.url, user="determined", password="")._session
        config = (
            "name: files\nsearcher: {name: single, metric: loss}\n"
            f"checkpoint_storage: {{type: shared_fs, host_path: {folder / 'storage'}}}\n"
        )
        made = session.post("/api/v1/experiments", json={"config": config, "unmanaged": True}).json()
        trial = {"experimentId": made["experiment"]["id"], "unmanaged": True}
        task = session.post("/api/v1/trials", json=trial).json()["trial"]["taskId"]
        sizes = {name: str(len(content)) for name, content in FILES.items()}
        report = {"uuid": UUID, "taskId": task, "resources": sizes, "metadata": {"steps_completed": 4}}
        session.post("/api/v1/checkpoints", json=report)
        yield master


@pytest.fixture
def checkpoint(cluster: LocalMaster) -> client.Checkpoint:
    return client.Determined(master=cluster.url, user="determined", password="").get_checkpoint(UUID)


def content_of(folder: pathlib.Path) -> Dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def run(program: str, cluster: LocalMaster, target: pathlib.Path, mode: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen([sys.executable, "-c", program, cluster.url, UUID, str(target), mode])


@pytest.mark.parametrize("mode", list(DownloadMode))
def test_all_files_come_in_every_mode(
    checkpoint: client.Checkpoint, tmp_path: pathlib.Path, mode: DownloadMode
) -> None:
    checkpoint.download(tmp_path / "target", mode)
    found = content_of(tmp_path / "target")
    assert b'"steps_completed": 4' in found.pop("metadata.json")
    assert found == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("mode", ["direct", "master"])
def test_a_download_that_was_killed_is_done_again_and_only_then_there(
    cluster: LocalMaster, checkpoint: client.Checkpoint, tmp_path: pathlib.Path, mode: str
) -> None:
    target = tmp_path / "target"
    with run(KILLED, cluster, target, mode) as killed:
        assert killed.wait() == 7
    assert not target.exists()
    seen = []
    checkpoint.download(target, DownloadMode(mode), progress=lambda done, total: seen.append(done))
    if mode == "direct":
        assert seen[0] > len(FILES["big.bin"]), "the files that were whole are kept"
    found = content_of(target)
    del found["metadata.json"]
    assert found == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("mode", ["direct", "master"])
def test_processes_that_download_to_one_target_do_not_harm_each_other(
    cluster: LocalMaster, tmp_path: pathlib.Path, mode: str
) -> None:
    processes = [run(DOWNLOAD, cluster, tmp_path / "target", mode) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    found = content_of(tmp_path / "target")
    del found["metadata.json"]
    assert found == FILES
    assert [path.name for path in tmp_path.iterdir()] == ["target"]


@pytest.mark.parametrize("mode", [DownloadMode.DIRECT, DownloadMode.MASTER])
def test_files_are_chosen_by_patterns(
    checkpoint: client.Checkpoint, tmp_path: pathlib.Path, mode: DownloadMode
) -> None:
    checkpoint.download(tmp_path / "target", mode, files=["many/00?.txt", "**/räder.bin"])
    found = content_of(tmp_path / "target")
    del found[".determined-choice.json"]
    assert found == {name: content for name, content in FILES.items() if name.startswith("many/00") or name == LONG}
