"""Where checkpoints lie: a shared file system, a directory, or a bucket of S3, Google Cloud Storage or Azure.

`build` makes the storage manager of a configuration; only the module of its type is imported.
"""

from __future__ import annotations

import importlib
import os
from typing import Any, Dict, Mapping, Optional, Union
from urllib.parse import urlparse

from .base import Selector, StorageManager

__all__ = ["Selector", "StorageManager", "build", "parse_shorthand"]

_MODULES = {"shared_fs": "shared_fs", "directory": "directory", "s3": "s3", "gcs": "gcs", "azure": "azure"}

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
        TypeError: the type is missing or not a string.
        ValueError: the type is unknown, or keys are missing, unknown or wrong.
        ImportError: the type needs a package that is not installed; the text names the extra to install.
    """
    kind = config.get("type")
    if not isinstance(kind, str):
        raise TypeError(f"the type of a checkpoint storage must be a string such as 'shared_fs', not {kind!r}")
    if kind not in _MODULES:
        raise ValueError(f"{kind!r} is no type of checkpoint storage: choose one of {', '.join(sorted(_MODULES))}")
    options = {key: value for key, value in config.items() if key not in _NOT_STORAGE and value is not None}
    module = importlib.import_module(f".{_MODULES[kind]}", __name__)
    manager: StorageManager = module.from_options(options, container_path)
    return manager


def parse_shorthand(text: Union[str, "os.PathLike[str]"]) -> Dict[str, Any]:
    """Return the configuration that a path or URL stands for.

    Parameters:
        text: a path or ``file:///path`` (a directory), ``s3://bucket/prefix`` or ``gs://bucket/prefix``.

    Raises:
        ValueError: it has none of these forms.
    """
    if not isinstance(text, str):
        return _directory(os.fspath(text))
    if "://" not in text:
        return _directory(text)
    url = urlparse(text)
    if url.params or url.query or url.fragment:
        raise ValueError(f"the checkpoint storage {text!r} must be a URL without parameters, query and fragment")
    if url.scheme == "file":
        if url.netloc not in ("", "localhost"):
            raise ValueError(f"the checkpoint storage {text!r} names a host: write file:///path")
        return _directory(url.path)
    kinds = {"s3": "s3", "gs": "gcs"}
    if url.scheme not in kinds:
        raise ValueError(
            f"the checkpoint storage {text!r} cannot be used: write a path, file://, s3:// or gs://, "
            "or pass a configuration as a dict"
        )
    if not url.netloc:
        raise ValueError(f"the checkpoint storage {text!r} names no bucket: write {url.scheme}://bucket/prefix")
    config: Dict[str, Any] = {"type": kinds[url.scheme], "bucket": url.netloc}
    prefix = url.path.strip("/")
    return {**config, "prefix": prefix} if prefix else config


def _directory(path: str) -> Dict[str, Any]:
    if not path.strip():
        raise ValueError("the checkpoint storage is an empty path")
    return {"type": "directory", "container_path": os.path.abspath(os.path.expanduser(path))}
