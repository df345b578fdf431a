"""How configuration texts are read."""

from __future__ import annotations

import json
from typing import Any

import pytest

from determined.master.expconf import ConfigError
from determined.master.expconf.yaml_text import load


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("y", True),
        ("off", False),
        ("~", None),
        ("", None),
        ("1e10", 10000000000),
        ("3.0", 3),
        (".5", 0.5),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0b101", 5),
        ("017", 15),
        ("089", 89),
        ("-0o17", -15),
        ("1:30", "1:30"),
        ("2020-01-02", "2020-01-02"),
        ("12e", "12e"),
        ("'y'", "y"),
        ("!!str 3", "3"),
        ("!!int '3'", 3),
        ("!color red", "red"),
        ("{y: 1, 2: b, 1.5: c}", {"true": 1, "2": "b", "1.5": "c"}),
        ("a: 1\na: 2", {"a": 2}),
        ("a: 1\n---\nb: [", {"a": 1}),
        ("base: &b {x: 1, y2: 2}\nown: {<<: *b, x: 3}", {"base": {"x": 1, "y2": 2}, "own": {"x": 3, "y2": 2}}),
        ('{"name": "\\ud83d\\ude00", "x": 1.0}', {"name": "\U0001f600", "x": 1}),
    ],
)
def test_yaml_is_read_as_version_1_1(text: str, value: Any) -> None:
    assert json.dumps(load(text)) == json.dumps(value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: [1, 2\nsearcher: {", "yaml: line 1: did not find expected ',' or ']'"),
        ("a:\n  b: c: d", "yaml: line 2: mapping values are not allowed in this context"),
        ("a: *nobody", "yaml: unknown anchor 'nobody' referenced"),
        ("a: &a [*a]", "yaml: anchor 'a' value contains itself"),
        ("[a]: 1", "invalid map key"),
        ("a: .nan", "unsupported value: NaN"),
        ("a: -.inf", "unsupported value: -Inf"),
    ],
)
def test_what_is_no_yaml_is_refused_with_its_place(text: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load(text)
    assert words in caught.value.text


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "- " * 5_000 + "a"])
def test_bottomless_nesting_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        load(text)


def test_aliases_cannot_blow_a_text_up() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 9)]
    with pytest.raises(ConfigError, match="excessive aliasing"):
        load("\n".join(lines))
