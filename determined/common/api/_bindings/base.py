"""What the classes and functions of `bindings` have in common."""

from __future__ import annotations

import enum
import math
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

    from ..bindings import runtimeStreamError

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


class APIHttpError(Exception):
    """The master answered with a status that is neither an error nor the one of an answer.

    Attributes:
        operation_name: the function that made the call.
        response: the answer.
        message: what happened.
    """

    __module__ = MODULE

    def __init__(self, operation_name: str, response: requests.Response) -> None:
        super().__init__(operation_name, response)
        self.response = response
        self.operation_name = operation_name
        self.message = f"API Error: {operation_name} failed: {response.reason}."

    def __str__(self) -> str:
        return self.message


class APIHttpStreamError(APIHttpError):
    """The master ended a stream with an error, or the stream was cut.

    Attributes:
        operation_name: the function that made the call.
        error: what the master says.
        message: what happened.
    """

    __module__ = MODULE

    def __init__(self, operation_name: str, error: runtimeStreamError) -> None:
        Exception.__init__(self, operation_name, error)
        self.operation_name = operation_name
        self.error = error
        self.message = f"Stream Error during {operation_name}: {error.message}"


def dump_float(val: Any) -> Any:
    """Return a number as it is sent: what JSON has no number for is text."""
    if math.isnan(val):
        return "Nan"
    if math.isinf(val):
        return "Infinity" if val > 0 else "-Infinity"
    return val
