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
from typing import Callable, List

import pytest

from determined.master.runner import Exit, Launch
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
        assert await LocalRunner().adopt(handle)
        os.kill(json.loads(handle)["pid"], signal.SIGKILL)
        await first.wait(handle)
        assert not await LocalRunner().adopt(handle)

    asyncio.run(run())
    wait_until(lambda: not list(temporary.iterdir()) and not (tmp_path / "run").exists())


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
    while asyncio.run(LocalRunner().adopt(handle)):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    wait_until(lambda: not list(tmp_path.iterdir()))


def test_a_supervisor_that_cannot_run_says_why(tmp_path: pathlib.Path) -> None:
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\necho 'no such module: determined' >&2\nexit 3\n")
    broken.chmod(0o755)

    async def run() -> Exit:
        runner = LocalRunner(str(broken))
        handle = await runner.start(running(tmp_path, ["true"]))
        runner.begin(handle)
        return await runner.wait(handle)

    ended = asyncio.run(run())
    assert ended.code == 137
    assert "no such module: determined" in ended.text
    assert not ended.is_logged


def test_what_an_earlier_master_could_not_remove_is_removed_and_nothing_else(tmp_path: pathlib.Path) -> None:
    runs, precious = tmp_path / "runs", tmp_path / "precious"
    for folder in (runs / "1.a.1" / "workdir", runs / "2.b.1", precious):
        folder.mkdir(parents=True)
        (folder / "file").write_text("")
    (runs / "1.a.1" / "link").symlink_to(precious)
    (runs / "linked").symlink_to(precious)
    asyncio.run(LocalRunner().forget_others(runs, ["2.b.1"]))
    wait_until(lambda: not (runs / "1.a.1").exists())
    assert (runs / "2.b.1" / "file").exists()
    assert (precious / "file").exists()


def test_a_supervisor_removes_its_tasks_temporary_folder_itself(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))

    async def run() -> None:
        runner = LocalRunner()
        handle = await runner.start(running(tmp_path, ["sh", "-c", 'touch "$TMPDIR/left" && touch ran']))
        assert len(list(temporary.iterdir())) == 1
        runner.begin(handle)
        await runner.wait(handle)

    asyncio.run(run())
    assert (tmp_path / "run" / "workdir" / "ran").exists()
    assert list(temporary.iterdir()) == []


def wait_until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 30
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)
