"""The user's configuration folder: where it is, and files in it that only the user may read."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
from typing import Iterator

from .. import task_env


def config_folder() -> pathlib.Path:
    """Return the folder of cached logins and certificates: the platform's, or ``DET_DEBUG_CONFIG_PATH`` as it is."""
    told = task_env.read(task_env.CONFIG_PATH)
    if told is not None:
        return pathlib.Path(told)
    if sys.platform == "darwin":
        root = pathlib.Path.home() / "Library" / "Application Support"
    elif sys.platform == "win32":
        root = pathlib.Path(os.environ.get("LOCALAPPDATA") or pathlib.Path.home() / ".config")
    else:
        root = pathlib.Path(os.environ.get("XDG_CONFIG_HOME") or pathlib.Path.home() / ".config")
    return root / "determined"


get_config_path = config_folder


@contextlib.contextmanager
def locked(path: pathlib.Path) -> Iterator[None]:
    """Hold the lock of a file, ``<file>.lock``, which everybody takes who changes it.

    Readers need none: the file is only ever replaced as a whole.
    """
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path.with_name(path.name + ".lock"), "a+b") as lock:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield
            finally:
                lock.seek(0)
                msvcrt.locking(lock.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
            yield  # closing the file gives the lock back


def write_private(path: pathlib.Path, text: str) -> None:
    """Write a file that only the user may read, whole or not at all."""
    draft = path.with_name(path.name + ".temp")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w", encoding="utf-8") as f:
        f.write(text)
        f.flush()
        os.fsync(f.fileno())
    os.replace(draft, path)
