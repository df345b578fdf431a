"""YAML of experiment configurations."""

from __future__ import annotations

import io
import pathlib

import pytest

from determined.common import yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e-4", 1e-4),
        ("-1E+3", -1000.0),
        ("2e5", 200000.0),
        ("1.5e3", 1500.0),
        ("'1e-4'", "1e-4"),
        ("1e", "1e"),
        ("1e5a", "1e5a"),
        ("12", 12),
        ("true", True),
        ("~", None),
        (".5", 0.5),
        ("1:30", 90),
        ("[1, a]", [1, "a"]),
    ],
)
def test_a_scalar_is_what_a_master_takes_it_for(text: str, value: object) -> None:
    found = yaml.load(text)
    assert found == value
    assert type(found) is type(value)


def test_no_object_can_be_made_by_a_document() -> None:
    with pytest.raises(ValueError, match="not valid YAML"):
        yaml.load("!!python/object/apply:os.getcwd []")


def test_an_error_names_the_place_and_the_file(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("name: a\n  searcher: [\n")
    with pytest.raises(ValueError, match=r"(?s)config\.yaml.*line 2"):
        yaml.load_file(file)
    file.write_text("- 1\n")
    with pytest.raises(ValueError, match=r"config\.yaml must hold a mapping"):
        yaml.load_file(file)


def test_a_file_is_read_as_a_mapping(tmp_path: pathlib.Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("name: ä\nhyperparameters: {lr: 1e-3}\n", encoding="utf-8")
    assert yaml.load_file(file) == {"name": "ä", "hyperparameters": {"lr": 0.001}}
    assert yaml.load(io.StringIO("a: 1")) == {"a": 1}


def test_what_is_written_is_read_back_the_same() -> None:
    shared = {"x": 1}
    value = {"b": [1, 2.5, None, True, "1e-4", "yes", "ä"], "a": shared, "c": shared, "small": 1e-7}
    text = yaml.dump(value)
    assert yaml.load(text) == value
    assert "&" not in text
    assert text.index("a:") < text.index("b:")
    assert yaml.dump({"b": 1, "a": 2}, sort_keys=False) == "b: 1\na: 2\n"


def test_what_is_no_plain_type_is_not_written() -> None:
    with pytest.raises(ValueError, match="cannot be written as YAML"):
        yaml.dump({"a": object()})


@pytest.mark.parametrize("text", ["y", "N", "yes", "1e3", "null", "a: b"])
def test_text_that_a_master_would_take_for_something_else_is_quoted(text: str) -> None:
    written = yaml.dump({text: [text]})
    assert written == f"'{text}':\n- '{text}'\n"
    assert yaml.load(written) == {text: [text]}
