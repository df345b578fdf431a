"""Durations as Go writes them: ``1h30m``, ``48h``, ``1.5s``."""

from __future__ import annotations

import re
from fractions import Fraction

_NANOSECONDS = {
    "ns": 1,
    "us": 1_000,
    "µs": 1_000,
    "μs": 1_000,
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)([^\d.]*)")


def parse_duration(text: str) -> int:
    """Return a duration in microseconds, finer parts cut.

    Raises:
        ValueError: it is none; the words are those of Go.
    """
    sign, rest = (-1, text[1:]) if text.startswith("-") else (1, text[1:] if text.startswith("+") else text)
    if rest == "0":
        return 0
    total = Fraction(0)
    at = 0
    while at < len(rest) or not rest:
        match = _PART.match(rest, at)
        if match is None:
            raise ValueError(f'time: invalid duration "{text}"')
        number, unit = match.groups()
        if not unit:
            raise ValueError(f'time: missing unit in duration "{text}"')
        if unit not in _NANOSECONDS:
            raise ValueError(f'time: unknown unit "{unit}" in duration "{text}"')
        total += Fraction(number.rstrip(".")) * _NANOSECONDS[unit]
        at = match.end()
    return sign * int(total // 1000)
