"""Reports of a trial on their way to the master, in order, without holding up the training."""

from __future__ import annotations

import logging
import os
import threading
from collections import deque
from typing import Any, Callable, Deque, Optional, Tuple, Type

from determined.common.api import errors

from ._patience import Outage, patience_seconds
from ._relay import Form, Relay

logger = logging.getLogger("determined.core")

Send = Callable[[], None]
Allow = Callable[[errors.APIException], bool]

QUEUE_LIMIT = 10_000
"""Reports that may wait; beyond, reporting waits for room, which is the speed of the master."""


class ReportFailed(errors.APIException, RuntimeError):
    """A report could not be delivered; why is its `__cause__`.

    It is also an error of the cause's own kind, such as `ForbiddenException` or `MasterNotFoundException`, and tells
    the method, the path and the status of the refusal and the master's own words (`server_message`).
    """

    @staticmethod
    def because(cause: Exception) -> ReportFailed:
        """Return the error that a report could not be delivered."""
        kind = type(cause)
        made = _make(kind if isinstance(cause, errors.BadRequestException) else Exception, str(cause))
        for name in ("method", "path", "status_code", "server_message", "response_error", "response"):
            setattr(made, name, getattr(cause, name, getattr(made, name)))
        return made

    def __reduce__(self) -> Any:
        return _make, (self._cause_kind, self._cause_text), {**vars(self), "response": None}

    # The cause says what can be done.
    hint = ""
    _cause_kind: Type[Exception] = Exception
    _cause_text = ""


def _make(kind: Type[Exception], text: str) -> ReportFailed:
    """Return an error that is `ReportFailed` and of another kind, too."""
    united: Type[ReportFailed] = ReportFailed
    if not issubclass(ReportFailed, kind):
        united = type("ReportFailed", (ReportFailed, kind), {"__module__": __name__, "_cause_kind": kind})
    made = united(f"a report to the master failed: {text}")
    made._cause_text = text
    return made


class ReportShipper:
    """Sends reports one after the other from a thread.

    A report that gets no answer is sent again until the master is back. One that is refused makes the next call raise,
    once; those that follow it are sent all the same. Nothing is dropped silently. What a forked process reports is sent
    by the process that it was forked from, or by itself if that takes no more.

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
        self.read_form: Optional[Callable[[Form], Tuple[Send, Optional[Allow]]]] = None
        """Makes what `submit` takes of what a forked process hands over."""

    def start(self) -> None:
        """Start the thread, which begins with what was reported before."""
        # A daemon: a process that ends without closing must not hang on a master that is away.
        self._thread = threading.Thread(target=self._run, name="report-shipper", daemon=True)
        self._thread.start()
        if self.read_form is not None and self._relay is None:
            self._relay = Relay(self._take)

    def submit(self, send: Send, is_reported: Optional[Allow] = None, form: Optional[Form] = None) -> None:
        """Queue a report; after the end it is dropped with a warning.

        Parameters:
            send: sends it; called in the thread, more than once if an answer is lost.
            is_reported: given the refusal of a repetition, whether it only says that an earlier attempt was taken.
            form: the same as a forked process hands it over to the process that it was forked from.

        Raises:
            ReportFailed: an earlier report failed for good; this one is not queued.
            RuntimeError: the shipper was not started, and as many reports wait as may.
        """
        if os.getpid() != self._process:
            self._submit_forked(_Report(send, is_reported), form)
            return
        with self._changed:
            self._changed.wait_for(self._has_room)
            self._raise_failure()
            if self._closing:
                logger.warning("a report after the end of the core context is dropped")
                return
            if len(self._queue) >= self._limit:
                raise RuntimeError("reports wait for the start of the core context: use it in a with block")
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
            ReportFailed: a report failed for good, and nobody has heard of it yet.
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

    def _has_room(self) -> bool:
        is_idle = self._thread is None or self._closing
        return len(self._queue) < self._limit or self._failure is not None or is_idle

    def _raise_failure(self) -> None:
        failure, self._failure = self._failure, None
        if failure is not None:
            raise ReportFailed.because(failure) from failure

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue or self._closing)
                if not self._queue:
                    return
                report = self._queue[0]
            failure: Optional[Exception] = None
            try:
                self._deliver(report)
            except Exception as e:  # whatever it is, it belongs to the caller, who hears of it with the next report
                logger.error("a report to the master failed: %s", e)
                failure = e
            with self._changed:
                self._queue.popleft()
                if failure is not None:
                    self._failure = self._failure or failure
                    if not isinstance(failure, errors.ANSWERED):
                        # The master stayed away: it is not waited for again for each report.
                        self._queue.clear()
                self._changed.notify_all()

    def _submit_forked(self, report: _Report, form: Optional[Form]) -> None:
        """Report from a forked process, which has no thread for it and whose locks may be held for ever."""
        if form is not None and self._relay is not None and self._relay.hand_over(form):
            return
        try:
            self._deliver(report)
        except (errors.MasterNotFoundException, errors.APIException) as e:
            raise ReportFailed.because(e) from e

    def _take(self, form: Form) -> None:
        """Queue what a forked process has handed over; what failed before is for this process to hear of."""
        if self.read_form is None:
            return
        report = _Report(*self.read_form(form))
        with self._changed:
            self._changed.wait_for(self._has_room)
            self._queue.append(report)
            self._changed.notify_all()

    def _deliver(self, report: _Report) -> None:
        outage = Outage(self._patience)
        while True:
            try:
                report.send()
                return
            except errors.BadRequestException as error:
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
