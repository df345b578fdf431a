"""Reports of a trial written for TensorBoard as well."""

from __future__ import annotations

import enum
import logging
import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional

if TYPE_CHECKING:
    from determined.tensorboard import TensorboardManager
    from determined.tensorboard.metric_writers import BatchMetricWriter

logger = logging.getLogger("determined.core")


class TensorboardMode(enum.Enum):
    """What is done about TensorBoard.

    Attributes:
        AUTO: reports of the chief are written as TensorBoard files and stored, if a library for it is installed.
        MANUAL: nothing; the training writes and stores files itself.
    """

    AUTO = "AUTO"
    MANUAL = "MANUAL"


class MetricsLog:
    """Writes reports for TensorBoard; never in the way of the training."""

    def __init__(self, manager: TensorboardManager) -> None:
        self._manager = manager
        self._writer: Optional[BatchMetricWriter] = None
        self._off = False
        self._process = os.getpid()

    def write(
        self,
        group: str,
        steps_completed: int,
        metrics: Mapping[str, Any],
        batch_metrics: Optional[List[Dict[str, Any]]],
    ) -> None:
        """Write a report of training or validation, and store what is written; other groups are not written."""
        if self._off or group not in ("training", "validation"):
            return
        try:
            writer = self._open()
            if writer is None:
                return
            if group == "training":
                writer.on_train_step_end(steps_completed, metrics, list(batch_metrics or ()))
            else:
                writer.on_validation_step_end(steps_completed, metrics)
            self._manager.sync()
        except Exception as e:  # curves are not worth a training
            logger.warning("metrics are not written for TensorBoard any more: %s", e)
            self._off = True

    def store(self) -> None:
        """Store what is written."""
        if self._writer is not None:
            self._manager.sync()

    def _open(self) -> Optional[BatchMetricWriter]:
        if self._process != os.getpid():
            # The writer's thread has stayed in the process that this one was forked from.
            self._process, self._writer = os.getpid(), None
        if self._writer is None:
            # Here, as the libraries take seconds to import.
            from determined.tensorboard.metric_writers import BatchMetricWriter, make_writer

            writer = make_writer(self._manager.base_path)
            if writer is None:
                self._off = True
                return None
            self._writer = BatchMetricWriter(writer)
        return self._writer
