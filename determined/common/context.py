"""Packing a model directory for a master.

The content of the directory lands at the root of what a task finds; an included directory keeps its own name, an
included file stands at the root.
"""

from __future__ import annotations

import base64
import importlib
import logging
import os
import pathlib
import stat
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Tuple, Union

from ._trail import Trail
from .api.wire.common import File
from .constants import MAX_CONTEXT_SIZE
from .detignore import IgnoreRules

logger = logging.getLogger("determined.client")

Path = Union[str, "os.PathLike[str]"]

_REGULAR_FILE, _DIRECTORY = ord("0"), ord("5")
_NAMED_WHEN_TOO_LARGE = 10


class ContextTooLarge(ValueError):
    """A model directory holds more than a master takes."""


class MissingPath(FileNotFoundError, ValueError):
    """A model directory, or what is to be included, is not there."""


class NotADirectory(NotADirectoryError, ValueError):
    """A model directory is a file."""


class Entry(NamedTuple):
    """A file or directory that is sent.

    Attributes:
        path: as the task finds it, with slashes.
        source: where it lies.
        status: its size, mode and times.
        is_dir: it is a directory.
    """

    path: str
    source: pathlib.Path
    status: os.stat_result
    is_dir: bool


def read_context(
    model_dir: Optional[Path], includes: Iterable[Path] = (), *, limit: int = MAX_CONTEXT_SIZE
) -> List[File]:
    """Return the files of a model directory as a request holds them.

    Parameters:
        model_dir: the directory; None for none.
        includes: more files and directories.
        limit: most bytes that all files may have together.

    Raises:
        ContextTooLarge: they have more; the largest entries are named.
        MissingPath (FileNotFoundError, ValueError): a path is not there.
        NotADirectory (NotADirectoryError, ValueError): the model directory is a file.
        ValueError: two entries would have the same name.
    """
    entries = list(list_entries(model_dir, includes))
    _check_size(entries, limit)
    return [file for file in (_packed(entry) for entry in entries) if file is not None]


def read_legacy_context(
    context_root: Optional[Path], includes: Iterable[Path] = (), limit: int = MAX_CONTEXT_SIZE
) -> List[Dict[str, Any]]:
    """Return the files of a model directory as the oldest requests held them: `read_context` with times as numbers.

    Parameters:
        context_root: the directory; None for none.
        includes: more files and directories.
        limit: most bytes that all files may have together.

    Raises:
        ValueError: as `read_context` does.
    """
    return [{**file, "mtime": int(file["mtime"])} for file in read_context(context_root, includes, limit=limit)]


def read_v1_context(
    context_root: Optional[Path], includes: Iterable[Path] = (), limit: int = MAX_CONTEXT_SIZE
) -> List[Any]:
    """Return the files of a model directory as objects of `determined.common.api.bindings.v1File`.

    Parameters:
        context_root: the directory; None for none.
        includes: more files and directories.
        limit: most bytes that all files may have together.

    Raises:
        ValueError: as `read_context` does.
    """
    kind = importlib.import_module("determined.common.api.bindings").v1File
    return [kind.from_json(file) for file in read_context(context_root, includes, limit=limit)]


def list_entries(model_dir: Optional[Path], includes: Iterable[Path] = ()) -> Iterator[Entry]:
    """Yield what would be sent, parents before children; see `read_context`."""
    roots: Dict[str, pathlib.Path] = {}
    if isinstance(includes, (str, os.PathLike)):
        includes = [includes]

    def claim(name: str, source: pathlib.Path) -> None:
        if name in roots:
            raise ValueError(f"{source} and {roots[name]} would both be {name!r} in the task's folder: rename one")
        roots[name] = source

    if model_dir is not None:
        folder = pathlib.Path(model_dir).expanduser()
        if not folder.exists():
            raise MissingPath(f"the model directory {folder} does not exist")
        if not folder.is_dir():
            raise NotADirectory(f"the model directory {folder} is a file: name the directory that holds it")
        for entry in _walk(folder, ""):
            if "/" not in entry.path:
                claim(entry.path, entry.source)
            yield entry
    for include in includes:
        source = pathlib.Path(include).expanduser()
        if not source.exists():
            raise MissingPath(f"{source}, which is to be included, does not exist")
        status = source.stat()
        name = source.name or source.resolve().name
        if not name:
            raise ValueError(f"{include} has no name under which it could be included")
        claim(name, source)
        is_dir = stat.S_ISDIR(status.st_mode)
        if not is_dir and not stat.S_ISREG(status.st_mode):
            raise ValueError(f"{include} is neither a file nor a directory")
        yield Entry(name, source, status, is_dir)
        if is_dir:
            yield from _walk(source, name + "/")


def _walk(folder: pathlib.Path, prefix: str) -> Iterator[Entry]:
    rules = IgnoreRules.of(folder)
    yield from _walk_below(str(folder), "", prefix, rules, Trail.to(folder))


def _walk_below(folder: str, relative: str, prefix: str, rules: IgnoreRules, trail: Trail) -> Iterator[Entry]:
    for child in _children(folder):
        path = relative + child.name
        is_dir = child.is_dir()
        if rules.ignores(path, is_dir=is_dir):
            continue
        try:
            status = child.stat()
        except OSError as error:
            logger.warning("%s is not sent: %s", child.path, error)
            continue
        if not is_dir and not stat.S_ISREG(status.st_mode):
            logger.warning("%s is not sent: it is neither a file nor a directory", child.path)
            continue
        if not _is_utf8(child.name):
            logger.warning("%s is not sent: its name is no UTF-8", os.fsencode(child.path))
            continue
        yield Entry(prefix + path, pathlib.Path(child.path), status, is_dir)
        if is_dir:
            below = trail.into(status, is_link=child.is_symlink())
            if below is None:
                logger.warning("the content of %s is not sent: it is a link that leads in a circle", child.path)
            else:
                yield from _walk_below(child.path, path + "/", prefix, rules, below)


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _children(folder: str) -> "List[os.DirEntry[str]]":
    try:
        with os.scandir(folder) as found:
            return sorted(found, key=lambda entry: entry.name)
    except PermissionError as error:
        logger.warning("the content of %s is not sent: %s", folder, error)
        return []


def _check_size(entries: List[Entry], limit: int) -> None:
    total = sum(entry.status.st_size for entry in entries if not entry.is_dir)
    if total <= limit:
        return
    sizes: Dict[Tuple[str, bool], int] = {}
    for entry in entries:
        if entry.is_dir:
            continue
        root, slash, _ = entry.path.partition("/")
        key = (root, bool(slash))
        sizes[key] = sizes.get(key, 0) + entry.status.st_size
    largest = sorted(sizes.items(), key=lambda item: -item[1])[:_NAMED_WHEN_TOO_LARGE]
    listed = "\n".join(f"  {size / 2**20:9.1f} MiB  {name}{'/' if is_dir else ''}" for (name, is_dir), size in largest)
    raise ContextTooLarge(
        f"the model directory holds {total / 2**20:.1f} MiB, more than the maximum allowed size of {limit / 2**20:.0f}"
        f" MiB. List what the task does not need in a file .detignore there. The largest entries are:\n{listed}"
    )


def _packed(entry: Entry) -> Optional[File]:
    content = ""
    if not entry.is_dir:
        try:
            content = base64.b64encode(entry.source.read_bytes()).decode("ascii")
        except OSError as error:
            logger.warning("%s is not sent: %s", entry.source, error)
            return None
    return {
        "path": entry.path,
        "type": _DIRECTORY if entry.is_dir else _REGULAR_FILE,
        "content": content,
        "mtime": str(int(entry.status.st_mtime)),
        "mode": entry.status.st_mode,
        "uid": 0,
        "gid": 0,
    }
