"""One call of the REST API: a row of the wire contract, a request, an answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Dict, Iterator, Mapping, Optional, TypeVar, Union

from .. import errors
from .._streams import read_stream
from .._transport import DEFAULT_TIMEOUT, Timeout
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
    **parameters: Union[str, int],
) -> Response:
    """Make a call and return the message that answers it.

    Parameters:
        session: with whom, and as whom.
        row: the call.
        request: its message; fields that are None are not sent.
        timeout: see `BaseSession.request`.
        repeatable: see `BaseSession.request`.
        parameters: of the path; dots in their names are underscores here.

    Raises:
        ValueError: a parameter cannot stand in a path.
        MasterNotFoundException, APIException: see `BaseSession.request`.
        BadResponseException: the answer is no JSON object.
    """
    response = _send(session, row, request, parameters, timeout=timeout, stream=False, repeatable=repeatable)
    try:
        answer = json.loads(response.content)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise errors.BadResponseException(
            f"{row.name}: the answer is no JSON object but {response.text[:200]!r}. Is {session.master} a master?"
        )
    return answer  # type: ignore[return-value]  # the wire contract says so


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
