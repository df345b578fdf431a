"""Functions that draw random numbers without anybody noticing."""

from __future__ import annotations

import functools
import random
from typing import Any, Callable, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])


def preserve_random_state(fn: Function) -> Function:
    """Let a function leave the state of `random` as it was.

    Parameters:
        fn: the function.

    Returns:
        A function that does the same.
    """

    @functools.wraps(fn)
    def preserving(*args: Any, **kwargs: Any) -> Any:
        state = random.getstate()
        try:
            return fn(*args, **kwargs)
        finally:
            random.setstate(state)

    return cast(Function, preserving)
