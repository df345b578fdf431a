"""The life of managed experiments and their trials: states, what leads from one to the next, and the search.

An experiment is a search that asks for trials. A trial runs in one allocation after another until a process of it exits
by itself; how an allocation ended decides what becomes of the trial (`allocation_ended`), and each closed trial may
let the search ask for more. All of it is rows of the database, changed in one transaction per event, so a master that
is killed finds everything where it was. What must be started or signalled is not done here: `engine` reads it off the
rows.
"""

from __future__ import annotations

import json
from typing import Any, Dict, List, NamedTuple, Optional

from determined.common import timestamps

from .. import searcher
from ..errors import plain
from ..notify import AllocationChanged, ExperimentChanged, QueueChanged, TaskEnded, TrialsToStart
from ..store import allocations, checkpoints, trials
from ..store import searches as store
from ..store.database import Row, Transaction
from . import garbage, log_policies, searches, task_log, webhooks

TERMINAL = ("COMPLETED", "CANCELED", "ERROR")
STOPPING = ("STOPPING_COMPLETED", "STOPPING_CANCELED", "STOPPING_KILLED", "STOPPING_ERROR")
_END_OF = {
    "STOPPING_COMPLETED": "COMPLETED",
    "STOPPING_CANCELED": "CANCELED",
    "STOPPING_KILLED": "CANCELED",
    "STOPPING_ERROR": "ERROR",
}
_SEVERITY = {state: rank for rank, state in enumerate(STOPPING)}
_STOP_REASON = {
    "STOPPING_CANCELED": "user requested cancellation",
    "STOPPING_KILLED": "user requested kill",
    "STOPPING_ERROR": "the search has failed",
}
_STARTED_WITH_EXPERIMENT = 512
_STARTED_AT_ONCE = 128
_REASON = {"COMPLETED": "completed", "CANCELED": "canceled", "ERROR": "errored"}


def is_live(experiment: Row) -> bool:
    """Whether the master runs this experiment: managed, and not at its end."""
    return not experiment["unmanaged"] and experiment["state"] in ("ACTIVE", "PAUSED", *STOPPING)


# --- experiments ----------------------------------------------------------------------------------------------------


def begin(tx: Transaction, experiment_id: int) -> None:
    """Begin the search of a new experiment: its first trials exist when this returns, paused.

    Raises:
        Refusal: there can be no such search.
    """
    config = json.loads(_experiment(tx, experiment_id)["config"])
    try:
        running = searches.begin(tx, experiment_id, config)
        actions = running.start(tx, _STARTED_WITH_EXPERIMENT)
    except searcher.SearchError as error:
        raise plain(f"invalid experiment configuration: {error.text}") from None
    _apply(tx, experiment_id, actions)
    if running.search.to_start:
        tx.announce(TrialsToStart())


def start_more(tx: Transaction) -> bool:
    """Make some more of the trials that a search asked for from the start; returns whether there were any to make.

    They come a few at a time, so that nobody waits long for a search that asks for very many.
    """
    experiment_id = store.next_to_start(tx)
    if experiment_id is None:
        return False
    running = searches.of(tx, _experiment(tx, experiment_id))
    try:
        actions = running.start(tx, _STARTED_AT_ONCE)
    except searcher.SearchError:
        _stop_all(tx, experiment_id, "STOPPING_ERROR")
        return True
    _apply(tx, experiment_id, actions)
    return True


def activate(tx: Transaction, experiment: Row) -> None:
    """Let an experiment run."""
    position = experiment["queue_position"]
    if position is None:
        position = 1 + (tx.scalar("SELECT max(queue_position) FROM experiments") or 0)
    tx.update("experiments", {"id": experiment["id"]}, queue_position=position)
    tx.execute("UPDATE trials SET state = 'ACTIVE' WHERE experiment_id = ? AND state = 'PAUSED'", (experiment["id"],))
    _enter(tx, experiment["id"], "ACTIVE")
    if searches.of(tx, _experiment(tx, experiment["id"])).search.is_empty:
        # a grid without points: no trial's end will ever end it
        _enter(tx, experiment["id"], "STOPPING_COMPLETED")
    _finish_if_closed(tx, experiment["id"])


def pause(tx: Transaction, experiment: Row) -> None:
    """Stop an experiment's trials where they are; they go on from their checkpoints when it is activated."""
    _enter(tx, experiment["id"], "PAUSED")
    for allocation in allocations.live_of_experiment(tx, experiment["id"]):
        if allocation["trial_state"] == "ACTIVE":
            request_stop(tx, allocation, "user requested pause")
    tx.execute("UPDATE trials SET state = 'PAUSED' WHERE experiment_id = ? AND state = 'ACTIVE'", (experiment["id"],))


def cancel(tx: Transaction, experiment: Row) -> None:
    """End an experiment; its trials may save their work first."""
    _stop_all(tx, experiment["id"], "STOPPING_CANCELED")


def kill(tx: Transaction, experiment: Row) -> None:
    """End an experiment at once."""
    _stop_all(tx, experiment["id"], "STOPPING_KILLED")


def continue_search(tx: Transaction, experiment: Row) -> None:
    """Take an ended experiment up again: its trials that are not completed become new tasks.

    A single search resumes its trial in whichever state it is, with the hyperparameters of the configuration as it is
    now.

    Raises:
        Refusal: they have no value.
    """
    experiment_id = experiment["id"]
    running = searches.of(tx, _experiment(tx, experiment_id))
    single = experiment["searcher_name"] == "single"
    for trial in trials.of_experiment_in(tx, experiment_id, TERMINAL):
        if trial["state"] == "COMPLETED" and not single:
            continue
        tx.update("trials", {"id": trial["id"]}, state="PAUSED", end_time=None, restarts=0, early_exit_reason=None)
        if single:
            tx.update("trials", {"id": trial["id"]}, hparams=_single_point(experiment))
        trials.add_task(tx, trial["id"])
        running.reopen(tx, trial["request_id"])
    running.save(tx)
    if running.search.to_start:
        tx.announce(TrialsToStart())
    tx.update("experiments", {"id": experiment_id}, progress=0, end_time=None)


def _single_point(experiment: Row) -> str:
    """The hyperparameters of a single search's trial: the same again, unless the configuration has changed."""
    try:
        actions = searches.create(json.loads(experiment["config"])).start()
    except searcher.SearchError as error:
        raise plain(f"invalid experiment configuration: {error.text}") from None
    (point,) = [action.hparams for action in actions if isinstance(action, searcher.CreateTrial)]
    return json.dumps(point, separators=(",", ":"))


def _stop_all(tx: Transaction, experiment_id: int, state: str) -> None:
    _enter(tx, experiment_id, state)
    store.set_to_start(tx, experiment_id, 0)
    for allocation in allocations.live_of_experiment(tx, experiment_id):
        if allocation["trial_state"] not in TERMINAL:
            _stop_trial(tx, trials.by_id(tx, allocation["trial_id"]), state)
    # all at once: the search of an experiment that is stopped is not told
    for task_id in trials.close_those_without_allocation(tx, experiment_id, _END_OF[state], timestamps.now()):
        tx.announce(TaskEnded(task_id))
    _finish_if_closed(tx, experiment_id)


def _enter(tx: Transaction, experiment_id: int, state: str) -> None:
    """Write an experiment's new state and tell whom it concerns."""
    values: Dict[str, Any] = {"state": state}
    if state in TERMINAL:
        values["end_time"] = timestamps.now()
        if state == "COMPLETED":
            values["progress"] = 1
    tx.update("experiments", {"id": experiment_id}, **values)
    experiment = _experiment(tx, experiment_id)
    webhooks.experiment_changed(tx, experiment, state)
    if state in TERMINAL:
        garbage.collect(tx, experiment)
        searches.forget(tx, experiment_id)
    tx.announce(ExperimentChanged(experiment_id))
    tx.announce(QueueChanged())


def _finish_if_closed(tx: Transaction, experiment_id: int) -> None:
    """End a stopping experiment whose last trial has closed."""
    experiment = _experiment(tx, experiment_id)
    end = _END_OF.get(experiment["state"])
    if end is None:
        return
    if not trials.has_any_in(tx, experiment_id, ("ACTIVE", "PAUSED", *STOPPING)):
        _enter(tx, experiment_id, "ERROR" if _has_failed_altogether(tx, experiment) else end)


def _has_failed_altogether(tx: Transaction, experiment: Row) -> bool:
    """Whether every trial that the search of a stopped experiment would ever have made has failed."""
    if trials.has_any_in(tx, experiment["id"], [state for state in TERMINAL if state != "ERROR"]):
        return False
    failed = trials.of_experiment_in(tx, experiment["id"], ("ERROR",))
    # a copy: the search of an experiment that is stopped is not told of its trials' ends, so that it can go on later
    search = searches.copy_of(tx, experiment)
    actions = [action for trial in failed for action in search.trial_exited(trial["request_id"], _REASON["ERROR"])]
    return bool(actions) and all(isinstance(action, searcher.Shutdown) and action.failure for action in actions)


# --- the search -----------------------------------------------------------------------------------------------------


def trial_validated(tx: Transaction, experiment: Row, trial: Row, metrics: Dict[str, Any]) -> None:
    """Tell the search of a validation, before it is stored.

    Raises:
        Refusal: the searcher's metric is no number.
    """
    name = experiment["searcher_metric"]
    value = metrics.get(name)
    if isinstance(value, (str, list, dict, bool)) and value not in ("NaN", "Infinity", "-Infinity"):
        raise plain(f"value of searcher metric {name} is not a number")
    if not is_live(experiment) or not searcher.looks_at_validations(experiment["searcher_name"]):
        return
    running = searches.of(tx, experiment)
    try:
        actions = running.trial_validated(tx, trial["request_id"], metrics)
    except searcher.SearchError:
        # the search cannot go on without the numbers it steers by
        if experiment["state"] in ("ACTIVE", "PAUSED"):
            _stop_all(tx, experiment["id"], "STOPPING_ERROR")
        return
    _apply(tx, experiment["id"], actions)
    _update_progress(tx, experiment["id"], running)


def trial_progressed(tx: Transaction, experiment: Row, trial: Row, progress: float) -> None:
    """Take a trial's own word on how far it is."""
    tx.update("trials", {"id": trial["id"]}, progress=progress)
    if not is_live(experiment):
        return
    running = searches.of(tx, experiment)
    running.set_progress(tx, trial["request_id"], progress)
    _update_progress(tx, experiment["id"], running)


def trial_exits_early(tx: Transaction, experiment: Row, trial: Row, reason: str) -> None:
    """Note that a trial found its hyperparameters unusable: it ends soon, or is ended."""
    tx.update("trials", {"id": trial["id"]}, early_exit_reason=reason)
    tx.announce(QueueChanged())


def _update_progress(tx: Transaction, experiment_id: int, running: searches.Running) -> None:
    tx.update("experiments", {"id": experiment_id}, progress=running.search.progress())


def _apply(tx: Transaction, experiment_id: int, actions: List[searcher.Action]) -> None:
    """Do what the search asks for."""
    experiment = _experiment(tx, experiment_id)
    if experiment["state"] in STOPPING:
        return
    warm_start: Optional[str] = None
    if any(isinstance(a, searcher.CreateTrial) for a in actions):
        warm_start = trials.warm_start_checkpoint(tx, json.loads(experiment["config"])["searcher"])
    for action in actions:
        if isinstance(action, searcher.CreateTrial):
            trials.insert_trial(
                tx,
                experiment_id=experiment_id,
                request_id=action.request_id,
                hparams=action.hparams,
                seed=action.seed,
                state=experiment["state"],
                warm_start_checkpoint_uuid=warm_start,
            )
            tx.announce(QueueChanged())
        elif isinstance(action, searcher.StopTrial):
            trial = trials.by_request_id(tx, experiment_id, action.request_id)
            if trial is not None and trial["state"] in ("ACTIVE", "PAUSED"):
                # unlike the real master ours sends the preemption signal too: a stopped trial trains no further
                _stop_trial(tx, trial, "STOPPING_COMPLETED")
        else:
            state = "STOPPING_ERROR" if action.failure else "STOPPING_CANCELED" if action.canceled else None
            _enter(tx, experiment_id, state or "STOPPING_COMPLETED")
            _finish_if_closed(tx, experiment_id)


# --- trials ---------------------------------------------------------------------------------------------------------


def kill_trial(tx: Transaction, trial: Row) -> None:
    """End one trial at once; the search goes on without it."""
    if trial["state"] not in TERMINAL:
        _stop_trial(tx, trial, "STOPPING_KILLED")


def _stop_trial(tx: Transaction, trial: Row, state: str) -> None:
    """Move a trial towards an end, unless it is on the way to a harder one."""
    current = trial["state"]
    if current in _SEVERITY and _SEVERITY[current] >= _SEVERITY[state]:
        return
    tx.update("trials", {"id": trial["id"]}, state=state)
    allocation = allocations.live_of_trial(tx, trial["id"])
    if allocation is None:
        _close_trial(tx, trial["id"], _END_OF[state])
    else:
        request_stop(tx, allocation, _STOP_REASON.get(state, ""), kill=state in ("STOPPING_KILLED", "STOPPING_ERROR"))


def _close_trial(tx: Transaction, trial_id: int, state: str) -> None:
    """End a trial and let the search go on."""
    now = timestamps.now()
    tx.update("trials", {"id": trial_id}, state=state, end_time=now)
    trial = trials.by_id(tx, trial_id)
    task = allocations.latest_task_of_trial(tx, trial_id)
    if task is not None:
        allocations.end_task(tx, task["id"], now)
        tx.announce(TaskEnded(task["id"]))
    experiment_id = trial["experiment_id"]
    experiment = _experiment(tx, experiment_id)
    if experiment["state"] in ("ACTIVE", "PAUSED"):
        running = searches.of(tx, experiment)
        is_invalid = state == "COMPLETED" and trial["early_exit_reason"] is not None
        reason = searcher.INVALID_HP if is_invalid else _REASON[state]
        _apply(tx, experiment_id, running.trial_exited(tx, trial["request_id"], reason))
        if _experiment(tx, experiment_id)["state"] in ("ACTIVE", "PAUSED"):
            _update_progress(tx, experiment_id, running)
    _finish_if_closed(tx, experiment_id)


# --- allocations ----------------------------------------------------------------------------------------------------


class Ending(NamedTuple):
    """How the processes of an allocation came to their end.

    Attributes:
        code: exit status, 128 + n after signal n; None when nobody can know it (the machine went down, say).
        text: what went wrong, in a few words; empty when nothing did.
    """

    code: Optional[int]
    text: str = ""


def request_stop(tx: Transaction, allocation: Row, reason: str = "", *, kill: bool = False) -> None:
    """Ask an allocation to end: by the preemption signal when it can hear it, else by killing it.

    Parameters:
        reason: what the task's log says about it; nothing is said without one.
        kill: do not ask.
    """
    now = timestamps.now()
    kill = kill or not allocation["is_ready"]
    if allocation["kill_requested"] or (not kill and allocation["preempt_requested_at"] is not None):
        reason = ""  # it was told before
    elif kill:
        tx.update("allocations", {"id": allocation["id"]}, kill_requested=1)
    else:
        tx.update("allocations", {"id": allocation["id"]}, preempt_requested_at=now)
    if reason:
        task_log.tell_stop(tx, allocation, reason, kill=kill)
    tx.announce(AllocationChanged(allocation["id"]))


def allocation_ended(tx: Transaction, allocation_id: str, ending: Ending) -> None:
    """Write down an allocation's end and draw the consequences for its trial."""
    allocation = allocations.by_id(tx, allocation_id)
    if allocation is None or allocation["end_time"] is not None:
        return
    now = timestamps.now()
    killed = bool(allocation["kill_requested"])
    preempted = bool(allocation["preempt_acknowledged"])
    failed = bool(ending.code) and not killed and not preempted
    why = _what_happened(ending, killed=killed)
    exit_reason = _exit_reason(ending, why, killed=killed, preempted=preempted)
    tx.update(
        "allocations",
        {"id": allocation_id},
        state="TERMINATED",
        end_time=now,
        exit_reason=exit_reason,
        exit_error=ending.text if failed else None,
        status_code=ending.code,
    )
    task_log.tell_end(tx, allocation, why, exit_reason, crashed=bool(ending.code) and not killed, failed=failed)
    tx.announce(AllocationChanged(allocation_id))
    tx.announce(QueueChanged())
    if allocation["trial_id"] is None:
        if checkpoints.open_removals(tx, allocation["task_id"]):
            return  # it was stopped before it had removed all files: its next allocation goes on
        allocations.end_task(tx, allocation["task_id"], now)
        tx.announce(TaskEnded(allocation["task_id"]))
        return
    trial = trials.by_id(tx, allocation["trial_id"])
    finished = ending.code is not None and not killed and not preempted
    if trial["state"] in STOPPING:
        _close_trial(tx, trial["id"], "ERROR" if failed else _END_OF[trial["state"]])
    elif trial["early_exit_reason"] is not None and killed:
        _close_trial(tx, trial["id"], "CANCELED")
    elif failed:
        _count_failure(tx, trial, allocation)
    elif finished and trial["state"] == "ACTIVE":
        # one that was paused waits, whatever its processes came to: only a trial that is to run can complete
        _close_trial(tx, trial["id"], "COMPLETED")


def trial_has_no_place(tx: Transaction, trial_id: int, task_id: str, reason: str) -> None:
    """End a trial that waits for slots it can never get.

    Parameters:
        reason: what the task's log says about it.
    """
    if trials.by_id(tx, trial_id)["state"] not in TERMINAL:
        task_log.write_line(tx, task_id, "", reason, "ERROR")
        _close_trial(tx, trial_id, "ERROR")


def _count_failure(tx: Transaction, trial: Row, allocation: Row) -> None:
    if log_policies.is_retry_canceled(tx, allocation["task_id"]):
        task_log.write_line(
            tx, allocation["task_id"], allocation["id"], "the trial is not restarted: a log policy matched", "ERROR"
        )
        _close_trial(tx, trial["id"], "ERROR")
        return
    restarts = trial["restarts"] + 1
    tx.update("trials", {"id": trial["id"]}, restarts=restarts)
    if restarts > _experiment(tx, trial["experiment_id"])["max_restarts"]:
        _close_trial(tx, trial["id"], "ERROR")


def _what_happened(ending: Ending, *, killed: bool) -> str:
    """The words of the real master for what an allocation's processes did."""
    if killed:
        return "resources were killed"
    if ending.code == 0:
        return "resources exited successfully with a zero exit code"
    if ending.code is None:
        return ending.text or "the agent was lost"
    return (
        "resources failed with non-zero exit code: container failed with non-zero exit code:"
        f" {ending.code} (exit code {ending.code})"
    )


def _exit_reason(ending: Ending, why: str, *, killed: bool, preempted: bool) -> str:
    """The words of the real master for how an allocation ended."""
    if killed:
        return f"allocation killed after all resources exited: {why}"
    if preempted:
        return f"allocation preempted after all resources exited: {why}"
    if ending.code == 0:
        return f"allocation stopped early after all resources exited: {why}"
    return f"allocation failed: {why}"


def _experiment(tx: Transaction, experiment_id: int) -> Row:
    row = tx.one("SELECT * FROM experiments WHERE id = ?", (experiment_id,))
    if row is None:
        raise LookupError(f"experiment {experiment_id} has no row")
    return row
