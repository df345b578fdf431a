"""What can go wrong between a client and a master.

Exception
├── BadRequestException                a call that came to nothing
│   ├── APIException                   the master said no, or failed
│   │   ├── NotFoundException          404
│   │   └── DeleteFailedException      something could not be deleted
│   ├── UnauthenticatedException       401: log in first
│   │   └── InvalidCredentialsException   a login was refused
│   ├── ForbiddenException             403
│   └── MasterNotFoundException        no answer at all
│       ├── CannotConnectException     no connection could be made: nothing was sent
│       ├── UntrustedMasterException   the master's certificate was refused: nothing was sent
│       ├── MasterTimeoutException     no answer in time
│       └── ConnectionLostException    the connection broke before the answer was whole
├── BadResponseException               an answer that no master gives
│   ├── PagingException                a list that does not come to its end
│   └── EmptyResultException           an answer without the result it should hold
├── CorruptTokenCacheException         the file with the cached logins was not readable, and was removed
└── CorruptCertificateCacheException   the same of the file with the trusted certificates

An error that is also one of the HTTP library, or of the standard library, is of a subclass in `_failures`, which loads
the HTTP library; so is `UntrustedMasterException`. Mistakes of the caller, found before anything was sent, are
ValueError and TypeError.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any, Dict, List, Optional, Type, TypeVar, Union

from ... import _tracebacks
from . import _refusals

if TYPE_CHECKING:
    import requests

    UntrustedMasterException: Type[MasterNotFoundException]

E = TypeVar("E", bound="BadRequestException")


class BadRequestException(Exception):
    """A call of the master came to nothing.

    Attributes:
        message: what the master, or this client, says about it.
        method: the verb of the request, e.g. "GET"; empty when it is not known.
        path: the path of the request.
        status_code: the HTTP status of the answer; 0 where there was none.
        server_message: the master's own words; empty where there was no answer.
        response_error: the object in the answer that the words are from, e.g. ``{"code": 5, "error": "..."}``; None
            where there is none.
        response: the whole answer, where there is one.
    """

    method = ""
    path = ""
    is_foreign = False
    """Whether something else than a master is known to have answered: a proxy, a portal, another service."""
    status_code = 0
    server_message = ""
    response_error: Optional[Dict[str, Any]] = None
    response: Optional[requests.Response] = None
    hint = ""
    _render_traceback_ = _tracebacks.render

    def __init__(self, message: str, *args: Any) -> None:
        super().__init__(message, *args)
        self.message = message

    def __str__(self) -> str:
        """Return the message, with the call and what can be done about it where the error is one of a call."""
        if not self.method or not self.status_code:
            return str(self.message)
        text = self.message or f"the master answered {self.status_code} with an empty message"
        is_refusal = self.status_code == 500 and _refusals.is_refusal(self.server_message)
        told = _refusals.explain(text) if is_refusal or self.status_code == 400 else text
        hint = self.hint or ("Check what was asked for" if is_refusal else _HINTS.get(self.status_code, ""))
        if told != text:
            text, hint = told, ""
        text = f"{text} [{self.method} {self.path}: {'refused' if is_refusal else self.status_code}]"
        return f"{text}. {hint}" if hint else text

    def __reduce__(self) -> Any:
        """Return what it is made of anew from; not the answer, with which the request and its token would go."""
        state = {name: value for name, value in vars(self).items() if name not in ("response", "request")}
        return _rebuild, (type(self), tuple(arg for arg in self.args if isinstance(arg, _PLAIN)), state)


_PLAIN = (str, int, float, bool, type(None))


def _rebuild(kind: Type[Exception], args: Any, state: Dict[str, Any]) -> Exception:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class APIException(BadRequestException):
    """The master answered with an error."""

    def __init__(self, response: Union[requests.Response, str], *args: Any) -> None:
        """Name the answer.

        Parameters:
            response: the answer, or the words in it where it is not at hand.
            args: anything else that belongs into ``args``.
        """
        if isinstance(response, str):
            super().__init__(response, *args)
            return
        self.server_message = server_message(response)
        super().__init__(self.server_message, *args)
        self.response = response
        self.status_code = response.status_code
        self.response_error = _error_object(response)


class NotFoundException(APIException):
    """There is no such thing."""

    status_code = 404

    def __init__(self, error_message: str) -> None:
        super().__init__(error_message)


class DeleteFailedException(APIException):
    """Something could not be deleted, though the master has answered."""

    status_code = 200

    def __init__(self, error_message: str) -> None:
        super().__init__(error_message)


class UnauthenticatedException(BadRequestException):
    """The master does not know who asks: there is no login, or it has expired."""

    hint = "Log in with client.login(...) or 'det user login', or set DET_USER and DET_PASS, or DET_USER_TOKEN"

    def __init__(self, message: str = f"nobody is logged in. {hint}") -> None:
        super().__init__(message)


class InvalidCredentialsException(UnauthenticatedException):
    """A user name, password or token was refused."""

    hint = "Check the user name and the password, or the token"

    def __init__(self, message: str = f"the login was refused. {hint}") -> None:
        super().__init__(message)


class ForbiddenException(BadRequestException):
    """The user may not do that."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message)

    def __str__(self) -> str:
        return super().__str__() if self.method else f"Forbidden({self.message}). {_HINTS[403]}"


class MasterNotFoundException(BadRequestException):
    """No answer came from the master."""

    def __init__(self, message: str, *args: Any, method: str = "", path: str = "") -> None:
        super().__init__(message, *args)
        self.method, self.path = method, path


class CannotConnectException(MasterNotFoundException):
    """No connection to the master could be made: nothing of the request has reached it."""


class MasterTimeoutException(MasterNotFoundException):
    """The master did not answer within the time limit of the request."""


class ConnectionLostException(MasterNotFoundException):
    """The connection to the master broke before the answer was whole."""


class BadResponseException(Exception):
    """The answer is none that a master gives.

    Attributes:
        message: what is wrong with it.
    """

    _render_traceback_ = _tracebacks.render

    def __init__(self, message: str, *args: Any) -> None:
        super().__init__(message, *args)
        self.message = message

    def __str__(self) -> str:
        return str(self.message)

    def __reduce__(self) -> Any:
        state = {name: value for name, value in vars(self).items() if name not in ("response", "request")}
        return _rebuild, (type(self), (self.message,), state)


class EmptyResultException(BadResponseException):
    """The answer lacks the result it should hold."""

    def __init__(self, message: str) -> None:
        super().__init__(message)


class PagingException(BadResponseException):
    """A list does not come to its end: the master's pages make no progress."""


class CorruptTokenCacheException(Exception):
    """The file with the cached logins was not readable; it has been removed, so the next try starts afresh."""

    def __init__(self, message: str = "the file of logins was not readable and has been removed: log in again") -> None:
        super().__init__(message)


class CorruptCertificateCacheException(Exception):
    """The file with the trusted certificates was not readable; it has been removed."""

    def __init__(
        self, message: str = "the file of certificates was not readable and has been removed: try again"
    ) -> None:
        super().__init__(message)


def __getattr__(name: str) -> Any:
    if name != "UntrustedMasterException":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    # named as text, because the module stands above this one, and loads the HTTP library
    return importlib.import_module("._failures", __package__).UntrustedMasterException


def __dir__() -> List[str]:
    return sorted([*globals(), "UntrustedMasterException"])


BY_STATUS: Dict[int, Type[BadRequestException]] = {
    401: UnauthenticatedException,
    403: ForbiddenException,
    404: NotFoundException,
}
"""Which statuses have an error of their own; every other one of 300 and above is an `APIException`."""

ANSWERED = (APIException, UnauthenticatedException, ForbiddenException)
"""The errors that say that the master has answered."""


TEMPORARY = frozenset({429, 502, 503, 504})
"""Statuses with which a proxy or a starting master asks to come back later."""


_HINTS: Dict[int, str] = {
    403: "Ask an administrator of the cluster, or act as another user",
    404: "Check what was asked for, and that DET_MASTER names the right master",
    408: "Try again",
    413: "Send less at once",
    429: "Send less at once",
    500: "The master's log says more",
    501: "The master does not know this call: compare its version with that of determined here",
    502: "The master is not available now: try again later",
    503: "The master is not available now: try again later",
    504: "The master is not available now: try again later",
}
"""What the caller can do next, by the status of the answer."""


def from_response(response: requests.Response, method: str, path: str) -> BadRequestException:
    """Return the error that an answer means."""
    text = server_message(response)
    if response.is_redirect:
        text = f"the request was redirected to {response.headers['Location']}: use that as the address of the master"
    kind = BY_STATUS.get(response.status_code, APIException)
    error = told(kind(text), method=method, path=path, status_code=response.status_code, response=response)
    error.response_error = _error_object(response)
    return _named_as_foreign(error, response)


def _named_as_foreign(error: E, response: requests.Response) -> E:
    """Return an error, with a message that says so and no words of a master where the answer is none of a master."""
    from . import _foreign  # here, because it is not needed before

    complaint = _foreign.complaint_about(response)
    if complaint:
        error.message, error.args = complaint, (complaint, *error.args[1:])
        error.is_foreign, error.server_message, error.hint = True, "", _foreign.HINT
    return error


def told(
    error: E, *, method: str = "", path: str = "", status_code: int = 0, response: Optional[requests.Response] = None
) -> E:
    """Write into an error which call it is about, and return it; its message are the master's words."""
    error.method, error.path, error.status_code = method, path, status_code
    error.server_message, error.response = error.message, response
    return error


def _error_object(response: requests.Response) -> Optional[Dict[str, Any]]:
    try:
        body = response.json()
    except (ValueError, OSError):
        return None
    found = body.get("error") if isinstance(body, dict) else None
    return found if isinstance(found, dict) else None


def server_message(response: requests.Response) -> str:
    """Return the master's words in an error's answer; the beginning of the body when it is none of a master."""
    try:
        body = response.json()
    except ValueError:
        text = response.text.strip()
        return text if len(text) <= 300 else text[:300] + " ..."
    except OSError:
        return ""  # the connection broke while the error was read: the status is all there is
    return message_in(body) or response.text[:300]


def message_in(body: Any) -> str:
    """Return the text in the body of an error, whichever of the master's three forms it has."""
    if not isinstance(body, dict):
        return ""
    if isinstance(body.get("message"), str):
        return str(body["message"])
    error = body.get("error")
    if isinstance(error, dict):
        return str(error.get("message") or error.get("error") or "")
    return error if isinstance(error, str) else ""
