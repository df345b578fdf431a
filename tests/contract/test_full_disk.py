"""On a full disk the master refuses what it cannot store, keeps what it promised, and goes on when there is room."""

from __future__ import annotations

import json
import os
import pathlib
import sqlite3
import subprocess
import sys
import time
from typing import Any, Iterator

import pytest

from determined.master import LocalMaster

from .prepared import Connection

CONFIG = "name: ends\nentrypoint: {}\nsearcher: {{name: single, metric: loss}}\nmax_restarts: 5\n"
DETACHED = "name: told\nsearcher: {name: single, metric: loss}\n"


@pytest.fixture
def small_disk(tmp_path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A file system of a few megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if not sys.platform.startswith("linux") or os.getuid() != 0:
        pytest.skip("only root on Linux can make a small file system")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", str(disk)], capture_output=True)
    if mounted.returncode:
        pytest.skip(f"a small file system cannot be made here: {mounted.stderr.decode().strip()}")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


def fill(disk: pathlib.Path) -> pathlib.Path:
    """Take all the room there is; returns the file that takes it."""
    filler = disk / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (65536, 4096, 512, 1):
            try:
                while True:
                    file.write(b"\1" * size)
            except OSError:
                pass
    return filler


def refused(admin: Connection, path: str, body: Any) -> bool:
    status, answer = admin.send("POST", path, json.dumps(body).encode())
    if status == 200:
        return False
    assert (status, json.loads(answer)["error"]["reason"]) == (429, "ResourceExhausted"), answer
    assert "disk is full" in json.loads(answer)["error"]["error"]
    return True


def write_until_refused(admin: Connection, path: str, body: Any) -> int:
    """Repeat a request while the last free pages of the database last; returns how many were granted."""
    for granted in range(3000):
        if refused(admin, path, body):
            return granted
    raise AssertionError("the disk never was full")


def test_what_cannot_be_stored_is_refused_and_all_goes_on_when_there_is_room(small_disk: pathlib.Path) -> None:
    with LocalMaster(small_disk / "master", slots=1, initial_password="") as master:
        admin = Connection(master.url)
        experiment = admin.call("POST", "/api/v1/experiments", {"config": DETACHED, "unmanaged": True})["experiment"][
            "id"
        ]
        trial = admin.call("POST", "/api/v1/trials", {"experimentId": experiment, "unmanaged": True})["trial"]
        number, task = trial["id"], trial["taskId"]
        report = {"trialId": number, "trialRunId": 0, "stepsCompleted": 1, "metrics": {"avgMetrics": {"loss": 1.0}}}
        metrics = {"group": "validation", "metrics": report}
        line = {"taskId": task, "log": "x" * 2000, "timestamp": "2024-01-01T00:00:00Z"}
        admin.call("POST", "/api/v1/models", {"name": "before"})
        filler = fill(small_disk)
        logged = write_until_refused(admin, "/api/v1/task/logs", {"logs": [line]})
        big = {"name": "during", "notes": "x" * 100_000}
        assert refused(admin, "/api/v1/models", big)
        granted = write_until_refused(admin, f"/api/v1/trials/{number}/metrics", metrics)
        assert refused(admin, "/api/v1/models", big)
        assert [m["name"] for m in admin.call("GET", "/api/v1/models")["models"]] == ["before"]
        filler.unlink()
        admin.call("POST", "/api/v1/models", big)
        admin.call("POST", f"/api/v1/trials/{number}/metrics", {**metrics, "metrics": {**report, "stepsCompleted": 2}})
        admin.call("POST", "/api/v1/task/logs", {"logs": [line]})
        _, lines = admin.send("GET", f"/api/v1/tasks/{task}/logs")
        assert len(lines.splitlines()) == logged + 1
        admin.close()
    assert granted >= 0
    with sqlite3.connect(small_disk / "master" / "master.db") as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    connection.close()


def test_a_trial_that_ends_while_the_disk_is_full_is_followed_to_its_end(small_disk: pathlib.Path) -> None:
    with LocalMaster(small_disk / "master", slots=1, initial_password="") as master:
        admin = Connection(master.url)
        request = {"config": CONFIG.format("sleep 1"), "activate": True}
        experiment = admin.call("POST", "/api/v1/experiments", request)["experiment"]["id"]
        wait_for(admin, experiment, "STATE_RUNNING")
        task = admin.call("GET", f"/api/v1/experiments/{experiment}/trials")["trials"][0]["taskIds"][0]
        line = {"taskId": task, "log": "x" * 2000, "timestamp": "2024-01-01T00:00:00Z"}
        filler = fill(small_disk)
        write_until_refused(admin, "/api/v1/task/logs", {"logs": [line]})
        time.sleep(2.5)  # its process is gone by then, which cannot be written down
        assert admin.call("GET", f"/api/v1/experiments/{experiment}")["experiment"]["state"] == "STATE_RUNNING"
        filler.unlink()
        wait_for(admin, experiment, "STATE_COMPLETED")
        admin.close()


def wait_for(admin: Connection, experiment: int, state: str) -> None:
    deadline = time.monotonic() + 60
    found = None
    while time.monotonic() < deadline:
        found = admin.call("GET", f"/api/v1/experiments/{experiment}")["experiment"]["state"]
        if found == state:
            return
        time.sleep(0.05)
    raise AssertionError(f"the experiment is {found}, not {state}")
