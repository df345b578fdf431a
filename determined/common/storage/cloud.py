"""Storage in a bucket: what S3, Google Cloud Storage and Azure have in common."""

from __future__ import annotations

import abc
import contextlib
import functools
import io
import os
import pathlib
from typing import Any, ContextManager, Dict, Iterable, Iterator, List, Optional

from determined import errors

from ._parallel import for_all
from ._tree import check_is_file, draft_beside, naming
from .base import (
    InvalidStorage,
    OnBytes,
    Resources,
    Selector,
    StrPath,
    TemporaryCopies,
    check_storage_id,
    list_directory,
    match_globs,
    select,
)

_WORKERS = 8
"""Files that are moved at the same time."""


class CloudStorageManager(TemporaryCopies):
    """Stores each file as an object ``<prefix>/<id>/<path>``; directories are empty objects whose names end with "/".

    A manager can be pickled and copied: what comes of it connects anew, with the same arguments. Credentials that were
    given are in the pickle; those of the environment are not.

    Parameters:
        prefix: what the names of all objects begin with; see `normalize_prefix`.
        temp_dir: where to make temporary copies. Defaults to the system's directory for temporary files.

    Raises:
        InvalidStorage: the prefix leads elsewhere.
    """

    def __init__(self, prefix: Optional[str] = None, temp_dir: Optional[StrPath] = None) -> None:
        super().__init__(temp_dir)
        self.prefix = normalize_prefix(prefix)
        self._arguments: Dict[str, Any] = {}

    def __reduce_ex__(self, protocol: Any) -> Any:
        if not self._arguments:
            return super().__reduce_ex__(protocol)  # a kind of somebody else
        return functools.partial(type(self), **self._arguments), ()

    # --- what each kind provides ------------------------------------------------------------------------------------

    @abc.abstractmethod
    def _put(self, name: str, file: Optional[str]) -> None:
        """Store a local file as an object; an empty object for None."""

    @abc.abstractmethod
    def _get(self, name: str, file: str, size: int, on_bytes: OnBytes) -> None:
        """Fetch an object of some size into a local file, and tell of the bytes as they come."""

    @abc.abstractmethod
    def _list(self, prefix: str) -> Resources:
        """Return the names of all objects that begin with a prefix, and their sizes."""

    @abc.abstractmethod
    def _remove(self, names: List[str]) -> None:
        """Delete objects."""

    @abc.abstractmethod
    def _translated(self) -> ContextManager[None]:
        """Turn the library's errors of access into `NoDirectStorageAccess`."""

    # --- what follows -----------------------------------------------------------------------------------------------

    def get_storage_prefix(self, storage_id: str) -> str:
        """Return what the names of all objects of an id begin with, without the "/" that follows."""
        return self._place(storage_id)[:-1]

    def upload(self, src: StrPath, dst: str, paths: Optional[Iterable[str]] = None) -> None:
        place = self._place(dst)
        wanted = list(list_directory(src) if paths is None else paths)
        with self._translated():
            for_all(
                [path for path in wanted if not path.endswith("/")],
                lambda path: self._put(place + path, check_is_file(os.path.join(src, path))),
                _WORKERS,
            )
            for_all(
                [path for path in wanted if path.endswith("/")], lambda path: self._put(place + path, None), _WORKERS
            )

    def list_files(self, storage_id: str) -> Resources:
        place = self._place(storage_id)
        with self._translated():
            found = {name[len(place) :]: size for name, size in self._list(place).items()}
        found.pop("", None)
        if not found:
            raise errors.CheckpointNotFound(f"there is no checkpoint {storage_id} in {self}")
        return found

    def download(
        self,
        src: str,
        dst: StrPath,
        selector: Optional[Selector] = None,
        *,
        workers: Optional[int] = None,
        on_bytes: Optional[OnBytes] = None,
    ) -> None:
        place = self._place(src)
        found = self.list_files(src)
        wanted = select(found, selector)
        folder = pathlib.Path(dst)
        if wanted or selector is None:
            folder.mkdir(parents=True, exist_ok=True)
        for path in wanted:
            check_storage_id(path.rstrip("/"))
            (folder / path if path.endswith("/") else (folder / path).parent).mkdir(parents=True, exist_ok=True)
        with self._translated():
            for_all(
                [path for path in wanted if not path.endswith("/")],
                lambda path: self._fetch(place + path, folder / path, found[path], on_bytes or _ignore),
                workers or _WORKERS,
            )

    def delete(self, tgt: str, globs: Iterable[str] = ("**/*",)) -> Resources:
        try:
            found = self.list_files(tgt)
        except errors.CheckpointNotFound:
            return {}
        place = self._place(tgt)
        doomed = set(match_globs(found, globs))
        with self._translated():
            self._remove([place + path for path in found if path in doomed])
        return {path: size for path, size in found.items() if path not in doomed}

    def _fetch(self, name: str, file: pathlib.Path, size: int, on_bytes: OnBytes) -> None:
        draft = draft_beside(str(file))
        try:
            with naming(str(file)):
                self._get(name, draft, size, on_bytes)
            os.replace(draft, file)
        except BaseException:
            # Interrupted or failed: no half file stays behind.
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)
            raise

    def _place(self, storage_id: str) -> str:
        name = check_storage_id(storage_id) + "/"
        return f"{self.prefix}/{name}" if self.prefix else name


class CountingFile(io.FileIO):
    """A file that is written anew, and tells how many bytes each piece had."""

    def __init__(self, path: str, on_bytes: OnBytes) -> None:
        super().__init__(path, "w+")
        self._on_bytes = on_bytes

    def write(self, data: Any) -> int:
        """Write all of the data."""
        rest = memoryview(data).cast("B")
        while rest:
            rest = rest[super().write(rest) or 0 :]
        count = memoryview(data).nbytes
        self._on_bytes(count)
        return count


def _ignore(count: int) -> None:
    """Nobody wants to know."""


def normalize_prefix(prefix: Optional[str]) -> str:
    """Return a prefix in its one form: parts with one slash between them, and none that says nothing.

    Parameters:
        prefix: such as ``/models//old/``, which is ``models/old``; None for none. Defaults to none.

    Returns:
        The prefix without slashes around it; empty for none.

    Raises:
        InvalidStorage: a part of it is "..", or it is no text.
    """
    if prefix is None:
        return ""
    if not isinstance(prefix, str):
        raise InvalidStorage(f"a prefix must be a str, not {type(prefix).__name__}")
    parts = [part for part in prefix.split("/") if part]
    if ".." in parts:
        raise InvalidStorage(f"the prefix {prefix!r} must not hold '..'")
    # A prefix that is nothing but dots keeps one: checkpoints of earlier releases lie there.
    return "/".join([part for part in parts if part != "."] or parts[:1])


@contextlib.contextmanager
def translated_errors(kinds: Any, where: str) -> Iterator[None]:
    """Raise `NoDirectStorageAccess` for errors of some kinds; what is raised is still an error of that kind, too."""
    try:
        yield
    except kinds as e:
        raise _unite(f"{where} cannot be accessed: {e}", e) from e


def _unite(message: str, error: Exception) -> errors.NoDirectStorageAccess:
    """Return an error with a message that is caught as `NoDirectStorageAccess` and as the error's own kind."""
    kind = type(error)
    united = type(
        "NoDirectStorageAccess",
        (errors.NoDirectStorageAccess, kind),
        # Another process may not know the error's own kind.
        {"__str__": lambda _: message, "__reduce__": lambda _: (errors.NoDirectStorageAccess, (message,))},
    )
    made: errors.NoDirectStorageAccess = united.__new__(united, *error.args)
    # What such errors tell beside their text, such as the whole answer.
    made.__dict__.update(vars(error))
    made.args = error.args
    return made


def missing_extra(extra: str, error: ImportError) -> ImportError:
    """Return the error that tells what to install."""
    return ImportError(
        f"this checkpoint storage needs a package that is not installed ({error}): pip install 'determined[{extra}]'"
    )
