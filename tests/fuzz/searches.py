"""Searches in the language of filters and orders, right in most places."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import strategies as st

_COLUMNS = st.one_of(
    st.sampled_from(
        [
            "id", "name", "startTime", "endTime", "state", "archived", "tags", "user", "progress", "searcherType",
            "hp.x", "hp.y.z", "hp.", "hp", "validation.loss.min", "training.loss.last", "own.word.mean", "metadata.a.b",
            "metadata.\ud800", 'hp."', "hp.\0", "a.b.c.min", "", "nowhere",
        ]
    ),
    st.text(max_size=8),
)  # fmt: skip
_OPERATORS = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "contains", "notContains", "isEmpty", "notEmpty", "?"])
_VALUES = st.one_of(
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.text(max_size=8),
    st.just(60_000).map(lambda size: "a" * size),
    st.sampled_from(
        [
            None, 10**400, -(2**63) - 1, "1e999", "\ud800", "\0", "%", "\\", [], [1], {}, {"a": 1},
            "loss",
            "2024-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59", "2024-13-01", "",
        ]
    ),
)  # fmt: skip
_LOCATIONS = ["EXPERIMENT", "HYPERPARAMETERS", "VALIDATIONS", "TRAINING", "CUSTOM_METRIC", "RUN", "RUN_METADATA", "?"]
_FIELDS = st.fixed_dictionaries(
    {"kind": st.just("field"), "columnName": _COLUMNS, "operator": _OPERATORS, "value": _VALUES},
    optional={
        "location": st.sampled_from(_LOCATIONS).map(lambda name: f"LOCATION_TYPE_{name}"),
        "type": st.sampled_from(["TEXT", "NUMBER", "DATE", "ARRAY"]).map(lambda name: f"COLUMN_TYPE_{name}"),
    },
)


def _group(children: Any) -> Any:
    conjunctions = st.sampled_from(["and", "or", "and", "or", "nor"])
    return st.fixed_dictionaries({"kind": st.just("group"), "conjunction": conjunctions, "children": children})


_GROUPS = _group(st.lists(st.recursive(_FIELDS, lambda inner: _group(st.lists(inner, max_size=3)), max_leaves=6)))
# too much of everything, and what is no list
_LARGE = st.builds(
    lambda count, field: {"kind": "group", "conjunction": "and", "children": [field] * count},
    st.sampled_from([50, 1500, 5000]),
    _FIELDS,
)
_WRONG = _group(st.sampled_from([7, "x", {"a": 1}, [None], [[]], None]))


def _nested(depth: int) -> str:
    opening = '{"kind":"group","conjunction":"and","children":['
    return '{"filterGroup":' + opening * depth + "]}" * depth + "}"


def made_searches() -> Any:
    """The bodies of search requests."""
    groups = st.one_of(_GROUPS, _GROUPS, _GROUPS, _FIELDS, _LARGE, _WRONG)
    filters = st.one_of(
        groups.map(lambda group: json.dumps({"filterGroup": group, "showArchived": True})),
        groups.map(lambda group: json.dumps({"filterGroup": group, "showArchived": True})),
        st.sampled_from([10, 90, 200, 340, 450, 900, 20_000]).map(_nested),
        st.just(""),
    )
    term = st.builds(lambda column, order: f"{column}={order}", _COLUMNS, st.sampled_from(["asc", "desc", "asc", "up"]))
    orders = st.one_of(
        st.just(""),
        st.lists(term, max_size=3).map(",".join),
        st.builds(lambda one, count: ",".join([one] * count), term, st.sampled_from([20, 3000])),
    )
    return st.fixed_dictionaries({"filter": filters}, optional={"sort": orders, "limit": st.integers(-2, 5)})
