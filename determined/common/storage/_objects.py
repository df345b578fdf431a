"""Storage in a bucket: what S3, Google Cloud Storage and Azure have in common."""

from __future__ import annotations

import abc
import concurrent.futures
import contextlib
import os
import pathlib
from typing import Any, Callable, ContextManager, Iterable, Iterator, List, Optional, TypeVar

from determined import errors

from .base import (
    Resources,
    Selector,
    StrPath,
    TemporaryCopies,
    check_storage_id,
    list_directory,
    match_globs,
    select,
)

T = TypeVar("T")

_WORKERS = 8
"""Files that are moved at the same time."""


class ObjectStorage(TemporaryCopies):
    """Stores each file as an object ``<prefix>/<id>/<path>``; directories are empty objects whose names end with "/".

    Parameters:
        prefix: what the names of all objects begin with.

    Raises:
        ValueError: the prefix leads elsewhere.
    """

    def __init__(self, prefix: Optional[str] = None) -> None:
        self.prefix = check_prefix(prefix)

    # --- what each kind provides ------------------------------------------------------------------------------------

    @abc.abstractmethod
    def _put(self, name: str, file: Optional[str]) -> None:
        """Store a local file as an object; an empty object for None."""

    @abc.abstractmethod
    def _get(self, name: str, file: str) -> None:
        """Fetch an object into a local file."""

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

    def upload(self, source: StrPath, storage_id: str, paths: Optional[Iterable[str]] = None) -> None:
        place = self._place(storage_id)
        wanted = list(list_directory(source) if paths is None else paths)
        with self._translated():
            for_all(
                wanted,
                lambda path: self._put(place + path, None if path.endswith("/") else os.path.join(source, path)),
            )

    def list_files(self, storage_id: str) -> Resources:
        place = self._place(storage_id)
        with self._translated():
            found = {name[len(place) :]: size for name, size in self._list(place).items()}
        found.pop("", None)
        if not found:
            raise errors.CheckpointNotFound(f"there is no checkpoint {storage_id} in {self}")
        return found

    def download(self, storage_id: str, target: StrPath, selector: Optional[Selector] = None) -> None:
        place = self._place(storage_id)
        wanted = select(self.list_files(storage_id), selector)
        folder = pathlib.Path(target)
        if wanted or selector is None:
            folder.mkdir(parents=True, exist_ok=True)
        for path in wanted:
            check_storage_id(path.rstrip("/"))
            (folder / path if path.endswith("/") else (folder / path).parent).mkdir(parents=True, exist_ok=True)
        with self._translated():
            for_all(
                [path for path in wanted if not path.endswith("/")],
                lambda path: self._fetch(place + path, folder / path),
            )

    def delete(self, storage_id: str, globs: Iterable[str] = ("**/*",)) -> Resources:
        try:
            found = self.list_files(storage_id)
        except errors.CheckpointNotFound:
            return {}
        place = self._place(storage_id)
        doomed = set(match_globs(found, globs))
        with self._translated():
            self._remove([place + path for path in found if path in doomed])
        return {path: size for path, size in found.items() if path not in doomed}

    def _fetch(self, name: str, file: pathlib.Path) -> None:
        partial = file.with_name(f".{file.name}.{os.getpid()}.part")
        try:
            self._get(name, str(partial))
            os.replace(partial, file)
        except BaseException:
            # Interrupted or failed: no half file stays behind.
            with contextlib.suppress(FileNotFoundError):
                partial.unlink()
            raise

    def _place(self, storage_id: str) -> str:
        name = check_storage_id(storage_id) + "/"
        return f"{self.prefix}/{name}" if self.prefix else name


def check_prefix(prefix: Optional[str]) -> str:
    """Return a prefix without slashes around it.

    Raises:
        ValueError: it holds "..".
    """
    plain = (prefix or "").strip("/")
    if ".." in plain.split("/"):
        raise ValueError(f"the prefix {prefix!r} must not hold '..'")
    return plain


def for_all(items: List[T], work: Callable[[T], Any]) -> None:
    """Do something with all items, several at a time; raise the first failure."""
    if len(items) <= 1:
        for item in items:
            work(item)
        return
    with concurrent.futures.ThreadPoolExecutor(min(_WORKERS, len(items))) as executor:
        futures = [executor.submit(work, item) for item in items]
        try:
            for future in futures:
                future.result()
        finally:
            for future in futures:
                future.cancel()


@contextlib.contextmanager
def translated_errors(kinds: Any, where: str) -> Iterator[None]:
    """Raise `NoDirectStorageAccess` for errors of some kinds."""
    try:
        yield
    except kinds as e:
        raise errors.NoDirectStorageAccess(f"{where} cannot be accessed: {e}") from e


def missing_extra(extra: str, error: ImportError) -> ImportError:
    """Return the error that tells what to install."""
    return ImportError(
        f"this checkpoint storage needs a package that is not installed ({error}): pip install 'determined[{extra}]'"
    )
