"""The query string of a call, from a message of the wire or from plain parameters."""

from __future__ import annotations

from enum import Enum
from typing import Any, Iterable, List, Mapping, Tuple, Union


def query_of(fields: Union[Mapping[str, Any], Iterable[Tuple[str, Any]]], prefix: str = "") -> List[Tuple[str, str]]:
    """Return the pairs of a query: lists repeat their key, nested fields are dotted, None is left out."""
    pairs: List[Tuple[str, str]] = []
    for name, value in fields.items() if isinstance(fields, Mapping) else fields:
        if value is None:
            continue
        if isinstance(value, Mapping):
            pairs += query_of(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple, set, frozenset)):
            pairs += [(prefix + name, _text(v)) for v in value]
        else:
            pairs.append((prefix + name, _text(value)))
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Enum):
        return str(value.value)
    return value.decode() if isinstance(value, bytes) else str(value)
