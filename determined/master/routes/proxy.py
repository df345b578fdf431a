"""The way to services that tasks offer. No task of this master offers any, so none is ever found."""

from __future__ import annotations

from urllib.parse import quote

from starlette.responses import RedirectResponse, Response

from ..auth import token_of
from ..errors import Code, Refusal
from .plain_registry import PlainCall, answers

_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


async def reach_service(call: PlainCall, service: str, rest: str = "") -> Response:
    """Refuse who is logged in, and send everybody else to the login."""
    token = token_of(call.request.headers, gateway=False)
    if not token or call.world.authenticator.caller_of(token) is None:
        url = call.request.url
        wanted = f"{url.path}?{url.query}" if url.query else url.path
        return RedirectResponse(f"/det/login?redirect={quote(wanted, safe='')}", 303)
    raise Refusal(Code.NOT_FOUND, f"service not found: {service}")


for _method in _METHODS:
    answers(_method, "/proxy/{service}", public=True)(reach_service)
    answers(_method, "/proxy/{service}/{rest:path}", public=True)(reach_service)
