"""Lengths and periods of a training."""

from __future__ import annotations

from typing import Any, Container, Mapping, Optional, Union

from determined.errors import ArgumentError


class TrainUnit:
    """A length or a period, in one of the units `Batch` and `Epoch`.

    Parameters:
        value: a number: every so many; or a container of numbers (list, tuple, set, range): at each of these steps,
            counted from 1.

    Attributes:
        value: as it was given.
    """

    def __init__(self, value: Union[int, Container[int]]) -> None:
        self.value = value

    def should_stop(self, step_num: int) -> bool:
        """Return whether something is due after so many steps.

        Parameters:
            step_num: how many steps are done.

        Raises:
            ArgumentError: the value is neither a number nor a container.
        """
        if isinstance(self.value, int):
            return self.value < 1 or (step_num != 0 and step_num % self.value == 0)
        if isinstance(self.value, Container):
            return step_num in self.value
        raise ArgumentError(f"{self!r}: the value must be an int or a container of ints")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.value == getattr(other, "value", None)

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.value!r})"


class Batch(TrainUnit):
    """Batches. With several processes, a step of all of them together counts as one."""


class Epoch(TrainUnit):
    """Passes over the training data."""


def unit_from_config(length: Any, global_batch_size: Optional[int] = None) -> Optional[TrainUnit]:
    """Return a length of an experiment's configuration; None if it is missing or less than one.

    Parameters:
        length: such as ``{"batches": 100}``, ``{"epochs": 2}``, ``{"records": 6400}``, or a number of batches.
        global_batch_size: how many records a batch has; needed for ``records``.

    Raises:
        ValueError: it has no unit that is known, several, or is in records and the batch size is not known.
    """
    if length is None:
        return None
    if isinstance(length, int):
        return Batch(length) if length > 0 else None
    if not isinstance(length, Mapping):
        raise ValueError(f"{length!r} is no length: write {{'batches': 100}}, in batches, epochs or records")
    given = {unit: value for unit, value in length.items() if value is not None}
    if len(given) != 1 or not set(given) <= {"batches", "epochs", "records"}:
        raise ValueError(f"{length!r} is no length: it needs exactly one of batches, epochs and records")
    [(unit, value)] = given.items()
    if value < 1:
        return None
    if unit == "epochs":
        return Epoch(value)
    if unit == "batches":
        return Batch(value)
    if not global_batch_size:
        raise ValueError("a length in records needs the hyperparameter global_batch_size")
    return Batch(max(1, value // global_batch_size))
