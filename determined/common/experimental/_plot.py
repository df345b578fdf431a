"""A metric over the steps, as a picture."""

from __future__ import annotations

import array
import dataclasses
import math
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Protocol, Set, TypeVar

from ... import errors
from ..api.wire.scalars import to_float
from . import _figures
from ._columns import ID_COLUMNS, Kind, Source, column_of, flatten, read_chunks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# Up to so many lines are told apart by colour and legend.
_NAMED_LINES = 10
# The legend names so many hyperparameters of each.
_NAMED_HPARAMS = 4
# Lines of up to so many points have them marked: a single point would not be seen.
_MARKED_POINTS = 50


class Look(NamedTuple):
    """How a metric is drawn.

    Attributes:
        name: the metric; dots are between the names of nested ones.
        smaller_is_better: what the lines are ordered by; None takes it from the name.
        log: the axis of the metric is logarithmic.
    """

    name: str
    smaller_is_better: Optional[bool] = None
    log: bool = False


class _Line:
    """The points of one trial."""

    def __init__(self) -> None:
        self.steps = array.array("q")
        self.values = array.array("d")

    def add(self, step: int, value: float) -> None:
        self.steps.append(step)
        self.values.append(value)


def plot(source: Source, look: Look, axes: Optional[Axes] = None, title: Callable[[], str] = str) -> Axes:
    """Draw a metric over the steps, a line for each trial, the best first, and return the axes.

    Parameters:
        source: where the reports come from.
        look: what is drawn, and how.
        axes: the axes to draw in; None makes some that a notebook shows.
        title: returns what the title of axes of their own begins with; called when the trials have been found.

    Raises:
        ImportError: matplotlib is not installed.
        ArgumentError: there is no report of the metric, or a value that is no number.
    """
    smaller = _figures.is_smaller_better(look.name) if look.smaller_is_better is None else look.smaller_is_better
    hparams: Dict[int, Mapping[str, Any]] = {}
    lines = _read_lines(source, look.name, hparams)
    best = {trial: _figures.best_of(line.values, smaller) for trial, line in lines.items()}
    key = _figures.rank_key(smaller)
    order = sorted(lines, key=lambda trial: (key(best[trial]), trial))
    is_named = len(order) <= _NAMED_LINES
    is_own = axes is None
    if axes is None:
        axes = _figures.new_axes(
            f"{title()}: {look.name} ({source.group})", width=10 if 1 < len(order) <= _NAMED_LINES else 9
        )
    labels = _labels(order, hparams)
    colours, scale = ([None] * len(order), None) if is_named else _figures.colours_of([best[t] for t in order], smaller)
    drawn = []
    for place, trial in enumerate(order):
        line = lines[trial]
        marker = "." if len(line.steps) <= _MARKED_POINTS else None
        # the best lie above the others
        style = {"marker": marker, "linewidth": 1.2, "zorder": 3 - place / len(order)}
        (shown,) = axes.plot(line.steps, line.values, label=labels[trial], color=colours[place], **style)
        drawn.append((line.steps, line.values, shown.get_color()))
    axes.set_xlabel("steps completed")
    axes.set_ylabel(look.name)
    if look.log:
        axes.set_yscale("log", nonpositive="mask")
    elif is_own:
        _figures.cut_axis(axes, drawn)
    _figures.show_thousands(axes.xaxis)
    _figures.show_thousands(axes.yaxis)
    if scale is not None:
        axes.figure.colorbar(scale, ax=axes, label=f"best {look.name}")
    elif is_own and max(map(len, labels.values())) > len("trial 123456"):
        axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1), fontsize="small")
    elif not is_own or len(order) > 1:
        axes.legend()
    return axes


def _labels(order: List[int], hparams: Mapping[int, Mapping[str, Any]]) -> Dict[int, str]:
    """Return what the legend says of each trial: its number, and the hyperparameters that are not all the same."""
    flat = {trial: dict(flatten(hparams.get(trial) or {})) for trial in order}
    names = _figures.varying(list(flat.values()))
    labels = {}
    for trial in order:
        given = [f"{name}={_figures.short_text(flat[trial][name])}" for name in names if name in flat[trial]]
        more = ", …" if len(given) > _NAMED_HPARAMS else ""
        labels[trial] = f"trial {trial}" + (f": {', '.join(given[:_NAMED_HPARAMS])}{more}" if given else "")
    return labels


class _Reporter(Protocol):
    id: int
    summary_metrics: Optional[Dict[str, Any]]


T = TypeVar("T", bound=_Reporter)


def best_trials(trials: List[T], limit: int, metric: str, smaller_is_better: bool) -> List[T]:
    """Return those trials that were best in a validation metric, by number; those without it are the worst."""
    key = _figures.rank_key(smaller_is_better)
    ranked = sorted(trials, key=lambda trial: key(best_value(trial, "validation", metric, smaller_is_better)))
    return sorted(ranked[:limit], key=lambda trial: trial.id)


def best_value(trial: _Reporter, group: str, metric: str, smaller_is_better: bool) -> float:
    """Return the best value of a metric that a trial has reported; NaN where it has not."""
    section = {"training": "avg_metrics", "validation": "validation_metrics"}.get(group, group)
    summary = ((trial.summary_metrics or {}).get(section) or {}).get(metric) or {}
    value = summary.get("min" if smaller_is_better else "max")
    return math.nan if value is None else to_float(value)


def _read_lines(source: Source, name: str, hparams: Dict[int, Mapping[str, Any]]) -> Dict[int, _Line]:
    """Read the points of each trial, and put the trials' hyperparameters into `hparams`."""
    lines: Dict[int, _Line] = {}
    reported: Set[str] = set()

    def find_trials() -> Mapping[int, Mapping[str, Any]]:
        hparams.update(source.find_trials())
        return hparams

    for chunk in read_chunks(dataclasses.replace(source, find_trials=find_trials)):
        reported.update(chunk.columns)
        values = chunk.columns.get(column_of(name), [])
        if Kind.of(values) in (Kind.TEXT, Kind.MIXED):
            raise errors.ArgumentError(f"the metric {name!r} cannot be drawn: it has values that are no numbers")
        for trial_id, step, value in zip(chunk.columns["trial_id"], chunk.columns["steps_completed"], values):
            if value is not None:
                lines.setdefault(trial_id, _Line()).add(step, value)
    if not lines:
        known = ", ".join(sorted(reported.difference(ID_COLUMNS))) or "none yet"
        raise errors.ArgumentError(f"there is no metric {name!r} in the group {source.group!r}; reported are: {known}")
    return lines
