"""Storage of type ``shared_fs``: a directory that every machine of the cluster has mounted."""

from __future__ import annotations

import os
import posixpath
from typing import Any, Mapping, Optional

from ._file_system import FileSystemStorage
from .base import InvalidStorage, check_options


class SharedFSStorageManager(FileSystemStorage):
    """Stores below a directory.

    Parameters:
        base_path: the directory, as this process sees it.

    Raises:
        InvalidStorage: the path is empty or no text.
    """

    def __init__(self, base_path: str) -> None:
        super().__init__(base_path)

    @classmethod
    def from_config(cls, config: Mapping[str, Any], container_path: Optional[str] = None) -> SharedFSStorageManager:
        """Make the manager of a configuration; checkpoints lie in ``<host_path>/<storage_path>``.

        Parameters:
            config: ``host_path``, an absolute path; ``storage_path``, relative to it or an absolute path inside of
                it, by default the host path itself.
            container_path: where this process sees the host path. Defaults to the same path.

        Raises:
            InvalidStorage: the host path is missing or not absolute, the storage path lies outside of it, or there
                are unknown keys.
        """
        known = ["storage_path", "checkpoint_path", "container_path", "propagation"]
        check_options("shared_fs", config, ["host_path"], known)
        # The older name of storage_path was checkpoint_path.
        storage_path = config.get("storage_path") or config.get("checkpoint_path")
        return cls(locate(config["host_path"], storage_path, container_path or config.get("container_path")))


def locate(host_path: str, storage_path: Optional[str], container_path: Optional[str] = None) -> str:
    """Return the directory that holds the checkpoints, as this process sees it.

    Raises:
        InvalidStorage: ``host_path`` is not absolute, or ``storage_path`` lies outside of it.
    """
    if not posixpath.isabs(host_path):
        raise InvalidStorage(f"host_path {host_path!r} must be an absolute path")
    host = posixpath.normpath(host_path)
    # Joining with an absolute path gives that path.
    full = posixpath.normpath(posixpath.join(host, storage_path or ""))
    inside = posixpath.relpath(full, host)
    if inside == ".." or inside.startswith("../"):
        raise InvalidStorage(f"storage_path {storage_path!r} must lie in host_path {host_path!r}")
    return os.path.normpath(os.path.join(container_path or host, inside))
