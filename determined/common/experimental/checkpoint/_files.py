"""The files of a downloaded checkpoint: what marks it whole, unpacking, checking."""

from __future__ import annotations

import gzip
import io
import json
import os
import pathlib
import shutil
import tarfile
from typing import IO, Any, Callable, List, Mapping, Optional, cast

METADATA_FILE = "metadata.json"
# Either marks a download as finished; the second is what MLflow models have.
_MARKERS = (METADATA_FILE, "MLmodel")
_GZIP_MAGIC = b"\x1f\x8b"
_CHUNK = 1 << 20


class UnsafeMember(Exception):
    """An archive holds something that must not be unpacked."""


def is_complete(directory: pathlib.Path) -> bool:
    """Return whether a directory holds a finished download."""
    return any((directory / marker).exists() for marker in _MARKERS)


def write_metadata(path: pathlib.Path, metadata: Mapping[str, Any]) -> None:
    """Write metadata as JSON, under a temporary name first."""
    partial = path.with_name(f".{path.name}.{os.getpid()}.part")
    with partial.open("w", encoding="utf-8") as file:
        json.dump(metadata, file, indent=2)
    os.replace(partial, path)


def unpack(stream: io.RawIOBase, directory: pathlib.Path, on_bytes: Callable[[int], None]) -> None:
    """Unpack a tar, plain or in gzip, and read it to its end, so that a cut one is noticed.

    Parameters:
        stream: the archive.
        directory: an existing directory to unpack into.
        on_bytes: told the number of bytes of each piece written.

    Raises:
        UnsafeMember: a member would land outside, or is neither a file nor a directory.
        tarfile.TarError, EOFError, OSError, zlib.error: the archive is cut or damaged.
    """
    buffered = io.BufferedReader(stream, _CHUNK)
    if buffered.peek(2)[:2] == _GZIP_MAGIC:
        with gzip.GzipFile(fileobj=buffered) as plain:
            _unpack_plain(cast(IO[bytes], plain), directory, on_bytes)
    else:
        _unpack_plain(buffered, directory, on_bytes)


def _unpack_plain(stream: IO[bytes], directory: pathlib.Path, on_bytes: Callable[[int], None]) -> None:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            target = _place(member, directory)
            if member.isdir():
                target.mkdir(parents=True, exist_ok=True)
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            _copy(cast(IO[bytes], archive.extractfile(member)), target, member.size, on_bytes)
    while stream.read(_CHUNK):
        pass


def _place(member: tarfile.TarInfo, directory: pathlib.Path) -> pathlib.Path:
    """Return where a member goes; its owner, mode and times are not taken over."""
    name = pathlib.PurePosixPath(member.name)
    if _leaves(name):
        raise UnsafeMember(f"the archive holds {member.name!r}, which leaves the checkpoint's directory")
    if not (member.isfile() or member.isdir()):
        raise UnsafeMember(f"the archive holds {member.name!r}, which is neither a file nor a directory")
    return directory.joinpath(*name.parts)


def _leaves(name: pathlib.PurePosixPath) -> bool:
    """Return whether a path leaves the directory that it is relative to."""
    return name.is_absolute() or ".." in name.parts


def _copy(source: IO[bytes], target: pathlib.Path, size: int, on_bytes: Callable[[int], None]) -> None:
    with target.open("wb") as file:
        left = size
        while left:
            piece = source.read(min(_CHUNK, left))
            if not piece:
                raise EOFError(f"the archive ends inside {target.name}")
            file.write(piece)
            left -= len(piece)
            on_bytes(len(piece))


def find_faults(directory: pathlib.Path, resources: Mapping[str, Any]) -> List[str]:
    """Compare a directory with the files that a checkpoint has; directories it lacks are made.

    Parameters:
        directory: where the files are.
        resources: path → size in bytes; directories end with a slash.

    Returns:
        What is wrong, in words; nothing when all files are there and whole.
    """
    faults = []
    for name, size in resources.items():
        path = directory / name
        if _leaves(pathlib.PurePosixPath(name)):
            faults.append(f"{name} leaves the checkpoint's directory")
        elif name.endswith("/"):
            path.mkdir(parents=True, exist_ok=True)
        elif name != METADATA_FILE:  # written anew where it is missing, and its size is not always kept up to date
            fault = _find_fault(path, int(size))
            if fault:
                faults.append(f"{name} {fault}")
    return faults


def _find_fault(path: pathlib.Path, size: int) -> Optional[str]:
    if not path.is_file():
        return "is missing"
    actual = path.stat().st_size
    return None if actual == size else f"has {actual} bytes, not {size}"


def move_into_place(source: pathlib.Path, target: pathlib.Path) -> None:
    """Move a finished directory to its final name; into a directory that is there, its files one by one.

    What marks the download as finished comes last.
    """
    try:
        os.rename(source, target)
        return
    except OSError:
        # The target exists and holds files, or (on Windows) exists at all.
        if not target.is_dir():
            raise
    files = sorted(p.relative_to(source) for p in source.rglob("*") if p.is_file())
    for directory in sorted(p.relative_to(source) for p in source.rglob("*") if p.is_dir()):
        (target / directory).mkdir(parents=True, exist_ok=True)
    for file in sorted(files, key=lambda p: str(p) in _MARKERS):
        os.replace(source / file, target / file)
    shutil.rmtree(source)
