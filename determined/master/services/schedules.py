"""When something is done again and again: every so often, or at the times that the five fields of cron name."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Dict, FrozenSet, NamedTuple, Sequence, Set, Union

from .durations import parse_duration

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_SHORTHANDS: Dict[str, str] = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}
# every day of the calendar, 29 February on each day of the week included, comes within this time
_DAYS_AHEAD = 366 * 41


class Every(NamedTuple):
    """Again after a while."""

    pause: timedelta

    def next_after(self, moment: datetime) -> datetime:
        """The next time after a moment."""
        return moment + self.pause


class Cron(NamedTuple):
    """At certain minutes of certain days.

    Attributes:
        any_day, any_weekday: the field of the month's days, and of the week's, begins with ``*``. If neither does, a
            day counts that is in one of the two.
    """

    minutes: FrozenSet[int]
    hours: FrozenSet[int]
    days: FrozenSet[int]
    months: FrozenSet[int]
    weekdays: FrozenSet[int]
    any_day: bool
    any_weekday: bool

    def next_after(self, moment: datetime) -> datetime:
        """The next time after a moment."""
        moment = (moment + timedelta(minutes=1)).replace(second=0, microsecond=0)
        for _ in range(_DAYS_AHEAD):
            if self._has_day(moment):
                for hour in sorted(h for h in self.hours if h >= moment.hour):
                    first = moment.minute if hour == moment.hour else 0
                    for minute in sorted(m for m in self.minutes if m >= first):
                        return moment.replace(hour=hour, minute=minute)
            moment = (moment + timedelta(days=1)).replace(hour=0, minute=0)
        raise ValueError("the schedule names no day of the calendar")

    def _has_day(self, moment: datetime) -> bool:
        if moment.month not in self.months:
            return False
        by_month, by_week = moment.day in self.days, moment.isoweekday() % 7 in self.weekdays
        if self.any_day or self.any_weekday:
            return by_month and by_week
        return by_month or by_week


Schedule = Union[Every, Cron]


def parse_schedule(text: str) -> Schedule:
    """Read a schedule: a duration of a second or more (``12h``), the five fields of cron, or a word like ``@daily``.

    Raises:
        ValueError: it is none; the message says what is possible.
    """
    fields = _SHORTHANDS.get(text.strip().lower(), text).split()
    try:
        if len(fields) == 1:
            pause = parse_duration(fields[0])
            if pause < 1_000_000:
                raise ValueError("it is shorter than a second")
            return Every(timedelta(microseconds=pause))
        if len(fields) != 5:
            raise ValueError(f"it has {len(fields)} fields, not 5")
        cron = _parse_cron(fields)
        cron.next_after(datetime(2000, 1, 1))
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"schedule {text!r} is wrong: {error}; give a duration like 12h, or the five fields of cron like 30 3 * * *"
        ) from None
    return cron


def _parse_cron(fields: Sequence[str]) -> Cron:
    minutes, hours, days, months, weekdays = fields
    return Cron(
        _parse_field(minutes, 0, 59),
        _parse_field(hours, 0, 23),
        _parse_field(days, 1, 31),
        _parse_field(months, 1, 12, _MONTHS),
        frozenset(day % 7 for day in _parse_field(weekdays, 0, 7, _WEEKDAYS)),
        days[0] in "*?",
        weekdays[0] in "*?",
    )


def _parse_field(text: str, least: int, most: int, names: Sequence[str] = ()) -> FrozenSet[int]:
    """The numbers that a field stands for: ``*``, ``5``, ``1-5``, ``*/15``, ``10-20/2``, and lists of them."""

    def number(word: str) -> int:
        if word.lower() in names:
            return least + names.index(word.lower())
        if not (word.isascii() and word.isdigit() and least <= int(word) <= most):
            raise ValueError(f"{word!r} is not from {least} to {most}")
        return int(word)

    found: Set[int] = set()
    for part in text.split(","):
        span, slash, step = part.partition("/")
        if slash and not (step.isascii() and step.isdigit() and int(step) > 0):
            raise ValueError(f"{step!r} is no step")
        first, dash, last = span.partition("-")
        if span in ("*", "?"):
            low, high = least, most
        else:
            low = number(first)
            high = number(last) if dash else most if slash else low
        if low > high:
            raise ValueError(f"{span!r} ends before it begins")
        found.update(range(low, high + 1, int(step) if slash else 1))
    return frozenset(found)
