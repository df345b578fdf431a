"""Names of earlier releases: they go on working, and warn once for each place that uses them."""

from __future__ import annotations

import functools
import importlib
import sys
from typing import TYPE_CHECKING, Any, Callable, List, Tuple, TypeVar

from ..._deprecation import renamed

if TYPE_CHECKING:
    from typing_extensions import ParamSpec

    P = ParamSpec("P")
R = TypeVar("R")

# Each old name of a class: the module and the name at which it is found, and what to use today.
_CLASSES = {
    "CheckpointOrderBy": ("_enums", "CheckpointOrderBy", "OrderBy"),
    "ExperimentOrderBy": ("_enums", "ExperimentOrderBy", "OrderBy"),
    "ExperimentReference": ("experiment", "Experiment", "Experiment"),
    "ModelOrderBy": ("_enums", "ModelOrderBy", "OrderBy"),
    "TrialOrderBy": ("_enums", "TrialOrderBy", "OrderBy"),
    "TrialReference": ("trial", "Trial", "Trial"),
}
_CLASSES_SINCE = "0.26"


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


def old_names(module: str, *names: str) -> Tuple[Callable[[str], Any], Callable[[], List[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of a module: the first finds its old names, the second lists today's.

    Parameters:
        module: the module's ``__name__``; it has an ``__all__``.
        names: its old names, as they stand in the table above.
    """

    def find(name: str) -> Any:
        if name not in names:
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        submodule, attribute, today = _CLASSES[name]
        renamed(f"{module}.{name}", today, _CLASSES_SINCE)
        return getattr(importlib.import_module(f"{__package__}.{submodule}"), attribute)

    def list_names() -> List[str]:
        return sorted(vars(sys.modules[module])["__all__"])

    return find, list_names
