"""Unpacking the files of an experiment or a command into the folders of its task."""

from __future__ import annotations

import binascii
import contextlib
import os
import tarfile
import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, Iterator, List, Sequence

_FILE, _FOLDER, _LINK = "file", "folder", "link"


class UnsafeArchive(ValueError):
    """An archive that must not be unpacked: a member would land outside of the folder, or it is none."""


def unpack_context(encoded: str, folders: Sequence[str]) -> None:
    """Unpack a base64-encoded tgz, as the master sends it, into each of the folders. An empty one holds no files.

    Raises:
        UnsafeArchive: it is no archive, or holds what `extract_safely` refuses.
        ValueError: it is no base64.
        OSError: a member cannot be written.
    """
    for folder in folders:
        os.makedirs(folder, exist_ok=True)
    data = binascii.a2b_base64(encoded)
    if not data:
        return
    import io

    for folder in folders:
        with _readable(), tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            extract_safely(archive, folder)


def extract_safely(archive: tarfile.TarFile, folder: str) -> None:
    """Extract an archive into a folder, as files of this process's user.

    Raises:
        UnsafeArchive: a member leads out of the folder, is written or leads through a link, comes twice, or is neither
            a file, a folder nor a link. Nothing was extracted then.
        OSError: a member cannot be written.
    """
    with _readable():
        members = archive.getmembers()
    _check_members(members)
    for member in members:
        member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        # A read-only folder would refuse its own members.
        member.mode |= 0o700 if member.isdir() else 0o600
    # Python's own check comes on top of the one above, where Python has it.
    options: Any = {"filter": "data"} if hasattr(tarfile, "data_filter") else {}
    with _readable():
        archive.extractall(folder, members=members, **options)


@contextlib.contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (tarfile.TarError, EOFError, zlib.error) as e:
        raise UnsafeArchive(f"the archive cannot be unpacked: {e}") from e


def _check_members(members: List[tarfile.TarInfo]) -> None:
    kinds: Dict[str, str] = {}
    for member in members:
        name = _normal(member.name, member)
        if name in kinds and not (member.isdir() and kinds[name] == _FOLDER):
            raise UnsafeArchive(f"the archive's member {member.name!r} comes twice")
        _check_way(name, member, kinds)
        if member.issym():
            kinds[name] = _LINK
        elif member.isdir():
            kinds[name] = _FOLDER
        elif member.isfile() or member.islnk():
            kinds[name] = _FILE
        else:
            raise UnsafeArchive(f"the archive's member {member.name!r} is neither a file, a folder nor a link")
    # A link may lead to what comes after it.
    for member in members:
        if member.issym():
            # Step by step, as the system goes: text alone does not tell where ".." leads behind another link.
            folder = os.path.dirname(_normal(member.name, member))
            if os.path.isabs(member.linkname):
                raise UnsafeArchive(f"the archive's member {member.name!r} leads out of the folder")
            _check_steps(folder, member.linkname, member, kinds)
        elif member.islnk():
            _check_hard_link(member, kinds)


def _check_hard_link(member: tarfile.TarInfo, kinds: Dict[str, str]) -> None:
    target = _normal(member.linkname, member)
    _check_way(target, member, kinds)
    if kinds.get(target) != _FILE:
        raise UnsafeArchive(f"the archive's member {member.name!r} is a link to what is no file of the archive")


def _check_way(name: str, member: tarfile.TarInfo, kinds: Dict[str, str]) -> None:
    """Refuse a path that leads through something else than a folder."""
    parts = name.split("/")
    for count in range(1, len(parts)):
        if kinds.get("/".join(parts[:count]), _FOLDER) != _FOLDER:
            raise UnsafeArchive(f"the archive's member {member.name!r} would be written through a link or a file")


def _check_steps(folder: str, way: str, member: tarfile.TarInfo, kinds: Dict[str, str]) -> None:
    place = [part for part in folder.split("/") if part]
    steps = [part for part in way.split("/") if part not in ("", ".")]
    for number, step in enumerate(steps):
        if step == "..":
            if not place:
                raise UnsafeArchive(f"the archive's member {member.name!r} leads out of the folder")
            place.pop()
            continue
        place.append(step)
        kind = kinds.get("/".join(place))
        if kind == _LINK or (kind == _FILE and number < len(steps) - 1):
            raise UnsafeArchive(f"the archive's member {member.name!r} leads through another link")


def _normal(path: str, member: tarfile.TarInfo) -> str:
    """Return a path within the folder in its one form."""
    if path.startswith("/") or "\0" in path or ".." in path.split("/") or (os.sep != "/" and os.sep in path):
        raise UnsafeArchive(f"the archive's member {member.name!r} leads out of the folder")
    return os.path.normpath(path)
