"""Waiting for something by asking again and again."""

from __future__ import annotations

import time
from typing import Callable, Optional, TypeVar

T = TypeVar("T")


def poll(ask: Callable[[], Optional[T]], interval: float, timeout: Optional[float] = None) -> Optional[T]:
    """Ask until there is an answer; returns it, or None when the time is over.

    Parameters:
        ask: returns None for "not yet".
        interval: seconds between two questions.
        timeout: seconds after which to give up; None for never.
    """
    deadline = None if timeout is None else time.monotonic() + timeout
    while True:
        answer = ask()
        if answer is not None:
            return answer
        pause = interval
        if deadline is not None:
            left = deadline - time.monotonic()
            if left <= 0:
                return None
            pause = min(pause, left)
        time.sleep(pause)
