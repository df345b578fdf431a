"""Access tokens."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.users import (
    GetAccessTokensQuery,
    GetAccessTokensResponse,
    PatchAccessTokenRequest,
    PatchAccessTokenResponse,
    PostAccessTokenRequest,
    PostAccessTokenResponse,
)

from ..paging import is_descending, sort_name
from ..serialize.tokens import token_message
from ..services import tokens
from .registry import Call, handles


@handles(paths.POST_ACCESS_TOKEN)
async def post_access_token(call: Call[PostAccessTokenRequest]) -> PostAccessTokenResponse:
    request = call.request
    token_id, token = await call.db.write(
        tokens.create_token,
        call.caller,
        request.get("userId", 0),
        request.get("lifespan"),
        request.get("description"),
    )
    return {"token": token, "tokenId": token_id}


@handles(paths.GET_ACCESS_TOKENS)
async def get_access_tokens(call: Call[GetAccessTokensQuery]) -> GetAccessTokensResponse:
    query = call.request
    offset, limit = query.get("offset", 0), query.get("limit", 0)
    rows, window = await call.db.read(
        lambda connection: tokens.list_tokens(
            connection,
            call.caller,
            username=query.get("username", ""),
            token_ids=query.get("tokenIds", []),
            show_inactive=query.get("showInactive", False),
            sort=sort_name(query.get("sortBy")),
            descending=is_descending(query.get("orderBy")),
            offset=offset,
            limit=limit,
        )
    )
    return {"tokenInfo": [token_message(row) for row in rows], "pagination": window.pagination(offset, limit)}


@handles(paths.PATCH_ACCESS_TOKEN)
async def patch_access_token(call: Call[PatchAccessTokenRequest], token_id: int) -> PatchAccessTokenResponse:
    request = call.request
    row = await call.db.write(
        lambda tx: tokens.patch_token(
            tx, call.caller, token_id, request.get("description"), revoke=request.get("setRevoked", False)
        )
    )
    return {"tokenInfo": token_message(row)}
