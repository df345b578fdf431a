"""Trials on the wire."""

from __future__ import annotations

import json
from typing import Any, Dict, Optional

from determined.common.api.wire.common import Metrics
from determined.common.api.wire.enums import CheckpointState, TrialState
from determined.common.api.wire.trials import CheckpointWorkload, MetricsWorkload, Trial, WorkloadContainer
from determined.common.timestamps import format_wire

from ..services.trials import Details
from ..store.database import Row


def trial_message(details: Details) -> Trial:
    """A trial."""
    row = details.row
    task_ids = json.loads(row["task_ids"])
    message: Trial = {
        "id": row["id"],
        "experimentId": row["experiment_id"],
        "startTime": format_wire(row["start_time"]),
        "endTime": _time(row["end_time"]),
        "state": TrialState("STATE_" + row["shown_state"]),
        "restarts": min(row["restarts"], row["max_restarts"]),
        "hparams": json.loads(row["hparams"]),
        "totalBatchesProcessed": row["total_batches"],
        "bestValidation": _validation(row["best_time"], row["best_batches"], row["best_metrics"]),
        "latestValidation": _validation(row["latest_time"], row["latest_batches"], row["latest_metrics"]),
        "bestCheckpoint": _best_checkpoint(details.best_checkpoint),
        "runnerState": row["runner_state"],
        "wallClockTime": (row["wall_clock"] or 0) / 1e6,
        "warmStartCheckpointUuid": row["warm_start_checkpoint_uuid"] or "",
        "taskId": task_ids[0] if task_ids else "",
        "totalCheckpointSize": str(row["checkpoint_size"]),
        "checkpointCount": row["checkpoint_count"],
        "summaryMetrics": json.loads(row["summary_metrics"]),
        "taskIds": task_ids,
        "searcherMetricValue": 0,
    }
    _add_optional(message, row)
    return message


def bare_trial_message(row: Row) -> Trial:
    """A trial without what is gathered from elsewhere, as comparisons have it."""
    message: Trial = {
        "id": row["id"],
        "experimentId": row["experiment_id"],
        "startTime": format_wire(row["start_time"]),
        "endTime": _time(row["end_time"]),
        "state": TrialState("STATE_" + row["state"]),
        "restarts": 0,
        "hparams": json.loads(row["hparams"]),
        "totalBatchesProcessed": 0,
        "bestValidation": None,
        "latestValidation": None,
        "bestCheckpoint": None,
        "runnerState": "",
        "wallClockTime": 0,
        "warmStartCheckpointUuid": "",
        "taskId": "",
        "totalCheckpointSize": "0",
        "checkpointCount": 0,
        "summaryMetrics": None,
        "taskIds": [],
        "searcherMetricValue": 0,
    }
    _add_optional(message, row)
    return message


def _add_optional(message: Trial, row: Row) -> None:
    if row["log_retention_days"] is not None:
        message["logRetentionDays"] = row["log_retention_days"]
    if row["metadata"] is not None:
        message["metadata"] = json.loads(row["metadata"])
    if row["log_policy_matched"] is not None:
        message["logPolicyMatched"] = row["log_policy_matched"]


def _time(micros: Optional[int]) -> Optional[str]:
    return None if micros is None else format_wire(micros)


def _validation(time: Optional[int], batches: Optional[int], metrics: Optional[str]) -> Optional[MetricsWorkload]:
    if time is None or metrics is None:
        return None
    return _metrics_workload(time, batches, metrics, with_batches=False)


def _metrics_workload(time: int, batches: Optional[int], metrics: str, *, with_batches: bool) -> MetricsWorkload:
    return {
        "endTime": format_wire(time),
        "metrics": metrics_message(metrics, with_batches=with_batches),
        "numInputs": 0,
        "totalBatches": batches or 0,
    }


def metrics_message(stored: Optional[str], *, with_batches: bool = False) -> Metrics:
    """A stored report's metrics; null without a report."""
    if stored is None:
        return {"avgMetrics": None, "batchMetrics": []}
    metrics: Dict[str, Any] = json.loads(stored)
    average = metrics["validation_metrics"] if "validation_metrics" in metrics else metrics["avg_metrics"]
    return {"avgMetrics": average, "batchMetrics": (metrics.get("batch_metrics") or []) if with_batches else []}


def _best_checkpoint(row: Optional[Row]) -> Optional[CheckpointWorkload]:
    if row is None:
        return None
    return _checkpoint_workload(row["report_time"], row["steps_completed"], row, None)


def _checkpoint_workload(
    time: int, batches: Optional[int], row: Row, metadata: Optional[Dict[str, Any]]
) -> CheckpointWorkload:
    return {
        "uuid": row["uuid"],
        "endTime": format_wire(time),
        "state": CheckpointState("STATE_" + row["state"]),
        "resources": {path: str(size) for path, size in json.loads(row["resources"]).items()},
        "totalBatches": batches or 0,
        "metadata": metadata,
    }


def workload_message(row: Row, *, with_batches: bool) -> WorkloadContainer:
    """One thing a trial did: a row of `store.trials.workloads`."""
    if row["kind"] == "checkpoint":
        return {
            "checkpoint": _checkpoint_workload(row["end_time"], row["batches"], row, json.loads(row["metadata"])),
        }
    workload = _metrics_workload(row["end_time"], row["batches"], row["metrics"], with_batches=with_batches)
    return {"training": workload} if row["kind"] == "training" else {"validation": workload}
