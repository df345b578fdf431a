"""What all pictures share: their figure, how a notebook shows it, and axes that outliers do not spoil."""

from __future__ import annotations

import importlib
import io
import math
import sys
from typing import TYPE_CHECKING, Any, Iterable, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from . import _progress

if TYPE_CHECKING:
    from matplotlib.axes import Axes

# An axis follows the values without this share of them at each end, if all of them would need so many times the room.
_SPOILT_SHARE = 0.01
_WORTH_CUTTING = 3.0
_FEWEST_VALUES = 8
# Words in the names of metrics of which less is better.
_SMALLER = ("loss", "err", "perplexity", "mse", "mae", "rmse", "wer", "latency", "time")


def new_axes(title: str, width: float = 8.0) -> Axes:
    """Return axes in a figure of their own, which pyplot knows nothing of and a notebook shows when the cell is done.

    Parameters:
        title: stands above it.
        width: of the figure, in inches.

    Raises:
        ImportError: matplotlib is not installed.
    """
    figure = _import_figure()(figsize=(width, 4.5), layout="constrained")
    axes: Any = figure.add_subplot()
    axes.set_title(title)
    shown = _Shown(figure)
    # notebooks look for this attribute; they show no figure that pyplot has not made
    axes._repr_png_ = shown.draw
    shown.show_later()
    return axes  # type: ignore[no-any-return, unused-ignore]  # matplotlib may be missing where types are checked


class _Shown:
    """A figure that a notebook shows once: where its axes are the value of the cell, else at the cell's end."""

    def __init__(self, figure: Any) -> None:
        self._figure = figure
        self._is_shown = False

    def draw(self) -> bytes:
        """Return the picture as PNG."""
        self._is_shown = True
        picture = io.BytesIO()
        self._figure.savefig(picture, format="png")
        return picture.getvalue()

    def show_later(self) -> None:
        """Show the figure at the end of the running cell, if this is a notebook."""
        if not _progress.is_notebook():
            return
        events = sys.modules["IPython"].get_ipython().events

        def show() -> None:
            events.unregister("post_execute", show)
            if not self._is_shown:
                display = importlib.import_module("IPython.display").display
                display({"image/png": self.draw()}, raw=True)

        events.register("post_execute", show)


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


class Limits(NamedTuple):
    """The part of an axis to show, and how many values lie outside."""

    low: float
    high: float
    below: int
    above: int


def find_limits(values: Iterable[float]) -> Optional[Limits]:
    """Return the 1st to the 99th percentile of some values, if all of them would need several times that room.

    At least one value is left out at each end, however few there are.
    """
    finite = sorted(value for value in values if math.isfinite(value))
    left_out = max(1, math.ceil(len(finite) * _SPOILT_SHARE))
    if len(finite) < _FEWEST_VALUES:
        return None
    low, high = finite[left_out], finite[-1 - left_out]
    if high <= low or finite[-1] - finite[0] <= _WORTH_CUTTING * (high - low):
        return None
    # an end that is no outlier stays whole
    room = high - low
    low = finite[0] if low - finite[0] < room else low
    high = finite[-1] if finite[-1] - high < room else high
    margin = 0.05 * (high - low)
    low, high = low - margin, high + margin
    return Limits(low, high, sum(value < low for value in finite), sum(value > high for value in finite))


def cut_axis(axes: Axes, lines: Sequence[Tuple[Sequence[float], Sequence[float], Any]]) -> None:
    """Let the y axis follow most of the points, and mark those outside at its ends.

    Parameters:
        axes: what the points are drawn in.
        lines: the x values, the y values, and the colour of each line.
    """
    limits = find_limits(value for _, values, _ in lines for value in values)
    if limits is None:
        return
    axes.set_ylim(limits.low, limits.high)
    outside: List[float] = []
    for xs, ys, colour in lines:
        for sign, place, marker in ((1, 1.0, "^"), (-1, 0.0, "v")):
            beyond = [(x, y) for x, y in zip(xs, ys) if (y > limits.high if sign > 0 else y < limits.low)]
            outside += [y for _, y in beyond]
            axes.plot(
                [x for x, _ in beyond],
                [place] * len(beyond),
                marker,
                color=colour,
                markersize=6,
                clip_on=False,
                transform=axes.get_xaxis_transform(),
                label="_outside",
            )
    parts = []
    if limits.above:
        parts.append(f"▲ {limits.above} above, up to {short_number(max(outside))}")
    if limits.below:
        parts.append(f"▼ {limits.below} below, down to {short_number(min(outside))}")
    axes.text(1.0, -0.1, ", ".join(parts), transform=axes.transAxes, ha="right", va="top", fontsize="small")


def short_number(value: float, _: Any = None) -> str:
    """Return a number as axes show it: 10k for ten thousand."""
    for size, unit in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if abs(value) >= size and math.isfinite(value):
            return f"{float(f'{value / size:.4g}'):g}{unit}"
    return f"{value:.4g}"


def show_thousands(axis: Any) -> None:
    """Let an axis show 10k for ten thousand, if it goes that far."""
    if max(map(abs, axis.get_view_interval())) >= 10_000 and axis.get_scale() == "linear":
        axis.set_major_formatter(short_number)


def is_smaller_better(metric: str) -> bool:
    """Return whether the name of a metric says that less of it is better."""
    return any(word in metric.lower() for word in _SMALLER)


def best_of(values: Iterable[float], smaller_is_better: bool) -> float:
    """Return the best of some values; NaN only where there is nothing else."""
    known = [value for value in values if not math.isnan(value)]
    if not known:
        return math.nan
    return min(known) if smaller_is_better else max(known)


def rank_key(smaller_is_better: bool) -> Any:
    """Return the key that sorts values by how good they are, the best first and NaN last."""

    def key(value: float) -> float:
        if math.isnan(value):
            return math.inf
        return value if smaller_is_better else -value

    return key


def varying(hparams: Sequence[Mapping[str, Any]]) -> List[str]:
    """Return the names of the hyperparameters that are not the same everywhere, given flat, in order."""
    names = dict.fromkeys(name for given in hparams for name in given)
    return [name for name in names if len({repr(given.get(name)) for given in hparams}) > 1]


def short_text(value: Any) -> str:
    """Return a hyperparameter as legends show it."""
    if isinstance(value, float):
        return f"{value:.3g}"
    text = str(value)
    return text if len(text) <= 20 else f"{text[:20]}…"


def colours_of(values: Sequence[float], smaller_is_better: bool) -> Tuple[List[Any], Any]:
    """Return a colour for each of some values, the darkest for the best, and what a colour bar is made of.

    Parameters:
        values: the values; those that are no numbers are grey, and outliers have the colour of the nearest other.
        smaller_is_better: which end is dark.
    """
    from matplotlib import colormaps
    from matplotlib.cm import ScalarMappable
    from matplotlib.colors import ListedColormap, Normalize

    finite = [value for value in values if math.isfinite(value)] or [0.0]
    limits = find_limits(finite)
    low, high = (limits.low, limits.high) if limits is not None else (min(finite), max(finite))
    # without its brightest end, which is hard to see
    colours = [colormaps["viridis"](step / 275) for step in range(256)]
    colour_map = ListedColormap(colours if smaller_is_better else colours[::-1])
    mappable = ScalarMappable(Normalize(low, high if high > low else low + 1, clip=True), colour_map)
    return [mappable.to_rgba(value) if math.isfinite(value) else "0.7" for value in values], mappable
