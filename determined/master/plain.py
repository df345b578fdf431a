"""The routes outside /api/v1, which know another form of error: ``{"message": text}``."""

from __future__ import annotations

import json
from typing import Any, Union

from starlette.convertors import Convertor, IntegerConvertor
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import compile_path
from starlette.types import Receive, Scope, Send

from .auth import Caller, token_of
from .decode import parse_integer
from .errors import Code, Refusal, refusal_of
from .routes.plain_registry import PLAIN_HANDLERS, PlainCall
from .services.world import World


class PlainRoutes:
    """The ASGI application of everything outside /api/v1."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._table = [
            (method, compile_path(pattern), public, handler) for method, pattern, public, handler in PLAIN_HANDLERS
        ]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            response = await self._answer(request)
        except Exception as error:
            refusal = refusal_of(error)
            response = _message(refusal.code.status, refusal.text)
        await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        path = request.scope["path"]
        for method, (pattern, _, convertors), public, handler in self._table:
            match = pattern.match(path) if method == request.method else None
            if match is None:
                continue
            parameters = {k: _converted(convertors[k], v) for k, v in match.groupdict().items()}
            caller = None if public else self._caller(request)
            if isinstance(caller, Response):
                return caller
            return await handler(PlainCall(request, caller, self._world), **parameters)
        # who is not logged in does not learn which routes there are
        stranger = self._caller(request)
        if isinstance(stranger, Response):
            return stranger
        return _message(404, f"api not found: {request.method} {path}")

    def _caller(self, request: Request) -> Union[Caller, Response]:
        token = token_of(request.headers, gateway=False)
        if not token:
            return _message(401, "Unauthorized")
        try:
            caller = self._world.authenticator.caller_of(token)
        except Refusal as refusal:
            if refusal.code is Code.PERMISSION_DENIED:
                return _message(403, "user not active")
            raise
        return caller or _message(401, "Unauthorized")


def _converted(convertor: Convertor[Any], text: str) -> Any:
    # the database's integers are these; Python reads any
    return parse_integer(text, 0, 2**63 - 1) if isinstance(convertor, IntegerConvertor) else convertor.convert(text)


def _message(status: int, text: str) -> Response:
    return Response(json.dumps({"message": text}) + "\n", status, media_type="application/json")
