"""Reading experiments: who asks for what, and what is refused."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from determined.common.api.wire.common import Int32FieldFilter

from ..errors import Code, Refusal, not_found, plain
from ..store import experiments as store
from ..store.database import Connection, Database, Row
from ..store.filters import Filters
from ..store.orders import Missing, by_metric, by_value

# so many ids are read at once on the event loop
_TRIALS_AT_ONCE = 1000

SORTS = {
    "ID": "e.id",
    "DESCRIPTION": store.DESCRIPTION,
    "START_TIME": "e.start_time",
    "END_TIME": "e.end_time",
    "STATE": store.STATE_RANK,
    "NUM_TRIALS": store.NUM_TRIALS,
    "PROGRESS": "coalesce(e.progress, 0)",
    "USER": store.SHOWN_NAME,
    "NAME": "e.name",
    "FORKED_FROM": "e.forked_from",
    "RESOURCE_POOL": "e.resource_pool",
    "PROJECT_ID": "e.project_id",
    "CHECKPOINT_SIZE": store.CHECKPOINT_SIZE,
    "CHECKPOINT_COUNT": store.CHECKPOINT_COUNT,
    "SEARCHER_METRIC_VAL": store.BEST_METRIC,
}
"""Lists can be sorted by these, each with its SQL."""
_METRIC_SORTS = ("SEARCHER_METRIC_VAL",)


@dataclass(frozen=True)
class Wanted:
    """Which experiments a list or a bulk action is about; all of it must hold, and what is empty does not count.

    Attributes:
        name, description: parts of the text.
        labels: it has all of them.
        states: stored ones, any of.
        archived: None for both; False hides what lies in archived projects too, unless a project is given.
        project_id: 0 for all.
        ids: a range of ids.
        without_ids: ids that are left out.
    """

    name: str = ""
    description: str = ""
    labels: Sequence[str] = ()
    states: Sequence[str] = ()
    usernames: Sequence[str] = ()
    user_ids: Sequence[int] = ()
    archived: Optional[bool] = None
    project_id: int = 0
    ids: Optional[Int32FieldFilter] = None
    without_ids: Sequence[int] = ()


@dataclass(frozen=True)
class Shown:
    """An experiment as a single read shows it: its row, its trials, and its place in the queue if it has one."""

    row: Row
    trial_ids: List[int]
    job: Optional[Tuple[int, bool]]


# --- one ------------------------------------------------------------------------------------------------------------


def get(connection: Connection, experiment_id: int) -> Shown:
    """An experiment with the ids of its trials and how many jobs are ahead of it.

    Raises:
        Refusal: there is none with that id.
    """
    row = store.find_shown(connection, experiment_id)
    if row is None:
        raise not_found("experiment", experiment_id)
    job = None
    if row["state"] == "ACTIVE":
        job = (store.jobs_ahead(connection, row), store.has_resources(connection, experiment_id))
    return Shown(row, store.trial_ids(connection, experiment_id), job)


def _get_small(connection: Connection, experiment_id: int) -> Optional[Shown]:
    return None if store.has_more_trials(connection, experiment_id, _TRIALS_AT_ONCE) else get(connection, experiment_id)


async def read(db: Database, experiment_id: int) -> Shown:
    """See `get`; one of many trials is read on another thread.

    Raises:
        Refusal: there is none with that id.
    """
    shown = db.read_now(_get_small, experiment_id)
    return shown if shown is not None else await db.read(get, experiment_id)


def row_of(connection: Connection, experiment_id: int) -> Row:
    """An experiment's own row.

    Raises:
        Refusal: there is none with that id.
    """
    row = store.find(connection, experiment_id)
    if row is None:
        raise not_found("experiment", experiment_id)
    return row


def validation_history(connection: Connection, experiment_id: int) -> List[Row]:
    """The validations that were better than all before them, in order of time.

    Raises:
        Refusal: no such experiment.
    """
    experiment = row_of(connection, experiment_id)
    sign = 1 if experiment["smaller_is_better"] else -1
    best: Optional[float] = None
    history = []
    for row in store.validations(connection, experiment_id, experiment["searcher_metric"]):
        value = sign * float(row["value"])
        if math.isnan(value) and best is not None:
            continue
        if best is None or math.isnan(best) or value < best:
            best = value
            history.append(row)
    return history


def best_metric(connection: Connection, experiment_id: int) -> float:
    """The best value of the searcher's metric over all trials.

    Raises:
        Refusal: no such experiment, or no trial has one.
    """
    row_of(connection, experiment_id)
    value = store.best_metric(connection, experiment_id)
    if value is None:
        raise Refusal(Code.NOT_FOUND, "no validations for experiment")
    return value


# --- lists ----------------------------------------------------------------------------------------------------------


def list_experiments(
    connection: Connection, wanted: Wanted, sort: str, descending: bool, offset: int, limit: int
) -> store.Page:
    """A page of experiments.

    Parameters:
        sort: one of `SORTS`.

    Raises:
        Refusal: an unknown project, or a state that no row holds.
    """
    if wanted.project_id:
        check_project(connection, wanted.project_id)
    by = by_metric if sort in _METRIC_SORTS else by_value
    order = by(SORTS[sort], descending=descending, missing=Missing.LAST)
    order = f"{order}, e.id {'DESC' if descending else 'ASC'}"
    return store.list_page(connection, filters_of(wanted), order, offset, limit)


def filters_of(wanted: Wanted) -> Filters:
    """The SQL conditions of a wish.

    Raises:
        Refusal: it names a state that no row holds.
    """
    filters = Filters()
    if wanted.name:
        filters.contains(["e.name"], wanted.name)
    if wanted.description:
        filters.contains(["e.description"], wanted.description)
    # the real master joins them and cuts at commas, so two in one parameter are two, and an empty one is none
    joined = ",".join(wanted.labels)
    for label in joined.split(",") if joined else ():
        filters.add("EXISTS (SELECT 1 FROM json_each(e.labels) WHERE value = ?)", label)
    for state in wanted.states:
        if state not in store.STORED_STATES:
            raise plain(f'invalid input value for enum experiment_state: "{state}"')
    filters.among("e.state", wanted.states)
    filters.among("u.username", wanted.usernames)
    filters.among("e.owner_id", wanted.user_ids)
    if wanted.archived is not None:
        filters.add("e.archived = ?", int(wanted.archived))
        if not wanted.archived and not wanted.project_id:
            filters.add("p.archived = 0 AND w.archived = 0")
    if wanted.project_id:
        filters.add("e.project_id = ?", wanted.project_id)
    if wanted.ids is not None:
        _add_id_conditions(filters, wanted.ids)
    if wanted.without_ids:
        filters.without("e.id", wanted.without_ids)
    return filters


def _add_id_conditions(filters: Filters, ids: Int32FieldFilter) -> None:
    if "lt" in ids:
        filters.add("e.id < ?", ids["lt"])
    if "lte" in ids:
        filters.add("e.id <= ?", ids["lte"])
    if "gt" in ids:
        filters.add("e.id > ?", ids["gt"])
    if "gte" in ids:
        filters.add("e.id >= ?", ids["gte"])
    if "incl" in ids:
        # present but empty: nothing is wanted
        filters.among("e.id", ids["incl"] or [-1])
    if "notIn" in ids:
        filters.without("e.id", ids["notIn"])


def labels_in_use(connection: Connection, project_id: int) -> List[str]:
    """Every label, the most used first.

    Parameters:
        project_id: 0 for all projects.

    Raises:
        Refusal: an unknown project.
    """
    if project_id:
        check_project(connection, project_id)
    return store.label_counts(connection, project_id or None)


def check_project(connection: Connection, project_id: int) -> Row:
    """A project with its workspace's name and state.

    Raises:
        Refusal: there is none with that id.
    """
    place = store.placement(connection, project_id)
    if place is None:
        raise not_found("project", project_id)
    return place
