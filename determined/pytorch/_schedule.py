"""When to report, validate, store a checkpoint and end; nothing but arithmetic."""

from __future__ import annotations

import enum
from typing import List, NamedTuple, Optional

from determined.errors import ArgumentError

from ._units import Batch, Epoch, TrainUnit


class Boundary(enum.Enum):
    """What is due; in the order in which it is done.

    Attributes:
        TRAIN: the training has its length.
        VALIDATE: a validation.
        CHECKPOINT: a checkpoint.
        REPORT: a report of training metrics.
    """

    TRAIN = "train"
    VALIDATE = "validate"
    CHECKPOINT = "checkpoint"
    REPORT = "report"


class Position(NamedTuple):
    """How far a training is.

    Attributes:
        batches: that were trained.
        epochs: that were finished.
        ends_epoch: the last batch was the last of an epoch.
    """

    batches: int
    epochs: int
    ends_epoch: bool


class Schedule(NamedTuple):
    """The length of a training, and its periods.

    Attributes:
        max_length: the length.
        validation_period: when to validate; None for never.
        checkpoint_period: when to store a checkpoint; None for never.
        reporting_period: when to report.
        test_mode: end after one batch.
    """

    max_length: TrainUnit
    validation_period: Optional[TrainUnit] = None
    checkpoint_period: Optional[TrainUnit] = None
    reporting_period: Optional[TrainUnit] = None
    test_mode: bool = False

    def list_due(self, position: Position) -> List[Boundary]:
        """Return what is due after a batch."""
        periods = (
            (Boundary.TRAIN, self.max_length),
            (Boundary.VALIDATE, self.validation_period),
            (Boundary.CHECKPOINT, self.checkpoint_period),
            (Boundary.REPORT, self.reporting_period),
        )
        due = [boundary for boundary, period in periods if _is_reached(period, position)]
        if self.test_mode and Boundary.TRAIN not in due:
            due.insert(0, Boundary.TRAIN)
        return due

    def is_over(self, batches: int, epochs: int) -> bool:
        """Return whether nothing is left to train after so many batches and finished epochs."""
        return self._done(batches, epochs) >= self._length()

    def progress(self, batches: int, epochs: int) -> float:
        """Return how much is trained, from 0 to 1."""
        return min(1.0, self._done(batches, epochs) / self._length())

    def _length(self) -> int:
        return check_length(self.max_length)

    def _done(self, batches: int, epochs: int) -> int:
        return epochs if isinstance(self.max_length, Epoch) else batches


def check_length(max_length: object) -> int:
    """Return the number of batches or epochs of a length.

    Raises:
        TypeError: it is neither a `Batch` nor an `Epoch`, or has no number.
    """
    if isinstance(max_length, (Batch, Epoch)) and isinstance(max_length.value, int):
        return max_length.value
    raise ArgumentError(f"max_length must be pytorch.Batch(N) or pytorch.Epoch(N) with a number, not {max_length!r}")


def _is_reached(period: Optional[TrainUnit], position: Position) -> bool:
    if isinstance(period, Batch):
        return period.should_stop(position.batches)
    if isinstance(period, Epoch):
        return position.ends_epoch and period.should_stop(position.epochs)
    return False
