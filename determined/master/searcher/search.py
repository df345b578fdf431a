"""One search: told what happens to its trials, it says what to do."""

from __future__ import annotations

import math
import uuid
from typing import Any, Dict, List, Mapping, Optional

from .actions import Action, CreateTrial, Shutdown
from .brackets import plan_brackets
from .methods import AdaptiveMethod, HalvingMethod, Method, PointsMethod, Ruler, SearchError
from .random_state import RandomState
from .sampling import Grid, Hyperparameters, SamplingError, draw_hyperparameters

SearcherConfig = Mapping[str, Any]

_HALVING = ("async_halving", "adaptive_asha")
_LARGEST_SEED = 2**31 - 1
COMPLETED, ERRORED, CANCELED, INVALID_HP = "completed", "errored", "canceled", "invalid_hp"


class Search:
    """The trials of an experiment, as far as its searcher decides about them.

    A search is pure: the same configuration, seed and events give the same actions, whether or not it was saved and
    restored in between. Events of trials that it does not know or that have ended have no effect.
    """

    def __init__(self, searcher: SearcherConfig, hyperparameters: Hyperparameters, source: RandomState) -> None:
        self._hyperparameters = hyperparameters
        self._source = source
        self._method = _method_of(searcher, hyperparameters)
        self._open: Dict[str, float] = {}
        """Progress of every open trial."""
        self._fallen: Dict[str, str] = {}
        """Why every trial ended that ended without being completed."""
        self._created = 0
        self._closed = 0

    @classmethod
    def create(cls, searcher: SearcherConfig, hyperparameters: Hyperparameters, seed: int) -> "Search":
        """Return a search that has not started.

        Parameters:
            searcher: the section of a full configuration.
            hyperparameters: likewise.
            seed: the experiment's seed, 0 to 2**32 - 1.
        """
        return cls(searcher, hyperparameters, RandomState(seed))

    # --- events -----------------------------------------------------------------------------------------------------

    def start(self, most: float = math.inf) -> List[Action]:
        """Return the trials that exist at once; none for a grid without points, which `is_empty` tells.

        Parameters:
            most: at most so many of them. The others come when this is called again, which `to_start` tells. Defaults
                to all.

        Raises:
            SearchError: a hyperparameter has no value.
        """
        return self._method.start(self._make_trial, most)

    @property
    def to_start(self) -> int:
        """How many of the trials that exist at once are not made yet."""
        return self._method.to_start

    @property
    def is_empty(self) -> bool:
        """Whether the search has no trials at all, and so is over as soon as it may run."""
        return self._created == 0

    def trial_validated(self, request_id: str, metrics: Mapping[str, Any]) -> List[Action]:
        """Return what follows from a validation.

        Parameters:
            request_id: the trial.
            metrics: the report's average metrics.

        Raises:
            SearchError: the searcher or time metric is missing or no number, in a search that needs them.
        """
        if request_id not in self._open:
            return []
        return self._method.handle_validation(request_id, metrics, self._make_trial)

    def trial_exited(self, request_id: str, reason: str) -> List[Action]:
        """Return what follows from the end of a trial.

        Parameters:
            request_id: the trial.
            reason: "completed", "errored", "canceled" or "invalid_hp".
        """
        if self._open.pop(request_id, None) is None:
            return []
        self._closed += 1
        if reason != COMPLETED:
            self._fallen[request_id] = reason
        actions = self._method.handle_exit(request_id, reason != COMPLETED, self._make_trial)
        return actions if self._open or self._method.to_start else [*actions, self._shutdown()]

    def _shutdown(self) -> Shutdown:
        reasons = list(self._fallen.values())
        return Shutdown(reasons.count(ERRORED) == self._created, reasons.count(CANCELED) == self._created)

    def reopen(self, request_id: str) -> None:
        """Take up a trial again: it runs once more, from no progress, and its end will count once more.

        Parameters:
            request_id: a trial of this search, whether or not the search was told of its end.
        """
        if request_id not in self._open:
            self._fallen.pop(request_id, None)
            self._closed -= 1
        self._open[request_id] = 0.0

    def set_progress(self, request_id: str, progress: float) -> None:
        """Note how far a trial says it is, 0 to 1."""
        if request_id in self._open:
            self._open[request_id] = progress

    def progress(self) -> float:
        """How far the search is, 0 to 1."""
        mean = (self._closed + sum(self._open.values())) / self._created if self._created else 0.0
        return self._method.progress(mean)

    def _make_trial(self, hparams: Optional[Dict[str, Any]]) -> CreateTrial:
        if hparams is None:
            try:
                hparams = draw_hyperparameters(self._hyperparameters, self._source)
            except SamplingError as error:
                raise SearchError(str(error)) from None
        request_id = str(uuid.UUID(bytes=self._source.draw_bytes(16), version=4))
        seed = self._source.draw_integer(0, _LARGEST_SEED)
        self._open[request_id] = 0.0
        self._created += 1
        return CreateTrial(request_id, hparams, seed)

    # --- saving -----------------------------------------------------------------------------------------------------

    def state(self) -> Dict[str, Any]:
        """Return the search as JSON; the configuration is not part of it."""
        return {
            "seed": self._source.seed,
            "drawn": self._source.drawn,
            "open": dict(self._open),
            "created": self._created,
            "closed": self._closed,
            "fallen": dict(self._fallen),
            "method": self._method.save(),
        }

    @classmethod
    def from_state(
        cls, searcher: SearcherConfig, hyperparameters: Hyperparameters, state: Mapping[str, Any]
    ) -> "Search":
        """Return a search as it was when its `state` was taken.

        Parameters:
            searcher, hyperparameters: the same as it was created with.
            state: from `state`.
        """
        search = cls(searcher, hyperparameters, RandomState(state["seed"], state["drawn"]))
        search._open = dict(state["open"])
        search._fallen = dict(state["fallen"])
        search._created, search._closed = state["created"], state["closed"]
        search._method.load(state["method"])
        return search


def looks_at_validations(name: str) -> bool:
    """Whether searches of a kind follow the trials' validations; the others need not be told of them."""
    return name in _HALVING


def _method_of(searcher: SearcherConfig, hyperparameters: Hyperparameters) -> Method:
    name = searcher["name"]
    if name == "single":
        return PointsMethod(1, 1)
    if name == "random":
        return PointsMethod(searcher["max_trials"], searcher["max_concurrent_trials"])
    if name == "grid":
        grid = Grid(hyperparameters)
        return PointsMethod(grid.size, searcher["max_concurrent_trials"], grid.point)
    if name == "async_halving":
        return _bracket(searcher, searcher["num_rungs"], searcher["max_trials"], searcher["max_concurrent_trials"])
    if name == "adaptive_asha":
        return AdaptiveMethod([_bracket(searcher, *bracket) for bracket in plan_brackets(searcher)])
    raise ValueError(f"there is no searcher {name!r}")


def _bracket(searcher: SearcherConfig, num_rungs: int, max_trials: int, max_concurrent: int) -> HalvingMethod:
    return HalvingMethod(
        Ruler(searcher["metric"], searcher["smaller_is_better"], searcher["time_metric"]),
        num_rungs=num_rungs,
        max_trials=max_trials,
        max_concurrent=max_concurrent,
        divisor=searcher["divisor"],
        max_time=searcher["max_time"],
    )
