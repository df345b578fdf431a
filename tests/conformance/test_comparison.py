"""The judge of scenes sees what is another answer, and nothing else."""

from __future__ import annotations

import gzip
import io
import tarfile
from typing import Any, Dict, List

import pytest

from .answers import Answer
from .comparison import compare
from .paths import matches, select

UUID_1, UUID_2 = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"


def differing(want: Any, got: Any, **step: Any) -> List[str]:
    return compare(step, Answer(200, want), {}, Answer(200, got), {})


@pytest.mark.parametrize(
    ("want", "got", "step", "places"),
    [
        ({"a": 1}, {"a": 1.0}, {}, []),
        ({"a": 1}, {"a": True}, {}, [".body.a"]),
        ({"a": 1}, {"a": "1"}, {}, [".body.a"]),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, {}, []),
        ({"a": None}, {}, {}, [".body.a"]),
        ({}, {"a": None}, {}, [".body.a"]),
        ([1, 2], [1], {}, [".body"]),
        ([1, 2], [2, 1], {}, [".body.0", ".body.1"]),
        ([1, 2], [2, 1], {"unordered": [""]}, []),
        ({"a": [{"b": [1, 2]}]}, {"a": [{"b": [2, 1]}]}, {"unordered": ["a.*.b"]}, []),
        ({"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 1}, {"ignore": ["**.b"]}, []),
        ({"a": {"b": 1}, "c": 1}, {"a": {"b": 2}, "c": 2}, {"ignore": ["*.b"]}, [".body.c"]),
        ({"a": 1, "b": 1}, {"a": 1, "b": 2}, {"pick": ["a"]}, []),
        ({"clusterId": "x"}, {}, {}, []),
        ({"at": "2024-01-02T03:04:05.6Z"}, {"at": "2025-01-02T03:04:05Z"}, {}, []),
        ({"id": UUID_1}, {"id": UUID_2}, {}, []),
        ({"id": UUID_1}, {"id": "none"}, {}, [".body.id"]),
    ],
)
def test_bodies_are_compared_by_the_rules_of_their_step(
    want: Any, got: Any, step: Dict[str, Any], places: List[str]
) -> None:
    assert [line.partition(":")[0] for line in differing(want, got, **step)] == places


def test_captured_values_stand_for_each_other() -> None:
    want, got = Answer(200, {"name": "user first-token"}), Answer(200, {"name": "user second-token"})
    assert compare({}, want, {"token": "first-token"}, got, {"token": "second-token"}) == []
    assert compare({}, want, {"token": "first-token"}, got, {}) != []


def test_status_and_kind_count() -> None:
    assert compare({}, Answer(200, []), {}, Answer(201, []), {}) == [".status: want 200, got 201"]
    assert compare({}, Answer(200, []), {}, Answer(200, [], is_stream=True), {}) != []
    assert compare({}, Answer(200, members=[("a", 1, "x")]), {}, Answer(200, members=[("a", 2, "x")]), {}) != []


@pytest.mark.parametrize(
    ("status", "code", "text", "is_as_good"),
    [
        (400, 3, 'the field lr of hparams may not be "big"', True),
        (400, 3, "it is refused", False),
        (400, 5, 'the field lr of hparams may not be "big"', False),
        (404, 3, 'the field lr of hparams may not be "big"', False),
    ],
)
def test_a_failure_of_the_real_master_may_be_a_refusal_that_names_the_same(
    status: int, code: int, text: str, is_as_good: bool
) -> None:
    failed = Answer(500, {"error": {"code": 2, "error": '<config>.hparams.lr: cannot be "big"'}})
    refused = Answer(status, {"error": {"code": code, "error": text}})
    assert (compare({}, failed, {}, refused, {}) == []) is is_as_good


def test_answers_are_read_as_what_they_are() -> None:
    def received(raw: bytes, kind: str = "", encoding: str = "") -> Answer:
        return Answer.received(200, kind, encoding, raw)

    assert received(b"") == Answer(200)
    assert received(b'{"a": 1}') == Answer(200, {"a": 1})
    assert received(gzip.compress(b"1"), encoding="gzip") == Answer(200, 1)
    assert received(b'{"a": 1}\n{"a": 2}\n') == Answer(200, [{"a": 1}, {"a": 2}], is_stream=True)
    assert received(b"a\nb") == Answer(200, "a\nb")
    assert received(b"<p>", "text/html; charset=utf-8") == Answer(200, "<html>")
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w:gz") as archive:
        archive.addfile(tarfile.TarInfo("empty"))
    members = received(packed.getvalue()).members
    assert members is not None
    assert [(name, size) for name, size, _ in members] == [("empty", 0)]


def test_places_are_found_and_matched() -> None:
    value = {"a": [{"b": 1}, {"b": 2}], "c": {"b": 3}}
    assert list(select(value, ["a", "*", "b"])) == [1, 2]
    assert list(select(value, ["a", "-1", "b"])) == [2]
    assert list(select(value, ["a", "2", "b"])) == []
    assert matches(("a", 0, "b"), ("**", "b"))
    assert matches(("a", 0, "b"), ("a", "*", "b"))
    assert not matches(("a", 0, "b"), ("*", "b"))
