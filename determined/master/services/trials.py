"""Rules of trials: those that are reported from elsewhere (unmanaged), what running ones tell, and reading them."""

from __future__ import annotations

import json
import math
import uuid as uuids
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from determined.common import timestamps

from ..errors import invalid, not_found, plain
from ..notify import ExperimentChanged, TaskEnded
from ..paging import Window, sql_window
from ..store import checkpoints as checkpoint_store
from ..store import trials as store
from ..store.database import Connection, Row, Transaction
from . import checkpoints, lifecycle, summaries, webhooks

HEARTBEAT_TIMEOUT = 5 * 60 * 1_000_000
TERMINAL = ("COMPLETED", "CANCELED", "ERROR")
# the most advanced of its trials' states is that of an unmanaged experiment; any other counts as paused
_MOST_ADVANCED_FIRST = ("RUNNING", "COMPLETED", "ERROR")
_ONLY_UNMANAGED = "only unmanaged trials are supported"


# --- finding --------------------------------------------------------------------------------------------------------


def known(connection: Connection, trial_id: int) -> Row:
    """A trial's row.

    Raises:
        Refusal: there is none.
    """
    row = store.find(connection, trial_id)
    if row is None:
        raise not_found("trial", trial_id)
    return row


def _experiment(connection: Connection, experiment_id: int) -> Row:
    row = connection.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    if row is None:
        raise not_found("experiment", experiment_id)
    return row


class Details(NamedTuple):
    """A trial as it is shown: its row of `store.trials.shown`, and its best checkpoint."""

    row: Row
    best_checkpoint: Optional[Row]


def details(connection: Connection, trial_id: int) -> Details:
    """All that is shown of a trial.

    Raises:
        Refusal: there is none.
    """
    found = details_of(connection, [trial_id])
    if not found:
        raise not_found("trial", trial_id)
    return found[0]


def details_of(connection: Connection, trial_ids: Sequence[int]) -> List[Details]:
    """All that is shown of trials, in the order of the ids; unknown ones are left out."""
    rows = store.shown(connection, trial_ids)
    best = _best_checkpoints(connection, rows)
    return [Details(row, best.get(row["id"])) for row in rows]


def _best_checkpoints(connection: Connection, rows: Sequence[Row]) -> Dict[int, Row]:
    """For each trial that has any: the completed checkpoint at the best validation that has one."""
    wanted = {row["id"]: row for row in rows if row["checkpoint_count"] and row["best_validation_id"] is not None}
    best: Dict[int, Tuple[Tuple[bool, float], Row]] = {}
    for row in checkpoint_store.best_of_trials(connection, list(wanted)):
        trial = wanted[row["trial_id"]]
        value = summaries.number_of(json.loads(row["validation"])["validation_metrics"].get(trial["searcher_metric"]))
        if value is None:
            continue
        signed = value if trial["smaller_is_better"] else -value
        merit = (signed != signed, signed)
        if row["trial_id"] not in best or merit < best[row["trial_id"]][0]:
            best[row["trial_id"]] = (merit, row)
    return {trial_id: row for trial_id, (_, row) in best.items()}


def details_by_external_ids(connection: Connection, experiment: str, trial: str) -> Details:
    """A trial by the ids that its reporter gave it and its experiment.

    Raises:
        Refusal: there is none.
    """
    row = store.by_external_ids(connection, experiment, trial)
    if row is None:
        raise plain("not found")
    return details(connection, row["id"])


def list_of_experiment(
    connection: Connection,
    experiment_id: int,
    states: Sequence[str],
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> Tuple[List[Details], Window]:
    """A page of an experiment's trials.

    Parameters:
        states: stored states, any of them; none for all.
        sort: a key of `store.trials.SORTS`.

    Raises:
        Refusal: no such experiment, or a state that no trial is ever stored with.
    """
    _experiment(connection, experiment_id)
    for state in states:
        _check_state(state)
    window = sql_window(store.count_in(connection, experiment_id, states), offset, limit)
    size = window.end - window.start
    ids = store.sorted_ids(connection, experiment_id, states, sort, descending, size, window.start) if size else []
    return details_of(connection, ids), window


def list_workloads(
    connection: Connection, trial_id: int, wanted: store.Workloads, offset: int, limit: int
) -> Tuple[List[Row], Window]:
    """A page of what a trial did.

    Raises:
        Refusal: no such trial.
    """
    known(connection, trial_id)
    window = sql_window(store.count_workloads(connection, trial_id, wanted), offset, limit)
    size = window.end - window.start
    return store.workloads(connection, trial_id, wanted, size, window.start) if size else [], window


def _check_state(state: str) -> None:
    if state not in store.STORED_STATES:
        raise plain(f'invalid input value for enum trial_state: "{state}"')


# --- unmanaged ones -------------------------------------------------------------------------------------------------


class NewTrial(NamedTuple):
    """An unmanaged trial as it is reported.

    Attributes:
        external_id: what its reporter knows it by; None for no such id.
    """

    experiment_id: int
    unmanaged: bool
    hparams: Dict[str, Any]
    external_id: Optional[str] = None


def create(tx: Transaction, new: NewTrial) -> int:
    """Create an unmanaged trial, or give the one with that external id other hyperparameters; returns its id.

    Raises:
        Refusal: no such experiment, or it or the trial is not unmanaged.
    """
    experiment = _experiment(tx, new.experiment_id)
    if not new.unmanaged or not experiment["unmanaged"]:
        raise plain(_ONLY_UNMANAGED)
    if new.external_id is not None:
        present = store.by_external_id(tx, new.experiment_id, new.external_id)
        if present is not None:
            tx.use_up_id("trials")
            tx.update("trials", {"id": present["id"]}, hparams=json.dumps(new.hparams, separators=(",", ":")))
            return int(present["id"])
    return store.insert_trial(
        tx,
        experiment_id=new.experiment_id,
        request_id=str(uuids.uuid4()) if new.external_id is None else new.external_id,
        hparams=new.hparams,
        seed=0,
        state="PAUSED",
        external_trial_id=new.external_id,
        unmanaged=True,
    )


class Start(NamedTuple):
    """A begun run: its number, and where it goes on."""

    run_id: int
    checkpoint: Optional[str]
    steps: int


def start(tx: Transaction, trial_id: int, resume: bool) -> Start:
    """Begin another run of an unmanaged trial.

    Parameters:
        resume: go on with a trial that was started before.

    Raises:
        Refusal: no such trial, it is managed, or it was started before and is not to be resumed.
    """
    trial = store.find(tx, trial_id)
    if trial is None:
        raise plain("failed to find experiment by trial id: not found")
    if not _experiment(tx, trial["experiment_id"])["unmanaged"]:
        raise plain(_ONLY_UNMANAGED)
    run_id = trial["run_id"] + 1
    if run_id > 1 and not resume:
        raise plain("trial has already been started")
    tx.update("trials", {"id": trial_id}, run_id=run_id)
    _set_state(tx, trial, "RUNNING", timestamps.now())
    checkpoint = store.latest_checkpoint(tx, trial_id) if run_id > 1 else None
    if checkpoint is None:
        return Start(run_id, None, 0)
    return Start(run_id, checkpoint["uuid"], checkpoint["steps_completed"] or 0)


def patch(tx: Transaction, trial_id: int, state: Optional[str]) -> None:
    """Take a sign of life from an unmanaged trial, with a new state or without.

    Raises:
        Refusal: no such trial, it is managed, or the state is none that can be stored.
    """
    trial = store.find(tx, trial_id)
    if trial is None:
        raise plain("not found")
    if not _experiment(tx, trial["experiment_id"])["unmanaged"]:
        raise plain(_ONLY_UNMANAGED)
    if state is None:
        tx.update("trials", {"id": trial_id}, last_activity=timestamps.now())
        return
    _check_state(state)
    _set_state(tx, trial, state, timestamps.now())


def expire_silent(tx: Transaction, now: int) -> None:
    """Give up unmanaged trials that run and have not been heard of for five minutes."""
    for trial in store.silent_since(tx, now - HEARTBEAT_TIMEOUT):
        _set_state(tx, trial, "ERROR", trial["last_activity"])


def _set_state(tx: Transaction, trial: Row, state: str, when: int) -> None:
    values: Dict[str, Any] = {"state": state, "last_activity": when}
    if state in TERMINAL:
        values["end_time"] = when
    tx.update("trials", {"id": trial["id"]}, **values)
    if state in TERMINAL:
        for task in tx.all("SELECT id FROM tasks WHERE trial_id = ?", (trial["id"],)):
            tx.announce(TaskEnded(task["id"]))
    _follow_trials(tx, trial["experiment_id"], when)


def _follow_trials(tx: Transaction, experiment_id: int, when: int) -> None:
    """Give an unmanaged experiment the state of its most advanced trial."""
    states = {r["state"] for r in tx.all("SELECT DISTINCT state FROM trials WHERE experiment_id = ?", (experiment_id,))}
    state = next((s for s in _MOST_ADVANCED_FIRST if s in states), "PAUSED")
    before = _experiment(tx, experiment_id)["state"]
    if before in ("DELETING", "DELETE_FAILED"):
        return
    values: Dict[str, Any] = {"state": state}
    if state in TERMINAL:
        values["end_time"] = when
    if state == "COMPLETED":
        values["progress"] = 1
    tx.update("experiments", {"id": experiment_id}, **values)
    if state != before:
        webhooks.experiment_changed(tx, _experiment(tx, experiment_id), state)
    tx.announce(ExperimentChanged(experiment_id))


# --- what running ones tell -----------------------------------------------------------------------------------------


def kill(tx: Transaction, trial_id: int) -> None:
    """End a trial of a live experiment.

    Raises:
        Refusal: no such trial, it has ended, or its experiment is not run here any more.
    """
    trial = known(tx, trial_id)
    _live_experiment(tx, trial)
    if trial["state"] in TERMINAL:
        raise plain(f"trial not found: {trial_id} has ended and cannot be killed")
    lifecycle.kill_trial(tx, trial)


def set_progress(tx: Transaction, trial_id: int, progress: float) -> None:
    """Take a trial's word on how far it is.

    Raises:
        Refusal: no such trial, or the word is no finite number.
    """
    if not math.isfinite(progress):
        raise invalid("the progress must be a finite number, from 0 to 1")
    trial = known(tx, trial_id)
    experiment = _experiment(tx, trial["experiment_id"])
    if lifecycle.is_live(experiment):
        lifecycle.trial_progressed(tx, experiment, trial, progress)
    else:
        tx.update("trials", {"id": trial_id}, progress=progress)
        tx.update("experiments", {"id": experiment["id"]}, progress=progress)


def exit_early(tx: Transaction, trial_id: int, reason: str) -> None:
    """Note that a trial ends before its time.

    Parameters:
        reason: without prefix: "INVALID_HP" or "INIT_INVALID_HP".

    Raises:
        Refusal: no such trial, its experiment is not run here any more, or no reason is given.
    """
    trial = known(tx, trial_id)
    experiment = _live_experiment(tx, trial)
    if reason == "UNSPECIFIED":
        raise plain("invalid exited reason: EXITED_REASON_UNSPECIFIED")
    lifecycle.trial_exits_early(tx, experiment, trial, reason)


def _live_experiment(connection: Connection, trial: Row) -> Row:
    experiment = _experiment(connection, trial["experiment_id"])
    if not lifecycle.is_live(experiment):
        raise not_found("experiment", experiment["id"])
    return experiment


def set_runner_state(tx: Transaction, trial_id: int, state: str) -> None:
    """Keep what a trial says it is doing.

    Raises:
        Refusal: no such trial.
    """
    if not tx.update("trials", {"id": trial_id}, runner_state=state):
        raise not_found("trial", trial_id)


def set_source(
    tx: Transaction,
    trial_id: int,
    checkpoint_uuid: str,
    source_type: str,
    model_id: Optional[int],
    model_version: Optional[int],
) -> None:
    """Keep which checkpoint or model version a trial started from; a later word on the same checkpoint replaces it.

    Raises:
        Refusal: no such trial, or the checkpoint's id is no UUID.
    """
    known(tx, trial_id)
    uuid = checkpoints.parse_uuid(checkpoint_uuid)
    if uuid is None:
        raise invalid(f"checkpointUuid: {checkpoints.uuid_mistake(checkpoint_uuid)}")
    tx.execute(
        "INSERT INTO trial_sources (trial_id, checkpoint_uuid, type, model_id, model_version) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (trial_id, checkpoint_uuid) DO UPDATE SET type = excluded.type, model_id = excluded.model_id,"
        " model_version = excluded.model_version",
        (trial_id, uuid, source_type, model_id, model_version),
    )


# --- keeping logs ---------------------------------------------------------------------------------------------------

_DAY = 24 * 3600 * 1_000_000


def retain_logs(tx: Transaction, trial_id: int, days: int) -> None:
    """Say how many days a trial's logs are kept after its end; -1 for ever.

    Raises:
        Refusal: no such trial.
    """
    if not tx.update("trials", {"id": trial_id}, log_retention_days=days):
        raise not_found("trial", trial_id)


def remaining_log_days(connection: Connection, trial_id: int, default_days: Optional[int] = None) -> Optional[int]:
    """How many days a trial's logs will still be there: -1 for ever, None as long as nobody can say.

    Parameters:
        default_days: of trials that have no value of their own; None for no limit.

    Raises:
        Refusal: no such trial.
    """
    days = known(connection, trial_id)["log_retention_days"]
    if days is None:
        days = default_days
    if days is None or days == -1:
        return None if days is None else -1
    ended = connection.one(
        "SELECT max(end_time) AS last, count(*) = count(end_time) AS all_ended FROM tasks WHERE trial_id = ?",
        (trial_id,),
    )
    if ended is None or not ended["all_ended"] or ended["last"] is None:
        return None
    left: int = (ended["last"] + days * _DAY - timestamps.now()) // _DAY
    return max(0, left)
