"""How tables, JSON and the rest of the command line's output look."""

from __future__ import annotations

import json

import pytest

from determined.cli.output import format_csv, format_percent, format_state, format_table, format_time, show_json
from determined.common.api.wire.enums import ExperimentState


def test_a_table_puts_text_left_and_numbers_right_and_leaves_none_blank() -> None:
    assert format_table(["ID", "Name"], [[1, "a"], [20, None]]) == (" ID | Name\n----+------\n  1 | a\n 20 |")


def test_a_cell_of_several_lines_goes_on_in_the_rows_below() -> None:
    assert format_table(["A", "B"], [["x", "1\n2"]]).splitlines()[2:] == [" x | 1", "   | 2"]


def test_text_that_looks_like_a_number_stays_text() -> None:
    assert "1e5" in format_table(["A"], [["1e5"]])


def test_csv_quotes_what_needs_it() -> None:
    assert format_csv(["A"], [['say "hi", now']]) == 'A\r\n"say ""hi"", now"\r\n'


def test_json_writes_special_floats_as_text_and_sorts_keys(capsys: pytest.CaptureFixture[str]) -> None:
    show_json({"b": [float("inf")], "a": float("nan")})
    out = capsys.readouterr().out
    assert json.loads(out) == {"a": "NaN", "b": ["Infinity"]}
    assert out.index('"a"') < out.index('"b"')


def test_times_shares_and_states_read_as_users_know_them() -> None:
    assert format_time("2026-01-02T03:04:05.678Z") == "2026-01-02 03:04:05+0000"
    assert format_time(None) is None
    assert format_percent(0.4564) == "45.6%"
    assert format_state(ExperimentState.STOPPING_KILLED) == "STOPPING_KILLED"
