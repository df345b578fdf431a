"""Messages of the REST API: metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Double, Struct, Timestamp

if TYPE_CHECKING:
    from .common import PolymorphicFilter
    from .enums import MetricType, TrialSourceInfoType
    from .trials import MetricsReport, Trial, TrialMetrics


class ComparableTrial(TypedDict):
    """Answered: `ComparableTrial`."""

    trial: Trial
    metrics: List[DownsampledMetrics]


class CompareTrialsResponse(TypedDict):
    """Answered: `CompareTrialsResponse`."""

    trials: List[ComparableTrial]


class DataPoint(TypedDict):
    """Answered: `DataPoint`."""

    batches: int
    values: Optional[Struct]
    time: Timestamp
    epoch: NotRequired[Double]


class DownsampledMetrics(TypedDict):
    """Answered: `DownsampledMetrics`."""

    data: List[DataPoint]
    type: MetricType
    group: str


class ExpMetricNamesResponse(TypedDict):
    """Answered: `ExpMetricNamesResponse`."""

    searcherMetrics: List[str]
    trainingMetrics: List[str]
    validationMetrics: List[str]
    metricNames: List[MetricIdentifier]


class GetMetricsResponse(TypedDict):
    """Answered: `GetMetricsResponse`."""

    metrics: List[MetricsReport]


class GetTrainingMetricsResponse(TypedDict):
    """Answered: `GetTrainingMetricsResponse`."""

    metrics: List[MetricsReport]


class GetTrialMetricsByCheckpointResponse(TypedDict):
    """Answered: `GetTrialMetricsByCheckpointResponse`."""

    metrics: List[MetricsReport]


class GetTrialMetricsByModelVersionResponse(TypedDict):
    """Answered: `GetTrialMetricsByModelVersionResponse`."""

    metrics: List[MetricsReport]


class GetValidationMetricsResponse(TypedDict):
    """Answered: `GetValidationMetricsResponse`."""

    metrics: List[MetricsReport]


class MetricBatchesResponse(TypedDict):
    """Answered: `MetricBatchesResponse`."""

    batches: List[int]


class ReportTrialMetricsRequest(TypedDict, total=False):
    """Sent: `ReportTrialMetricsRequest`."""

    metrics: Optional[TrialMetrics]
    group: str


class TrialsSampleResponse(TypedDict):
    """Answered: `TrialsSampleResponse`."""

    trials: List[TrialsSampleResponseTrial]
    promotedTrials: List[int]
    demotedTrials: List[int]


class TrialsSampleResponseTrial(TypedDict):
    """Answered: `TrialsSampleResponse.Trial`."""

    trialId: int
    hparams: Struct
    data: List[DataPoint]


class TrialsSnapshotResponse(TypedDict):
    """Answered: `TrialsSnapshotResponse`."""

    trials: List[TrialsSnapshotResponseTrial]


class TrialsSnapshotResponseTrial(TypedDict):
    """Answered: `TrialsSnapshotResponse.Trial`."""

    trialId: int
    hparams: Struct
    metric: Double
    batchesProcessed: int


class MetricIdentifier(TypedDict):
    """Answered: `metric.MetricIdentifier`."""

    group: str
    name: str


class GetTrialMetricsByCheckpointQuery(TypedDict, total=False):
    """Query of `GetTrialMetricsByCheckpoint`."""

    trialSourceInfoType: TrialSourceInfoType
    metricGroup: str


class ExpMetricNamesQuery(TypedDict, total=False):
    """Query of `ExpMetricNames`."""

    ids: List[int]
    periodSeconds: int


class MetricBatchesQuery(TypedDict, total=False):
    """Query of `MetricBatches`."""

    metricName: str
    metricType: MetricType
    group: str
    periodSeconds: int


class TrialsSampleQuery(TypedDict, total=False):
    """Query of `TrialsSample`."""

    metricName: str
    metricType: MetricType
    group: str
    maxTrials: int
    maxDatapoints: int
    startBatches: int
    endBatches: int
    periodSeconds: int


class TrialsSnapshotQuery(TypedDict, total=False):
    """Query of `TrialsSnapshot`."""

    metricName: str
    metricType: MetricType
    group: str
    batchesProcessed: int
    batchesMargin: int
    periodSeconds: int


class GetTrialMetricsByModelVersionQuery(TypedDict, total=False):
    """Query of `GetTrialMetricsByModelVersion`."""

    trialSourceInfoType: TrialSourceInfoType
    metricGroup: str


class GetTrainingMetricsQuery(TypedDict, total=False):
    """Query of `GetTrainingMetrics`."""

    trialIds: List[int]


class GetMetricsQuery(TypedDict, total=False):
    """Query of `GetMetrics`."""

    trialIds: List[int]
    group: str


class GetValidationMetricsQuery(TypedDict, total=False):
    """Query of `GetValidationMetrics`."""

    trialIds: List[int]


class CompareTrialsQuery(TypedDict, total=False):
    """Query of `CompareTrials`."""

    trialIds: List[int]
    maxDatapoints: int
    metricNames: List[str]
    startBatches: int
    endBatches: int
    metricType: MetricType
    group: str
    metricIds: List[str]
    timeSeriesFilter: PolymorphicFilter
