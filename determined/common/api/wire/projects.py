"""Messages of the REST API: projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import TypedDict

from .scalars import Double, Timestamp

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import ColumnType, GetWorkspaceProjectsSortBy, LocationType, OrderBy, TableType, WorkspaceState


class AddProjectNoteResponse(TypedDict):
    """Answered: `AddProjectNoteResponse`."""

    notes: List[Note]


class DeleteProjectResponse(TypedDict):
    """Answered: `DeleteProjectResponse`."""

    completed: bool


class GetMetadataValuesResponse(TypedDict):
    """Answered: `GetMetadataValuesResponse`."""

    values: List[str]


class GetProjectByKeyResponse(TypedDict):
    """Answered: `GetProjectByKeyResponse`."""

    project: Project


class GetProjectColumnsResponse(TypedDict):
    """Answered: `GetProjectColumnsResponse`."""

    columns: List[ProjectColumn]


class GetProjectNumericMetricsRangeResponse(TypedDict):
    """Answered: `GetProjectNumericMetricsRangeResponse`."""

    ranges: List[MetricsRange]


class GetProjectResponse(TypedDict):
    """Answered: `GetProjectResponse`."""

    project: Project


class GetWorkspaceProjectsResponse(TypedDict):
    """Answered: `GetWorkspaceProjectsResponse`."""

    projects: List[Project]
    pagination: Pagination


class MoveProjectRequest(TypedDict, total=False):
    """Sent: `MoveProjectRequest`."""

    projectId: int
    destinationWorkspaceId: int


class PatchProjectResponse(TypedDict):
    """Answered: `PatchProjectResponse`."""

    project: Project


class PostProjectRequest(TypedDict, total=False):
    """Sent: `PostProjectRequest`."""

    name: str
    description: str
    workspaceId: int
    key: str


class PostProjectResponse(TypedDict):
    """Answered: `PostProjectResponse`."""

    project: Project


class PutProjectNotesRequest(TypedDict, total=False):
    """Sent: `PutProjectNotesRequest`."""

    notes: List[Note]
    projectId: int


class PutProjectNotesResponse(TypedDict):
    """Answered: `PutProjectNotesResponse`."""

    notes: List[Note]


class MetricsRange(TypedDict):
    """Answered: `project.MetricsRange`."""

    metricsName: str
    min: Double
    max: Double


class Note(TypedDict, total=False):
    """Sent and answered: `project.Note`."""

    name: str
    contents: str


class PatchProject(TypedDict, total=False):
    """Sent: `project.PatchProject`."""

    name: Optional[str]
    description: Optional[str]
    key: Optional[str]


class Project(TypedDict):
    """Answered: `project.Project`."""

    id: int
    name: str
    workspaceId: int
    description: str
    lastExperimentStartedAt: Optional[Timestamp]
    notes: List[Note]
    numExperiments: int
    numActiveExperiments: int
    archived: bool
    username: str
    immutable: bool
    userId: int
    workspaceName: str
    state: WorkspaceState
    errorMessage: str
    key: str
    numRuns: int


class ProjectColumn(TypedDict):
    """Answered: `project.ProjectColumn`."""

    column: str
    location: LocationType
    type: ColumnType
    displayName: str


class GetProjectColumnsQuery(TypedDict, total=False):
    """Query of `GetProjectColumns`."""

    tableType: TableType


class GetWorkspaceProjectsQuery(TypedDict, total=False):
    """Query of `GetWorkspaceProjects`."""

    sortBy: GetWorkspaceProjectsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    name: str
    archived: Optional[bool]
    users: List[str]
    userIds: List[int]
