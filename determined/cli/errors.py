"""What a user reads when a command fails: one line, by the kind of failure."""

from __future__ import annotations

from typing import Callable, Tuple, Type

from determined.common.api import errors as api


def _said(error: BaseException) -> str:
    """The master's own words, where there are any."""
    return getattr(error, "server_message", "") or str(error)


def _unauthenticated(error: BaseException) -> str:
    return f"{_said(error)}. Log in with 'det user login USERNAME', or set DET_USER and DET_PASS."


def _forbidden(error: BaseException) -> str:
    return f"Forbidden({_said(error)}). The master's administrator can grant the right."


_TABLE: Tuple[Tuple[Type[BaseException], Callable[[BaseException], str]], ...] = (
    (api.UnauthenticatedException, _unauthenticated),
    (api.ForbiddenException, _forbidden),
    (api.APIException, _said),
    (api.BadRequestException, str),
    (api.BadResponseException, str),
    (ValueError, str),
    (OSError, str),
    (RuntimeError, str),
)


def reason_of(error: BaseException) -> str:
    """Return the words that tell a user why a command failed."""
    for kind, tell in _TABLE:
        if isinstance(error, kind):
            return tell(error)
    return f"{type(error).__name__}: {error} (set DET_DEBUG=1 for a traceback)"
