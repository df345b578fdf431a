"""The master's own log, kept in memory for those who ask over the API."""

from __future__ import annotations

import logging
from collections import deque
from typing import Callable, Deque, List, NamedTuple

_MOST_ENTRIES = 10_000
_ROOT = "determined"
LEVELS = ("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Entry(NamedTuple):
    """One line.

    Attributes:
        id: counts from 0 at the master's start.
        timestamp: microseconds since 1970.
        level: one of `LEVELS`.
    """

    id: int
    timestamp: int
    level: str
    message: str


class MasterLog(logging.Handler):
    """Keeps the last lines that the master logged.

    Attributes:
        color: whether the lines on the terminal are to be coloured; kept for those who ask.
    """

    def __init__(self) -> None:
        super().__init__()
        self.color = True
        self._entries: Deque[Entry] = deque(maxlen=_MOST_ENTRIES)
        self._next_id = 0
        self._tell: Callable[[], object] = lambda: None

    def start(self, tell: Callable[[], object]) -> None:
        """Keep lines from now on, and call `tell` after each, on whichever thread it was logged."""
        self._tell = tell
        logging.getLogger(_ROOT).addHandler(self)

    def stop(self) -> None:
        """Keep no more lines."""
        logging.getLogger(_ROOT).removeHandler(self)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + logging.Formatter().formatException(record.exc_info)
        entry = Entry(self._next_id, int(record.created * 1e6), _level_of(record.levelno), message)
        self._next_id += 1
        self._entries.append(entry)
        self._tell()

    def read(self, start: int, limit: int = 0) -> List[Entry]:
        """Return the kept lines from an id on.

        Parameters:
            start: the first id; negative counts from the end.
            limit: most lines; 0 for all.
        """
        self.acquire()
        try:
            first = start if start >= 0 else max(0, self._next_id + start)
            found = [entry for entry in self._entries if entry.id >= first]
        finally:
            self.release()
        return found[:limit] if limit > 0 else found

    @property
    def threshold(self) -> str:
        """The least severe level that is logged."""
        return _level_of(logging.getLogger(_ROOT).getEffectiveLevel())

    @threshold.setter
    def threshold(self, name: str) -> None:
        logging.getLogger(_ROOT).setLevel(logging.DEBUG // 2 if name == "TRACE" else name)


def _level_of(number: int) -> str:
    if number < logging.DEBUG:
        return "TRACE"
    return LEVELS[min(number // 10, len(LEVELS) - 1)]
