"""When a request is sent again, and after how long: pure decisions, and the one loop that sleeps."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Callable, Optional, Union

from . import errors

if TYPE_CHECKING:
    from requests import Response
    from urllib3.util.retry import Retry

IDEMPOTENT = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "DELETE"})
RETRIED_STATUSES = frozenset({502, 503, 504})
BACKOFF_SECONDS = 0.5
LONGEST_BACKOFF = 30.0
LONGEST_RETRY_AFTER = 120.0
DEFAULT_MAX_RETRIES = 5


@dataclass(frozen=True)
class Policy:
    """How stubborn a session is.

    Attributes:
        retries: how many times a request is sent again at most.
        backoff: seconds before the first time; they double with each.
    """

    retries: int = DEFAULT_MAX_RETRIES
    backoff: float = BACKOFF_SECONDS


Retries = Union[None, int, Policy, "Retry"]
"""How many times to send again, in any of the forms that sessions take; None for not at all."""


def policy_of(retries: Retries) -> Policy:
    """Return the policy that a session's argument stands for."""
    if isinstance(retries, Policy):
        return retries
    if retries is None or isinstance(retries, int):
        return Policy(retries or 0)
    total = retries.total
    return Policy(DEFAULT_MAX_RETRIES if total is None else int(total), retries.backoff_factor or BACKOFF_SECONDS)


def should_repeat(method: str, *, repeatable: bool, failure: Optional[Exception], status: Optional[int]) -> bool:
    """Whether a request may be sent again after what happened.

    Parameters:
        method: the verb.
        repeatable: the caller knows that doing it twice does no harm, whatever the verb.
        failure: why there was no answer, or None.
        status: the answer's status, or None.
    """
    if isinstance(failure, errors.CannotConnectException):
        return True
    safe = repeatable or method in IDEMPOTENT
    if failure is not None:
        return safe and isinstance(failure, errors.ConnectionLostException) and not failure.is_foreign
    return safe and status in RETRIED_STATUSES


def delay_before(attempt: int, policy: Policy, retry_after: Optional[str], now: float, chance: float) -> float:
    """Return the seconds to wait before a repetition.

    Parameters:
        attempt: 1 for the first repetition.
        retry_after: the answer's ``Retry-After``: seconds, or a date.
        now: seconds since 1970.
        chance: a random number from 0 to 1, so that clients that failed together do not come back together.
    """
    if retry_after:
        wanted = _retry_after_seconds(retry_after, now)
        if wanted is not None:
            return min(max(0.0, wanted), LONGEST_RETRY_AFTER)
    backoff = min(policy.backoff * 2.0 ** (attempt - 1), LONGEST_BACKOFF)
    return backoff * (0.75 + 0.25 * chance)


def _retry_after_seconds(text: str, now: float) -> Optional[float]:
    if text.strip().isdigit():
        return float(text)
    import email.utils  # here, because dates are rare and the module is slow to load

    try:
        return email.utils.parsedate_to_datetime(text).timestamp() - now
    except (TypeError, ValueError):
        return None


def send_stubbornly(send: Callable[[], Response], method: str, policy: Policy, *, repeatable: bool) -> Response:
    """Send a request until it is answered, or must not or need not be sent again.

    Raises:
        MasterNotFoundException: no answer came, the last time.
    """
    attempt = 0
    while True:
        failure: Optional[errors.MasterNotFoundException] = None
        response: Optional[Response] = None
        try:
            response = send()
        except errors.MasterNotFoundException as error:
            failure = error
        status = None if response is None else response.status_code
        attempt += 1
        if attempt > policy.retries or not should_repeat(method, repeatable=repeatable, failure=failure, status=status):
            if failure is not None:
                raise failure
            if response is not None:
                return response
        retry_after = None
        if response is not None:
            retry_after = response.headers.get("Retry-After")
            response.close()
        time.sleep(delay_before(attempt, policy, retry_after, time.time(), random.random()))


def get_max_retries_config() -> "Retry":
    """Return retries for a session of one's own: twenty, with growing pauses."""
    from urllib3.util.retry import Retry

    return Retry(total=20, backoff_factor=0.5)
