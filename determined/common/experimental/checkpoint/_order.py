"""In which order checkpoints are listed, and what makes one the best."""

from __future__ import annotations

import enum
import itertools
from typing import TYPE_CHECKING, Any, Callable, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Union

from .... import errors
from ...api.wire import enums as wire
from .._enums import CheckpointSortBy, OrderBy, to_wire
from ._checkpoint import Checkpoint

if TYPE_CHECKING:
    from ...api._session import BaseSession

Fetch = Callable[["CheckpointOrder", int], Iterator[Mapping[str, Any]]]

# What stands in place of a metric that has no value; on the wire, NaN is a text.
_NO_VALUE = (None, "NaN")

# Checkpoints without a value may come before those that are wanted, so that pages are not as small as what is wanted.
_PAGE_SIZE = 100


def page_size(max_results: Optional[int]) -> int:
    """Return how many checkpoints to fetch at once when so many are wanted; 0 is all of them."""
    return max(_PAGE_SIZE, max_results) if max_results else 0


class CheckpointOrder(NamedTuple):
    """An order of checkpoints.

    Attributes:
        attribute: what to sort by, unless by a metric.
        metric: the validation metric to sort by; checkpoints without it come last.
        direction: None leaves it to the master: best first.
    """

    attribute: Optional[CheckpointSortBy]
    metric: Optional[str]
    direction: Optional[OrderBy]

    @classmethod
    def of(
        cls, sort_by: Optional[Union[str, CheckpointSortBy]], order_by: Optional[OrderBy]
    ) -> Optional[CheckpointOrder]:
        """Return the order that the caller asks for; None when they leave it open.

        Raises:
            ArgumentError: only one of `sort_by` and `order_by` is given, or one is of another type.
        """
        if (sort_by is None) != (order_by is None):
            raise errors.ArgumentError("give both sort_by and order_by, or neither for the best checkpoints first")
        if sort_by is None:
            return None
        to_wire(wire.OrderBy, order_by, "order_by")
        if isinstance(sort_by, CheckpointSortBy):
            return cls(sort_by, None, order_by)
        check_metric_name(sort_by)
        return cls(None, sort_by, order_by)

    @classmethod
    def best_by(cls, metric: str, smaller_is_better: bool) -> CheckpointOrder:
        """Return the order that puts the best checkpoint by a validation metric first."""
        return cls(None, metric, OrderBy.ASCENDING if smaller_is_better else OrderBy.DESCENDING)

    @classmethod
    def best_by_searcher(cls) -> CheckpointOrder:
        """Return the order that leaves it to the master to put the best by the searcher's metric first."""
        return cls(CheckpointSortBy.SEARCHER_METRIC, None, None)

    def query(self, *, completed_only: bool = True) -> Any:
        """Return the query that asks for checkpoints in this order."""
        return {
            "sortByAttr": to_wire(wire.CheckpointSortBy, self.attribute, "sort_by"),
            "sortByMetric": self.metric,
            "orderBy": to_wire(wire.OrderBy, self.direction, "order_by"),
            "states": [wire.CheckpointState.COMPLETED] if completed_only else None,
        }

    def has_value(self, data: Mapping[str, Any]) -> bool:
        """Return whether a checkpoint, as the master gave it, has a value to sort by; NaN is none."""
        training = data.get("training") or {}
        if self.metric is not None:
            metrics = (training.get("validationMetrics") or {}).get("avgMetrics") or {}
            return metrics.get(self.metric) not in _NO_VALUE
        if self.attribute is CheckpointSortBy.SEARCHER_METRIC:
            return training.get("searcherMetric") not in _NO_VALUE
        return True


def check_metric_name(name: Any) -> None:
    """Raise ArgumentError unless a caller gives the name of a metric to sort by."""
    if not isinstance(name, str) or isinstance(name, enum.Enum):
        raise errors.ArgumentError(f"sort_by must be a CheckpointSortBy or the name of a metric, not {name!r}")
    if not name:
        raise errors.ArgumentError("sort_by is empty: give the name of a metric")


def iterate_sorted(
    session: BaseSession,
    found: Iterable[Mapping[str, Any]],
    order: CheckpointOrder,
    max_results: Optional[int] = None,
    *,
    only_with_metric: bool = False,
    one_per_trial: bool = False,
) -> Iterator[Checkpoint]:
    """Iterate over checkpoints from an answer that is in `order`, those without a value moved to the end.

    The master puts checkpoints without the metric first or last, as the direction and the endpoint have it.

    Parameters:
        session: the session that the checkpoints will use.
        found: the checkpoints as the master gave them; read only as far as needed.
        order: the order that was asked for.
        max_results: return so many at most.
        only_with_metric: leave out those without a value to sort by.
        one_per_trial: keep only the first of each trial.

    Raises:
        ArgumentError: `max_results` is negative.
    """
    if max_results is not None and max_results < 0:
        raise errors.ArgumentError(f"max_results must not be negative: {max_results}")
    chosen = _values_first(found, order, keep_rest=not only_with_metric)
    if one_per_trial:
        chosen = _first_of_each_trial(chosen)
    return (Checkpoint._from_wire(session, data) for data in itertools.islice(chosen, max_results))


def iterate_best(
    session: BaseSession,
    fetch: Fetch,
    size: int,
    max_results: Optional[int] = None,
    *,
    only_with_metric: bool = False,
) -> Iterator[Checkpoint]:
    """Iterate over a trial's checkpoints, the best by the searcher's metric first.

    Which direction is better stands in the checkpoints themselves. One request is enough where smaller is better, or
    where all checkpoints fit into a page.

    Parameters:
        session: the session that the checkpoints will use.
        fetch: asks the master for checkpoints in an order, in pages of a size.
        size: the size of a page; 0 is all at once.
        max_results: return so many at most.
        only_with_metric: leave out those without a value.

    Raises:
        ArgumentError: `max_results` is negative.
    """
    ascending = CheckpointOrder(CheckpointSortBy.SEARCHER_METRIC, None, OrderBy.ASCENDING)
    descending = ascending._replace(direction=OrderBy.DESCENDING)
    rows = fetch(ascending, size)
    first = list(itertools.islice(rows, size or None))
    if not first or _is_smaller_better(first[0]):
        found: Iterable[Mapping[str, Any]] = itertools.chain(first, rows)
    elif size and len(first) == size:
        found = fetch(descending, size)
    else:
        found = reversed(first)
    yield from iterate_sorted(session, found, ascending, max_results, only_with_metric=only_with_metric)


def _is_smaller_better(data: Mapping[str, Any]) -> bool:
    config = (data.get("training") or {}).get("experimentConfig") or {}
    return bool((config.get("searcher") or {}).get("smaller_is_better", True))


def _values_first(
    found: Iterable[Mapping[str, Any]], order: CheckpointOrder, keep_rest: bool
) -> Iterator[Mapping[str, Any]]:
    rest: List[Mapping[str, Any]] = []
    for data in found:
        if order.has_value(data):
            yield data
        elif keep_rest:
            rest.append(data)
    yield from rest


def _first_of_each_trial(found: Iterable[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    seen: "set[Any]" = set()
    for data in found:
        trial = (data.get("training") or {}).get("trialId")
        if trial not in seen:
            seen.add(trial)
            yield data
