"""Experiments, as they are stored."""

from __future__ import annotations

import json
from typing import Any, List, NamedTuple, Optional, Sequence

from ..paging import Window, sql_window
from .database import Connection, Row, Transaction
from .filters import Filters
from .states import experiment_state

STORED_STATES = (
    "ACTIVE", "PAUSED", "STOPPING_COMPLETED", "STOPPING_CANCELED", "STOPPING_ERROR", "COMPLETED", "CANCELED", "ERROR",
    "DELETED", "DELETING", "DELETE_FAILED", "STOPPING_KILLED", "RUNNING",
)  # fmt: skip
"""Every state that a row may hold, in the order in which lists sort them."""

NUM_TRIALS = "(SELECT count(*) FROM trials WHERE experiment_id = e.id)"
CHECKPOINT_SIZE = "(SELECT coalesce(sum(size), 0) FROM checkpoints WHERE experiment_id = e.id AND state != 'DELETED')"
CHECKPOINT_COUNT = "(SELECT count(*) FROM checkpoints WHERE experiment_id = e.id AND state != 'DELETED')"
# the trial of a single search is its best one before it has a metric
BEST_TRIAL_ID = (
    "coalesce(e.best_trial_id, CASE e.searcher_name WHEN 'single' THEN"
    " (SELECT min(id) FROM trials WHERE experiment_id = e.id) END)"
)
BEST_METRIC = "(SELECT searcher_metric_value FROM trials WHERE id = e.best_trial_id)"
STATE_RANK = f"CASE e.state {' '.join(f'WHEN {state!r} THEN {i}' for i, state in enumerate(STORED_STATES))} END"
SHOWN_NAME = "coalesce(u.display_name, u.username)"
NOW = "CAST(strftime('%s', 'now') AS INTEGER) * 1000000"
DURATION = f"max(0, (coalesce(e.end_time, {NOW}) - e.start_time) / 1000000)"
# the column has no NULL: whether there is no description or an empty one is in the configuration
DESCRIPTION = "CASE e.description WHEN '' THEN json_extract(e.config, '$.description') ELSE e.description END"

_JOINS = (
    " JOIN users u ON u.id = e.owner_id JOIN projects p ON p.id = e.project_id"
    " JOIN workspaces w ON w.id = p.workspace_id"
)
TABLES = "experiments e" + _JOINS
_COLUMNS = (
    "e.id, e.job_id, e.state, e.unmanaged, e.name, e.description, e.notes, e.labels, e.config, e.searcher_name,"
    " e.searcher_metric, e.smaller_is_better, e.hyperparameters, e.resource_pool, e.start_time, e.end_time, e.archived,"
    " e.forked_from, e.owner_id, e.project_id, e.progress, e.external_experiment_id, e.priority, e.queue_position,"
    f" {experiment_state('e')} AS shown_state, u.username, {SHOWN_NAME} AS shown_name, p.name AS project_name,"
    " p.user_id AS project_owner_id, p.workspace_id, w.name AS workspace_name,"
    " (p.archived OR w.archived) AS parent_archived,"
    f" {CHECKPOINT_SIZE} AS checkpoint_size, {CHECKPOINT_COUNT} AS checkpoint_count"
)

# --- one ------------------------------------------------------------------------------------------------------------


def find(connection: Connection, experiment_id: int) -> Optional[Row]:
    """An experiment's own row."""
    return connection.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))


def find_all(connection: Connection, experiment_ids: Sequence[int]) -> List[Row]:
    """The own rows of those experiments that there are."""
    return connection.all(
        "SELECT * FROM experiments WHERE id IN (SELECT value FROM json_each(?))", (json.dumps(list(experiment_ids)),)
    )


def find_shown(connection: Connection, experiment_id: int) -> Optional[Row]:
    """All that a single read shows of an experiment, but for its trials."""
    return connection.one(
        f"SELECT {_COLUMNS}, e.original_config, e.model_definition_size FROM {TABLES} WHERE e.id = ?", (experiment_id,)
    )


def find_external(connection: Connection, external_id: str) -> Optional[Row]:
    """An experiment by the id its reporter gave it."""
    return connection.one("SELECT * FROM experiments WHERE external_experiment_id = ?", (external_id,))


def has_more_trials(connection: Connection, experiment_id: int, count: int) -> bool:
    """Whether an experiment has more than so many trials."""
    sql = "SELECT 1 FROM trials WHERE experiment_id = ? LIMIT 1 OFFSET ?"
    return connection.scalar(sql, (experiment_id, count)) is not None


def trial_ids(connection: Connection, experiment_id: int) -> List[int]:
    """The ids of an experiment's trials, in order."""
    rows = connection.all("SELECT id FROM trials WHERE experiment_id = ? ORDER BY id", (experiment_id,))
    return [row["id"] for row in rows]


def jobs_ahead(connection: Connection, row: Row) -> int:
    """How many jobs come before an activated experiment: better priority first, then the place in the queue.

    Jobs are commands that have not ended, and experiments that are active or still hold slots.
    """
    return int(
        connection.scalar(
            "SELECT (SELECT count(*) FROM tasks WHERE type = 'COMMAND' AND end_time IS NULL AND"
            " (coalesce(json_extract(spec, '$.priority'), 42), coalesce(json_extract(spec, '$.queue_position'), 0))"
            " < (coalesce(:priority, 42), :position))"
            " + (SELECT count(*) FROM experiments WHERE unmanaged = 0 AND (state = 'ACTIVE' OR id IN"
            "  (SELECT k.experiment_id FROM allocations a JOIN tasks k ON k.id = a.task_id"
            "   WHERE a.end_time IS NULL AND k.type = 'TRIAL'))"
            " AND (coalesce(priority, 42), coalesce(queue_position, 0)) < (coalesce(:priority, 42), :position))",
            {"priority": row["priority"], "position": row["queue_position"] or 0},
        )
    )


def has_resources(connection: Connection, experiment_id: int) -> bool:
    """Whether any of an experiment's trials has slots assigned."""
    return bool(
        connection.scalar(
            "SELECT EXISTS (SELECT 1 FROM tasks k JOIN allocations a ON a.task_id = k.id AND a.end_time IS NULL"
            " WHERE k.experiment_id = ? AND k.type = 'TRIAL' AND a.state != 'PENDING')",
            (experiment_id,),
        )
    )


def placement(connection: Connection, project_id: int) -> Optional[Row]:
    """A project with its workspace's name and state."""
    return connection.one(f"{_PLACEMENT} WHERE p.id = ?", (project_id,))


def placement_by_names(connection: Connection, workspace: str, project: str) -> Optional[Row]:
    """A project with its workspace's name and state, by both exact names."""
    return connection.one(f"{_PLACEMENT} WHERE w.name = ? AND p.name = ?", (workspace, project))


_PLACEMENT = (
    "SELECT p.*, w.name AS workspace_name, w.archived AS workspace_archived, w.checkpoint_storage_config,"
    " w.default_compute_pool, w.default_aux_pool FROM projects p JOIN workspaces w ON w.id = p.workspace_id"
)


def template_config(connection: Connection, name: str) -> Any:
    """What a template says; None when there is none of that name."""
    text = connection.scalar("SELECT config FROM templates WHERE name = ?", (name,))
    return None if text is None else json.loads(text)


def pool_is_open_to(connection: Connection, pool: str, workspace_id: int) -> bool:
    """Whether a workspace may use a resource pool: it is bound to that workspace, or to none."""
    bound = connection.all("SELECT workspace_id FROM pool_bindings WHERE pool = ?", (pool,))
    return not bound or any(row["workspace_id"] == workspace_id for row in bound)


def checkpoint_exists(connection: Connection, uuid: str) -> bool:
    """Whether there is a checkpoint of that UUID."""
    return connection.one("SELECT 1 FROM checkpoints WHERE uuid = ?", (uuid,)) is not None


def has_registered_checkpoints(connection: Connection, experiment_id: int) -> bool:
    """Whether a model version is made of one of the experiment's checkpoints."""
    return bool(
        connection.scalar(
            "SELECT EXISTS (SELECT 1 FROM checkpoints c JOIN model_versions v ON v.checkpoint_uuid = c.uuid"
            " WHERE c.experiment_id = ?)",
            (experiment_id,),
        )
    )


def save_config(tx: Transaction, experiment_id: int, config: Any) -> None:
    """Replace an experiment's configuration."""
    tx.update("experiments", {"id": experiment_id}, config=config_text(config))


def config_text(config: Any) -> str:
    """A configuration as it is stored.

    Raises:
        ValueError: a number in it is not finite, which JSON cannot say.
    """
    return json.dumps(config, separators=(",", ":"), sort_keys=True, ensure_ascii=False, allow_nan=False)


# --- lists ----------------------------------------------------------------------------------------------------------


class Page(NamedTuple):
    """Some rows of a list, and which of how many they are."""

    rows: List[Row]
    window: Window


def list_page(
    connection: Connection, filters: Filters, order: str, offset: int, limit: int, order_parameters: Sequence[Any] = ()
) -> Page:
    """Return a page of experiments as lists show them.

    Parameters:
        filters: conditions on the experiment ``e``, its owner ``u``, project ``p`` and workspace ``w``.
        order: what stands behind ORDER BY.
        offset, limit: of pages of kind A.
        order_parameters: those of `order`.
    """
    total = int(connection.scalar(f"SELECT count(*) FROM {TABLES}{filters.where}", filters.parameters))
    window = sql_window(total, offset, limit)
    if window.start == window.end:
        return Page([], window)
    ids = connection.all(
        f"SELECT e.id FROM {TABLES}{filters.where} ORDER BY {order} LIMIT ? OFFSET ?",
        (*filters.parameters, *order_parameters, window.end - window.start, window.start),
    )
    return Page(listed(connection, [row["id"] for row in ids]), window)


def listed(connection: Connection, ids: Sequence[int]) -> List[Row]:
    """The experiments with these ids, as lists show them, in the order of the ids."""
    return connection.all(
        f"SELECT {_COLUMNS}, {NUM_TRIALS} AS num_trials, {BEST_METRIC} AS best_metric, {DURATION} AS duration,"
        f" {BEST_TRIAL_ID} AS shown_best_trial_id"
        f" FROM json_each(?) wanted CROSS JOIN experiments e ON e.id = wanted.value{_JOINS} ORDER BY wanted.key",
        (json.dumps(list(ids)),),
    )


def ids(connection: Connection, filters: Filters) -> List[int]:
    """The ids of the experiments that match, in order."""
    rows = connection.all(f"SELECT e.id FROM {TABLES}{filters.where} ORDER BY e.id", filters.parameters)
    return [row["id"] for row in rows]


def label_counts(connection: Connection, project_id: Optional[int]) -> List[str]:
    """Every label in use, those of the most label sets first."""
    where = "" if project_id is None else " WHERE project_id = ?"
    rows = connection.all(
        "SELECT value, count(*) AS uses, min(first) AS first FROM"
        f" (SELECT labels, min(id) AS first FROM experiments{where} GROUP BY labels) sets, json_each(sets.labels)"
        " GROUP BY value ORDER BY uses DESC, first, value",
        () if project_id is None else (project_id,),
    )
    return [row["value"] for row in rows]


# --- validations ----------------------------------------------------------------------------------------------------


def validations(connection: Connection, experiment_id: int, metric: str) -> List[Row]:
    """Every current validation of an experiment whose metric is a number: trial, end time, value; in order of time."""
    return connection.all(
        "SELECT m.trial_id, m.end_time, v.value FROM trials t JOIN metrics m ON m.trial_id = t.id"
        " AND m.grp = 'validation' AND m.archived = 0"
        " JOIN json_each(m.metrics, '$.validation_metrics') v ON v.key = ?"
        " AND (v.type IN ('integer', 'real') OR v.value IN ('NaN', 'Infinity', '-Infinity'))"
        " WHERE t.experiment_id = ? ORDER BY m.end_time, m.id",
        (metric, experiment_id),
    )


def best_metric(connection: Connection, experiment_id: int) -> Optional[float]:
    """The best value of the searcher's metric over all trials; None when no trial has one."""
    sql = f"SELECT {BEST_METRIC} FROM experiments e WHERE e.id = ?"
    value = connection.scalar(sql, (experiment_id,))
    return None if value is None else float(value)
