"""The names of `bindings`: each class and function is made when it is first asked for."""

from __future__ import annotations

import importlib
import sys
import threading
from typing import Any, Callable, List, Tuple, Union

from . import calls, facts, messages
from .base import MODULE
from .making import find

_MODULES = {"enum": "enum", "json": "json", "math": "math", "os": "os", "parse": "urllib.parse", "requests": "requests"}
"""Modules that a star import has always given, too."""

_PAGINATED = "Paginated"

_lock = threading.RLock()


def attach() -> Tuple[Callable[[str], Any], Callable[[], List[str]], List[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` of `bindings`."""
    space = vars(sys.modules[MODULE])
    known = facts.load()
    present = [name for name in space if not name.startswith("_") and name != "annotations"]
    names = sorted({*present, *_MODULES, *known.enums, *known.classes, *known.functions, _PAGINATED})

    def __getattr__(name: str) -> Any:  # noqa: N807 - it becomes the module's own
        with _lock:
            if name not in space:  # nor made by another thread meanwhile
                space[name] = _make(name)
                for other in facts.drawn_names(known.classes.get(name, {}).values()):
                    find(other)  # its annotations name them
            return space[name]

    def __dir__() -> List[str]:  # noqa: N807
        return sorted({*space, *names})

    return __getattr__, __dir__, names


def _make(name: str) -> Any:
    known = facts.load()
    if name in known.classes:
        return messages.make_message(name)
    if name in known.enums:
        return messages.make_enum(name)
    if name in known.functions:
        return calls.make_function(name)
    if name in _MODULES:
        return importlib.import_module(_MODULES[name])
    if name == _PAGINATED:
        return Union[tuple(find(page) for page in facts.paginated())]
    raise AttributeError(f"module {MODULE!r} has no attribute {name!r}")
