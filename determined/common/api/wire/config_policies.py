"""Messages of the REST API: configuration policies."""

from __future__ import annotations

from typing import Optional

from typing_extensions import TypedDict

from .scalars import Struct


class GetGlobalConfigPoliciesResponse(TypedDict):
    """Answered: `GetGlobalConfigPoliciesResponse`."""

    configPolicies: Optional[Struct]


class GetWorkspaceConfigPoliciesResponse(TypedDict):
    """Answered: `GetWorkspaceConfigPoliciesResponse`."""

    configPolicies: Optional[Struct]


class PutGlobalConfigPoliciesRequest(TypedDict, total=False):
    """Sent: `PutGlobalConfigPoliciesRequest`."""

    workloadType: str
    configPolicies: str


class PutGlobalConfigPoliciesResponse(TypedDict):
    """Answered: `PutGlobalConfigPoliciesResponse`."""

    configPolicies: Optional[Struct]


class PutWorkspaceConfigPoliciesRequest(TypedDict, total=False):
    """Sent: `PutWorkspaceConfigPoliciesRequest`."""

    workspaceId: int
    workloadType: str
    configPolicies: str


class PutWorkspaceConfigPoliciesResponse(TypedDict):
    """Answered: `PutWorkspaceConfigPoliciesResponse`."""

    configPolicies: Optional[Struct]
