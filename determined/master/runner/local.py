"""Allocations as local processes.

Each has a supervisor (`determined.exec.supervisor`) in a session of its own. It outlives the master: it holds the
task's output while the master is away and leaves the exit status in a file, so a restarted master finds both.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from functools import partial
from pathlib import Path
from typing import Any, Callable, Collection, Dict, FrozenSet, Iterator, List, NamedTuple, Optional, TypeVar

from ..folder import open_private
from ..package import package_path
from ..processes import started as _started
from . import Exit, Launch

logger = logging.getLogger("determined.master.runner")

T = TypeVar("T")

_POLL_SECONDS = 0.2
_LAST_WORDS = 2000


class _Handle(NamedTuple):
    pid: int
    started: str
    run_dir: str
    allocation_id: str
    temp_dir: str = ""


class _Remover:
    """Removes folders one after the other, on a thread that no end of the master waits for.

    What is not removed then is found by the next master.
    """

    def __init__(self) -> None:
        self._work: "queue.SimpleQueue[Callable[[], None]]" = queue.SimpleQueue()
        self._thread: Optional[threading.Thread] = None

    def submit(self, remove: Callable[[], None]) -> None:
        """Have something removed."""
        self._work.put(remove)
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="determined-master-remover", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        while True:
            remove = self._work.get()
            try:
                remove()
            except Exception:  # whatever it is: the next folder can still go
                logger.exception("a run folder could not be removed")


class LocalRunner:
    """Runs allocations on this machine."""

    def __init__(self, python: Optional[str] = None, *, umask: Optional[int] = None) -> None:
        """Say how tasks are run.

        Parameters:
            python: the interpreter of their supervisors; None for this one.
            umask: of tasks; None for that of this process.
        """
        self._umask = umask
        self._python = python or sys.executable
        self._children: Dict[int, "subprocess.Popen[bytes]"] = {}
        self._remover = _Remover()

    async def start(self, launch: Launch) -> str:
        return await asyncio.get_running_loop().run_in_executor(None, self._start, launch)

    def _start(self, launch: Launch) -> str:
        workdir = launch.workdir or launch.run_dir / "workdir"
        # One of the user's choice is made by the supervisor, which says so in the log when it cannot.
        launch.run_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
        if not launch.workdir:
            workdir.mkdir(exist_ok=True)
        # Not in the run directory: its path may be too long for the name of a Unix socket.
        temp_dir = "" if "TMPDIR" in launch.environment else tempfile.mkdtemp(prefix="determined-task-")
        try:
            process = self._supervise(launch, workdir, temp_dir)
        except OSError:
            _remove_folder(temp_dir)
            raise
        self._children[process.pid] = process
        handle = _Handle(process.pid, _started(process.pid), str(launch.run_dir), launch.allocation_id, temp_dir)
        return json.dumps(handle._asdict())

    def _supervise(self, launch: Launch, workdir: Path, temp_dir: str) -> "subprocess.Popen[bytes]":
        for name, content in launch.files.items():
            _write_private(launch.run_dir / name, content)
        spec = launch.run_dir / "spec.json"
        values = {
            "allocation_id": launch.allocation_id,
            "run_dir": str(launch.run_dir),
            "workdir": str(workdir),
            "argv": launch.argv,
            "env": {**launch.environment, "TMPDIR": temp_dir} if temp_dir else launch.environment,
            "temp_dir": temp_dir or None,
            "mounts": launch.mounts,
            "grace_seconds": launch.grace_seconds,
            "log_labels": launch.labels,
            "master_url": launch.master_url,
            "token": launch.token,
            "prepare": launch.prepare,
            "awaits_word": True,
            "umask": self._umask,
        }
        _write_private(spec, json.dumps(values))
        with open(open_private(launch.run_dir / "supervisor.log"), "ab") as log:
            return subprocess.Popen(
                [self._python, "-m", "determined.exec.supervisor", str(spec)],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=log,
                cwd=str(launch.run_dir),
                env=_environment(),
                start_new_session=True,
            )

    def begin(self, handle: str) -> None:
        child = self._children.get(_Handle(**json.loads(handle)).pid)
        if child is not None and child.stdin is not None:
            with contextlib.suppress(OSError), child.stdin:  # it may have been killed
                child.stdin.write(b"\n")

    async def adopt(self, handle: str) -> bool:
        known = _Handle(**json.loads(handle))
        found = self._is_running(known) or await _off_loop(_recorded_exit, known) is not None
        if not found:
            self.forget(handle)
        return found

    async def wait(self, handle: str) -> Exit:
        known = _Handle(**json.loads(handle))
        await self._gone(known)
        return await _off_loop(_exit_of, known)

    def terminate(self, handle: str) -> None:
        known = _Handle(**json.loads(handle))
        if self._is_running(known):
            with contextlib.suppress(ProcessLookupError):
                os.kill(known.pid, signal.SIGTERM)

    def kill(self, handle: str) -> None:
        known = _Handle(**json.loads(handle))
        if self._is_running(known):
            with contextlib.suppress(ProcessLookupError):
                # the supervisor kills the task and still brings home its last lines
                os.kill(known.pid, signal.SIGINT)

    async def read_file(self, handle: str, name: str) -> bytes:
        return await _off_loop(_read_file, Path(_Handle(**json.loads(handle)).run_dir, name))

    def forget(self, handle: str) -> None:
        known = _Handle(**json.loads(handle))
        # Its supervisor removes the second, unless it was killed.
        for folder in (known.run_dir, known.temp_dir):
            self._remover.submit(partial(_remove_folder, folder))

    async def forget_others(self, folder: Path, kept: Collection[str]) -> None:
        for path in await _off_loop(_folders_but, folder, frozenset(kept)):
            self._remover.submit(partial(_remove_folder, path))

    def _is_running(self, known: _Handle) -> bool:
        child = self._children.get(known.pid)
        if child is not None:
            return child.poll() is None
        return _started(known.pid) == known.started != ""

    async def _gone(self, known: _Handle) -> None:
        """Return when the supervisor is gone: at once where the kernel can tell (Linux), else by looking often."""
        with _process_descriptor(known.pid) as descriptor:
            if descriptor is None:
                while self._is_running(known):
                    await asyncio.sleep(_POLL_SECONDS)
            elif self._is_running(known):
                loop = asyncio.get_running_loop()
                ended = asyncio.Event()
                loop.add_reader(descriptor, ended.set)
                try:
                    await ended.wait()
                finally:
                    loop.remove_reader(descriptor)
        child = self._children.pop(known.pid, None)
        if child is not None:
            child.wait()


def _environment() -> Dict[str, str]:
    """What a supervisor gets of the master's environment: nothing that speaks of a master or its users' secrets."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DET_")}
    return {**kept, "PYTHONPATH": package_path()}


def _write_private(path: Path, content: str) -> None:
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as f:
        f.write(content)


@contextlib.contextmanager
def _process_descriptor(pid: int) -> Iterator[Optional[int]]:
    open_descriptor = getattr(os, "pidfd_open", None)
    descriptor: Optional[int] = None
    if open_descriptor is not None:
        with contextlib.suppress(OSError):  # the process is gone, or the kernel is too old
            descriptor = open_descriptor(pid)
    try:
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _remove_folder(path: str) -> None:
    if path:
        shutil.rmtree(path, ignore_errors=True)


def _folders_but(folder: Path, kept: FrozenSet[str]) -> List[str]:
    try:
        with os.scandir(folder) as entries:
            return [e.path for e in entries if e.name not in kept and e.is_dir(follow_symlinks=False)]
    except OSError:  # there have been no runs yet
        return []


async def _off_loop(work: Callable[..., T], *args: Any) -> T:
    """Do what waits for a disk on another thread."""
    return await asyncio.get_running_loop().run_in_executor(None, work, *args)


def _read_file(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def _exit_of(known: _Handle) -> Exit:
    """How an allocation ended whose supervisor is gone."""
    found = _recorded_exit(known)
    if found is not None:
        return found
    _kill_remains(known.allocation_id)
    said = _read_file(Path(known.run_dir, "supervisor.log"))[-_LAST_WORDS:].decode(errors="replace").strip()
    text = "the supervisor of the task was killed" + (f", or failed: {said}" if said else "")
    return Exit(137, text, is_logged=False)


def _recorded_exit(known: _Handle) -> Optional[Exit]:
    try:
        record = json.loads(Path(known.run_dir, "exit.json").read_text())
    except (OSError, ValueError):
        return None
    return Exit(record["exit_code"], record.get("reason") or "")


def _kill_remains(allocation_id: str) -> None:
    """Kill what a supervisor that was itself killed has left: no process outlives its allocation."""
    mark = f"DET_ALLOCATION_ID={allocation_id}".encode()
    for process in _processes():
        try:
            environment = (process / "environ").read_bytes()
        except OSError:
            continue
        if mark in environment.split(b"\0") and process.name != str(os.getpid()):
            logger.warning("killing process %s, left over of allocation %s", process.name, allocation_id)
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(process.name), signal.SIGKILL)


def _processes() -> List[Path]:
    with contextlib.suppress(OSError):
        return [p for p in Path("/proc").iterdir() if p.name.isdigit()]
    return []
