"""Which function answers which row of the wire contract."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, AsyncIterator, Awaitable, Callable, Dict, Generic, Mapping, TypeVar, Union

from determined.common.api.wire.endpoint import Endpoint

from ..auth import Caller
from ..store.database import Database

if TYPE_CHECKING:
    from ..services.world import World

Request = TypeVar("Request")
Response = TypeVar("Response")

Encoded = bytes
"""A finished answer: a handler of long ones may encode them itself, on a reader's thread."""

Lines = bytes
"""Finished lines of a stream: a handler that makes many may encode them itself."""


@dataclass(frozen=True)
class Call(Generic[Request]):
    """One request that has been read and whose caller is known.

    Attributes:
        request: the message; a field that was not sent is absent.
        caller: who asks. Public endpoints have no caller and must not look at it.
        headers: by lower-case name.
        world: database, settings and the running parts of the master.
        reply_headers: what the handler adds to the answer's headers.
        hang_up: returns when the caller has closed the connection; to be awaited once at most, by handlers that wait
            for others.
    """

    request: Request
    caller: Caller
    headers: Mapping[str, str]
    world: "World"
    reply_headers: Dict[str, str]
    hang_up: Callable[[], Awaitable[None]]

    @property
    def db(self) -> Database:
        """The master's database."""
        return self.world.db


Handler = Callable[..., Awaitable[Any]]
StreamHandler = Callable[..., AsyncIterator[Any]]

HANDLERS: Dict[str, Handler] = {}
STREAM_HANDLERS: Dict[str, StreamHandler] = {}


def handles(
    row: "Endpoint[Request, Response]",
) -> """Callable[
    [Callable[..., Awaitable[Union[Response, Encoded]]]], Callable[..., Awaitable[Union[Response, Encoded]]]
]""":
    """Register a coroutine function as the answer to a row: ``async def f(call, **path_parameters) -> Response``."""

    def register(
        handler: "Callable[..., Awaitable[Union[Response, Encoded]]]",
    ) -> "Callable[..., Awaitable[Union[Response, Encoded]]]":
        if row.name in HANDLERS:
            raise ValueError(f"{row.name} has a handler already")
        HANDLERS[row.name] = handler
        return handler

    return register


def streams(
    row: "Endpoint[Request, Response]",
) -> """Callable[
    [Callable[..., AsyncIterator[Union[Response, Lines]]]], Callable[..., AsyncIterator[Union[Response, Lines]]]
]""":
    """Register an async generator as the answer to a streaming row; it yields results or finished lines.

    What it raises before its first result sets the answer's status.
    """

    def register(
        handler: "Callable[..., AsyncIterator[Union[Response, Lines]]]",
    ) -> "Callable[..., AsyncIterator[Union[Response, Lines]]]":
        if row.name in STREAM_HANDLERS:
            raise ValueError(f"{row.name} has a handler already")
        STREAM_HANDLERS[row.name] = handler
        return handler

    return register
