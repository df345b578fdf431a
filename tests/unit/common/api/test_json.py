"""Decoding answers, the whole of them, and lists whose large objects are left for later; and encoding requests."""

from __future__ import annotations

import contextlib
import datetime
import decimal
import enum
import fractions
import gc
import json
import math
import uuid
from typing import Any, Dict, List, Type

import numpy as np
import pytest

from determined.common.api import _json


def _page(rows: List[Dict[str, Any]], blanks: bool = False) -> bytes:
    document = {"experiments": rows, "pagination": {"total": len(rows)}}
    return json.dumps(document, separators=None if blanks else (",", ":")).encode()


def _decode(page: bytes) -> Any:
    return _json.decode_rows(page, "experiments", "config", "originalConfig")


def _row(number: int, **changed: Any) -> Dict[str, Any]:
    return {"id": number, "config": {"name": f"run {number}", "data": {"n": number}}, "originalConfig": "", **changed}


@pytest.mark.parametrize("blanks", [False, True])
def test_configurations_of_a_list_are_left_undecoded(blanks: bool) -> None:
    rows = [_row(1), _row(2)]
    page = _decode(_page(rows, blanks))
    assert [type(row["config"]) for row in page["experiments"]] == [_json.Deferred] * 2
    assert [row["config"].decode() for row in page["experiments"]] == [row["config"] for row in rows]
    assert page["pagination"] == {"total": 2}


@pytest.mark.parametrize(
    "row",
    [
        _row(1, config={"data": {"originalConfig": 1}}),
        _row(1, config={"data": {"config": {"x": 1}, "originalConfig": {}}}),
        {"id": 1, "hyperparameters": {"config": {"type": "const"}, "originalConfig": 3}, "config": {}},
        {"id": 1, "hyperparameters": {"config": {"type": "const"}}, "config": {"a": 1}, "originalConfig": ""},
        {"id": 1, "config": None, "originalConfig": ""},
        {"id": 1},
    ],
)
def test_lists_with_the_same_keys_in_other_places_are_read_as_they_are(row: Dict[str, Any]) -> None:
    rows = [_row(7), row, _row(8)]
    found = _decode(_page(rows))["experiments"]
    assert [{**r, "config": _value(r.get("config"))} for r in found] == [{"config": None, **r} for r in rows]


def _value(config: Any) -> Any:
    return config.decode() if isinstance(config, _json.Deferred) else config


def test_text_that_looks_like_a_key_is_none() -> None:
    row = _row(1, name='"config":{"a":1},"originalConfig":', config={"description": '},"originalConfig":""}'})
    found = _decode(_page([row]))["experiments"][0]
    assert found["name"] == row["name"]
    assert found["config"].decode() == row["config"]


@pytest.mark.parametrize("document", [b"", b"<html>", b'{"experiments":[{"config":{},"originalConfig":""}', b"\xff"])
def test_what_is_no_json_is_refused(document: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        _decode(document)
    with pytest.raises(ValueError, match=r".+"):
        _json.decode(document)


def test_answers_that_are_no_pages_are_read_as_they_are() -> None:
    assert _decode(b"[1]") == [1]
    assert _decode(b'{"config":{},"originalConfig":1}') == {"config": {}, "originalConfig": 1}


@pytest.mark.parametrize("document", [json.dumps([{}] * 50_000).encode(), b"[" + b"0," * 50_000])
def test_large_documents_never_switch_the_garbage_collector(document: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    switched: List[str] = []
    for name in ("enable", "disable", "freeze", "set_threshold"):
        monkeypatch.setattr(gc, name, lambda *_, name=name: switched.append(name))
    with contextlib.suppress(ValueError):
        _json.decode(document)
    assert switched == []


class Color(enum.Enum):
    RED = "r"


class Level(enum.IntEnum):
    LOW = 1


@pytest.mark.parametrize(
    ("value", "document"),
    [
        ({"a": [1, True, None, "ü", 0.5]}, '{"a":[1,true,null,"\\u00fc",0.5]}'),
        ([math.nan, math.inf, -math.inf], '["NaN","Infinity","-Infinity"]'),
        ({math.inf: 1, 2: 3}, '{"Infinity":1,"2":3}'),
        ((1, [2, (3,)]), "[1,[2,[3]]]"),
        ([Color.RED, Level.LOW], '["RED",1]'),
        (datetime.datetime(2020, 1, 2, tzinfo=datetime.timezone.utc), '"2020-01-02T00:00:00+00:00"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        ([decimal.Decimal("1.5"), fractions.Fraction(1, 4), decimal.Decimal("NaN")], '[1.5,0.25,"NaN"]'),
        (b"a", '"a"'),
        (np.array([[1.0, math.nan]]), '[[1.0,"NaN"]]'),
        ([np.int64(1), np.float32(0.5), np.float64("inf"), np.bool_(True)], '[1,0.5,"Infinity",true]'),
    ],
)
def test_values_are_written_though_json_has_no_such(value: Any, document: str) -> None:
    assert _json.encode(value) == document.encode()


@pytest.mark.parametrize(
    ("value", "kind"),
    [({1, 2}, TypeError), ({(1,): 2}, TypeError), (1j, TypeError), (object(), TypeError), (b"\xff", ValueError)],
)
def test_what_stands_for_nothing_in_json_is_refused(value: Any, kind: Type[Exception]) -> None:
    with pytest.raises(kind):
        _json.encode(value)
