"""What can go wrong between a client and a master.

Exception
├── BadRequestException                a call that came to nothing
│   ├── APIException                   the master said no, or failed
│   │   ├── UnauthenticatedException   401: log in first
│   │   │   └── InvalidCredentialsException   a login was refused
│   │   ├── ForbiddenException         403
│   │   └── NotFoundException          404
│   └── MasterNotFoundException        no answer at all
│       ├── CannotConnectException     no connection could be made: nothing was sent
│       ├── UntrustedMasterException   the master's certificate was refused: nothing was sent
│       ├── MasterTimeoutException     no answer in time
│       └── ConnectionLostException    the connection broke before the answer was whole
├── BadResponseException               an answer that no master gives
│   └── PagingException                a list that does not come to its end
├── DeleteFailedException              something could not be deleted
├── EmptyResultException               an answer without the result it should hold
├── CorruptTokenCacheException         the file with the cached logins was not readable, and was removed
└── CorruptCertificateCacheException   the same of the file with the trusted certificates

Mistakes of the caller, found before anything was sent, are ValueError and TypeError.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, Optional, Type

if TYPE_CHECKING:
    import requests


class BadRequestException(Exception):
    """A call of the master came to nothing.

    Attributes:
        message: what the master, or this client, says about it, and what can be done.
        method: the verb of the request, e.g. "GET"; empty when it is not known.
        path: the path of the request.
        status_code: the HTTP status of the answer; 0 where there was none.
        server_message: the master's own words; empty where there was no answer.
    """

    method = ""
    path = ""
    status_code = 0
    server_message = ""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class APIException(BadRequestException):
    """The master answered with an error.

    Attributes:
        response_error: `server_message` by its released name.
        response: the whole answer, where there is one.
    """

    hint = ""

    def __init__(
        self,
        message: str,
        *,
        method: str = "",
        path: str = "",
        status_code: int = 0,
        response: "Optional[requests.Response]" = None,
    ) -> None:
        text = message or f"the master answered {status_code} without a word"
        if method:
            text = f"{text} [{method} {path}: {status_code}]"
        hint = self.hint or _HINTS.get(status_code, "")
        if hint:
            text = f"{text}. {hint}"
        super().__init__(text)
        self.method, self.path, self.status_code = method, path, status_code
        self.server_message = self.response_error = message
        self.response = response

    def __reduce__(self) -> Any:
        return _rebuild, (type(self), self.server_message, self.method, self.path, self.status_code)


def _rebuild(kind: Type[APIException], message: str, method: str, path: str, status_code: int) -> APIException:
    return kind(message, method=method, path=path, status_code=status_code)


class UnauthenticatedException(APIException):
    """The master does not know who asks: there is no login, or it has expired."""

    hint = "Log in with client.login(...) or 'det user login', or set DET_USER and DET_PASS, or DET_USER_TOKEN"


class InvalidCredentialsException(UnauthenticatedException):
    """A user name, password or token was refused."""

    hint = "Check the user name and the password, or the token"


class ForbiddenException(APIException):
    """The user may not do that."""


class NotFoundException(APIException):
    """There is no such thing."""


class MasterNotFoundException(BadRequestException):
    """No answer came from the master."""

    def __init__(self, message: str, *, method: str = "", path: str = "") -> None:
        super().__init__(message)
        self.method, self.path = method, path


class CannotConnectException(MasterNotFoundException):
    """No connection to the master could be made: nothing of the request has reached it."""


class UntrustedMasterException(MasterNotFoundException):
    """The certificate of the master was refused: nothing of the request has been sent."""


class MasterTimeoutException(MasterNotFoundException):
    """The master did not answer within the time limit of the request."""


class ConnectionLostException(MasterNotFoundException):
    """The connection to the master broke before the answer was whole."""


class BadResponseException(Exception):
    """The answer is none that a master gives."""


class DeleteFailedException(Exception):
    """Something could not be deleted."""


class EmptyResultException(Exception):
    """The answer lacks the result it should hold."""


class PagingException(BadResponseException):
    """A list does not come to its end: the master's pages make no progress."""


class CorruptTokenCacheException(Exception):
    """The file with the cached logins was not readable; it has been removed, so the next try starts afresh."""


class CorruptCertificateCacheException(Exception):
    """The file with the trusted certificates was not readable; it has been removed."""


BY_STATUS: Dict[int, Type[APIException]] = {
    401: UnauthenticatedException,
    403: ForbiddenException,
    404: NotFoundException,
}
"""Which statuses have an error of their own; every other one of 300 and above is an `APIException`."""


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


def from_response(response: "requests.Response", method: str, path: str) -> APIException:
    """Return the error that an answer means."""
    kind = BY_STATUS.get(response.status_code, APIException)
    text = server_message(response)
    if response.is_redirect:
        text = f"the request was sent on to {response.headers['Location']}: give the master's address as it is there"
    return kind(text, method=method, path=path, status_code=response.status_code, response=response)


def server_message(response: "requests.Response") -> str:
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
