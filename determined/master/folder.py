"""The data folder: one master holds it at a time, and only its owner may look into it.

The file ``lock`` in it is locked (flock) for as long as the master lives, whatever becomes of it, and says who holds
it. It is never removed by itself: only together with its folder, by whoever holds it.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import stat
import time
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Optional

from .errors import FolderInUse, UnusableFolder
from .processes import started, this_boot

logger = logging.getLogger("determined.master")

DATABASE = "master.db"
_LOCK = "lock"
# who only looks whether a folder is held takes its lock for a moment
_PATIENCE_SECONDS = 1.0
_PAUSE_SECONDS = 0.05
_PRIVATE_FILES = (DATABASE, f"{DATABASE}-wal", f"{DATABASE}-shm", _LOCK, "master.log", "cluster.json", "port")
_PRIVATE_FOLDERS = ("runs",)


@dataclass(frozen=True)
class Holder:
    """Who holds a data folder.

    Attributes:
        pid: the master's process; 0 when it has not said so yet.
        started: when that process was started, see `processes.started`.
        machine: the name of the machine it runs on.
        boot: see `processes.this_boot`.
        url: where it answers; empty as long as it does not.
        master_id: made at its start, told by ``/info``.
    """

    pid: int = 0
    started: str = ""
    machine: str = ""
    boot: str = ""
    url: str = ""
    master_id: str = ""

    def is_this_process(self) -> bool:
        """Whether the process of that number on this machine is the one that took the lock."""
        return self.pid > 0 and self.is_here() and started(self.pid) == self.started != ""

    def is_here(self) -> bool:
        """Whether it runs on this machine, and was started since that was."""
        return self.boot == this_boot()

    def __str__(self) -> str:
        where = f"the master at {self.url}" if self.url else "a master that does not answer yet"
        machine = f" on {self.machine}" if self.machine and not self.is_here() else ""
        return f"{where} (process {self.pid or 'unknown'}{machine})"


class FolderLock:
    """The lock of one data folder; held from `take` to `release`, or to the end of the process."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: Optional[int] = None
        self._holder = Holder()

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._file is not None

    def take(self) -> None:
        """Take the lock.

        Raises:
            FolderInUse: a master holds it.
            UnusableFolder: the file cannot be made.
        """
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            file = self._open()
            if _lock(file, exclusive=True):
                if _is_at(file, self._folder / _LOCK):
                    break
                os.close(file)  # the folder was removed and made anew meanwhile
                continue
            os.close(file)
            if time.monotonic() > deadline:
                raise FolderInUse(self._folder, str(holder_of(self._folder) or Holder()))
            time.sleep(_PAUSE_SECONDS)
        os.ftruncate(file, 0)
        self._file = file
        self._holder = Holder(os.getpid(), started(os.getpid()), socket.gethostname(), this_boot())
        self._write()

    def tell(self, *, url: str, master_id: str) -> None:
        """Let others know where the master that holds it answers."""
        self._holder = replace(self._holder, url=url, master_id=master_id)
        self._write()

    def release(self) -> None:
        """Give the lock back. Safe to call twice."""
        file, self._file = self._file, None
        if file is not None:
            os.ftruncate(file, 0)
            os.close(file)

    def _open(self) -> int:
        try:
            return os.open(self._folder / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise UnusableFolder(f"the folder {self._folder} cannot be used: {error.strerror}") from None

    def _write(self) -> None:
        if self._file is not None:
            content = json.dumps(asdict(self._holder)).encode()
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, content, 0)


def holder_of(folder: Path) -> Optional[Holder]:
    """Who holds a data folder; None when no master does."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            file = os.open(folder / _LOCK, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            return None
        try:
            if _lock(file, exclusive=False):
                return None
            content = os.pread(file, 65536, 0)
        finally:
            os.close(file)
        with contextlib.suppress(ValueError, TypeError):
            holder = Holder(**json.loads(content))
            if not holder.is_here() or holder.is_this_process():
                return holder
        if time.monotonic() > deadline:
            return Holder()
        time.sleep(_PAUSE_SECONDS)  # it has just been taken


def _lock(file: int, *, exclusive: bool) -> bool:
    """Lock an open file without waiting; returns whether it could be had."""
    import fcntl

    try:
        fcntl.flock(file, (fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        if not exclusive:
            return True
        logger.warning("the file system knows no locks (%s): take care that no second master uses this folder", error)
    return True


def _is_at(file: int, path: Path) -> bool:
    try:
        return os.path.samestat(os.fstat(file), os.stat(path))
    except OSError:
        return False


def make_private(folder: Path) -> None:
    """Make a data folder if it is not there, and shut it, and what an older master left in it, to other users.

    Raises:
        UnusableFolder: there is something else in its place, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except FileExistsError:
        raise UnusableFolder(f"{folder} is not a folder: a master keeps its data in a folder of its own") from None
    except NotADirectoryError:
        raise UnusableFolder(f"the folder {folder} cannot be made: something above it is not a folder") from None
    except OSError as error:
        raise UnusableFolder(f"the folder {folder} cannot be made: {error.strerror}") from None
    _shut(folder, 0o700)
    for name in _PRIVATE_FOLDERS:
        _shut(folder / name, 0o700)
    for name in _PRIVATE_FILES:
        _shut(folder / name, 0o600)


def _shut(path: Path, mode: int) -> None:
    try:
        state = os.lstat(path)
        if stat.S_ISLNK(state.st_mode) or state.st_uid != os.geteuid() or not state.st_mode & 0o077:
            return
        os.chmod(path, mode)
    except FileNotFoundError:
        return
    except OSError as error:
        logger.warning("other users may be able to read %s: %s", path, error)


def open_private(path: Path) -> int:
    """Open a file to append to, which only its owner may read; returns its descriptor."""
    return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)


def write_private(path: Path, text: str) -> None:
    """Write a file that only its owner may read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.temp")
    with open(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600), "w") as file:
        file.write(text)
    draft.replace(path)
