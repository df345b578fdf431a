"""Reports of a trial on their way to the master, in order, without holding up the training."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from typing import Callable, Deque, Optional

from determined.common.api import errors

from ._patience import Outage, patience_seconds
from ._relay import Form, Relay

logger = logging.getLogger("determined.core")

Send = Callable[[], None]
Allow = Callable[[errors.APIException], bool]

QUEUE_LIMIT = 10_000
"""Reports that may wait; beyond, reporting waits for room, which is the speed of the master."""


class ReportFailed(RuntimeError):
    """A report could not be delivered; the cause is its `__cause__`."""


class ReportShipper:
    """Sends reports one after the other from a thread.

    A report that gets no answer is sent again until the master is back; one that is refused for good is the end: the
    next call raises, and so do all that follow. Nothing is dropped silently. What a forked process reports is sent by
    the process that it was forked from, or by itself if that takes no more.

    Parameters:
        patience: seconds that a master that is away is waited for. Defaults to `patience_seconds`.
        limit: how many reports may wait.
    """

    def __init__(self, patience: Optional[float] = None, limit: int = QUEUE_LIMIT) -> None:
        self._patience = patience_seconds() if patience is None else patience
        self._limit = limit
        self._queue: Deque[_Report] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._failure: Optional[Exception] = None
        self._thread: Optional[threading.Thread] = None
        self._process = os.getpid()
        self._relay: Optional[Relay] = None
        self.take_form: Optional[Callable[[Form], None]] = None
        """Makes a report of what a forked process hands over."""

    def start(self) -> None:
        """Start the thread."""
        # A daemon: a process that ends without closing must not hang on a master that is away.
        self._thread = threading.Thread(target=self._run, name="report-shipper", daemon=True)
        self._thread.start()
        if self.take_form is not None and self._relay is None:
            self._relay = Relay(self.take_form)

    def submit(self, send: Send, is_reported: Optional[Allow] = None, form: Optional[Form] = None) -> None:
        """Queue a report.

        Parameters:
            send: sends it; called in the thread, more than once if an answer is lost.
            is_reported: given the refusal of a repetition, whether it only says that an earlier attempt was taken.
            form: the same as a forked process hands it over to the process that it was forked from.

        Raises:
            ReportFailed: an earlier report failed for good.
            RuntimeError: the shipper is not running.
        """
        if os.getpid() != self._process:
            self._submit_forked(_Report(send, is_reported), form)
            return
        with self._changed:
            self._changed.wait_for(lambda: len(self._queue) < self._limit or self._failure is not None)
            self._raise_failure()
            if self._thread is None or self._closing:
                raise RuntimeError("reports can only be made between start and close of the core context")
            self._queue.append(_Report(send, is_reported))
            self._changed.notify_all()

    def flush(self) -> None:
        """Wait until all reports are delivered.

        Raises:
            ReportFailed: one failed for good.
        """
        if os.getpid() != self._process:
            return  # nothing is queued here
        with self._changed:
            self._changed.wait_for(lambda: not self._queue or self._failure is not None or self._thread is None)
            self._raise_failure()

    def close(self) -> None:
        """Deliver what is queued, and end. Safe to call twice.

        Raises:
            ReportFailed: a report failed for good.
        """
        if os.getpid() != self._process:
            return
        if self._relay is not None:
            self._relay.close()
        with self._changed:
            self._closing = True
            self._changed.notify_all()
        thread, self._thread = self._thread, None
        if thread is not None:
            thread.join()
        with self._changed:
            self._raise_failure()

    def _raise_failure(self) -> None:
        if self._failure is not None:
            raise ReportFailed(f"a report to the master failed: {self._failure}") from self._failure

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if not self._queue:
                    return
                report = self._queue[0]
            try:
                self._deliver(report)
            except Exception as e:  # whatever it is, it belongs to the caller, who hears of it with the next report
                with self._changed:
                    self._failure = e
                    self._queue.clear()
                    self._changed.notify_all()
                logger.error("a report to the master failed: %s", e)
                return
            with self._changed:
                self._queue.popleft()
                self._changed.notify_all()

    def _submit_forked(self, report: _Report, form: Optional[Form]) -> None:
        """Report from a forked process, which has no thread for it and whose locks may be held for ever."""
        if form is not None and self._relay is not None and self._relay.hand_over(form):
            return
        try:
            self._deliver(report)
        except (errors.MasterNotFoundException, errors.APIException) as e:
            raise ReportFailed(f"a report to the master failed: {e}") from e

    def _deliver(self, report: _Report) -> None:
        outage = Outage(self._patience)
        while True:
            try:
                report.send()
                return
            except (errors.MasterNotFoundException, errors.APIException) as error:
                if report.is_taken(error, outage):
                    return
                if not outage.wait(error):
                    raise


class _Report:
    def __init__(self, send: Send, is_reported: Optional[Allow]) -> None:
        self.send = send
        self._is_reported = is_reported

    def is_taken(self, error: Exception, outage: Outage) -> bool:
        """Whether a refusal only says that an earlier attempt, the answer of which was lost, was taken."""
        if not outage.may_have_arrived or self._is_reported is None:
            return False
        return isinstance(error, errors.APIException) and self._is_reported(error)
