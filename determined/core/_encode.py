"""Values of user code as the plain JSON that the master takes."""

from __future__ import annotations

import datetime
import enum
import json
import math
import uuid
from typing import Any, Dict, Mapping, Optional

from determined.errors import ArgumentError

_NOT_ENCODABLE = object()


def encode(value: Any) -> Any:
    """Return a value as plain JSON: dicts, lists, strings, numbers, booleans, None.

    NumPy and torch scalars and arrays become numbers and lists; enums their names; UUIDs, dates and bytes (UTF-8)
    strings; an object with ``__json__()`` what that returns. NaN and the infinities become the strings "NaN",
    "Infinity" and "-Infinity", which the master reads as numbers.

    Raises:
        ArgumentError: it holds an object that has no such form.
        UnicodeDecodeError: bytes are not UTF-8.
    """
    if isinstance(value, enum.Enum):
        return value.name
    if value is None or isinstance(value, (bool, str)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return _encode_float(float(value))
    if isinstance(value, Mapping):
        return {_encode_key(key): encode(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [encode(item) for item in value]
    simple = _encode_object(value)
    if simple is _NOT_ENCODABLE:
        raise ArgumentError(
            f"{value!r} of type {type(value).__name__} cannot be sent to the master as JSON: pass a number, a text, or"
            " lists and dicts of them, such as float(value)"
        )
    return simple


def encode_dict(value: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a mapping as plain JSON; see `encode`.

    Raises:
        TypeError: it is no mapping, or holds an object that has no such form.
    """
    if not isinstance(value, Mapping):
        raise TypeError(f"a dict is needed, not {type(value).__name__}")
    encoded: Dict[str, Any] = encode(value)
    return encoded


def json_encode(obj: Any, indent: Optional[str] = None, sort_keys: bool = False) -> str:
    """Return a value as a JSON text; see `encode`.

    Parameters:
        obj: the value.
        indent: what each level is set in by. Defaults to None: all stands in one line.
        sort_keys: order names. Defaults to False.

    Raises:
        TypeError: it holds an object that has no such form.
    """
    return json.dumps(encode(obj), indent=indent, sort_keys=sort_keys)


def _encode_float(value: float) -> Any:
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def _encode_key(key: Any) -> str:
    if isinstance(key, str):
        return key
    if isinstance(key, enum.Enum):
        return key.name
    return str(key)


def _encode_object(value: Any) -> Any:
    if isinstance(value, type):
        return _NOT_ENCODABLE
    if hasattr(value, "__json__"):
        return encode(value.__json__())
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if isinstance(value, (bytes, bytearray)):
        return bytes(value).decode("utf-8")
    # Arrays and scalars of NumPy, torch and those who follow them.
    if callable(getattr(value, "tolist", None)):
        plain = value.tolist()
        # a number that has no counterpart in Python, such as numpy.longdouble, stays what it is
        return _NOT_ENCODABLE if type(plain) is type(value) else encode(plain)
    return _NOT_ENCODABLE
