"""What Go's time parser says about text that is no RFC 3339 time, in the words that scripts may match on."""

from __future__ import annotations

import calendar
import re
from typing import Dict, NamedTuple, Optional, Tuple

_LAYOUT = "2006-01-02T15:04:05.999999999Z07:00"
_FRACTION = re.compile(r"[.,][0-9]+")


class _Part(NamedTuple):
    """A part of the layout: what stands before it, how many digits it has at least and at most, and its range."""

    before: str
    layout: str
    name: str
    fewest: int
    digits: int
    range: Tuple[int, int]


_PARTS = (
    _Part("", "2006", "year", 4, 4, (0, 9999)),
    _Part("-", "01", "month", 2, 2, (1, 12)),
    _Part("-", "02", "day", 2, 2, (0, 99)),
    _Part("T", "15", "hour", 1, 2, (0, 23)),
    _Part(":", "04", "minute", 2, 2, (0, 59)),
    _Part(":", "05", "second", 2, 2, (0, 59)),
)


def find_fault(text: str) -> Optional[str]:
    """Return what is wrong with a time; None when nothing is."""
    found: Dict[str, int] = {}
    rest = text
    for part in _PARTS:
        if not rest.startswith(part.before):
            return _misread(text, rest, part.before)
        rest = rest[len(part.before) :]
        count = _leading_digits(rest, part.digits)
        if count < part.fewest:
            return _misread(text, rest, part.layout)
        found[part.name] = int(rest[:count])
        rest = rest[count:]
        if not part.range[0] <= found[part.name] <= part.range[1]:
            return _out_of_range(text, part.name)
    fraction = _FRACTION.match(rest)
    rest = rest[fraction.end() :] if fraction else rest
    fault, rest = _zone_fault(text, rest)
    if fault is not None:
        return fault
    if rest:
        return f"parsing time {_quoted(text)}: extra text: {_quoted(rest)}"
    if not 1 <= found["day"] <= _days_in(found["year"], found["month"]):
        return _out_of_range(text, "day")
    return None


def _zone_fault(text: str, rest: str) -> Tuple[Optional[str], str]:
    """What is wrong with the zone, and what follows it."""
    if rest.startswith("Z"):
        return None, rest[1:]
    zone = rest[:6]
    if len(zone) < 6 or zone[0] not in "+-" or zone[3] != ":" or not _are_digits(zone[1:3] + zone[4:6]):
        return _misread(text, rest, "Z07:00"), rest
    if int(zone[1:3]) > 24:
        return _out_of_range(text, "time zone offset hour"), rest
    if int(zone[4:6]) > 60:
        return _out_of_range(text, "time zone offset minute"), rest
    return None, rest[6:]


def _days_in(year: int, month: int) -> int:
    return 29 if month == 2 and calendar.isleap(year) else (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _leading_digits(text: str, most: int) -> int:
    count = 0
    while count < most and _are_digits(text[count : count + 1]):
        count += 1
    return count


def _are_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _misread(text: str, rest: str, element: str) -> str:
    return f"parsing time {_quoted(text)} as {_quoted(_LAYOUT)}: cannot parse {_quoted(rest)} as {_quoted(element)}"


def _out_of_range(text: str, what: str) -> str:
    return f"parsing time {_quoted(text)}: {what} out of range"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
