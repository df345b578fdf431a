"""The resource pool and its bindings."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.cluster import (
    BindRPToWorkspaceRequest,
    GetResourcePoolsQuery,
    GetResourcePoolsResponse,
    ListWorkspacesBoundToRPQuery,
    ListWorkspacesBoundToRPResponse,
    OverwriteRPWorkspaceBindingsRequest,
    UnbindRPFromWorkspaceRequest,
)
from determined.common.api.wire.common import Empty

from ..paging import cut, memory_window
from ..serialize.resource_pools import pool_message
from ..services import resource_pools
from .registry import Call, handles


@handles(paths.GET_RESOURCE_POOLS)
async def get_resource_pools(call: Call[GetResourcePoolsQuery]) -> GetResourcePoolsResponse:
    # the one pool is never bound, so it is there with and without `unbound`
    pools = [pool_message(await call.db.read(resource_pools.read_pool, call.world.devices))]
    offset, limit = call.request.get("offset", 0), call.request.get("limit", 0)
    window = memory_window(len(pools), offset, limit)
    return {"resourcePools": cut(pools, window), "pagination": window.pagination(offset, limit)}


@handles(paths.LIST_WORKSPACES_BOUND_TO_RP)
async def get_bindings(
    call: Call[ListWorkspacesBoundToRPQuery], resource_pool_name: str
) -> ListWorkspacesBoundToRPResponse:
    bound = resource_pools.bound_workspaces(resource_pool_name)
    offset, limit = call.request.get("offset", 0), call.request.get("limit", 0)
    window = memory_window(len(bound), offset, limit)
    return {"workspaceIds": cut(bound, window), "pagination": window.pagination(offset, limit)}


@handles(paths.BIND_RP_TO_WORKSPACE)
async def bind(call: Call[BindRPToWorkspaceRequest], resource_pool_name: str) -> Empty:
    raise resource_pools.refused_binding(call.caller, resource_pool_name)


@handles(paths.OVERWRITE_RP_WORKSPACE_BINDINGS)
async def overwrite_bindings(call: Call[OverwriteRPWorkspaceBindingsRequest], resource_pool_name: str) -> Empty:
    raise resource_pools.refused_binding(call.caller, resource_pool_name)


@handles(paths.UNBIND_RP_FROM_WORKSPACE)
async def unbind(call: Call[UnbindRPFromWorkspaceRequest], resource_pool_name: str) -> Empty:
    resource_pools.unbind(call.caller, resource_pool_name)
    return {}
