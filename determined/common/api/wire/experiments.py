"""Messages of the REST API: experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Bytes, Double, Float, Int64, Struct, Timestamp, UInt32

if TYPE_CHECKING:
    from .checkpoints import Checkpoint
    from .common import File, Int32FieldFilter, Pagination
    from .enums import (
        CheckpointSortBy,
        CheckpointState,
        ExperimentState,
        GetExperimentsSortBy,
        GetExperimentTrialsSortBy,
        LaunchWarning,
        OrderBy,
    )
    from .jobs import JobSummary
    from .trials import Trial


class ActivateExperimentsRequest(TypedDict, total=False):
    """Sent: `ActivateExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class ActivateExperimentsResponse(TypedDict):
    """Answered: `ActivateExperimentsResponse`."""

    results: List[ExperimentActionResult]


class ArchiveExperimentsRequest(TypedDict, total=False):
    """Sent: `ArchiveExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class ArchiveExperimentsResponse(TypedDict):
    """Answered: `ArchiveExperimentsResponse`."""

    results: List[ExperimentActionResult]


class BulkExperimentFilters(TypedDict, total=False):
    """Sent: `BulkExperimentFilters`."""

    description: str
    name: str
    labels: List[str]
    archived: Optional[bool]
    states: List[ExperimentState]
    userIds: List[int]
    projectId: int
    excludedExperimentIds: List[int]


class CancelExperimentsRequest(TypedDict, total=False):
    """Sent: `CancelExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class CancelExperimentsResponse(TypedDict):
    """Answered: `CancelExperimentsResponse`."""

    results: List[ExperimentActionResult]


class ContinueExperimentRequest(TypedDict, total=False):
    """Sent: `ContinueExperimentRequest`."""

    id: int
    overrideConfig: str


class ContinueExperimentResponse(TypedDict):
    """Answered: `ContinueExperimentResponse`."""

    experiment: Experiment
    warnings: List[LaunchWarning]


class CreateExperimentRequest(TypedDict, total=False):
    """Sent: `CreateExperimentRequest`."""

    modelDefinition: List[File]
    config: str
    validateOnly: bool
    parentId: int
    activate: bool
    projectId: int
    template: str
    unmanaged: bool


class CreateExperimentResponse(TypedDict):
    """Answered: `CreateExperimentResponse`."""

    experiment: Experiment
    config: Optional[Struct]
    warnings: List[LaunchWarning]


class DeleteExperimentLabelResponse(TypedDict):
    """Answered: `DeleteExperimentLabelResponse`."""

    labels: List[str]


class DeleteExperimentsRequest(TypedDict, total=False):
    """Sent: `DeleteExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class DeleteExperimentsResponse(TypedDict):
    """Answered: `DeleteExperimentsResponse`."""

    results: List[ExperimentActionResult]


class ExperimentActionResult(TypedDict):
    """Answered: `ExperimentActionResult`."""

    error: str
    id: int


class GetBestSearcherValidationMetricResponse(TypedDict):
    """Answered: `GetBestSearcherValidationMetricResponse`."""

    metric: Float


class GetExperimentCheckpointsResponse(TypedDict):
    """Answered: `GetExperimentCheckpointsResponse`."""

    checkpoints: List[Checkpoint]
    pagination: Pagination


class GetExperimentLabelsResponse(TypedDict):
    """Answered: `GetExperimentLabelsResponse`."""

    labels: List[str]


class GetExperimentResponse(TypedDict):
    """Answered: `GetExperimentResponse`."""

    experiment: Experiment
    jobSummary: Optional[JobSummary]
    config: Optional[Struct]


class GetExperimentTrialsResponse(TypedDict):
    """Answered: `GetExperimentTrialsResponse`."""

    trials: List[Trial]
    pagination: Pagination


class GetExperimentValidationHistoryResponse(TypedDict):
    """Answered: `GetExperimentValidationHistoryResponse`."""

    validationHistory: List[ValidationHistoryEntry]


class GetExperimentsResponse(TypedDict):
    """Answered: `GetExperimentsResponse`."""

    experiments: List[Experiment]
    pagination: Pagination


class GetModelDefFileRequest(TypedDict, total=False):
    """Sent: `GetModelDefFileRequest`."""

    experimentId: int
    path: str


class GetModelDefFileResponse(TypedDict):
    """Answered: `GetModelDefFileResponse`."""

    file: Optional[Bytes]


class GetModelDefResponse(TypedDict):
    """Answered: `GetModelDefResponse`."""

    b64Tgz: str


class GetModelDefTreeResponse(TypedDict):
    """Answered: `GetModelDefTreeResponse`."""

    files: List[FileNode]


class KillExperimentsRequest(TypedDict, total=False):
    """Sent: `KillExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class KillExperimentsResponse(TypedDict):
    """Answered: `KillExperimentsResponse`."""

    results: List[ExperimentActionResult]


class MoveExperimentRequest(TypedDict, total=False):
    """Sent: `MoveExperimentRequest`."""

    experimentId: int
    destinationProjectId: int


class MoveExperimentsRequest(TypedDict, total=False):
    """Sent: `MoveExperimentsRequest`."""

    experimentIds: List[int]
    destinationProjectId: int
    filters: Optional[BulkExperimentFilters]
    projectId: int


class MoveExperimentsResponse(TypedDict):
    """Answered: `MoveExperimentsResponse`."""

    results: List[ExperimentActionResult]


class PatchExperimentResponse(TypedDict):
    """Answered: `PatchExperimentResponse`."""

    experiment: Optional[Experiment]


class PauseExperimentsRequest(TypedDict, total=False):
    """Sent: `PauseExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class PauseExperimentsResponse(TypedDict):
    """Answered: `PauseExperimentsResponse`."""

    results: List[ExperimentActionResult]


class PreviewHPSearchRequest(TypedDict, total=False):
    """Sent: `PreviewHPSearchRequest`."""

    config: Optional[Struct]
    seed: UInt32


class PreviewHPSearchResponse(TypedDict):
    """Answered: `PreviewHPSearchResponse`."""

    summary: Optional[SearchSummary]


class PutExperimentLabelResponse(TypedDict):
    """Answered: `PutExperimentLabelResponse`."""

    labels: List[str]


class PutExperimentResponse(TypedDict):
    """Answered: `PutExperimentResponse`."""

    experiment: Experiment
    config: Struct


class PutExperimentRetainLogsRequest(TypedDict, total=False):
    """Sent: `PutExperimentRetainLogsRequest`."""

    experimentId: int
    numDays: int


class PutExperimentsRetainLogsRequest(TypedDict, total=False):
    """Sent: `PutExperimentsRetainLogsRequest`."""

    experimentIds: List[int]
    numDays: int
    filters: Optional[BulkExperimentFilters]
    projectId: int


class PutExperimentsRetainLogsResponse(TypedDict):
    """Answered: `PutExperimentsRetainLogsResponse`."""

    results: List[ExperimentActionResult]


class SearchExperimentExperiment(TypedDict):
    """Answered: `SearchExperimentExperiment`."""

    experiment: Experiment
    bestTrial: Optional[Trial]


class SearchExperimentsRequest(TypedDict, total=False):
    """Sent: `SearchExperimentsRequest`."""

    projectId: int
    offset: int
    limit: int
    sort: str
    filter: str


class SearchExperimentsResponse(TypedDict):
    """Answered: `SearchExperimentsResponse`."""

    experiments: List[SearchExperimentExperiment]
    pagination: Pagination


class UnarchiveExperimentsRequest(TypedDict, total=False):
    """Sent: `UnarchiveExperimentsRequest`."""

    experimentIds: List[int]
    filters: Optional[BulkExperimentFilters]
    projectId: int


class UnarchiveExperimentsResponse(TypedDict):
    """Answered: `UnarchiveExperimentsResponse`."""

    results: List[ExperimentActionResult]


class Experiment(TypedDict):
    """Answered: `experiment.Experiment`."""

    id: int
    description: str
    labels: List[str]
    startTime: Optional[Timestamp]
    endTime: Optional[Timestamp]
    state: ExperimentState
    archived: bool
    numTrials: int
    trialIds: List[int]
    displayName: str
    userId: int
    username: str
    resourcePool: str
    searcherType: str
    searcherMetric: str
    hyperparameters: Optional[Struct]
    name: str
    notes: str
    jobId: str
    forkedFrom: Optional[int]
    progress: Optional[Double]
    projectId: int
    projectName: str
    workspaceId: int
    workspaceName: str
    parentArchived: bool
    config: Optional[Struct]
    originalConfig: str
    projectOwnerId: int
    checkpointSize: Int64
    checkpointCount: int
    bestTrialSearcherMetric: NotRequired[Double]
    bestTrialId: NotRequired[int]
    unmanaged: bool
    duration: NotRequired[int]
    externalExperimentId: NotRequired[str]
    externalTrialId: NotRequired[str]
    modelDefinitionSize: NotRequired[int]
    pachydermIntegration: NotRequired[Struct]


class FileNode(TypedDict):
    """Answered: `experiment.FileNode`."""

    path: str
    name: str
    modifiedTime: Optional[Timestamp]
    contentLength: int
    isDir: bool
    contentType: str
    files: List[FileNode]


class PatchExperiment(TypedDict, total=False):
    """Sent: `experiment.PatchExperiment`."""

    id: int
    description: Optional[str]
    labels: List[Any]
    name: Optional[str]
    notes: Optional[str]
    resources: Optional[PatchExperimentPatchResources]
    checkpointStorage: Optional[PatchExperimentPatchCheckpointStorage]


class PatchExperimentPatchCheckpointStorage(TypedDict, total=False):
    """Sent: `experiment.PatchExperiment.PatchCheckpointStorage`."""

    saveExperimentBest: int
    saveTrialBest: int
    saveTrialLatest: int


class PatchExperimentPatchResources(TypedDict, total=False):
    """Sent: `experiment.PatchExperiment.PatchResources`."""

    maxSlots: int
    weight: Double
    priority: int


class SearchSummary(TypedDict):
    """Answered: `experiment.SearchSummary`."""

    config: Struct
    trials: List[TrialSummary]


class SearchUnit(TypedDict):
    """Answered: `experiment.SearchUnit`."""

    name: NotRequired[str]
    value: NotRequired[int]
    maxLength: bool


class TrialSummary(TypedDict):
    """Answered: `experiment.TrialSummary`."""

    count: int
    unit: SearchUnit


class ValidationHistoryEntry(TypedDict):
    """Answered: `experiment.ValidationHistoryEntry`."""

    trialId: int
    endTime: Timestamp
    searcherMetric: Float


class GetExperimentLabelsQuery(TypedDict, total=False):
    """Query of `GetExperimentLabels`."""

    projectId: int


class GetExperimentsQuery(TypedDict, total=False):
    """Query of `GetExperiments`."""

    sortBy: GetExperimentsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    description: str
    name: str
    labels: List[str]
    archived: Optional[bool]
    states: List[ExperimentState]
    users: List[str]
    userIds: List[int]
    projectId: int
    experimentIdFilter: Int32FieldFilter
    showTrialData: bool


class GetExperimentTrialsQuery(TypedDict, total=False):
    """Query of `GetExperimentTrials`."""

    sortBy: GetExperimentTrialsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    states: List[ExperimentState]


class GetExperimentCheckpointsQuery(TypedDict, total=False):
    """Query of `GetExperimentCheckpoints`."""

    sortByAttr: CheckpointSortBy
    sortByMetric: str
    orderBy: OrderBy
    offset: int
    limit: int
    states: List[CheckpointState]
