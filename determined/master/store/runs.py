"""Runs, which are trials as searches and bulk actions see them, as they are stored."""

from __future__ import annotations

import json
from typing import Any, Dict, List, Sequence

from ..paging import sql_window
from . import trials
from .database import Connection, Row, Transaction
from .experiments import NOW, SHOWN_NAME, Page
from .filters import Filters

_LIVING = "FROM checkpoints c WHERE c.trial_id = t.id AND c.state != 'DELETED'"
CHECKPOINT_SIZE = f"(SELECT coalesce(sum(c.size), 0) {_LIVING})"
CHECKPOINT_COUNT = f"(SELECT count(*) {_LIVING})"
DURATION = f"max(0, (coalesce(t.end_time, {NOW}) - t.start_time) / 1000000)"
IS_MULTITRIAL = "((SELECT count(*) FROM trials WHERE experiment_id = e.id) > 1)"
PARENT_ARCHIVED = "(p.archived OR w.archived)"
STATE_RANK = f"CASE t.state {' '.join(f'WHEN {state!r} THEN {i}' for i, state in enumerate(trials.STORED_STATES))} END"
USER_NAME = SHOWN_NAME

_JOINS = (
    " JOIN experiments e ON e.id = t.experiment_id JOIN users u ON u.id = e.owner_id"
    " JOIN projects p ON p.id = t.project_id JOIN workspaces w ON w.id = p.workspace_id"
)
_COLUMNS = (
    f"t.*, {CHECKPOINT_SIZE} AS checkpoint_size,"
    f" {CHECKPOINT_COUNT} AS checkpoint_count, {DURATION} AS duration, p.name AS project_name, p.key AS project_key,"
    f" p.workspace_id, w.name AS workspace_name, {PARENT_ARCHIVED} AS parent_archived, e.labels, e.owner_id,"
    " e.searcher_name, e.searcher_metric, e.forked_from, e.external_experiment_id, e.resource_pool,"
    " e.progress AS experiment_progress, e.description AS experiment_description, e.name AS experiment_name,"
    f" e.unmanaged, e.archived AS experiment_archived, e.config, {IS_MULTITRIAL} AS is_multitrial"
)


def search_page(
    connection: Connection, filters: Filters, order: str, order_parameters: Sequence[Any], offset: int, limit: int
) -> Page:
    """Return a page of runs.

    Parameters:
        filters: conditions on the run ``t``, its experiment ``e``, owner ``u``, project ``p`` and workspace ``w``.
        order, order_parameters: what stands behind ORDER BY.
        offset, limit: of pages of kind A.
    """
    total = int(connection.scalar(f"SELECT count(*) FROM trials t{_JOINS}{filters.where}", filters.parameters))
    window = sql_window(total, offset, limit)
    if window.start == window.end:
        return Page([], window)
    found = connection.all(
        f"SELECT t.id FROM trials t{_JOINS}{filters.where} ORDER BY {order} LIMIT ? OFFSET ?",
        (*filters.parameters, *order_parameters, window.end - window.start, window.start),
    )
    return Page(shown(connection, [row["id"] for row in found]), window)


def shown(connection: Connection, ids: Sequence[int]) -> List[Row]:
    """The runs with these ids, with all that is shown of them, in the order of the ids; unknown ones are left out."""
    return connection.all(
        f"SELECT {_COLUMNS} FROM json_each(?) wanted CROSS JOIN trials t ON t.id = wanted.value{_JOINS}"
        " ORDER BY wanted.key",
        (json.dumps(list(ids)),),
    )


def ids(connection: Connection, filters: Filters) -> List[int]:
    """The ids of the runs that match, in order."""
    rows = connection.all(f"SELECT t.id FROM trials t{_JOINS}{filters.where} ORDER BY t.id", filters.parameters)
    return [row["id"] for row in rows]


def set_archived(tx: Transaction, run_id: int, archived: bool) -> None:
    """Put a run out of the way, or bring it back."""
    tx.update("trials", {"id": run_id}, archived=int(archived))


def set_metadata(tx: Transaction, run_id: int, metadata: Dict[str, Any]) -> None:
    """Replace the metadata of a run."""
    tx.update("trials", {"id": run_id}, metadata=json.dumps(metadata))


def checkpoints_with_files(connection: Connection, run_id: int) -> List[Row]:
    """The checkpoints of a run that still have files."""
    return connection.all("SELECT * FROM checkpoints WHERE trial_id = ? AND state != 'DELETED'", (run_id,))


def delete(tx: Transaction, run_id: int) -> None:
    """Delete a run's rows, logs included; its experiment's best trial is to be found again."""
    tx.execute("UPDATE experiments SET best_trial_id = NULL WHERE best_trial_id = ?", (run_id,))
    tx.execute("DELETE FROM logs WHERE task_id IN (SELECT id FROM tasks WHERE trial_id = ?)", (run_id,))
    tx.execute("DELETE FROM run_keys WHERE run_id = ?", (run_id,))
    tx.execute("DELETE FROM trials WHERE id = ?", (run_id,))
