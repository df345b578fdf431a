"""The metadata of runs: free JSON within limits."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator

from ..errors import Refusal, invalid
from ..store import runs as store
from ..store.database import Connection, Transaction
from .trials import known

Metadata = Dict[str, Any]

DEEPEST = 10
LONGEST_KEY = 50
LONGEST_TEXT = 5000
LONGEST_LIST = 100
MOST_KEYS = 1000
_NOT_IN_KEYS = frozenset("$.[]")
_LARGEST_EXACT = 2**53


def get(connection: Connection, run_id: int) -> Metadata:
    """A run's metadata; empty when it never had any.

    Raises:
        Refusal: no such run.
    """
    text = known(connection, run_id)["metadata"]
    metadata: Metadata = json.loads(text) if text else {}
    return metadata


def replace(tx: Transaction, run_id: int, metadata: Metadata) -> Metadata:
    """Replace a run's metadata; returns it as it is stored.

    Raises:
        Refusal: no such run, or the metadata is beyond a limit.
    """
    known(tx, run_id)
    if sum(_leaves(metadata, 1)) > MOST_KEYS:
        raise _refused(f"request exceeds run metadata key count limit ofs {MOST_KEYS}")
    stored: Metadata = _as_doubles(metadata)
    store.set_metadata(tx, run_id, stored)
    return stored


def _leaves(value: Any, depth: int) -> Iterator[int]:
    """A 1 for each value that is neither object nor list, checking everything on the way."""
    if isinstance(value, (dict, list)) and depth > DEEPEST:
        raise _refused(f"metadata exceeds maximum nesting depth of {DEEPEST}")
    if isinstance(value, dict):
        for key, item in value.items():
            _check_key(key)
            yield from _leaves(item, depth + 1)
    elif isinstance(value, list):
        if len(value) > LONGEST_LIST:
            raise _refused(f"metadata array exceeds maximum length of {len(value)}/{LONGEST_LIST} elements")
        for item in value:
            yield from _leaves(item, depth + 1)
    else:
        if isinstance(value, str) and len(value) > LONGEST_TEXT:
            raise _refused(f"metadata value exceeds maximum length of {LONGEST_TEXT} characters")
        yield 1


def _check_key(key: str) -> None:
    if len(key) > LONGEST_KEY:
        raise _refused(f"metadata key exceeds maximum length of {LONGEST_KEY} characters")
    if _NOT_IN_KEYS.intersection(key):
        raise _refused("metadata keys can not contain the following character(s):  $ . [ ]")


def _as_doubles(value: Any) -> Any:
    """The value with integers rounded to the doubles that all numbers of the wire's free JSON are."""
    if isinstance(value, dict):
        return {key: _as_doubles(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_as_doubles(item) for item in value]
    if isinstance(value, int) and abs(value) > _LARGEST_EXACT:
        return float(value)
    return value


def _refused(text: str) -> Refusal:
    return invalid(f"error flattening metadata: {text}")
