"""Searching experiments with the filters and orders of the web interface."""

from __future__ import annotations

from typing import Dict, List, NamedTuple

from ..store import experiments as store
from ..store import search
from ..store.database import Connection, Row
from ..store.filters import Filters
from ..store.search import Kind
from . import trials
from .experiments import check_project

_BEST_TRIAL = f"(SELECT {{}} FROM trials WHERE id = {store.BEST_TRIAL_ID})"

EXPERIMENTS = search.Subject(
    name="experiment",
    columns=search.columns_of(
        {
            Kind.NUMBER: {
                "id": "e.id",
                "duration": store.DURATION,
                "numTrials": store.NUM_TRIALS,
                "progress": "round(coalesce(e.progress, 0) * 100)",
                "user": "e.owner_id",
                "forkedFrom": "e.forked_from",
                "projectId": "e.project_id",
                "checkpointSize": store.CHECKPOINT_SIZE,
                "checkpointCount": store.CHECKPOINT_COUNT,
            },
            Kind.METRIC: {"searcherMetricsVal": store.BEST_METRIC},
            Kind.TEXT: {
                "name": "e.name",
                "description": "e.description",
                "resourcePool": "e.resource_pool",
                "searcherType": "e.searcher_name",
                "searcherMetric": "e.searcher_metric",
                "externalExperimentId": "e.external_experiment_id",
                "externalTrialId": _BEST_TRIAL.format("external_trial_id"),
            },
            Kind.STATE: {"state": "e.state"},
            Kind.TIME: {"startTime": "e.start_time", "endTime": "e.end_time"},
            Kind.BOOLEAN: {"archived": "e.archived"},
            Kind.LABELS: {"tags": "e.labels"},
        },
        {
            "state": store.STATE_RANK,
            "description": store.DESCRIPTION,
            "user": store.SHOWN_NAME,
            "progress": "coalesce(e.progress, 0)",
            **search.unsortable(["tags", "archived"]),
        },
    ),
    states=store.STORED_STATES,
    state_type="experiment_state",
    summary=_BEST_TRIAL.format("summary_metrics"),
    hyperparameters="e.hyperparameters",
    hyperparameter_values=("val", "minval", "maxval", "vals"),
)


class Found(NamedTuple):
    """A page of experiments, and the best trials of those that have one, by id."""

    page: store.Page
    best_trials: Dict[int, trials.Details]


def search_experiments(
    connection: Connection, project_id: int, sort: str, filter_text: str, offset: int, limit: int
) -> Found:
    """Search experiments; those that are being deleted are not found.

    Parameters:
        project_id: 0 for all.
        sort, filter_text: see `store.search`.

    Raises:
        Refusal: an unknown project, or the filter or the order will not do.
    """
    filters = Filters()
    filters.add("e.state != 'DELETING'")
    if project_id:
        check_project(connection, project_id)
        filters.add("e.project_id = ?", project_id)
    wanted = search.read_filter(filter_text, EXPERIMENTS)
    filters.add(wanted.condition.text, *wanted.condition.parameters)
    if not wanted.shows_archived:
        filters.add("e.archived = 0")
    order = search.read_order(sort, EXPERIMENTS, "e.id")
    page = store.list_page(connection, filters, order.text, offset, limit, order.parameters)
    best = trials.details_of(connection, _best_trials(page.rows))
    return Found(page, {details.row["id"]: details for details in best})


def _best_trials(rows: List[Row]) -> List[int]:
    return [row["shown_best_trial_id"] for row in rows if row["shown_best_trial_id"] is not None]
