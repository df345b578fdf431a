"""What functions take."""

from __future__ import annotations

import inspect
from typing import Any, Callable, Optional


def has_param(fn: Callable[..., Any], name: str, pos: Optional[int] = None) -> bool:
    """Return whether a function has a parameter of some name, or at some place.

    Parameters:
        fn: the function.
        name: the name.
        pos: the place, from 0, at which a positional parameter of any name counts, too. Defaults to None: none does.
    """
    parameters = inspect.signature(fn).parameters
    if name in parameters:
        return True
    places = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return pos is not None and pos < sum(p.kind in places for p in parameters.values())
