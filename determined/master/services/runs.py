"""Runs: searching them, and what is done to many at once.

A run is a trial. What a bulk action cannot do to one run is a text in its result, and keeps no other from being done.
"""

from __future__ import annotations

import json
from typing import Callable, List, NamedTuple, Optional, Sequence

from ..auth import Caller
from ..errors import Refusal, plain
from ..store import checkpoints as checkpoint_store
from ..store import experiments as experiment_store
from ..store import metrics, search
from ..store import runs as store
from ..store import trials as trial_store
from ..store.database import Connection, Row, Transaction
from ..store.filters import Filters
from ..store.search import Kind
from . import checkpoints, experiment_actions, trials
from .experiments import check_project, row_of

RUNS = search.Subject(
    name="run",
    columns=search.columns_of(
        {
            Kind.NUMBER: {
                "id": "t.id",
                "duration": store.DURATION,
                "experimentProgress": "round(coalesce(e.progress, 0) * 100)",
                "user": "e.owner_id",
                "forkedFrom": "e.forked_from",
                "projectId": "t.project_id",
                "checkpointSize": store.CHECKPOINT_SIZE,
                "checkpointCount": store.CHECKPOINT_COUNT,
                "experimentId": "e.id",
                "localId": "t.local_id",
            },
            Kind.METRIC: {"searcherMetricsVal": "t.searcher_metric_value"},
            Kind.TEXT: {
                "experimentName": "e.name",
                "experimentDescription": "e.description",
                "resourcePool": "e.resource_pool",
                "searcherType": "e.searcher_name",
                "searcherMetric": "e.searcher_metric",
                "externalExperimentId": "e.external_experiment_id",
                "externalRunId": "t.external_trial_id",
                "logPolicyMatched": "t.log_policy_matched",
            },
            Kind.STATE: {"state": "t.state"},
            Kind.TIME: {"startTime": "t.start_time", "endTime": "t.end_time"},
            Kind.BOOLEAN: {
                "isExpMultitrial": store.IS_MULTITRIAL,
                "parentArchived": store.PARENT_ARCHIVED,
                "archived": "t.archived",
            },
            Kind.LABELS: {"tags": "e.labels"},
        },
        {
            "state": store.STATE_RANK,
            "experimentDescription": experiment_store.DESCRIPTION,
            "user": store.USER_NAME,
            "experimentProgress": "coalesce(e.progress, 0)",
            **search.unsortable(["tags"]),
        },
    ),
    states=trial_store.STORED_STATES,
    state_type="trial_state",
    summary="t.summary_metrics",
    hyperparameters="t.hparams",
    metadata="t.metadata",
)


def search_runs(
    connection: Connection, project_id: int, sort: str, filter_text: str, offset: int, limit: int
) -> experiment_store.Page:
    """Search runs.

    Parameters:
        project_id: 0 for all.
        sort, filter_text: see `store.search`.

    Raises:
        Refusal: an unknown project, or the filter or the order will not do.
    """
    if project_id:
        check_project(connection, project_id)
    filters = _filters(project_id, filter_text)
    order = search.read_order(sort, RUNS, "t.id")
    return store.search_page(connection, filters, order.text, order.parameters, offset, limit)


def _filters(project_id: int, filter_text: str) -> Filters:
    filters = Filters()
    filters.add("e.state != 'DELETING'")
    if project_id:
        filters.add("t.project_id = ?", project_id)
    wanted = search.read_filter(filter_text, RUNS)
    filters.add(wanted.condition.text, *wanted.condition.parameters)
    if not wanted.shows_archived:
        filters.add("t.archived = 0")
    return filters


# --- many -----------------------------------------------------------------------------------------------------------


class Selection(NamedTuple):
    """Which runs a bulk action is about: ids, or all of a project that match a filter."""

    ids: Sequence[int]
    project_id: int
    filter_text: str


class Outcome(NamedTuple):
    """What became of one run of a bulk action; an empty text means that it was done."""

    run_id: int
    error: str


class _Refused(Exception):
    """Why something is not done to one run."""


_Deed = Callable[[Transaction, Caller, Row], None]


def archive(tx: Transaction, caller: Caller, selection: Selection) -> List[Outcome]:
    """Put runs out of the way that have ended."""
    return _on_many(tx, caller, selection, _archive)


def unarchive(tx: Transaction, caller: Caller, selection: Selection) -> List[Outcome]:
    """Bring runs back."""
    return _on_many(tx, caller, selection, _unarchive)


def pause(tx: Transaction, caller: Caller, selection: Selection) -> List[Outcome]:
    """Pause runs, with the searches that they are the only one of."""
    return _on_many(tx, caller, selection, _pause)


def resume(tx: Transaction, caller: Caller, selection: Selection) -> List[Outcome]:
    """Let runs go on, with the searches that they are the only one of."""
    return _on_many(tx, caller, selection, _resume)


def kill(tx: Transaction, caller: Caller, selection: Selection) -> List[Outcome]:
    """End runs at once; nothing is done to those that have ended."""
    return _on_many(tx, caller, selection, _kill, names_project=False)


def delete(tx: Transaction, caller: Caller, selection: Selection) -> List[Outcome]:
    """Delete runs that have ended; the files of their checkpoints go behind."""
    return _on_many(tx, caller, selection, _delete)


def move(
    tx: Transaction, caller: Caller, selection: Selection, destination: int, skip_multitrial: bool
) -> List[Outcome]:
    """Move runs to another project, with their experiments, hence with the other runs of these.

    Parameters:
        skip_multitrial: leave those where they are whose experiment has more runs.

    Raises:
        Refusal: that project is unknown or archived.
    """
    project = check_project(tx, destination)
    if destination == selection.project_id:
        return []
    experiment_actions.check_takes_experiments(project)

    def deed(tx: Transaction, caller: Caller, run: Row) -> None:
        if run["archived"]:
            raise _Refused("Run is archived.")
        if skip_multitrial and run["is_multitrial"]:
            raise _Refused(f"Skipping run '{run['id']}' (part of multi-trial).")
        experiment_actions.move_one(tx, run["experiment_id"], destination)

    return _on_many(tx, caller, selection, deed)


def _archive(tx: Transaction, caller: Caller, run: Row) -> None:
    if run["state"] not in trials.TERMINAL:
        raise _Refused("Run is not in terminal state.")
    store.set_archived(tx, run["id"], True)


def _unarchive(tx: Transaction, caller: Caller, run: Row) -> None:
    store.set_archived(tx, run["id"], False)


def _pause(tx: Transaction, caller: Caller, run: Row) -> None:
    _check_single(run)
    experiment_actions.pause(tx, caller, row_of(tx, run["experiment_id"]))


def _resume(tx: Transaction, caller: Caller, run: Row) -> None:
    _check_single(run)
    experiment_actions.activate(tx, caller, row_of(tx, run["experiment_id"]))


def _check_single(run: Row) -> None:
    if run["is_multitrial"]:
        raise _Refused(f"Cannot pause/unpause run '{run['id']}' (part of multi-trial).")


def _kill(tx: Transaction, caller: Caller, run: Row) -> None:
    if run["state"] in trials.TERMINAL:
        return
    try:
        trials.kill(tx, run["id"])
    except Refusal as refusal:
        raise _Refused(f"Failed to kill run: {refusal.nested()}") from None


def _delete(tx: Transaction, caller: Caller, run: Row) -> None:
    if run["state"] not in trials.TERMINAL:
        raise _Refused("Run is not in a terminal state.")
    if run["owner_id"] != caller.user_id and not caller.admin:
        raise _Refused("non admin users may not delete other user's runs")
    left = store.checkpoints_with_files(tx, run["id"])
    uuids = [row["uuid"] for row in left]
    if checkpoint_store.registered(tx, uuids):
        raise _Refused("checkpoints are registered as model versions")
    checkpoints.remove_later(tx, uuids, checkpoints.EVERYTHING)
    for checkpoint in left:
        _detach(tx, checkpoint, run)
    store.delete(tx, run["id"])
    experiment = row_of(tx, run["experiment_id"])
    best = metrics.best_trial(tx, experiment["id"], bool(experiment["smaller_is_better"]))
    tx.update("experiments", {"id": experiment["id"]}, best_trial_id=best)


def _detach(tx: Transaction, checkpoint: Row, run: Row) -> None:
    """Let a checkpoint outlive its run until its files are gone: it keeps by itself where they are."""
    storage_id: Optional[int] = checkpoint["storage_id"]
    if storage_id is None:
        storage = json.loads(run["config"])["checkpoint_storage"]
        storage_id = checkpoint_store.storage_id_of(tx, json.dumps(storage, sort_keys=True))
    tx.update("checkpoints", {"uuid": checkpoint["uuid"]}, storage_id=storage_id, trial_id=None, experiment_id=None)


def _on_many(
    tx: Transaction, caller: Caller, selection: Selection, deed: _Deed, *, names_project: bool = True
) -> List[Outcome]:
    if selection.filter_text and selection.ids:
        raise plain("if filter is provided run id list must be empty")
    ids: Sequence[int] = list(dict.fromkeys(selection.ids))  # one that comes twice is done once
    if selection.filter_text:
        within = _filters(selection.project_id, selection.filter_text)
        ids = store.ids(tx, within) if selection.project_id else []  # 0 is no project here
    runs = {row["id"]: row for row in store.shown(tx, ids)}
    outcomes = []
    for run_id in ids:
        run = runs.get(run_id)
        if run is None or run["project_id"] != selection.project_id:
            place = f" in project with id '{selection.project_id}'" if names_project else ""
            outcomes.append(Outcome(run_id, f"Run with id '{run_id}' not found{place}"))
            continue
        try:
            deed(tx, caller, run)
        except _Refused as refused:
            outcomes.append(Outcome(run_id, str(refused)))
        except Refusal as refusal:
            outcomes.append(Outcome(run_id, refusal.text))
        else:
            outcomes.append(Outcome(run_id, ""))
    return outcomes
