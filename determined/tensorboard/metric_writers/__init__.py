"""Writing metrics as TensorBoard files, with whichever library for it is installed."""

from __future__ import annotations

import importlib.util
import logging
import pathlib
from typing import Optional

from .base import BatchMetricWriter, MetricWriter

__all__ = ["BatchMetricWriter", "MetricWriter", "has_writer", "make_writer"]

logger = logging.getLogger("determined.tensorboard")


def has_writer() -> bool:
    """Return whether a library that writes TensorBoard files is installed. It is not imported."""
    return _is_installed("tensorflow") or (_is_installed("torch") and _is_installed("tensorboard"))


def make_writer(path: pathlib.Path) -> Optional[MetricWriter]:
    """Return a writer into a directory; None if no library for it can be imported."""
    try:
        if _is_installed("tensorflow"):
            from .tensorflow import TensorFlowWriter

            return TensorFlowWriter(path)
        if has_writer():
            from .pytorch import DirectoryWriter

            return DirectoryWriter(path)
    except ImportError as e:
        logger.warning("metrics are not written for TensorBoard: %s", e)
    return None


def _is_installed(name: str) -> bool:
    return importlib.util.find_spec(name) is not None
