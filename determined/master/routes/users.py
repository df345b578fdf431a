"""Users: reading, creating, changing; their settings and activity."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import ActivityType, EntityType
from determined.common.api.wire.users import (
    GetMeResponse,
    GetProjectsByUserActivityQuery,
    GetProjectsByUserActivityResponse,
    GetUserByUsernameResponse,
    GetUserResponse,
    GetUserSettingResponse,
    GetUsersQuery,
    GetUsersResponse,
    PatchUser,
    PatchUserResponse,
    PatchUsersRequest,
    PatchUsersResponse,
    PostUserActivityRequest,
    PostUserRequest,
    PostUserResponse,
    PostUserSettingRequest,
    SetUserPasswordResponse,
)

from ..errors import invalid
from ..paging import is_descending, sort_name
from ..serialize.projects import visited_project_message
from ..serialize.users import setting_message, user_message
from ..services import projects, sessions, user_settings, users
from ..store import users as stored
from .registry import Call, handles


@handles(paths.GET_ME)
async def get_me(call: Call[Empty]) -> GetMeResponse:
    return {"user": user_message(call.db.read_now(sessions.user_of, call.caller))}


@handles(paths.GET_USER)
async def get_user(call: Call[Empty], user_id: int) -> GetUserResponse:
    return {"user": user_message(call.db.read_now(sessions.user_by_id, user_id))}


@handles(paths.GET_USER_BY_USERNAME)
async def get_user_by_username(call: Call[Empty], username: str) -> GetUserByUsernameResponse:
    return {"user": user_message(call.db.read_now(users.user_by_name, username))}


@handles(paths.GET_USERS)
async def get_users(call: Call[GetUsersQuery]) -> GetUsersResponse:
    query = call.request
    if query.get("roleIdAssignedDirectlyToUser"):
        raise invalid("cannot filter by role id. RBAC must be enabled.")
    offset, limit = query.get("offset", 0), query.get("limit", 0)
    rows, window = await call.db.read(
        lambda connection: users.list_users(
            connection,
            name=query.get("name", ""),
            active=query.get("active"),
            admin=query.get("admin"),
            sort=sort_name(query.get("sortBy")),
            descending=is_descending(query.get("orderBy")),
            offset=offset,
            limit=limit,
        )
    )
    return {"users": [user_message(row) for row in rows], "pagination": window.pagination(offset, limit)}


@handles(paths.POST_USER)
async def post_user(call: Call[PostUserRequest]) -> PostUserResponse:
    request = call.request
    row = await users.create_user(
        call.db,
        call.caller,
        request.get("user"),
        request.get("password", ""),
        is_hashed=request.get("isHashed", False),
        needs_password=call.world.needs_passwords,
    )
    return {"user": user_message(row)}


@handles(paths.PATCH_USER)
async def patch_user(call: Call[PatchUser], user_id: int) -> PatchUserResponse:
    strict = call.world.needs_passwords
    row = await users.patch_user(call.db, call.caller, user_id, call.request, needs_password=strict)
    return {"user": user_message(row)}


@handles(paths.PATCH_USERS)
async def patch_users(call: Call[PatchUsersRequest]) -> PatchUsersResponse:
    request = call.request
    results = await call.db.write(
        lambda tx: users.set_active(
            tx,
            call.caller,
            request.get("userIds", []),
            request.get("filters"),
            active=request.get("activate", False),
        )
    )
    return {"results": [{"error": error, "id": user_id} for user_id, error in results]}


@handles(paths.SET_USER_PASSWORD)
async def set_user_password(call: Call[str], user_id: int) -> SetUserPasswordResponse:
    return {
        "user": user_message(
            await users.set_password(
                call.db, call.caller, user_id, call.request or "", needs_password=call.world.needs_passwords
            )
        )
    }


# --- settings and activity ------------------------------------------------------------------------------------------


@handles(paths.GET_USER_SETTING)
async def get_user_setting(call: Call[Empty]) -> GetUserSettingResponse:
    rows = call.db.read_now(stored.settings_of, call.caller.user_id)
    return {"settings": [setting_message(row) for row in rows]}


@handles(paths.POST_USER_SETTING)
async def post_user_setting(call: Call[PostUserSettingRequest]) -> Empty:
    await call.db.write(user_settings.put_settings, call.caller, call.request.get("settings", []))
    return {}


@handles(paths.RESET_USER_SETTING)
async def reset_user_setting(call: Call[Empty]) -> Empty:
    await call.db.write(user_settings.reset_settings, call.caller)
    return {}


@handles(paths.POST_USER_ACTIVITY)
async def post_user_activity(call: Call[PostUserActivityRequest]) -> Empty:
    request = call.request
    await call.db.write(
        users.note_activity,
        call.caller,
        str(request.get("activityType", ActivityType.UNSPECIFIED)),
        str(request.get("entityType", EntityType.UNSPECIFIED)),
        request.get("entityId", 0),
    )
    return {}


@handles(paths.GET_PROJECTS_BY_USER_ACTIVITY)
async def get_projects_by_user_activity(
    call: Call[GetProjectsByUserActivityQuery],
) -> GetProjectsByUserActivityResponse:
    rows = await call.db.read(projects.visited_projects, call.caller, call.request.get("limit", 0))
    return {"projects": [visited_project_message(row) for row in rows]}
