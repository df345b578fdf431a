"""Users' patterns: one meaning whatever matches them, and none that takes for ever."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
import time
from typing import Iterator, Tuple

import pytest

from determined.master.patterns import Engine, Matcher, PatternError, Re2Engine, prepare
from determined.master.patterns._process import ProcessEngine


def engines() -> Iterator[Engine]:
    yield ProcessEngine()
    try:
        import re2  # type: ignore[import-untyped, import-not-found, unused-ignore]
    except ImportError:
        return
    yield Re2Engine(re2)


ENGINES = list(engines())


@pytest.fixture(params=ENGINES, ids=lambda engine: type(engine).__name__)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    found: Engine = type(request.param)() if isinstance(request.param, ProcessEngine) else request.param
    yield found
    found.close()


CASES = [
    ("abc", "xabcx", True),
    ("a.c", "a\nc", False),
    ("(?s)a.c", "a\nc", True),
    ("^a$", "a", True),
    ("^a$", "a\n", False),
    ("(?m)^b$", "a\nb\nc", True),
    (r"a\z", "a", True),
    (r"\d", "\u0663", False),
    (r"\w", "\u00e9", False),
    (r"\s", "\v", False),
    (r"[\s]", " ", True),
    (r"[[:digit:]]+x", "12x", True),
    (r"[[:alpha:]_]", "1", False),
    (r"[^[:space:]]", " ", False),
    (r"\Qa.b\E+", "a.bb", True),
    (r"\Qa.b", "axb", False),
    ("(?P<name>x)y", "xy", True),
    ("(?i)FATAL", "fatal", True),
    ("x(?i)y", "XY", False),
    ("x(?i)y", "xY", True),
    ("x(?i)y|z", "Z", True),
    ("x(?i)y|z", "Xy", False),
    ("(x(?i)y)z", "xYZ", False),
    ("(?i:x)y", "XY", False),
    ("(?i)a(?-i)b", "Ab", True),
    ("(?i)a(?-i)b", "AB", False),
    (r"\x41\x{42}", "AB", True),
    (r"\101", "A", True),
    ("a{2,3}b", "aab", True),
    ("a{,2}", "a{,2}", True),
    ("a{,2}", "aa", False),
    ("{", "{", True),
    ("[]a]", "]", True),
    ("[a&&b]", "&", True),
    ("a|", "z", True),
    ("", "anything", True),
    ("\u00fc.", "\u00fcb", True),
]


@pytest.mark.parametrize(("pattern", "text", "expected"), CASES, ids=lambda v: repr(v))
def test_a_pattern_has_the_meaning_that_re2_gives_it(engine: Engine, pattern: str, text: str, expected: bool) -> None:
    engine.check(pattern)
    assert (engine.first(pattern, [text]) is not None) is expected


@pytest.mark.parametrize(
    "pattern",
    [
        "(", ")", "[a", "*", "a**", "a*+", "(?=a)", "(?!a)", "(?<=a)b", "(?<!a)b", r"(a)\1", "(?P=n)", "(?#x)a",
        "(?>a)", "a{1001}", "(?P<n>a", r"\Z", "\\", "[b-a]", r"[[:none:]]",
    ],
    ids=repr,
)  # fmt: skip
def test_what_re2_does_not_know_is_no_pattern(engine: Engine, pattern: str) -> None:
    with pytest.raises(PatternError):
        engine.check(pattern)


SLOW: Tuple[str, str] = ("^(a+)+$", "a" * 48 + "!")


def test_a_pattern_that_backtracks_without_end_comes_to_one(engine: Engine) -> None:
    pattern, text = SLOW
    for _ in range(3):
        assert engine.first(pattern, [text]) is None
    assert engine.first("b+", ["a", "bb"]) == 1


def test_a_helper_that_was_killed_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = ProcessEngine()
    assert engine.first("b+", ["a", "bb"]) == 1
    assert engine._process is not None
    os.kill(engine._process.pid, signal.SIGKILL)
    assert engine.first("b+", ["a", "bb"]) == 1
    engine.close()
    assert engine.first("b+", ["a", "bb"]) is None
    assert engine._process is None


def test_the_end_of_a_line_is_the_end_of_its_text(engine: Engine) -> None:
    matcher = Matcher(engine)
    assert matcher.find_first(prepare("bad[.]$"), ["fine\n", "it is bad.\n", "bad."]) == 1
    assert matcher.find_first(prepare("^a\n$"), ["b\n", "a\n"]) == 1
    assert matcher.find_first(prepare("^a$"), ["ab\n"]) is None


def test_text_that_is_no_unicode_is_searched_too(engine: Engine) -> None:
    assert engine.first("b+c", ["a\ud800", "\udfffbbc"]) == 1


def test_a_helper_ends_with_its_master_even_in_the_middle_of_a_match(tmp_path: pathlib.Path) -> None:
    script = """
import os, threading, time
from determined.master.patterns._process import ProcessEngine
engine = ProcessEngine()
engine.first("b", ["b"])
print(engine._process.pid, flush=True)
threading.Thread(target=engine.first, args=("^(a+)+$", ["a" * 48 + "!"]), daemon=True).start()
time.sleep(0.2)
os._exit(9)
"""
    told = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, check=False)
    assert told.returncode == 9
    deadline = time.monotonic() + 60
    while is_alive(int(told.stdout)):
        assert time.monotonic() < deadline
        time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = pathlib.Path(f"/proc/{pid}/stat")
    return not status.exists() or status.read_text().rpartition(")")[2].split()[0] != "Z"
