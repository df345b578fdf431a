"""What writes metrics for TensorBoard, and under which names."""

from __future__ import annotations

import abc
import time
from typing import Any, List, Mapping, Optional


class MetricWriter(abc.ABC):
    """Writes numbers into TensorBoard files."""

    @abc.abstractmethod
    def add_scalar(self, name: str, value: float, step: int) -> None:
        """Write a value of a series.

        Parameters:
            name: of the series.
            value: the number.
            step: where in the series.
        """

    @abc.abstractmethod
    def reset(self) -> None:
        """Close the file; the next value begins another."""

    @abc.abstractmethod
    def flush(self) -> None:
        """Write what is buffered to the file."""


class BatchMetricWriter:
    """Writes the reports of a training.

    Files of object storage cannot be added to, so a new file is begun whenever the second has changed; within one
    second, files would have equal names.
    """

    def __init__(self, writer: MetricWriter) -> None:
        self._writer = writer
        self._second = 0

    def on_train_step_end(
        self,
        steps_completed: int,
        metrics: Mapping[str, Any],
        batch_metrics: Optional[List[Mapping[str, Any]]] = None,
    ) -> None:
        """Write training metrics.

        Parameters:
            steps_completed: how many steps have been trained.
            metrics: the report.
            batch_metrics: of each batch since the last report.
        """
        batches = batch_metrics or []
        seen = set()
        for number, batch in enumerate(batches, steps_completed - len(batches)):
            for name, value in batch.items():
                if self._add(f"Determined/{name}", value, number):
                    seen.add(name)
        for name, value in metrics.items():
            if name not in seen:
                self._add(f"Determined/{name}", value, steps_completed)
        self._rotate()

    def on_validation_step_end(self, steps_completed: int, metrics: Mapping[str, Any]) -> None:
        """Write validation metrics.

        Parameters:
            steps_completed: how many steps have been trained.
            metrics: the report.
        """
        for name, value in metrics.items():
            tag = name if name.startswith("val") else f"val_{name}"
            self._add(f"Determined/{tag}", value, steps_completed)
        self._rotate()

    def _add(self, name: str, value: Any, step: int) -> bool:
        number = _as_number(value)
        if number is None:
            return False
        self._writer.add_scalar(name, number, step)
        return True

    def _rotate(self) -> None:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._writer.reset()
        else:
            self._writer.flush()


def _as_number(value: Any) -> Optional[float]:
    """Return the number that a value is, arrays of one number included; None if it is none."""
    if isinstance(value, (int, float)):
        return float(value)
    item = getattr(value, "item", None)
    if not callable(item) or getattr(value, "size", 1) == 0:
        return None
    try:
        return float(item())
    except (TypeError, ValueError, RuntimeError):
        # More than one element, or none that is a number.
        return None
