"""Metrics as a picture."""

from __future__ import annotations

import array
import functools
import io
import math
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional, Protocol, Set, TypeVar

from ..api.wire.scalars import to_float
from ._columns import ID_COLUMNS, Kind, Source, column_of, read_chunks

if TYPE_CHECKING:
    from matplotlib.axes import Axes


# Up to so many lines are told apart by colour and legend.
_NAMED_LINES = 10
# Lines of up to so many points have them marked: a single point would not be seen.
_MARKED_POINTS = 50


class _Line:
    """The points of one trial."""

    def __init__(self) -> None:
        self.steps = array.array("q")
        self.values = array.array("d")

    def add(self, step: int, value: float) -> None:
        self.steps.append(step)
        self.values.append(value)


def plot(source: Source, name: str, axes: Optional[Axes] = None, title: Callable[[], str] = str) -> Axes:
    """Draw a metric over the steps, a line for each trial, and return the axes.

    Without `axes`, they are in a figure of their own, which pyplot knows nothing of and notebooks show as a PNG.

    Parameters:
        source: where the reports come from.
        name: the metric; dots are between the names of nested ones.
        axes: the axes to draw in.
        title: returns what to write above a figure of its own; called when the trials have been found.

    Raises:
        ImportError: matplotlib is not installed.
        ValueError: there is no report of the metric, or a value that is no number.
    """
    figure_class = _import_figure()
    lines = _read_lines(source, name)
    if axes is None:
        axes = _add_axes(figure_class(figsize=(8, 4.5), layout="constrained"), title())
    for trial_id, line in lines.items():
        marker = "." if len(line.steps) <= _MARKED_POINTS else None
        axes.plot(line.steps, line.values, marker=marker, linewidth=1.2, label=f"trial {trial_id}")
    axes.set_xlabel("steps completed")
    axes.set_ylabel(name)
    if len(lines) <= _NAMED_LINES:
        axes.legend()
    return axes


def _add_axes(figure: Any, title: str) -> Any:
    axes = figure.add_subplot()
    axes.set_title(title)
    # notebooks look for this attribute; they show no figure that pyplot has not made
    axes._repr_png_ = functools.partial(_draw_png, figure)
    return axes


class _Reporter(Protocol):
    id: int
    summary_metrics: Optional[Dict[str, Any]]


T = TypeVar("T", bound=_Reporter)


def best_trials(trials: List[T], limit: int, metric: str, smaller_is_better: bool) -> List[T]:
    """Return those trials that were best in a validation metric, by number; those without it are the worst."""

    def rank(trial: T) -> float:
        summary = ((trial.summary_metrics or {}).get("validation_metrics") or {}).get(metric) or {}
        value = summary.get("min" if smaller_is_better else "max")
        number = math.nan if value is None else to_float(value)
        if math.isnan(number):
            return math.inf
        return number if smaller_is_better else -number

    return sorted(sorted(trials, key=rank)[:limit], key=lambda trial: trial.id)


def _read_lines(source: Source, name: str) -> Dict[int, _Line]:
    lines: Dict[int, _Line] = {}
    reported: Set[str] = set()
    for chunk in read_chunks(source):
        reported.update(chunk.columns)
        values = chunk.columns.get(column_of(name), [])
        if Kind.of(values) in (Kind.TEXT, Kind.MIXED):
            raise ValueError(f"the metric {name!r} cannot be drawn: it has values that are no numbers")
        for trial_id, step, value in zip(chunk.columns["trial_id"], chunk.columns["steps_completed"], values):
            if value is not None:
                lines.setdefault(trial_id, _Line()).add(step, value)
    if not lines:
        known = ", ".join(sorted(reported.difference(ID_COLUMNS))) or "none yet"
        raise ValueError(f"there is no metric {name!r} in the group {source.group!r}; reported are: {known}")
    return lines


def _draw_png(figure: Any) -> bytes:
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    return picture.getvalue()


def _import_figure() -> Any:
    """Return matplotlib's class of figures.

    Raises:
        ImportError: matplotlib is not installed.
    """
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise ImportError("a picture of metrics needs matplotlib: pip install 'determined[plot]'") from None
    return Figure
