"""Points in time: integer microseconds since 1970 (UTC) inside, RFC 3339 on the wire."""

from __future__ import annotations

import re
import time
from datetime import datetime, timedelta, timezone
from functools import lru_cache

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_FIELDS = ((0, 4), (5, 7), (8, 10), (11, 13), (14, 16), (17, 19))
_RFC3339 = re.compile(r"(\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)\Z", re.ASCII)


def now() -> int:
    """Return the present as microseconds since 1970."""
    return time.time_ns() // 1000


@lru_cache(maxsize=4096)  # a request's times are read when it is checked, and again when it is carried out
def parse(text: str) -> int:
    """Return an RFC 3339 time as microseconds since 1970; finer digits are cut.

    Raises:
        ValueError: the text is no RFC 3339 time.
    """
    match = _RFC3339.match(text)
    if not match:
        raise ValueError(f"{text!r} is not an RFC 3339 time such as 2006-01-02T15:04:05Z")
    date, fraction, zone = match.groups()
    return _parse_seconds(date, zone) + (int(fraction.ljust(6, "0")[:6]) if fraction else 0)


@lru_cache(maxsize=512)
def _parse_seconds(date: str, zone: str) -> int:
    """A time without its fraction as microseconds: times that are read together often share their second."""
    year, month, day, hour, minute, second = (int(date[i:j]) for i, j in _FIELDS)
    offset = timezone.utc
    if zone not in "Zz":
        sign = -1 if zone[0] == "-" else 1
        offset = timezone(sign * timedelta(hours=int(zone[1:3]), minutes=int(zone[4:6])))
    moment = datetime(year, month, day, hour, minute, second, tzinfo=offset)
    return (moment - _EPOCH) // timedelta(microseconds=1)


def to_datetime(micros: int) -> datetime:
    """Return microseconds since 1970 as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=micros)


def format_wire(micros: int) -> str:
    """Return microseconds since 1970 as the master writes them: UTC, ``Z``, and 0, 3 or 6 digits of a fraction."""
    minutes, left = divmod(micros, 60_000_000)
    seconds, fraction = divmod(left, 1_000_000)
    text = f"{_format_minute(minutes)}{seconds:02d}"
    if not fraction:
        return text + "Z"
    if fraction % 1000:
        return f"{text}.{fraction:06d}Z"
    return f"{text}.{fraction // 1000:03d}Z"


@lru_cache(maxsize=512)
def _format_minute(minutes: int) -> str:
    """A time up to its minute: times that are written together often share it."""
    t = time.gmtime(minutes * 60)
    return f"{t[0]:04d}-{t[1]:02d}-{t[2]:02d}T{t[3]:02d}:{t[4]:02d}:"


def is_protobuf_timestamp(ts: str) -> bool:
    """Return whether a text is a time in UTC as masters write it: up to microseconds, and a ``Z``.

    Parameters:
        ts: the text.
    """
    match = _RFC3339.match(ts)
    return match is not None and ts.endswith("Z") and len(match.group(2) or "") <= 6


def parse_protobuf_timestamp(ts: str) -> datetime:
    """Return a time as masters write it; without a zone if it names none.

    Parameters:
        ts: the time; fractions of a second are cut.

    Raises:
        ValueError: it is no time.
    """
    return datetime.fromisoformat(re.sub(r"\.\d+", "", ts[:-1] + "+00:00" if ts.endswith("Z") else ts))
