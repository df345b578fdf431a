"""What of a folder is stored, listed and fetched: the one rule of all storages, and of the master's archives.

- Files and folders are stored, empty folders as well.
- A link is stored as what it leads to; which links to folders are followed, `Trail` says.
- Links that lead nowhere, FIFOs, sockets, devices, and names that are no UTF-8 are left out, with a warning when the
  folder is stored: a FIFO would block whoever reads it, and neither a master nor a bucket can be told such a name.
- Drafts of files that are on their way are left out.
"""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import stat
import uuid
from typing import Dict, Iterator, List, Union

from determined.common._trail import Trail

Resources = Dict[str, int]
"""Paths relative to a checkpoint with their sizes in bytes; directories end with "/" and have size 0."""

StrPath = Union[str, "os.PathLike[str]"]

logger = logging.getLogger("determined.common.storage")

_DRAFT = re.compile(r"\.[0-9a-f]{32}\.part\Z")
_KINDS = {stat.S_IFIFO: "a FIFO", stat.S_IFSOCK: "a socket", stat.S_IFCHR: "a device", stat.S_IFBLK: "a device"}
_EFFECTIVE = os.access in os.supports_effective_ids
# A FIFO would hold up whoever opens it until somebody opens its other end.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def list_directory(root: StrPath, *, is_stored: bool = False) -> Resources:
    """Return what of a folder is stored, or has been; see the module.

    Parameters:
        root: the folder.
        is_stored: it lies in a storage: what is left out was warned of when it was stored.

    Raises:
        OSError: the folder, or one in it, cannot be read.
    """
    found: Resources = {}
    _list_into(os.fspath(root), "", Trail.to(root), logging.DEBUG if is_stored else logging.WARNING, found)
    return found


def _list_into(folder: str, prefix: str, trail: Trail, level: int, found: Resources) -> None:
    for entry in _entries(folder):
        if not _is_utf8(entry.name):
            _leave_out(level, os.fsencode(entry.path), "its name is no UTF-8")
            continue
        if is_draft(entry.name):
            continue
        try:
            status = entry.stat()
        except OSError as error:
            if not entry.is_symlink():
                if error.errno == errno.ENOENT:
                    continue  # it has just been removed
                raise
            _leave_out(level, entry.path, "it is a link that leads nowhere")
            continue
        name = prefix + entry.name
        if stat.S_ISREG(status.st_mode):
            found[name] = status.st_size
        elif stat.S_ISDIR(status.st_mode):
            below = trail.into(status, is_link=entry.is_symlink())
            if below is None:
                _leave_out(level, entry.path, "it is a link that leads in a circle")
                continue
            found[name + "/"] = 0
            _list_into(entry.path, name + "/", below, level, found)
        else:
            _leave_out(level, entry.path, f"it is {_kind_of(status)}")


def _entries(folder: str) -> List["os.DirEntry[str]"]:
    with os.scandir(folder) as entries:
        return sorted(entries, key=lambda entry: entry.name)


def _leave_out(level: int, path: Union[str, bytes], reason: str) -> None:
    # As bytes, a name that is no UTF-8 can be written to any log.
    logger.log(level, "%s is not stored: %s", path, reason)


def _is_utf8(name: str) -> bool:
    if name.isascii():
        return True
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _kind_of(status: os.stat_result) -> str:
    return _KINDS.get(stat.S_IFMT(status.st_mode), "no file")


def check_readable(root: StrPath, resources: Resources) -> None:
    """Check that files can be read which nobody has read yet.

    Raises:
        PermissionError: one of them cannot.
    """
    for path in resources:
        full = os.path.join(root, path)
        if not os.access(full, os.R_OK, effective_ids=_EFFECTIVE):
            raise PermissionError(errno.EACCES, "a checkpoint must not hold what cannot be read", full)


def open_file(path: str) -> int:
    """Open a file to read it; return its descriptor. It never waits, whatever the path leads to.

    Raises:
        OSError: it is not there, cannot be read, or is no file: a FIFO, a device, a folder.
    """
    descriptor = os.open(path, _READ)
    try:
        _check_is_file(os.fstat(descriptor), path)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def check_is_file(path: str) -> str:
    """Return a path if it leads to a file.

    Raises:
        OSError: it is not there, or is no file: a FIFO, a device, a folder.
    """
    _check_is_file(os.stat(path), path)
    return path


def _check_is_file(status: os.stat_result, path: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    if not stat.S_ISREG(status.st_mode):
        raise OSError(errno.EINVAL, f"{_kind_of(status)} cannot be stored", path)


def draft_beside(path: str) -> str:
    """Return a new name in the same folder for a file until it is whole, however long its name is."""
    return os.path.join(os.path.dirname(path), f".{uuid.uuid4().hex}.part")


def is_draft(name: str) -> bool:
    """Return whether a name is one of `draft_beside`."""
    return name.endswith(".part") and _DRAFT.match(name) is not None


@contextlib.contextmanager
def naming(path: str) -> Iterator[None]:
    """Let an error that names no file, as those of descriptors do, name this one."""
    try:
        yield
    except OSError as error:
        if error.errno is not None and error.filename is None:
            error.filename = path
        raise
