"""Writing metrics with torch."""

from __future__ import annotations

import pathlib
from typing import Any, Optional

from determined._deprecation import renamed

from .._manager import get_base_path
from .base import MetricWriter


class DirectoryWriter(MetricWriter):
    """Writes into a directory.

    Attributes:
        writer: the ``torch.utils.tensorboard.SummaryWriter``.

    Raises:
        ImportError: torch or tensorboard is not installed.
    """

    def __init__(self, path: pathlib.Path) -> None:
        from torch.utils.tensorboard import SummaryWriter

        self.writer: Any = SummaryWriter(log_dir=str(path))

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self.writer.add_scalar(name, value, step)

    def reset(self) -> None:
        # A closed writer opens another file when it is used again.
        self.writer.close()

    def flush(self) -> None:
        self.writer.flush()


class TorchWriter(DirectoryWriter):
    """Writes into this task's TensorBoard directory. Deprecated."""

    def __init__(self, path: Optional[pathlib.Path] = None) -> None:
        renamed("TorchWriter", "PyTorchTrialContext.get_tensorboard_writer()", "0.21.0")
        super().__init__(path or get_base_path())
