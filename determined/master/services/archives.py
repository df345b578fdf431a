"""A folder as one stream: tar, tar.gz or zip, made while it is read."""

from __future__ import annotations

import os
import tarfile
import time
import zipfile
import zlib
from pathlib import Path
from typing import IO, Callable, Dict, Iterator, List, NamedTuple, Optional

from . import checkpoint_storage

_CHUNK = 1 << 20
# What is already compressed, and weights are nearly so, does not get smaller by more effort, only later.
_EFFORT = 1
_MODE = 0o666
# What a header of one block has the digits for.
_LARGEST_PLAIN = 8**11


class Entry(NamedTuple):
    """A file of the folder: its path in it with slashes, where it is, and its size when it was found."""

    name: str
    path: str
    size: int
    modified: float


class Archive(NamedTuple):
    """A kind of archive.

    Attributes:
        stream: makes the archive of some files, piece by piece.
        length: the size of the whole when it is known before; else None.
    """

    stream: Callable[[List[Entry]], Iterator[bytes]]
    length: Callable[[List[Entry]], Optional[int]]


def find_files(root: Path) -> List[Entry]:
    """Every file of a checkpoint in a folder, by name, and no FIFO or other thing that cannot be read to its end.

    Raises:
        OSError: the folder is not there or cannot be read.
    """
    found: List[Entry] = []
    for name in checkpoint_storage.list_files(root):
        path = os.path.join(root, name)
        status = os.stat(path)
        found.append(Entry(name, path, status.st_size, status.st_mtime))
    return sorted(found)


def _pieces(entry: Entry) -> Iterator[bytes]:
    """The content of a file: exactly as many bytes as it had when it was found."""
    left = entry.size
    with checkpoint_storage.open_file(entry.path) as file:
        while left:
            piece = file.read(min(_CHUNK, left))
            if not piece:
                raise OSError(f"{entry.name} became shorter while it was read")
            left -= len(piece)
            yield piece


def in_blocks(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The same bytes in fewer pieces: each one costs its sender a change of threads."""
    parts: List[bytes] = []
    size = 0
    for piece in pieces:
        parts.append(piece)
        size += len(piece)
        if size >= _CHUNK // 2:
            yield parts[0] if len(parts) == 1 else b"".join(parts)
            parts, size = [], 0
    if parts:
        yield b"".join(parts)


# --- tar ------------------------------------------------------------------------------------------------------------


def _tar_header(entry: Entry) -> bytes:
    info = tarfile.TarInfo(entry.name)
    info.size, info.mtime, info.mode = entry.size, int(entry.modified), _MODE
    return info.tobuf(tarfile.PAX_FORMAT)


def _header_length(entry: Entry) -> int:
    # Most fit into one block, which need not be made to know that.
    is_plain = len(entry.name) <= tarfile.LENGTH_NAME and entry.name.isascii()
    if is_plain and entry.size < _LARGEST_PLAIN and 0 <= entry.modified < _LARGEST_PLAIN:
        return tarfile.BLOCKSIZE
    return len(_tar_header(entry))


def _padding(size: int) -> int:
    return -size % tarfile.BLOCKSIZE


def _tar(entries: List[Entry]) -> Iterator[bytes]:
    for entry in entries:
        yield _tar_header(entry)
        yield from _pieces(entry)
        yield b"\0" * _padding(entry.size)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def _tar_length(entries: List[Entry]) -> int:
    return sum(_header_length(e) + e.size + _padding(e.size) for e in entries) + 2 * tarfile.BLOCKSIZE


def _tar_gz(entries: List[Entry]) -> Iterator[bytes]:
    press = zlib.compressobj(_EFFORT, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for piece in _tar(entries):
        pressed = press.compress(piece)
        if pressed:
            yield pressed
    yield press.flush()


# --- zip ------------------------------------------------------------------------------------------------------------


class _Outlet:
    """A file that can only be written, and is emptied by its reader."""

    def __init__(self) -> None:
        self._parts: List[bytes] = []

    def write(self, data: bytes) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def take(self) -> bytes:
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _zip(entries: List[Entry]) -> Iterator[bytes]:
    outlet = _Outlet()
    out: IO[bytes] = outlet  # type: ignore[assignment]  # zipfile needs no more of a file than write and flush
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, allowZip64=True) as archive:
        for entry in entries:
            # the format knows no time before 1980
            date = max(time.gmtime(entry.modified)[:6], (1980, 1, 1, 0, 0, 0))
            info = zipfile.ZipInfo(entry.name, date)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.external_attr = _MODE << 16
            info.file_size = entry.size
            with archive.open(info, "w", force_zip64=entry.size >= zipfile.ZIP64_LIMIT) as file:
                for piece in _pieces(entry):
                    file.write(piece)
                    pressed = outlet.take()
                    if pressed:
                        yield pressed
    yield outlet.take()


def _unknown_length(entries: List[Entry]) -> Optional[int]:
    return None


KINDS: Dict[str, Archive] = {
    "application/x-tar": Archive(_tar, _tar_length),
    "application/gzip": Archive(_tar_gz, _unknown_length),
    "application/zip": Archive(_zip, _unknown_length),
}
