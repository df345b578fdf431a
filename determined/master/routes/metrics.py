"""Metric reports: written by trials, read as streams, sampled to compare trials."""

from __future__ import annotations

from typing import AsyncIterator, List, Optional, Union

from determined.common import timestamps
from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import MetricType, TrialSourceInfoType
from determined.common.api.wire.metrics import (
    CompareTrialsQuery,
    CompareTrialsResponse,
    GetMetricsQuery,
    GetMetricsResponse,
    GetTrainingMetricsQuery,
    GetTrainingMetricsResponse,
    GetTrialMetricsByCheckpointQuery,
    GetTrialMetricsByCheckpointResponse,
    GetValidationMetricsQuery,
    GetValidationMetricsResponse,
    ReportTrialMetricsRequest,
)
from determined.common.api.wire.trials import TrialMetrics

from ..serialize.metrics import report_message, reports_line, series_message
from ..serialize.trials import bare_trial_message
from ..services import metrics, series
from ..store.metrics import FIRST_STEP
from .registry import Call, handles, streams

_DEFAULT_POINTS = 200


# --- reporting ------------------------------------------------------------------------------------------------------


@handles(paths.REPORT_TRIAL_METRICS)
async def report_metrics(call: Call[ReportTrialMetricsRequest], metrics_trial_id: int) -> Empty:
    sent = call.request.get("metrics") or {}
    await call.db.write(metrics.report, _report(metrics_trial_id, call.request.get("group", ""), sent))
    return {}


@handles(paths.REPORT_TRIAL_TRAINING_METRICS)
async def report_training(call: Call[TrialMetrics], training_metrics_trial_id: int) -> Empty:
    await call.db.write(metrics.report, _report(training_metrics_trial_id, "training", call.request))
    return {}


@handles(paths.REPORT_TRIAL_VALIDATION_METRICS)
async def report_validation(call: Call[TrialMetrics], validation_metrics_trial_id: int) -> Empty:
    await call.db.write(metrics.report, _report(validation_metrics_trial_id, "validation", call.request))
    return {}


def _report(trial_id: int, group: str, sent: TrialMetrics) -> metrics.Report:
    values = sent.get("metrics") or {}
    time = sent.get("reportTime")
    return metrics.Report(
        trial_id,
        sent.get("trialRunId", 0),
        group,
        sent.get("stepsCompleted"),
        timestamps.parse(time) if time else None,
        values.get("avgMetrics") or {},
        values.get("batchMetrics"),
    )


# --- streams --------------------------------------------------------------------------------------------------------


@streams(paths.GET_METRICS)
async def read_metrics(call: Call[GetMetricsQuery]) -> AsyncIterator[Union[GetMetricsResponse, bytes]]:
    async for line in _lines(call, call.request.get("trialIds", []), call.request.get("group", "")):
        yield line


@streams(paths.GET_TRAINING_METRICS)
async def read_training(
    call: Call[GetTrainingMetricsQuery],
) -> AsyncIterator[Union[GetTrainingMetricsResponse, bytes]]:
    async for line in _lines(call, call.request.get("trialIds", []), "training"):
        yield line


@streams(paths.GET_VALIDATION_METRICS)
async def read_validation(
    call: Call[GetValidationMetricsQuery],
) -> AsyncIterator[Union[GetValidationMetricsResponse, bytes]]:
    async for line in _lines(call, call.request.get("trialIds", []), "validation"):
        yield line


async def _lines(
    call: Union[Call[GetMetricsQuery], Call[GetTrainingMetricsQuery], Call[GetValidationMetricsQuery]],
    trial_ids: List[int],
    group: str,
) -> AsyncIterator[bytes]:
    for trial_id in call.db.read_now(metrics.check_trials, trial_ids):
        after: Optional[int] = FIRST_STEP - 1
        while after is not None:
            line, after = await call.db.read(reports_line, trial_id, group, after)
            if line:
                yield line


# --- comparing ------------------------------------------------------------------------------------------------------


@handles(paths.COMPARE_TRIALS)
async def compare_trials(call: Call[CompareTrialsQuery]) -> CompareTrialsResponse:
    request = call.request
    group = metrics.group_of(request.get("group", ""), request.get("metricType", MetricType.UNSPECIFIED))
    choice = metrics.choose_metrics(request.get("metricNames", []), request.get("metricIds", []), group)
    span = metrics.span_of(
        request.get("startBatches", 0), request.get("endBatches", 0), request.get("timeSeriesFilter")
    )
    most = request.get("maxDatapoints", 0) or _DEFAULT_POINTS
    compared = await call.db.read(series.compare, request.get("trialIds", []), choice, span, most)
    return {
        "trials": [
            {"trial": bare_trial_message(trial), "metrics": [series_message(s) for s in found]}
            for trial, found in compared
        ]
    }


# --- by source ------------------------------------------------------------------------------------------------------


@handles(paths.GET_TRIAL_METRICS_BY_CHECKPOINT)
async def get_metrics_by_checkpoint(
    call: Call[GetTrialMetricsByCheckpointQuery], checkpoint_uuid: str
) -> GetTrialMetricsByCheckpointResponse:
    request = call.request
    wanted = request.get("trialSourceInfoType", TrialSourceInfoType.UNSPECIFIED)
    rows = await call.db.read(
        metrics.of_checkpoint,
        checkpoint_uuid,
        None if wanted is TrialSourceInfoType.UNSPECIFIED else wanted.name,
        request.get("metricGroup") or None,
    )
    return {"metrics": [report_message(row) for row in rows]}
