"""Messages of the REST API: runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Double, Float, Int64, Struct, Timestamp

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import TrialState


class ArchiveRunsRequest(TypedDict, total=False):
    """Sent: `ArchiveRunsRequest`."""

    runIds: List[int]
    projectId: int
    filter: str


class ArchiveRunsResponse(TypedDict):
    """Answered: `ArchiveRunsResponse`."""

    results: List[RunActionResult]


class DeleteRunsRequest(TypedDict, total=False):
    """Sent: `DeleteRunsRequest`."""

    runIds: List[int]
    projectId: int
    filter: str


class DeleteRunsResponse(TypedDict):
    """Answered: `DeleteRunsResponse`."""

    results: List[RunActionResult]


class GetRunMetadataResponse(TypedDict):
    """Answered: `GetRunMetadataResponse`."""

    metadata: Optional[Struct]


class KillRunsRequest(TypedDict, total=False):
    """Sent: `KillRunsRequest`."""

    runIds: List[int]
    projectId: int
    filter: str


class KillRunsResponse(TypedDict):
    """Answered: `KillRunsResponse`."""

    results: List[RunActionResult]


class MoveRunsRequest(TypedDict, total=False):
    """Sent: `MoveRunsRequest`."""

    runIds: List[int]
    sourceProjectId: int
    destinationProjectId: int
    filter: str
    skipMultitrial: bool


class MoveRunsResponse(TypedDict):
    """Answered: `MoveRunsResponse`."""

    results: List[RunActionResult]


class PauseRunsRequest(TypedDict, total=False):
    """Sent: `PauseRunsRequest`."""

    runIds: List[int]
    projectId: int
    filter: str


class PauseRunsResponse(TypedDict):
    """Answered: `PauseRunsResponse`."""

    results: List[RunActionResult]


class PostRunMetadataRequest(TypedDict, total=False):
    """Sent: `PostRunMetadataRequest`."""

    runId: int
    metadata: Optional[Struct]


class PostRunMetadataResponse(TypedDict):
    """Answered: `PostRunMetadataResponse`."""

    metadata: Optional[Struct]


class ResumeRunsRequest(TypedDict, total=False):
    """Sent: `ResumeRunsRequest`."""

    runIds: List[int]
    projectId: int
    filter: str


class ResumeRunsResponse(TypedDict):
    """Answered: `ResumeRunsResponse`."""

    results: List[RunActionResult]


class RunActionResult(TypedDict):
    """Answered: `RunActionResult`."""

    error: str
    id: int


class RunPrepareForReportingRequest(TypedDict, total=False):
    """Sent: `RunPrepareForReportingRequest`."""

    runId: int
    checkpointStorage: Optional[Struct]


class RunPrepareForReportingResponse(TypedDict):
    """Answered: `RunPrepareForReportingResponse`."""

    storageId: NotRequired[int]


class SearchRunsRequest(TypedDict, total=False):
    """Sent: `SearchRunsRequest`."""

    projectId: int
    offset: int
    limit: int
    sort: str
    filter: str


class SearchRunsResponse(TypedDict):
    """Answered: `SearchRunsResponse`."""

    runs: List[FlatRun]
    pagination: Pagination


class UnarchiveRunsRequest(TypedDict, total=False):
    """Sent: `UnarchiveRunsRequest`."""

    runIds: List[int]
    projectId: int
    filter: str


class UnarchiveRunsResponse(TypedDict):
    """Answered: `UnarchiveRunsResponse`."""

    results: List[RunActionResult]


class FlatRun(TypedDict):
    """Answered: `run.FlatRun`."""

    id: int
    startTime: Timestamp
    endTime: Optional[Timestamp]
    state: TrialState
    labels: List[str]
    checkpointSize: Int64
    checkpointCount: int
    searcherMetricValue: NotRequired[Double]
    externalRunId: NotRequired[str]
    hyperparameters: Optional[Struct]
    summaryMetrics: Optional[Struct]
    userId: int
    duration: int
    projectId: int
    projectName: str
    workspaceId: int
    workspaceName: str
    parentArchived: bool
    experiment: Optional[FlatRunExperiment]
    metadata: NotRequired[Struct]
    archived: bool
    localId: str
    logPolicyMatched: NotRequired[str]


class FlatRunExperiment(TypedDict):
    """Answered: `run.FlatRunExperiment`."""

    id: int
    searcherType: str
    searcherMetric: str
    forkedFrom: NotRequired[int]
    externalExperimentId: NotRequired[str]
    resourcePool: str
    progress: Float
    description: str
    name: str
    unmanaged: bool
    isMultitrial: bool
    pachydermIntegration: NotRequired[Struct]
