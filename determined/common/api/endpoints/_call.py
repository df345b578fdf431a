"""One call of the REST API: a row of the wire contract, a request, an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Mapping, Optional, TypeVar, Union

from .. import _foreign, _json
from .._options import DEFAULT_TIMEOUT, Timeout, timeout_of
from ..wire.endpoint import Endpoint

if TYPE_CHECKING:
    import requests

    from .._session import BaseSession

Request = TypeVar("Request")
Response = TypeVar("Response")


def call(
    session: BaseSession,
    row: Endpoint[Request, Response],
    request: Optional[Request] = None,
    *,
    timeout: Timeout = DEFAULT_TIMEOUT,
    repeatable: bool = False,
    decode: Callable[[bytes], Any] = _json.decode,
    **parameters: Union[str, int],
) -> Response:
    """Make a call and return the message that answers it.

    Parameters:
        session: with whom, and as whom.
        row: the call.
        request: its message; fields that are None are not sent.
        timeout: see `BaseSession.request`; by default as `timeout_of` says.
        repeatable: see `BaseSession.request`.
        decode: reads the answer.
        parameters: of the path; dots in their names are underscores here.

    Raises:
        ValueError: a parameter is not valid in a path.
        MasterNotFoundException, APIException: see `BaseSession.request`.
        BadResponseException: the answer is no JSON object.
    """
    response = _send(session, row, request, parameters, timeout=timeout, stream=False, repeatable=repeatable)
    document = response.content
    is_json = True
    try:
        answer = decode(document) if isinstance(document, bytes) else response.json()
    except ValueError:
        is_json = False
    if not is_json:
        raise _no_json(session, row, response)  # here, where no error that holds the answer stands behind it
    if not isinstance(answer, dict):
        from .. import _failures

        raise _failures.NoObjectException(_complaint(session, row, repr(response.text[:200])))
    return _Answer(answer, row.name, session.master)  # type: ignore[return-value]  # the wire contract says so


def _no_json(session: BaseSession, row: Endpoint[Any, Any], response: requests.Response) -> Exception:
    from .. import _failures  # here, because it loads the HTTP library

    complaint = _foreign.complaint_about(response)
    # the beginning of an object may be the one of a token
    found = "a broken one" if response.content.startswith(b"{") else repr(response.text[:200])
    text = complaint or _complaint(session, row, found)
    if response.status_code == 200:
        return _failures.NoJsonException(text)
    return _failures.NoAnswerException(text, operation_name(row), response)


def _complaint(session: BaseSession, row: Endpoint[Any, Any], found: str) -> str:
    return f"{row.name}: the answer is no JSON object but {found}. Is {session.master} a Determined master?"


def operation_name(row: Endpoint[Any, Any]) -> str:
    """Return the name of a call as errors tell it."""
    return f"{row.method.lower()}_{row.name}"


class _Answer(Dict[str, Any]):
    """The message that answers a call; what it lacks and the caller needs is an error that says so."""

    def __init__(self, message: Dict[str, Any], name: str, master: str) -> None:
        super().__init__(message)
        self._name, self._master = name, master

    def __missing__(self, key: str) -> Any:
        from .. import _failures

        raise _failures.MissingKeyException(
            f"{self._name}: the answer lacks {key!r}. Is {self._master} a Determined master?"
        )


def call_stream(
    session: BaseSession,
    row: Endpoint[Request, Response],
    request: Optional[Request] = None,
    *,
    timeout: Timeout = DEFAULT_TIMEOUT,
    **parameters: Union[str, int],
) -> Iterator[Response]:
    """Make a call whose answer is a stream, and yield the messages as they come.

    Parameters as `call`. Raises what `call` and `read_stream` raise, the first when iteration begins.
    """
    from .._streams import read_stream  # here, because it loads the HTTP library

    response = _send(session, row, request, parameters, timeout=timeout, stream=True, repeatable=False)
    if response.status_code == 204 or _foreign.is_page(response):
        with response:
            raise _no_json(session, row, response)
    yield from read_stream(response, operation_name(row))


def _send(
    session: BaseSession,
    row: Endpoint[Request, Response],
    request: Any,
    parameters: Mapping[str, Union[str, int]],
    *,
    timeout: Timeout,
    stream: bool,
    repeatable: bool,
) -> requests.Response:
    message: Dict[str, Any] = {}
    if request is not None:
        message["json" if row.has_body else "params"] = _without_none(request)
    return session.request(
        row.method,
        row.url(**parameters),
        timeout=timeout_of(row.name, timeout),
        stream=stream,
        repeatable=repeatable,
        **message,
    )


def _without_none(request: Any) -> Any:
    if isinstance(request, dict):
        return {k: v for k, v in request.items() if v is not None}
    return request
