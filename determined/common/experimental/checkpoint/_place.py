"""The place beside a target in which its files are gathered, held by one download at a time."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import pathlib
import shutil
import stat
import tempfile
from typing import Iterator, NamedTuple, Optional, Tuple

logger = logging.getLogger("determined.common.experimental.checkpoint")

# A folder without it is somebody else's, whatever its name is.
_LOCK = ".determined-lock"
_MOST_FOLDERS = 10
_LONGEST_NAME = 240
# What a file system says that knows no locks.
_CANNOT_LOCK = (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL, errno.EBADF)


class Place(NamedTuple):
    """A folder for files that are not whole.

    Attributes:
        folder: the folder.
        waited: another download held it before.
    """

    folder: pathlib.Path
    waited: bool

    def clear(self) -> None:
        """Remove the folder with all it holds."""
        for entry in self.folder.iterdir():
            if entry.name != _LOCK:
                shutil.rmtree(entry, ignore_errors=True)
        # The lock goes last: until then nobody else begins here.
        with contextlib.suppress(FileNotFoundError):
            (self.folder / _LOCK).unlink()
        with contextlib.suppress(OSError):
            self.folder.rmdir()  # not empty where somebody has just begun anew


@contextlib.contextmanager
def hold_place(target: pathlib.Path) -> Iterator[Place]:
    """Give the place of a target; wait for whoever has it.

    What a download leaves in it is there for the next one. A folder of that name which somebody else has made, for
    whatever they need it, is left alone. Where files cannot be locked, each gets a place of its own.

    Parameters:
        target: an absolute path, whose parent exists.
    """
    first = _folder_of(target)
    for number in range(_MOST_FOLDERS):
        folder = first.with_name(f"{first.name}-{number}") if number else first
        if not _is_ours_or_free(folder):
            continue
        try:
            held = _lock(folder)
        except (PermissionError, FileExistsError, NotADirectoryError):
            continue  # somebody else's after all
        if held is None:
            break
        lock, waited = held
        try:
            yield Place(folder, waited)
        finally:
            _unlock(lock)
        return
    place = Place(pathlib.Path(tempfile.mkdtemp(prefix=f"{first.name}-", dir=first.parent)), False)
    try:
        yield place
    finally:
        shutil.rmtree(place.folder, ignore_errors=True)


def _folder_of(target: pathlib.Path) -> pathlib.Path:
    if target.is_dir():
        parent = target.parent
        if target.stat().st_dev != parent.stat().st_dev or not os.access(parent, os.W_OK):
            # A mounted one: files can be renamed only within it.
            return target / ".determined.part"
    name = target.name
    if len(os.fsencode(name)) > _LONGEST_NAME:
        import hashlib

        name = hashlib.sha256(os.fsencode(name)).hexdigest()
    return target.with_name(f".{name}.part")


def _is_ours_or_free(folder: pathlib.Path) -> bool:
    try:
        if not stat.S_ISDIR(folder.lstat().st_mode):
            return False
        # Who makes a folder of ours makes its lock next; until then it is empty.
        with os.scandir(folder) as entries:
            held = {entry.name: entry for entry in entries}
        return not held or (_LOCK in held and held[_LOCK].is_file(follow_symlinks=False))
    except FileNotFoundError:
        return True
    except OSError:
        return False


def _lock(folder: pathlib.Path) -> Optional[Tuple[int, bool]]:
    """Lock a folder, which is made; return the lock and whether it was another's before. None where that cannot be."""
    try:
        import fcntl
    except ImportError:
        return None
    path, waited = folder / _LOCK, False
    while True:
        folder.mkdir(parents=True, exist_ok=True)
        try:
            lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o666)
        except FileNotFoundError:
            continue  # whoever had it has just removed the folder
        try:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                waited = True
                logger.info("another download works on %s; waiting for it", folder)
                fcntl.flock(lock, fcntl.LOCK_EX)
            if _is_same(lock, path):
                return lock, waited
        except OSError as error:
            os.close(lock)
            if error.errno not in _CANNOT_LOCK:
                raise
            Place(folder, False).clear()
            return None
        except BaseException:
            os.close(lock)
            raise
        os.close(lock)


def _is_same(lock: int, path: pathlib.Path) -> bool:
    """Return whether a lock is that of the folder which is there now."""
    try:
        return os.path.samestat(os.fstat(lock), path.stat())
    except FileNotFoundError:
        return False


def _unlock(lock: int) -> None:
    import fcntl

    # Closing would not do where a process was forked meanwhile.
    fcntl.flock(lock, fcntl.LOCK_UN)
    os.close(lock)
