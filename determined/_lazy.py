"""Names of a package that are imported when they are first used (PEP 562)."""

from __future__ import annotations

import importlib
import sys
from typing import Any, Callable, Dict, List, Mapping, Tuple

# What a package's own text needs, and nobody else.
_OWN: "frozenset[str]" = frozenset(("TYPE_CHECKING", "annotations", "attach"))


def attach(package: str, names: Mapping[str, str]) -> Tuple[Callable[[str], Any], Callable[[], List[str]], List[str]]:
    """Return ``__getattr__``, ``__dir__`` and ``__all__`` for a package.

    Parameters:
        package: the package's ``__name__``.
        names: each public name and where it is: "module:attribute", or "module" for the module itself.
    """
    places: Dict[str, str] = dict(names)

    def __getattr__(name: str) -> Any:  # noqa: N807 - it becomes the package's own
        if name not in places:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        module, _, attribute = places[name].partition(":")
        found = importlib.import_module(module)
        value = getattr(found, attribute) if attribute else found
        setattr(sys.modules[package], name, value)
        return value

    def __dir__() -> List[str]:  # noqa: N807
        return sorted({*vars(sys.modules[package]), *places} - _OWN)

    return __getattr__, __dir__, sorted(places)
