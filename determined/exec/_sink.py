"""From lines to the log records of the master."""

from __future__ import annotations

import json
import time

from ._lines import parse_line
from ._spool import Spool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Dict, List, Mapping, Optional, Union


class LogSink:
    """Turns lines into the master's log records and puts them into a spool.

    Parameters:
        labels: what every record carries: ``task_id``, ``allocation_id``, ``agent_id``, ``container_id``.
    """

    def __init__(self, spool: Spool, labels: Mapping[str, str]) -> None:
        self._spool = spool
        self._labels = dict(labels)
        self._second = 0
        self._prefix = ""
        self._told_dropped = 0

    def write(self, stream: str, lines: List[str]) -> None:
        """Add lines of ``stdout`` or ``stderr``. What the spool cannot take is told in a line of its own later."""
        if not lines:
            return
        self._tell_dropped()
        now = self._now()
        self._spool.append([self._record(now, stream, *parse_line(line)) for line in lines])

    def tell(self, level: str, message: str, stream: str = "stderr") -> None:
        """Add a line of the supervisor's own, with a level such as ``INFO``."""
        self._spool.append([self._record(self._now(), stream, None, "LOG_LEVEL_" + level, "determined: " + message)])

    def compact(self) -> None:
        """Give back the spool's room if all of it is delivered."""
        self._spool.compact()

    def _tell_dropped(self) -> None:
        lost = self._spool.dropped - self._told_dropped
        if not lost:
            return
        before = self._spool.dropped
        self.tell("WARNING", f"{lost} log lines were dropped, because the master could not take them in time")
        if self._spool.dropped == before:
            self._told_dropped = before
        else:
            self._spool.dropped = before

    def _now(self) -> str:
        moment = time.time()
        second = int(moment)
        if second != self._second:
            self._second = second
            self._prefix = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(second))
        return f"{self._prefix}.{int((moment - second) * 1e6):06d}+00:00"

    def _record(self, now: str, stream: str, rank: Optional[int], level: Optional[str], text: str) -> bytes:
        record: Dict[str, Union[str, int]] = {"timestamp": now, "stdtype": stream, "source": "task", **self._labels}
        if rank is not None:
            record["rank_id"] = rank
        if level is not None:
            record["level"] = level
        record["log"] = text + "\n"
        return json.dumps(record).encode("ascii")
