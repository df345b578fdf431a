"""What the installed package lacks of the public names and parameters that releases had.

A symbol holds when it can be imported from its path and, where it can be called, takes every parameter of the newest
release in the same positional order; parameters that only older releases took must still be accepted by name.
"""

from __future__ import annotations

import importlib
import inspect
from typing import Any, List, Mapping

OF_INSTANCES = ("attribute", "property", "instance")


def faults(path: str, released: Mapping[str, Any]) -> List[str]:
    """Say what is wrong with a symbol; ``path`` is ``module:qualified.name``."""
    try:
        found = resolve(path)
    except (ImportError, AttributeError) as error:
        owner, _, name = path.rpartition(".")
        if released["kind"] in OF_INSTANCES and ":" in owner and sets_on_instances(owner, name):
            return []
        return [f"missing: {error}"]
    if "params" not in released or isinstance(found, property):
        return []
    if not callable(found):
        return ["cannot be called"]
    return signature_faults(found, list(released["params"]), list(released["positional"]))


def resolve(path: str) -> Any:
    """The object at a path; what a class holds is returned without being bound."""
    module, _, qualified = path.partition(":")
    found: Any = importlib.import_module(module)
    for name in qualified.split("."):
        found = inspect.getattr_static(found, name) if inspect.isclass(found) else getattr(found, name)
        if isinstance(found, (staticmethod, classmethod)):
            found = found.__func__
    return found


def sets_on_instances(path: str, name: str) -> bool:
    """Whether the class at a path gives its instances an attribute: declared, in a slot, or set when they are made."""
    try:
        cls = resolve(path)
    except (ImportError, AttributeError):
        return False
    if hasattr(cls, name):
        return True
    for base in cls.__mro__:
        if name in getattr(base, "__annotations__", {}) or name in getattr(base, "__slots__", ()):
            return True
        made_by = getattr(vars(base).get("__init__"), "__code__", None)
        if made_by is not None and name in made_by.co_names:
            return True
    return False


def signature_faults(called: Any, wanted: List[str], positional: List[str]) -> List[str]:
    try:
        parameters = list(inspect.signature(called).parameters.values())
    except (TypeError, ValueError):  # of a builtin, which tells no signature
        return []
    kinds = {parameter.kind for parameter in parameters}
    names = {parameter.name for parameter in parameters}
    if inspect.Parameter.VAR_KEYWORD not in kinds:
        refused = [name for name in wanted if not name.startswith("*") and name not in names]
        if refused:
            return [f"does not take {', '.join(refused)}"]
    by_position = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    order = [p.name for p in parameters if p.kind in by_position and p.name not in ("self", "cls")]
    if inspect.Parameter.VAR_POSITIONAL not in kinds and order[: len(positional)] != positional:
        return [f"positional order is {order}, not {positional}"]
    return []
