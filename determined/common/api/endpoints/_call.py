"""One call of the REST API: a row of the wire contract, a request, an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Mapping, Optional, TypeVar, Union

from .. import _json, errors
from .._options import DEFAULT_TIMEOUT, Timeout
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
        timeout: see `BaseSession.request`.
        repeatable: see `BaseSession.request`.
        decode: reads the answer.
        parameters: of the path; dots in their names are underscores here.

    Raises:
        ValueError: a parameter cannot stand in a path.
        MasterNotFoundException, APIException: see `BaseSession.request`.
        BadResponseException: the answer is no JSON object.
    """
    response = _send(session, row, request, parameters, timeout=timeout, stream=False, repeatable=repeatable)
    try:
        answer = decode(response.content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        # the beginning of an object may be the one of a token
        found = "a broken one" if response.content.startswith(b"{") else repr(response.text[:200])
        raise errors.BadResponseException(
            f"{row.name}: the answer is no JSON object but {found}. Is {session.master} a master?"
        )
    return _Answer(answer, row.name)  # type: ignore[return-value]  # the wire contract says so


class _Answer(Dict[str, Any]):
    """The message that answers a call; what it lacks and the caller needs is an error that says so."""

    def __init__(self, message: Dict[str, Any], name: str) -> None:
        super().__init__(message)
        self._name = name

    def __missing__(self, key: str) -> Any:
        raise errors.BadResponseException(f"{self._name}: the answer lacks {key!r}. Is its sender a master?")


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
    yield from read_stream(response)


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
        row.method, row.url(**parameters), timeout=timeout, stream=stream, repeatable=repeatable, **message
    )


def _without_none(request: Any) -> Any:
    if isinstance(request, dict):
        return {k: v for k, v in request.items() if v is not None}
    return request
