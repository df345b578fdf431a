"""Axes of pictures: what they show, and how they write numbers."""

from __future__ import annotations

import math

import pytest

from determined.common.experimental import _figures


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0"), (0.05, "0.05"), (999, "999"), (1000, "1k"), (10_000, "10k"), (12_500, "12.5k"), (3e6, "3M")],
)  # fmt: skip
def test_thousands_are_short(value: float, text: str) -> None:
    assert _figures.short_number(value) == text


def test_an_axis_follows_most_of_the_values_where_a_few_would_take_all_the_room() -> None:
    found = _figures.find_limits([*range(100), 10_000, -5_000_000, math.nan, math.inf])
    assert found is not None
    assert found.low > -50
    assert found.high < 150
    assert (found.below, found.above) == (1, 1)


@pytest.mark.parametrize("values", [range(100), [1, 2, 1000], [5.0] * 50, [], [math.nan] * 20, [0.0] * 20 + [1.0]])
def test_an_axis_shows_all_where_nothing_sticks_out_or_there_is_little(values: "list[float]") -> None:
    assert _figures.find_limits(values) is None


def test_an_end_without_outliers_stays_whole() -> None:
    found = _figures.find_limits([0.1 * n for n in range(100)] + [1e6])
    assert found is not None
    assert found.low <= 0
    assert found.below == 0


@pytest.mark.parametrize(("name", "smaller"), [("val_loss", True), ("RMSE", True), ("accuracy", False), ("f1", False)])
def test_names_of_metrics_tell_what_is_better(name: str, smaller: bool) -> None:
    assert _figures.is_smaller_better(name) is smaller


def test_nan_is_never_the_best() -> None:
    assert _figures.best_of([math.nan, 2.0, 1.0], True) == 1.0
    assert math.isnan(_figures.best_of([math.nan], False))
    assert sorted([math.nan, 1.0, 3.0], key=_figures.rank_key(False))[:2] == [3.0, 1.0]


def test_only_what_differs_is_named() -> None:
    assert _figures.varying([{"a": 1, "b": 2, "c": [1]}, {"a": 1, "b": 3, "c": [1]}, {"a": 1, "b": 2}]) == ["b", "c"]
