"""Login and logout."""

from __future__ import annotations

from starlette.responses import PlainTextResponse, Response

from determined.common.api.wire import paths
from determined.common.api.wire.auth import CurrentUserResponse, LoginRequest, LoginResponse
from determined.common.api.wire.common import Empty

from ..first_login import PATH
from ..serialize.users import user_message
from ..services import sessions
from .plain_registry import PlainCall, answers
from .registry import Call, handles


@handles(paths.LOGIN)
async def login(call: Call[LoginRequest]) -> LoginResponse:
    request = call.request
    user, token = await sessions.log_in(
        call.world, request.get("username", ""), request.get("password", ""), is_hashed=request.get("isHashed", False)
    )
    call.reply_headers["set-cookie"] = sessions.cookie(token)
    return {"token": token, "user": user_message(user)}


@handles(paths.LOGOUT)
async def logout(call: Call[Empty]) -> Empty:
    await call.db.write(sessions.log_out, call.caller)
    call.reply_headers["set-cookie"] = sessions.NO_COOKIE
    return {}


@handles(paths.CURRENT_USER)
async def get_current_user(call: Call[Empty]) -> CurrentUserResponse:
    return {"user": user_message(call.db.read_now(sessions.user_of, call.caller))}


@answers("GET", PATH + "{code}", public=True)
async def log_in_once(call: PlainCall, code: str) -> Response:
    token = await sessions.log_in_once(call.world, code)
    text = "This browser is logged in as the user 'determined'. The address has been used and works no more.\n"
    return PlainTextResponse(text, headers={"set-cookie": sessions.cookie(token), "cache-control": "no-store"})
