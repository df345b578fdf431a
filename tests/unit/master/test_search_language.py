"""Filters and orders of searches, on real rows."""

from __future__ import annotations

import json
from typing import Any, List

import pytest

from determined.master.errors import Code, Refusal
from determined.master.services import experiment_search, runs
from determined.master.store.database import Transaction

SUMMARY = {
    "validation_metrics": {
        "loss": {"last": 0.5}, "a.b": {"last": 3}, "note": {"last": "good"}, "steep": {"last": "Infinity"},
        "broken": {"last": "NaN"},
    }
}  # fmt: skip


@pytest.fixture
def searched(tx: Transaction) -> Transaction:
    """Three runs: 1 has everything, 2 has other values, 3 has nothing."""
    tx.insert(
        "experiments", job_id="j", state="PAUSED", name="Alpha 100%", config="{}", original_config="", owner_id=1,
        searcher_name="single", searcher_metric="loss", smaller_is_better=1, resource_pool="", start_time=0,
        project_id=1, labels='["vision","big"]',
    )  # fmt: skip
    hparams = [
        {"lr": 0.3, "net": {"width": 8}, "opt": "adam", "on": True},
        {"lr": 0.1, "opt": "sgd", "on": False, "größe": 1},
        {},
    ]
    metadata = [{"day": "2024-05-01", "tags": ["x", "y"], "n": 3}, {"day": "2023-01", "n": "3"}, None]
    for number in range(3):
        tx.insert(
            "trials", experiment_id=1, request_id=str(number), state="COMPLETED", project_id=1,
            start_time=number * 1_000_000, hparams=json.dumps(hparams[number]),
            metadata=None if metadata[number] is None else json.dumps(metadata[number]),
            summary_metrics=json.dumps(SUMMARY) if number == 0 else "{}",
        )  # fmt: skip
    return tx


def found(tx: Transaction, condition: Any = None, sort: str = "") -> List[int]:
    """The ids of the runs that a condition finds."""
    children = [] if condition is None else [condition]
    text = json.dumps(
        {"filterGroup": {"kind": "group", "conjunction": "and", "children": children}, "showArchived": True}
    )
    return [row["id"] for row in runs.search_runs(tx, 0, sort, text, 0, -1).rows]


def field(name: str, operator: str, value: Any = None, kind: str = "COLUMN_TYPE_UNSPECIFIED", **more: Any) -> Any:
    """A condition on one field."""
    return {"kind": "field", "columnName": name, "operator": operator, "value": value, "type": kind, **more}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (field("id", ">=", 2), [2, 3]),
        (field("id", "=", "2"), [2]),
        (field("experimentName", "contains", "ALPHA"), [1, 2, 3]),
        (field("experimentName", "=", "alpha 100%"), []),
        (field("experimentName", "notContains", "100"), []),
        (field("tags", "contains", "vis"), [1, 2, 3]),
        (field("tags", "=", "vis"), []),
        (field("tags", "!=", "small"), [1, 2, 3]),
        (field("startTime", ">", "1970-01-01T00:00:01Z"), [3]),
        (field("startTime", ">=", "1970-01-01 00:00:01"), [2, 3]),
        (field("endTime", "isEmpty"), [1, 2, 3]),
        (field("state", "!=", "ERROR"), [1, 2, 3]),
        (field("archived", "=", True), []),
    ],
)
def test_a_column_is_compared_by_its_kind(searched: Transaction, condition: Any, expected: List[int]) -> None:
    assert found(searched, condition) == expected


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (field("hp.lr", ">", 0.2, "COLUMN_TYPE_NUMBER"), [1]),
        (field("hp.net.width", "=", 8), [1]),
        (field("hp.opt", "=", "sgd", "COLUMN_TYPE_TEXT"), [2]),
        (field("hp.opt", "notContains", "ad", "COLUMN_TYPE_TEXT"), [2, 3]),
        (field("hp.on", "=", True), [1]),
        (field("hp.on", "=", "false", "COLUMN_TYPE_TEXT"), [2]),
        (field("hp.größe", "=", 1), [2]),
        (field("hp.lr", "isEmpty"), [3]),
        (field("hp.net", "notEmpty"), [1]),
        (field("validation.loss.last", "<=", 0.5, "COLUMN_TYPE_NUMBER"), [1]),
        (field("validation.a.b.last", "=", 3, "COLUMN_TYPE_NUMBER"), [1]),
        (field("validation.note.last", "=", "good", "COLUMN_TYPE_TEXT"), [1]),
        (field("validation.note.last", ">", 0, "COLUMN_TYPE_NUMBER"), []),
        (field("validation.steep.last", ">", 1e300, "COLUMN_TYPE_NUMBER"), [1]),
        (field("validation.broken.last", ">", 1e300, "COLUMN_TYPE_NUMBER"), [1]),
        (field("validation.broken.last", "<", 1e300, "COLUMN_TYPE_NUMBER"), []),
        (field("metadata.tags", "=", "y", "COLUMN_TYPE_TEXT"), [1]),
        (field("metadata.n", "=", 3, "COLUMN_TYPE_NUMBER"), [1]),
        (field("metadata.day", "<", "2024-01-01", "COLUMN_TYPE_DATE"), [2]),
        (field("metadata.day", "<=", "2023-01", "COLUMN_TYPE_DATE"), [2]),
        (field("metadata.n", "<", "2024-01-01", "COLUMN_TYPE_DATE"), []),
        (field("metadata.day", ">=", "2024-04-30T12:00:00Z", "COLUMN_TYPE_DATE"), [1]),
    ],
)
def test_a_field_in_json_is_found_by_its_path(searched: Transaction, condition: Any, expected: List[int]) -> None:
    assert found(searched, condition) == expected


def test_the_location_tells_a_metric_from_a_column_of_the_same_name(searched: Transaction) -> None:
    condition = field("id.loss.last", "=", 1, location="LOCATION_TYPE_CUSTOM_METRIC")
    assert found(searched, condition) == []


def test_a_condition_without_a_value_holds_for_all(searched: Transaction) -> None:
    assert found(searched, field("experimentName", "=")) == [1, 2, 3]


def test_groups_nest(searched: Transaction) -> None:
    either = {"kind": "group", "conjunction": "or", "children": [field("id", "=", 1), field("id", "=", 3)]}
    both = {"kind": "group", "conjunction": "and", "children": [either, field("hp.lr", "notEmpty")]}
    assert found(searched, both) == [1]


@pytest.mark.parametrize("name", ['hp.x"; DROP TABLE trials; --', "hp.'", "metadata.a'b", 'validation.l"x.last'])
def test_a_name_cannot_leave_its_place_in_the_sql(searched: Transaction, name: str) -> None:
    assert found(searched, field(name, "=", 1)) == []
    assert found(searched) == [1, 2, 3]


@pytest.mark.parametrize(
    "condition",
    [
        field("colour", "=", 1),
        field("id", "like", 1),
        field("id", ">", "many"),
        field("id", "=", 10**400),
        field("hp.lr", "=", 10**400),
        {"kind": "tree"},
        {"kind": "group", "conjunction": "and", "children": 7},
        "text",
    ],
)
def test_what_is_no_condition_is_refused(searched: Transaction, condition: Any) -> None:
    with pytest.raises(Refusal):
        found(searched, condition)


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (field("id", "=", "many"), 'type integer: "many"'),
        (field("id", "=", True), 'type integer: "true"'),
        (field("state", "=", "QUEUED"), 'enum trial_state: "QUEUED"'),
        (field("archived", "=", "maybe"), 'type boolean: "maybe"'),
        (field("startTime", "<", "soon"), 'type timestamp with time zone: "soon"'),
        ({"kind": "field", "columnName": "id", "value": 3}, "value but no operator"),
    ],
)
def test_a_value_that_its_column_cannot_have_is_named(searched: Transaction, condition: Any, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        found(searched, condition)


@pytest.mark.parametrize(
    ("group", "words"),
    [
        ({"kind": "group", "children": [field("id", "=", 1)]}, "group specified with no conjunction"),
        ({"kind": "group", "conjunction": "nor", "children": []}, "invalid conjunction value nor"),
    ],
)
def test_a_missing_conjunction_is_no_unknown_one(searched: Transaction, group: Any, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        found(searched, group)


def test_nan_comes_after_every_number_in_both_directions_and_before_what_is_missing(searched: Transaction) -> None:
    values = {1: "Infinity", 2: "NaN", 3: -1}
    for run, value in values.items():
        summary = {"validation_metrics": {"loss": {"last": value}}}
        stored = {"Infinity": float("inf")}.get(str(value), value)
        searched.update("trials", {"id": run}, summary_metrics=json.dumps(summary), searcher_metric_value=stored)
    searched.insert(
        "trials", experiment_id=1, request_id="bare", state="COMPLETED", project_id=1, start_time=0, hparams="{}"
    )  # fmt: skip
    for sort in ("searcherMetricsVal", "validation.loss.last"):
        assert found(searched, sort=f"{sort}=asc") == [3, 1, 2, 4]
        assert found(searched, sort=f"{sort}=desc") == [1, 3, 2, 4]


def test_a_text_does_not_say_whether_archived_ones_are_shown(searched: Transaction) -> None:
    with pytest.raises(Refusal, match="showArchived"):
        runs.search_runs(searched, 0, "", '{"showArchived": "false"}', 0, -1)


@pytest.mark.parametrize(
    ("text", "words"),
    [("name = 3", "in literal null"), ("{", "unexpected end of JSON input"), ("[]", "not a JSON object")],
)
def test_what_is_no_filter_is_refused_with_the_place(searched: Transaction, text: str, words: str) -> None:
    with pytest.raises(Refusal, match=words):
        runs.search_runs(searched, 0, "", text, 0, -1)


def test_groups_that_are_nested_too_deep_are_refused(searched: Transaction) -> None:
    opening = '{"kind":"group","conjunction":"and","children":['
    with pytest.raises(Refusal, match="invalid filter"):
        runs.search_runs(searched, 0, "", '{"filterGroup":' + opening * 450 + "]}" * 450 + "}", 0, -1)


def test_half_of_a_surrogate_pair_is_searched_for_as_it_is_stored(searched: Transaction) -> None:
    searched.update("experiments", {"id": 1}, name="half \ufffd")
    assert found(searched, field("experimentName", "contains", "half \ud800")) == [1, 2, 3]


@pytest.mark.parametrize(
    ("sort", "expected"),
    [
        ("id=desc", [3, 2, 1]),
        ("hp.lr=asc", [2, 1, 3]),
        ("hp.lr=desc", [1, 2, 3]),
        ("validation.loss.last=desc", [1, 2, 3]),
        ("state=desc,id=desc", [3, 2, 1]),
        ("state=desc", [1, 2, 3]),
        ("metadata.n=asc", [2, 1, 3]),
        ("metadata.n=desc", [1, 2, 3]),
    ],
)
def test_what_is_missing_comes_last_and_equals_in_the_order_of_ids(
    searched: Transaction, sort: str, expected: List[int]
) -> None:
    assert found(searched, sort=sort) == expected


@pytest.mark.parametrize("sort", ["id", "id=up", "colour=asc", "tags=asc", "id=asc,"])
def test_what_is_no_order_is_refused_as_invalid(searched: Transaction, sort: str) -> None:
    with pytest.raises(Refusal) as caught:
        found(searched, sort=sort)
    assert caught.value.code is Code.INVALID_ARGUMENT


def test_an_equals_sign_too_many_is_no_direction(searched: Transaction) -> None:
    with pytest.raises(Refusal, match="invalid sort parameter: id=asc=desc"):
        found(searched, sort="id=asc=desc")


@pytest.mark.parametrize(("direction", "expected"), [("asc", [2, 1, 3, 4]), ("desc", [3, 1, 2, 4])])
def test_a_hyperparameter_with_a_range_counts_for_more_than_one_value(
    tx: Transaction, direction: str, expected: List[int]
) -> None:
    definitions = [{"type": "const", "val": 0.5}, {"type": "const", "val": 0.25}]
    definitions.append({"type": "log", "base": 10, "minval": -4, "maxval": -1})
    for hyperparameters in [*({"lr": definition} for definition in definitions), {}]:
        tx.insert(
            "experiments", job_id="j", state="PAUSED", name="e", config="{}", original_config="", owner_id=1,
            searcher_name="random", searcher_metric="loss", smaller_is_better=1, resource_pool="", start_time=0,
            project_id=1, hyperparameters=json.dumps(hyperparameters),
        )  # fmt: skip
    page = experiment_search.search_experiments(tx, 0, f"hp.lr={direction}", "", 0, -1).page
    assert [row["id"] for row in page.rows] == expected
