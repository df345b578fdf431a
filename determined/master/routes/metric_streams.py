"""Streams of what the metrics of experiments look like while they run."""

from __future__ import annotations

import asyncio
from typing import Any, AsyncIterator, Dict, Sequence, Tuple, Union

from determined.common.api.wire import paths
from determined.common.api.wire.enums import MetricType
from determined.common.api.wire.metrics import (
    ExpMetricNamesQuery,
    ExpMetricNamesResponse,
    MetricBatchesQuery,
    MetricBatchesResponse,
    TrialsSampleQuery,
    TrialsSampleResponse,
    TrialsSnapshotQuery,
    TrialsSnapshotResponse,
)

from ..errors import invalid
from ..notify import ExperimentChanged
from ..serialize.metrics import names_message, point_message, snapshot_message
from ..services import metrics, series
from ..store import metrics as store
from .registry import Call, streams

_DEFAULT_PERIOD = 30
_WIDEST_MARGIN = 100
_DEFAULT_TRIALS, _DEFAULT_POINTS = 25, 1000

_NamedQuery = Union[MetricBatchesQuery, TrialsSampleQuery, TrialsSnapshotQuery]


async def _rounds(call: "Call[Any]", experiment_ids: Sequence[int]) -> AsyncIterator[None]:
    """Once now, then each period or when a state changes, and a last time when all experiments have ended."""
    hub, period = call.world.hub, call.request.get("periodSeconds", 0) or _DEFAULT_PERIOD
    while True:
        changes = {hub.expect(ExperimentChanged(i)) for i in set(experiment_ids)}
        try:
            ended = call.db.read_now(metrics.all_ended, experiment_ids)
            yield
            if ended or hub.closed:
                return
            await asyncio.wait(changes, timeout=period, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for change in changes:
                change.cancel()


def _metric_of(request: _NamedQuery) -> Tuple[str, str]:
    """The group and name of the metric that is asked for."""
    name = request.get("metricName", "")
    if not name:
        raise invalid("must specify a metric name")
    group = metrics.group_of(request.get("group", ""), request.get("metricType", MetricType.UNSPECIFIED))
    if not group:
        raise invalid("must specify a metric group")
    return group, name


@streams(paths.EXP_METRIC_NAMES)
async def stream_names(call: Call[ExpMetricNamesQuery]) -> AsyncIterator[ExpMetricNamesResponse]:
    ids = call.request.get("ids", [])
    call.db.read_now(metrics.check_experiments, ids)
    async for _ in _rounds(call, ids):
        yield names_message(await call.db.read(series.names, ids))


@streams(paths.METRIC_BATCHES)
async def stream_batches(call: Call[MetricBatchesQuery], experiment_id: int) -> AsyncIterator[MetricBatchesResponse]:
    call.db.read_now(metrics.known_experiment, experiment_id)
    group, name = _metric_of(call.request)
    async for _ in _rounds(call, [experiment_id]):
        yield {"batches": await call.db.read(store.steps_of, experiment_id, group, name)}


@streams(paths.TRIALS_SNAPSHOT)
async def stream_snapshot(call: Call[TrialsSnapshotQuery], experiment_id: int) -> AsyncIterator[TrialsSnapshotResponse]:
    request = call.request
    call.db.read_now(metrics.known_experiment, experiment_id)
    group, name = _metric_of(request)
    batches, margin = request.get("batchesProcessed", 0), request.get("batchesMargin", 0)
    if margin > _WIDEST_MARGIN:
        raise invalid(f"margin must be <= {_WIDEST_MARGIN}")
    async for _ in _rounds(call, [experiment_id]):
        found = await call.db.read(series.snapshot, experiment_id, group, name, batches, margin)
        yield {"trials": [snapshot_message(s) for s in found]}


@streams(paths.TRIALS_SAMPLE)
async def stream_sample(call: Call[TrialsSampleQuery], experiment_id: int) -> AsyncIterator[TrialsSampleResponse]:
    request = call.request
    call.db.read_now(metrics.known_experiment, experiment_id)
    group, name = _metric_of(request)
    most_trials = request.get("maxTrials", 0) or _DEFAULT_TRIALS
    most_points = request.get("maxDatapoints", 0) or _DEFAULT_POINTS
    span = store.Span(request.get("startBatches", 0), request.get("endBatches", 0))
    told: Dict[int, int] = {}
    async for _ in _rounds(call, [experiment_id]):
        samples = await call.db.read(series.sample, experiment_id, group, name, span, most_trials, most_points)
        yield _sample_message(samples, told)
        # a trial that drops out begins anew when it comes back
        told = {s.trial_id: s.points[-1].batches if s.points else told.get(s.trial_id, -1) for s in samples}


def _sample_message(samples: Sequence[series.Sample], told: Dict[int, int]) -> TrialsSampleResponse:
    """The sampled trials with the points beyond the steps that were told of each before."""
    return {
        "trials": [
            {
                "trialId": s.trial_id,
                "hparams": s.hparams,
                "data": [point_message(p) for p in s.points if p.batches > told.get(s.trial_id, -1)],
            }
            for s in samples
        ],
        "promotedTrials": [s.trial_id for s in samples if s.trial_id not in told],
        "demotedTrials": sorted(set(told) - {s.trial_id for s in samples}),
    }
