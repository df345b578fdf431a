"""Making one metric of the metrics of many batches and ranks."""

from __future__ import annotations

import abc
import enum
import itertools
import logging
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple, Union

import numpy

from determined import errors
from determined.errors import ArgumentError

logger = logging.getLogger("determined.pytorch")


class Reducer(enum.Enum):
    """How the results of `PyTorchTrial.evaluate_batch` become one.

    Attributes:
        AVG: the average over all batches.
        SUM: the sum.
        MAX: the largest.
        MIN: the smallest.
    """

    AVG = 1
    SUM = 2
    MAX = 3
    MIN = 4


class MetricReducer(abc.ABC):
    """Computes a metric in a way of its own; pass it to `PyTorchTrialContext.wrap_reducer`.

    Training code gives it values, by methods of its own, such as ``update``. When metrics are reported, each rank sums
    up what it has seen with `per_slot_reduce`, and `cross_slot_reduce` makes the metric of these.
    """

    @abc.abstractmethod
    def reset(self) -> None:
        """Forget all values. Called before each part of a training and each validation."""

    @abc.abstractmethod
    def per_slot_reduce(self) -> Any:
        """Return what this rank has seen; it must be possible to pickle it."""

    @abc.abstractmethod
    def cross_slot_reduce(self, per_slot_metrics: List[Any]) -> Any:
        """Return the metric; a dict of several if the reducer was wrapped without a name. Called on all ranks.

        Parameters:
            per_slot_metrics: what `per_slot_reduce` has returned on each rank.
        """


class FunctionReducer(MetricReducer):
    """Collects values and gives all of them, of all ranks, to a function.

    Parameters:
        function: given the list of values; one of each rank in turn, which is the order of the dataset if there is
            one value for each batch.
    """

    def __init__(self, function: Callable[[List[Any]], Any]) -> None:
        self._function = function
        self._values: List[Any] = []

    def reset(self) -> None:
        self._values = []

    def update(self, value: Any) -> None:
        """Add a value.

        Parameters:
            value: it must be possible to pickle it.
        """
        self._values.append(value)

    def per_slot_reduce(self) -> Any:
        return self._values

    def cross_slot_reduce(self, per_slot_metrics: List[Any]) -> Any:
        missing = object()
        turns = itertools.zip_longest(*per_slot_metrics, fillvalue=missing)
        return self._function([value for turn in turns for value in turn if value is not missing])


class _Wrapped:
    def __init__(self, reducer: MetricReducer, name: Optional[str], for_training: bool, for_validation: bool) -> None:
        self.reducer = reducer
        self.name = name
        self.for_training = for_training
        self.for_validation = for_validation

    def describe(self) -> str:
        what = getattr(self.reducer, "_function", self.reducer)
        return f"the reducer {self.name or what!r}"

    def reduce_slot(self) -> Any:
        try:
            return self.reducer.per_slot_reduce()
        except Exception as e:  # user code: whatever it is, the name of the reducer helps to find it
            raise ValueError(f"{self.describe()} failed in per_slot_reduce: {type(e).__name__}: {e}") from e

    def reduce_all(self, per_slot: List[Any]) -> Dict[str, Any]:
        try:
            found = self.reducer.cross_slot_reduce(per_slot)
        except Exception as e:  # as above
            raise ValueError(f"{self.describe()} failed in cross_slot_reduce: {type(e).__name__}: {e}") from e
        if self.name is None:
            if not isinstance(found, dict):
                raise ArgumentError(
                    f"{self.describe()} was wrapped without a name, so it must return a dict, not"
                    f" {type(found).__name__}"
                )
            return found
        if isinstance(found, dict):
            raise ArgumentError(f"{self.describe()} was wrapped with a name, so it must return one metric, not a dict")
        return {self.name: found}


class ReducerContext:
    """Keeps the reducers of a training.

    Parameters:
        allgather: collects an object of each rank.
    """

    def __init__(self, allgather: Callable[[Any], List[Any]]) -> None:
        self._allgather = allgather
        self._reducers: List[_Wrapped] = []

    def wrap_reducer(
        self,
        reducer: Union[MetricReducer, Callable[[List[Any]], Any]],
        name: Optional[str] = None,
        for_training: bool = True,
        for_validation: bool = True,
    ) -> Any:
        """Have a metric computed by a reducer, and reported with the others.

        Parameters:
            reducer: a `MetricReducer`, or a function that makes the metric of the list of all values.
            name: of the metric. Without one the reducer returns a dict of metrics.
            for_training: report it with training metrics.
            for_validation: report it with validation metrics.

        Returns:
            The reducer; for a function an object with ``update(value)``.

        Raises:
            AssertionError: it is no reducer, or was wrapped before.
        """
        if isinstance(reducer, MetricReducer):
            wrapped: MetricReducer = reducer
        elif callable(reducer):
            wrapped = FunctionReducer(reducer)
        else:
            raise ArgumentError(f"wrap_reducer takes a MetricReducer or a function, not {reducer!r}")
        if any(known.reducer is wrapped for known in self._reducers):
            raise ArgumentError(f"the reducer {reducer!r} was wrapped before")
        self._reducers.append(_Wrapped(wrapped, name, for_training, for_validation))
        return wrapped

    def reset_reducers(self) -> None:
        """Let all reducers forget their values. The trainer does this."""
        for wrapped in self._reducers:
            wrapped.reducer.reset()

    def reduce_metrics(self, for_training: bool) -> Dict[str, Any]:
        """Return the metrics of the reducers; all ranks must call. The trainer does this.

        Parameters:
            for_training: those of training, or those of validation.

        Raises:
            ValueError: a reducer failed.
            AssertionError: a reducer with a name has returned a dict, or one without a name has not.
        """
        chosen = [w for w in self._reducers if (w.for_training if for_training else w.for_validation)]
        if not chosen:
            return {}
        ranks = self._allgather([wrapped.reduce_slot() for wrapped in chosen])
        metrics: Dict[str, Any] = {}
        for wrapped, per_slot in zip(chosen, zip(*ranks)):
            metrics.update(wrapped.reduce_all(list(per_slot)))
        return metrics


def prepare_reducers(reducers: Any, names: List[str]) -> Dict[str, Reducer]:
    """Return the reducer of each metric.

    Parameters:
        reducers: from `PyTorchTrial.evaluation_reducer`.
        names: of the metrics.

    Raises:
        InvalidExperimentException: it is neither a `Reducer` nor a dict with one for each metric.
    """
    if isinstance(reducers, Reducer):
        return dict.fromkeys(names, reducers)
    if not isinstance(reducers, Mapping) or not all(isinstance(r, Reducer) for r in reducers.values()):
        raise errors.InvalidExperimentException(
            f"evaluation_reducer must return a Reducer or a dict of them, not {reducers!r}"
        )
    if set(reducers) != set(names):
        raise errors.InvalidExperimentException(
            f"evaluation_reducer names the metrics {sorted(map(str, reducers))}, but evaluate_batch returns"
            f" {sorted(map(str, names))}"
        )
    return dict(reducers)


def reduce_batches(reducer: Reducer, values: List[Any]) -> Any:
    """Return one number for the values of a rank's batches; arrays count with all their elements."""
    return _REDUCTIONS[reducer](numpy.array(values))


def reduce_ranks(reducer: Reducer, reduced: List[Tuple[Any, int]]) -> Any:
    """Return one number for those of the ranks.

    Parameters:
        reducer: how.
        reduced: of each rank that had batches, its number and how many batches it stands for.
    """
    numbers = [number for number, _ in reduced]
    if reducer is Reducer.AVG:
        return numpy.average(numbers, weights=[count for _, count in reduced])
    return _REDUCTIONS[reducer](numpy.array(numbers))


_REDUCTIONS: Dict[Reducer, Callable[[Any], Any]] = {
    Reducer.AVG: numpy.mean,
    Reducer.SUM: numpy.sum,
    Reducer.MAX: numpy.max,
    Reducer.MIN: numpy.min,
}
