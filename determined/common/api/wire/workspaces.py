"""Messages of the REST API: workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Struct, Timestamp

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import GetWorkspacesSortBy, OrderBy, WorkspaceState
    from .users import AgentUserGroup


class DeleteWorkspaceResponse(TypedDict):
    """Answered: `DeleteWorkspaceResponse`."""

    completed: bool


class GetWorkspaceResponse(TypedDict):
    """Answered: `GetWorkspaceResponse`."""

    workspace: Workspace


class GetWorkspacesResponse(TypedDict):
    """Answered: `GetWorkspacesResponse`."""

    workspaces: List[Workspace]
    pagination: Pagination


class ListRPsBoundToWorkspaceResponse(TypedDict):
    """Answered: `ListRPsBoundToWorkspaceResponse`."""

    resourcePools: List[str]
    pagination: Optional[Pagination]


class PatchWorkspaceResponse(TypedDict):
    """Answered: `PatchWorkspaceResponse`."""

    workspace: Workspace
    namespaceBindings: Dict[str, WorkspaceNamespaceBinding]


class PostWorkspaceRequest(TypedDict, total=False):
    """Sent: `PostWorkspaceRequest`."""

    name: str
    agentUserGroup: Optional[AgentUserGroup]
    checkpointStorageConfig: Optional[Struct]
    defaultComputePool: str
    defaultAuxPool: str
    clusterNamespaceMeta: Dict[str, WorkspaceNamespaceMeta]
    clusterQuotaPairs: Dict[str, int]


class PostWorkspaceResponse(TypedDict):
    """Answered: `PostWorkspaceResponse`."""

    workspace: Workspace
    namespaceBindings: Dict[str, WorkspaceNamespaceBinding]


class SetResourceQuotasRequest(TypedDict, total=False):
    """Sent: `SetResourceQuotasRequest`."""

    id: int
    clusterQuotaPairs: Dict[str, int]


class PatchWorkspace(TypedDict, total=False):
    """Sent: `workspace.PatchWorkspace`."""

    name: Optional[str]
    agentUserGroup: Optional[AgentUserGroup]
    checkpointStorageConfig: Optional[Struct]
    defaultComputePool: str
    defaultComputeResourcePool: str
    defaultAuxPool: str
    defaultAuxResourcePool: str
    clusterNamespaceMeta: Dict[str, WorkspaceNamespaceMeta]


class Workspace(TypedDict):
    """Answered: `workspace.Workspace`."""

    id: int
    name: str
    archived: bool
    username: str
    immutable: bool
    numProjects: int
    pinned: bool
    userId: int
    numExperiments: int
    state: WorkspaceState
    errorMessage: str
    agentUserGroup: NotRequired[AgentUserGroup]
    checkpointStorageConfig: NotRequired[Struct]
    pinnedAt: NotRequired[Timestamp]
    defaultComputePool: str
    defaultAuxPool: str
    autoCreatedNamespace: NotRequired[str]


class WorkspaceNamespaceBinding(TypedDict):
    """Answered: `workspace.WorkspaceNamespaceBinding`."""

    workspaceId: int
    namespace: str
    clusterName: str
    autoCreateNamespace: bool


class WorkspaceNamespaceMeta(TypedDict, total=False):
    """Sent: `workspace.WorkspaceNamespaceMeta`."""

    namespace: str
    autoCreateNamespace: bool
    autoCreateNamespaceAllClusters: bool
    clusterName: str
    resourceQuota: int


class GetWorkspacesQuery(TypedDict, total=False):
    """Query of `GetWorkspaces`."""

    sortBy: GetWorkspacesSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    name: str
    archived: Optional[bool]
    users: List[str]
    userIds: List[int]
    pinned: Optional[bool]
    nameCaseSensitive: str


class ListRPsBoundToWorkspaceQuery(TypedDict, total=False):
    """Query of `ListRPsBoundToWorkspace`."""

    offset: int
    limit: int
