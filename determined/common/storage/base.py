"""What every kind of checkpoint storage can do."""

from __future__ import annotations

import abc
import contextlib
import logging
import os
import pathlib
import re
import tempfile
import uuid
from typing import Any, Callable, ContextManager, Dict, FrozenSet, Iterable, Iterator, List, Mapping, Optional, Union

Selector = Callable[[str], bool]
"""Says of a path relative to a checkpoint, with "/" at the end for a directory, whether it is wanted."""

Resources = Dict[str, int]
"""Paths relative to a checkpoint with their sizes in bytes; directories end with "/" and have size 0."""

StrPath = Union[str, "os.PathLike[str]"]

OnBytes = Callable[[int], None]
"""Told how many more bytes have been moved; called from several threads."""

logger = logging.getLogger("determined.common.storage")


class StorageManager(abc.ABC):
    """Stores directories under ids, usually the UUIDs of checkpoints."""

    @abc.abstractmethod
    def upload(self, source: StrPath, storage_id: str, paths: Optional[Iterable[str]] = None) -> None:
        """Store files of a local directory.

        Files that are there already under the same name are replaced; others stay.

        Parameters:
            source: the directory.
            storage_id: the id to store under.
            paths: which of its files and directories (those end with "/"), relative to it. Defaults to all.
        """

    @abc.abstractmethod
    def list_files(self, storage_id: str) -> Resources:
        """Return what is stored under an id: paths with their sizes; directories end with "/" and have size 0.

        Raises:
            CheckpointNotFound: nothing is stored under the id.
        """

    @abc.abstractmethod
    def download(
        self,
        storage_id: str,
        target: StrPath,
        selector: Optional[Selector] = None,
        *,
        workers: Optional[int] = None,
        on_bytes: Optional[OnBytes] = None,
    ) -> None:
        """Fetch what is stored under an id into a local directory, which is made when there is something to fetch.

        A file gets its name when it is whole, so that those which are there after a download that was cut can be kept.

        Parameters:
            storage_id: the id.
            target: the directory.
            selector: which files and directories. Defaults to all.
            workers: how many files to fetch at the same time. Defaults to what suits the storage.
            on_bytes: told of what has been fetched.

        Raises:
            CheckpointNotFound: nothing is stored under the id.
        """

    @abc.abstractmethod
    def delete(self, storage_id: str, globs: Iterable[str] = ("**/*",)) -> Resources:
        """Delete files; return what is left. Deleting what is not there is fine.

        Parameters:
            storage_id: the id.
            globs: patterns of paths relative to the stored directory: ``*`` and ``?`` stand for characters other
                than "/", ``**/`` for any directories. A directory that matches goes with all it holds.
        """

    @abc.abstractmethod
    def store_path(self, storage_id: str) -> ContextManager[pathlib.Path]:
        """Give an empty directory, the content of which is stored when the block ends without an exception."""

    @abc.abstractmethod
    def restore_path(self, storage_id: str, selector: Optional[Selector] = None) -> ContextManager[pathlib.Path]:
        """Give a directory with what is stored under an id, to be read within the block only.

        Raises:
            CheckpointNotFound: nothing is stored under the id.
        """

    def validate(self) -> None:
        """Write, read and delete a small file.

        Raises:
            RuntimeError: what was read is not what was written.
            Exception: whatever the storage raises when it cannot be reached, written or read.
        """
        storage_id = f"storage-validation-{uuid.uuid4()}"
        with tempfile.TemporaryDirectory(prefix="determined-") as folder:
            probe = pathlib.Path(folder, "out", "probe.txt")
            probe.parent.mkdir()
            probe.write_text(storage_id)
            try:
                self.upload(probe.parent, storage_id)
                self.download(storage_id, pathlib.Path(folder, "in"))
                if pathlib.Path(folder, "in", "probe.txt").read_text() != storage_id:
                    raise RuntimeError("the checkpoint storage gave back something else than was stored")
            finally:
                self.delete(storage_id)


class TemporaryCopies(StorageManager):
    """A storage that programs cannot read and write in place: paths are temporary local copies."""

    @contextlib.contextmanager
    def store_path(self, storage_id: str) -> Iterator[pathlib.Path]:
        with tempfile.TemporaryDirectory(prefix="determined-checkpoint-") as folder:
            path = pathlib.Path(folder, storage_id)
            path.mkdir(parents=True)
            yield path
            self.upload(path, storage_id)

    @contextlib.contextmanager
    def restore_path(self, storage_id: str, selector: Optional[Selector] = None) -> Iterator[pathlib.Path]:
        with tempfile.TemporaryDirectory(prefix="determined-checkpoint-") as folder:
            path = pathlib.Path(folder, storage_id)
            self.download(storage_id, path, selector)
            path.mkdir(parents=True, exist_ok=True)
            yield path


def list_directory(root: StrPath) -> Resources:
    """Return all files and directories below a directory, through links to directories as well.

    A link that leads nowhere is left out with a warning; one that leads to a directory above it is not followed.
    """
    found: Resources = {}
    _list_into(os.fspath(root), "", frozenset(), found)
    return found


def _list_into(folder: str, prefix: str, above: FrozenSet[str], found: Resources) -> None:
    real = os.path.realpath(folder)
    if real in above:
        logger.warning("%s leads to a directory above it; it is not followed", folder)
        return
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda e: e.name):
            name = prefix + entry.name
            if entry.is_dir():
                found[name + "/"] = 0
                _list_into(entry.path, name + "/", above | {real}, found)
                continue
            try:
                found[name] = entry.stat().st_size
            except OSError:
                if os.path.exists(entry.path):
                    raise
                logger.warning("%s is a link that leads nowhere; it is left out", entry.path)


def select(paths: Iterable[str], selector: Optional[Selector]) -> List[str]:
    """Return the paths that a selector wants."""
    return [path for path in paths if selector is None or selector(path)]


def match_globs(paths: Iterable[str], globs: Iterable[str]) -> List[str]:
    """Return the paths that match any of the patterns, or lie in a directory that does.

    Raises:
        ValueError: a pattern is absolute or holds "..".
    """
    return select(paths, glob_selector(globs))


def glob_selector(globs: Iterable[str]) -> Selector:
    """Return what wants the paths that match any of the patterns, or lie in a directory that does.

    Raises:
        ValueError: a pattern is absolute or holds "..".
    """
    patterns = [_compile_glob(glob) for glob in globs]
    return lambda path: any(p.match(path.rstrip("/")) for p in patterns)


def _compile_glob(glob: str) -> "re.Pattern[str]":
    if glob.startswith("/") or ".." in glob.split("/"):
        raise ValueError(f"the pattern {glob!r} must be relative to the checkpoint and hold no '..'")
    parts: List[str] = []
    words = glob.rstrip("/").split("/")
    for number, word in enumerate(words):
        last = number == len(words) - 1
        if word == "**":
            parts.append(".*" if last else "(?:.*/)?")
        else:
            parts.append(_translate_word(word) + ("" if last else "/"))
    # A match may end at any "/", so that a directory takes along what it holds.
    return re.compile("".join(parts) + r"(?:/.*)?\Z", re.DOTALL)


def _translate_word(word: str) -> str:
    pieces = re.split(r"(\*+|\?|\[!?\]?[^\]]*\])", word)
    out: List[str] = []
    for piece in pieces:
        if piece.startswith("*"):
            out.append("[^/]*")
        elif piece == "?":
            out.append("[^/]")
        elif piece.startswith("[") and piece.endswith("]") and len(piece) > 2:
            inner = piece[1:-1].replace("\\", "\\\\")
            out.append(f"[^{inner[1:]}]" if inner.startswith("!") else f"[{inner}]")
        else:
            out.append(re.escape(piece))
    return "".join(out)


def check_options(kind: str, options: Mapping[str, Any], needed: Iterable[str], known: Iterable[str]) -> None:
    """Check the keys of a configuration.

    Raises:
        ValueError: keys are missing or unknown.
    """
    needed = list(needed)
    missing = [key for key in needed if not options.get(key)]
    if missing:
        raise ValueError(f"a checkpoint storage of type {kind} needs {', '.join(missing)}")
    unknown = sorted(set(options) - set(needed) - set(known))
    if unknown:
        raise ValueError(f"a checkpoint storage of type {kind} has no {', '.join(unknown)}")


def check_storage_id(storage_id: str) -> str:
    """Return an id that is safe to use in paths.

    Raises:
        ValueError: it is empty, absolute, or leads elsewhere.
    """
    parts = storage_id.split("/")
    if not storage_id or any(part in ("", ".", "..") for part in parts):
        raise ValueError(f"{storage_id!r} cannot name stored files")
    return storage_id
