"""Unpacking the archive that a master makes of a checkpoint, while it comes."""

from __future__ import annotations

import gzip
import io
import os
import pathlib
import tarfile
from typing import BinaryIO, Callable, Optional, Set, cast

_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20
_WRITE_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)

OnBytes = Callable[[int], None]
Selector = Callable[[str], bool]


class UnsafeMember(Exception):
    """An archive holds something that must not be unpacked."""


def unpack(
    stream: io.RawIOBase,
    directory: pathlib.Path,
    on_bytes: OnBytes,
    selector: Optional[Selector] = None,
    until: Optional[Set[str]] = None,
) -> None:
    """Unpack a tar, plain or in gzip, and read it to its end, so that a cut one is noticed.

    Parameters:
        stream: the archive.
        directory: an existing directory to unpack into, which holds none of the files.
        on_bytes: told the number of bytes of each piece written.
        selector: which files to unpack, by their path. Defaults to all.
        until: leave off as soon as these have been unpacked.

    Raises:
        UnsafeMember: a member would land outside, comes twice, or is neither a file nor a directory.
        tarfile.TarError, EOFError, OSError, zlib.error: the archive is cut or damaged.
    """
    buffered = io.BufferedReader(stream, _CHUNK)
    if buffered.peek(2)[:2] == _GZIP_MAGIC:
        with gzip.GzipFile(fileobj=buffered) as plain:
            _unpack_plain(cast(BinaryIO, plain), directory, on_bytes, selector, until)
    else:
        _unpack_plain(cast(BinaryIO, buffered), directory, on_bytes, selector, until)


def leaves(name: str) -> bool:
    """Return whether a path leaves the directory that it is relative to."""
    if os.sep != "/" and (os.sep in name or ":" in name):
        return True
    return name.startswith("/") or "\0" in name or ".." in name.split("/")


def _unpack_plain(
    stream: BinaryIO,
    directory: pathlib.Path,
    on_bytes: OnBytes,
    selector: Optional[Selector],
    until: Optional[Set[str]],
) -> None:
    missing = None if until is None else set(until)
    source = _Forward(stream)
    buffer, made = memoryview(bytearray(_CHUNK)), {directory}
    with tarfile.open(fileobj=cast(BinaryIO, source), mode="r:") as archive:
        while True:
            member = archive.next()
            if member is None:
                break
            archive.members = []  # type: ignore[attr-defined]  # or it would remember them all
            name = _checked_name(member)
            if selector is not None and not selector(name.as_posix() + "/" * member.isdir()):
                continue
            target = directory.joinpath(*name.parts)
            folder = target if member.isdir() else target.parent
            if folder not in made:
                folder.mkdir(parents=True, exist_ok=True)
                made.add(folder)
            if member.isdir():
                continue
            _write_file(source, target, member.size, buffer, on_bytes)
            if missing is not None:
                missing.discard(name.as_posix())
                if not missing:
                    return
    while stream.read(_CHUNK):
        pass


def _checked_name(member: tarfile.TarInfo) -> pathlib.PurePosixPath:
    """Return the path of a member; its owner, mode and times are not taken over."""
    name = pathlib.PurePosixPath(member.name)
    if leaves(member.name):
        raise UnsafeMember(f"the archive holds {member.name!r}, which leaves the checkpoint's directory")
    if not (member.isfile() or member.isdir()) or member.issparse():
        raise UnsafeMember(f"the archive holds {member.name!r}, which is neither a file nor a directory")
    return name


def _write_file(source: _Forward, target: pathlib.Path, size: int, buffer: memoryview, on_bytes: OnBytes) -> None:
    try:
        # Never what is there: neither what a member of the same name has written, nor what a link leads to.
        descriptor = os.open(target, _WRITE_NEW, 0o666)
    except FileExistsError:
        raise UnsafeMember(f"the archive holds {os.path.basename(target)!r} twice") from None
    with os.fdopen(descriptor, "wb", buffering=0) as file:
        left = size
        while left:
            count = source.readinto(buffer[: min(left, len(buffer))])
            if not count:
                raise EOFError(f"the archive ends inside {os.path.basename(target)}")
            rest = buffer[:count]
            while rest:
                rest = rest[file.write(rest) :]
            left -= count
            on_bytes(count)


class _Forward:
    """A stream as a file that can be read, and sought forward: tarfile asks for no more.

    It lets the content of members go from the stream to their files without tarfile's copies on the way.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = cast(io.BufferedReader, stream)
        self._position = 0

    def tell(self) -> int:
        return self._position

    def read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self._position += len(data)
        return data

    def readinto(self, buffer: memoryview) -> int:
        count = self._stream.readinto(buffer)
        self._position += count
        return count

    def seek(self, position: int) -> int:
        while self._position < position:
            if not self.read(min(_CHUNK, position - self._position)):
                raise EOFError("the archive ends inside a file")
        return self._position
