"""Experiments on the wire."""

from __future__ import annotations

import json
import math
from functools import lru_cache
from typing import Any, Dict, Optional, Sequence, Union

from determined.common.api.wire.common import Pagination
from determined.common.api.wire.enums import ExperimentState, JobState, TrialState
from determined.common.api.wire.experiments import Experiment, ValidationHistoryEntry
from determined.common.api.wire.jobs import JobSummary
from determined.common.api.wire.scalars import from_float, from_single
from determined.common.api.wire.trials import MetricsWorkload
from determined.common.timestamps import format_wire

from ..services.trials import Details
from ..store.database import Row
from .trials import trial_message

_MASK = "********"
_STORED_AS_JSON = ("labels", "hyperparameters", "config")
_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode

NO_EXPERIMENT: Experiment = {
    "id": 0,
    "description": "",
    "labels": [],
    "startTime": None,
    "endTime": None,
    "state": ExperimentState.UNSPECIFIED,
    "archived": False,
    "numTrials": 0,
    "trialIds": [],
    "displayName": "",
    "userId": 0,
    "username": "",
    "resourcePool": "",
    "searcherType": "",
    "searcherMetric": "",
    "hyperparameters": None,
    "name": "",
    "notes": "",
    "jobId": "",
    "forkedFrom": None,
    "progress": None,
    "projectId": 0,
    "projectName": "",
    "workspaceId": 0,
    "workspaceName": "",
    "parentArchived": False,
    "config": None,
    "originalConfig": "",
    "projectOwnerId": 0,
    "checkpointSize": "0",
    "checkpointCount": 0,
    "unmanaged": False,
}
"""What answers a request that only asks whether an experiment could be created."""


NO_VALIDATION: MetricsWorkload = {
    "endTime": None,
    "metrics": {"avgMetrics": None, "batchMetrics": []},
    "numInputs": 0,
    "totalBatches": 0,
}
"""What stands for the best validation of a found experiment's best trial that has none."""


@lru_cache(maxsize=1024)
def config_struct(text: str) -> Dict[str, Any]:
    """A stored configuration as it is shown, secrets masked. Shared: whoever gets it must not change it."""
    config: Dict[str, Any] = json.loads(text)
    secrets = (config.get("data") or {}).get("secrets")
    if isinstance(secrets, dict):
        config["data"]["secrets"] = dict.fromkeys(secrets, _MASK)
    return config


def experiment_message(row: Row, trial_ids: Sequence[int]) -> Experiment:
    """An experiment as a single read shows it.

    The searcher's type is JSON text there, quotes and all, and metric, display name and hyperparameters are left to
    lists: clients of the real master see the same.

    Parameters:
        row: of `store.experiments.find_shown`.
    """
    message = _message(row)
    message["labels"] = json.loads(row["labels"])
    message["config"] = config_struct(row["config"])
    message["numTrials"] = len(trial_ids)
    message["trialIds"] = list(trial_ids)
    message["searcherType"] = json.dumps(row["searcher_name"])
    message["originalConfig"] = row["original_config"]
    message["modelDefinitionSize"] = row["model_definition_size"]
    return message


def _message(row: Row) -> Experiment:
    message: Experiment = {
        "id": row["id"],
        "description": row["description"],
        "labels": [],
        "startTime": format_wire(row["start_time"]),
        "endTime": _time(row["end_time"]),
        "state": ExperimentState(f"STATE_{row['shown_state']}"),
        "archived": bool(row["archived"]),
        "numTrials": 0,
        "trialIds": [],
        "displayName": "",
        "userId": row["owner_id"],
        "username": row["username"],
        "resourcePool": row["resource_pool"],
        "searcherType": "",
        "searcherMetric": "",
        "hyperparameters": None,
        "name": row["name"],
        "notes": row["notes"],
        "jobId": row["job_id"],
        "forkedFrom": row["forked_from"],
        "progress": None if row["progress"] is None else _double(row["progress"]),
        "projectId": row["project_id"],
        "projectName": row["project_name"],
        "workspaceId": row["workspace_id"],
        "workspaceName": row["workspace_name"],
        "parentArchived": bool(row["parent_archived"]),
        "config": None,
        "originalConfig": "",
        "projectOwnerId": row["project_owner_id"],
        "checkpointSize": str(row["checkpoint_size"]),
        "checkpointCount": row["checkpoint_count"],
        "unmanaged": bool(row["unmanaged"]),
    }
    if '"pachyderm":' in row["config"]:
        pachyderm = (config_struct(row["config"]).get("integrations") or {}).get("pachyderm")
        if pachyderm is not None:
            message["pachydermIntegration"] = pachyderm
    return message


# --- lists ----------------------------------------------------------------------------------------------------------
# Encoded here rather than by the gateway: to read every configuration, only to write it again, would take longer than
# all the rest.


def experiments_page(experiments: Sequence[str], pagination: Pagination) -> bytes:
    """A page of experiments (`GetExperimentsResponse`, `SearchExperimentsResponse`) of which each is encoded."""
    return f'{{"experiments":[{",".join(experiments)}],"pagination":{_encode(pagination)}}}'.encode()


def listed_json(row: Row, *, show_trial_data: bool = False) -> str:
    """An experiment as lists show it (`Experiment`).

    Parameters:
        row: of `store.experiments.listed`.
        show_trial_data: with the best value of the searcher's metric.
    """
    message = _listed_message(row)
    if show_trial_data and row["best_metric"] is not None:
        message["bestTrialSearcherMetric"] = _double(row["best_metric"])
    return _with_stored(message, row)


def found_json(row: Row, best_trial: Optional[Details]) -> str:
    """An experiment that a search found, with its best trial, whose state is the stored one
    (`SearchExperimentExperiment`)."""
    message = _listed_message(row)
    if best_trial is None:
        return f'{{"experiment":{_with_stored(message, row)},"bestTrial":null}}'
    message["bestTrialId"] = best_trial.row["id"]
    trial = trial_message(best_trial)
    trial["state"] = TrialState(f"STATE_{best_trial.row['state']}")
    trial["searcherMetricValue"] = _double(best_trial.row["searcher_metric_value"] or 0)
    trial["bestValidation"] = trial["bestValidation"] or NO_VALIDATION
    return f'{{"experiment":{_with_stored(message, row)},"bestTrial":{_encode(trial)}}}'


def _listed_message(row: Row) -> Experiment:
    """An experiment as lists show it, without what is stored as JSON."""
    message = _message(row)
    message["numTrials"] = row["num_trials"]
    message["displayName"] = row["shown_name"]
    message["searcherType"] = row["searcher_name"]
    message["searcherMetric"] = row["searcher_metric"]
    message["duration"] = row["duration"]
    if row["notes"]:
        message["notes"] = "omitted"
    if row["external_experiment_id"] is not None:
        message["externalExperimentId"] = row["external_experiment_id"]
    return message


def _double(value: Union[float, str]) -> Any:
    # NaN is stored as text; whole numbers stay as SQLite gives them
    return value if isinstance(value, str) or math.isfinite(value) else from_float(value)


def _with_stored(message: Experiment, row: Row) -> str:
    """A message as JSON, with what is stored as JSON put in as it stands."""
    own = _encode({key: value for key, value in message.items() if key not in _STORED_AS_JSON})
    config = row["config"]
    if '"secrets":' in config:
        config = _encode(config_struct(config))
    return f'{own[:-1]},"labels":{row["labels"]},"hyperparameters":{row["hyperparameters"]},"config":{config}}}'


# --- what belongs to one --------------------------------------------------------------------------------------------


def job_summary(jobs_ahead: int, has_resources: bool) -> JobSummary:
    """An experiment's place in the queue of jobs."""
    return {"state": JobState.SCHEDULED if has_resources else JobState.QUEUED, "jobsAhead": jobs_ahead}


def history_entry(row: Row) -> ValidationHistoryEntry:
    """A validation that was better than all before it."""
    return {
        "trialId": row["trial_id"],
        "endTime": format_wire(row["end_time"]),
        "searcherMetric": from_single(float(row["value"])),
    }


def _time(micros: Optional[int]) -> Optional[str]:
    return None if micros is None else format_wire(micros)
