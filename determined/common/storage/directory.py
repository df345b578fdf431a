"""Storage of type ``directory``: a directory as this process sees it."""

from __future__ import annotations

from typing import Any, Mapping, Optional

from .base import check_options
from .shared import SharedFSStorageManager


class DirectoryStorageManager(SharedFSStorageManager):
    """Stores below a directory.

    Parameters:
        base_path: the directory's path.

    Raises:
        InvalidStorage: the path is empty or no text.
    """

    @classmethod
    def from_config(cls, config: Mapping[str, Any], container_path: Optional[str] = None) -> DirectoryStorageManager:
        check_options("directory", config, ["container_path"], [])
        return cls(config["container_path"])
