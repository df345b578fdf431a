"""The summary of metrics that is kept up to date report by report."""

from __future__ import annotations

from typing import Any, Dict

import pytest

from determined.master.services.summaries import Summary, add_report, complete, kind_of


def summary_of(*reports: Dict[str, Any], group: str = "training") -> Dict[str, Dict[str, Any]]:
    summary: Summary = {}
    for metrics in reports:
        add_report(summary, group, metrics)
    return next(iter(summary.values()))


def test_numbers_are_counted_summed_and_bounded() -> None:
    assert summary_of({"loss": 1.5}, {"loss": 0.5}, {"loss": 1.0}) == {
        "loss": {"type": "number", "count": 3, "sum": 3.0, "min": 0.5, "max": 1.5, "mean": 1.0, "last": 1.0}
    }


def test_a_metric_that_the_latest_report_lacks_has_no_last_value() -> None:
    found = summary_of({"a": 1, "b": 2}, {"b": 3})
    assert (found["a"]["last"], found["a"]["sum"], found["b"]["last"]) == (None, 1, 3)


def test_a_metric_whose_type_changes_becomes_a_string_without_statistics() -> None:
    assert summary_of({"a": 1}, {"a": "high"}) == {"a": {"type": "string", "last": "high"}}
    assert summary_of({"a": 1}, {"a": "high"}, {"a": 2}) == {"a": {"type": "string", "last": 2}}


def test_nan_spoils_all_statistics_for_good() -> None:
    found = summary_of({"a": 1}, {"a": "NaN"}, {"a": 2})["a"]
    assert found == {
        "type": "number", "count": 3, "sum": "NaN", "min": "NaN", "max": "NaN", "mean": "NaN", "last": 2,
    }  # fmt: skip


def test_infinities_take_part_in_statistics_as_numbers() -> None:
    found = summary_of({"a": "-Infinity"}, {"a": -1})["a"]
    assert found == {
        "type": "number", "count": 2, "sum": "-Infinity", "min": "-Infinity", "max": -1, "mean": "-Infinity",
        "last": -1,
    }  # fmt: skip
    assert summary_of({"a": "-Infinity"}, {"a": "Infinity"})["a"]["sum"] == "NaN"


def test_a_sum_beyond_every_float_is_an_infinity_and_no_invalid_json() -> None:
    found = summary_of({"a": 1.7e308}, {"a": 1.7e308})["a"]
    assert (found["sum"], found["mean"], found["max"]) == ("Infinity", "Infinity", 1.7e308)


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (1, "number"), (0.5, "number"), ("NaN", "number"), (True, "boolean"), (None, "null"), ([1], "array"),
        ({}, "object"), ("2024-03-01T10:20:30Z", "date"), ("2024-03-01", "string"), ("x", "string"),
    ],
)  # fmt: skip
def test_each_value_has_its_type(value: Any, kind: str) -> None:
    assert kind_of(value) == kind


def test_a_summary_made_anew_has_empty_statistics_for_what_is_no_number() -> None:
    summary: Summary = {}
    add_report(summary, "validation", {"a": 1, "b": "x"})
    complete(summary)
    assert summary["validation_metrics"]["a"]["count"] == 1
    assert summary["validation_metrics"]["b"] == {
        "type": "string", "last": "x", "count": None, "sum": None, "min": None, "max": None, "mean": None,
    }  # fmt: skip
