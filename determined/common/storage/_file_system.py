"""Storage in a directory of a mounted file system."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import pathlib
import shutil
import stat
import sys
from typing import Callable, Iterable, Iterator, Optional, Tuple

from determined import errors

from ._parallel import for_all
from ._removal import match_for_removal
from ._tree import draft_beside, naming, open_file
from .base import (
    InvalidStorage,
    OnBytes,
    Resources,
    Selector,
    StorageManager,
    StrPath,
    check_storage_id,
    list_directory,
    select,
)

logger = logging.getLogger("determined.common.storage")

_WORKERS = max(2, min(8, os.cpu_count() or 1))
"""Files that are copied at the same time: small ones cost processor time above all."""

_CHUNK = 1 << 20
_UNFINISHED = "it is still being written, or its writing was cut"
_KERNEL_CHUNK = 64 << 20
_WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

# What a kernel says of two files between which it cannot copy.
_CANNOT_COPY = (errno.EXDEV, errno.ENOSYS, errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF, errno.EPERM, errno.ETXTBSY)


class FileSystemStorage(StorageManager):
    """Stores each id as a directory below a base directory.

    A directory that programs write to in place has its own name from the start. Until it is whole, an empty file
    ``.<id>.partial`` stands beside it, and it cannot be read. A file that is copied has a temporary name, which no
    listing shows, until it is whole.

    Parameters:
        base: the path of the base directory. It is made when first written to.

    Raises:
        InvalidStorage: the path is empty or no text.
    """

    def __init__(self, base: StrPath) -> None:
        if not isinstance(base, (str, os.PathLike)) or not os.fspath(base):
            raise InvalidStorage(f"the base directory of a storage must be a path, not {base!r}")
        self.base = pathlib.Path(base)

    def pre_store_path(self, dst: str) -> pathlib.Path:
        """Return the directory to write to, which is the final one. Several processes may share it."""
        path, marker = self._final(dst), self._marker(dst)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            marker.touch()
        path.mkdir(exist_ok=True)
        return path

    def post_store_path(self, src: StrPath, dst: str, paths: Optional[Iterable[str]] = None) -> None:
        """Say that a directory is whole."""
        with contextlib.suppress(FileNotFoundError):
            self._marker(dst).unlink()

    def abort_store_path(self, src: StrPath, dst: str) -> None:
        marker = self._marker(dst)
        # A directory without it was whole before, and stays.
        if marker.is_file():
            shutil.rmtree(self._final(dst), ignore_errors=True)
            with contextlib.suppress(FileNotFoundError):
                marker.unlink()

    def store_path_is_direct_access(self) -> bool:
        return True

    @contextlib.contextmanager
    def restore_path(self, src: str, selector: Optional[Selector] = None) -> Iterator[pathlib.Path]:
        if selector is not None:
            logger.warning("the selector is ignored: all files of the checkpoint are accessible where they are stored")
        yield self._existing(src)

    def upload(self, src: StrPath, dst: str, paths: Optional[Iterable[str]] = None) -> None:
        target = self._final(dst)
        wanted = list(list_directory(src) if paths is None else paths)
        target.mkdir(parents=True, exist_ok=True)
        _check_links(target, wanted)
        _copy(pathlib.Path(src), target, wanted, is_shared=True)

    def list_files(self, storage_id: str) -> Resources:
        return list_directory(self._existing(storage_id), is_stored=True)

    def download(
        self,
        src: str,
        dst: StrPath,
        selector: Optional[Selector] = None,
        *,
        workers: Optional[int] = None,
        on_bytes: Optional[OnBytes] = None,
    ) -> None:
        source = self._existing(src)
        wanted = select(list_directory(source, is_stored=True), selector)
        if wanted or selector is None:
            pathlib.Path(dst).mkdir(parents=True, exist_ok=True)
        _copy(source, pathlib.Path(dst), wanted, workers, on_bytes, is_shared=False)

    def delete(self, tgt: str, globs: Iterable[str] = ("**/*",)) -> Resources:
        """Delete files; see `StorageManager.delete`. No link is followed: it goes itself, and what it leads to stays.

        A link to a folder goes when the patterns match it, or all that is stored through it.

        Raises:
            OSError: what is stored under the id lies behind a link, or cannot be removed.
        """
        globs = list(globs)
        root = self._final(tgt)
        if not os.path.lexists(root) and not self._marker(tgt).is_file():
            return {}
        self._check_place(root)
        self.abort_store_path(root, tgt)
        if root.is_symlink():
            if "**/*" not in globs:
                raise OSError(errno.ELOOP, "files of a checkpoint that is a link are not removed one by one", str(root))
            root.unlink()
            return {}
        if not root.is_dir():
            return {}
        if "**/*" in globs:
            shutil.rmtree(root)
            return {}
        for path in match_for_removal(root, globs):
            _remove(root / path.rstrip("/"))
        left = list_directory(root, is_stored=True)
        if not left:
            shutil.rmtree(root)
        return left

    def _check_place(self, path: pathlib.Path) -> None:
        """Raise if a link leads from the base directory to the folder of a path."""
        base, folder = os.path.realpath(self.base), os.path.realpath(path.parent)
        if folder != os.path.normpath(os.path.join(base, os.path.relpath(path.parent, self.base))):
            raise OSError(errno.ELOOP, "nothing is removed behind a link", str(path))

    def _final(self, storage_id: str) -> pathlib.Path:
        return self.base / check_storage_id(storage_id)

    def _marker(self, storage_id: str) -> pathlib.Path:
        final = self._final(storage_id)
        return final.with_name(f".{final.name}.partial")

    def _existing(self, storage_id: str) -> pathlib.Path:
        path = self._final(storage_id)
        if not path.is_dir():
            raise errors.CheckpointNotFound(f"there is no checkpoint {storage_id} in {self.base}")
        if self._marker(storage_id).is_file():
            raise errors.CheckpointNotFound(f"checkpoint {storage_id} in {self.base} is not whole: {_UNFINISHED}")
        return path


def _check_links(target: pathlib.Path, paths: Iterable[str]) -> None:
    """Raise if something that is stored already, a link, would lead files to elsewhere."""
    root = os.path.realpath(target)
    for folder in {path.rpartition("/")[0] for path in paths}:
        if os.path.realpath(os.path.join(root, folder)) != os.path.normpath(os.path.join(root, folder)):
            raise OSError(errno.ELOOP, "nothing is stored behind a link", str(target / folder))


def _copy(
    source: pathlib.Path,
    target: pathlib.Path,
    paths: Iterable[str],
    workers: Optional[int] = None,
    on_bytes: Optional[OnBytes] = None,
    *,
    is_shared: bool,
) -> None:
    """Copy files.

    Parameters:
        paths: relative to both folders; those of directories end with a slash.
        workers: how many at the same time.
        on_bytes: is told of bytes that were copied.
        is_shared: others see the target: files have temporary names until they are whole.
    """
    from_root, to_root = f"{source}/", f"{target}/"
    paths = list(paths)
    for folder in {path.rpartition("/")[0] for path in paths}:
        os.makedirs(to_root + folder, exist_ok=True)
    for_all(
        [path for path in paths if not path.endswith("/")],
        lambda path: _copy_file(from_root + path, to_root + path, on_bytes, is_shared),
        workers or _WORKERS,
    )


def _copy_file(source: str, target: str, on_bytes: Optional[OnBytes], is_shared: bool) -> None:
    # Descriptors, as file objects cost more than the copying of a small file.
    # What is there, a link as well, is replaced when the new file is whole, and not written to.
    draft = draft_beside(target) if is_shared or os.path.lexists(target) else target
    reader, is_begun = open_file(source), False
    try:
        with naming(target):
            writer = os.open(draft, _WRITE_NEW, 0o666)
            is_begun = True
            try:
                found = os.fstat(reader)
                left = found.st_size - _copy_in_kernel(reader, writer, found.st_size, on_bytes)
                if left:
                    _copy_by_hand(reader, writer, on_bytes)
            finally:
                os.close(writer)
        # A program stays one, and a copy is as old as what it is a copy of.
        with contextlib.suppress(OSError):
            os.chmod(draft, stat.S_IMODE(found.st_mode))
            os.utime(draft, ns=(found.st_atime_ns, found.st_mtime_ns))
        if draft != target:
            os.replace(draft, target)
    except BaseException:
        # Interrupted or failed: no half file stays behind.
        if is_begun:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(draft)
        raise
    finally:
        os.close(reader)


def _copy_in_kernel(reader: int, writer: int, size: int, on_bytes: Optional[OnBytes]) -> int:
    """Copy as far as the kernel can without handing the content over: by sharing blocks, or on the file server."""
    done = 0
    for copy in _KERNEL_WAYS:
        try:
            while done < size:
                count = copy(reader, writer, min(size - done, _KERNEL_CHUNK))
                if not count:
                    break
                done += count
                if on_bytes is not None:
                    on_bytes(count)
        except OSError as error:
            if error.errno not in _CANNOT_COPY:
                raise
    return done


def _share(reader: int, writer: int, size: int) -> int:
    count: int = os.copy_file_range(reader, writer, size)  # type: ignore[attr-defined,unused-ignore]
    return count


def _send(reader: int, writer: int, size: int) -> int:
    return os.sendfile(writer, reader, None, size)  # type: ignore[arg-type,unused-ignore]


# The second is for files of different file systems; elsewhere than on Linux it is for sockets only.
_KERNEL_WAYS: Tuple[Callable[[int, int, int], int], ...] = (
    (_share, _send) if sys.platform == "linux" and hasattr(os, "copy_file_range") else ()
)


def _copy_by_hand(reader: int, writer: int, on_bytes: Optional[OnBytes]) -> None:
    for piece in iter(lambda: os.read(reader, _CHUNK), b""):
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(writer, rest) :]
        if on_bytes is not None:
            on_bytes(len(piece))


def _remove(path: pathlib.Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            path.unlink()
