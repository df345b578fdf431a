"""Names that have moved or were renamed: they go on working, and say once where they are now."""

from __future__ import annotations

import functools
import os
import sys
import warnings
from typing import Any, Callable, Optional, Set, Tuple, TypeVar, cast

Function = TypeVar("Function", bound=Callable[..., Any])

_PACKAGE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "")
_PASSED_OVER = (_PACKAGE, "<frozen importlib")
_told: Set[Tuple[str, str, int]] = set()


def renamed(old: str, new: str, since: str) -> None:
    """Warn that a name has another one now.

    Parameters:
        old: the name that was used.
        new: what to use instead.
        since: the version that renamed it.
    """
    _tell(f"{old} is deprecated since {since}: use {new} instead")


def moved(old: str, new: str, since: str) -> None:
    """Warn that a name has another place now; parameters as `renamed`."""
    _tell(f"{old} has moved since {since}: it is {new} now")


def superseded(old: str, new: str) -> None:
    """Warn that something should be written in another way; parameters as `renamed`."""
    _tell(f"{old} is deprecated: use {new} instead")


def _tell(text: str) -> None:
    """Warn at the first frame outside this package and the import system, once for each place."""
    frame = sys._getframe()
    while frame.f_back is not None and frame.f_code.co_filename.startswith(_PASSED_OVER):
        frame = frame.f_back
    place = (text, frame.f_code.co_filename, frame.f_lineno)
    if place not in _told:
        _told.add(place)
        registry = frame.f_globals.setdefault("__warningregistry__", {})
        module = frame.f_globals.get("__name__", "<unknown>")
        warnings.warn_explicit(text, FutureWarning, frame.f_code.co_filename, frame.f_lineno, module, registry)


def deprecated(message: Optional[str] = None) -> Callable[[Function], Function]:
    """Return a decorator that lets a function warn, each time it is called, that it will be removed.

    Parameters:
        message: what to say beside that. Defaults to nothing.
    """

    def decorate(function: Function) -> Function:
        text = f"{function.__name__} is deprecated and will be removed in a future version."
        text = f"{text} {message}." if message else text

        @functools.wraps(function)
        def warning(*args: Any, **kwargs: Any) -> Any:
            warnings.warn(text, DeprecationWarning, stacklevel=2)
            return function(*args, **kwargs)

        return cast(Function, warning)

    return decorate
