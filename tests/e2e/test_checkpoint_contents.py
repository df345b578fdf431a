"""Checkpoints with links, FIFOs and odd names, through a whole cluster: stored, listed, fetched, packed, removed."""

from __future__ import annotations

import io
import os
import pathlib
import sys
import tarfile
import threading
import zipfile
from functools import partial
from typing import Any, Dict, List

import pytest

from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="of links and special files of Linux")

TRAIN = """
import os, pathlib, socket
from determined import core

def furnish(folder):
    (folder / "d").mkdir()
    (folder / "empty").mkdir()
    (folder / "d" / "x").write_text("x")
    (folder / "w.bin").write_bytes(b"w" * 100)
    for name, target in [("linked", "d"), ("dangling", "nowhere"), ("d/up", ".."), ("data", os.environ["DATASET"]),
                         ("alias.bin", "w.bin"), ("zero", "/dev/zero")]:
        (folder / name).symlink_to(target)
    os.mkfifo(folder / "fifo")
    open(os.fsencode(folder) + b"/caf\\xe9.txt", "w").close()

with core.init() as context:
    with context.checkpoint.store_path({"steps_completed": 1}) as (path, _):
        furnish(path)
    furnish_in = pathlib.Path("out")
    furnish_in.mkdir()
    furnish(furnish_in)
    context.checkpoint.upload(furnish_in, {"steps_completed": 2})
"""
EXPECTED = {
    "d/x": b"x",
    "w.bin": b"w" * 100,
    "linked/x": b"x",
    "alias.bin": b"w" * 100,
    "data/precious.bin": b"1234",
    "data/notes.txt": b"12",
}


def files_of(folder: pathlib.Path) -> Dict[str, bytes]:
    found = {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found.pop("metadata.json", None)
    return found


def archive_of(session: Any, uuid: str, kind: str) -> Dict[str, bytes]:
    data = session.request("GET", f"/checkpoints/{uuid}", headers={"Accept": kind}).content
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            found = {name: archive.read(name) for name in archive.namelist()}
    else:
        with tarfile.open(fileobj=io.BytesIO(data)) as tar:
            found = {member.name: tar.extractfile(member).read() for member in tar}  # type: ignore[union-attr]
    found.pop("metadata.json")
    return found


def in_time(work: Any) -> Any:
    """Do something in a thread that is given up if it hangs."""
    found: List[Any] = []

    def do() -> None:
        try:
            found.append(work())
        except Exception as error:
            found.append(error)

    thread = threading.Thread(target=do, daemon=True)
    thread.start()
    thread.join(60)
    assert found, "it hangs"
    if isinstance(found[0], Exception):
        raise found[0]
    return found[0]


def has_lost(checkpoint: client.Checkpoint, path: str) -> bool:
    checkpoint.reload()
    return path not in (checkpoint.resources or {})


def is_deleted(checkpoint: client.Checkpoint) -> bool:
    checkpoint.reload()
    return checkpoint.state == client.CheckpointState.DELETED


def test_what_a_trial_stores_is_what_is_reported_fetched_and_removed(tmp_path: pathlib.Path) -> None:
    model, dataset = tmp_path / "model", tmp_path / "dataset"
    model.mkdir()
    dataset.mkdir()
    (dataset / "precious.bin").write_bytes(b"1234")
    (dataset / "notes.txt").write_bytes(b"12")
    (model / "train.py").write_text(TRAIN)
    config = {
        "name": "contents",
        "entrypoint": "python3 train.py",
        "searcher": {"name": "single", "metric": "loss"},
        "environment": {"environment_variables": [f"DATASET={dataset}"]},
        "checkpoint_storage": {"save_trial_latest": 9},
        "max_restarts": 0,
    }
    with LocalMaster(tmp_path / "master", slots=1, initial_password="") as master:
        determined = client.Determined(master=master.url)
        experiment = determined.create_experiment(config, model_dir=str(model))
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
        (trial,) = experiment.list_trials()
        log = "".join(trial.iter_logs())
        for name in ("dangling", "fifo", "zero", "up", "caf"):
            assert f"{name}" in log
        assert log.count("is not stored") >= 10
        checkpoints = trial.list_checkpoints()
        assert len(checkpoints) == 2
        for checkpoint in checkpoints:
            reported = {path: int(size) for path, size in (checkpoint.resources or {}).items()}
            reported.pop("metadata.json")
            folders = {"d/", "linked/", "empty/", "data/"}
            assert reported == {
                **{path: len(content) for path, content in EXPECTED.items()},
                **dict.fromkeys(folders, 0),
            }
            for mode in (client.DownloadMode.DIRECT, client.DownloadMode.MASTER):
                target = tmp_path / f"{checkpoint.uuid}-{mode}"
                in_time(partial(checkpoint.download, target, mode=mode))
                assert files_of(target) == EXPECTED
                assert (target / "empty").is_dir()
            for kind in ("application/x-tar", "application/gzip", "application/zip"):
                found = in_time(partial(archive_of, determined._session, checkpoint.uuid, kind))
                assert found == EXPECTED
        for checkpoint in checkpoints:
            checkpoint.remove_files(["**/*.bin"])
        for checkpoint in checkpoints:
            wait_until(partial(has_lost, checkpoint, "w.bin"))
            assert {"d/x", "linked/x"} <= set(checkpoint.resources or {})
            assert not os.path.lexists(tmp_path / "master" / "checkpoints" / checkpoint.uuid / "alias.bin")
        for checkpoint in checkpoints:
            checkpoint.delete()
        wait_until(lambda: all(is_deleted(c) for c in checkpoints))
    assert files_of(dataset) == {"precious.bin": b"1234", "notes.txt": b"12"}


def test_a_command_in_its_users_folder_hides_nothing_of_it(tmp_path: pathlib.Path) -> None:
    own, host = tmp_path / "own", tmp_path / "host"
    (own / "data").mkdir(parents=True)
    (own / "data" / "thesis.tex").write_text("years of work")
    host.mkdir()
    with LocalMaster(tmp_path / "master", slots=1, initial_password="") as master:
        determined = client.Determined(master=master.url)
        mounts = [{"host_path": str(host), "container_path": "data"}]
        body = {
            "config": {
                "entrypoint": ["sh", "-c", "cat data/thesis.tex"],
                "work_dir": str(own),
                "bind_mounts": mounts,
                "resources": {"slots": 0},
            }
        }
        command = determined._session.request("POST", "/api/v1/commands", json=body).json()["command"]

        def lines() -> List[str]:
            answer = determined._session.request("GET", f"/api/v1/tasks/{command['id']}/logs")
            return [line for line in answer.text.splitlines() if line]

        wait_until(lambda: any("years of work" in line for line in lines()))
        assert any("not the task's own" in line for line in lines())
    assert (own / "data" / "thesis.tex").read_text() == "years of work"
    assert not (own / "data").is_symlink()
