"""Hyperparameters against a metric, as pictures."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from ... import errors
from . import _figures

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# Values that span more than this are drawn on a logarithmic scale.
_WIDE = 50.0
# Axes of so many values name each of them.
_FEW_NUMBERS = 6
# Axes of more words leave some out.
_NAMED_VALUES = 10


class Tried(NamedTuple):
    """What a trial was given, and what came of it.

    Attributes:
        trial: its number.
        hparams: its hyperparameters, with dots where they are nested.
        value: the best value of the metric; NaN where there is none.
    """

    trial: int
    hparams: Mapping[str, Any]
    value: float


class _Scale:
    """Where the values of a hyperparameter lie, from 0 to 1 or on an axis of numbers."""

    def __init__(self, values: Sequence[Any]) -> None:
        self._is_number = all(isinstance(value, (int, float)) and not isinstance(value, bool) for value in values)
        distinct = {repr(value): value for value in values}
        try:
            self.names = [_figures.short_text(value) for value in sorted(distinct.values())]
        except TypeError:
            self.names = [_figures.short_text(value) for value in distinct.values()]
        numbers = [float(value) for value in values] if self._is_number else [float(len(self.names) - 1), 0.0]
        self._numbers = sorted(set(numbers))
        self.low, self.high = min(numbers), max(numbers)
        self.is_log = self._is_number and self.low > 0 and self.high / self.low > _WIDE
        self.is_categorical = not self._is_number

    def number(self, value: Any) -> float:
        """Return the place of a value on an axis of its own."""
        return float(value) if self._is_number else float(self.names.index(_figures.short_text(value)))

    def share(self, number: float) -> float:
        """Return a place from 0 to 1."""
        low, high = self.low, self.high
        if self.is_log:
            low, high, number = math.log(low), math.log(high), math.log(number)
        return (number - low) / (high - low) if high > low else 0.5

    def ticks(self) -> Dict[str, float]:
        """Return what to write beside an axis, and where, from 0 to 1."""
        if self.is_categorical:
            step = math.ceil(len(self.names) / _NAMED_VALUES)
            return {name: self.share(float(place)) for place, name in enumerate(self.names) if place % step == 0}
        if len(self._numbers) <= _FEW_NUMBERS:
            return {_figures.short_number(number): self.share(number) for number in self._numbers}
        shares = [0.0, 0.25, 0.5, 0.75, 1.0] if self.high > self.low else [0.5]
        return {_figures.short_number(float(f"{self._at(share):.3g}")): share for share in shares}

    def _at(self, share: float) -> float:
        if self.is_log:
            return math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        return self.low + share * (self.high - self.low)


def draw_parallel(
    tried: Sequence[Tried], metric: str, smaller_is_better: bool, title: str, axes: Optional[Axes] = None
) -> Axes:
    """Draw a line for each trial through its hyperparameters to its best metric, and return the axes.

    Parameters:
        tried: the trials.
        metric: the name of the metric.
        smaller_is_better: which lines lie above the others.
        title: stands above axes of their own.
        axes: what to draw in; None makes some that a notebook shows.

    Raises:
        ImportError: matplotlib is not installed.
        ArgumentError: no trial has reported the metric, or all have the same hyperparameters.
    """
    known = _with_metric(tried, metric)
    names = _names(known)
    columns = [_Scale([one.hparams[name] for one in known if name in one.hparams]) for name in names]
    limits = _figures.find_limits(one.value for one in known)
    values = [one.value if limits is None else min(max(one.value, limits.low), limits.high) for one in known]
    columns.append(_Scale(values))
    if axes is None:
        axes = _figures.new_axes(title, width=max(8.0, 1.8 * len(columns)))
    colours, scale = _figures.colours_of([one.value for one in known], smaller_is_better)
    key = _figures.rank_key(smaller_is_better)
    for one, value, colour in sorted(zip(known, values, colours), key=lambda drawn: key(drawn[0].value), reverse=True):
        places = [
            column.share(column.number(one.hparams[name])) if name in one.hparams else math.nan
            for name, column in zip(names, columns)
        ]
        places.append(columns[-1].share(value))
        axes.plot(range(len(columns)), places, color=colour, linewidth=1.4, alpha=0.85)
    for place, column in enumerate(columns):
        axes.axvline(place, color="0.3", linewidth=0.8, zorder=0)
        for text, height in column.ticks().items():
            box = {"facecolor": "white", "alpha": 0.7, "edgecolor": "none", "pad": 0.5}
            axes.text(place + 0.02, height, text, fontsize="small", va="center", bbox=box)
    axes.set_xticks(range(len(columns)), [*names, f"best {metric}"])
    axes.set_yticks([])
    axes.set_xlim(-0.1, len(columns) - 0.7)
    axes.set_ylim(-0.05, 1.05)
    for side in ("top", "right", "left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.tick_params(length=0)
    axes.figure.colorbar(scale, ax=axes, label=f"best {metric}", extend="neither" if limits is None else "both")
    return axes


def draw_scatter(
    tried: Sequence[Tried], hparam: str, metric: str, smaller_is_better: bool, title: str, axes: Optional[Axes] = None
) -> Axes:
    """Draw a point for each trial, its best metric over one of its hyperparameters, and return the axes.

    Parameters:
        hparam: the hyperparameter; dots are between the names of nested ones.

    The others as `draw_parallel`.

    Raises:
        ImportError: matplotlib is not installed.
        ArgumentError: no trial has reported the metric, or has the hyperparameter.
    """
    known = [one for one in _with_metric(tried, metric) if hparam in one.hparams]
    if not known:
        names = ", ".join(dict.fromkeys(name for one in tried for name in one.hparams)) or "none"
        raise errors.ArgumentError(f"there is no hyperparameter {hparam!r}; there are: {names}")
    column = _Scale([one.hparams[hparam] for one in known])
    is_own = axes is None
    if axes is None:
        axes = _figures.new_axes(title)
    places = [column.number(one.hparams[hparam]) for one in known]
    values = [one.value for one in known]
    axes.scatter(places, values, s=36, alpha=0.8, zorder=2)
    best = min(range(len(known)), key=lambda place: _figures.rank_key(smaller_is_better)(values[place]))
    axes.margins(0.08)
    if column.is_categorical:
        axes.set_xticks(range(len(column.names)), column.names)
    elif column.is_log:
        axes.set_xscale("log")
    axes.set_xlabel(hparam)
    axes.set_ylabel(f"best {metric}")
    if is_own:
        _figures.cut_axis(axes, [(places, values, "C0")])
    # at the edge, if it lies outside
    low, high = axes.get_ylim()
    height = min(max(values[best], low), high)
    axes.scatter(
        places[best], height, clip_on=False, s=130, facecolors="none", edgecolors="C3", linewidths=1.6, zorder=3
    )
    # to the side where there is room
    is_right = column.share(places[best]) > 0.5
    axes.annotate(
        f"trial {known[best].trial}: {_figures.short_number(values[best])}",
        (places[best], height),
        textcoords="offset points",
        xytext=(-12 if is_right else 12, 0),
        ha="right" if is_right else "left",
        va="center",
        color="C3",
    )
    _figures.show_thousands(axes.xaxis)
    _figures.show_thousands(axes.yaxis)
    return axes


def _with_metric(tried: Sequence[Tried], metric: str) -> List[Tried]:
    known = [one for one in tried if math.isfinite(one.value)]
    if not known:
        raise errors.ArgumentError(f"no trial has reported a number as the metric {metric!r}")
    return known


def _names(tried: Sequence[Tried]) -> List[str]:
    names = _figures.varying([one.hparams for one in tried])
    if not names:
        raise errors.ArgumentError("all trials have the same hyperparameters: there is nothing to compare")
    return names
