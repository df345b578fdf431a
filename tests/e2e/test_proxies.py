"""Behind an office proxy: the client, ``det``, masters and their trials on this machine work as they do without."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
from typing import Iterator, List

import pytest

from determined.experimental import client
from determined.master import LocalMaster
from determined.master.package import package_path

from ..unit.common.api.proxy import Proxy

SCRIPT = """
import json, os, sys, urllib.request
import determined as det
from determined import core
from determined.experimental import client
with core.init() as context:
    context.train.report_training_metrics(1, {"l": 1.0})
    context.train.report_validation_metrics(1, {"l": 1.0})
    with context.checkpoint.store_path({"steps_completed": 1}) as (path, uuid):
        (path / "file").write_text("content")
    print("trial", client.get_trial(det.get_cluster_info().trial.trial_id).id)
    with urllib.request.urlopen(os.environ["DET_MASTER"] + "/info") as answer:
        print("other libraries", answer.status)
    print("kept", os.environ["http_proxy"] != "", "corp.example" in os.environ["no_proxy"])
"""
CONFIG = {
    "name": "behind a proxy",
    "entrypoint": "python3 t.py",
    "searcher": {"name": "single", "metric": "l"},
    "max_restarts": 0,
}


@pytest.fixture
def proxy(monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """A proxy that reaches nothing of this machine, as the environment names it."""
    with Proxy() as started:
        for name in ("http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, started.url)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.setenv("NO_PROXY", "corp.example")
        yield started


@pytest.fixture
def model(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "t.py").write_text(SCRIPT)
    return folder


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "0.0.0.0"])
def test_a_trial_runs_behind_a_proxy(host: str, proxy: Proxy, tmp_path: pathlib.Path, model: pathlib.Path) -> None:
    with LocalMaster(tmp_path / "master", host=host, slots=1, initial_password="Passw0rd") as master:
        determined = client.Determined(master.url, "determined", "Passw0rd")
        experiment = determined.create_experiment(CONFIG, model)
        state = experiment.wait(interval=0.1, timeout=120)
        lines = "".join(experiment.list_trials()[0].iter_logs())
        assert state == client.ExperimentState.COMPLETED, lines
        experiment.list_checkpoints()[0].download(tmp_path / "down", mode=client.DownloadMode.MASTER)
        determined._session.close()
    for told in ("trial 1", "other libraries 200", "kept True True"):
        assert told in lines
    assert (tmp_path / "down" / "file").read_text() == "content"
    assert proxy.asked == []


def test_det_works_behind_a_proxy(proxy: Proxy, tmp_path: pathlib.Path, model: pathlib.Path) -> None:
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        **os.environ,
        "PYTHONPATH": package_path(),
        "DET_MASTER": f"localhost:{port}",
        "DET_DEBUG_CONFIG_PATH": str(tmp_path / "config"),
        "DET_USER": "determined",
        "DET_PASS": "Passw0rd",
    }
    where = ["--cluster-name", "tests", "--data-dir", str(tmp_path / "clusters")]

    def det(*words: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "determined.cli", *words],
            env=environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    up: List[str] = ["--master-port", str(port), "--slots", "1", "--initial-user-password", "Passw0rd"]
    det("deploy", "local", "cluster-up", *where, *up)
    try:
        det("experiment", "create", "config.json", "model", "--follow-first-trial")
        assert "COMPLETED" in det("experiment", "list")
    finally:
        det("deploy", "local", "cluster-down", *where, "--delete-db")
    assert proxy.asked == []
