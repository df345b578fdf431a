"""Calls that outlast a master which is away for a while."""

from __future__ import annotations

import logging
import math
import time
from typing import Callable, Optional, TypeVar

from determined.common import task_env
from determined.common.api import errors

logger = logging.getLogger("determined.core")

T = TypeVar("T")

DEFAULT_SECONDS = 900.0
_FIRST_PAUSE = 0.25
_LONGEST_PAUSE = 5.0
# What proxies and masters answer while there is no master behind them.
_AWAY = frozenset((502, 503, 504))
# A failure inside the master may be of the moment: it is given a few more chances, not the whole time.
_CHANCES_AFTER_500 = 3


def patience_seconds() -> float:
    """Return how long a master that is away is waited for: ``DET_MASTER_PATIENCE_SECONDS``, default 900.

    Raises:
        ValueError: the variable holds no number of seconds.
    """
    text = task_env.read(task_env.MASTER_PATIENCE_SECONDS)
    if text is None:
        return DEFAULT_SECONDS
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if math.isnan(seconds) or seconds < 0:
        raise ValueError(f"{task_env.MASTER_PATIENCE_SECONDS} is {text!r}: it must be a number of seconds")
    return seconds


class Outage:
    """The time since a call last failed because the master was away, and what to do about it.

    Parameters:
        patience: seconds to wait for the master.
        sleep: waits so many seconds; it may return early.
    """

    def __init__(self, patience: float, sleep: Callable[[float], object] = time.sleep) -> None:
        self._patience = patience
        self._sleep = sleep
        self._since: Optional[float] = None
        self._pause = _FIRST_PAUSE
        self._chances = _CHANCES_AFTER_500
        self.may_have_arrived = False
        """Whether an earlier attempt may have been carried out, though its answer was lost."""

    def wait(self, error: Exception) -> bool:
        """Wait before another attempt; return False when there should be none."""
        if not self._is_passing(error):
            return False
        now = time.monotonic()
        if self._since is None:
            self._since = now
            if isinstance(error, errors.APIException) and error.status_code not in _AWAY:
                logger.warning("the master failed, asking it a few times more: %s", error)
            else:
                logger.warning("the master is away, waiting up to %g s for it: %s", self._patience, error)
        if now - self._since >= self._patience:
            return False
        self._sleep(self._pause)
        self._pause = min(self._pause * 2, _LONGEST_PAUSE)
        return True

    def _is_passing(self, error: Exception) -> bool:
        if isinstance(error, errors.MasterNotFoundException):
            self.may_have_arrived |= not isinstance(error, errors.CannotConnectException)
            return True
        if not isinstance(error, errors.APIException):
            return False
        if error.status_code in _AWAY:
            self.may_have_arrived = True
            return True
        self._chances -= 1
        return error.status_code == 500 and self._chances > 0


def call_patiently(call: Callable[[], T], outage: Optional[Outage] = None) -> T:
    """Make a call that may be repeated, until a master that is away has come back and answered.

    Parameters:
        call: makes it.
        outage: how long to wait. Defaults to `patience_seconds`.

    Raises:
        MasterNotFoundException: the master stayed away.
        APIException: the master refused the call.
    """
    outage = outage or Outage(patience_seconds())
    while True:
        try:
            return call()
        except errors.BadRequestException as error:
            if not outage.wait(error):
                raise


def report_patiently(
    report: Callable[[], None],
    is_reported: Callable[[errors.APIException], bool],
    outage: Optional[Outage] = None,
) -> None:
    """Make a report as `call_patiently` does, one that the master refuses to take twice.

    Parameters:
        report: makes it.
        is_reported: given the refusal of a repetition, whether it only says that an earlier attempt was taken.
        outage: how long to wait. Defaults to `patience_seconds`.

    Raises:
        MasterNotFoundException: the master stayed away.
        APIException: the master refused the report.
    """
    outage = outage or Outage(patience_seconds())
    try:
        call_patiently(report, outage)
    except errors.APIException as error:
        if not (outage.may_have_arrived and is_reported(error)):
            raise
