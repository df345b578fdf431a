"""Storage of type ``shared_fs``: a directory that every machine of the cluster has mounted."""

from __future__ import annotations

import os
import posixpath
from typing import Any, Mapping, Optional

from ._file_system import FileSystemStorage
from .base import check_options


class SharedFSStorageManager(FileSystemStorage):
    """Stores below ``<host_path>/<storage_path>``.

    Parameters:
        host_path: an absolute path.
        storage_path: relative to ``host_path``, or an absolute path inside of it. Defaults to ``host_path`` itself.
        container_path: where this process sees ``host_path``. Defaults to the same path.

    Raises:
        ValueError: ``host_path`` is not absolute, or ``storage_path`` lies outside of it.
    """

    def __init__(
        self, host_path: str, storage_path: Optional[str] = None, container_path: Optional[str] = None
    ) -> None:
        super().__init__(locate(host_path, storage_path, container_path))


def from_options(options: Mapping[str, Any], container_path: Optional[str]) -> SharedFSStorageManager:
    """Make the manager of a configuration."""
    check_options("shared_fs", options, ["host_path"], ["storage_path", "checkpoint_path", "container_path"])
    # The older name of storage_path was checkpoint_path.
    storage_path = options.get("storage_path") or options.get("checkpoint_path")
    return SharedFSStorageManager(options["host_path"], storage_path, container_path or options.get("container_path"))


def locate(host_path: str, storage_path: Optional[str], container_path: Optional[str] = None) -> str:
    """Return the directory that holds the checkpoints, as this process sees it.

    Raises:
        ValueError: ``host_path`` is not absolute, or ``storage_path`` lies outside of it.
    """
    if not posixpath.isabs(host_path):
        raise ValueError(f"host_path {host_path!r} must be an absolute path")
    host = posixpath.normpath(host_path)
    # Joining with an absolute path gives that path.
    full = posixpath.normpath(posixpath.join(host, storage_path or ""))
    inside = posixpath.relpath(full, host)
    if inside == ".." or inside.startswith("../"):
        raise ValueError(f"storage_path {storage_path!r} must lie in host_path {host_path!r}")
    return os.path.normpath(os.path.join(container_path or host, inside))
