"""Storage in a directory of a mounted file system."""

from __future__ import annotations

import contextlib
import logging
import os
import pathlib
import shutil
from typing import Iterable, Iterator, Optional

from determined import errors

from .base import (
    Resources,
    Selector,
    StorageManager,
    StrPath,
    check_storage_id,
    list_directory,
    match_globs,
    select,
)

logger = logging.getLogger("determined.common.storage")


class FileSystemStorage(StorageManager):
    """Stores each id as a directory below a base directory.

    What is being stored has a temporary name: ``.<id>.partial`` for a directory, ``.<file>.<pid>.part`` for a file.
    Only finished ones have their own.

    Parameters:
        base: the absolute path of the base directory. It is made when first written to.
    """

    def __init__(self, base: StrPath) -> None:
        self.base = pathlib.Path(base)

    def begin_store(self, storage_id: str) -> pathlib.Path:
        """Return the directory to write to, which `commit_store` puts in place. Several processes may share it."""
        path = self._partial(storage_id)
        path.mkdir(parents=True, exist_ok=True)
        return path

    def commit_store(self, storage_id: str) -> None:
        """Put a directory in place that has been begun.

        Raises:
            FileExistsError: the id is taken by a directory that is not empty.
        """
        # Replaces an empty directory, but never one that holds files.
        try:
            os.rename(self._partial(storage_id), self._final(storage_id))
        except OSError as e:
            if self._final(storage_id).exists():
                raise FileExistsError(f"there are files stored as {storage_id} already") from e
            raise

    def abort_store(self, storage_id: str) -> None:
        """Remove a directory that has been begun."""
        shutil.rmtree(self._partial(storage_id), ignore_errors=True)

    @contextlib.contextmanager
    def store_path(self, storage_id: str) -> Iterator[pathlib.Path]:
        path = self.begin_store(storage_id)
        try:
            yield path
            self.commit_store(storage_id)
        except BaseException:
            # Half a checkpoint is of no use to anybody, however its writing ended.
            self.abort_store(storage_id)
            raise

    @contextlib.contextmanager
    def restore_path(self, storage_id: str, selector: Optional[Selector] = None) -> Iterator[pathlib.Path]:
        if selector is not None:
            logger.warning("the selector is ignored: all files of the checkpoint are accessible where they are stored")
        yield self._existing(storage_id)

    def upload(self, source: StrPath, storage_id: str, paths: Optional[Iterable[str]] = None) -> None:
        target = self._final(storage_id)
        target.mkdir(parents=True, exist_ok=True)
        _copy(pathlib.Path(source), target, list_directory(source) if paths is None else paths)

    def list_files(self, storage_id: str) -> Resources:
        return list_directory(self._existing(storage_id))

    def download(self, storage_id: str, target: StrPath, selector: Optional[Selector] = None) -> None:
        source = self._existing(storage_id)
        wanted = select(list_directory(source), selector)
        if wanted or selector is None:
            pathlib.Path(target).mkdir(parents=True, exist_ok=True)
        _copy(source, pathlib.Path(target), wanted)

    def delete(self, storage_id: str, globs: Iterable[str] = ("**/*",)) -> Resources:
        globs = list(globs)
        root = self._final(storage_id)
        self.abort_store(storage_id)
        if not root.is_dir():
            return {}
        if "**/*" in globs:
            shutil.rmtree(root)
            return {}
        for path in match_globs(list_directory(root), globs):
            _remove(root / path.rstrip("/"))
        return list_directory(root)

    def _final(self, storage_id: str) -> pathlib.Path:
        return self.base / check_storage_id(storage_id)

    def _partial(self, storage_id: str) -> pathlib.Path:
        final = self._final(storage_id)
        return final.with_name(f".{final.name}.partial")

    def _existing(self, storage_id: str) -> pathlib.Path:
        path = self._final(storage_id)
        if not path.is_dir():
            raise errors.CheckpointNotFound(f"there is no checkpoint {storage_id} in {self.base}")
        return path


def _copy(source: pathlib.Path, target: pathlib.Path, paths: Iterable[str]) -> None:
    for path in paths:
        place = target / path
        if path.endswith("/"):
            place.mkdir(parents=True, exist_ok=True)
            continue
        place.parent.mkdir(parents=True, exist_ok=True)
        partial = place.with_name(f".{place.name}.{os.getpid()}.part")
        try:
            shutil.copyfile(str(source / path), str(partial))
            os.replace(partial, place)
        except BaseException:
            # Interrupted or failed: no half file stays behind.
            with contextlib.suppress(FileNotFoundError):
                partial.unlink()
            raise


def _remove(path: pathlib.Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
