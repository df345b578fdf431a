"""``det`` as a user types it: a cluster in the background, an experiment, its logs and its checkpoint."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
from typing import Iterator

import pytest

from determined.master.package import package_path

from ..conftest import processes_of
from .conftest import SLOW_TRAINING, slow_config


class Terminal:
    """Runs ``det`` with an environment of its own."""

    def __init__(self, folder: pathlib.Path, port: int) -> None:
        self.folder = folder
        self._environment = {
            **os.environ,
            "PYTHONPATH": package_path(),
            "DET_MASTER": f"localhost:{port}",
            "DET_DEBUG_CONFIG_PATH": str(folder / "config"),
        }

    def det(self, *words: str, typed: str = "", status: int = 0) -> str:
        """Run a command, check its exit status, and return what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "determined.cli", *words],
            env=self._environment,
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def terminal(tmp_path: pathlib.Path) -> Iterator[Terminal]:
    """A terminal with a running cluster, which is taken down at the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    used = Terminal(tmp_path, port)
    where = ("--cluster-name", "tests", "--data-dir", str(tmp_path / "clusters"))
    up = used.det(
        "deploy", "local", "cluster-up", *where, "--master-port", str(port), "--slots", "1",
        "--initial-user-password", "Passw0rd",
    )  # fmt: skip
    assert f"http://127.0.0.1:{port}" in up
    yield used
    assert "is up, with 1 slots" in used.det("deploy", "local", "logs", *where, "--no-follow")
    assert "is down" in used.det("deploy", "local", "cluster-down", *where)
    assert processes_of(tmp_path) == []


def test_from_login_to_a_downloaded_checkpoint(terminal: Terminal) -> None:
    model = terminal.folder / "model"
    model.mkdir()
    (model / "train.py").write_text(SLOW_TRAINING)
    (terminal.folder / "slow.yaml").write_text(json.dumps(slow_config(steps=2, seconds=0.05)))

    assert "version: 0.38.1" in terminal.det("version")
    assert "no valid login" in terminal.det("-u", "admin", "e", "list", status=1)
    terminal.det("user", "login", "admin", typed="Passw0rd\n")
    assert "'admin'" in terminal.det("user", "whoami")
    assert "Created experiment 1" in terminal.det("experiment", "create", "slow.yaml", "model")
    terminal.det("e", "wait", "1", "--polling", "1")
    assert "COMPLETED" in terminal.det("e")
    assert "# of Batches" in terminal.det("e", "describe", "1", "--metrics")
    assert "Scheduling Trial 1" in terminal.det("t", "logs", "1", "--head", "1")
    described = json.loads(terminal.det("e", "describe", "1", "--json"))
    assert described[0]["experiment"]["state"] == "STATE_COMPLETED"
    uuid = checkpoint_of(terminal)
    assert terminal.det("checkpoint", "download", uuid, "-q", "--mode", "master") == f"checkpoints/{uuid}\n"
    assert (terminal.folder / "checkpoints" / uuid / "done.json").read_text() == "2"
    assert "experiment '9' not found" in terminal.det("e", "describe", "9", status=1)


def checkpoint_of(terminal: Terminal) -> str:
    """The id of the latest checkpoint: the name of its folder in the cluster's storage."""
    storage = terminal.folder / "clusters" / "tests" / "checkpoints"
    found = max(
        (f for f in storage.iterdir() if (f / "done.json").exists()), key=lambda f: (f / "done.json").read_text()
    )
    return found.name
