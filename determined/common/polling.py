"""Waiting for something by asking again and again."""

from __future__ import annotations

import time
from typing import Callable, Optional, Tuple, TypeVar

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


def wait_for(predicate: Callable[[], Tuple[bool, T]], timeout: float = 60, interval: float = 0.1) -> T:
    """Ask until the answer is that it is done, and return what came with it.

    Parameters:
        predicate: returns whether it is done, and a value.
        timeout: seconds after which to give up. Defaults to 60.
        interval: seconds between two questions. Defaults to 0.1.

    Raises:
        TimeoutError: it was not done in time.
    """

    def ask() -> Optional[Tuple[T]]:
        done, value = predicate()
        return (value,) if done else None

    found = poll(ask, interval, timeout)
    if found is None:
        raise TimeoutError(f"it was not done within {timeout} s")
    return found[0]
