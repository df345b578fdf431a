"""What the classes and functions of `bindings` have in common."""

from __future__ import annotations

import enum
import math
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    pass

MODULE = __name__.rpartition("._bindings")[0] + ".bindings"
"""Where the names are found, by pickles, too."""


class Unset:
    """Stands for what is left out; unlike None it is not sent."""

    __module__ = MODULE

    def __repr__(self) -> str:
        return "Unset"


_unset = Unset()


class DetEnum(enum.Enum):
    """An enumeration of the API. Its text is its name; its value is what is sent."""

    __module__ = MODULE

    def __str__(self) -> str:
        return str(self.value)[len(self.prefix()) :]

    @classmethod
    def prefix(cls) -> str:
        """Return what all values begin with; empty for an enumeration that has no value for what is not specified."""
        values = [member.value for member in cls]
        return os.path.commonprefix(values) if any("UNSPECIFIED" in value for value in values) else ""


class Printable:
    """Something whose text tells what it holds, and hides what is too large to show."""

    __module__ = MODULE

    def __str__(self) -> str:
        held = (f"{name}={_shown(value)}" for name, value in vars(self).items() if value is not None)
        return f"{type(self).__name__}({', '.join(held)})"


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join('...' if isinstance(v, list) else _shown(v) for v in value)}]"
    return str(value) if isinstance(value, (str, int, float, DetEnum)) else "..."


def dump_float(val: Any) -> Any:
    """Return a number as it is sent: what JSON has no number for is text."""
    if math.isnan(val):
        return "Nan"
    if math.isinf(val):
        return "Infinity" if val > 0 else "-Infinity"
    return val
