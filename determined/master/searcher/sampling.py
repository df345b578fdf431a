"""Values for hyperparameters: random ones, and those of a grid.

A hyperparameter here is as a full configuration has it: an object with `type`, or a map of further ones.
"""

from __future__ import annotations

import math
from typing import Any, Dict, List, Mapping, Sequence, Tuple

from .random_state import RandomState

Hyperparameters = Mapping[str, Any]


class SamplingError(Exception):
    """A hyperparameter for which there is no value."""


def draw_hyperparameters(hyperparameters: Hyperparameters, source: RandomState) -> Dict[str, Any]:
    """Return a random value for every hyperparameter, drawn in the order of their names.

    Raises:
        SamplingError: a categorical one has no values.
    """
    return {name: _draw(name, hyperparameters[name], source) for name in sorted(hyperparameters)}


def _draw(name: str, space: Mapping[str, Any], source: RandomState) -> Any:
    kind = space.get("type")
    if kind is None:
        return draw_hyperparameters(space, source)
    if kind == "const":
        return space["val"]
    if kind == "categorical":
        if not space["vals"]:
            raise SamplingError(f"the categorical hyperparameter {name} has no vals")
        return space["vals"][source.draw_integer(0, len(space["vals"]) - 1)]
    if kind == "int":
        return source.draw_integer(space["minval"], space["maxval"])
    number = source.draw_uniform(space["minval"], space["maxval"])
    return _as_json(space["base"] ** number if kind == "log" else number)


def _as_json(number: float) -> Any:
    """Whole numbers are integers, as everywhere in configurations."""
    return int(number) if number.is_integer() and abs(number) < 1e21 else number


class Grid:
    """The Cartesian product of all hyperparameters' values; its points are made when asked for.

    Parameters:
        hyperparameters: those with a range have a `count`.
    """

    def __init__(self, hyperparameters: Hyperparameters) -> None:
        self._axes = list(_axes(hyperparameters, ())) if hyperparameters else []
        self.size = math.prod(len(values) for _, values in self._axes) if hyperparameters else 0

    def point(self, index: int) -> Dict[str, Any]:
        """Return the values at a place: axes are in the order of names, the last one changes fastest."""
        chosen: List[Any] = []
        for _, values in reversed(self._axes):
            index, place = divmod(index, len(values))
            chosen.append(values[place])
        result: Dict[str, Any] = {}
        for (path, _), value in zip(self._axes, reversed(chosen)):
            inner = result
            for name in path[:-1]:
                inner = inner.setdefault(name, {})
            inner[path[-1]] = value
        return result


_Axis = Tuple[Tuple[str, ...], Sequence[Any]]


def _axes(hyperparameters: Hyperparameters, path: Tuple[str, ...]) -> List[_Axis]:
    axes: List[_Axis] = []
    for name in sorted(hyperparameters):
        space = hyperparameters[name]
        below = (*path, name)
        if "type" not in space and space:
            axes += _axes(space, below)
        else:
            axes.append((below, _grid_values(space)))
    return axes


def _grid_values(space: Mapping[str, Any]) -> Sequence[Any]:
    kind = space.get("type")
    if kind is None:
        return [{}]
    if kind == "const":
        return [space["val"]]
    if kind == "categorical":
        return list(space["vals"])
    low, high, count = space["minval"], space["maxval"], space["count"]
    if kind == "int":
        return [_round(x) for x in _spread(low, high, min(count, high - low + 1))]
    if kind == "log":
        return [_as_json(float(space["base"] ** x)) for x in _spread(low, high, count)]
    return [_as_json(float(x)) for x in _spread(low, high, count)]


def _spread(low: float, high: float, count: int) -> List[float]:
    if count == 1:
        return [(low + high) / 2]
    return [low + i * (high - low) / (count - 1) for i in range(count)]


def _round(number: float) -> int:
    """To the nearest whole number, halves away from zero."""
    return math.floor(number + 0.5) if number >= 0 else math.ceil(number - 0.5)
