"""Writing metrics with TensorFlow."""

from __future__ import annotations

import pathlib
from typing import Any

from .base import MetricWriter


class TensorFlowWriter(MetricWriter):
    """Writes into a directory.

    Raises:
        ImportError: TensorFlow is not installed.
    """

    def __init__(self, path: pathlib.Path) -> None:
        import tensorflow as tf

        self._tf: Any = tf
        self._path = str(path)
        self._writer: Any = None

    def add_scalar(self, name: str, value: float, step: int) -> None:
        if self._writer is None:
            self._writer = self._tf.summary.create_file_writer(self._path)
        with self._writer.as_default():
            self._tf.summary.scalar(name, value, step)

    def reset(self) -> None:
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def flush(self) -> None:
        if self._writer is not None:
            self._writer.flush()
