"""The master's one door to the files of checkpoints."""

from __future__ import annotations

import os
from typing import IO, Any, Dict, Mapping, Union

from determined.common import storage
from determined.common.storage import _tree


def build(config: Mapping[str, Any]) -> storage.StorageManager:
    """Make the storage manager of a ``checkpoint_storage`` configuration, as this machine sees it.

    Raises:
        TypeError, ValueError: the configuration is none of a known storage.
        ImportError: its type needs a package that is not installed.
    """
    return storage.build(config)


def list_files(root: Union[str, "os.PathLike[str]"]) -> Dict[str, int]:
    """Return the files of a checkpoint in a folder, by their path in it with slashes, and their sizes in bytes.

    Raises:
        OSError: the folder is not there or cannot be read.
    """
    listed = _tree.list_directory(root, is_stored=True)
    return {path: size for path, size in listed.items() if not path.endswith("/")}


def open_file(path: str) -> IO[bytes]:
    """Open a file of a checkpoint to read it, unbuffered. It never waits, whatever has taken the file's place.

    Raises:
        OSError: it is not there, cannot be read, or is no file.
    """
    return os.fdopen(_tree.open_file(path), "rb", buffering=0)
