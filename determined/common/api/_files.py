"""The user's configuration folder: where it is, and files in it that only the user may read."""

from __future__ import annotations

import contextlib
import os
import pathlib
import sys
from typing import Iterator, Optional

from .. import task_env
from .._home import home


class NoHome(FileNotFoundError, RuntimeError):
    """There is no folder in which the user's logins and certificates could be kept."""

    def __str__(self) -> str:
        return str(self.args[0])


def config_folder() -> pathlib.Path:
    """Return the folder of cached logins and certificates: the platform's, or ``DET_DEBUG_CONFIG_PATH`` as it is.

    Raises:
        NoHome: the user has no home, as a container's user often has none.
    """
    told = task_env.read(task_env.CONFIG_PATH)
    if told is not None:
        return pathlib.Path(told)
    named = {"darwin": None, "win32": "LOCALAPPDATA"}.get(sys.platform, "XDG_CONFIG_HOME")
    root = os.environ.get(named) if named else None
    if root:
        return pathlib.Path(root) / "determined"
    own = home()
    if own is None:
        raise NoHome("the user has no home folder: set HOME, or XDG_CONFIG_HOME for logins and certificates alone")
    return (own / "Library" / "Application Support" if sys.platform == "darwin" else own / ".config") / "determined"


def config_file(name: str) -> Optional[pathlib.Path]:
    """Return the path of a file in the folder of `config_folder`; None where there is no such folder."""
    try:
        return config_folder() / name
    except NoHome:
        return None


get_config_path = config_folder


@contextlib.contextmanager
def locked(path: Optional[pathlib.Path]) -> Iterator[pathlib.Path]:
    """Hold the lock of a file, ``<file>.lock``, which everybody takes who changes it; gives the file's path.

    Readers need none: the file is only ever replaced as a whole.

    Raises:
        OSError: the file's folder cannot be made or written to, or is None.
    """
    path = path or config_folder()  # which says what is missing
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with open(path.with_name(path.name + ".lock"), "a+b") as lock:
        if sys.platform == "win32":
            import msvcrt

            lock.seek(0)
            msvcrt.locking(lock.fileno(), msvcrt.LK_LOCK, 1)
            try:
                yield path
            finally:
                lock.seek(0)
                msvcrt.locking(lock.fileno(), msvcrt.LK_UNLCK, 1)
        else:
            import fcntl

            fcntl.flock(lock, fcntl.LOCK_EX)
            yield path  # closing the file gives the lock back


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
