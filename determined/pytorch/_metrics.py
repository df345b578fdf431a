"""Metrics of batches: made plain, averaged over ranks and batches."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping

import numpy
import torch

from determined.common.check import CheckFailedError
from determined.errors import ArgumentError


class MetricNamesChanged(CheckFailedError, ValueError):
    """Batches that are reported together have metrics of different names."""


class NoMetrics(ArgumentError):
    """A batch gave something that is no dict of metrics."""


def check_training_metrics(returned: Any) -> Dict[str, Any]:
    """Return the metrics of a training batch; a tensor alone is the loss.

    Raises:
        NoMetrics: it is neither a dict nor a tensor.
    """
    if isinstance(returned, torch.Tensor):
        returned = {"loss": returned}
    if not isinstance(returned, dict):
        raise NoMetrics(
            f"train_batch must return a dict of metrics, or the loss as a tensor, not {type(returned).__name__}"
        )
    return {name: to_plain(value) for name, value in returned.items()}


def check_validation_metrics(returned: Any, method: str = "evaluate_batch") -> Dict[str, Any]:
    """Return the metrics of a validation batch.

    Raises:
        NoMetrics: it is no dict.
    """
    if not isinstance(returned, dict):
        raise NoMetrics(f"{method} must return a dict of metrics, not {type(returned).__name__}")
    return {name: to_plain(value) for name, value in returned.items()}


def to_plain(value: Any) -> Any:
    """Return a tensor as an array in the memory of the host; other things as they are."""
    if not isinstance(value, torch.Tensor):
        return value
    host = value.detach().cpu()
    # NumPy has no such type.
    return (host.float() if host.dtype is torch.bfloat16 else host).numpy()


def check_names(batches: List[Dict[str, Any]]) -> None:
    """Check that all batches have metrics of the same names.

    Raises:
        MetricNamesChanged: they have not.
    """
    for batch in batches:
        if set(batch) != set(batches[0]):
            raise MetricNamesChanged(
                f"all batches must have metrics of the same names, but one has {sorted(map(str, batches[0]))} and"
                f" another {sorted(map(str, batch))}"
            )


def average_batches(batches: List[Dict[str, Any]]) -> Dict[str, Any]:
    """Return the average of each metric over batches; None for what is no number."""
    check_names(batches)
    return {name: average([batch[name] for batch in batches]) for name in (batches[0] if batches else ())}


def average_ranks(ranks: List[List[Dict[str, Any]]]) -> List[Dict[str, Any]]:
    """Return the metrics of each batch, averaged over the ranks.

    Parameters:
        ranks: the metrics of each batch, of each rank.
    """
    if len(ranks) == 1:
        return ranks[0]
    return [average_batches([batch for batch in batches if batch]) for batches in zip(*ranks)]


def average(values: List[Any]) -> Any:
    """Return the average of numbers and of all elements of arrays as a number; None if they are no numbers."""
    if any(isinstance(value, (str, bytes, Mapping)) for value in values):
        return None
    try:
        means = [_mean(value) for value in values]
    except (TypeError, ValueError):
        return None
    return numpy.mean(means).item() if means else None


def _mean(value: Any) -> Any:
    if value is None:
        return float("nan")
    array = numpy.asarray(value)
    if array.dtype == object:
        array = array.astype(float)
    return numpy.mean(array) if array.size else float("nan")


def is_scalar(value: Any) -> bool:
    """Return whether a metric is one real number."""
    if isinstance(value, (bool, numpy.bool_)):
        return False
    if isinstance(value, (int, float, numpy.integer, numpy.floating)):
        return True
    return isinstance(value, numpy.ndarray) and value.ndim == 0 and value.dtype.kind in "fiu"
