"""Places in an answer: keys with dots between them; ``*`` is any key or index, ``**`` (in patterns only) any number."""

from __future__ import annotations

from typing import Any, Iterator, Sequence, Tuple, Union

Key = Union[str, int]


def select(value: Any, keys: Sequence[str]) -> Iterator[Any]:
    """The values at a place."""
    if not keys:
        yield value
        return
    key, rest = keys[0], keys[1:]
    if isinstance(value, dict):
        if key == "*":
            for child in value.values():
                yield from select(child, rest)
        elif key in value:
            yield from select(value[key], rest)
    elif isinstance(value, list):
        if key == "*":
            for child in value:
                yield from select(child, rest)
        elif key.lstrip("-").isdigit() and -len(value) <= int(key) < len(value):
            yield from select(value[int(key)], rest)


def matches(place: Tuple[Key, ...], pattern: Tuple[str, ...]) -> bool:
    """Whether a place is one of those that a pattern names."""
    if not pattern:
        return not place
    first, rest = pattern[0], pattern[1:]
    if first == "**":
        return any(matches(place[start:], rest) for start in range(len(place) + 1))
    return bool(place) and first in ("*", str(place[0])) and matches(place[1:], rest)
