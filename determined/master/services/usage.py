"""How long slots were held, by whom: allocation by allocation, or added up by day or month."""

from __future__ import annotations

import json
from datetime import datetime, timedelta, timezone
from typing import Dict, Iterator, List, NamedTuple, Optional, Tuple

from determined.common import timestamps
from determined.common.api.wire.enums import ResourceAllocationAggregationPeriod as Period

from ..errors import invalid
from ..store import usage
from ..store.database import Connection, Row

_MICROS = 1_000_000
_FORMS = {Period.DAILY: ("%Y-%m-%d", "YYYY-MM-DD"), Period.MONTHLY: ("%Y-%m", "YYYY-MM")}


class Usage(NamedTuple):
    """One allocation, as far as it lies between two times.

    Attributes:
        kind: "training" for a trial, else the type of the task.
        seconds: how long it held its slots between the two times.
    """

    allocation_id: str
    kind: str
    experiment_id: int
    user_id: int
    username: str
    workspace: str
    labels: List[str]
    slots: int
    resource_pool: str
    start: int
    end: Optional[int]
    seconds: float


class Sums(NamedTuple):
    """Slot-seconds of one day or month, together and divided in three ways."""

    period_start: str
    total: float
    by_username: Dict[str, float]
    by_label: Dict[str, float]
    by_pool: Dict[str, float]


def list_usage(connection: Connection, after: Optional[str], before: Optional[str]) -> List[Usage]:
    """Every allocation that ran between two times of RFC 3339.

    Raises:
        Refusal: a time is missing or is none, or they are in the wrong order.
    """
    if not after:
        raise invalid("no start time provided")
    if not before:
        raise invalid("no end time provided")
    start, end = _parse_time(after), _parse_time(before)
    if start > end:
        raise invalid("start time cannot be after end time")
    now = timestamps.now()
    return [_usage(row, start, min(end, now)) for row in usage.allocations_between(connection, start, end)]


def aggregate(connection: Connection, first: str, last: str, period: Period) -> List[Sums]:
    """Slot-seconds by day or month, of the days or months from the first to the last in which there were any.

    Raises:
        Refusal: no period, or a day or month is missing, is none, or they are in the wrong order.
    """
    if period not in _FORMS:
        raise invalid("no aggregation period specified")
    start, end = _parse_date(first, period, "start"), _parse_date(last, period, "end")
    if start > end:
        raise invalid("start time cannot be after end time")
    begin, beyond = _micros(start), min(_micros(_next(end, period)), timestamps.now())
    found: Dict[str, Sums] = {}
    for row in usage.allocations_between(connection, begin, beyond):
        for key, seconds in _split(max(row["start_time"], begin), min(row["end_time"] or beyond, beyond), period):
            if row["slots"]:
                found[key] = _add(found.get(key) or Sums(key, 0.0, {}, {}, {}), row, seconds * row["slots"])
    return [found[key] for key in sorted(found)]


def _usage(row: Row, start: int, end: int) -> Usage:
    held = min(row["end_time"] or end, end) - max(row["start_time"], start)
    return Usage(
        allocation_id=row["id"],
        kind="training" if row["type"] == "TRIAL" else row["type"].lower(),
        experiment_id=row["experiment_id"] or 0,
        user_id=row["user_id"],
        username=row["username"],
        workspace=row["workspace"],
        labels=json.loads(row["labels"]),
        slots=row["slots"],
        resource_pool=row["resource_pool"],
        start=row["start_time"],
        end=row["end_time"],
        seconds=max(0, held) / _MICROS,
    )


def _add(sums: Sums, row: Row, seconds: float) -> Sums:
    _add_to(sums.by_username, row["username"], seconds)
    _add_to(sums.by_pool, row["resource_pool"], seconds)
    for label in json.loads(row["labels"]):
        _add_to(sums.by_label, label, seconds)
    return sums._replace(total=sums.total + seconds)


def _add_to(sums: Dict[str, float], key: str, seconds: float) -> None:
    sums[key] = sums.get(key, 0.0) + seconds


def _split(start: int, end: int, period: Period) -> Iterator[Tuple[str, float]]:
    """The days or months that a span of time touches, with the seconds of it that lie in each."""
    form = _FORMS[period][0]
    while start < end:
        moment = timestamps.to_datetime(start)
        first = datetime(moment.year, moment.month, 1 if period is Period.MONTHLY else moment.day, tzinfo=timezone.utc)
        until = min(end, _micros(_next(first, period)))
        yield first.strftime(form), (until - start) / _MICROS
        start = until


def _next(day: datetime, period: Period) -> datetime:
    if period is Period.DAILY:
        return day + timedelta(days=1)
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _micros(moment: datetime) -> int:
    return int(moment.timestamp()) * _MICROS


def _parse_time(text: str) -> int:
    try:
        return timestamps.parse(text)
    except ValueError as error:
        raise invalid(str(error)) from None


def _parse_date(text: str, period: Period, which: str) -> datetime:
    form, shown = _FORMS[period]
    try:
        return datetime.strptime(text, form).replace(tzinfo=timezone.utc)
    except ValueError:
        raise invalid(f"the {which} date '{text}' is not of the form {shown}") from None
