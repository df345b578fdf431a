"""Answers as plain data: values with their types, objects with what users read of them."""

from __future__ import annotations

import datetime
import enum
import hashlib
import pathlib
import re
from typing import Any, Dict, List, Mapping

from .names import Names

DEEPEST = 12
METRICS = [
    "trial_id",
    "trial_run_id",
    "steps_completed",
    "total_batches",
    "metrics",
    "group",
    "batch_metrics",
    "end_time",
]
# what users read of each class
ATTRIBUTES: Mapping[str, List[str]] = {
    "Determined": [],
    "Experiment": [
        "id",
        "name",
        "description",
        "notes",
        "labels",
        "archived",
        "state",
        "progress",
        "project_id",
        "workspace_id",
    ],
    "Trial": ["id", "experiment_id", "hparams", "state"],
    "Checkpoint": ["uuid", "state", "metadata", "resources"],
    "CheckpointTrainingMetadata": ["experiment_id", "trial_id", "hparams", "validation_metrics"],
    "Model": ["name", "model_id", "description", "metadata", "labels", "username", "workspace_id", "archived"],
    "ModelVersion": ["model_version", "model_name", "model_id", "name", "comment", "notes", "metadata"],
    "Project": (
        [
            "id",
            "name",
            "description",
            "key",
            "archived",
            "n_experiments",
            "n_active_experiments",
            "notes",
            "username",
            "workspace_id",
        ]
    ),
    "Workspace": ["id", "name"],
    "User": (
        [
            "user_id",
            "username",
            "admin",
            "active",
            "remote",
            "agent_uid",
            "agent_gid",
            "agent_user",
            "agent_group",
            "display_name",
        ]
    ),
    "ResourcePool": ["name"],
    "TrialMetrics": METRICS,
    "TrainingMetrics": METRICS,
    "ValidationMetrics": METRICS,
    "Oauth2ScimClient": ["id", "domain", "name"],
}
# a project's key: three letters of its name, two letters or digits at random, unless the tour sets it
RANDOM_KEY = re.compile(r"^([A-Z]{3})[A-Z0-9]{2}$")
KEYS_OF_THE_TOUR = ("TOURA", "TOURB")


def plain(value: Any, names: Names, depth: int = 0) -> Any:
    """Return a value as JSON can hold it, without what differs from run to run."""
    if depth > DEEPEST:
        return "<deep>"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    if value is None or isinstance(value, (bool, int)):
        return value
    if isinstance(value, float):
        return round(value, 9)
    if isinstance(value, str):
        return names.neutral(value)
    if isinstance(value, bytes):
        return f"<{len(value)} bytes {hashlib.sha256(value).hexdigest()[:12]}>"
    if isinstance(value, datetime.datetime):
        return "<datetime aware>" if value.tzinfo else "<datetime naive>"
    if isinstance(value, pathlib.PurePath):
        return {"path": names.neutral(str(value))}
    if isinstance(value, dict):
        return {
            names.neutral(str(key)): "<seed>" if key == "experiment_seed" else plain(item, names, depth + 1)
            for key, item in sorted(value.items(), key=lambda pair: str(pair[0]))
        }
    if isinstance(value, (set, frozenset)):
        return {"set": sorted((plain(item, names, depth + 1) for item in value), key=str)}
    known = next((cls.__name__ for cls in type(value).__mro__ if cls.__name__ in ATTRIBUTES), None)
    if known is not None:
        return _object(value, ATTRIBUTES[known], names, depth)
    if hasattr(value, "__next__") or hasattr(value, "__iter__"):
        return [plain(item, names, depth + 1) for item in value]
    return {"type": type(value).__name__}


def _object(value: Any, attributes: List[str], names: Names, depth: int) -> Dict[str, Any]:
    kind = type(value).__name__
    out: Dict[str, Any] = {"@": kind}
    for attribute in attributes:
        found = getattr(value, attribute, "<absent>")
        if isinstance(found, int) and (attribute == "experiment_id" or (attribute, kind) == ("id", "Experiment")):
            found = names.experiment(found)
        if isinstance(found, int) and (attribute == "trial_id" or (attribute, kind) == ("id", "Trial")):
            found = names.trial(found)
        if attribute == "key" and isinstance(found, str) and found not in KEYS_OF_THE_TOUR:
            found = RANDOM_KEY.sub(r"\1??", found)
        out[attribute] = plain(found, names, depth + 1)
    return out
