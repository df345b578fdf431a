"""Workspaces."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.projects import GetWorkspaceProjectsQuery, GetWorkspaceProjectsResponse
from determined.common.api.wire.workspaces import (
    DeleteWorkspaceResponse,
    GetWorkspaceResponse,
    GetWorkspacesQuery,
    GetWorkspacesResponse,
    ListRPsBoundToWorkspaceQuery,
    ListRPsBoundToWorkspaceResponse,
    PatchWorkspace,
    PatchWorkspaceResponse,
    PostWorkspaceRequest,
    PostWorkspaceResponse,
    SetResourceQuotasRequest,
)

from ..errors import plain
from ..paging import cut, is_descending, memory_window, sort_name
from ..serialize.projects import listed_project_message
from ..serialize.workspaces import listed_workspace_message, new_workspace_message, workspace_message
from ..services import projects, workspaces
from .registry import Call, handles


@handles(paths.GET_WORKSPACES)
async def get_workspaces(call: Call[GetWorkspacesQuery]) -> GetWorkspacesResponse:
    query = call.request
    offset, limit = query.get("offset", 0), query.get("limit", 0)
    rows, window = await call.db.read(
        lambda connection: workspaces.list_workspaces(
            connection,
            call.caller,
            name=query.get("name", ""),
            name_with_case=query.get("nameCaseSensitive", ""),
            archived=query.get("archived"),
            pinned=query.get("pinned"),
            users=query.get("users", []),
            user_ids=query.get("userIds", []),
            sort=sort_name(query.get("sortBy")),
            descending=is_descending(query.get("orderBy")),
            offset=offset,
            limit=limit,
        )
    )
    return {
        "workspaces": [listed_workspace_message(row) for row in rows],
        "pagination": window.pagination(offset, limit),
    }


@handles(paths.GET_WORKSPACE)
async def get_workspace(call: Call[Empty], id: int) -> GetWorkspaceResponse:
    return {"workspace": workspace_message(await call.db.read(workspaces.workspace_by_id, call.caller, id))}


@handles(paths.POST_WORKSPACE)
async def post_workspace(call: Call[PostWorkspaceRequest]) -> PostWorkspaceResponse:
    row = await call.db.write(workspaces.create_workspace, call.caller, call.request)
    return {"workspace": new_workspace_message(row), "namespaceBindings": {}}


@handles(paths.PATCH_WORKSPACE)
async def patch_workspace(call: Call[PatchWorkspace], id: int) -> PatchWorkspaceResponse:
    row = await call.db.write(workspaces.patch_workspace, call.caller, id, call.request)
    return {"workspace": workspace_message(row), "namespaceBindings": {}}


@handles(paths.DELETE_WORKSPACE)
async def delete_workspace(call: Call[Empty], id: int) -> DeleteWorkspaceResponse:
    return {"completed": await call.db.write(workspaces.delete_workspace, call.caller, id)}


@handles(paths.ARCHIVE_WORKSPACE)
async def archive_workspace(call: Call[Empty], id: int) -> Empty:
    await call.db.write(lambda tx: workspaces.set_archived(tx, call.caller, id, archived=True))
    return {}


@handles(paths.UNARCHIVE_WORKSPACE)
async def unarchive_workspace(call: Call[Empty], id: int) -> Empty:
    await call.db.write(lambda tx: workspaces.set_archived(tx, call.caller, id, archived=False))
    return {}


@handles(paths.PIN_WORKSPACE)
async def pin_workspace(call: Call[Empty], id: int) -> Empty:
    await call.db.write(workspaces.pin_workspace, call.caller, id)
    return {}


@handles(paths.UNPIN_WORKSPACE)
async def unpin_workspace(call: Call[Empty], id: int) -> Empty:
    await call.db.write(workspaces.unpin_workspace, call.caller, id)
    return {}


@handles(paths.SET_RESOURCE_QUOTAS)
async def set_resource_quotas(call: Call[SetResourceQuotasRequest], id: int) -> Empty:
    call.db.read_now(workspaces.workspace_by_id, call.caller, id)
    raise plain("resource quotas belong to Kubernetes clusters, and this is none")


@handles(paths.LIST_R_PS_BOUND_TO_WORKSPACE)
async def list_available_pools(
    call: Call[ListRPsBoundToWorkspaceQuery], workspace_id: int
) -> ListRPsBoundToWorkspaceResponse:
    offset, limit = call.request.get("offset", 0), call.request.get("limit", 0)
    pools = call.db.read_now(workspaces.available_pools, workspace_id)
    window = memory_window(len(pools), offset, limit)
    return {"resourcePools": cut(pools, window), "pagination": window.pagination(offset, limit)}


@handles(paths.GET_WORKSPACE_PROJECTS)
async def get_workspace_projects(call: Call[GetWorkspaceProjectsQuery], id: int) -> GetWorkspaceProjectsResponse:
    query = call.request
    offset, limit = query.get("offset", 0), query.get("limit", 0)
    rows, window = await call.db.read(
        lambda connection: projects.list_projects(
            connection,
            id,
            name=query.get("name", ""),
            archived=query.get("archived"),
            users=query.get("users", []),
            user_ids=query.get("userIds", []),
            sort=sort_name(query.get("sortBy")),
            descending=is_descending(query.get("orderBy")),
            offset=offset,
            limit=limit,
        )
    )
    return {"projects": [listed_project_message(row) for row in rows], "pagination": window.pagination(offset, limit)}
