"""The search methods: when a trial is created, and when one is stopped.

A method is told what happens and answers with actions. Hyperparameters, seeds, ids, and which trials are open are the
business of `search.Search`, which hands it a function that makes a trial.
"""

from __future__ import annotations

import bisect
import math
from typing import Any, Callable, Dict, List, Mapping, Optional, Protocol, Sequence

from .actions import Action, CreateTrial, StopTrial

MakeTrial = Callable[[Optional[Dict[str, Any]]], CreateTrial]
"""Makes a trial of the given hyperparameters, or of random ones."""

State = Dict[str, Any]


class SearchError(ValueError):
    """A search that cannot be, or cannot go on after what a trial reported.

    Attributes:
        text: what is wrong.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.text = text


class Method(Protocol):
    """How a kind of search decides."""

    def start(self, make: MakeTrial, most: float) -> List[Action]:
        """Return the first trials; at most so many of them, the others when this is called again."""

    @property
    def to_start(self) -> int:
        """How many of the first trials are not made yet."""

    def handle_validation(self, request_id: str, metrics: Mapping[str, Any], make: MakeTrial) -> List[Action]:
        """Answer a validation of an open trial."""

    def handle_exit(self, request_id: str, is_early: bool, make: MakeTrial) -> List[Action]:
        """Answer the end of an open trial; early is any end but completion."""

    def progress(self, mean: float) -> float:
        """Return the search's progress, given the mean progress of its trials."""

    def save(self) -> State:
        """Return what the method has to remember, as JSON."""

    def load(self, state: State) -> None:
        """Take up what was saved."""


# --- all points independent -----------------------------------------------------------------------------------------


class PointsMethod:
    """A fixed number of trials, none of which matters to another: single, random and grid searches.

    Parameters:
        max_trials: how many.
        max_concurrent: how many at once; 0 for all.
        point: hyperparameters by place, which are taken from the last to the first; None for random ones.
    """

    def __init__(
        self, max_trials: int, max_concurrent: int, point: Optional[Callable[[int], Dict[str, Any]]] = None
    ) -> None:
        self._left = max_trials
        self._to_start = min(max_concurrent or max_trials, max_trials)
        self._point = point

    def start(self, make: MakeTrial, most: float) -> List[Action]:
        count = int(min(most, self.to_start))
        self._to_start -= count
        return [action for _ in range(count) for action in self._next(make)]

    @property
    def to_start(self) -> int:
        return min(self._to_start, self._left)

    def _next(self, make: MakeTrial) -> List[Action]:
        if not self._left:
            return []
        self._left -= 1
        return [make(None if self._point is None else self._point(self._left))]

    def handle_validation(self, request_id: str, metrics: Mapping[str, Any], make: MakeTrial) -> List[Action]:
        return []

    def handle_exit(self, request_id: str, is_early: bool, make: MakeTrial) -> List[Action]:
        return self._next(make)

    def progress(self, mean: float) -> float:
        return mean

    def save(self) -> State:
        return {"left": self._left, "to_start": self._to_start}

    def load(self, state: State) -> None:
        self._left, self._to_start = state["left"], state.get("to_start", 0)


# --- halving --------------------------------------------------------------------------------------------------------

WORST = math.inf
_MAX_RUNGS = 10_000


class Ruler:
    """Reads the two numbers that halving needs from a validation.

    Parameters:
        metric: name of the searcher metric.
        smaller_is_better: its direction.
        time_metric: name of the metric that tells how far the trial is.
    """

    def __init__(self, metric: str, smaller_is_better: bool, time_metric: str) -> None:
        self._metric = metric
        self._sign = 1.0 if smaller_is_better else -1.0
        self._time_metric = time_metric

    def read_loss(self, metrics: Mapping[str, Any]) -> float:
        """Return the searcher metric, lower is better; one that is not finite counts as worst.

        Raises:
            SearchError: it is missing or no number.
        """
        value = self._read(metrics, self._metric, "searcher metric")
        return self._sign * value if math.isfinite(value) else WORST

    def read_time(self, metrics: Mapping[str, Any]) -> float:
        """Return the time metric.

        Raises:
            SearchError: it is missing or no number.
        """
        value = self._read(metrics, self._time_metric, "time metric")
        if not math.isfinite(value):
            raise SearchError(f"the time metric {self._time_metric} is {value}: it must be a finite number")
        return value

    def _read(self, metrics: Mapping[str, Any], name: str, what: str) -> float:
        value = metrics.get(name)
        if value in ("NaN", "Infinity", "-Infinity"):
            return float(value)
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            problem = "is missing in" if value is None else "is not a number in"
            raise SearchError(f"the {what} {name} {problem} the validation metrics: {sorted(metrics)}")
        return float(value)


class HalvingMethod:
    """Asynchronous halving with early stopping, in one bracket.

    A trial goes on past a rung when its metric is among the best `1 / divisor` seen there so far. What is stopped is
    replaced by a new trial until there are `max_trials`.
    """

    def __init__(
        self, ruler: Ruler, *, num_rungs: int, max_trials: int, max_concurrent: int, divisor: float, max_time: int
    ) -> None:
        self._ruler = ruler
        self._divisor = divisor
        self._max_trials = max_trials
        at_once = max_concurrent or int(min(_power(divisor, num_rungs - 1), max_trials))
        self._to_start = min(at_once, max_trials)
        self._units = rung_units(num_rungs, divisor, max_time)
        self._losses: List[List[float]] = [[] for _ in self._units]
        self._created = 0
        self._closed = 0
        self._rung_of: Dict[str, int] = {}
        """The next rung of every trial that is open and has not been stopped."""

    def start(self, make: MakeTrial, most: float) -> List[Action]:
        count = int(min(most, self.to_start))
        self._to_start -= count
        return [action for _ in range(count) for action in self._next(make)]

    @property
    def to_start(self) -> int:
        return min(self._to_start, self._max_trials - self._created)

    def _next(self, make: MakeTrial) -> List[Action]:
        if self._created >= self._max_trials:
            return []
        self._created += 1
        trial = make(None)
        self._rung_of[trial.request_id] = 0
        return [trial]

    def handle_validation(self, request_id: str, metrics: Mapping[str, Any], make: MakeTrial) -> List[Action]:
        loss, time = self._ruler.read_loss(metrics), self._ruler.read_time(metrics)
        # a trial that was stopped may report until it ends: that has no effect
        while request_id in self._rung_of:
            rung = self._rung_of[request_id]
            if time < self._units[rung]:
                return []
            position = self._enter(rung, loss)
            best = max(1, int(len(self._losses[rung]) / self._divisor))
            if rung + 1 == len(self._units) or position >= best:
                del self._rung_of[request_id]
                return [StopTrial(request_id), *self._next(make)]
            self._rung_of[request_id] = rung + 1
        return []

    def _enter(self, rung: int, loss: float) -> int:
        position = bisect.bisect_left(self._losses[rung], loss)
        self._losses[rung].insert(position, loss)
        return position

    def handle_exit(self, request_id: str, is_early: bool, make: MakeTrial) -> List[Action]:
        self._closed += 1
        rung = self._rung_of.pop(request_id, None)
        if rung is None or not is_early:
            return []
        self._enter(rung, WORST)
        return self._next(make)

    def progress(self, mean: float) -> float:
        entered = len(self._losses[0])
        progress = entered / (1.2 * self._max_trials)
        return max(progress, self._closed / self._max_trials) if entered == self._max_trials else progress

    def save(self) -> State:
        losses = [[None if loss == WORST else loss for loss in rung] for rung in self._losses]
        return {
            "created": self._created,
            "to_start": self._to_start,
            "closed": self._closed,
            "losses": losses,
            "rung_of": dict(self._rung_of),
        }

    def load(self, state: State) -> None:
        self._created, self._closed = state["created"], state["closed"]
        self._to_start = state.get("to_start", 0)
        self._losses = [[WORST if loss is None else loss for loss in rung] for rung in state["losses"]]
        self._rung_of = dict(state["rung_of"])


def rung_units(num_rungs: int, divisor: float, max_time: int) -> List[int]:
    """Return how far a trial is at each rung.

    Raises:
        SearchError: more rungs than can be kept in mind.
    """
    if num_rungs > _MAX_RUNGS:
        raise SearchError(f"a search cannot have {num_rungs} rungs: at most {_MAX_RUNGS}")
    return [max(1, int(max_time / _power(divisor, num_rungs - 1 - rung))) for rung in range(num_rungs)]


def _power(base: float, exponent: int) -> float:
    try:
        return float(base) ** exponent
    except OverflowError:
        return math.inf


class AdaptiveMethod:
    """Several halving brackets side by side; a trial belongs to the one that created it."""

    def __init__(self, brackets: Sequence[HalvingMethod]) -> None:
        self._brackets = list(brackets)
        self._bracket_of: Dict[str, int] = {}
        """Of every open trial."""

    def start(self, make: MakeTrial, most: float) -> List[Action]:
        started: List[Action] = []
        for index, bracket in enumerate(self._brackets):
            started += self._assign(index, bracket.start(make, most - len(started)))
        return started

    @property
    def to_start(self) -> int:
        return sum(bracket.to_start for bracket in self._brackets)

    def _assign(self, index: int, actions: List[Action]) -> List[Action]:
        for action in actions:
            if isinstance(action, CreateTrial):
                self._bracket_of[action.request_id] = index
        return actions

    def handle_validation(self, request_id: str, metrics: Mapping[str, Any], make: MakeTrial) -> List[Action]:
        index = self._bracket_of[request_id]
        return self._assign(index, self._brackets[index].handle_validation(request_id, metrics, make))

    def handle_exit(self, request_id: str, is_early: bool, make: MakeTrial) -> List[Action]:
        index = self._bracket_of.pop(request_id)
        return self._assign(index, self._brackets[index].handle_exit(request_id, is_early, make))

    def progress(self, mean: float) -> float:
        return sum(bracket.progress(mean) for bracket in self._brackets) / len(self._brackets)

    def save(self) -> State:
        return {"brackets": [bracket.save() for bracket in self._brackets], "bracket_of": dict(self._bracket_of)}

    def load(self, state: State) -> None:
        self._bracket_of = dict(state["bracket_of"])
        for bracket, saved in zip(self._brackets, state["brackets"]):
            bracket.load(saved)
