"""Metrics on their way to the master and to TensorBoard."""

from __future__ import annotations

import importlib.util
import logging
import pathlib
from typing import TYPE_CHECKING, Any, Dict, List, Optional

from determined.core._train import EarlyExitReason
from determined.tensorboard import get_rank_aware_path
from determined.tensorboard.metric_writers import BatchMetricWriter, MetricWriter

if TYPE_CHECKING:
    from ._pytorch_context import PyTorchTrialContext

logger = logging.getLogger("determined.pytorch")


class Reports:
    """Reports the metrics of a training; of the chief, if there are several processes.

    Parameters:
        context: the trial's.
    """

    def __init__(self, context: PyTorchTrialContext) -> None:
        self._context = context
        self._core = context._core
        self._is_chief = context.distributed.rank == 0
        self._writer: Optional[BatchMetricWriter] = None

    def say(self, status: str) -> None:
        """Show what the training is doing."""
        if self._is_chief:
            self._core.train.set_status(status)

    def report_invalid_hp(self) -> None:
        """Report that the hyperparameters make no sense."""
        if self._is_chief:
            self._core.train.report_early_exit(EarlyExitReason.INVALID_HP)

    def report_progress(self, progress: float) -> None:
        """Report how much is trained, from 0 to 1."""
        if self._is_chief:
            self._core.train.report_progress(progress)

    def report_training(self, batches: int, metrics: Dict[str, Any], batch_metrics: List[Dict[str, Any]]) -> None:
        """Report training metrics."""
        if not self._is_chief:
            return
        writer = self._open()
        if writer is not None:
            writer.on_train_step_end(batches, metrics, list(batch_metrics))
        self._core.train.report_training_metrics(batches, metrics, batch_metrics)

    def report_validation(self, batches: int, metrics: Dict[str, Any]) -> None:
        """Report validation metrics."""
        if not self._is_chief:
            return
        writer = self._open()
        if writer is not None:
            writer.on_validation_step_end(batches, metrics)
        self._core.train.report_validation_metrics(batches, metrics)

    def store(self, *, at_once: bool = False) -> None:
        """Store TensorBoard files that have changed.

        Parameters:
            at_once: even if some were stored a moment ago.
        """
        # The ranks of a machine share a directory: one of them stores it.
        if not self._context.get_enable_tensorboard_logging() or self._context.distributed.local_rank != 0:
            return
        if at_once:
            if self._context._tbd_writer is not None:
                self._context._tbd_writer.flush()
            manager = self._core._tensorboard
            if manager is not None:
                manager.sync_now(self._is_wanted, get_rank_aware_path, self._context.distributed.rank)
            return
        self._core.train.upload_tensorboard_files(self._is_wanted, get_rank_aware_path)

    def _is_wanted(self, path: pathlib.Path) -> bool:
        return self._is_chief or "tfevents" not in path.name

    def _open(self) -> Optional[BatchMetricWriter]:
        if not self._context.get_enable_tensorboard_logging() or not _has_tensorboard():
            return None
        if self._writer is None:
            self._writer = BatchMetricWriter(_ContextWriter(self._context))
        return self._writer


class _ContextWriter(MetricWriter):
    """Writes with the writer that users have, too."""

    def __init__(self, context: PyTorchTrialContext) -> None:
        self._context = context

    def add_scalar(self, name: str, value: float, step: int) -> None:
        self._context.get_tensorboard_writer().add_scalar(name, value, step)

    def reset(self) -> None:
        # A closed writer opens another file when it is used again.
        self._context.get_tensorboard_writer().close()

    def flush(self) -> None:
        self._context.get_tensorboard_writer().flush()


def _has_tensorboard() -> bool:
    return importlib.util.find_spec("tensorboard") is not None
