"""What a search would do, counted without running it."""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, NamedTuple, Optional

from .brackets import plan_brackets
from .methods import rung_units
from .sampling import Grid, Hyperparameters


class TrialCount(NamedTuple):
    """How many trials go how far.

    Attributes:
        trials: how many.
        units: of the searcher's time metric; None for as long as the trial itself decides.
    """

    trials: int
    units: Optional[int]


def preview(searcher: Mapping[str, Any], hyperparameters: Hyperparameters) -> List[TrialCount]:
    """Return the trials of a search by how far they are trained, shortest first.

    Parameters:
        searcher, hyperparameters: sections of a full configuration.

    Raises:
        ValueError: searches of this kind cannot be previewed.
    """
    name = searcher["name"]
    if name == "single":
        return [TrialCount(1, None)]
    if name == "random":
        return [TrialCount(searcher["max_trials"], None)]
    if name == "grid":
        return [TrialCount(Grid(hyperparameters).size, None)]
    if name == "adaptive_asha":
        return _count_halving(searcher)
    raise ValueError(f"the searcher {name} has no preview")


def _count_halving(searcher: Mapping[str, Any]) -> List[TrialCount]:
    counts: Dict[int, int] = {}
    divisor = searcher["divisor"]
    for bracket in plan_brackets(searcher):
        trials = bracket.max_trials
        units = rung_units(bracket.num_rungs, divisor, searcher["max_time"])
        for unit in units[:-1]:
            going_on = max(int(trials / divisor), 1)
            counts[unit] = counts.get(unit, 0) + trials - going_on
            trials = going_on
        counts[units[-1]] = counts.get(units[-1], 0) + trials
    return [TrialCount(count, units) for units, count in sorted(counts.items())]
