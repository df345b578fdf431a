"""Checkpoints, where they are stored, and which of their files are still to be removed."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterable, List, Optional, Sequence

from .database import Connection, Row, Transaction

_DETAILED = (
    "SELECT c.*, t.hparams, e.config AS experiment_config, e.searcher_metric, e.smaller_is_better,"
    " tm.metrics AS training, vm.metrics AS validation FROM checkpoints c"
    " LEFT JOIN trials t ON t.id = c.trial_id LEFT JOIN experiments e ON e.id = c.experiment_id"
    " LEFT JOIN metrics tm ON tm.trial_id = c.trial_id AND tm.grp = 'training' AND tm.archived = 0"
    " AND tm.total_batches = c.steps_completed"
    " LEFT JOIN metrics vm ON vm.trial_id = c.trial_id AND vm.grp = 'validation' AND vm.archived = 0"
    " AND vm.total_batches = c.steps_completed"
)


def by_uuid(connection: Connection, uuid: str) -> Optional[Row]:
    """A checkpoint's own row."""
    return connection.one("SELECT * FROM checkpoints WHERE uuid = ?", (uuid,))


def detailed(connection: Connection, uuid: str) -> Optional[Row]:
    """A checkpoint with its trial's hyperparameters, its experiment's configuration and the metrics of its step."""
    return connection.one(f"{_DETAILED} WHERE c.uuid = ?", (uuid,))


def detailed_by_uuids(connection: Connection, uuids: Sequence[str]) -> List[Row]:
    """Checkpoints in the order of `uuids`, as `detailed` gives them."""
    rows = connection.all(f"{_DETAILED} WHERE c.uuid IN (SELECT value FROM json_each(?))", (json.dumps(list(uuids)),))
    found = {row["uuid"]: row for row in rows}
    return [found[uuid] for uuid in uuids if uuid in found]


def to_sort(connection: Connection, column: str, owner_id: int, states: Iterable[str]) -> List[Row]:
    """What the checkpoints of an experiment or trial are sorted by.

    Parameters:
        column: "experiment_id" or "trial_id".
        states: only those in any of them; none for all.
    """
    wanted = list(states)
    only = " AND c.state IN (SELECT value FROM json_each(?))" if wanted else ""
    return connection.all(
        "SELECT c.uuid, c.trial_id, c.steps_completed, c.report_time, c.state, vm.metrics AS validation"
        " FROM checkpoints c LEFT JOIN metrics vm ON vm.trial_id = c.trial_id AND vm.grp = 'validation'"
        f" AND vm.archived = 0 AND vm.total_batches = c.steps_completed WHERE c.{column} = ?{only}",
        (owner_id, json.dumps(wanted)) if wanted else (owner_id,),
    )


def missing(connection: Connection, uuids: Sequence[str]) -> List[str]:
    """Those of the ids that no checkpoint has, sorted."""
    rows = connection.all(
        "SELECT uuid FROM checkpoints WHERE uuid IN (SELECT value FROM json_each(?))", (json.dumps(list(uuids)),)
    )
    return sorted(set(uuids) - {row["uuid"] for row in rows})


def registered(connection: Connection, uuids: Sequence[str]) -> List[Row]:
    """The model versions that checkpoints are registered as: checkpoint_uuid, model name and id, version."""
    return connection.all(
        "SELECT v.checkpoint_uuid, m.name, m.id AS model_id, v.version FROM model_versions v"
        " JOIN models m ON m.id = v.model_id WHERE v.checkpoint_uuid IN (SELECT value FROM json_each(?))"
        " ORDER BY v.checkpoint_uuid, m.id, v.version",
        (json.dumps(list(uuids)),),
    )


def best_of_trials(connection: Connection, trial_ids: Sequence[int]) -> List[Row]:
    """Completed checkpoints of trials that have a validation at their step, with it; oldest validation first."""
    return connection.all(
        "SELECT c.*, vm.metrics AS validation FROM checkpoints c CROSS JOIN metrics vm ON vm.trial_id = c.trial_id"
        " AND vm.grp = 'validation' AND vm.archived = 0 AND vm.total_batches = c.steps_completed"
        " WHERE c.trial_id IN (SELECT value FROM json_each(?)) AND c.state = 'COMPLETED' ORDER BY vm.id",
        (json.dumps(list(trial_ids)),),
    )


def storage_id_of(tx: Transaction, config: str) -> int:
    """The id of a storage configuration; a new one is stored."""
    known = tx.scalar("SELECT id FROM storages WHERE config = ?", (config,))
    return int(known) if known is not None else tx.insert("storages", config=config)


def storage_config(connection: Connection, checkpoint: Row) -> Optional[Dict[str, Any]]:
    """Where a checkpoint's files are: the storage it was reported with, else its experiment's."""
    if checkpoint["storage_id"] is not None:
        text = connection.scalar("SELECT config FROM storages WHERE id = ?", (checkpoint["storage_id"],))
        return dict(json.loads(text)) if text else None
    text = connection.scalar("SELECT config FROM experiments WHERE id = ?", (checkpoint["experiment_id"],))
    return json.loads(text).get("checkpoint_storage") if text else None


# --- for the collection of garbage ----------------------------------------------------------------------------------


def with_validation(connection: Connection, experiment_id: int, metric: str) -> List[Dict[str, Any]]:
    """The checkpoints of an experiment that no model version and no trial's warm start holds on to.

    Returns:
        dicts with uuid, trial_id, steps_completed and, of the validation at that step, validation_id and value: the
        metric as it was reported, None without one.
    """
    rows = connection.all(
        "SELECT c.uuid, c.trial_id, c.steps_completed, vm.id AS validation_id, vm.metrics FROM checkpoints c"
        " LEFT JOIN metrics vm ON vm.trial_id = c.trial_id AND vm.grp = 'validation' AND vm.archived = 0"
        " AND vm.total_batches = c.steps_completed WHERE c.experiment_id = ?"
        " AND NOT EXISTS (SELECT 1 FROM model_versions v WHERE v.checkpoint_uuid = c.uuid)"
        " AND NOT EXISTS (SELECT 1 FROM trials t WHERE t.warm_start_checkpoint_uuid = c.uuid)"
        " ORDER BY c.report_time",
        (experiment_id,),
    )
    return [
        {
            "uuid": row["uuid"],
            "trial_id": row["trial_id"],
            "steps_completed": row["steps_completed"],
            "validation_id": row["validation_id"],
            "value": json.loads(row["metrics"])["validation_metrics"].get(metric) if row["metrics"] else None,
        }
        for row in rows
    ]


def not_deleted(connection: Connection, experiment_id: int) -> List[Row]:
    """The checkpoints of an experiment that still have files."""
    return connection.all(
        "SELECT * FROM checkpoints WHERE experiment_id = ? AND state != 'DELETED' ORDER BY report_time",
        (experiment_id,),
    )


def with_trials(connection: Connection, uuids: Sequence[str]) -> List[Row]:
    """Checkpoints, each with its number, its trial's hyperparameters and the metrics reported at its step."""
    return connection.all(
        "SELECT c.*, c.rowid AS number, t.hparams, tm.metrics AS training, vm.metrics AS validation"
        " FROM json_each(?) wanted CROSS JOIN checkpoints c ON c.uuid = wanted.value"
        " LEFT JOIN trials t ON t.id = c.trial_id"
        " LEFT JOIN metrics tm ON tm.trial_id = c.trial_id AND tm.grp = 'training' AND tm.archived = 0"
        " AND tm.total_batches = c.steps_completed"
        " LEFT JOIN metrics vm ON vm.trial_id = c.trial_id AND vm.grp = 'validation' AND vm.archived = 0"
        " AND vm.total_batches = c.steps_completed GROUP BY wanted.key ORDER BY wanted.key",
        (json.dumps(list(uuids)),),
    )


# --- removals -------------------------------------------------------------------------------------------------------

_TRY_AGAIN = "UPDATE checkpoint_removals SET error = NULL, task_id = NULL WHERE error IS NOT NULL"


def add_removal(tx: Transaction, uuid: str, globs: Sequence[str]) -> None:
    """Note that files of a checkpoint are to be removed; removals of it that failed are tried again, too."""
    tx.execute(f"{_TRY_AGAIN} AND checkpoint_uuid = ?", (uuid,))
    wanted = json.dumps(list(globs))
    if tx.scalar("SELECT 1 FROM checkpoint_removals WHERE checkpoint_uuid = ? AND globs = ?", (uuid, wanted)) is None:
        experiment_id = tx.scalar("SELECT experiment_id FROM checkpoints WHERE uuid = ?", (uuid,))
        tx.insert("checkpoint_removals", checkpoint_uuid=uuid, experiment_id=experiment_id, globs=wanted)


def forget_failures(tx: Transaction) -> None:
    """Let removals that failed be tried again."""
    tx.execute(_TRY_AGAIN)


def removals_of(connection: Connection, experiment_id: int) -> List[Row]:
    """The removals of an experiment's checkpoints that are not done; `error` tells those that failed."""
    return connection.all("SELECT * FROM checkpoint_removals WHERE experiment_id = ? ORDER BY id", (experiment_id,))


def removals_without_task(connection: Connection) -> List[Row]:
    """Removals that nobody does yet, oldest first: with storage, and owner and job of who had the checkpoint made."""
    return connection.all(
        "SELECT r.id, r.experiment_id, r.globs, c.storage_id, coalesce(e.owner_id, k.owner_id, 1) AS owner_id,"
        " coalesce(e.job_id, k.job_id, '') AS job_id FROM checkpoint_removals r"
        " JOIN checkpoints c ON c.uuid = r.checkpoint_uuid LEFT JOIN experiments e ON e.id = r.experiment_id"
        " LEFT JOIN tasks k ON k.id = c.task_id WHERE r.task_id IS NULL AND r.error IS NULL ORDER BY r.id"
    )


def assign_removals(tx: Transaction, removal_ids: Sequence[int], task_id: str) -> None:
    """Say which task does removals."""
    tx.execute(
        "UPDATE checkpoint_removals SET task_id = ? WHERE id IN (SELECT value FROM json_each(?))",
        (task_id, json.dumps(list(removal_ids))),
    )


def open_removals(connection: Connection, task_id: str) -> List[Row]:
    """What a task has still to remove, each with its checkpoint's storage and experiment."""
    return connection.all(
        "SELECT r.id, r.checkpoint_uuid, r.globs, c.storage_id, c.experiment_id FROM checkpoint_removals r"
        " JOIN checkpoints c ON c.uuid = r.checkpoint_uuid WHERE r.task_id = ? AND r.error IS NULL ORDER BY r.id",
        (task_id,),
    )


def finish_removal(tx: Transaction, removal_id: int) -> None:
    """A removal is done, or no longer wanted."""
    tx.execute("DELETE FROM checkpoint_removals WHERE id = ?", (removal_id,))


def fail_removal(tx: Transaction, removal_id: int, reason: str) -> None:
    """A removal could not be done."""
    tx.update("checkpoint_removals", {"id": removal_id}, error=reason)


def running_removal_tasks(connection: Connection) -> List[Row]:
    """The tasks that remove files now."""
    return connection.all(
        "SELECT k.* FROM allocations a JOIN tasks k ON k.id = a.task_id"
        " WHERE a.end_time IS NULL AND k.type = 'CHECKPOINT_GC'"
    )


def waiting_removal_tasks(connection: Connection, busy: Sequence[int], limit: int) -> List[str]:
    """The first task of each experiment that is to remove files and does not yet, oldest first.

    Parameters:
        busy: experiments to leave out; 0 for what belongs to none.
    """
    rows = connection.all(
        "SELECT id, min(rowid) AS first FROM tasks WHERE type = 'CHECKPOINT_GC' AND end_time IS NULL"
        " AND coalesce(experiment_id, 0) NOT IN (SELECT value FROM json_each(?))"
        " GROUP BY coalesce(experiment_id, 0) ORDER BY first LIMIT ?",
        (json.dumps(list(busy)), limit),
    )
    return [row["id"] for row in rows]
