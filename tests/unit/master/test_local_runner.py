"""What the local runner keeps of an allocation, and for how long."""

from __future__ import annotations

import asyncio
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import time
from typing import List

import pytest

from determined.master.runner import Launch
from determined.master.runner.local import LocalRunner


def sleeping(folder: pathlib.Path) -> Launch:
    """An allocation that sleeps."""
    return running(folder, ["sleep", "600"])


def running(folder: pathlib.Path, argv: List[str]) -> Launch:
    """An allocation that runs a command."""
    return Launch(
        allocation_id="1.task.1",
        run_dir=folder / "run",
        argv=argv,
        environment={"PATH": os.environ["PATH"], "DET_ALLOCATION_ID": "1.task.1"},
        mounts=[],
        labels={},
        master_url="http://127.0.0.1:1",
        token="",
        prepare=False,
        grace_seconds=1.0,
        files={},
    )


def test_nothing_is_kept_of_an_allocation_whose_supervisor_was_killed_while_no_master_ran(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    async def run() -> None:
        first = LocalRunner()
        handle = await first.start(sleeping(tmp_path))
        assert len(list(temporary.iterdir())) == 1
        assert LocalRunner().adopt(handle)
        os.kill(json.loads(handle)["pid"], signal.SIGKILL)
        await first.wait(handle)
        assert not LocalRunner().adopt(handle)

    asyncio.run(run())
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "run").exists()


def test_a_task_begins_when_it_is_told_to(tmp_path: pathlib.Path) -> None:
    async def run() -> int:
        runner = LocalRunner()
        handle = await runner.start(running(tmp_path, ["true"]))
        runner.begin(handle)
        return (await runner.wait(handle)).code or 0

    assert asyncio.run(run()) == 0


def test_a_task_runs_in_the_folder_that_was_chosen_for_it(tmp_path: pathlib.Path) -> None:
    async def run() -> None:
        runner = LocalRunner()
        chosen = tmp_path / "new" / "folder"
        handle = await runner.start(running(tmp_path, ["touch", "here"])._replace(workdir=chosen))
        runner.begin(handle)
        await runner.wait(handle)
        runner.forget(handle)

    asyncio.run(run())
    assert os.listdir(tmp_path / "new" / "folder") == ["here"]


def test_a_task_whose_master_is_killed_before_it_was_to_begin_never_starts(tmp_path: pathlib.Path) -> None:
    script = """
import asyncio, os, pathlib, sys, tempfile
from determined.master.runner.local import LocalRunner
from tests.unit.master.test_local_runner import running
folder = pathlib.Path(sys.argv[1])
tempfile.tempdir = sys.argv[1]
print(asyncio.run(LocalRunner().start(running(folder, ["touch", str(folder / "started")]))), flush=True)
os._exit(9)
"""
    command = [sys.executable, "-c", script, str(tmp_path)]
    killed = subprocess.run(command, stdout=subprocess.PIPE, check=False)
    assert killed.returncode == 9
    handle = killed.stdout.decode()
    deadline = time.monotonic() + 30
    while LocalRunner().adopt(handle):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    assert list(tmp_path.iterdir()) == []
