"""Lifespans of access tokens, spellings of settings."""

from __future__ import annotations

import pytest

from determined.master.errors import Refusal
from determined.master.services.durations import parse_duration
from determined.master.services.tokens import lifetime_of
from determined.master.services.user_settings import normal_json

_SECOND = 1_000_000


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1h30m", 5400), ("1.5s", 1.5), ("-2m", -120), ("0", 0), (".5h", 1800), ("300ms", 0.3), ("1h1m1s", 3661)],
)
def test_go_durations_are_read(text: str, seconds: float) -> None:
    assert parse_duration(text) == round(seconds * _SECOND)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 'invalid duration ""'),
        ("soon", 'invalid duration "soon"'),
        ("5", 'missing unit in duration "5"'),
        ("5d", 'unknown unit "d" in duration "5d"'),
        ("1h 2m", 'unknown unit "h " in duration "1h 2m"'),
        ("1hx", 'unknown unit "hx" in duration "1hx"'),
    ],
)
def test_what_is_no_go_duration_is_refused_in_the_words_of_go(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=f"^time: {words}$"):
        parse_duration(text)


def test_a_token_lives_thirty_days_at_most() -> None:
    longest = 30 * 24 * 3600 * _SECOND
    assert lifetime_of(None) == lifetime_of("-1") == lifetime_of("720h") == longest
    with pytest.raises(Refusal, match="less than max token lifespan"):
        lifetime_of("720h0m1s")
    with pytest.raises(Refusal, match="positive value"):
        lifetime_of("0")


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ('["id","name"]', '["id", "name"]'),
        ('{"bb":1,"a":2,"ä":3}', '{"a": 2, "bb": 1, "ä": 3}'),
        ('{"a":1,"a":2}', '{"a": 2}'),
        ("[1.50, 1e3, -0.0, 12345678901234567890]", "[1.50, 1000, 0.0, 12345678901234567890]"),
        ('"dark"', '"dark"'),
    ],
)
def test_settings_are_spelled_as_postgresql_spells_them(text: str, normal: str) -> None:
    assert normal_json(text) == normal


@pytest.mark.parametrize("text", ["dark", "{", "NaN", "[" * 100_000])
def test_a_setting_that_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="must be JSON"):
        normal_json(text)
