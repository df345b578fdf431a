"""The older routes of users and logins, outside /api/v1; passwords come hashed by the client."""

from __future__ import annotations

from typing import Any, Dict

from starlette.responses import JSONResponse, Response

from determined.common.api.wire.auth import LoginRequest
from determined.common.api.wire.users import AgentUserGroup, PatchUser, User

from ..decode import body_decoder, parse_json
from ..errors import Code, Refusal, forbidden, invalid
from ..serialize.legacy_users import legacy_user_message
from ..services import sessions, users
from ..store import users as stored
from ..store.database import Row
from ..store.filters import Filters
from .plain_registry import LARGEST_BODY, PlainCall, answers

_ALL = 2**31
_LARGEST_LOGIN = 64 * 1024


@answers("GET", "/users")
async def list_users(call: PlainCall) -> Response:
    rows = await call.db.read(
        lambda connection: stored.page(connection, Filters(), sort="ID", descending=False, start=0, end=_ALL)
    )
    return JSONResponse([legacy_user_message(row, row["display_name"] or row["username"]) for row in rows])


@answers("GET", "/users/me")
async def get_me(call: PlainCall) -> Response:
    return JSONResponse(legacy_user_message(call.db.read_now(sessions.user_of, call.caller)))


@answers("POST", "/users")
async def create_user(call: PlainCall) -> Response:
    body = await _read(call)
    user: User = _as(User, body)
    user["username"] = user.get("username", "").lower()
    try:
        row = await users.create_user(
            call.db, call.caller, user, _password(body), is_hashed=True, needs_password=call.world.needs_passwords
        )
    except Refusal as refusal:
        if refusal.text.endswith(users.NAME_TAKEN):
            raise invalid(users.NAME_TAKEN) from None  # here the code in the text is the answer's status
        raise
    return JSONResponse(legacy_user_message(row))


@answers("PATCH", "/users/{username}")
async def patch_user(call: PlainCall, username: str) -> Response:
    body = await _read(call)
    patch: PatchUser = _as(PatchUser, {k: v for k, v in body.items() if k != "username"})
    patch["isHashed"] = True
    user = call.db.read_now(users.user_by_name, username)
    return JSONResponse(
        legacy_user_message(
            await users.patch_user(call.db, call.caller, user["id"], patch, needs_password=call.world.needs_passwords)
        )
    )


@answers("PATCH", "/users/{username}/username")
async def rename_user(call: PlainCall, username: str) -> Response:
    patch: PatchUser = _as(PatchUser, {"username": (await _read(call)).get("username")})
    user = call.db.read_now(users.user_by_name, username)
    return JSONResponse(
        legacy_user_message(
            await users.patch_user(call.db, call.caller, user["id"], patch, needs_password=call.world.needs_passwords)
        )
    )


async def _patch(call: PlainCall, user_id: int, patch: PatchUser) -> Row:
    strict = call.world.needs_passwords
    return await users.patch_user(call.db, call.caller, user_id, patch, needs_password=strict)


@answers("POST", "/login", public=True)
async def log_in(call: PlainCall) -> Response:
    request: LoginRequest = _as(LoginRequest, await _read(call, _LARGEST_LOGIN))
    username = request.get("username", "")
    try:
        _, token = await sessions.log_in(call.world, username, request.get("password", ""), is_hashed=True)
    except Refusal as refusal:
        if refusal.code is Code.PERMISSION_DENIED:
            raise forbidden("user not active") from None
        if refusal.code is Code.RESOURCE_EXHAUSTED:
            raise
        is_known = call.db.read_now(stored.by_name, username) is not None
        raise forbidden(refusal.text if is_known else "user not found") from None
    cookie = {"set-cookie": sessions.cookie(token)} if call.request.query_params.get("cookie") == "true" else None
    return JSONResponse({"token": token}, headers=cookie)


@answers("POST", "/logout")
async def log_out(call: PlainCall) -> Response:
    await call.db.write(sessions.log_out, call.caller)
    return Response(status_code=204, headers={"set-cookie": sessions.NO_COOKIE})


async def _read(call: PlainCall, largest: int = LARGEST_BODY) -> Dict[str, Any]:
    """The fields of a body; an agent user group may have its older, shorter names."""
    body: Dict[str, Any] = body_decoder(Dict[str, Any])(parse_json(await call.body(largest) or b"{}"))
    group = body.get("agent_user_group")
    if isinstance(group, dict):
        short = {"uid": "agentUid", "gid": "agentGid", "user": "agentUser", "group": "agentGroup"}
        body["agent_user_group"] = _as(AgentUserGroup, {short.get(str(k), str(k)): v for k, v in group.items()})
    return body


def _password(body: Dict[str, Any]) -> str:
    password = body.get("password")
    return password if isinstance(password, str) else ""


def _as(message: Any, body: Dict[str, Any]) -> Any:
    return body_decoder(message)(body)
