"""Checkpoints on the wire."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Optional, Sequence

from determined.common.api.wire.checkpoints import Checkpoint, CheckpointTrainingMetadata
from determined.common.api.wire.enums import CheckpointState
from determined.common.timestamps import format_wire

from ..store.database import Row
from .trials import metrics_message


def checkpoint_message(row: Row, *, config: Optional[Dict[str, Any]] = None) -> Checkpoint:
    """A checkpoint: a row of `store.checkpoints.detailed`.

    Parameters:
        config: its experiment's configuration, where it is at hand already.
    """
    message: Checkpoint = {
        "taskId": row["task_id"],
        "uuid": row["uuid"],
        "reportTime": format_wire(row["report_time"]),
        "resources": {path: str(size) for path, size in json.loads(row["resources"]).items()},
        "metadata": json.loads(row["metadata"]),
        "state": CheckpointState("STATE_" + row["state"]),
        "training": _training(row, config),
    }
    if row["allocation_id"] is not None:
        message["allocationId"] = row["allocation_id"]
    if row["storage_id"] is not None:
        message["storageId"] = row["storage_id"]
    return message


def checkpoint_messages(rows: Sequence[Row]) -> List[Checkpoint]:
    """Checkpoints; those of one experiment share its configuration."""
    configs: Dict[Any, Dict[str, Any]] = {}
    messages = []
    for row in rows:
        experiment_id = row["experiment_id"]
        if experiment_id not in configs:
            configs[experiment_id] = json.loads(row["experiment_config"] or "null")
        messages.append(checkpoint_message(row, config=configs[experiment_id]))
    return messages


def _training(row: Row, config: Optional[Dict[str, Any]]) -> CheckpointTrainingMetadata:
    validation = metrics_message(row["validation"])
    training: CheckpointTrainingMetadata = {
        "trialId": row["trial_id"],
        "experimentId": row["experiment_id"],
        "experimentConfig": json.loads(row["experiment_config"] or "null") if config is None else config,
        "hparams": json.loads(row["hparams"] or "null"),
        "trainingMetrics": metrics_message(row["training"]),
        "validationMetrics": validation,
    }
    value = (validation["avgMetrics"] or {}).get(row["searcher_metric"])
    if value is not None:
        training["searcherMetric"] = value
    return training
