"""Which function answers which route outside /api/v1."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Awaitable, Callable, List, Optional, Tuple

from ..auth import Caller
from ..bodies import read_body
from ..errors import Code, Refusal
from ..store.database import Database

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from ..services.world import World


LARGEST_BODY = 1024 * 1024


@dataclass(frozen=True)
class PlainCall:
    """One request outside /api/v1.

    Attributes:
        request: Starlette's request.
        caller_or_none: who asks; None on public routes.
        world: database, settings and the running parts of the master.
    """

    request: "Request"
    caller_or_none: Optional[Caller]
    world: "World"

    @property
    def caller(self) -> Caller:
        """Who asks.

        Raises:
            Refusal: the route is public and nobody is known.
        """
        if self.caller_or_none is None:
            raise Refusal(Code.UNAUTHENTICATED, "Unauthorized")
        return self.caller_or_none

    async def body(self, largest: int = LARGEST_BODY) -> bytes:
        """Return the request's body.

        Raises:
            Refusal: it has more bytes than `largest`.
        """
        return await read_body(self.request.receive, self.request.headers, largest)

    @property
    def db(self) -> Database:
        """The master's database."""
        return self.world.db


PlainHandler = Callable[..., Awaitable["Response"]]

PLAIN_HANDLERS: List[Tuple[str, str, bool, PlainHandler]] = []


def answers(method: str, pattern: str, *, public: bool = False) -> Callable[[PlainHandler], PlainHandler]:
    """Register a coroutine function as the answer to a route: ``async def f(call, **path_parameters) -> Response``.

    Parameters:
        method: the HTTP verb.
        pattern: a path as Starlette writes them, e.g. ``/experiments/{experiment_id:int}/model_def``.
        public: needs no login.
    """

    def register(handler: PlainHandler) -> PlainHandler:
        PLAIN_HANDLERS.append((method, pattern, public, handler))
        return handler

    return register
