"""Metric reports on the wire.

Streams of reports are encoded by hand: what is stored of the metrics is JSON already, and there may be a million.
"""

from __future__ import annotations

import json
from json.encoder import encode_basestring_ascii as quote
from typing import Dict, List, Optional, Tuple

from determined.common.api.wire.enums import MetricType
from determined.common.api.wire.metrics import (
    DataPoint,
    DownsampledMetrics,
    ExpMetricNamesResponse,
    TrialsSnapshotResponseTrial,
)
from determined.common.api.wire.scalars import from_float
from determined.common.api.wire.trials import MetricsReport
from determined.common.timestamps import format_wire

from ..services.series import Names, Point, Series, Snapshot
from ..store import metrics as store
from ..store.database import Connection, Row

REPORTS_PER_LINE = 1000
_TYPES: Dict[str, MetricType] = {"training": MetricType.TRAINING, "validation": MetricType.VALIDATION}


def reports_line(connection: Connection, trial_id: int, group: str, after: int) -> Tuple[bytes, Optional[int]]:
    """The next line of a stream of reports, and the step to go on after; None when this is the last.

    The line is empty when there is nothing left.
    """
    rows = store.after_step(connection, trial_id, group, after, REPORTS_PER_LINE)
    if not rows:
        return b"", None
    head, tail = f'{{"trialId":{trial_id},"endTime":"', f',"group":{quote(group)}}}'
    parts: List[str] = []
    for report_id, _, run_id, _, batches, end_time, metrics in rows:
        # the real master cuts these times to milliseconds
        time = format_wire(end_time // 1000 * 1000)
        parts.append(
            f'{head}{time}","metrics":{metrics},"totalBatches":{batches},"archived":false,'
            f'"id":{report_id},"trialRunId":{run_id}{tail}'
        )
    line = f'{{"result":{{"metrics":[{",".join(parts)}]}}}}\n'
    return line.encode(), rows[-1]["total_batches"] if len(rows) == REPORTS_PER_LINE else None


def report_message(row: Row) -> MetricsReport:
    """One report."""
    return {
        "trialId": row["trial_id"],
        "endTime": format_wire(row["end_time"] // 1000 * 1000),
        "metrics": json.loads(row["metrics"]),
        "totalBatches": row["total_batches"] or 0,
        "archived": False,
        "id": row["id"],
        "trialRunId": row["run_id"],
        "group": row["grp"],
    }


def series_message(series: Series) -> DownsampledMetrics:
    """The points of one group."""
    return {
        "data": [point_message(p) for p in series.points],
        "type": _TYPES.get(series.group, MetricType.UNSPECIFIED),
        "group": series.group,
    }


def point_message(point: Point) -> DataPoint:
    """One point; ``epoch`` only where it was reported."""
    message: DataPoint = {"batches": point.batches, "values": point.values, "time": format_wire(point.time)}
    if point.epoch is not None:
        message["epoch"] = point.epoch
    return message


def snapshot_message(snapshot: Snapshot) -> TrialsSnapshotResponseTrial:
    """One trial's value at a step."""
    return {
        "trialId": snapshot.trial_id,
        "hparams": snapshot.hparams,
        "metric": from_float(snapshot.value),  # type: ignore[typeddict-item]  # a Double may be spelled out
        "batchesProcessed": snapshot.batches,
    }


def names_message(names: Names) -> ExpMetricNamesResponse:
    """The metrics of experiments."""
    return {
        "searcherMetrics": names.searcher,
        "trainingMetrics": [name for group, name in names.reported if group == "training"],
        "validationMetrics": [name for group, name in names.reported if group == "validation"],
        "metricNames": [{"group": group, "name": name} for group, name in names.reported],
    }
