"""Trials and the tasks they run as, as they are stored."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Sequence

from determined.common import timestamps

from .database import Connection, Row, Transaction
from .filters import Filters
from .orders import Missing, by_metric, by_value
from .states import trial_state

# --- making ---------------------------------------------------------------------------------------------------------


def insert_trial(
    tx: Transaction,
    *,
    experiment_id: int,
    request_id: str,
    hparams: Mapping[str, Any],
    seed: int,
    state: str,
    warm_start_checkpoint_uuid: Optional[str] = None,
    external_trial_id: Optional[str] = None,
    unmanaged: bool = False,
) -> int:
    """Insert a trial and the task ``<experiment>.<request id>`` it runs as; returns its id.

    Parameters:
        request_id: what the searcher, or the reporter of an unmanaged trial, knows it by.
        unmanaged: nobody here runs it; such a run has no local id until it is moved.
    """
    experiment = tx.one(
        "SELECT project_id, owner_id, job_id, log_retention_days FROM experiments WHERE id = ?", (experiment_id,)
    )
    if experiment is None:
        raise LookupError(f"experiment {experiment_id} has no row")
    project_id = experiment["project_id"]
    now = timestamps.now()
    trial_id = tx.insert(
        "trials",
        experiment_id=experiment_id,
        request_id=request_id,
        state=state,
        start_time=now,
        hparams=json.dumps(hparams, separators=(",", ":")),
        seed=seed,
        warm_start_checkpoint_uuid=warm_start_checkpoint_uuid,
        external_trial_id=external_trial_id,
        log_retention_days=experiment["log_retention_days"],
        last_activity=now if unmanaged else None,
        project_id=project_id,
    )
    if not unmanaged:
        give_local_id(tx, trial_id, project_id)
    tx.insert(
        "tasks",
        id=f"{experiment_id}.{request_id}",
        type="TRIAL",
        experiment_id=experiment_id,
        trial_id=trial_id,
        owner_id=experiment["owner_id"],
        job_id=experiment["job_id"],
        start_time=now,
    )
    return trial_id


def give_local_id(tx: Transaction, trial_id: int, project_id: int) -> int:
    """Give a run the next local id of a project, by which it is known from now on; returns it."""
    tx.execute("UPDATE projects SET last_local_id = last_local_id + 1 WHERE id = ?", (project_id,))
    project = tx.one("SELECT key, last_local_id FROM projects WHERE id = ?", (project_id,))
    if project is None:
        raise LookupError(f"project {project_id} has no row")
    local_id = int(project["last_local_id"])
    tx.update("trials", {"id": trial_id}, project_id=project_id, local_id=local_id)
    tx.insert("run_keys", project_key=project["key"], local_id=local_id, run_id=trial_id)
    return local_id


def add_task(tx: Transaction, trial_id: int) -> str:
    """Add the task a continued trial runs as: the first one's id with ``-<number>``; returns its id."""
    first = tx.one("SELECT * FROM tasks WHERE trial_id = ? ORDER BY number LIMIT 1", (trial_id,))
    if first is None:
        raise LookupError(f"trial {trial_id} has no task")
    number = 1 + int(tx.scalar("SELECT max(number) FROM tasks WHERE trial_id = ?", (trial_id,)))
    task_id = f"{first['id']}-{number}"
    tx.insert(
        "tasks",
        id=task_id,
        type="TRIAL",
        experiment_id=first["experiment_id"],
        trial_id=trial_id,
        owner_id=first["owner_id"],
        job_id=first["job_id"],
        start_time=timestamps.now(),
        number=number,
    )
    return task_id


# --- finding --------------------------------------------------------------------------------------------------------


def find(connection: Connection, trial_id: int) -> Optional[Row]:
    """A trial's row, or None."""
    return connection.one("SELECT * FROM trials WHERE id = ?", (trial_id,))


def by_id(connection: Connection, trial_id: int) -> Row:
    """The row of a trial that is known to exist."""
    row = find(connection, trial_id)
    if row is None:
        raise LookupError(f"trial {trial_id} has no row")
    return row


def by_request_id(connection: Connection, experiment_id: int, request_id: str) -> Optional[Row]:
    """A trial by the id its searcher gave it."""
    return connection.one(
        "SELECT * FROM trials WHERE experiment_id = ? AND request_id = ?", (experiment_id, request_id)
    )


def of_experiment_in(connection: Connection, experiment_id: int, states: Sequence[str]) -> List[Row]:
    """An experiment's trials in any of these stored states, by id."""
    marks = ", ".join("?" * len(states))
    return connection.all(
        f"SELECT * FROM trials WHERE experiment_id = ? AND state IN ({marks}) ORDER BY id", (experiment_id, *states)
    )


def has_any_in(connection: Connection, experiment_id: int, states: Sequence[str]) -> bool:
    """Whether an experiment has a trial in any of these stored states."""
    marks = ", ".join("?" * len(states))
    sql = f"SELECT 1 FROM trials WHERE experiment_id = ? AND state IN ({marks}) LIMIT 1"
    return connection.scalar(sql, (experiment_id, *states)) is not None


def close_those_without_allocation(tx: Transaction, experiment_id: int, state: str, now: int) -> List[str]:
    """End the trials of an experiment that have not ended and do not run; returns the tasks that end with them."""
    waiting = (
        "SELECT id FROM trials WHERE experiment_id = :experiment AND state NOT IN ('COMPLETED', 'CANCELED', 'ERROR')"
        " AND id NOT IN (SELECT k.trial_id FROM allocations a JOIN tasks k ON k.id = a.task_id"
        " WHERE a.end_time IS NULL AND k.trial_id IS NOT NULL)"
    )
    values = {"experiment": experiment_id, "state": state, "now": now}
    ending = f"FROM tasks WHERE end_time IS NULL AND trial_id IN ({waiting})"
    tasks = [row["id"] for row in tx.all(f"SELECT id {ending}", values)]
    tx.execute(f"UPDATE tasks SET end_time = :now WHERE id IN (SELECT id {ending})", values)
    tx.execute(f"UPDATE trials SET state = :state, end_time = :now WHERE id IN ({waiting})", values)
    return tasks


def latest_checkpoint(connection: Connection, trial_id: int) -> Optional[Row]:
    """A trial's own completed checkpoint of the most steps: what a new run of it begins from."""
    return connection.one(
        "SELECT * FROM checkpoints WHERE trial_id = ? AND state = 'COMPLETED'"
        " ORDER BY steps_completed DESC NULLS LAST, report_time DESC LIMIT 1",
        (trial_id,),
    )


def warm_start_checkpoint(connection: Connection, searcher: Dict[str, Any]) -> Optional[str]:
    """The checkpoint that a searcher's configuration names for its trials to begin from, directly or by its trial."""
    if searcher.get("source_checkpoint_uuid"):
        return str(searcher["source_checkpoint_uuid"])
    if searcher.get("source_trial_id") is None:
        return None
    row = latest_checkpoint(connection, searcher["source_trial_id"])
    return None if row is None else str(row["uuid"])


def exiting_early(connection: Connection) -> List[Row]:
    """Live allocations of trials that found their hyperparameters unusable."""
    return connection.all(
        "SELECT a.id AS allocation_id FROM allocations a CROSS JOIN tasks k ON k.id = a.task_id"
        " CROSS JOIN trials t ON t.id = k.trial_id WHERE a.end_time IS NULL AND t.early_exit_reason IS NOT NULL"
    )


# --- showing --------------------------------------------------------------------------------------------------------

STORED_STATES = (
    "ACTIVE", "PAUSED", "STOPPING_CANCELED", "STOPPING_KILLED", "STOPPING_COMPLETED", "STOPPING_ERROR", "CANCELED",
    "COMPLETED", "ERROR", "RUNNING",
)  # fmt: skip
"""Every state that a row may hold, in the order in which lists sort them."""

_NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
_STATE_RANK = f"CASE t.state {' '.join(f'WHEN {state!r} THEN {i}' for i, state in enumerate(STORED_STATES))} END"
_SIGN = "(CASE e.smaller_is_better WHEN 1 THEN 1 ELSE -1 END)"
_LIVING = "FROM checkpoints c WHERE c.trial_id = t.id AND c.state != 'DELETED'"
# NaN is text
_BEST = f"CASE typeof(t.searcher_metric_value) WHEN 'text' THEN 'NaN' ELSE t.searcher_metric_value * {_SIGN} END"
_NEWEST = f"CASE typeof(t.newest_validation_value) WHEN 'text' THEN 'NaN' ELSE t.newest_validation_value * {_SIGN} END"

SORTS = {
    "ID": "t.id",
    "START_TIME": "t.start_time",
    "END_TIME": "t.end_time",
    "STATE": _STATE_RANK,
    "BEST_VALIDATION_METRIC": _BEST,
    "LATEST_VALIDATION_METRIC": _NEWEST,
    "BATCHES_PROCESSED": "t.total_batches",
    "DURATION": f"coalesce(t.end_time, {_NOW}) - t.start_time",
    "RESTARTS": "min(t.restarts, e.max_restarts)",
    "CHECKPOINT_SIZE": f"(SELECT coalesce(sum(c.size), 0) {_LIVING})",
    "LOG_RETENTION_DAYS": "t.log_retention_days",
}
"""SQL by which the trials of an experiment are sorted, by the name of the order."""
_METRIC_SORTS = ("BEST_VALIDATION_METRIC", "LATEST_VALIDATION_METRIC")

_SHOWN = (
    f"SELECT t.*, {trial_state('t')} AS shown_state, e.max_restarts, e.searcher_metric, e.smaller_is_better,"
    f" (SELECT coalesce(sum(c.size), 0) {_LIVING}) AS checkpoint_size,"
    f" (SELECT count(*) {_LIVING}) AS checkpoint_count,"
    " (SELECT sum(coalesce(a.end_time, :now) - a.start_time) FROM tasks k JOIN allocations a ON a.task_id = k.id"
    " WHERE k.trial_id = t.id) AS wall_clock,"
    " (SELECT json_group_array(id) FROM (SELECT k.id FROM tasks k WHERE k.trial_id = t.id ORDER BY k.number))"
    " AS task_ids,"
    " b.end_time AS best_time, b.total_batches AS best_batches, b.metrics AS best_metrics,"
    " l.end_time AS latest_time, l.total_batches AS latest_batches, l.metrics AS latest_metrics"
    " FROM json_each(:ids) wanted CROSS JOIN trials t ON t.id = wanted.value"
    " JOIN experiments e ON e.id = t.experiment_id"
    " LEFT JOIN metrics b ON b.id = t.best_validation_id LEFT JOIN metrics l ON l.id = t.latest_validation_id"
    " ORDER BY wanted.key"
)


def shown(connection: Connection, trial_ids: Sequence[int]) -> List[Row]:
    """All that is shown of trials but their best checkpoints, in the order of the ids."""
    return connection.all(_SHOWN, {"ids": json.dumps(list(trial_ids)), "now": timestamps.now()})


def count_in(connection: Connection, experiment_id: int, states: Sequence[str]) -> int:
    """How many trials of an experiment are in any of these stored states; no states mean all."""
    filters = _in_states(experiment_id, states)
    return int(connection.scalar(f"SELECT count(*) FROM trials t{filters.where}", filters.parameters))


def sorted_ids(
    connection: Connection,
    experiment_id: int,
    states: Sequence[str],
    sort: str,
    descending: bool,
    limit: int,
    offset: int,
) -> List[int]:
    """The ids of an experiment's trials in an order of `SORTS`; what is missing counts as the greatest."""
    filters = _in_states(experiment_id, states)
    order = (by_metric if sort in _METRIC_SORTS else by_value)(SORTS[sort], descending=descending)
    rows = connection.all(
        f"SELECT t.id FROM trials t JOIN experiments e ON e.id = t.experiment_id{filters.where}"
        f" ORDER BY {order}, t.id {'DESC' if descending else 'ASC'} LIMIT ? OFFSET ?",
        (*filters.parameters, limit, offset),
    )
    return [row["id"] for row in rows]


def _in_states(experiment_id: int, states: Sequence[str]) -> Filters:
    filters = Filters()
    filters.add("t.experiment_id = ?", experiment_id)
    filters.among("t.state", states)
    return filters


def by_external_ids(connection: Connection, experiment: str, trial: str) -> Optional[Row]:
    """A trial by the ids that reporters of unmanaged ones gave it and its experiment."""
    return connection.one(
        "SELECT t.* FROM experiments e JOIN trials t ON t.experiment_id = e.id"
        " WHERE e.external_experiment_id = ? AND t.external_trial_id = ?",
        (experiment, trial),
    )


def by_external_id(connection: Connection, experiment_id: int, external_id: str) -> Optional[Row]:
    """A trial of an experiment by the id its reporter gave it."""
    return connection.one(
        "SELECT * FROM trials WHERE experiment_id = ? AND external_trial_id = ?", (experiment_id, external_id)
    )


def silent_since(connection: Connection, moment: int) -> List[Row]:
    """Running trials that nobody here runs and that have not been heard of since a moment."""
    return connection.all(
        "SELECT t.* FROM trials t JOIN experiments e ON e.id = t.experiment_id"
        " WHERE t.state = 'RUNNING' AND e.unmanaged AND t.last_activity < ?",
        (moment,),
    )


class Workloads(NamedTuple):
    """Which workloads of a trial are listed, and in which order.

    Attributes:
        metric: sort by this metric; None by batches.
    """

    training: bool
    checkpoints: bool
    deleted: bool
    metric: Optional[str]
    descending: bool


_METRIC = (
    "(SELECT CASE v.value WHEN 'Infinity' THEN 9e999 WHEN '-Infinity' THEN -9e999 ELSE v.value END"
    " FROM json_each(metrics, '$.{key}') v WHERE v.key = :metric)"
)
_REPORTS = (
    "SELECT '{kind}' AS kind, total_batches AS batches, end_time, metrics, NULL AS uuid, NULL AS state,"
    " NULL AS resources, NULL AS metadata, {value} AS value FROM metrics"
    " WHERE trial_id = :id AND grp = '{kind}' AND archived = 0"
)
_CHECKPOINTS = (
    "SELECT 'checkpoint', steps_completed, report_time, NULL, uuid, state, resources, metadata, NULL"
    " FROM checkpoints WHERE trial_id = :id{only}"
)


def _workloads_sql(wanted: Workloads) -> str:
    kinds = (
        {"training": "avg_metrics", "validation": "validation_metrics"}
        if wanted.training
        else {"validation": "validation_metrics"}
    )
    parts = [
        _REPORTS.format(kind=kind, value="NULL" if wanted.metric is None else _METRIC.format(key=key))
        for kind, key in kinds.items()
    ]
    if wanted.checkpoints:
        parts.append(_CHECKPOINTS.format(only="" if wanted.deleted else " AND state != 'DELETED'"))
    return " UNION ALL ".join(parts)


def count_workloads(connection: Connection, trial_id: int, wanted: Workloads) -> int:
    """How many workloads there are to list."""
    sql = _workloads_sql(wanted._replace(metric=None))
    return int(connection.scalar(f"SELECT count(*) FROM ({sql})", {"id": trial_id}))


def workloads(connection: Connection, trial_id: int, wanted: Workloads, limit: int, offset: int) -> List[Row]:
    """A page of what a trial did: kind, batches, end_time; for reports metrics, for checkpoints what they are.

    What lacks the metric, or the batches when sorting by them, comes last in both directions.
    """
    descending = wanted.descending
    if wanted.metric is None:
        first = by_value("batches", descending=descending, missing=Missing.LAST)
    else:
        first = by_metric("value", descending=descending, missing=Missing.LAST)
    then = f"{by_value('batches', descending=descending)}, end_time {'DESC' if descending else 'ASC'}"
    return connection.all(
        f"SELECT * FROM ({_workloads_sql(wanted)}) ORDER BY {first}, {then} LIMIT :limit OFFSET :offset",
        {"id": trial_id, "metric": wanted.metric, "limit": limit, "offset": offset},
    )
