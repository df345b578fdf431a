"""Downloading a checkpoint: from its storage, or through the master."""

from __future__ import annotations

import enum
import errno
import logging
import os
import pathlib
import shutil
import tarfile
import zlib
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Set, Type, Union

from .... import errors
from ...api.endpoints import plain
from ...api.errors import BadRequestException
from ...constants import SHARED_FS_CONTAINER_PATH
from .._progress import ByteProgress, ProgressCallback, byte_progress
from . import _target
from ._archive import UnsafeMember, unpack
from ._causes import caused
from ._files import check_replaceable, find_faults, move_into_place, replace_target, size_of, write_metadata
from ._place import Place, hold_place
from ._target import CHOICE_FILE, METADATA_FILE

if TYPE_CHECKING:
    from ...api._session import BaseSession

__all__ = ["DownloadMode", "Request", "Source", "download", "write_metadata"]

logger = logging.getLogger("determined.common.experimental.checkpoint")

_NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


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
        metadata: written as ``metadata.json`` where the files have none.
    """

    session: BaseSession
    uuid: str
    storage: Optional[Dict[str, Any]]
    resources: Mapping[str, Any]
    metadata: Mapping[str, Any]

    def identity(self) -> _target.Identity:
        """Return what the checkpoint is known by."""
        return _target.Identity(self.uuid, self.metadata, self.resources)


class Request(NamedTuple):
    """How it is to be downloaded.

    Attributes:
        mode: where to fetch from.
        selector: which files, by their path; None for all of them.
        replace: take the place of what the target holds.
        workers: how many files to fetch from a storage at the same time.
        progress: see `byte_progress`.
    """

    mode: DownloadMode
    selector: Optional[Callable[[str], bool]] = None
    replace: bool = False
    workers: Optional[int] = None
    progress: Union[None, bool, ProgressCallback] = None

    @classmethod
    def of(
        cls,
        mode: DownloadMode,
        files: Union[None, str, List[str]],
        replace: bool,
        workers: Optional[int],
        progress: Union[None, bool, ProgressCallback],
    ) -> Request:
        """Check what a caller asks for.

        Raises:
            ArgumentError: there is no such mode, no pattern or a wrong one, or no worker.
        """
        from ...storage.base import glob_selector

        if not isinstance(mode, DownloadMode):
            raise errors.ArgumentError(f"mode must be a DownloadMode, such as DownloadMode.DIRECT, not {mode!r}")
        if workers is not None and workers < 1:
            raise errors.ArgumentError(f"max_workers must be at least 1: {workers}")
        patterns = [files] if isinstance(files, str) else files
        if patterns is not None and not (patterns and all(patterns)):
            raise errors.ArgumentError(
                "files must name at least one pattern, and no empty one; leave it out for all files"
            )
        selector = None if patterns is None else glob_selector(patterns)
        return cls(mode, selector, replace, workers, progress)


class _Job(NamedTuple):
    """A request to a source: `wanted` are the files to fetch."""

    source: Source
    request: Request
    wanted: Mapping[str, Any]
    progress: ByteProgress

    def wants(self, path: str) -> bool:
        return self.request.selector is None or path in self.wanted

    def faults_in(self, files: pathlib.Path) -> List[str]:
        return find_faults(files, self.wanted)


def download(source: Source, target: pathlib.Path, request: Request) -> None:
    """Fetch a checkpoint into a place beside `target`, check it, and move it there when it is whole.

    Files that are whole when a download from a storage is cut stay in that place, and are not fetched again.

    Raises:
        FileExistsError: the target holds another checkpoint.
        ValueError: no file is chosen, or the target cannot be replaced.
    """
    target = target.resolve()
    wanted = _choose(source, request)
    if request.replace:
        check_replaceable(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    with hold_place(target) as place:
        if _is_done(source, target, request, place):
            place.clear()
            return
        if request.selector is not None and not request.replace and _target.has_choice_of(target, source.uuid):
            wanted = {name: size for name, size in wanted.items() if size_of(target, name) != int(size)}
        try:
            if wanted or request.selector is None:
                _fetch_into_target(source, target, request, wanted, place)
        except BaseException:
            _keep_or_clear(place, source.uuid)
            raise
        place.clear()


def _choose(source: Source, request: Request) -> Mapping[str, Any]:
    if request.selector is None:
        return source.resources
    wanted = {name: size for name, size in source.resources.items() if request.selector(name)}
    if request.selector(METADATA_FILE) and METADATA_FILE not in wanted:
        wanted[METADATA_FILE] = 0  # not all that checkpoints hold is reported
    if not wanted:
        raise errors.ArgumentError(f"no file of checkpoint {source.uuid} matches the patterns")
    return wanted


def _is_done(source: Source, target: pathlib.Path, request: Request, place: Place) -> bool:
    """Return whether somebody else has done it meanwhile."""
    if request.replace:
        return place.waited and _target.is_known_as(target, source.uuid)
    return _target.holds(target, source.identity())


def _fetch_into_target(
    source: Source, target: pathlib.Path, request: Request, wanted: Mapping[str, Any], place: Place
) -> None:
    total = sum(int(size) for size in wanted.values())
    with byte_progress(total, f"checkpoint {source.uuid}", request.progress) as progress:
        files = _fetch_all_there_is(_Job(source, request, wanted, progress), place.folder / source.uuid)
    is_whole = request.selector is None
    if not (files / METADATA_FILE).exists() and (is_whole or METADATA_FILE in wanted):
        write_metadata(files / METADATA_FILE, source.metadata)
    if is_whole:
        _target.remember(files, source.uuid)
    else:
        _target.write_choice(files, source.uuid)
    if request.replace:
        replace_target(files, target, place.folder / "replaced")
    else:
        move_into_place(files, target)
    if is_whole:
        (target / CHOICE_FILE).unlink(missing_ok=True)


def _keep_or_clear(place: Place, uuid: str) -> None:
    """Keep what the next download from the storage can go on with."""
    kept = [path for path in place.folder.glob(f"{uuid}/direct-*/**/*") if path.is_file()]
    if kept:
        logger.info("the next download of checkpoint %s goes on with %d files that are whole", uuid, len(kept))
    else:
        place.clear()


def _fetch_all_there_is(job: _Job, place: pathlib.Path) -> pathlib.Path:
    """Fetch the files; a checkpoint that has reported none may have none."""
    try:
        return _fetch(job, place)
    except (errors.NoDirectStorageAccess, errors.ProxiedDownloadFailed, errors.MultipleDownloadsFailed) as error:
        if job.wanted:
            raise
        logger.info("checkpoint %s has no files: %s", job.source.uuid, error)
        files = place / "none"
        files.mkdir(parents=True, exist_ok=True)
        return files


def _fetch(job: _Job, place: pathlib.Path) -> pathlib.Path:
    if job.request.mode is DownloadMode.DIRECT:
        return _fetch_directly(job, place)
    if job.request.mode is DownloadMode.MASTER:
        return _fetch_through_master(job, place)
    try:
        return _fetch_directly(job, place)
    except (errors.NoDirectStorageAccess, errors.CheckpointNotFound) as direct_error:
        if (job.source.storage or {}).get("type") == "azure":
            raise
        uuid = job.source.uuid
        logger.info("no direct access to checkpoint %s (%s); fetching it through the master", uuid, direct_error)
        try:
            return _fetch_through_master(job, place)
        except errors.ProxiedDownloadFailed as master_error:
            raise errors.MultipleDownloadsFailed([direct_error, master_error]) from master_error


def _fetch_directly(job: _Job, place: pathlib.Path) -> pathlib.Path:
    """Fetch from the storage.

    Raises:
        StoredFilesMissing: the storage does not hold all of the files.
        NoDirectStorageAccess: the storage cannot be reached.
    """
    from ... import storage

    source = job.source
    if not source.storage:
        raise errors.NoDirectStorageAccess(f"the master named no storage of checkpoint {source.uuid}")
    problems: List[str] = []
    kind: Type[errors.NoDirectStorageAccess] = errors.NoDirectStorageAccess
    for number, container_path in enumerate(_places_of(source.storage)):
        files = place / f"direct-{number}"
        kept = _keep_whole_files(files, job)
        job.progress.restart(sum(int(job.wanted[name]) for name in kept))
        try:
            manager = storage.build(source.storage, container_path=container_path)
        except (ImportError, TypeError, ValueError) as error:
            # The package for this storage is not installed, or a newer master knows storages that are unknown here.
            raise errors.NoDirectStorageAccess(str(error)) from error
        except errors.NoDirectStorageAccess as error:
            problems.append(str(error))
            continue
        try:
            manager.download(
                source.uuid,
                files,
                lambda path, kept=kept: job.wants(path) and path not in kept,  # type: ignore[misc]
                workers=job.request.workers,
                on_bytes=job.progress.advance,
            )
        except (errors.CheckpointNotFound, FileNotFoundError) as error:
            kind = errors.StoredFilesMissing
            problems.append(str(error))
            continue
        except (errors.NoDirectStorageAccess, PermissionError) as error:
            problems.append(str(error))
            continue
        files.mkdir(parents=True, exist_ok=True)
        faults = job.faults_in(files)
        if not faults:
            return files
        kind = errors.StoredFilesMissing
        problems.append(f"not all of its files are there: {_first(faults)}")
    raise kind(
        f"checkpoint {source.uuid} cannot be read from its storage of type {source.storage.get('type')!r}: "
        + "; ".join(problems)
    )


def _keep_whole_files(files: pathlib.Path, job: _Job) -> Set[str]:
    """Return the files that an earlier download has left whole, and remove what else it has left."""
    kept: Set[str] = set()
    for path in files.rglob("*"):
        name = path.relative_to(files).as_posix()
        if name in job.wanted and name != METADATA_FILE and size_of(files, name) == int(job.wanted[name]):
            kept.add(name)
        elif not path.is_dir():
            path.unlink()
    return kept


def _places_of(storage: Mapping[str, Any]) -> List[Optional[str]]:
    """Return the roots at which a shared file system may be found here."""
    return [None, SHARED_FS_CONTAINER_PATH] if storage.get("type") == "shared_fs" else [None]


def _fetch_through_master(job: _Job, place: pathlib.Path) -> pathlib.Path:
    """Fetch an archive that the master makes.

    Raises:
        ProxiedDownloadFailed: the master cannot send it, or the archive is cut, damaged or unsafe.
    """
    uuid = job.source.uuid
    # An archive comes from its beginning: what an earlier one has left is of no use.
    files = place / "master"
    shutil.rmtree(files, ignore_errors=True)
    files.mkdir(parents=True)
    job.progress.restart()
    until = None
    if job.request.selector is not None:
        until = {name for name in job.wanted if not name.endswith("/")}
    try:
        with plain.open_checkpoint_archive(job.source.session, uuid) as stream:
            unpack(stream, files, job.progress.advance, job.request.selector and job.wants, until)
    except BadRequestException as error:
        text = f"the master cannot send checkpoint {uuid}: {error}"
        raise caused(errors.ProxiedDownloadFailed, text, error) from error
    except (tarfile.TarError, EOFError, OSError, zlib.error, UnsafeMember) as error:
        # requests' and gzip's own errors are OSErrors.
        text = f"the archive of checkpoint {uuid} is unusable: {error}"
        if isinstance(error, OSError) and error.errno in _NO_ROOM:
            text = f"checkpoint {uuid} cannot be written to {place}: {os.strerror(error.errno or 0)}"
        raise caused(errors.ProxiedDownloadFailed, text, error) from error
    faults = job.faults_in(files)
    if faults:
        raise errors.ProxiedDownloadFailed(f"the archive of checkpoint {uuid} is not whole: {_first(faults)}")
    return files


def _first(faults: List[str], count: int = 5) -> str:
    more = f" and {len(faults) - count} more" if len(faults) > count else ""
    return ", ".join(faults[:count]) + more
