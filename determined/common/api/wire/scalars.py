"""Scalar types of the REST API, as they stand in JSON.

Each is a plain Python type with a mark that tells the encoding apart at run time (see `schema`).
"""

from __future__ import annotations

import math
from array import array
from typing import Annotated, Any, Dict, Union

Int64 = Annotated[str, "int64"]
"""A 64-bit integer: a decimal string."""

UInt64 = Annotated[str, "uint64"]
"""An unsigned 64-bit integer: a decimal string."""

UInt32 = Annotated[int, "uint32"]

Double = Annotated[float, "double"]
"""A number, or one of the strings "NaN", "Infinity", "-Infinity": read it with `to_float`."""

Float = Annotated[float, "float"]
"""Like `Double`, of single precision."""

Timestamp = Annotated[str, "date-time"]
"""RFC 3339, UTC with "Z", and 0, 3, 6 or 9 digits of a second's fraction."""

Bytes = Annotated[str, "byte"]
"""Standard base64 with padding."""

Struct = Dict[str, Any]
"""Free JSON; every number in it is a double."""

_SPECIAL = {"NaN": math.nan, "Infinity": math.inf, "-Infinity": -math.inf}


def to_float(value: Union[float, int, str]) -> float:
    """Return a `Double` or `Float` of the wire as a float, the spelled-out special values included."""
    if isinstance(value, str):
        return _SPECIAL[value] if value in _SPECIAL else float(value)
    return float(value)


def from_float(value: float) -> Union[float, str]:
    """Return a float as it is written on the wire: NaN and the infinities as strings."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def from_single(value: float) -> Any:
    """Return a float as a field of single precision has it: the shortest decimal of the nearest such number."""
    single = _to_single(value)
    # nine digits tell any two of them apart
    for digits in range(6, 10):
        shortest = float(f"{single:.{digits}g}")
        if _to_single(shortest) == single:
            return from_float(shortest)
    return from_float(single)


def _to_single(value: float) -> float:
    return array("f", [value])[0]
