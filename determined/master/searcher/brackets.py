"""How adaptive ASHA divides its trials among halving brackets."""

from __future__ import annotations

import math
from typing import Any, List, Mapping, NamedTuple


class Bracket(NamedTuple):
    """One halving search among several.

    Attributes:
        num_rungs: its rungs.
        max_trials: how many trials it creates.
        max_concurrent: how many of them at once.
    """

    num_rungs: int
    max_trials: int
    max_concurrent: int


def plan_brackets(searcher: Mapping[str, Any]) -> List[Bracket]:
    """Return the brackets of an adaptive ASHA section, those of many rungs first."""
    rungs = _rungs(searcher)
    trials = _share_trials(rungs, searcher["max_trials"], searcher["divisor"])
    at_once = _share_slots(trials, searcher["max_concurrent_trials"], searcher["divisor"])
    return [Bracket(*bracket) for bracket in zip(rungs, trials, at_once)]


def _rungs(searcher: Mapping[str, Any]) -> List[int]:
    max_trials, divisor = searcher["max_trials"], searcher["divisor"]
    given = sorted((max(1, rungs) for rungs in searcher["bracket_rungs"] or ()), reverse=True)
    if given:
        return given[:max_trials]
    most = max(1, min(searcher["max_rungs"], _levels(searcher["max_time"], divisor), _levels(max_trials, divisor)))
    least = {"aggressive": most, "standard": (most - 1) // 2 + 1, "conservative": 1}[searcher["mode"]]
    return list(range(most, least - 1, -1))[:max_trials]


def _levels(quantity: int, divisor: float) -> int:
    return int(math.log(quantity) / math.log(divisor)) + 1 if quantity >= 1 else 1


def _share_trials(rungs: List[int], max_trials: int, divisor: float) -> List[int]:
    weights = _weigh(rungs, float(divisor))
    shares = [max(1, int(weight / sum(weights) * max_trials)) for weight in weights]
    while sum(shares) > max_trials:
        # no bracket may be empty; the largest ones pay for that
        shares[shares.index(max(shares))] -= 1
    shares[0] += max_trials - sum(shares)
    return shares


def _weigh(rungs: List[int], divisor: float) -> List[float]:
    try:
        return [divisor ** (r - 1) / r for r in rungs]
    except OverflowError:
        return [divisor ** (r - rungs[0]) / r for r in rungs]


def _share_slots(trials: List[int], max_concurrent: int, divisor: float) -> List[int]:
    if not max_concurrent:
        return [max(trials[-1], int(divisor))] * len(trials)
    each, rest = divmod(max(max_concurrent, len(trials)), len(trials))
    return [each + (1 if i < rest else 0) for i in range(len(trials))]
