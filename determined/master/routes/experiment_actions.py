"""What is done to experiments, one or many at once."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.experiments import (
    ActivateExperimentsRequest,
    ActivateExperimentsResponse,
    ArchiveExperimentsRequest,
    ArchiveExperimentsResponse,
    BulkExperimentFilters,
    CancelExperimentsRequest,
    CancelExperimentsResponse,
    DeleteExperimentLabelResponse,
    DeleteExperimentsRequest,
    DeleteExperimentsResponse,
    ExperimentActionResult,
    KillExperimentsRequest,
    KillExperimentsResponse,
    MoveExperimentRequest,
    MoveExperimentsRequest,
    MoveExperimentsResponse,
    PatchExperiment,
    PatchExperimentResponse,
    PauseExperimentsRequest,
    PauseExperimentsResponse,
    PutExperimentLabelResponse,
    PutExperimentRetainLogsRequest,
    PutExperimentsRetainLogsRequest,
    PutExperimentsRetainLogsResponse,
    UnarchiveExperimentsRequest,
    UnarchiveExperimentsResponse,
)

from ..errors import plain
from ..serialize.experiments import config_struct, experiment_message
from ..services import experiment_actions as actions
from ..services import experiment_changes as changes
from ..services import experiments, tensorboard_files
from ..services.experiments import Wanted
from .registry import Call, handles

# --- TensorBoard ----------------------------------------------------------------------------------------------------


@handles(paths.DELETE_TENSORBOARD_FILES)
async def delete_tensorboard_files(call: Call[Empty], experiment_id: int) -> Empty:
    place = call.db.read_now(tensorboard_files.place_of, experiment_id)
    try:
        await tensorboard_files.remove(place)
    except Exception as error:  # a storage may fail in any way of its client library
        raise plain(f"the TensorBoard files of experiment {experiment_id} cannot be removed: {error}") from error
    return {}


# --- one ------------------------------------------------------------------------------------------------------------


async def _on_one(call: Call[Empty], action: actions.Action, experiment_id: int) -> Empty:
    await call.db.write(actions.on_one, call.caller, action, experiment_id)
    return {}


@handles(paths.ACTIVATE_EXPERIMENT)
async def activate_experiment(call: Call[Empty], id: int) -> Empty:
    return await _on_one(call, actions.ACTIVATE_ONE, id)


@handles(paths.PAUSE_EXPERIMENT)
async def pause_experiment(call: Call[Empty], id: int) -> Empty:
    return await _on_one(call, actions.PAUSE, id)


@handles(paths.CANCEL_EXPERIMENT)
async def cancel_experiment(call: Call[Empty], id: int) -> Empty:
    return await _on_one(call, actions.CANCEL, id)


@handles(paths.KILL_EXPERIMENT)
async def kill_experiment(call: Call[Empty], id: int) -> Empty:
    return await _on_one(call, actions.KILL, id)


@handles(paths.ARCHIVE_EXPERIMENT)
async def archive_experiment(call: Call[Empty], id: int) -> Empty:
    return await _on_one(call, actions.ARCHIVE, id)


@handles(paths.UNARCHIVE_EXPERIMENT)
async def unarchive_experiment(call: Call[Empty], id: int) -> Empty:
    return await _on_one(call, actions.UNARCHIVE, id)


@handles(paths.DELETE_EXPERIMENT)
async def delete_experiment(call: Call[Empty], experiment_id: int) -> Empty:
    return await _on_one(call, actions.DELETE, experiment_id)


@handles(paths.MOVE_EXPERIMENT)
async def move_experiment(call: Call[MoveExperimentRequest], experiment_id: int) -> Empty:
    await call.db.write(actions.move_one, experiment_id, call.request.get("destinationProjectId", 0))
    return {}


@handles(paths.PUT_EXPERIMENT_RETAIN_LOGS)
async def put_retain_logs(call: Call[PutExperimentRetainLogsRequest], experiment_id: int) -> Empty:
    days = call.request.get("numDays", 0)
    await call.db.write(actions.retain_logs_of_one, call.caller, experiment_id, days)
    return {}


# --- changes --------------------------------------------------------------------------------------------------------


@handles(paths.PATCH_EXPERIMENT)
async def patch_experiment(call: Call[PatchExperiment], experiment_id: int) -> PatchExperimentResponse:
    config_before = await call.db.write(changes.patch, experiment_id, call.request)
    shown = await experiments.read(call.db, experiment_id)
    message = experiment_message(shown.row, shown.trial_ids)
    # as the real master answers: the change shows in the fields beside, and in the configuration from the next get on
    message["config"] = config_struct(config_before)
    return {"experiment": message}


@handles(paths.PUT_EXPERIMENT_LABEL)
async def put_label(call: Call[Empty], experiment_id: int, label: str) -> PutExperimentLabelResponse:
    return {"labels": await call.db.write(changes.put_label, experiment_id, label)}


@handles(paths.DELETE_EXPERIMENT_LABEL)
async def delete_label(call: Call[Empty], experiment_id: int, label: str) -> DeleteExperimentLabelResponse:
    return {"labels": await call.db.write(changes.delete_label, experiment_id, label)}


# --- many -----------------------------------------------------------------------------------------------------------


async def _on_many(call: Call[Any], action: actions.Action, project_id: int) -> List[ExperimentActionResult]:
    ids, wanted = call.request.get("experimentIds", []), _wanted(call.request)
    return _results(await call.db.write(actions.on_many, call.caller, action, project_id, ids, wanted))


@handles(paths.ACTIVATE_EXPERIMENTS)
async def activate_experiments(call: Call[ActivateExperimentsRequest], project_id: int) -> ActivateExperimentsResponse:
    return {"results": await _on_many(call, actions.ACTIVATE, project_id)}


@handles(paths.PAUSE_EXPERIMENTS)
async def pause_experiments(call: Call[PauseExperimentsRequest], project_id: int) -> PauseExperimentsResponse:
    return {"results": await _on_many(call, actions.PAUSE, project_id)}


@handles(paths.CANCEL_EXPERIMENTS)
async def cancel_experiments(call: Call[CancelExperimentsRequest], project_id: int) -> CancelExperimentsResponse:
    return {"results": await _on_many(call, actions.CANCEL, project_id)}


@handles(paths.KILL_EXPERIMENTS)
async def kill_experiments(call: Call[KillExperimentsRequest], project_id: int) -> KillExperimentsResponse:
    return {"results": await _on_many(call, actions.KILL, project_id)}


@handles(paths.ARCHIVE_EXPERIMENTS)
async def archive_experiments(call: Call[ArchiveExperimentsRequest], project_id: int) -> ArchiveExperimentsResponse:
    return {"results": await _on_many(call, actions.ARCHIVE, project_id)}


@handles(paths.UNARCHIVE_EXPERIMENTS)
async def unarchive_experiments(
    call: Call[UnarchiveExperimentsRequest], project_id: int
) -> UnarchiveExperimentsResponse:
    return {"results": await _on_many(call, actions.UNARCHIVE, project_id)}


@handles(paths.DELETE_EXPERIMENTS)
async def delete_experiments(call: Call[DeleteExperimentsRequest], project_id: int) -> DeleteExperimentsResponse:
    return {"results": await _on_many(call, actions.DELETE, project_id)}


@handles(paths.MOVE_EXPERIMENTS)
async def move_experiments(call: Call[MoveExperimentsRequest], project_id: int) -> MoveExperimentsResponse:
    request = call.request
    destination, ids = request.get("destinationProjectId", 0), request.get("experimentIds", [])
    outcomes = await call.db.write(actions.move_many, call.caller, destination, project_id, ids, _wanted(request))
    return {"results": _results(outcomes)}


@handles(paths.PUT_EXPERIMENTS_RETAIN_LOGS)
async def put_retain_logs_of_many(
    call: Call[PutExperimentsRetainLogsRequest], project_id: int
) -> PutExperimentsRetainLogsResponse:
    request = call.request
    days, ids = request.get("numDays", 0), request.get("experimentIds", [])
    outcomes = await call.db.write(actions.retain_logs_of_many, call.caller, days, project_id, ids, _wanted(request))
    return {"results": _results(outcomes)}


def _wanted(request: Mapping[str, Any]) -> Optional[Wanted]:
    """The filter of a bulk request; None when it has none, and an empty one means all."""
    filters: Optional[BulkExperimentFilters] = request.get("filters")
    if filters is None:
        return None
    return Wanted(
        name=filters.get("name", ""),
        description=filters.get("description", ""),
        labels=filters.get("labels", ()),
        states=[str(state).removeprefix("STATE_") for state in filters.get("states", ())],
        user_ids=filters.get("userIds", ()),
        archived=filters.get("archived"),
        project_id=filters.get("projectId", 0),
        without_ids=filters.get("excludedExperimentIds", ()),
    )


def _results(outcomes: List[actions.Outcome]) -> List[ExperimentActionResult]:
    return [
        {"error": outcome.refusal.nested() if outcome.refusal else "", "id": outcome.experiment_id}
        for outcome in outcomes
    ]
