"""Where checkpoints lie: a shared file system, a directory, or a bucket of S3, Google Cloud Storage or Azure.

`build` makes the storage manager of a configuration; only the module of its type is imported.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Union
from urllib.parse import urlparse

from determined._lazy import attach

from .base import InvalidStorage, Paths, Selector, StorageManager

if TYPE_CHECKING:
    from .azure import AzureStorageManager as AzureStorageManager
    from .cloud import CloudStorageManager as CloudStorageManager
    from .cloud import normalize_prefix as normalize_prefix
    from .directory import DirectoryStorageManager as DirectoryStorageManager
    from .gcs import GCSStorageManager as GCSStorageManager
    from .s3 import S3StorageManager as S3StorageManager
    from .shared import SharedFSStorageManager as SharedFSStorageManager

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "AzureStorageManager": "determined.common.storage.azure:AzureStorageManager",
        "CloudStorageManager": "determined.common.storage.cloud:CloudStorageManager",
        "DirectoryStorageManager": "determined.common.storage.directory:DirectoryStorageManager",
        "GCSStorageManager": "determined.common.storage.gcs:GCSStorageManager",
        "S3StorageManager": "determined.common.storage.s3:S3StorageManager",
        "SharedFSStorageManager": "determined.common.storage.shared:SharedFSStorageManager",
        "azure": "determined.common.storage.azure",
        "base": "determined.common.storage.base",
        "cloud": "determined.common.storage.cloud",
        "directory": "determined.common.storage.directory",
        "gcs": "determined.common.storage.gcs",
        "normalize_prefix": "determined.common.storage.cloud:normalize_prefix",
        "s3": "determined.common.storage.s3",
        "shared": "determined.common.storage.shared",
    },
)
__all__ += ["InvalidStorage", "Paths", "Selector", "StorageManager", "build", "from_string", "parse_shorthand"]
__all__ += ["validate_config", "validate_manager"]

_MANAGERS = {
    "shared_fs": "SharedFSStorageManager",
    "directory": "DirectoryStorageManager",
    "s3": "S3StorageManager",
    "gcs": "GCSStorageManager",
    "azure": "AzureStorageManager",
}

# What configurations hold beside the storage itself.
_NOT_STORAGE = frozenset(
    (
        "type",
        "save_experiment_best",
        "save_trial_best",
        "save_trial_latest",
        "propagation",
        "tensorboard_path",
        "base_path",
    )
)


def build(config: Mapping[str, Any], container_path: Optional[str] = None) -> StorageManager:
    """Make the storage manager of a ``checkpoint_storage`` configuration.

    Parameters:
        config: ``type`` and the keys of that type; policies (``save_trial_best``, ...) are ignored.
        container_path: where this process sees the ``host_path`` of ``shared_fs``, if elsewhere.

    Raises:
        InvalidStorage: it is no mapping, the type is missing or unknown, or keys are missing, unknown or wrong.
        ImportError: the type needs a package that is not installed; the text names the extra to install.
    """
    if not isinstance(config, Mapping):
        raise InvalidStorage(f"the configuration of a checkpoint storage must be a dict, not {type(config).__name__}")
    kind = config.get("type")
    if not isinstance(kind, str):
        raise InvalidStorage(f"the type of a checkpoint storage must be a string such as 'shared_fs', not {kind!r}")
    if kind not in _MANAGERS:
        raise InvalidStorage(f"{kind!r} is no type of checkpoint storage: choose one of {', '.join(sorted(_MANAGERS))}")
    options = {key: value for key, value in config.items() if key not in _NOT_STORAGE and value is not None}
    manager: StorageManager = __getattr__(_MANAGERS[kind]).from_config(options, container_path)
    return manager


def from_string(shortcut: Union[str, "os.PathLike[str]"]) -> StorageManager:
    """Make the storage manager that a path or URL stands for; a relative path stays one.

    Parameters:
        shortcut: see `parse_shorthand`.

    Raises:
        InvalidStorage: it has none of these forms.
        ImportError: it needs a package that is not installed; the text names the extra to install.
    """
    return build(parse_shorthand(shortcut, absolute=False))


def validate_config(config: Mapping[str, Any], container_path: Optional[str] = None) -> None:
    """Write, read and delete a small file in the storage of a configuration.

    Parameters:
        config: see `build`.
        container_path: see `build`.

    Raises:
        Exception: as `build` and `StorageManager.validate` do.
    """
    build(config, container_path).validate()


def validate_manager(manager: StorageManager) -> None:
    """Write, read and delete a small file in a storage.

    Parameters:
        manager: the storage.

    Raises:
        Exception: as `StorageManager.validate` does.
    """
    manager.validate()


def parse_shorthand(text: Union[str, "os.PathLike[str]"], *, absolute: bool = True) -> Dict[str, Any]:
    """Return the configuration that a path or URL stands for.

    Parameters:
        text: a path or ``file:///path`` (a directory), ``s3://bucket/prefix`` or ``gs://bucket/prefix``.
        absolute: make a relative path absolute. Defaults to True.

    Raises:
        InvalidStorage: it has none of these forms.
    """
    if not isinstance(text, str):
        return _directory(os.fspath(text), absolute)
    url = urlparse(text)
    if not url.scheme or os.path.isabs(text):
        return _directory(text, absolute)
    if url.params or url.query or url.fragment:
        raise InvalidStorage(f"the checkpoint storage {text!r} must be a URL without parameters, query and fragment")
    if url.scheme == "file":
        if url.netloc not in ("", "localhost"):
            raise InvalidStorage(f"the checkpoint storage {text!r} names a host: write file:///path")
        return _directory(url.path, absolute)
    kinds = {"s3": "s3", "gs": "gcs"}
    if url.scheme not in kinds:
        raise InvalidStorage(
            f"the checkpoint storage {text!r} cannot be used: write a path, file://, s3:// or gs://, "
            "or pass a configuration as a dict"
        )
    if not url.netloc:
        raise InvalidStorage(f"the checkpoint storage {text!r} names no bucket: write {url.scheme}://bucket/prefix")
    config: Dict[str, Any] = {"type": kinds[url.scheme], "bucket": url.netloc}
    prefix = url.path.strip("/")
    return {**config, "prefix": prefix} if prefix else config


def _directory(path: str, absolute: bool) -> Dict[str, Any]:
    if not path.strip():
        raise InvalidStorage("the checkpoint storage is an empty path")
    home = os.path.expanduser(path)
    return {"type": "directory", "container_path": os.path.abspath(home) if absolute else home}
