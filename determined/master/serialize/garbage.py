"""Checkpoints as the preview of a collection shows them: the one answer in Go's spelling."""

from __future__ import annotations

import json
from typing import Any, Dict

from determined.common.timestamps import format_wire

from ..store.database import Row


def checkpoint_record(row: Row, experiment: Row) -> Dict[str, Any]:
    """A checkpoint (a row of `store.checkpoints.with_trials`) of an experiment."""
    validation = json.loads(row["validation"])["validation_metrics"] if row["validation"] else None
    training = json.loads(row["training"])["avg_metrics"] if row["training"] else None
    return {
        "ID": row["number"],
        "UUID": row["uuid"],
        "TaskID": row["task_id"],
        "AllocationID": row["allocation_id"],
        "ReportTime": format_wire(row["report_time"]),
        "State": row["state"],
        "Resources": json.loads(row["resources"]),
        "Metadata": json.loads(row["metadata"]),
        "Size": row["size"],
        "StorageID": row["storage_id"],
        "TrialID": row["trial_id"],
        "ExperimentID": row["experiment_id"],
        "ExperimentConfig": json.loads(experiment["config"]),
        "HParams": json.loads(row["hparams"]) if row["hparams"] else None,
        "TrainingMetrics": training,
        "ValidationMetrics": validation,
        "SearcherMetric": (validation or {}).get(experiment["searcher_metric"]),
        "StepsCompleted": row["steps_completed"],
    }
