"""The files that experiments run: packed when they come, listed and read one by one."""

from __future__ import annotations

import base64
import io
import tarfile
import zlib
from dataclasses import dataclass, field
from typing import Dict, List, Sequence

from determined.common.api.wire.common import File

from ..errors import invalid, not_found, plain
from ..store import experiments
from ..store import model_definitions as store
from ..store.database import Connection
from .content_types import content_type_of

_FILE, _OLD_FILE, _FOLDER = b"0", b"\0", b"5"
_COMPRESSION = 6


@dataclass
class Node:
    """A file or folder of a model definition.

    Attributes:
        path: as it stands in the archive, without a slash at its end.
        mtime: seconds since 1970.
    """

    path: str
    is_folder: bool
    size: int
    mtime: int
    content_type: str
    children: List["Node"] = field(default_factory=list)


# --- packing --------------------------------------------------------------------------------------------------------


def pack(files: Sequence[File]) -> bytes:
    """Return the tar.gz of the files of a request, in their order; empty for none.

    Raises:
        Refusal: a path leads out of the working folder, comes twice, or is neither a file nor a folder.
    """
    if not files:
        return b""
    _check_names(files)
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.PAX_FORMAT) as archive:
        for file in files:
            content = _content(file)
            archive.addfile(_member(file, len(content)), io.BytesIO(content))
    compressor = zlib.compressobj(_COMPRESSION, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return compressor.compress(buffer.getbuffer()) + compressor.flush()


def _member(file: File, size: int) -> tarfile.TarInfo:
    path = file.get("path", "")
    _check_path(path)
    kind = bytes([file.get("type", 0) & 0xFF])
    if kind == _OLD_FILE:
        kind = _FOLDER if path.endswith("/") else _FILE
    if kind not in (_FILE, _FOLDER):
        raise invalid(
            f"model definition: {path!r} has type {file.get('type')}; only files (48) and folders (53) can be sent"
        )
    member = tarfile.TarInfo(path)
    member.type = kind
    member.size = 0 if kind == _FOLDER else size
    member.mtime = int(file.get("mtime", 0))
    member.mode = file.get("mode", 0)
    member.uid = file.get("uid", 0)
    member.gid = file.get("gid", 0)
    return member


def _check_path(path: str) -> None:
    parts = path.split("/")
    if not path or parts[0] == "" or ".." in parts or "\0" in path:
        raise invalid(f"model definition: {path!r} is no path inside of the working folder")


def _check_names(files: Sequence[File]) -> None:
    """Refuse what a task could not unpack: a path that comes twice, or that leads through a file."""
    kinds: Dict[str, bool] = {}
    for file in files:
        path = file.get("path", "")
        name = _clean(path)
        is_folder = file.get("type") == _FOLDER[0] or path.endswith("/")
        if name in kinds and not (is_folder and kinds[name]):
            raise invalid(f"model definition: {path!r} comes twice")
        kinds[name] = is_folder
    for name in kinds:
        parts = name.split("/")
        if any(kinds.get("/".join(parts[:count])) is False for count in range(1, len(parts))):
            raise invalid(f"model definition: {name!r} lies in what is a file")


def _content(file: File) -> bytes:
    return base64.b64decode(file.get("content", ""))


# --- reading --------------------------------------------------------------------------------------------------------


def archive_of(connection: Connection, experiment_id: int) -> bytes:
    """An experiment's tar.gz; empty when it has no files.

    Raises:
        Refusal: no such experiment.
    """
    _check_exists(connection, experiment_id)
    return store.find(connection, experiment_id)


def text_of(connection: Connection, experiment_id: int) -> str:
    """An experiment's tar.gz in base64; empty when it has no files.

    Raises:
        Refusal: no such experiment.
    """
    return base64.b64encode(archive_of(connection, experiment_id)).decode()


def tree_of(connection: Connection, experiment_id: int) -> List[Node]:
    """An experiment's files and folders, nested.

    Raises:
        Refusal: no such experiment, or it has no files.
    """
    roots: List[Node] = []
    folders: Dict[str, Node] = {}
    with _open(connection, experiment_id) as archive:
        for member in archive:
            path = _clean(member.name)
            if not path:
                continue
            content = b"" if member.isdir() else _read(archive, member)
            node = Node(path, member.isdir(), len(content), int(member.mtime), content_type_of(content))
            known = folders.get(path) if node.is_folder else None
            if known is not None:
                known.mtime = node.mtime
                continue
            _siblings(path, node.mtime, roots, folders).append(node)
            if node.is_folder:
                folders[path] = node
    return roots


def file_of(connection: Connection, experiment_id: int, path: str) -> bytes:
    """The content of one file.

    Raises:
        Refusal: no such experiment or file.
    """
    with _open(connection, experiment_id) as archive:
        for member in archive:
            if member.isfile() and member.name == path:
                return _read(archive, member)
    raise plain("file does not exist")


def _siblings(path: str, mtime: int, roots: List[Node], folders: Dict[str, Node]) -> List[Node]:
    """The list a node belongs to; folders that the archive does not name come into being."""
    parent, slash, _ = path.rpartition("/")
    if not slash:
        return roots
    if parent not in folders:
        folder = Node(parent, True, 0, mtime, content_type_of(b""))
        _siblings(parent, mtime, roots, folders).append(folder)
        folders[parent] = folder
    return folders[parent].children


def _clean(name: str) -> str:
    return "/".join(part for part in name.split("/") if part not in ("", "."))


def _open(connection: Connection, experiment_id: int) -> tarfile.TarFile:
    tgz = archive_of(connection, experiment_id)
    if not tgz:
        raise plain("EOF")
    return tarfile.open(fileobj=io.BytesIO(tgz), mode="r:gz")


def _read(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes:
    stream = archive.extractfile(member)
    return stream.read() if stream is not None else b""


def _check_exists(connection: Connection, experiment_id: int) -> None:
    if experiments.find(connection, experiment_id) is None:
        raise not_found("experiment", experiment_id)
