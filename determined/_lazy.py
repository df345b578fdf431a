"""Names of a package that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple


def attach(
    package: str, names: Mapping[str, str], old: Optional[Mapping[str, str]] = None
) -> Tuple[Callable[[str], Any], Callable[[], List[str]], List[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` for a package.

    Parameters:
        package: the package's ``__name__``.
        names: each public name and where it is: "module:attribute", or "module" for the module itself.
        old: names of earlier releases and where they are: they are found, but not listed. The place is asked each
            time, so that it can warn.
    """
    places: Dict[str, str] = dict(names)
    old_places: Dict[str, str] = dict(old or {})

    def __getattr__(name: str) -> Any:  # noqa: N807 - it becomes the package's own
        if name in old_places:
            return _load(old_places[name])
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        value = _load(places[name])
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> List[str]:  # noqa: N807
        return sorted(vars(sys.modules[package]).get("__all__", places))

    return __getattr__, __dir__, sorted(places)


def _load(place: str) -> Any:
    module, _, attribute = place.partition(":")
    found = importlib.import_module(module)
    return getattr(found, attribute) if attribute else found
