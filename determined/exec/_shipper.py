"""Sends log lines to the master, in batches, from a thread that never stands in the trial's way."""

from __future__ import annotations

import threading
import time

from ._link import MasterRefused, MasterUnreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, List, Optional, Protocol, Tuple

    class Link(Protocol):
        """The way to the master: `MasterLink`, or what does the same."""

        def send(self, method: str, path: str, body: Optional[bytes], timeout: float = ...) -> Tuple[int, bytes]:
            """Send a request and return the answer's status and body; raise MasterUnreachable if there is none."""

    class Waiting(Protocol):
        """Records that wait for the master: `Spool`, or what does the same."""

        @property
        def pending(self) -> int:
            """Bytes not yet taken."""

        def peek(self, count: int) -> List[bytes]:
            """Return up to `count` records from the front."""

        def drop_peeked(self) -> None:
            """Forget the records that the last `peek` returned."""


MAX_BATCH = 1000
PERIOD = 1.0
"""Seconds between two batches while lines keep coming."""

FIRST_PERIOD = 0.05
"""The same after a quiet time; it doubles with each batch, so that the first lines of a task are seen soon."""

_ANSWER_TIMEOUT = 30.0
_LONGEST_PAUSE = 5.0
# Statuses that speak of the moment or the credential rather than of the lines.
_TRY_AGAIN = frozenset((401, 403, 404, 408, 409, 425, 429))


class LogShipper:
    """Delivers what stands in a spool to the master, in order, each line until it is acknowledged.

    A master that is away is asked again, with pauses of up to 5 s; meanwhile lines wait in the spool. Records that
    the master refuses for what they are (status 400) are left out one by one, so that one bad line holds up nothing.

    Parameters:
        spool: holds the records.
        link: leads to the master.
        path: takes them.
        body: makes a request of them.
    """

    def __init__(
        self,
        spool: Waiting,
        link: Link,
        path: str = "/api/v1/task/logs",
        body: Optional[Callable[[List[bytes]], bytes]] = None,
    ) -> None:
        self._spool = spool
        self._link = link
        self._path = path
        self._body = body or _body
        self._wake = threading.Event()
        self._finishing = threading.Event()
        self._patience = 0.0
        self._deadline: Optional[float] = None
        # A daemon: an answer that never comes must not keep the process.
        self._thread = threading.Thread(target=self._run, name="log-shipper", daemon=True)

    def start(self) -> None:
        """Start delivering."""
        self._thread.start()

    def notify(self) -> None:
        """Say that the spool has new lines."""
        if not self._wake.is_set():
            self._wake.set()

    def finish(self, patience: float) -> bool:
        """Deliver what is left and end; give up when the master has taken nothing for `patience` seconds.

        Returns:
            Whether all lines were delivered.
        """
        self._patience = patience
        self._deadline = time.monotonic() + patience
        self._finishing.set()
        self._wake.set()
        while self._thread.is_alive() and time.monotonic() < self._deadline + 1.0:
            self._thread.join(0.5)
        return not self._thread.is_alive() and not self._spool.pending

    @property
    def is_own_thread(self) -> bool:
        """Whether the caller is the thread that delivers."""
        return threading.current_thread() is self._thread

    @property
    def is_running(self) -> bool:
        """Whether the thread still uses the spool."""
        return self._thread.is_alive()

    def _run(self) -> None:
        period = FIRST_PERIOD
        while True:
            if not self._spool.pending:
                if self._finishing.is_set():
                    return
                asleep_at = time.monotonic()
                self._wake.wait()
                if time.monotonic() - asleep_at > PERIOD:
                    period = FIRST_PERIOD
            self._wake.clear()
            if self._spool.pending and not self._deliver():
                return
            self._gather(period)
            period = min(period * 2, PERIOD)

    def _gather(self, seconds: float) -> None:
        """Wait for a fuller batch, at most so long."""
        until = time.monotonic() + seconds
        while not self._finishing.is_set():
            left = until - time.monotonic()
            if left <= 0 or len(self._spool.peek(MAX_BATCH)) >= MAX_BATCH:
                return
            self._finishing.wait(min(left, FIRST_PERIOD))

    def _deliver(self) -> bool:
        """Deliver one batch; return False when it is time to give up."""
        records = self._spool.peek(MAX_BATCH)
        pause = 0.2
        while True:
            try:
                self._send(records)
                self._spool.drop_peeked()
                if self._deadline is not None:
                    self._deadline = time.monotonic() + self._patience
                return True
            except (MasterUnreachable, MasterRefused):
                if self._is_too_late():
                    return False
                self._pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _send(self, records: List[bytes]) -> None:
        status, answer = self._link.send("POST", self._path, self._body(records), self._answer_timeout())
        if status < 300:
            return
        if status >= 500 or status in _TRY_AGAIN:
            raise MasterRefused("POST", self._path, status, answer)
        if len(records) > 1:
            middle = len(records) // 2
            self._send(records[:middle])
            # The first half is delivered; were it sent again with the second, its lines would stand there twice.
            self._send_rest(records[middle:])

    def _send_rest(self, records: List[bytes]) -> None:
        pause = 0.2
        while True:
            try:
                return self._send(records)
            except (MasterUnreachable, MasterRefused):
                if self._is_too_late():
                    raise
                self._pause(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)

    def _pause(self, seconds: float) -> None:
        if self._deadline is not None:
            time.sleep(max(0.0, min(seconds, self._deadline - time.monotonic())))
        else:
            self._finishing.wait(seconds)

    def _is_too_late(self) -> bool:
        return self._deadline is not None and time.monotonic() >= self._deadline

    def _answer_timeout(self) -> float:
        if self._deadline is None:
            return _ANSWER_TIMEOUT
        return max(0.5, min(_ANSWER_TIMEOUT, self._deadline - time.monotonic()))


def _body(records: List[bytes]) -> bytes:
    return b'{"logs": [' + b", ".join(records) + b"]}"
