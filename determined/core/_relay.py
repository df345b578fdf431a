"""Reports of forked processes, handed over to the process that they were forked from.

A forked process has none of its parent's threads, so nobody there would send what it queues. What it reports travels
through a socket that it has inherited to the parent, which queues it among its own reports. A parent that is gone, or
that has closed its context, takes no more: then the forked process sends its reports itself.
"""

from __future__ import annotations

import json
import logging
import os
import socket
import threading
import weakref
from typing import Any, Callable, Optional, Tuple

logger = logging.getLogger("determined.core")

Form = Tuple[str, Any]
"""A report as it travels: its kind, and its value as plain JSON."""

_LARGEST = 1 << 24
_BUFFER = 1 << 20
_END = b""
_SECONDS = 60.0


class Relay:
    """Takes reports of forked processes for as long as it is open. It costs a thread from the first fork on.

    Parameters:
        take: called with each report, in that thread; it may wait, which makes the forked processes wait.
    """

    def __init__(self, take: Callable[[Form], None]) -> None:
        self._take = take
        self._process = os.getpid()
        self._thread: Optional[threading.Thread] = None
        self._lock = threading.Lock()
        self._source: Optional[socket.socket] = None
        self._target: Optional[socket.socket] = None
        if hasattr(socket, "AF_UNIX"):
            self._source, self._target = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
            for end, option in ((self._source, socket.SO_RCVBUF), (self._target, socket.SO_SNDBUF)):
                end.setsockopt(socket.SOL_SOCKET, option, _BUFFER)
            self._target.settimeout(_SECONDS)
            _relays.add(self)

    def hand_over(self, form: Form) -> bool:
        """Give a report to the process that this one was forked from; returns whether it took it."""
        if self._target is None:
            return False
        try:
            self._target.send(json.dumps(form).encode())
        except OSError:  # it is gone or takes no more, or the report is too large for this way
            return False
        return True

    def close(self) -> None:
        """Take what has been handed over, and nothing after that. Safe to call twice."""
        source, target = self._source, self._target
        self._source = self._target = None
        if source is None or target is None or os.getpid() != self._process:
            return
        with self._lock:
            thread = self._thread
        if thread is not None:
            target.send(_END)
            thread.join()
        # No more from now on, also where a forked process holds the socket; then what came meanwhile.
        source.shutdown(socket.SHUT_RD)
        source.setblocking(False)
        self._take_all(source)
        source.close()
        target.close()

    def start(self) -> None:
        """Begin to take reports, as there is a forked process."""
        source = self._source
        with self._lock:
            if self._thread is None and source is not None:
                # A daemon: a process that ends without closing must not hang.
                self._thread = threading.Thread(target=self._take_all, args=(source,), name="report-relay", daemon=True)
                self._thread.start()

    def leave(self) -> None:
        """Only hand over from now on: this process was forked."""
        if self._source is not None:
            # Or nobody would notice that the other end is gone.
            self._source.close()

    def _take_all(self, source: socket.socket) -> None:
        while True:
            try:
                data = source.recv(_LARGEST)
            except OSError:  # nothing more has come
                return
            if data == _END:
                return
            try:
                kind, value = json.loads(data)
                self._take((kind, value))
            except Exception as e:  # whatever it is, this process hears of it with its own next report
                logger.error("a report of a forked process was not taken: %s", e)


_relays: "weakref.WeakSet[Relay]" = weakref.WeakSet()


def _start_all() -> None:
    for relay in list(_relays):
        relay.start()


def _leave_all() -> None:
    for relay in list(_relays):
        relay.leave()
    _relays.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_parent=_start_all, after_in_child=_leave_all)
