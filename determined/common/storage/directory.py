"""Storage of type ``directory``: a directory as this process sees it."""

from __future__ import annotations

import os
from typing import Any, Mapping, Optional

from ._file_system import FileSystemStorage
from .base import check_options


class DirectoryStorageManager(FileSystemStorage):
    """Stores below a directory.

    Parameters:
        container_path: the directory's absolute path.

    Raises:
        ValueError: the path is not absolute.
    """

    def __init__(self, container_path: str) -> None:
        if not os.path.isabs(container_path):
            raise ValueError(f"container_path {container_path!r} must be an absolute path")
        super().__init__(container_path)


def from_options(options: Mapping[str, Any], container_path: Optional[str]) -> DirectoryStorageManager:
    """Make the manager of a configuration."""
    check_options("directory", options, ["container_path"], [])
    return DirectoryStorageManager(options["container_path"])
