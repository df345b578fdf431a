"""In which order checkpoints are listed, and what makes one the best."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any, Iterable, Iterator, List, Mapping, NamedTuple, Optional, Union

from ...api.wire.enums import CheckpointSortBy, CheckpointState, OrderBy
from ._checkpoint import Checkpoint

if TYPE_CHECKING:
    from ...api._session import BaseSession


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
            ValueError: only one of `sort_by` and `order_by` is given.
        """
        if (sort_by is None) != (order_by is None):
            raise ValueError("give both sort_by and order_by, or neither for the best checkpoints first")
        if sort_by is None:
            return None
        if isinstance(sort_by, CheckpointSortBy):
            return cls(sort_by, None, order_by)
        return cls(None, sort_by, order_by)

    @classmethod
    def best_by(cls, metric: str, smaller_is_better: bool) -> CheckpointOrder:
        """Return the order that puts the best checkpoint by a validation metric first."""
        return cls(None, metric, OrderBy.ASCENDING if smaller_is_better else OrderBy.DESCENDING)

    @classmethod
    def best_by_searcher(cls) -> CheckpointOrder:
        """Return the order that leaves it to the master to put the best by the searcher's metric first."""
        return cls(CheckpointSortBy.SEARCHER_METRIC, None, None)

    def query(self) -> Any:
        """Return the query that asks for completed checkpoints in this order."""
        return {
            "sortByAttr": self.attribute,
            "sortByMetric": self.metric,
            "orderBy": self.direction,
            "states": [CheckpointState.COMPLETED],
        }

    def has_value(self, data: Mapping[str, Any]) -> bool:
        """Return whether a checkpoint, as the master gave it, has a value to sort by."""
        training = data.get("training") or {}
        if self.metric is not None:
            metrics = (training.get("validationMetrics") or {}).get("avgMetrics") or {}
            return metrics.get(self.metric) is not None
        if self.attribute is CheckpointSortBy.SEARCHER_METRIC:
            return training.get("searcherMetric") is not None
        return True


def hydrate_sorted(
    session: BaseSession,
    found: Iterable[Mapping[str, Any]],
    order: CheckpointOrder,
    max_results: Optional[int] = None,
    *,
    only_with_metric: bool = False,
    one_per_trial: bool = False,
) -> List[Checkpoint]:
    """Return what `iterate_sorted` yields."""
    return list(
        iterate_sorted(
            session, found, order, max_results, only_with_metric=only_with_metric, one_per_trial=one_per_trial
        )
    )


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
        ValueError: `max_results` is negative.
    """
    if max_results is not None and max_results < 0:
        raise ValueError(f"max_results must not be negative: {max_results}")
    chosen = _values_first(found, order, keep_rest=not only_with_metric)
    if one_per_trial:
        chosen = _first_of_each_trial(chosen)
    return (Checkpoint._from_wire(session, data) for data in itertools.islice(chosen, max_results))


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
