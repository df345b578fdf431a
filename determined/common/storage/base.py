"""What every kind of checkpoint storage can do."""

from __future__ import annotations

import abc
import contextlib
import logging
import os
import pathlib
import re
import shutil
import tempfile
import uuid
from typing import (
    Any,
    Callable,
    ContextManager,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Set,
    Type,
    TypeVar,
)

from determined.common.check import CheckFailedError

from ._tree import Resources as Resources
from ._tree import StrPath as StrPath
from ._tree import list_directory as list_directory

Selector = Callable[[str], bool]
"""Says of a path relative to a checkpoint, with "/" at the end for a directory, whether it is wanted."""

Paths = Set[str]
"""Paths relative to a checkpoint; those of directories end with "/"."""

OnBytes = Callable[[int], None]
"""Told how many more bytes have been moved; called from several threads."""

logger = logging.getLogger("determined.common.storage")

Manager = TypeVar("Manager", bound="StorageManager")

_METADATA_FILE = "metadata.json"
_TEMPORARY = "determined-checkpoint-"


class InvalidStorage(CheckFailedError, ValueError, TypeError):
    """A configuration of checkpoint storage that cannot be used.

    Earlier releases raised one or another of the three classes that it is; each of them catches it.
    """


class StorageManager(abc.ABC):
    """Stores directories under ids, usually the UUIDs of checkpoints."""

    @classmethod
    @abc.abstractmethod
    def from_config(cls: Type[Manager], config: Mapping[str, Any], container_path: Optional[str] = None) -> Manager:
        """Make the manager of a configuration.

        Parameters:
            config: the keys of this kind of storage, without ``type``.
            container_path: where this process sees the ``host_path`` of ``shared_fs``, if elsewhere.

        Raises:
            InvalidStorage: keys are missing, unknown or wrong.
        """

    @abc.abstractmethod
    def upload(self, src: StrPath, dst: str, paths: Optional[Iterable[str]] = None) -> None:
        """Store files of a local directory.

        Files that are there already under the same name are replaced; others stay.

        Parameters:
            src: the directory.
            dst: the id to store under.
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
        src: str,
        dst: StrPath,
        selector: Optional[Selector] = None,
        *,
        workers: Optional[int] = None,
        on_bytes: Optional[OnBytes] = None,
    ) -> None:
        """Fetch what is stored under an id into a local directory, which is made when there is something to fetch.

        A file that is there is replaced when the new one is whole. After a download that was cut, the last ones may be
        shorter than `list_files` says; all others can be kept.

        Parameters:
            src: the id.
            dst: the directory.
            selector: which files and directories. Defaults to all.
            workers: how many files to fetch at the same time. Defaults to what suits the storage.
            on_bytes: told of what has been fetched.

        Raises:
            CheckpointNotFound: nothing is stored under the id.
        """

    @abc.abstractmethod
    def delete(self, tgt: str, globs: Iterable[str] = ("**/*",)) -> Resources:
        """Delete files; return what is left. Deleting what is not there is fine.

        Parameters:
            tgt: the id.
            globs: patterns of paths relative to the stored directory: ``*`` and ``?`` stand for characters other
                than "/", ``**/`` for any directories. A directory that matches goes with all it holds.
        """

    @abc.abstractmethod
    def pre_store_path(self, dst: str) -> pathlib.Path:
        """Return a directory to write to, the content of which `post_store_path` stores.

        Parameters:
            dst: the id to store under; the directory's name.
        """

    @abc.abstractmethod
    def post_store_path(self, src: StrPath, dst: str, paths: Optional[Iterable[str]] = None) -> None:
        """Store what was written to a directory of `pre_store_path`.

        Parameters:
            src: the directory.
            dst: the id.
            paths: which of its files and directories, where they are copied. Defaults to all.
        """

    @abc.abstractmethod
    def abort_store_path(self, src: StrPath, dst: str) -> None:
        """Remove a directory of `pre_store_path` that is not to be stored; what is stored already stays.

        Parameters:
            src: the directory.
            dst: the id.
        """

    @abc.abstractmethod
    def store_path_is_direct_access(self) -> bool:
        """Return whether what is written to a directory of `pre_store_path` lies in the storage at once."""

    @contextlib.contextmanager
    def store_path(self, dst: str) -> Iterator[pathlib.Path]:
        """Give an empty directory, the content of which is stored when the block ends without an exception.

        Parameters:
            dst: the id to store under.
        """
        path = self.pre_store_path(dst)
        try:
            yield path
            self.post_store_path(path, dst)
        except BaseException:
            # Half a checkpoint is of no use to anybody, however its writing ended.
            self.abort_store_path(path, dst)
            raise

    @abc.abstractmethod
    def restore_path(self, src: str, selector: Optional[Selector] = None) -> ContextManager[pathlib.Path]:
        """Give a directory with what is stored under an id, to be read within the block only.

        Parameters:
            src: the id.
            selector: which files and directories; has no effect where they can be read in place. Defaults to all.

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
            except BaseException:
                with contextlib.suppress(Exception):  # what failed first is what there is to say
                    self.delete(storage_id)
                raise
            self.delete(storage_id)


class TemporaryCopies(StorageManager):
    """A storage that programs cannot read and write in place: paths are temporary local copies.

    Parameters:
        temp_dir: where to make them. Defaults to the system's directory for temporary files.
    """

    def __init__(self, temp_dir: Optional[StrPath] = None) -> None:
        self._temp_dir = temp_dir

    def pre_store_path(self, dst: str) -> pathlib.Path:
        path = pathlib.Path(tempfile.mkdtemp(prefix=_TEMPORARY, dir=self._temp_dir), check_storage_id(dst))
        path.mkdir(parents=True)
        return path

    def post_store_path(self, src: StrPath, dst: str, paths: Optional[Iterable[str]] = None) -> None:
        wanted = list(list_directory(src) if paths is None else paths)
        # Last, so that a checkpoint with this file has all others.
        last = [path for path in wanted if path == _METADATA_FILE]
        self.upload(src, dst, [path for path in wanted if path != _METADATA_FILE])
        if last:
            self.upload(src, dst, last)
        self.abort_store_path(src, dst)

    def abort_store_path(self, src: StrPath, dst: str) -> None:
        above = pathlib.Path(src).absolute().parents[dst.count("/")]
        temp_dir = os.path.realpath(self._temp_dir or tempfile.gettempdir())
        # Another directory than one of `pre_store_path` is the caller's own.
        if above.name.startswith(_TEMPORARY) and os.path.realpath(above.parent) == temp_dir:
            shutil.rmtree(above, ignore_errors=True)

    def store_path_is_direct_access(self) -> bool:
        return False

    @contextlib.contextmanager
    def restore_path(self, src: str, selector: Optional[Selector] = None) -> Iterator[pathlib.Path]:
        with tempfile.TemporaryDirectory(prefix=_TEMPORARY, dir=self._temp_dir) as folder:
            path = pathlib.Path(folder, check_storage_id(src))
            self.download(src, path, selector)
            path.mkdir(parents=True, exist_ok=True)
            yield path


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
        InvalidStorage: keys are missing or unknown.
    """
    needed = list(needed)
    missing = [key for key in needed if not options.get(key)]
    if missing:
        raise InvalidStorage(f"a checkpoint storage of type {kind} needs {', '.join(missing)}")
    unknown = sorted(set(options) - set(needed) - set(known))
    if unknown:
        raise InvalidStorage(f"a checkpoint storage of type {kind} has no {', '.join(unknown)}")


def check_storage_id(storage_id: StrPath) -> str:
    """Return an id that is safe to use in paths.

    Raises:
        ValueError: it is empty, absolute, or leads elsewhere.
        TypeError: it is no text.
    """
    text = os.fspath(storage_id)
    if not text or any(part in ("", ".", "..") for part in text.split("/")):
        raise ValueError(f"{text!r} cannot name stored files")
    return text
