"""One call of the REST API: a row of the wire contract, a request, an answer."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Tuple, TypeVar, Union

from .. import errors
from .._streams import read_stream
from ..wire.endpoint import Endpoint

if TYPE_CHECKING:
    from .._session import BaseSession
    from .._transport import Timeout

Request = TypeVar("Request")
Response = TypeVar("Response")


def call(
    session: "BaseSession",
    row: "Endpoint[Request, Response]",
    request: Optional[Request] = None,
    *,
    timeout: "Timeout" = ...,  # type: ignore[assignment]
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
        answer = response.json()
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise errors.BadResponseException(
            f"{row.name}: the answer is no JSON object but {response.text[:200]!r}. Is {session.master} a master?"
        )
    return answer  # type: ignore[return-value]  # the wire contract says so


def call_stream(
    session: "BaseSession",
    row: "Endpoint[Request, Response]",
    request: Optional[Request] = None,
    *,
    timeout: "Timeout" = ...,  # type: ignore[assignment]
    **parameters: Union[str, int],
) -> Iterator[Response]:
    """Make a call whose answer is a stream, and yield the messages as they come.

    Parameters as `call`. Raises what `call` and `read_stream` raise, the first when iteration begins.
    """
    response = _send(session, row, request, parameters, timeout=timeout, stream=True, repeatable=False)
    yield from read_stream(response)


def _send(
    session: "BaseSession",
    row: "Endpoint[Request, Response]",
    request: Any,
    parameters: Mapping[str, Union[str, int]],
    *,
    timeout: Any,
    stream: bool,
    repeatable: bool,
) -> Any:
    options: Dict[str, Any] = {"stream": stream, "repeatable": repeatable}
    if timeout is not ...:
        options["timeout"] = timeout
    path = row.url(**parameters)
    if request is not None:
        if row.has_body:
            options["json"] = _without_none(request)
        else:
            options["params"] = query_of(request)
    return session.request(row.method, path, **options)


def _without_none(request: Any) -> Any:
    if isinstance(request, dict):
        return {k: v for k, v in request.items() if v is not None}
    return request


def query_of(message: Mapping[str, Any], prefix: str = "") -> List[Tuple[str, str]]:
    """Return a message as the pairs of a query: lists repeat their key, nested fields are dotted, None is left out."""
    pairs: List[Tuple[str, str]] = []
    for name, value in message.items():
        if value is None:
            continue
        if isinstance(value, Mapping):
            pairs += query_of(value, f"{prefix}{name}.")
        elif isinstance(value, (list, tuple, set, frozenset)):
            pairs += [(prefix + name, _text(v)) for v in value]
        else:
            pairs.append((prefix + name, _text(value)))
    return pairs


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value.value if isinstance(value, Enum) else value)
