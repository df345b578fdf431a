"""Configuration policies of the cluster and of workspaces."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.config_policies import (
    GetGlobalConfigPoliciesResponse,
    GetWorkspaceConfigPoliciesResponse,
    PutGlobalConfigPoliciesRequest,
    PutGlobalConfigPoliciesResponse,
    PutWorkspaceConfigPoliciesRequest,
    PutWorkspaceConfigPoliciesResponse,
)

from ..services import config_policies
from .registry import Call, handles


@handles(paths.GET_GLOBAL_CONFIG_POLICIES)
async def get_global_config_policies(call: Call[Empty], workload_type: str) -> GetGlobalConfigPoliciesResponse:
    return {"configPolicies": call.db.read_now(config_policies.read, None, workload_type)}


@handles(paths.PUT_GLOBAL_CONFIG_POLICIES)
async def put_global_config_policies(
    call: Call[PutGlobalConfigPoliciesRequest], workload_type: str
) -> PutGlobalConfigPoliciesResponse:
    text = call.request.get("configPolicies", "")
    return {"configPolicies": await call.db.write(config_policies.put, call.caller, None, workload_type, text)}


@handles(paths.DELETE_GLOBAL_CONFIG_POLICIES)
async def delete_global_config_policies(call: Call[Empty], workload_type: str) -> Empty:
    await call.db.write(config_policies.delete, call.caller, None, workload_type)
    return {}


@handles(paths.GET_WORKSPACE_CONFIG_POLICIES)
async def get_workspace_config_policies(
    call: Call[Empty], workspace_id: int, workload_type: str
) -> GetWorkspaceConfigPoliciesResponse:
    return {"configPolicies": call.db.read_now(config_policies.read, workspace_id, workload_type)}


@handles(paths.PUT_WORKSPACE_CONFIG_POLICIES)
async def put_workspace_config_policies(
    call: Call[PutWorkspaceConfigPoliciesRequest], workspace_id: int, workload_type: str
) -> PutWorkspaceConfigPoliciesResponse:
    text = call.request.get("configPolicies", "")
    stored = await call.db.write(config_policies.put, call.caller, workspace_id, workload_type, text)
    return {"configPolicies": stored}


@handles(paths.DELETE_WORKSPACE_CONFIG_POLICIES)
async def delete_workspace_config_policies(call: Call[Empty], workspace_id: int, workload_type: str) -> Empty:
    await call.db.write(config_policies.delete, call.caller, workspace_id, workload_type)
    return {}
