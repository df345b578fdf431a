"""Ships what a process prints to the logs of its trial."""

from __future__ import annotations

import datetime
import json
import logging
import os
import threading
from collections import deque
from typing import TYPE_CHECKING, Deque, Dict, List, Optional, Tuple

from determined.common.api import errors
from determined.exec._lines import LineSplitter
from determined.exec._link import MasterUnreachable
from determined.exec._shipper import LogShipper

from ._tee import Standing

if TYPE_CHECKING:
    from determined.common.api._session import BaseSession

logger = logging.getLogger("determined.core")

MEMORY_LIMIT = 64 * 1024 * 1024
"""The most bytes of lines that wait for the master; what is printed beyond is counted and left out."""

LONGEST_LINE = 256 * 1024
"""In bytes; longer lines are shipped in pieces."""

_BATCH_BYTES = 4 * 1024 * 1024
_CONNECT_SECONDS = 10.0


class Backlog:
    """Records that wait in memory. Any thread may append; one takes them from the front.

    Attributes:
        dropped: how many records found no room since this was last set to 0.
    """

    def __init__(self, limit: int = MEMORY_LIMIT) -> None:
        self._limit = limit
        self._records: Deque[bytes] = deque()
        self._peeked = 0
        self._lock = threading.Lock()
        self.pending = 0
        self.dropped = 0

    def append(self, records: List[bytes]) -> None:
        """Add records, as many as there is room for."""
        with self._lock:
            for record in records:
                if self.pending + len(record) > self._limit:
                    self.dropped += 1
                    continue
                self._records.append(record)
                self.pending += len(record)

    def peek(self, count: int) -> List[bytes]:
        """Return up to `count` records from the front; `drop_peeked` then removes them."""
        found: List[bytes] = []
        size = 0
        with self._lock:
            for record in self._records:
                size += len(record)
                if len(found) == count or (found and size > _BATCH_BYTES):
                    break
                found.append(record)
            self._peeked = len(found)
        return found

    def drop_peeked(self) -> None:
        """Forget the records that the last `peek` returned: they are delivered."""
        with self._lock:
            for _ in range(self._peeked):
                self.pending -= len(self._records.popleft())
            self._peeked = 0

    @property
    def has_room(self) -> bool:
        """Whether half of the room is free."""
        return self.pending * 2 < self._limit

    def __len__(self) -> int:
        return len(self._records)


class SessionLink:
    """The way to the master through a user's session, in the form that `LogShipper` takes."""

    def __init__(self, session: BaseSession) -> None:
        self._session = session

    def send(self, method: str, path: str, body: Optional[bytes], timeout: float = 30.0) -> Tuple[int, bytes]:
        """Send a request and return the answer's status, and what it says if it is an error.

        Raises:
            MasterUnreachable: no answer came.
        """
        try:
            answer = self._session.request(
                method,
                path,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=(min(timeout, _CONNECT_SECONDS), timeout),
            )
        except errors.MasterNotFoundException as e:
            raise MasterUnreachable(str(e)) from e
        except errors.ANSWERED as e:
            return e.status_code, str(e).encode()
        return answer.status_code, b""


class PrintShipper:
    """Ships lines of standard output and standard error between `start` and `close`.

    Printing never waits for the master: lines wait in memory. A master that is away gets them when it is back. Each
    line carries the time at which it was completed.

    Parameters:
        session: the connection. It should not repeat requests by itself.
        task_id: the trial's task.
        rank: of this process.
    """

    def __init__(self, session: BaseSession, task_id: str, rank: int) -> None:
        self._labels = {"task_id": task_id, "rank": str(rank)}
        self._backlog = Backlog()
        self._shipper = LogShipper(self._backlog, SessionLink(session), "/task-logs", _body)
        self._process = os.getpid()
        self._heard: Deque[Tuple[str, str]] = deque()
        self._busy = threading.Lock()
        self._splitters = {name: LineSplitter(LONGEST_LINE) for name in ("stdout", "stderr")}
        self._places: List[Standing] = []

    def start(self) -> None:
        """Begin to listen and to ship."""
        self._shipper.start()
        self._places = [
            Standing("stdout", lambda text: self._hear("stdout", text)),
            Standing("stderr", lambda text: self._hear("stderr", text)),
        ]

    def close(self, patience: float) -> None:
        """Put the streams back and deliver what is left. Safe to call twice.

        Parameters:
            patience: seconds for which a master that takes nothing is waited for.
        """
        if not self._places or os.getpid() != self._process:
            return
        for place in reversed(self._places):
            place.restore()
        self._places = []
        self._take_heard()
        # The last line may have no end.
        for splitter in self._splitters.values():
            self._append(splitter.finish())
        if not self._shipper.finish(patience):
            logger.warning("%d lines of the log could not be delivered to the master", len(self._backlog))

    def _hear(self, stream: str, text: str) -> None:
        if self._shipper.is_own_thread:
            # What shipping itself has to say, such as in debug logs, would never end.
            return
        self._heard.append((stream, text))
        self._take_heard()

    def _take_heard(self) -> None:
        """Cut what was heard into lines.

        One thread does it for all, so that nobody waits: neither a signal handler that prints in the middle of it, nor
        another thread. Who comes meanwhile leaves the text behind, and it is taken before this ends.
        """
        while self._heard and self._busy.acquire(blocking=False):
            try:
                while self._heard:
                    stream, text = self._heard.popleft()
                    self._append(self._splitters[stream].feed(text.encode("utf-8", "replace")))
            finally:
                self._busy.release()

    def _append(self, lines: List[str]) -> None:
        if not lines:
            return
        now = datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="microseconds")
        records = [self._record(now, line) for line in lines]
        lost = self._backlog.dropped
        if lost and self._backlog.has_room:
            self._backlog.dropped = 0
            records.insert(0, self._record(now, f"{lost} lines were left out: the master could not take them in time"))
        self._backlog.append(records)
        self._shipper.notify()

    def _record(self, now: str, line: str) -> bytes:
        record: Dict[str, str] = {"timestamp": now, **self._labels, "log": line + "\n"}
        return json.dumps(record).encode("ascii")


def _body(records: List[bytes]) -> bytes:
    return b"[" + b", ".join(records) + b"]"
