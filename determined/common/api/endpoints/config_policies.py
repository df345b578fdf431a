"""Calls of the REST API: configuration policies of the cluster and of workspaces.

A workload's type is ``EXPERIMENT`` or ``NTSC``: notebooks, TensorBoards, shells and commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.config_policies import PutGlobalConfigPoliciesRequest, PutWorkspaceConfigPoliciesRequest
    from ..wire.scalars import Struct


def get_global_config_policies(session: BaseSession, workload_type: str) -> Struct:
    """Return the policies of the cluster; empty when there are none."""
    return call(session, paths.GET_GLOBAL_CONFIG_POLICIES, workload_type=workload_type)["configPolicies"] or {}


def put_global_config_policies(session: BaseSession, workload_type: str, policies: str) -> Struct:
    """Replace the policies of the cluster by a YAML or JSON document; return what is stored."""
    body: PutGlobalConfigPoliciesRequest = {"workloadType": workload_type, "configPolicies": policies}
    answer = call(session, paths.PUT_GLOBAL_CONFIG_POLICIES, body, workload_type=workload_type)
    return answer["configPolicies"] or {}


def delete_global_config_policies(session: BaseSession, workload_type: str) -> None:
    """Remove the policies of the cluster."""
    call(session, paths.DELETE_GLOBAL_CONFIG_POLICIES, workload_type=workload_type)


def get_workspace_config_policies(session: BaseSession, workspace_id: int, workload_type: str) -> Struct:
    """Return the policies of a workspace; empty when there are none."""
    answer = call(session, paths.GET_WORKSPACE_CONFIG_POLICIES, workspace_id=workspace_id, workload_type=workload_type)
    return answer["configPolicies"] or {}


def put_workspace_config_policies(session: BaseSession, workspace_id: int, workload_type: str, policies: str) -> Struct:
    """Replace the policies of a workspace by a YAML or JSON document; return what is stored."""
    body: PutWorkspaceConfigPoliciesRequest = {
        "workspaceId": workspace_id,
        "workloadType": workload_type,
        "configPolicies": policies,
    }
    answer = call(
        session, paths.PUT_WORKSPACE_CONFIG_POLICIES, body, workspace_id=workspace_id, workload_type=workload_type
    )
    return answer["configPolicies"] or {}


def delete_workspace_config_policies(session: BaseSession, workspace_id: int, workload_type: str) -> None:
    """Remove the policies of a workspace."""
    call(session, paths.DELETE_WORKSPACE_CONFIG_POLICIES, workspace_id=workspace_id, workload_type=workload_type)
