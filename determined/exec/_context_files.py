"""Unpacking the files of an experiment or a command into the folders of its task."""

from __future__ import annotations

import binascii
import os
import tarfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, List, Sequence


class UnsafeArchive(ValueError):
    """An archive holds a member that would land outside of the folder it is unpacked into."""


def unpack_context(encoded: str, folders: Sequence[str]) -> None:
    """Unpack a base64-encoded tgz, as the master sends it, into each of the folders. An empty one holds no files.

    Raises:
        UnsafeArchive: a member leads out of the folder, or is neither a file, a folder nor a link.
        ValueError: it is no base64.
        tarfile.TarError: it is no archive.
    """
    for folder in folders:
        os.makedirs(folder, exist_ok=True)
    data = binascii.a2b_base64(encoded)
    if not data:
        return
    import io

    for folder in folders:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as archive:
            extract_safely(archive, folder)


def extract_safely(archive: tarfile.TarFile, folder: str) -> None:
    """Extract an archive into a folder, as files of this process's user.

    Raises:
        UnsafeArchive: a member leads out of the folder, or is neither a file, a folder nor a link. Nothing was
            extracted then.
    """
    members = archive.getmembers()
    _check_members(members)
    for member in members:
        member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""
        # A read-only folder would refuse its own members.
        member.mode |= 0o700 if member.isdir() else 0o600
    # Where Python knows filters it wants one named; all that they check has been checked above, stricter.
    options: Any = {"filter": "fully_trusted"} if hasattr(tarfile, "fully_trusted_filter") else {}
    archive.extractall(folder, members=members, **options)


def _check_members(members: List[tarfile.TarInfo]) -> None:
    links: List[str] = []
    for member in members:
        name = os.path.normpath(member.name)
        _check_inside(name, member.name)
        if any(name == link or name.startswith(link + "/") for link in links):
            raise UnsafeArchive(f"the archive's member {member.name!r} would be written through a link")
        if member.issym():
            _check_inside(os.path.normpath(os.path.join(os.path.dirname(name), member.linkname)), member.name)
            links.append(name)
        elif member.islnk():
            _check_inside(os.path.normpath(member.linkname), member.name)
        elif not (member.isfile() or member.isdir()):
            raise UnsafeArchive(f"the archive's member {member.name!r} is neither a file, a folder nor a link")


def _check_inside(path: str, name: str) -> None:
    if os.path.isabs(path) or path == ".." or path.startswith("../"):
        raise UnsafeArchive(f"the archive's member {name!r} leads out of the folder")
