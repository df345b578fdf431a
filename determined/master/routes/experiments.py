"""Experiments: making, reading and listing them."""

from __future__ import annotations

from typing import Union

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import GetExperimentsSortBy, OrderBy
from determined.common.api.wire.experiments import (
    ContinueExperimentRequest,
    ContinueExperimentResponse,
    CreateExperimentRequest,
    CreateExperimentResponse,
    Experiment,
    GetBestSearcherValidationMetricResponse,
    GetExperimentLabelsQuery,
    GetExperimentLabelsResponse,
    GetExperimentResponse,
    GetExperimentsQuery,
    GetExperimentsResponse,
    GetExperimentValidationHistoryResponse,
    PutExperimentResponse,
    SearchExperimentsRequest,
    SearchExperimentsResponse,
)
from determined.common.api.wire.scalars import from_single

from ..serialize.experiments import (
    NO_EXPERIMENT,
    experiment_message,
    experiments_page,
    found_json,
    history_entry,
    job_summary,
    listed_json,
)
from ..services import experiment_creation as creation
from ..services import experiment_search, experiments
from ..services.world import World
from ..store.database import Connection
from .registry import Call, handles

# --- making ---------------------------------------------------------------------------------------------------------


@handles(paths.CREATE_EXPERIMENT)
async def create_experiment(call: Call[CreateExperimentRequest]) -> CreateExperimentResponse:
    request = call.request
    planned = await call.db.read(creation.plan, request, _cluster(call.world))
    if request.get("validateOnly", False):
        return {"experiment": NO_EXPERIMENT, "config": None, "warnings": []}
    activate = request.get("activate", False)
    experiment_id = await call.db.write(creation.create, call.caller, planned, activate)
    return {"experiment": await _shown(call, experiment_id), "config": planned.shown_config, "warnings": []}


@handles(paths.PUT_EXPERIMENT)
async def put_experiment(call: Call[CreateExperimentRequest], external_experiment_id: str) -> PutExperimentResponse:
    creation.check_put(call.request)
    planned = await call.db.read(creation.plan, call.request, _cluster(call.world))
    experiment_id = await call.db.write(creation.put, call.caller, external_experiment_id, planned)
    return {"experiment": await _shown(call, experiment_id), "config": planned.shown_config}


@handles(paths.CONTINUE_EXPERIMENT)
async def continue_experiment(call: Call[ContinueExperimentRequest]) -> ContinueExperimentResponse:
    experiment_id = call.request.get("id", 0)
    override = call.request.get("overrideConfig", "")
    await call.db.write(creation.continue_experiment, experiment_id, override, _cluster(call.world))
    return {"experiment": await _shown(call, experiment_id), "warnings": []}


def _cluster(world: World) -> creation.Cluster:
    return creation.Cluster(world.slot_count, world.settings.default_checkpoint_storage())


# --- one ------------------------------------------------------------------------------------------------------------


@handles(paths.GET_EXPERIMENT)
async def get_experiment(call: Call[Empty], experiment_id: int) -> GetExperimentResponse:
    shown = await experiments.read(call.db, experiment_id)
    message = experiment_message(shown.row, shown.trial_ids)
    return {
        "experiment": message,
        "jobSummary": None if shown.job is None else job_summary(*shown.job),
        "config": message["config"],
    }


@handles(paths.GET_EXPERIMENT_VALIDATION_HISTORY)
async def get_validation_history(call: Call[Empty], experiment_id: int) -> GetExperimentValidationHistoryResponse:
    rows = await call.db.read(experiments.validation_history, experiment_id)
    return {"validationHistory": [history_entry(row) for row in rows]}


@handles(paths.GET_BEST_SEARCHER_VALIDATION_METRIC)
async def get_best_metric(call: Call[Empty], experiment_id: int) -> GetBestSearcherValidationMetricResponse:
    return {"metric": from_single(call.db.read_now(experiments.best_metric, experiment_id))}


async def _shown(
    call: "Call[CreateExperimentRequest] | Call[ContinueExperimentRequest]", experiment_id: int
) -> Experiment:
    shown = await experiments.read(call.db, experiment_id)
    return experiment_message(shown.row, shown.trial_ids)


# --- lists ----------------------------------------------------------------------------------------------------------


@handles(paths.GET_EXPERIMENTS)
async def get_experiments(call: Call[GetExperimentsQuery]) -> Union[GetExperimentsResponse, bytes]:
    return await call.db.read(_list, call.request)


def _list(connection: Connection, query: GetExperimentsQuery) -> bytes:
    wanted = experiments.Wanted(
        name=query.get("name", ""),
        description=query.get("description", ""),
        labels=query.get("labels", ()),
        states=[str(state).removeprefix("STATE_") for state in query.get("states", ())],
        usernames=query.get("users", ()),
        user_ids=query.get("userIds", ()),
        archived=query.get("archived"),
        project_id=query.get("projectId", 0),
        ids=query.get("experimentIdFilter"),
    )
    offset, limit = query.get("offset", 0), query.get("limit", 0)
    sort = query.get("sortBy", GetExperimentsSortBy.UNSPECIFIED)
    key = "ID" if sort is GetExperimentsSortBy.UNSPECIFIED else sort.removeprefix("SORT_BY_")
    descending = query.get("orderBy") is OrderBy.DESC
    page = experiments.list_experiments(connection, wanted, key, descending, offset, limit)
    show_trial_data = query.get("showTrialData", False)
    return experiments_page(
        [listed_json(row, show_trial_data=show_trial_data) for row in page.rows], page.window.pagination(offset, limit)
    )


@handles(paths.GET_EXPERIMENT_LABELS)
async def get_experiment_labels(call: Call[GetExperimentLabelsQuery]) -> GetExperimentLabelsResponse:
    return {"labels": await call.db.read(experiments.labels_in_use, call.request.get("projectId", 0))}


@handles(paths.SEARCH_EXPERIMENTS)
async def search_experiments(call: Call[SearchExperimentsRequest]) -> Union[SearchExperimentsResponse, bytes]:
    return await call.db.read(_search, call.request)


def _search(connection: Connection, request: SearchExperimentsRequest) -> bytes:
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    found = experiment_search.search_experiments(
        connection,
        request.get("projectId", 0),
        request.get("sort", ""),
        request.get("filter", ""),
        offset,
        limit,
    )
    return experiments_page(
        [found_json(row, found.best_trials.get(row["shown_best_trial_id"])) for row in found.page.rows],
        found.page.window.pagination(offset, limit),
    )
