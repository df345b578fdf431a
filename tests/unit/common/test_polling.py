"""Waiting by asking again and again."""

from __future__ import annotations

from typing import List, Optional

from determined.common.polling import poll


def test_the_first_answer_ends_the_waiting() -> None:
    answers: List[Optional[str]] = [None, None, "done", "never asked for"]
    assert poll(lambda: answers.pop(0), interval=0.001) == "done"
    assert answers == ["never asked for"]


def test_an_answer_that_is_false_is_an_answer() -> None:
    assert poll(lambda: 0, interval=60) == 0


def test_none_is_returned_when_the_time_is_over() -> None:
    asked: List[int] = []
    assert poll(lambda: asked.append(1), interval=60, timeout=0.01) is None
    assert len(asked) == 2  # once at the start, once when the time is over


def test_without_time_it_is_asked_once() -> None:
    asked: List[int] = []
    assert poll(lambda: asked.append(1), interval=60, timeout=0) is None
    assert len(asked) == 1
