"""Changing experiments: name, description, notes, labels, resources, checkpoint policy."""

from __future__ import annotations

import json
import math
from typing import Any, Dict, List, Sequence

from determined.common.api.wire.experiments import (
    PatchExperiment,
    PatchExperimentPatchCheckpointStorage,
    PatchExperimentPatchResources,
)
from determined.common.api.wire.scalars import to_float

from .. import expconf
from ..errors import Code, Refusal, invalid, plain
from ..notify import QueueChanged
from ..store import experiments as store
from ..store.database import Row, Transaction
from . import config_policies, garbage, lifecycle
from .experiment_actions import save_changed_config
from .experiments import row_of

Columns = Dict[str, Any]


def patch(tx: Transaction, experiment_id: int, request: PatchExperiment) -> str:
    """Change what a request names of an experiment, in whatever state it is; returns the configuration from before.

    Raises:
        Refusal: no such experiment, or it would be wrong. Resources are refused of one that has ended; the rest of the
            request is done all the same.
    """
    experiment = row_of(tx, experiment_id)
    config: expconf.Config = json.loads(experiment["config"])
    columns = _texts(config, request)
    storage = request.get("checkpointStorage")
    if storage is not None:
        _set_policy(config, storage)
    if columns or storage is not None:
        # a configuration that was changed has an empty description rather than none
        config["description"] = config["description"] or ""
        save_changed_config(tx, experiment, config, **columns)
    if storage is not None:
        garbage.collect(tx, row_of(tx, experiment_id))
    resources = request.get("resources")
    if resources is not None:
        _patch_resources(tx, experiment, config, resources)
    return str(experiment["config"])


def _texts(config: expconf.Config, request: PatchExperiment) -> Columns:
    """Write texts and labels into a configuration; returns the columns that change."""
    columns: Columns = {}
    name, notes, description = request.get("name"), request.get("notes"), request.get("description")
    if name is not None:
        if not name.strip():
            raise invalid("`name` must not be an empty or whitespace string")
        columns["name"] = config["name"] = name
    if notes is not None:
        columns["notes"] = notes
    if description is not None:
        columns["description"] = config["description"] = description
    if "labels" in request:
        config["labels"] = list(dict.fromkeys(label for label in request["labels"] if isinstance(label, str)))
        columns["labels"] = json.dumps(config["labels"], ensure_ascii=False)
    return columns


def _set_policy(config: expconf.Config, storage: PatchExperimentPatchCheckpointStorage) -> None:
    config["checkpoint_storage"].update(
        save_experiment_best=storage.get("saveExperimentBest", 0),
        save_trial_best=storage.get("saveTrialBest", 0),
        save_trial_latest=storage.get("saveTrialLatest", 0),
    )


def _patch_resources(
    tx: Transaction, experiment: Row, config: expconf.Config, resources: PatchExperimentPatchResources
) -> None:
    columns: Columns = {}
    if "maxSlots" in resources:
        columns["max_slots"] = resources["maxSlots"]
    if "weight" in resources:
        columns["weight"] = to_float(resources["weight"])
        if not math.isfinite(columns["weight"]):
            raise invalid("the weight must be a finite number")
    if "priority" in resources:
        columns["priority"] = resources["priority"]
    if not columns:
        return
    if not lifecycle.is_live(experiment):
        raise Refusal(Code.NOT_FOUND, f"experiment '{experiment['id']}' not found", keep_writes=True)
    for key in ("max_slots", "priority"):
        if key in columns:
            config_policies.check_experiment_change(tx, experiment["id"], key, columns[key])
    config["resources"].update(columns)
    save_changed_config(tx, experiment, config, **columns)
    tx.announce(QueueChanged())


# --- labels ---------------------------------------------------------------------------------------------------------


def put_label(tx: Transaction, experiment_id: int, label: str) -> List[str]:
    """Add a label to an experiment, unless it has it; returns all of them.

    Raises:
        Refusal: no such experiment.
    """
    labels = _labels(tx, experiment_id)
    return labels if label in labels else _save_labels(tx, experiment_id, [*labels, label])


def delete_label(tx: Transaction, experiment_id: int, label: str) -> List[str]:
    """Take a label from an experiment, if it has it; returns those that are left.

    Raises:
        Refusal: no such experiment.
    """
    labels = _labels(tx, experiment_id)
    return _save_labels(tx, experiment_id, [known for known in labels if known != label]) if label in labels else labels


def _labels(tx: Transaction, experiment_id: int) -> List[str]:
    experiment = store.find(tx, experiment_id)
    if experiment is None:
        raise plain("sql: no rows in result set")
    labels: List[str] = json.loads(experiment["labels"])
    return labels


def _save_labels(tx: Transaction, experiment_id: int, labels: Sequence[str]) -> List[str]:
    experiment = row_of(tx, experiment_id)
    config = {**json.loads(experiment["config"]), "labels": list(labels)}
    save_changed_config(tx, experiment, config, labels=json.dumps(labels, ensure_ascii=False))
    return list(labels)
