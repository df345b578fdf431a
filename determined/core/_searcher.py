"""The older way to learn how long to train: operations of the searcher. Deprecated."""

from __future__ import annotations

import enum
import logging
import warnings
from typing import TYPE_CHECKING, Any, Iterator, Mapping, Optional, Tuple

if TYPE_CHECKING:
    from ._distributed import DistributedContext
    from ._train import TrainContext

logger = logging.getLogger("determined.core")


class Unit(enum.Enum):
    """What a length counts.

    Attributes:
        EPOCHS: passes over the training data.
        RECORDS: samples.
        BATCHES: batches.
    """

    EPOCHS = "EPOCHS"
    RECORDS = "RECORDS"
    BATCHES = "BATCHES"


class SearcherMode(enum.Enum):
    """Which ranks iterate over operations.

    Attributes:
        WorkersAskChief: all ranks together.
        ChiefOnly: only the chief.
    """

    WorkersAskChief = "WORKERS_ASK_CHIEF"
    ChiefOnly = "CHIEF_ONLY"


class SearcherOperation:
    """One piece of training to do; from `SearcherContext.operations`."""

    def __init__(self, length: int, is_chief: bool, train: Optional[TrainContext]) -> None:
        self._length = length
        self._is_chief = is_chief
        self._train = train
        self._completed = False

    @property
    def length(self) -> int:
        """How far to train, counted from the very beginning of the trial."""
        return self._length

    def report_progress(self, length: float) -> None:
        """Report how far the training has come.

        Parameters:
            length: in the same unit as `length`.

        Raises:
            RuntimeError: this is not the chief, or the operation is completed.
        """
        self._require_chief("report_progress")
        if self._completed:
            raise RuntimeError("report_progress must not be called after report_completed")
        if self._train is not None:
            self._train.report_progress(min(1.0, max(0.0, length / self._length)) if self._length else 1.0)

    def report_completed(self, searcher_metric: Any) -> None:
        """Say that the operation is done.

        Parameters:
            searcher_metric: has no effect; validation metrics are what the searcher sees.

        Raises:
            RuntimeError: this is not the chief, or the operation is completed.
        """
        self._require_chief("report_completed")
        if self._completed:
            raise RuntimeError("report_completed must be called once only")
        self._completed = True

    def _require_chief(self, name: str) -> None:
        if not self._is_chief:
            raise RuntimeError(f"{name} must be called by the chief (rank 0) only")


class SearcherContext:
    """Says how long to train, from ``searcher.max_length`` of the configuration; ``core_context.searcher``.

    Deprecated: the length of a training is an argument of the training code.
    """

    def __init__(
        self, distributed: DistributedContext, searcher: Optional[Mapping[str, Any]], train: Optional[TrainContext]
    ) -> None:
        self._distributed = distributed
        self._searcher = searcher or {}
        self._train = train

    def operations(
        self, searcher_mode: SearcherMode = SearcherMode.WorkersAskChief, auto_ack: bool = True
    ) -> Iterator[SearcherOperation]:
        """Iterate over the pieces of training to do: one, of the length in the configuration.

        Parameters:
            searcher_mode: see `SearcherMode`.
            auto_ack: has no effect.

        Raises:
            ValueError: the configuration has no ``searcher.max_length``.
            RuntimeError: this rank may not call, or the operation was not completed.
        """
        mode = SearcherMode(searcher_mode)
        if mode is SearcherMode.ChiefOnly and self._distributed.rank != 0:
            raise RuntimeError("with SearcherMode.ChiefOnly, only the chief (rank 0) may call operations")
        length = self._length()[1]
        self._warn("operations")
        return self._iterate(length)

    def get_configured_units(self) -> Optional[Unit]:
        """Return the unit of ``searcher.max_length``; None if it has none.

        Raises:
            ValueError: the configuration has no ``searcher.max_length``.
        """
        return self._length()[0]

    def acknowledge_out_of_ops(self) -> None:
        """Do nothing; it is there for older code.

        Raises:
            ValueError: the configuration has no ``searcher.max_length``.
        """
        self._length()

    def _iterate(self, length: int) -> Iterator[SearcherOperation]:
        operation = self._make_operation(length)
        yield operation
        if self._distributed.rank == 0 and not operation._completed:
            raise RuntimeError("the operation ended without report_completed: call it when its training is done")

    def _make_operation(self, length: int) -> SearcherOperation:
        return SearcherOperation(length, self._distributed.rank == 0, self._train)

    def _length(self) -> Tuple[Optional[Unit], int]:
        found = self._searcher.get("max_length")
        if isinstance(found, Mapping):
            for unit in Unit:
                if unit.value.lower() in found:
                    return unit, int(found[unit.value.lower()])
        elif found is not None:
            return None, int(found)
        raise ValueError(
            "core_context.searcher needs searcher.max_length in the experiment's configuration, which has none: "
            "let the training code decide how long to train"
        )

    @staticmethod
    def _warn(name: str) -> None:
        warnings.warn(
            f"core_context.searcher.{name} is deprecated since 0.38.0: the training code decides how long to train",
            FutureWarning,
            stacklevel=3,
        )


class DummySearcherOperation(SearcherOperation):
    """One piece of training, of which no master hears.

    Parameters:
        length: how far to train.
        is_chief: this is rank 0.
    """

    def __init__(self, length: int, is_chief: bool) -> None:
        super().__init__(length, is_chief, None)


class DummySearcherContext(SearcherContext):
    """One operation, of which no master hears.

    Parameters:
        dist: the ranks of the training.
        length: how many epochs. Defaults to 1.
    """

    def __init__(self, dist: DistributedContext, length: int = 1) -> None:
        super().__init__(dist, {"max_length": {"epochs": length}}, None)

    def _make_operation(self, length: int) -> SearcherOperation:
        return DummySearcherOperation(length, self._distributed.rank == 0)


class SearcherContextMissing(SearcherContext):
    """What there is where no length is configured: every method raises ValueError."""

    def __init__(self) -> None:
        from ._distributed import DummyDistributedContext

        super().__init__(DummyDistributedContext(), None, None)
