"""Storing the files of a trial's TensorBoard directory."""

from __future__ import annotations

import concurrent.futures
import logging
import os
import pathlib
import stat
import tempfile
import threading
import time
from typing import Any, Callable, Dict, List, Mapping, Optional, Union

from determined.common import storage, task_env

logger = logging.getLogger("determined.tensorboard")

FileSelector = Callable[[pathlib.Path], bool]
Mangler = Callable[[pathlib.Path, int], pathlib.Path]

_LEAST_SECONDS_APART = 1.0


def get_base_path(checkpoint_config: Optional[Mapping[str, Any]] = None) -> pathlib.Path:
    """Return the directory that this process's TensorBoard files are written to.

    Parameters:
        checkpoint_config: the storage's configuration; ``base_path`` in it is where the directory lies. Defaults to
            the directory for temporary files.
    """
    base = (checkpoint_config or {}).get("base_path") or tempfile.gettempdir()
    allocation = task_env.read(task_env.ALLOCATION_ID) or "local"
    # Processes of a horovod job write to directories of their own.
    return pathlib.Path(base, f"tensorboard-{allocation}-{os.environ.get('HOROVOD_RANK', '0')}")


def get_storage_path(cluster_id: str, experiment_id: Union[int, str], trial_id: Union[int, str]) -> str:
    """Return where in its storage the TensorBoard files of a trial lie."""
    return f"{cluster_id}/tensorboard/experiment/{experiment_id}/trial/{trial_id}"


def build(
    cluster_id: str,
    experiment_id: Union[int, str],
    trial_id: Union[int, str, None],
    checkpoint_config: Union[str, Mapping[str, Any]],
    container_path: Optional[str] = None,
    async_upload: bool = True,
    sync_on_close: bool = True,
) -> TensorboardManager:
    """Make the manager of a trial's TensorBoard files.

    Parameters:
        cluster_id: the cluster.
        experiment_id: the experiment.
        trial_id: the trial; None for the experiment as a whole, such as to delete its files.
        checkpoint_config: the configuration of the storage, or a path or URL that stands for one.
        container_path: where this process sees the ``host_path`` of a shared file system.
        async_upload: store in a thread.
        sync_on_close: store once more when closing.

    Raises:
        TypeError: the configuration has no type, or one that is unknown.
    """
    config = storage.parse_shorthand(checkpoint_config) if isinstance(checkpoint_config, str) else checkpoint_config
    kind = config.get("type")
    if kind not in ("shared_fs", "directory", "s3", "gcs", "azure"):
        raise TypeError(f"TensorBoard files cannot be stored in a storage of type {kind!r}")
    place = get_storage_path(cluster_id, experiment_id, "" if trial_id is None else trial_id).rstrip("/")
    if trial_id is None:
        place = place.rpartition("/trial")[0]
    return TensorboardManager(
        get_base_path(config), storage.build(config, container_path), place, async_upload, sync_on_close
    )


class TensorboardManager:
    """Stores what changes in a directory.

    Attributes:
        base_path: the directory.
    """

    def __init__(
        self,
        base_path: pathlib.Path,
        manager: storage.StorageManager,
        storage_path: str,
        async_upload: bool = True,
        sync_on_close: bool = True,
    ) -> None:
        self.base_path = base_path
        self._storage = manager
        self._storage_path = storage_path
        self._sync_on_close = sync_on_close
        self._executor = (
            concurrent.futures.ThreadPoolExecutor(1, thread_name_prefix="tensorboard") if async_upload else None
        )
        self._last_sync = 0.0
        # What has been stored, with its time of change then; several threads may sync.
        self._stored: Dict[pathlib.Path, int] = {}
        self._lock = threading.Lock()
        self._process = os.getpid()

    def start(self) -> None:
        """Make the directory."""
        self.base_path.mkdir(parents=True, exist_ok=True)

    def list_tb_files(self, since: float = 0.0, selector: FileSelector = lambda _: True) -> List[pathlib.Path]:
        """Return the files of the directory that have been changed.

        Parameters:
            since: seconds since 1970.
            selector: says of a path relative to the directory whether it is wanted. Defaults to all.
        """
        found = []
        for path in sorted(self.base_path.rglob("*")):
            try:
                status = path.stat()
            except OSError:
                continue  # a link that leads nowhere, or a file that has just been removed
            if stat.S_ISREG(status.st_mode) and status.st_mtime > since and selector(path.relative_to(self.base_path)):
                found.append(path)
        return found

    def sync(self, selector: FileSelector = lambda _: True, mangler: Mangler = lambda p, __: p, rank: int = 0) -> None:
        """Store what has changed since it was stored last; at most once a second, else nothing is done.

        Parameters:
            selector: says of a path relative to the directory whether to store it.
            mangler: given such a path and the rank, returns the path to store it under.
            rank: of this process.
        """
        if self._process != os.getpid():
            # A forked process has none of its parent's threads, and a lock may be held there for ever.
            self._process, self._executor, self._lock = os.getpid(), None, threading.Lock()
        now = time.monotonic()
        if now - self._last_sync < _LEAST_SECONDS_APART:
            return
        self._last_sync = now
        if self._executor is None:
            self._sync(selector, mangler, rank)
        else:
            self._executor.submit(self._sync, selector, mangler, rank)

    def sync_now(
        self, selector: FileSelector = lambda _: True, mangler: Mangler = lambda p, __: p, rank: int = 0
    ) -> None:
        """Store what has changed since it was stored last, and wait until it is.

        Parameters:
            selector: see `sync`.
            mangler: see `sync`.
            rank: of this process.
        """
        if self._executor is None:
            self._sync(selector, mangler, rank)
        else:
            self._executor.submit(self._sync, selector, mangler, rank).result()

    def close(self) -> None:
        """Store what is left to store, and end. Safe to call twice."""
        if self._executor is not None:
            self._executor.shutdown(wait=True)
            self._executor = None
        if self._sync_on_close:
            self._sync(lambda _: True, lambda p, __: p, 0)

    def delete(self) -> None:
        """Delete all that is stored."""
        self._storage.delete(self._storage_path)

    def _sync(self, selector: FileSelector, mangler: Mangler, rank: int) -> None:
        try:
            with self._lock:
                self._store_changed(selector, mangler, rank)
        except Exception:  # curves that are not stored must not end a training
            logger.exception("TensorBoard files could not be stored")

    def _store_changed(self, selector: FileSelector, mangler: Mangler, rank: int) -> None:
        changed: Dict[pathlib.Path, int] = {}
        for path in self.list_tb_files(0.0, selector):
            try:
                when = path.stat().st_mtime_ns
            except OSError:
                continue  # it has just been removed
            if self._stored.get(path) == when:
                continue
            if _is_utf8(path):
                changed[path] = when
            else:
                self._stored[path] = when
                logger.warning("%s is not stored: its name is no UTF-8", os.fsencode(path))
        if not changed:
            return
        # Links under the names to store under, as the names in the directory may be others.
        with tempfile.TemporaryDirectory(prefix="determined-") as folder:
            names = []
            for path in changed:
                name = mangler(path.relative_to(self.base_path), rank)
                link = pathlib.Path(folder, name)
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(path.resolve())
                names.append(name.as_posix())
            self._storage.upload(folder, self._storage_path, names)
        self._stored.update(changed)


def _is_utf8(path: pathlib.Path) -> bool:
    try:
        str(path).encode()
    except UnicodeEncodeError:
        return False
    return True
