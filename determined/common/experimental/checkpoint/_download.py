"""Downloading a checkpoint: from its storage, or through the master."""

from __future__ import annotations

import enum
import logging
import pathlib
import shutil
import tarfile
import tempfile
import zlib
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NamedTuple, Optional

from .... import errors
from ...api.endpoints import plain
from ...api.errors import APIException, MasterNotFoundException
from ...constants import SHARED_FS_CONTAINER_PATH
from .._progress import progress_bar
from ._files import METADATA_FILE, UnsafeMember, find_faults, is_complete, move_into_place, unpack, write_metadata

if TYPE_CHECKING:
    from ...api._session import BaseSession

__all__ = ["DownloadMode", "Source", "download", "is_complete", "write_metadata"]

logger = logging.getLogger("determined.common.experimental.checkpoint")


class DownloadMode(enum.Enum):
    """Where a checkpoint's files are fetched from.

    Attributes:
        DIRECT: from the storage itself, which needs its credentials or its file system here.
        MASTER: through the master, which has them. Not possible for Azure.
        AUTO: directly where that is possible, else through the master.
    """

    DIRECT = "direct"
    MASTER = "master"
    AUTO = "auto"

    def __str__(self) -> str:
        return str(self.value)


class Source(NamedTuple):
    """What is to be downloaded.

    Attributes:
        session: the session to call the master with.
        uuid: the checkpoint.
        storage: the `checkpoint_storage` part of the experiment's configuration.
        resources: the files that the checkpoint has: path → size in bytes.
    """

    session: BaseSession
    uuid: str
    storage: Optional[Dict[str, Any]]
    resources: Mapping[str, Any]


def download(source: Source, target: pathlib.Path, mode: DownloadMode, metadata: Mapping[str, Any]) -> None:
    """Fetch a checkpoint into a temporary place beside `target`, check it, and move it there when it is whole.

    Parameters:
        source: what to fetch.
        target: the directory that will hold the files.
        mode: where to fetch from.
        metadata: written as ``metadata.json`` where the files have none.
    """
    target = target.resolve()
    target.parent.mkdir(parents=True, exist_ok=True)
    place = pathlib.Path(tempfile.mkdtemp(prefix=f".{target.name}.", suffix=".part", dir=target.parent))
    try:
        files = _fetch(source, place, mode)
        if not (files / METADATA_FILE).exists():
            write_metadata(files / METADATA_FILE, metadata)
        move_into_place(files, target)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def _fetch(source: Source, place: pathlib.Path, mode: DownloadMode) -> pathlib.Path:
    if mode is DownloadMode.DIRECT:
        return _fetch_directly(source, place)
    if mode is DownloadMode.MASTER:
        return _fetch_through_master(source, place)
    try:
        return _fetch_directly(source, place)
    except (errors.NoDirectStorageAccess, errors.CheckpointNotFound) as direct_error:
        if (source.storage or {}).get("type") == "azure":
            raise
        logger.info("no direct access to checkpoint %s (%s); fetching it through the master", source.uuid, direct_error)
        try:
            return _fetch_through_master(source, place)
        except errors.ProxiedDownloadFailed as master_error:
            raise errors.MultipleDownloadsFailed([direct_error, master_error]) from master_error


def _fetch_directly(source: Source, place: pathlib.Path) -> pathlib.Path:
    """Fetch from the storage.

    Raises:
        NoDirectStorageAccess: the storage cannot be reached, or does not hold all of the files.
    """
    from ... import storage

    if not source.storage:
        raise errors.NoDirectStorageAccess(f"the master named no storage of checkpoint {source.uuid}")
    problems: List[str] = []
    for number, container_path in enumerate(_places_of(source.storage)):
        files = place / f"direct-{number}"
        try:
            manager = storage.build(source.storage, container_path=container_path)
            manager.download(source.uuid, files)
        except (ImportError, TypeError, ValueError) as error:
            # The package for this storage is not installed, or a newer master knows storages that are unknown here.
            raise errors.NoDirectStorageAccess(str(error)) from error
        except (errors.NoDirectStorageAccess, errors.CheckpointNotFound, FileNotFoundError, PermissionError) as error:
            problems.append(str(error))
            continue
        files.mkdir(exist_ok=True)
        faults = find_faults(files, source.resources)
        if not faults:
            return files
        problems.append(f"not all of its files are there: {_first(faults)}")
    raise errors.NoDirectStorageAccess(
        f"checkpoint {source.uuid} cannot be read from its storage of type {source.storage.get('type')!r}: "
        + "; ".join(problems)
    )


def _places_of(storage: Mapping[str, Any]) -> List[Optional[str]]:
    """Return the roots at which a shared file system may be found here."""
    return [None, SHARED_FS_CONTAINER_PATH] if storage.get("type") == "shared_fs" else [None]


def _fetch_through_master(source: Source, place: pathlib.Path) -> pathlib.Path:
    """Fetch an archive that the master makes.

    Raises:
        ProxiedDownloadFailed: the master cannot send it, or the archive is cut, damaged or unsafe.
    """
    files = place / "master"
    files.mkdir()
    total = sum(int(size) for size in source.resources.values())
    try:
        with progress_bar(total, f"checkpoint {source.uuid}", in_bytes=True) as progress:
            _unpack_archive(source, files, progress.advance)
    except (APIException, MasterNotFoundException) as error:
        raise errors.ProxiedDownloadFailed(f"the master cannot send checkpoint {source.uuid}: {error}") from error
    except (tarfile.TarError, EOFError, OSError, zlib.error, UnsafeMember) as error:
        # requests' and gzip's own errors are OSErrors.
        raise errors.ProxiedDownloadFailed(f"the archive of checkpoint {source.uuid} is unusable: {error}") from error
    faults = find_faults(files, source.resources)
    if faults:
        raise errors.ProxiedDownloadFailed(f"the archive of checkpoint {source.uuid} is not whole: {_first(faults)}")
    return files


def _unpack_archive(source: Source, files: pathlib.Path, on_bytes: Callable[[int], None]) -> None:
    with plain.open_checkpoint_archive(source.session, source.uuid) as stream:
        unpack(stream, files, on_bytes)


def _first(faults: List[str], count: int = 5) -> str:
    more = f" and {len(faults) - count} more" if len(faults) > count else ""
    return ", ".join(faults[:count]) + more
