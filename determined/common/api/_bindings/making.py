"""How a function of `bindings` is made, and how a name of it is found from within."""

from __future__ import annotations

import sys
from typing import Any, Dict, List

from .base import MODULE


def find(name: str) -> Any:
    """Return a class or function of `bindings`."""
    return getattr(sys.modules[MODULE], name)


def define(name: str, parameters: List[str], returns: str, body: List[str], **helpers: Any) -> Any:
    """Return a function with a signature of its own, made as `dataclasses` makes its methods.

    Parameters:
        name: the function's name, with its class's before a dot.
        parameters: each as Python text; so are the next two.
        returns: the annotation of what it returns; empty for none.
        body: its lines.
        helpers: names that the body uses.
    """
    own_name = name.rpartition(".")[2]
    arrow = f" -> {returns}" if returns else ""
    lines = [f"def make({', '.join(helpers)}):", f" def {own_name}({', '.join(parameters)}){arrow}:"]
    lines += [f"  {line}" for line in body]
    lines += [f" return {own_name}"]
    scope: Dict[str, Any] = {}
    code = compile("\n".join(lines), f"<{name}>", "exec", dont_inherit=True)
    exec(code, vars(sys.modules[MODULE]), scope)  # noqa: S102 - made of our own facts
    function = scope["make"](**helpers)
    function.__qualname__ = name
    return function
