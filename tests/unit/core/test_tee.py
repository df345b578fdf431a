"""Streams that are heard while they reach the terminal."""

from __future__ import annotations

import copy
import io
import os
import sys
from typing import List

import pytest

from determined.core._tee import Standing, Tee


def test_what_is_written_reaches_the_stream_first_and_is_then_heard() -> None:
    stream = io.StringIO()
    heard: List[str] = []
    tee = Tee(stream, lambda text: heard.append(f"{text}|{stream.getvalue()}"))
    assert tee.write("a") == 1
    tee.writelines(["b\n", "c"])
    print("d", file=tee, flush=True)
    assert stream.getvalue() == "ab\ncd\n"
    assert heard == ["a|a", "b\n|ab\n", "c|ab\nc", "d|ab\ncd", "\n|ab\ncd\n"]


def test_everything_else_is_the_streams(tmp_path: object) -> None:
    with open(os.devnull, "w", encoding="utf-16", errors="replace") as stream:
        tee = Tee(stream, lambda text: None)
        assert (tee.encoding, tee.errors, tee.name) == ("utf-16", "replace", os.devnull)
        assert (tee.fileno(), tee.isatty()) == (stream.fileno(), False)
        assert tee.buffer is stream.buffer
        with pytest.raises(AttributeError):
            _ = tee.nothing
        with tee as entered:
            assert entered is tee
        assert not stream.closed


def test_what_the_stream_refuses_is_not_heard() -> None:
    heard: List[str] = []
    tee = Tee(io.StringIO(), heard.append)
    with pytest.raises(TypeError):
        tee.write(5)  # type: ignore[arg-type]
    assert heard == []


def test_a_copy_of_a_tee_can_be_made() -> None:
    assert copy.copy(Tee(sys.stdout, lambda text: None)).encoding == sys.stdout.encoding


def test_the_stream_is_put_back(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stdout", stream)
    heard: List[str] = []
    place = Standing("stdout", heard.append)
    kept = sys.stdout
    sys.stdout.write("a\n")
    place.restore()
    assert sys.stdout is stream
    kept.write("b\n")
    assert (stream.getvalue(), heard) == ("a\nb\n", ["a\n"])


def test_who_has_taken_the_place_since_keeps_it(monkeypatch: pytest.MonkeyPatch) -> None:
    stream, later = io.StringIO(), io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    place = Standing("stderr", lambda text: None)
    sys.stderr = later
    place.restore()
    assert sys.stderr is later


def test_a_process_without_a_console_has_nothing_to_hear(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdout", None)
    place = Standing("stdout", lambda text: None)
    place.restore()
    assert sys.stdout is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_process_that_was_forked_off_writes_unheard() -> None:
    read, write = os.pipe()
    with os.fdopen(write, "w") as stream:

        def hear(text: str) -> None:
            os.write(write, b"heard\n")

        tee = Tee(stream, hear)
        child = os.fork()
        if child == 0:
            tee.write("from the child\n")
            tee.flush()
            os._exit(0)
        os.waitpid(child, 0)
    with os.fdopen(read) as seen:
        assert seen.read() == "from the child\n"
