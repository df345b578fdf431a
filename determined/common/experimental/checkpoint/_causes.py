"""Errors that are also what caused them, for scripts that have learned to catch that."""

from __future__ import annotations

import functools
from typing import Any, Dict, Tuple, Type, TypeVar

E = TypeVar("E", bound=Exception)


def caused(kind: Type[E], message: str, cause: BaseException) -> E:
    """Return an error that handlers of the cause, and of what that wraps, catch as well.

    Parameters:
        kind: the class of the error.
        message: what it says.
        cause: an error; what it knows of a call, the new one knows, too.
    """
    found = [type(cause)]
    found += [type(inner) for inner in cause.args if isinstance(inner, Exception)]
    found = [base for base in found if base.__module__ != __name__]
    return _build(kind, tuple(found), message, vars(cause))


def _build(kind: Type[E], causes: Tuple[Type[BaseException], ...], message: str, state: Dict[str, Any]) -> E:
    named: Any = kind
    combined = _combined(named, causes)
    error: E = combined.__new__(combined, message)
    error.args = (message,)
    error.__dict__.update(state)
    return error


@functools.lru_cache(maxsize=None)
def _combined(kind: Any, causes: Tuple[Type[BaseException], ...]) -> Any:
    bases: Tuple[type, ...] = (kind,)
    for cause in causes:
        if not any(issubclass(base, cause) for base in bases):
            bases = (*bases, cause)
    members = {
        "__module__": kind.__module__,
        "__doc__": kind.__doc__,
        "__init__": lambda self, message: None,
        "__str__": lambda self: str(self.args[0]),
        "__reduce__": lambda self: (_build, (kind, causes, self.args[0], _plain(self.__dict__))),
    }
    return type(kind.__name__, bases, members)


def _plain(state: Dict[str, Any]) -> Dict[str, Any]:
    """Return what an error knows, but not the answer, with which the request and its token would go."""
    return {name: value for name, value in state.items() if name not in ("response", "request")}
