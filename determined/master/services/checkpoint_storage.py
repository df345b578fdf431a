"""The master's one door to the files of checkpoints."""

from __future__ import annotations

from typing import Any, Mapping

from determined.common import storage


def build(config: Mapping[str, Any]) -> storage.StorageManager:
    """Make the storage manager of a ``checkpoint_storage`` configuration, as this machine sees it.

    Raises:
        TypeError, ValueError: the configuration is none of a known storage.
        ImportError: its type needs a package that is not installed.
    """
    return storage.build(config)
