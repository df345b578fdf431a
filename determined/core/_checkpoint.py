"""Storing checkpoints, telling the master about them, and getting them back."""

from __future__ import annotations

import contextlib
import datetime
import enum
import errno
import json
import logging
import os
import pathlib
import tempfile
import uuid
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple, TypeVar

from determined import errors
from determined.common.api import errors as api_errors
from determined.common.api.endpoints import checkpoints as checkpoints_api
from determined.common.api.wire.enums import CheckpointState
from determined.common.storage import Selector, StorageManager
from determined.common.storage._tree import check_readable, draft_beside, naming
from determined.common.storage.base import Resources, StrPath, list_directory, select

from ._distributed import DistributedContext, agree
from ._encode import encode_dict
from ._patience import call_patiently, report_patiently
from ._shards import merge_files, merge_metadata

if TYPE_CHECKING:
    from determined.common.api._session import BaseSession
    from determined.common.api.wire.checkpoints import Checkpoint

logger = logging.getLogger("determined.core")

T = TypeVar("T")

METADATA_FILE = "metadata.json"


class DownloadMode(enum.Enum):
    """Who fetches a checkpoint on a machine with several ranks.

    Attributes:
        LocalWorkersShareDownload: the machine's first rank fetches it for all; all of them must call.
        NoSharedDownload: each rank that calls fetches it for itself.
    """

    LocalWorkersShareDownload = "LOCAL_WORKERS_SHARE_DOWNLOAD"
    NoSharedDownload = "NO_SHARED_DOWNLOAD"


class CheckpointReporter(NamedTuple):
    """How checkpoints of a trial are reported to the master.

    Attributes:
        session: the connection.
        task_id: the trial's task.
        allocation_id: its allocation; None if no master started it.
        storage_id: the master's number for the storage, if it has one.
    """

    session: BaseSession
    task_id: str
    allocation_id: Optional[str]
    storage_id: Optional[int]

    def report(self, checkpoint_uuid: str, resources: Resources, metadata: Dict[str, Any]) -> None:
        """Report a stored checkpoint; outlasts a master that is away.

        Raises:
            APIException: the master refused it.
            MasterNotFoundException: the master stayed away.
        """
        body: Checkpoint = {
            "uuid": checkpoint_uuid,
            "taskId": self.task_id,
            "metadata": metadata,
            "resources": {path: str(size) for path, size in resources.items()},
            "state": CheckpointState.COMPLETED,
            "training": {},
            "reportTime": datetime.datetime.now(datetime.timezone.utc).isoformat(),
        }
        if self.allocation_id is not None:
            body["allocationId"] = self.allocation_id
        if self.storage_id is not None:
            body["storageId"] = self.storage_id
        report_patiently(
            lambda: checkpoints_api.report_checkpoint(self.session, body),
            # The master takes each UUID once, and nobody else has this one.
            lambda error: self._is_known(checkpoint_uuid),
        )

    def metadata_of(self, checkpoint_uuid: str) -> Dict[str, Any]:
        """Return a checkpoint's metadata.

        Raises:
            NotFoundException: the master knows no such checkpoint.
        """
        return (
            call_patiently(lambda: checkpoints_api.get_checkpoint(self.session, checkpoint_uuid)).get("metadata") or {}
        )

    def report_deleted(self, checkpoint_uuid: str) -> None:
        """Report that no file of a checkpoint is left."""
        call_patiently(
            lambda: checkpoints_api.patch_checkpoints(
                self.session, {"checkpoints": [{"uuid": checkpoint_uuid, "resources": {"resources": {}}}]}
            )
        )

    def _is_known(self, checkpoint_uuid: str) -> bool:
        try:
            call_patiently(lambda: checkpoints_api.get_checkpoint(self.session, checkpoint_uuid))
        except api_errors.NotFoundException:
            return False
        return True


class CheckpointContext:
    """Stores and restores checkpoints; ``core_context.checkpoint``.

    A checkpoint is a directory with an id and metadata; on a cluster the metadata must hold ``steps_completed``.
    Without ``shard`` only the chief stores; with it, all ranks call together, and the checkpoint is the union of what
    each of them has.
    """

    def __init__(
        self,
        dist: DistributedContext,
        storage_manager: StorageManager,
        reporter: Optional[CheckpointReporter],
        on_reported: Optional[Callable[[], None]] = None,
    ) -> None:
        self._distributed = dist
        self._storage = storage_manager
        self._reporter = reporter
        self._on_reported = on_reported

    # --- storing ----------------------------------------------------------------------------------------------------

    def upload(
        self,
        ckpt_dir: Optional[StrPath],
        metadata: Optional[Dict[str, Any]] = None,
        *,
        shard: bool = False,
        selector: Optional[Selector] = None,
    ) -> str:
        """Store a directory as a checkpoint and report it.

        Parameters:
            ckpt_dir: the directory. With ``shard``, None for a rank that has nothing to add.
            metadata: about the checkpoint: what JSON can hold. It is written into the checkpoint and, where that may
                be written to, into the (chief's) directory, as ``metadata.json``. With ``shard``, the ranks' metadata
                is merged and must not contradict. Defaults to none.
            shard: all ranks call and add their directories. Ranks that name the same one are represented by the
                lowest of them.
            selector: says which files of this rank to store, given their paths relative to the directory;
                directories end with "/". Defaults to all.

        Returns:
            The checkpoint's id.

        Raises:
            RuntimeError: a rank other than the chief calls without ``shard``; there is no directory at all; ranks
                have different files of one name, or metadata that contradicts; or another rank failed.
            FileNotFoundError, NotADirectoryError: the directory is missing, or a file.
            TypeError: the metadata holds what JSON cannot.
            ValueError: this is a cluster, and ``steps_completed`` is missing.
            APIException: the master refused the report.
            MasterNotFoundException: the master stayed away.
            NoDirectStorageAccess: the storage cannot be reached.
        """
        if shard:
            return self._upload_sharded(ckpt_dir, metadata, selector)
        self._require_chief("upload")
        if ckpt_dir is None:
            raise RuntimeError("upload needs a directory; only ranks of a sharded upload may have none")
        checked = self._check_metadata(metadata)
        folder = _check_directory(ckpt_dir)
        storage_id = str(uuid.uuid4())
        files = list_directory(folder)
        resources = {path: files[path] for path in select(files, selector) if path != METADATA_FILE}
        with self._whole_or_nothing(storage_id):
            self._storage.upload(folder, storage_id, list(resources))
        self._finish_upload(folder, storage_id, resources, checked)
        return storage_id

    @contextlib.contextmanager
    def store_path(
        self, metadata: Optional[Dict[str, Any]] = None, *, shard: bool = False
    ) -> Iterator[Tuple[pathlib.Path, str]]:
        """Give a directory to write a checkpoint to; when the block ends, store and report it.

        On a file system the directory is the checkpoint itself, and stays. Elsewhere it is a temporary copy. If the
        block raises, nothing is stored and the directory is removed; a checkpoint whose writing was cut cannot be read.

        Parameters:
            metadata: see `upload`. The block may still add to it.
            shard: all ranks call; what they write is one checkpoint. On a shared file system they get the same
                directory.

        Yields:
            The directory, whose name is the checkpoint's id, and the id.

        Raises:
            RuntimeError, TypeError, ValueError, APIException, MasterNotFoundException, NoDirectStorageAccess: as
                `upload` does.
        """
        if shard:
            with self._store_path_sharded(metadata) as found:
                yield found
            return
        self._require_chief("store_path")
        _require_json(metadata)
        if metadata is None:
            # Nothing can be added to it any more.
            self._check_metadata(None)
        storage_id = str(uuid.uuid4())
        with self._storage.store_path(storage_id) as path:
            yield path, storage_id
            checked = self._check_metadata(metadata)
            _write_metadata(path, checked)
            resources = _list_in_place(path)
        self._report(storage_id, resources, checked)

    # --- getting back -----------------------------------------------------------------------------------------------

    def download(
        self,
        storage_id: str,
        ckpt_dir: StrPath,
        download_mode: DownloadMode = DownloadMode.LocalWorkersShareDownload,
        *,
        selector: Optional[Selector] = None,
    ) -> None:
        """Fetch a checkpoint into a directory, which is made if there is something to fetch.

        Parameters:
            storage_id: the checkpoint's id.
            ckpt_dir: the directory; the same for all ranks that share a download.
            download_mode: see `DownloadMode`.
            selector: says which files to fetch. A file is fetched if any of the ranks that share wants it.

        Raises:
            CheckpointNotFound: there is no such checkpoint.
        """
        mode = DownloadMode(download_mode)
        if mode is DownloadMode.NoSharedDownload or self._distributed.local_size == 1:
            self._storage.download(storage_id, ckpt_dir, selector)
            return
        chosen = self._choose_locally(storage_id, selector)
        self._from_first(lambda: self._storage.download(storage_id, ckpt_dir, chosen))

    @contextlib.contextmanager
    def restore_path(
        self,
        storage_id: str,
        download_mode: DownloadMode = DownloadMode.LocalWorkersShareDownload,
        *,
        selector: Optional[Selector] = None,
    ) -> Iterator[pathlib.Path]:
        """Give a directory with a checkpoint's files, to be read within the block only.

        Parameters:
            storage_id: the checkpoint's id.
            download_mode: see `DownloadMode`. Ranks that share leave the block together.
            selector: says which files to fetch; has no effect where files can be read in place.

        Raises:
            CheckpointNotFound: there is no such checkpoint.
        """
        mode = DownloadMode(download_mode)
        in_place = self._storage.store_path_is_direct_access()
        if in_place or mode is DownloadMode.NoSharedDownload or self._distributed.local_size == 1:
            with self._storage.restore_path(storage_id, selector) as path:
                yield path
            return
        chosen = self._choose_locally(storage_id, selector)
        with contextlib.ExitStack() as stack:
            path = self._from_first(lambda: stack.enter_context(self._storage.restore_path(storage_id, chosen)))
            try:
                yield path
            finally:
                # The first rank removes the files; it must not while another still reads them.
                self._distributed.allgather_local(None)

    def get_metadata(self, storage_id: str) -> Dict[str, Any]:
        """Return a checkpoint's metadata as the master has it; empty if it has none.

        Parameters:
            storage_id: the checkpoint's id.

        Raises:
            NotFoundException: the master knows no such checkpoint.
        """
        if self._reporter is not None:
            return self._reporter.metadata_of(storage_id)
        with tempfile.TemporaryDirectory(prefix="determined-") as folder:
            self._storage.download(storage_id, folder, lambda path: path == METADATA_FILE)
            file = pathlib.Path(folder, METADATA_FILE)
            metadata: Dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.exists() else {}
        return metadata

    def delete(self, storage_id: str) -> None:
        """Delete a checkpoint from its storage, and tell the master.

        Parameters:
            storage_id: the checkpoint's id.
        """
        self._storage.delete(storage_id)
        if self._reporter is not None:
            self._reporter.report_deleted(storage_id)

    # --- one rank ---------------------------------------------------------------------------------------------------

    def _require_chief(self, name: str) -> None:
        if self._distributed.rank != 0:
            raise RuntimeError(f"{name} without shard=True must be called by the chief (rank 0) only")

    def _check_metadata(self, metadata: Optional[Mapping[str, Any]]) -> Dict[str, Any]:
        """Return metadata that can be stored and reported."""
        checked = _require_json(metadata)
        text = "the metadata of a checkpoint must have an integer steps_completed, such as {'steps_completed': 100}"
        if "steps_completed" not in checked and self._reporter is not None:
            raise ValueError(text)
        steps = checked.get("steps_completed")
        if not isinstance(steps, int) or isinstance(steps, bool):
            logger.warning("on a cluster, %s", text)
        return checked

    def _finish_upload(
        self, folder: Optional[pathlib.Path], storage_id: str, resources: Resources, metadata: Dict[str, Any]
    ) -> None:
        # Last, so that a checkpoint with this file has all others.
        with self._whole_or_nothing(storage_id), contextlib.ExitStack() as stack:
            written = folder is not None and _try_to_write_metadata(folder, metadata)
            if folder is None or not written:
                folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="determined-")))
                _write_metadata(folder, metadata)
            size = (folder / METADATA_FILE).stat().st_size
            self._storage.upload(folder, storage_id, [METADATA_FILE])
        self._report(storage_id, {**resources, METADATA_FILE: size}, metadata)

    @contextlib.contextmanager
    def _whole_or_nothing(self, storage_id: str) -> Iterator[None]:
        """If the block raises, let the chief remove what is stored of a checkpoint that nobody has heard of."""
        try:
            yield
        except BaseException:
            if self._distributed.rank == 0:
                try:
                    self._storage.delete(storage_id)
                except Exception as e:  # a storage may fail in any way of its library; what failed first is raised
                    logger.warning("what was stored of checkpoint %s could not be removed: %s", storage_id, e)
            raise

    def _report(self, storage_id: str, resources: Resources, metadata: Dict[str, Any]) -> None:
        if self._reporter is None:
            logger.info("stored checkpoint %s", storage_id)
            return
        self._reporter.report(storage_id, resources, encode_dict(metadata))
        logger.info("reported checkpoint %s to the master", storage_id)
        if self._on_reported is not None:
            self._on_reported()

    # --- all ranks --------------------------------------------------------------------------------------------------

    def _upload_sharded(
        self, ckpt_dir: Optional[StrPath], metadata: Optional[Mapping[str, Any]], selector: Optional[Selector]
    ) -> str:
        folder, files, merged = self._agree_on_shards(ckpt_dir, metadata, selector)
        storage_id: str = self._distributed.broadcast(str(uuid.uuid4()))
        mine, resources = self._agree_on_files(folder, files)
        problem = None
        try:
            if folder is not None and mine:
                self._storage.upload(folder, storage_id, mine)
        except Exception as e:  # whatever it is, the other ranks must hear of it rather than wait
            logger.exception("rank %d could not store its part of checkpoint %s", self._distributed.rank, storage_id)
            problem = f"its part of the checkpoint could not be stored: {type(e).__name__}: {e}"
        with self._whole_or_nothing(storage_id):
            agree(self._distributed, problem, RuntimeError)
        # The directory of the chief itself, also where a lower rank answers for its files.
        own = None if ckpt_dir is None else pathlib.Path(ckpt_dir)
        self._on_chief(lambda: self._finish_upload(own, storage_id, resources, merged))
        return storage_id

    def _agree_on_shards(
        self, ckpt_dir: Optional[StrPath], metadata: Optional[Mapping[str, Any]], selector: Optional[Selector]
    ) -> Tuple[Optional[pathlib.Path], Resources, Dict[str, Any]]:
        """Check all ranks' arguments; return the directory this rank answers for, its files, and all metadata."""
        folder: Optional[pathlib.Path] = None
        own: Dict[str, Any] = {}
        files: Resources = {}
        with self._shared_fate():
            own = _require_json(metadata)
            if ckpt_dir is not None:
                folder = _check_directory(ckpt_dir)
                found = list_directory(folder)
                files = {path: found[path] for path in select(found, selector) if path != METADATA_FILE}
            elif selector is not None:
                raise RuntimeError("a selector needs a directory to select from")
        # Inodes name a directory within one machine only.
        identity = None if folder is None or selector is not None else (self._distributed.cross_rank, *_inode(folder))
        others = self._distributed.allgather((folder is None, identity))
        if all(has_none for has_none, _ in others):
            raise RuntimeError("no rank of the sharded upload has a directory")
        merged = self._merge_metadata(own)
        if identity is not None and [who for _, who in others].index(identity) != self._distributed.rank:
            return None, {}, merged
        return folder, files, merged

    def _agree_on_files(self, folder: Optional[pathlib.Path], files: Resources) -> Tuple[List[str], Resources]:
        """Return which files this rank stores, and all files of the checkpoint."""
        plan = merge_files(self._distributed.allgather(files))
        digests = {path: _digest(folder / path) for path in plan.shared if folder is not None and path in files}
        conflicts = plan.find_conflicts(self._distributed.allgather(digests))
        if conflicts:
            raise RuntimeError("the ranks' parts of the checkpoint contradict: " + "; ".join(conflicts))
        return plan.owned_by(self._distributed.rank), plan.resources

    def _merge_metadata(self, own: Dict[str, Any]) -> Dict[str, Any]:
        merged, conflicts = merge_metadata(self._distributed.allgather(own))
        if conflicts:
            if self._distributed.rank == 0:
                for path, ranks in sorted(conflicts.items()):
                    logger.error("metadata %s differs between ranks %s", path, ranks)
            listed = ", ".join(f"{path} (ranks {ranks})" for path, ranks in sorted(conflicts.items()))
            raise RuntimeError(f"the ranks' metadata of the checkpoint contradicts: {listed}")
        return self._check_metadata(merged)

    @contextlib.contextmanager
    def _store_path_sharded(self, metadata: Optional[Mapping[str, Any]]) -> Iterator[Tuple[pathlib.Path, str]]:
        with self._shared_fate():
            _require_json(metadata)
        storage_id: str = self._distributed.broadcast(str(uuid.uuid4()))
        path = self._storage.pre_store_path(storage_id)
        try:
            with self._shared_fate():
                yield path, storage_id
                own = _require_json(metadata)
            merged = self._merge_metadata(own)
            if self._storage.store_path_is_direct_access():
                self._on_chief(lambda: self._finish_in_place(storage_id, path, merged))
            else:
                self._store_copies(storage_id, path, merged)
        except BaseException:
            # However it ended, half a checkpoint is of no use; what is whole already stays.
            self._storage.abort_store_path(path, storage_id)
            raise

    def _finish_in_place(self, storage_id: str, path: pathlib.Path, metadata: Dict[str, Any]) -> None:
        _write_metadata(path, metadata)
        resources = _list_in_place(path)
        self._storage.post_store_path(path, storage_id)
        self._report(storage_id, resources, metadata)

    def _store_copies(self, storage_id: str, folder: pathlib.Path, merged: Dict[str, Any]) -> None:
        """Store what each rank has written to a directory of its own, as a sharded upload."""
        files = {path: size for path, size in list_directory(folder).items() if path != METADATA_FILE}
        mine, resources = self._agree_on_files(folder, files)
        with self._whole_or_nothing(storage_id), self._shared_fate():
            self._storage.upload(folder, storage_id, mine)
        self._on_chief(lambda: self._finish_upload(None, storage_id, resources, merged))
        self._storage.abort_store_path(folder, storage_id)

    @contextlib.contextmanager
    def _shared_fate(self) -> Iterator[None]:
        """Raise on all ranks if the block raises on any of them."""
        try:
            yield
        except Exception as e:  # whatever it is, the other ranks must hear of it rather than wait
            self._distributed.allgather(f"{type(e).__name__}: {e}")
            raise
        agree(self._distributed, None, RuntimeError)

    def _on_chief(self, work: Callable[[], None]) -> None:
        """Let the chief do something; raise on all ranks if it fails."""
        error: Optional[Exception] = None
        if self._distributed.rank == 0:
            try:
                work()
            except Exception as e:  # the others wait for the chief's word
                error = e
        problem = self._distributed.broadcast(None if error is None else f"{type(error).__name__}: {error}")
        if error is not None:
            raise error
        if problem is not None:
            raise RuntimeError(f"the chief could not finish the checkpoint: {problem}")

    # --- ranks of one machine ---------------------------------------------------------------------------------------

    def _choose_locally(self, storage_id: str, selector: Optional[Selector]) -> Optional[Selector]:
        """Return a selector of what any rank of the machine wants; None for all."""
        if not all(self._distributed.allgather_local(selector is not None)):
            return None
        listed = self._from_first(lambda: list(self._storage.list_files(storage_id)))
        wanted: List[str] = []
        error: Optional[Exception] = None
        try:
            wanted = select(listed, selector)
        except Exception as e:  # the user's selector failed; the other ranks must hear of it rather than wait
            error = e
        found = self._distributed.allgather_local(
            (wanted, None if error is None else f"{type(error).__name__}: {error}")
        )
        if error is not None:
            raise error
        problems = [problem for _, problem in found if problem is not None]
        if problems:
            raise RuntimeError(f"the selector of another rank failed: {'; '.join(problems)}")
        return {path for paths, _ in found for path in paths}.__contains__

    def _from_first(self, work: Callable[[], T]) -> T:
        """Let the machine's first rank do something; return its result on all, or raise on all."""
        error: Optional[Exception] = None
        outcome: Any = None
        if self._distributed.local_rank == 0:
            try:
                outcome = (work(), None)
            except Exception as e:  # the machine's other ranks wait for the word of its first
                error = e
                outcome = (None, _describe(e))
        result, problem = self._distributed.broadcast_local(outcome)
        if error is not None:
            raise error
        if problem is not None:
            raise _revive(problem)
        shared: T = result
        return shared


class DummyCheckpointContext(CheckpointContext):
    """Stores checkpoints without a master to report them to."""

    def __init__(self, dist: DistributedContext, storage_manager: StorageManager) -> None:
        super().__init__(dist, storage_manager, None)


def _check_directory(ckpt_dir: StrPath) -> pathlib.Path:
    text = os.fspath(ckpt_dir)
    for code, is_so in ((errno.ENOENT, not os.path.exists(text)), (errno.ENOTDIR, not os.path.isdir(text))):
        if is_so:
            raise OSError(code, os.strerror(code), text)
    return pathlib.Path(text)


def _require_json(metadata: Optional[Mapping[str, Any]]) -> Dict[str, Any]:
    """Return metadata as a dict of its own.

    Raises:
        TypeError: it is no mapping, or holds what JSON cannot.
    """
    if not isinstance(metadata, (Mapping, type(None))):
        raise TypeError(f"the metadata of a checkpoint must be a dict, not {type(metadata).__name__}")
    found = dict(metadata or {})
    json.dumps(found)
    return found


def _try_to_write_metadata(folder: pathlib.Path, metadata: Mapping[str, Any]) -> bool:
    try:
        _write_metadata(folder, metadata)
    except OSError as e:
        # A directory that may only be read can be stored all the same.
        logger.debug("%s is not written into %s: %s", METADATA_FILE, folder, e)
        return False
    return True


def _write_metadata(folder: pathlib.Path, metadata: Mapping[str, Any]) -> None:
    target = str(folder / METADATA_FILE)
    draft = draft_beside(target)
    try:
        with naming(target), open(draft, "x", encoding="utf-8") as file:
            json.dump(metadata, file, indent=2)
        os.replace(draft, target)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(draft)
        raise


def _list_in_place(folder: pathlib.Path) -> Resources:
    """Return what of a folder is stored, which nobody has read yet."""
    resources = list_directory(folder)
    check_readable(folder, resources)
    return resources


def _inode(folder: pathlib.Path) -> Tuple[int, int]:
    found = folder.stat()
    return found.st_dev, found.st_ino


def _digest(path: pathlib.Path) -> str:
    import hashlib

    digest = hashlib.sha256()
    with path.open("rb") as f:
        for piece in iter(lambda: f.read(1 << 20), b""):
            digest.update(piece)
    return digest.hexdigest()


def _describe(error: Exception) -> Tuple[bool, str]:
    return isinstance(error, errors.CheckpointNotFound), f"{type(error).__name__}: {error}"


def _revive(problem: Tuple[bool, str]) -> Exception:
    is_missing, text = problem
    if is_missing:
        return errors.CheckpointNotFound(text)
    return RuntimeError(f"the machine's first rank could not fetch the checkpoint: {text}")
