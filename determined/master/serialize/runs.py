"""Runs on the wire."""

from __future__ import annotations

import json
from typing import List, Sequence

from determined.common.api.wire.enums import TrialState
from determined.common.api.wire.runs import FlatRun, FlatRunExperiment, RunActionResult
from determined.common.api.wire.scalars import from_float, from_single, to_float
from determined.common.timestamps import format_wire

from ..services.runs import Outcome
from ..store.database import Row
from .experiments import config_struct


def run_message(row: Row) -> FlatRun:
    """A run with what is shown of its experiment: a row of `store.runs.shown`.

    Its state is the stored one: ACTIVE from its activation to its end, wherever its allocation is.
    """
    message: FlatRun = {
        "id": row["id"],
        "startTime": format_wire(row["start_time"]),
        "endTime": None if row["end_time"] is None else format_wire(row["end_time"]),
        "state": TrialState(f"STATE_{row['state']}"),
        "labels": json.loads(row["labels"]),
        "checkpointSize": str(row["checkpoint_size"]),
        "checkpointCount": row["checkpoint_count"],
        "hyperparameters": json.loads(row["hparams"]),
        "summaryMetrics": json.loads(row["summary_metrics"]),
        "userId": row["owner_id"],
        "duration": row["duration"],
        "projectId": row["project_id"],
        "projectName": row["project_name"],
        "workspaceId": row["workspace_id"],
        "workspaceName": row["workspace_name"],
        "parentArchived": bool(row["parent_archived"]),
        "experiment": _experiment(row),
        "archived": bool(row["archived"]),
        "localId": f"{row['project_key']}-{row['local_id']}",
    }
    if row["searcher_metric_value"] is not None:
        message["searcherMetricValue"] = from_float(to_float(row["searcher_metric_value"]))  # type: ignore[typeddict-item]
    if row["external_trial_id"] is not None:
        message["externalRunId"] = row["external_trial_id"]
    if row["metadata"] is not None:
        message["metadata"] = json.loads(row["metadata"])
    if row["log_policy_matched"] is not None:
        message["logPolicyMatched"] = row["log_policy_matched"]
    return message


def _experiment(row: Row) -> FlatRunExperiment:
    message: FlatRunExperiment = {
        "id": row["experiment_id"],
        "searcherType": row["searcher_name"],
        "searcherMetric": row["searcher_metric"],
        "resourcePool": row["resource_pool"],
        "progress": from_single(row["experiment_progress"] or 0),
        "description": row["experiment_description"],
        "name": row["experiment_name"],
        "unmanaged": bool(row["unmanaged"]),
        "isMultitrial": bool(row["is_multitrial"]),
    }
    if row["forked_from"] is not None:
        message["forkedFrom"] = row["forked_from"]
    if row["external_experiment_id"] is not None:
        message["externalExperimentId"] = row["external_experiment_id"]
    pachyderm = (config_struct(row["config"]).get("integrations") or {}).get("pachyderm")
    if pachyderm is not None:
        message["pachydermIntegration"] = pachyderm
    return message


def result_messages(outcomes: Sequence[Outcome]) -> List[RunActionResult]:
    """What became of each run of a bulk action."""
    return [{"error": outcome.error, "id": outcome.run_id} for outcome in outcomes]
