"""Calls of the REST API: metrics."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from .._options import DEFAULT_TIMEOUT, Timeout
from ..wire import paths
from ._call import call, call_stream

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.metrics import (
        ComparableTrial,
        CompareTrialsQuery,
        ExpMetricNamesQuery,
        ExpMetricNamesResponse,
        GetMetricsQuery,
        GetMetricsResponse,
        GetTrainingMetricsQuery,
        GetTrainingMetricsResponse,
        GetTrialMetricsByCheckpointQuery,
        GetTrialMetricsByModelVersionQuery,
        GetValidationMetricsQuery,
        GetValidationMetricsResponse,
        MetricBatchesQuery,
        MetricBatchesResponse,
        ReportTrialMetricsRequest,
        TrialsSampleQuery,
        TrialsSampleResponse,
        TrialsSnapshotQuery,
        TrialsSnapshotResponse,
    )
    from ..wire.trials import MetricsReport, TrialMetrics


def report_metrics(session: BaseSession, trial_id: int, body: ReportTrialMetricsRequest) -> None:
    """Report metrics of one group and step."""
    call(session, paths.REPORT_TRIAL_METRICS, body, metrics_trial_id=trial_id)


def report_training_metrics(session: BaseSession, trial_id: int, body: TrialMetrics) -> None:
    """Report training metrics, for masters without metric groups."""
    call(session, paths.REPORT_TRIAL_TRAINING_METRICS, body, training_metrics_trial_id=trial_id)


def report_validation_metrics(session: BaseSession, trial_id: int, body: TrialMetrics) -> None:
    """Report validation metrics, for masters without metric groups."""
    call(session, paths.REPORT_TRIAL_VALIDATION_METRICS, body, validation_metrics_trial_id=trial_id)


def stream_metrics(
    session: BaseSession, trial_ids: List[int], group: str, timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[GetMetricsResponse]:
    """Stream the reports of one metric group."""
    query: GetMetricsQuery = {"trialIds": trial_ids, "group": group}
    return call_stream(session, paths.GET_METRICS, query, timeout=timeout)


def stream_training_metrics(
    session: BaseSession, trial_ids: List[int], timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[GetTrainingMetricsResponse]:
    """Stream training reports."""
    query: GetTrainingMetricsQuery = {"trialIds": trial_ids}
    return call_stream(session, paths.GET_TRAINING_METRICS, query, timeout=timeout)


def stream_validation_metrics(
    session: BaseSession, trial_ids: List[int], timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[GetValidationMetricsResponse]:
    """Stream validation reports."""
    query: GetValidationMetricsQuery = {"trialIds": trial_ids}
    return call_stream(session, paths.GET_VALIDATION_METRICS, query, timeout=timeout)


def list_checkpoint_metrics(
    session: BaseSession, checkpoint_uuid: str, query: Optional[GetTrialMetricsByCheckpointQuery] = None
) -> List[MetricsReport]:
    """Return the reports of trials that used a checkpoint."""
    return call(session, paths.GET_TRIAL_METRICS_BY_CHECKPOINT, query, checkpoint_uuid=checkpoint_uuid)["metrics"]


def list_model_version_metrics(
    session: BaseSession, model_name: str, version: int, query: Optional[GetTrialMetricsByModelVersionQuery] = None
) -> List[MetricsReport]:
    """Return the reports of trials that used a model version."""
    return call(
        session, paths.GET_TRIAL_METRICS_BY_MODEL_VERSION, query, model_name=model_name, model_version_num=version
    )["metrics"]


def compare_trials(session: BaseSession, query: Optional[CompareTrialsQuery] = None) -> List[ComparableTrial]:
    """Return sampled metrics of several trials."""
    return call(session, paths.COMPARE_TRIALS, query)["trials"]


def stream_metric_names(
    session: BaseSession, query: Optional[ExpMetricNamesQuery] = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[ExpMetricNamesResponse]:
    """Stream the names of the metrics that experiments report."""
    return call_stream(session, paths.EXP_METRIC_NAMES, query, timeout=timeout)


def stream_metric_batches(
    session: BaseSession,
    experiment_id: int,
    query: Optional[MetricBatchesQuery] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> Iterator[MetricBatchesResponse]:
    """Stream the steps at which a metric was reported."""
    return call_stream(session, paths.METRIC_BATCHES, query, timeout=timeout, experiment_id=experiment_id)


def stream_trials_sample(
    session: BaseSession,
    experiment_id: int,
    query: Optional[TrialsSampleQuery] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> Iterator[TrialsSampleResponse]:
    """Stream samples of a metric over an experiment's trials."""
    return call_stream(session, paths.TRIALS_SAMPLE, query, timeout=timeout, experiment_id=experiment_id)


def stream_trials_snapshot(
    session: BaseSession,
    experiment_id: int,
    query: Optional[TrialsSnapshotQuery] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> Iterator[TrialsSnapshotResponse]:
    """Stream a metric of all trials around one step."""
    return call_stream(session, paths.TRIALS_SNAPSHOT, query, timeout=timeout, experiment_id=experiment_id)
