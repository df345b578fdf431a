"""Names of earlier releases: they go on working, and warn once for each place that uses them."""

from __future__ import annotations

import functools
import importlib
from typing import TYPE_CHECKING, Any, Callable, Mapping, TypeVar

from ..._deprecation import moved, renamed

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
R = TypeVar("R")


def old_name(new: str, since: str) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that makes a function warn of being the old name of another.

    Parameters:
        new: what to use instead.
        since: the release that brought it.
    """

    def decorate(function: Callable[P, R]) -> Callable[P, R]:
        module = "client." if function.__module__.endswith(".client") else ""

        @functools.wraps(function)
        def warn_and_call(*args: P.args, **kwargs: P.kwargs) -> R:
            renamed(module + function.__qualname__, new, since)
            return function(*args, **kwargs)

        return warn_and_call

    return decorate


def old_names(module: str, places: Mapping[str, str], since: str) -> Callable[[str], Any]:
    """Return a module's ``__getattr__`` that finds its old names.

    Parameters:
        module: the module's ``__name__``.
        places: each old name and where it is now, as ``module:name`` below this package.
        since: the release that moved them.
    """

    def find(name: str) -> Any:
        if name not in places:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        submodule, _, attribute = places[name].partition(":")
        moved(f"{module}.{name}", f"{module}.{attribute}", since)
        return getattr(importlib.import_module(f"{__package__}.{submodule}"), attribute)

    return find
