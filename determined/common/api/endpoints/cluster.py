"""Calls of the REST API: the master, its agents, slots and resource pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.cluster import (
        Agent,
        BindRPToWorkspaceRequest,
        DisableAgentRequest,
        DisableSlotRequest,
        GetAgentsQuery,
        GetClusterMessageResponse,
        GetMasterResponse,
        GetResourcePoolsQuery,
        GetTelemetryResponse,
        OverwriteRPWorkspaceBindingsRequest,
        PatchMasterConfigRequest,
        ResourceAllocationAggregatedEntry,
        ResourceAllocationAggregatedQuery,
        ResourceAllocationRawEntry,
        ResourceAllocationRawQuery,
        ResourcePool,
        SetClusterMessageRequest,
        Slot,
        UnbindRPFromWorkspaceRequest,
    )
    from ..wire.scalars import Struct


def get_master(session: BaseSession) -> GetMasterResponse:
    """Return the master's version and names; needs no login."""
    return call(session, paths.GET_MASTER)


def get_telemetry(session: BaseSession) -> GetTelemetryResponse:
    """Return whether the master reports its use; needs no login."""
    return call(session, paths.GET_TELEMETRY)


def get_master_config(session: BaseSession) -> Struct:
    """Return the master's configuration."""
    return call(session, paths.GET_MASTER_CONFIG)["config"]


def patch_master_config(session: BaseSession, body: PatchMasterConfigRequest) -> None:
    """Change the master's configuration."""
    call(session, paths.PATCH_MASTER_CONFIG, body)


def get_cluster_message(session: BaseSession) -> GetClusterMessageResponse:
    """Return the message to all users, if there is one."""
    return call(session, paths.GET_CLUSTER_MESSAGE)


def set_cluster_message(session: BaseSession, body: SetClusterMessageRequest) -> None:
    """Set the message to all users."""
    call(session, paths.SET_CLUSTER_MESSAGE, body)


def delete_cluster_message(session: BaseSession) -> None:
    """Remove the message to all users."""
    call(session, paths.DELETE_CLUSTER_MESSAGE)


def list_agents(session: BaseSession, query: Optional[GetAgentsQuery] = None, page_size: int = 0) -> Iterator[Agent]:
    """Iterate over agents."""
    return iterate_rows(session, paths.GET_AGENTS, "agents", query, page_size=page_size)


def get_agent(session: BaseSession, agent_id: str) -> Agent:
    """Return an agent."""
    return call(session, paths.GET_AGENT, agent_id=agent_id)["agent"]


def enable_agent(session: BaseSession, agent_id: str) -> Optional[Agent]:
    """Let an agent take work."""
    return call(session, paths.ENABLE_AGENT, agent_id=agent_id)["agent"]


def disable_agent(session: BaseSession, agent_id: str, drain: bool) -> Optional[Agent]:
    """Let an agent take no more work; without `drain` its work is stopped."""
    body: DisableAgentRequest = {"agentId": agent_id, "drain": drain}
    return call(session, paths.DISABLE_AGENT, body, agent_id=agent_id)["agent"]


def list_slots(session: BaseSession, agent_id: str) -> List[Slot]:
    """Return an agent's slots."""
    return call(session, paths.GET_SLOTS, agent_id=agent_id)["slots"]


def get_slot(session: BaseSession, agent_id: str, slot_id: str) -> Optional[Slot]:
    """Return a slot."""
    return call(session, paths.GET_SLOT, agent_id=agent_id, slot_id=slot_id)["slot"]


def enable_slot(session: BaseSession, agent_id: str, slot_id: str) -> Optional[Slot]:
    """Let a slot take work."""
    return call(session, paths.ENABLE_SLOT, agent_id=agent_id, slot_id=slot_id)["slot"]


def disable_slot(session: BaseSession, agent_id: str, slot_id: str, drain: bool) -> Optional[Slot]:
    """Let a slot take no more work; without `drain` its work is stopped."""
    body: DisableSlotRequest = {"agentId": agent_id, "slotId": slot_id, "drain": drain}
    return call(session, paths.DISABLE_SLOT, body, agent_id=agent_id, slot_id=slot_id)["slot"]


def list_resource_pools(
    session: BaseSession, query: Optional[GetResourcePoolsQuery] = None, page_size: int = 0
) -> Iterator[ResourcePool]:
    """Iterate over resource pools."""
    return iterate_rows(session, paths.GET_RESOURCE_POOLS, "resourcePools", query, page_size=page_size)


def list_pool_workspaces(session: BaseSession, pool: str, page_size: int = 0) -> Iterator[int]:
    """Iterate over the ids of the workspaces that a pool is bound to."""
    return iterate_rows(
        session, paths.LIST_WORKSPACES_BOUND_TO_RP, "workspaceIds", resource_pool_name=pool, page_size=page_size
    )


def bind_pool(session: BaseSession, pool: str, workspace_names: List[str]) -> None:
    """Bind a pool to further workspaces."""
    body: BindRPToWorkspaceRequest = {"resourcePoolName": pool, "workspaceNames": workspace_names}
    call(session, paths.BIND_RP_TO_WORKSPACE, body, resource_pool_name=pool)


def unbind_pool(session: BaseSession, pool: str, workspace_names: List[str]) -> None:
    """Unbind a pool from workspaces."""
    body: UnbindRPFromWorkspaceRequest = {"resourcePoolName": pool, "workspaceNames": workspace_names}
    call(session, paths.UNBIND_RP_FROM_WORKSPACE, body, resource_pool_name=pool)


def replace_pool_bindings(session: BaseSession, pool: str, workspace_names: List[str]) -> None:
    """Bind a pool to these workspaces and no others."""
    body: OverwriteRPWorkspaceBindingsRequest = {"resourcePoolName": pool, "workspaceNames": workspace_names}
    call(session, paths.OVERWRITE_RP_WORKSPACE_BINDINGS, body, resource_pool_name=pool)


def list_raw_allocations(
    session: BaseSession, query: Optional[ResourceAllocationRawQuery] = None
) -> List[ResourceAllocationRawEntry]:
    """Return the use of slots in a time, allocation by allocation."""
    return call(session, paths.RESOURCE_ALLOCATION_RAW, query)["resourceEntries"]


def list_aggregated_allocations(
    session: BaseSession, query: Optional[ResourceAllocationAggregatedQuery] = None
) -> List[ResourceAllocationAggregatedEntry]:
    """Return the use of slots in a time, by day or month."""
    return call(session, paths.RESOURCE_ALLOCATION_AGGREGATED, query)["resourceEntries"]
