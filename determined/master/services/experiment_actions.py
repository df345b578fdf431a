"""What is done to experiments, one or many at once: states, archive, delete, move, retention of logs.

A bulk action goes through its experiments one by one; each has its own answer, and one that is refused keeps no other
from being done.
"""

from __future__ import annotations

import json
from typing import Callable, Dict, List, NamedTuple, Optional, Sequence

from .. import expconf
from ..auth import Caller
from ..errors import Refusal, failed_precondition, forbidden, invalid, not_found, plain
from ..notify import ExperimentChanged
from ..store import experiments as store
from ..store import trials
from ..store.database import Connection, Row, Transaction
from ..store.filters import Filters
from . import garbage, lifecycle
from .experiment_creation import check_ended
from .experiments import Wanted, check_project, filters_of, row_of

DELETABLE = (*lifecycle.TERMINAL, "DELETE_FAILED")
_LIVE = ("ACTIVE", "PAUSED", *lifecycle.STOPPING)
ANY_PROJECT = -1


class Outcome(NamedTuple):
    """What became of one experiment of a bulk action; no refusal means that it was done."""

    experiment_id: int
    refusal: Optional[Refusal]


class Action(NamedTuple):
    """Something that is done to experiments.

    Attributes:
        run: does it to one; raises `Refusal`.
        states: those that a filter without states means; empty for all.
        archived: those that a filter without that means; None for both.
    """

    run: Callable[[Transaction, Caller, Row], None]
    states: Sequence[str] = ()
    archived: Optional[bool] = None


# --- states ---------------------------------------------------------------------------------------------------------


def activate(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """Let an experiment run; one that runs already stays as it is.

    Raises:
        Refusal: it is archived, has ended, or is about to end.
    """
    _check_not_archived(experiment)
    _check_live(experiment)
    if experiment["state"] in lifecycle.STOPPING:
        raise _incompatible(experiment)
    if experiment["state"] == "PAUSED":
        lifecycle.activate(tx, experiment)


def activate_one(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """Let an experiment run; one that has ended looks as if it were not there.

    Raises:
        Refusal: see `activate`.
    """
    if not lifecycle.is_live(experiment):
        raise not_found("experiment", experiment["id"])
    activate(tx, caller, experiment)


def pause(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """Stop an experiment's trials where they are; a paused one stays as it is.

    Raises:
        Refusal: it is archived, has ended, or is about to end.
    """
    _check_not_archived(experiment)
    _check_live(experiment)
    if experiment["state"] in lifecycle.STOPPING:
        raise _incompatible(experiment)
    if experiment["state"] == "ACTIVE":
        lifecycle.pause(tx, experiment)


def cancel(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """End an experiment; its trials may save their work first. One that ends or has ended stays as it is.

    Raises:
        Refusal: it is archived.
    """
    _check_not_archived(experiment)
    if lifecycle.is_live(experiment) and experiment["state"] not in lifecycle.STOPPING:
        lifecycle.cancel(tx, experiment)


def kill(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """End an experiment at once; one that has ended stays as it is.

    Raises:
        Refusal: it is archived, or ends by itself.
    """
    _check_not_archived(experiment)
    if not lifecycle.is_live(experiment):
        return
    if experiment["state"] in ("STOPPING_COMPLETED", "STOPPING_ERROR"):
        raise _incompatible(experiment)
    if experiment["state"] != "STOPPING_KILLED":
        lifecycle.kill(tx, experiment)


def _check_not_archived(experiment: Row) -> None:
    if experiment["archived"]:
        raise not_found("experiment", experiment["id"])


def _check_live(experiment: Row) -> None:
    if not lifecycle.is_live(experiment):
        raise failed_precondition("experiment in terminal state")


def _incompatible(experiment: Row) -> Refusal:
    return failed_precondition(f"experiment in incompatible state {experiment['state']}")


# --- archive, delete ------------------------------------------------------------------------------------------------


def archive(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """Put an ended experiment out of the way.

    Raises:
        Refusal: it is archived already, or has not ended.
    """
    if experiment["archived"]:
        raise failed_precondition("Experiment is already archived.")
    if experiment["state"] not in lifecycle.TERMINAL:
        raise failed_precondition("Experiment is not in terminal state.")
    _set_archived(tx, experiment, True)


def unarchive(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """Bring an experiment back from the archive.

    Raises:
        Refusal: it is not there.
    """
    if not experiment["archived"]:
        raise failed_precondition("Experiment is not archived.")
    _set_archived(tx, experiment, False)


def _set_archived(tx: Transaction, experiment: Row, archived: bool) -> None:
    tx.update("experiments", {"id": experiment["id"]}, archived=int(archived))
    tx.update("trials", {"experiment_id": experiment["id"]}, archived=int(archived))
    tx.announce(ExperimentChanged(experiment["id"]))


def delete(tx: Transaction, caller: Caller, experiment: Row) -> None:
    """Delete an ended experiment: it is DELETING when this returns, and gone once its checkpoints' files are.

    Raises:
        Refusal: it is another's, has not ended, or a model version is made of one of its checkpoints.
    """
    if experiment["owner_id"] != caller.user_id and not caller.admin:
        raise forbidden("non admin users may not delete other user's experiments")
    if store.has_registered_checkpoints(tx, experiment["id"]):
        raise invalid("checkpoints are registered as model versions")
    if experiment["state"] not in DELETABLE:
        raise failed_precondition(f"cannot delete experiment in STATE_{experiment['state']} state")
    tx.update("experiments", {"id": experiment["id"]}, state="DELETING")
    garbage.remove_experiment_later(tx, row_of(tx, experiment["id"]))


# --- move -----------------------------------------------------------------------------------------------------------


def move_one(tx: Transaction, experiment_id: int, project_id: int) -> None:
    """Move an experiment with its runs to another project, where they get new numbers.

    Raises:
        Refusal: the experiment or the project is unknown or archived.
    """
    experiment = row_of(tx, experiment_id)
    destination = check_project(tx, project_id)
    if experiment["archived"]:
        raise plain(f"experiment ({experiment_id}) is archived and cannot be moved")
    source = check_project(tx, experiment["project_id"])
    if source["archived"] or source["workspace_archived"]:
        raise plain(f"project ({source['id']}) is archived and cannot have experiments moved from it")
    check_takes_experiments(destination)
    _move(tx, experiment, project_id)


def check_takes_experiments(project: Row) -> None:
    """Refuse an archived project as a place for experiments.

    Raises:
        Refusal: it, or its workspace, is archived.
    """
    if project["archived"] or project["workspace_archived"]:
        raise plain(f"project ({project['id']}) is archived and cannot add new experiments")


def _move_of_many(project_id: int) -> Action:
    def run(tx: Transaction, caller: Caller, experiment: Row) -> None:
        if experiment["archived"]:
            raise failed_precondition("Experiment is archived.")
        source = check_project(tx, experiment["project_id"])
        if source["archived"] or source["workspace_archived"]:
            raise failed_precondition(f"project ({source['id']}) is archived and cannot have experiments moved from it")
        _move(tx, experiment, project_id)

    return Action(run, archived=False)


def _move(tx: Transaction, experiment: Row, project_id: int) -> None:
    if experiment["project_id"] == project_id:
        return
    tx.update("experiments", {"id": experiment["id"]}, project_id=project_id)
    for trial_id in store.trial_ids(tx, experiment["id"]):
        trials.give_local_id(tx, trial_id, project_id)


# --- retention ------------------------------------------------------------------------------------------------------


def _retain_logs(days: int) -> Action:
    def run(tx: Transaction, caller: Caller, experiment: Row) -> None:
        _check_not_archived(experiment)
        check_ended(experiment)
        config = json.loads(experiment["config"])
        config["retention_policy"] = {**(config.get("retention_policy") or {}), "log_retention_days": days}
        save_changed_config(tx, experiment, config, log_retention_days=days)
        tx.update("trials", {"experiment_id": experiment["id"]}, log_retention_days=days)

    return Action(run)


def save_changed_config(
    tx: Transaction, experiment: Row, config: expconf.Config, **columns: "int | float | str | None"
) -> None:
    """Store a configuration that was changed, and the columns that repeat it.

    Raises:
        Refusal: it is wrong now.
    """
    try:
        expconf.check(config)
    except expconf.ConfigError as error:
        raise plain(
            f"patching experiment {experiment['id']}: refusing to save invalid experiment config: {error.text}"
        ) from None
    tx.update("experiments", {"id": experiment["id"]}, config=store.config_text(config), **columns)


# --- one, many ------------------------------------------------------------------------------------------------------

ACTIVATE_ONE = Action(activate_one)
ACTIVATE = Action(activate, ("PAUSED",), False)
PAUSE = Action(pause, ("ACTIVE",), False)
CANCEL = Action(cancel, _LIVE, False)
KILL = Action(kill, _LIVE, False)
ARCHIVE = Action(archive, lifecycle.TERMINAL, False)
UNARCHIVE = Action(unarchive, (), True)
DELETE = Action(delete, DELETABLE)


def on_one(tx: Transaction, caller: Caller, action: Action, experiment_id: int) -> None:
    """Do something to one experiment.

    Raises:
        Refusal: there is none with that id, or the action refuses it.
    """
    action.run(tx, caller, row_of(tx, experiment_id))


def retain_logs_of_one(tx: Transaction, caller: Caller, experiment_id: int, days: int) -> None:
    """Set how long the logs of an ended experiment are kept; -1 for ever.

    Raises:
        Refusal: no such experiment, it has not ended, or the number is out of range.
    """
    on_one(tx, caller, _retain_logs(days), experiment_id)


def on_many(
    tx: Transaction, caller: Caller, action: Action, project_id: int, ids: Sequence[int], wanted: Optional[Wanted]
) -> List[Outcome]:
    """Do something to many experiments; each that is not there, or not in the project, is answered as not found.

    Parameters:
        project_id: `ANY_PROJECT` for all.
        ids: which; not looked at when there is a filter.
        wanted: all that match; what it leaves open is filled in with what makes sense for the action.
    """
    rows = _chosen(tx, action, project_id, ids, wanted)
    outcomes = []
    for experiment_id, row in rows.items():
        try:
            if row is None:
                raise not_found("experiment", experiment_id)
            action.run(tx, caller, row)
        except Refusal as refusal:
            outcomes.append(Outcome(experiment_id, refusal))
        else:
            outcomes.append(Outcome(experiment_id, None))
    return outcomes


def move_many(
    tx: Transaction, caller: Caller, destination: int, project_id: int, ids: Sequence[int], wanted: Optional[Wanted]
) -> List[Outcome]:
    """Move many experiments to a project.

    Raises:
        Refusal: that project is unknown or archived.
    """
    check_takes_experiments(check_project(tx, destination))
    return on_many(tx, caller, _move_of_many(destination), project_id, ids, wanted)


def retain_logs_of_many(
    tx: Transaction, caller: Caller, days: int, project_id: int, ids: Sequence[int], wanted: Optional[Wanted]
) -> List[Outcome]:
    """Set how long the logs of many ended experiments are kept."""
    return on_many(tx, caller, _retain_logs(days), project_id, ids, wanted)


def _chosen(
    connection: Connection, action: Action, project_id: int, ids: Sequence[int], wanted: Optional[Wanted]
) -> Dict[int, Optional[Row]]:
    if wanted is not None:
        ids = store.ids(connection, _filters_for(action, project_id, wanted))
    chosen: Dict[int, Optional[Row]] = dict.fromkeys(ids)
    for row in store.find_all(connection, list(chosen)):
        if project_id in (ANY_PROJECT, row["project_id"]):
            chosen[row["id"]] = row
    return chosen


def _filters_for(action: Action, project_id: int, wanted: Wanted) -> Filters:
    filters = filters_of(wanted)
    if project_id != ANY_PROJECT:
        filters.add("e.project_id = ?", project_id)
    if not wanted.states:
        filters.among("e.state", action.states)
    if wanted.archived is None and action.archived is not None:
        filters.add("e.archived = ?", int(action.archived))
    return filters
