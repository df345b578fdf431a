"""Messages of the REST API: trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Double, Int64, Struct, Timestamp, UInt64

if TYPE_CHECKING:
    from .checkpoints import Checkpoint
    from .common import Metrics, Pagination
    from .enums import (
        CheckpointSortBy,
        CheckpointState,
        GetTrialWorkloadsFilterOption,
        MetricType,
        OrderBy,
        TrialEarlyExitExitedReason,
        TrialSourceInfoType,
        TrialState,
    )


class CreateTrialRequest(TypedDict, total=False):
    """Sent: `CreateTrialRequest`."""

    experimentId: int
    hparams: Optional[Struct]
    unmanaged: bool


class CreateTrialResponse(TypedDict):
    """Answered: `CreateTrialResponse`."""

    trial: Trial


class GetTrialByExternalIDResponse(TypedDict):
    """Answered: `GetTrialByExternalIDResponse`."""

    trial: Trial


class GetTrialCheckpointsResponse(TypedDict):
    """Answered: `GetTrialCheckpointsResponse`."""

    checkpoints: List[Checkpoint]
    pagination: Pagination


class GetTrialRemainingLogRetentionDaysResponse(TypedDict):
    """Answered: `GetTrialRemainingLogRetentionDaysResponse`."""

    remainingDays: NotRequired[int]


class GetTrialResponse(TypedDict):
    """Answered: `GetTrialResponse`."""

    trial: Trial


class GetTrialWorkloadsResponse(TypedDict):
    """Answered: `GetTrialWorkloadsResponse`."""

    workloads: List[WorkloadContainer]
    pagination: Pagination


class PatchTrialRequest(TypedDict, total=False):
    """Sent: `PatchTrialRequest`."""

    trialId: int
    state: TrialState


class PatchTrialResponse(TypedDict):
    """Answered: `PatchTrialResponse`."""

    trial: Trial


class PutTrialRequest(TypedDict, total=False):
    """Sent: `PutTrialRequest`."""

    createTrialRequest: Optional[CreateTrialRequest]
    externalTrialId: str


class PutTrialResponse(TypedDict):
    """Answered: `PutTrialResponse`."""

    trial: Trial


class PutTrialRetainLogsRequest(TypedDict, total=False):
    """Sent: `PutTrialRetainLogsRequest`."""

    trialId: int
    numDays: int


class ReportTrialProgressRequest(TypedDict, total=False):
    """Sent: `ReportTrialProgressRequest`."""

    trialId: int
    progress: Double
    isRaw: bool


class ReportTrialSourceInfoRequest(TypedDict, total=False):
    """Sent: `ReportTrialSourceInfoRequest`."""

    trialSourceInfo: Optional[TrialSourceInfo]


class ReportTrialSourceInfoResponse(TypedDict):
    """Answered: `ReportTrialSourceInfoResponse`."""

    trialId: int
    checkpointUuid: str


class StartTrialRequest(TypedDict, total=False):
    """Sent: `StartTrialRequest`."""

    trialId: int
    resume: bool


class StartTrialResponse(TypedDict):
    """Answered: `StartTrialResponse`."""

    trialRunId: int
    latestCheckpoint: NotRequired[str]
    stepsCompleted: int


class WorkloadContainer(TypedDict):
    """Answered: `WorkloadContainer`."""

    training: NotRequired[MetricsWorkload]
    validation: NotRequired[MetricsWorkload]
    checkpoint: NotRequired[CheckpointWorkload]


class CheckpointWorkload(TypedDict):
    """Answered: `trial.CheckpointWorkload`."""

    uuid: str
    endTime: Optional[Timestamp]
    state: CheckpointState
    resources: Dict[str, Int64]
    totalBatches: int
    metadata: Optional[Struct]


class MetricsReport(TypedDict):
    """Answered: `trial.MetricsReport`."""

    trialId: int
    endTime: Timestamp
    metrics: Struct
    totalBatches: int
    archived: bool
    id: int
    trialRunId: int
    group: str


class MetricsWorkload(TypedDict):
    """Answered: `trial.MetricsWorkload`."""

    endTime: Optional[Timestamp]
    metrics: Metrics
    numInputs: int
    totalBatches: int


class RendezvousInfo(TypedDict):
    """Answered: `trial.RendezvousInfo`."""

    addresses: List[str]
    rank: int
    slots: List[int]


class Trial(TypedDict):
    """Answered: `trial.Trial`."""

    id: int
    experimentId: int
    startTime: Timestamp
    endTime: Optional[Timestamp]
    state: TrialState
    restarts: int
    hparams: Struct
    totalBatchesProcessed: int
    bestValidation: Optional[MetricsWorkload]
    latestValidation: Optional[MetricsWorkload]
    bestCheckpoint: Optional[CheckpointWorkload]
    runnerState: str
    wallClockTime: Double
    warmStartCheckpointUuid: str
    taskId: str
    totalCheckpointSize: UInt64
    checkpointCount: int
    summaryMetrics: Optional[Struct]
    taskIds: List[str]
    searcherMetricValue: Double
    logRetentionDays: NotRequired[int]
    metadata: NotRequired[Struct]
    logPolicyMatched: NotRequired[str]


class TrialEarlyExit(TypedDict, total=False):
    """Sent: `trial.TrialEarlyExit`."""

    reason: TrialEarlyExitExitedReason


class TrialMetrics(TypedDict, total=False):
    """Sent: `trial.TrialMetrics`."""

    trialId: int
    trialRunId: int
    stepsCompleted: int
    reportTime: Optional[Timestamp]
    metrics: Optional[Metrics]


class TrialRunnerMetadata(TypedDict, total=False):
    """Sent: `trial.TrialRunnerMetadata`."""

    state: str


class TrialSourceInfo(TypedDict, total=False):
    """Sent: `trial.TrialSourceInfo`."""

    trialId: int
    checkpointUuid: str
    modelId: int
    modelVersion: int
    trialSourceInfoType: TrialSourceInfoType


class GetTrialCheckpointsQuery(TypedDict, total=False):
    """Query of `GetTrialCheckpoints`."""

    sortByAttr: CheckpointSortBy
    sortByMetric: str
    orderBy: OrderBy
    offset: int
    limit: int
    states: List[CheckpointState]


class GetTrialWorkloadsQuery(TypedDict, total=False):
    """Query of `GetTrialWorkloads`."""

    orderBy: OrderBy
    offset: int
    limit: int
    sortKey: str
    filter: GetTrialWorkloadsFilterOption
    includeBatchMetrics: bool
    metricType: MetricType
    group: str
    removeDeletedCheckpoints: bool
