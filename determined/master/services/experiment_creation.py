"""Making experiments: from what a request says to a row, in the order in which the real master looks at it."""

from __future__ import annotations

import json
import time
import uuid
from dataclasses import dataclass
from typing import Any, Dict, List, Mapping, Optional

from determined.common import timestamps
from determined.common.api.wire.experiments import CreateExperimentRequest

from .. import expconf
from ..auth import Caller
from ..errors import Refusal, failed_precondition, invalid, not_found, plain
from ..settings import RESOURCE_POOL
from ..store import experiments as store
from ..store import model_definitions, trials
from ..store.database import Connection, Row, Transaction
from . import config_policies, lifecycle
from .model_definitions import pack

_CONTINUED_SEARCHERS = ("single", "random", "grid")
_DEFAULT_PROJECT = 1


@dataclass(frozen=True)
class Cluster:
    """What of the cluster decides whether an experiment can be.

    Attributes:
        slots: how many the agent has.
        checkpoint_storage: the master's default.
    """

    slots: int
    checkpoint_storage: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """An experiment that can be created.

    Attributes:
        config: complete, as it is stored.
        shown_config: the same as the answer shows it, where the resource pool is the one that was asked for.
        original_config: the text that was submitted.
        tgz: the packed model definition.
        forked_from: the experiment whose files it has.
    """

    config: Dict[str, Any]
    shown_config: Dict[str, Any]
    original_config: str
    project_id: int
    tgz: bytes
    forked_from: Optional[int]
    unmanaged: bool


# --- planning -------------------------------------------------------------------------------------------------------


def plan(connection: Connection, request: CreateExperimentRequest, cluster: Cluster) -> Plan:
    """Work out the experiment that a request asks for; nothing is written.

    Raises:
        Refusal: the configuration, its place or its resources will not do.
    """
    unmanaged = request.get("unmanaged", False)
    parent = _parent(connection, request.get("parentId", 0), unmanaged)
    text = request.get("config", "")
    raw = _parsed(connection, text, request.get("template"))
    place = _place(connection, request.get("projectId", 0), raw)
    raw = config_policies.overlay(connection, place["workspace_id"], raw)
    pool = _check_resources(connection, raw, place, cluster) if not unmanaged else None
    if not unmanaged and raw.get("entrypoint") is None:
        raise plain("managed experiments require entrypoint")
    shown_config = _completed(raw, place, cluster, has_search=not unmanaged)
    config = shown_config
    if pool is not None:
        config = {**shown_config, "resources": {**shown_config["resources"], "resource_pool": pool}}
    if parent is not None:
        tgz = model_definitions.find(connection, parent["id"])
    else:
        tgz = pack(request.get("modelDefinition", []))
    if not unmanaged:
        config_policies.check(connection, place["workspace_id"], config_policies.EXPERIMENT, config)
    if not request.get("validateOnly", False):
        check_warm_start(connection, config["searcher"])
    return Plan(config, shown_config, text, place["id"], tgz, None if parent is None else parent["id"], unmanaged)


def _parent(connection: Connection, parent_id: int, unmanaged: bool) -> Optional[Row]:
    if not parent_id:
        return None
    if unmanaged:
        raise plain("can't fork into an unmanaged experiment")
    parent = store.find_shown(connection, parent_id)
    if parent is None:
        raise not_found("experiment", parent_id)
    if parent["parent_archived"]:
        raise plain("forking an experiment in an archived workspace/project")
    return parent


def _parsed(connection: Connection, text: str, template: Optional[str]) -> expconf.Config:
    try:
        raw = expconf.parse(text)
    except expconf.ConfigError as error:
        raise _bad_config(error) from None
    try:
        expconf.check_submitted(raw)
    except expconf.ConfigError as error:
        raise plain(error.text) from None
    if template is None:
        return raw
    config = store.template_config(connection, template)
    if config is None:
        raise not_found("template", template or None)
    try:
        return expconf.merge(raw, expconf.read(config))
    except expconf.ConfigError as error:
        raise _bad_config(error) from None


def _place(connection: Connection, project_id: int, raw: Mapping[str, Any]) -> Row:
    """The project an experiment goes to: the request's, else the configuration's, else the first one."""
    workspace, project = raw.get("workspace") or "", raw.get("project") or ""
    if project_id > _DEFAULT_PROJECT or not (workspace or project):
        place = store.placement(connection, max(project_id, _DEFAULT_PROJECT))
        if place is None:
            raise not_found("project", project_id)
        return place
    if not (workspace and project):
        raise plain("workspace and project must both be included in config if one is provided")
    place = store.placement_by_names(connection, workspace, project)
    if place is None:
        raise not_found("workspace/project", f"{workspace}/{project}")
    if place["workspace_archived"]:
        raise plain("workspace is archived and cannot add new experiments")
    if place["archived"]:
        raise plain("project is archived and cannot add new experiments")
    return place


def _check_resources(connection: Connection, raw: Mapping[str, Any], place: Row, cluster: Cluster) -> str:
    """Return the pool that an experiment runs in.

    Raises:
        Refusal: no such pool, or it can never give that many slots.
    """
    resources = raw.get("resources") or {}
    slots = expconf.slots_per_trial(raw)
    pool = str(resources.get("resource_pool") or place["default_compute_pool" if slots else "default_aux_pool"] or "")
    pool = pool or RESOURCE_POOL
    workspace_id = place["workspace_id"]
    if pool != RESOURCE_POOL or not store.pool_is_open_to(connection, pool, workspace_id):
        refusal = invalid(f"resource pool {pool} does not exist or is not available to workspace id {workspace_id}")
        raise invalid(f"invalid resource configuration: {refusal.nested()}")
    if slots > cluster.slots:
        if resources.get("is_single_node"):
            raise plain("invalid resource configuration: request unfulfillable, please try requesting less slots")
        raise plain("invalid resource configuration: slots requested exceeds cluster capacity")
    return pool


def _completed(raw: expconf.Config, place: Row, cluster: Cluster, *, has_search: bool) -> expconf.Config:
    storages: List[Mapping[str, Any]] = [cluster.checkpoint_storage]
    if place["checkpoint_storage_config"]:
        storages.insert(0, json.loads(place["checkpoint_storage_config"]))
    low = [{"checkpoint_storage": storage} for storage in storages]
    try:
        config = expconf.complete(raw, low=low, seed=int(time.time()), has_search=has_search)
    except expconf.ConfigError as error:
        raise _bad_config(error) from None
    try:
        store.config_text(config)
    except ValueError as error:
        raise plain(f"invalid experiment configuration: {error}") from None
    return config


def _bad_config(error: expconf.ConfigError) -> Refusal:
    return plain(f"invalid experiment configuration: {error.text}")


def check_warm_start(connection: Connection, searcher: Mapping[str, Any]) -> None:
    """Refuse a searcher whose trials are to begin from a checkpoint that is not there.

    Raises:
        Refusal: unknown trial or checkpoint, or a trial without one.
    """
    checkpoint = searcher.get("source_checkpoint_uuid")
    trial_id = searcher.get("source_trial_id")
    if checkpoint:
        if not store.checkpoint_exists(connection, str(checkpoint)):
            raise plain(f"unable to find checkpoint {checkpoint} given as source_checkpoint_uuid")
    elif trial_id is not None and trials.latest_checkpoint(connection, trial_id) is None:
        raise plain(f"unable to find a checkpoint of trial {trial_id} given as source_trial_id")


# --- writing --------------------------------------------------------------------------------------------------------


def create(tx: Transaction, caller: Caller, planned: Plan, activate: bool) -> int:
    """Create an experiment with its first trials; returns its id."""
    experiment_id = _insert(tx, caller, planned)
    if not planned.unmanaged:
        lifecycle.begin(tx, experiment_id)
        if activate:
            lifecycle.activate(tx, _row(tx, experiment_id))
    return experiment_id


def put(tx: Transaction, caller: Caller, external_id: str, planned: Plan) -> int:
    """Create the unmanaged experiment of an external id, or give it a new configuration; returns its id.

    The text it was first made from stays what `originalConfig` shows.
    """
    known = store.find_external(tx, external_id)
    if known is None:
        return _insert(tx, caller, planned, external_id)
    tx.update("experiments", {"id": known["id"]}, **columns_of(planned.config))
    return int(known["id"])


def check_put(request: CreateExperimentRequest) -> None:
    """Refuse what cannot be put by an external id.

    Raises:
        Refusal: a managed experiment, or a fork.
    """
    if not request.get("unmanaged", False):
        raise plain("only unmanaged experiments are supported")
    if request.get("parentId", 0):
        raise plain("can't fork into an unmanaged experiment")


def _insert(tx: Transaction, caller: Caller, planned: Plan, external_id: Optional[str] = None) -> int:
    experiment_id = tx.insert(
        "experiments",
        job_id=str(uuid.uuid4()),
        state="PAUSED",
        unmanaged=int(planned.unmanaged),
        original_config=planned.original_config,
        start_time=timestamps.now(),
        forked_from=planned.forked_from,
        owner_id=caller.user_id,
        project_id=planned.project_id,
        progress=0,
        external_experiment_id=external_id,
        model_definition_size=len(planned.tgz),
        **columns_of(planned.config),
    )
    model_definitions.insert(tx, experiment_id, planned.tgz)
    return experiment_id


def columns_of(config: Mapping[str, Any]) -> Dict[str, Any]:
    """The columns of an experiment that repeat what its configuration says, and the configuration itself."""
    searcher, resources = config["searcher"], config["resources"]
    return {
        "config": store.config_text(config),
        "name": config["name"],
        "description": config["description"] or "",
        "labels": json.dumps(config["labels"], ensure_ascii=False),
        "searcher_name": searcher["name"],
        "searcher_metric": searcher["metric"],
        "smaller_is_better": int(searcher["smaller_is_better"]),
        "hyperparameters": json.dumps(config["hyperparameters"]),
        "resource_pool": resources["resource_pool"],
        "priority": resources["priority"],
        "weight": resources["weight"],
        "max_slots": resources["max_slots"],
        "slots_per_trial": resources["slots_per_trial"],
        "max_restarts": config["max_restarts"],
        "log_retention_days": (config.get("retention_policy") or {}).get("log_retention_days"),
    }


def _row(tx: Transaction, experiment_id: int) -> Row:
    row = store.find(tx, experiment_id)
    if row is None:
        raise not_found("experiment", experiment_id)
    return row


# --- continuing -----------------------------------------------------------------------------------------------------


def continue_experiment(tx: Transaction, experiment_id: int, override: str, cluster: Cluster) -> None:
    """Take an ended experiment up again, with changes of its configuration if there are any.

    Parameters:
        override: YAML of what changes; nothing for an empty text, and for a mapping without keys, which the command
            line sends when it was given no changes.

    Raises:
        Refusal: no such experiment, or it or the changes do not allow it.
    """
    experiment = _row(tx, experiment_id)
    config: expconf.Config = json.loads(experiment["config"])
    searcher = config["searcher"]["name"]
    if searcher not in _CONTINUED_SEARCHERS:
        raise invalid(f"Unsupported searcher type provided: '{searcher}'")
    if _says_something(override):
        if searcher != "single":
            raise invalid(
                f"override config is provided and experiment is not single searcher, got '{searcher}' instead"
            )
        config = _overridden(config, override)
    check_ended(experiment, "experiment continue database updates: ")
    if experiment["unmanaged"]:
        raise failed_precondition("an unmanaged experiment is continued by whoever runs it")
    if experiment["state"] == "COMPLETED" and searcher != "single" and _all_completed(tx, experiment_id):
        raise failed_precondition("experiment has been completed, cannot continue this experiment")
    config = _under_policies(tx, experiment_id, config)
    if config["resources"]["slots_per_trial"] > cluster.slots:
        raise plain("invalid resource configuration: slots requested exceeds cluster capacity")
    tx.update("experiments", {"id": experiment_id}, state="PAUSED", progress=0, end_time=None, **columns_of(config))
    lifecycle.continue_search(tx, _row(tx, experiment_id))
    lifecycle.activate(tx, _row(tx, experiment_id))


def check_ended(experiment: Row, prefix: str = "") -> None:
    """Refuse what needs an experiment that has ended.

    Raises:
        Refusal: it has not.
    """
    if experiment["state"] not in lifecycle.TERMINAL:
        refusal = failed_precondition(f"experiment in non terminal state '{experiment['state']}', try again later")
        raise failed_precondition(prefix + refusal.nested()) if prefix else refusal


def _says_something(override: str) -> bool:
    try:
        return bool(expconf.parse(override)) if override.strip() else False
    except expconf.ConfigError:
        return True


def _overridden(config: expconf.Config, override: str) -> expconf.Config:
    try:
        changes = expconf.parse(override)
    except expconf.ConfigError as error:
        raise invalid(f"parsing override config: {error.text}") from None
    for key in ("project", "workspace"):
        if changes.get(key):
            raise invalid(
                f"'{key}' in override config cannot be specified, use `det experiment move` first"
                f" if you want to change the {key}"
            )
    searcher = (changes.get("searcher") or {}).get("name") or "single"
    if searcher != "single":
        raise invalid(f"override config must have single searcher type got '{searcher}' instead")
    return _recompleted(expconf.merge(changes, expconf.read(config)), config)


def _under_policies(tx: Transaction, experiment_id: int, config: expconf.Config) -> expconf.Config:
    """An ended experiment's configuration as the policies allow it by now.

    Raises:
        Refusal: they do not.
    """
    is_single = config["searcher"]["name"] == "single"
    fixed = config_policies.overlay_again(tx, experiment_id, config, keep_search=not is_single)
    if fixed is not None:
        name = fixed["searcher"]["name"]
        if is_single and name != "single":
            raise invalid(f"override config must have single searcher type got '{name}' instead")
        config = _recompleted(fixed, config)
    config_policies.check_experiment(tx, experiment_id, config)
    return config


def _recompleted(changed: expconf.Config, before: expconf.Config) -> expconf.Config:
    try:
        return expconf.complete(changed, seed=int(time.time()), resource_pool=before["resources"]["resource_pool"])
    except expconf.ConfigError as error:
        raise invalid(f"override config is invalid: {error.text}") from None


def _all_completed(tx: Transaction, experiment_id: int) -> bool:
    not_completed = [state for state in store.STORED_STATES if state != "COMPLETED"]
    return not trials.of_experiment_in(tx, experiment_id, not_completed)
