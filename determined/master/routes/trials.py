"""Trials."""

from __future__ import annotations

from typing import Any

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import (
    GetExperimentTrialsSortBy,
    GetTrialWorkloadsFilterOption,
    OrderBy,
    TrialEarlyExitExitedReason,
    TrialSourceInfoType,
)
from determined.common.api.wire.experiments import GetExperimentTrialsQuery, GetExperimentTrialsResponse
from determined.common.api.wire.trials import (
    CreateTrialRequest,
    CreateTrialResponse,
    GetTrialByExternalIDResponse,
    GetTrialRemainingLogRetentionDaysResponse,
    GetTrialResponse,
    GetTrialWorkloadsQuery,
    GetTrialWorkloadsResponse,
    PatchTrialRequest,
    PatchTrialResponse,
    PutTrialRequest,
    PutTrialResponse,
    PutTrialRetainLogsRequest,
    ReportTrialProgressRequest,
    ReportTrialSourceInfoRequest,
    ReportTrialSourceInfoResponse,
    StartTrialRequest,
    StartTrialResponse,
    Trial,
    TrialEarlyExit,
    TrialRunnerMetadata,
)

from ..serialize.trials import trial_message, workload_message
from ..services import trials
from ..store.trials import Workloads
from .registry import Call, handles

_STATE_PREFIX = len("STATE_")


def _trial(call: "Call[Any]", trial_id: int) -> Trial:
    return trial_message(call.db.read_now(trials.details, trial_id))


# --- reading --------------------------------------------------------------------------------------------------------


@handles(paths.GET_TRIAL)
async def get_trial(call: Call[Empty], trial_id: int) -> GetTrialResponse:
    return {"trial": trial_message(await call.db.read(trials.details, trial_id))}


@handles(paths.GET_TRIAL_BY_EXTERNAL_ID)
async def get_trial_by_external_id(
    call: Call[Empty], external_experiment_id: str, external_trial_id: str
) -> GetTrialByExternalIDResponse:
    found = call.db.read_now(trials.details_by_external_ids, external_experiment_id, external_trial_id)
    return {"trial": trial_message(found)}


@handles(paths.GET_EXPERIMENT_TRIALS)
async def list_trials(call: Call[GetExperimentTrialsQuery], experiment_id: int) -> GetExperimentTrialsResponse:
    request = call.request
    sort = request.get("sortBy", GetExperimentTrialsSortBy.UNSPECIFIED)
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    found, window = await call.db.read(
        trials.list_of_experiment,
        experiment_id,
        [state.value[_STATE_PREFIX:] for state in request.get("states", [])],
        "ID" if sort is GetExperimentTrialsSortBy.UNSPECIFIED else sort.name,
        request.get("orderBy") is OrderBy.DESC,
        offset,
        limit,
    )
    return {"trials": [trial_message(d) for d in found], "pagination": window.pagination(offset, limit)}


@handles(paths.GET_TRIAL_WORKLOADS)
async def list_workloads(call: Call[GetTrialWorkloadsQuery], trial_id: int) -> GetTrialWorkloadsResponse:
    request = call.request
    kind = request.get("filter", GetTrialWorkloadsFilterOption.UNSPECIFIED)
    sort = request.get("sortKey", "")
    wanted = Workloads(
        training=kind is GetTrialWorkloadsFilterOption.UNSPECIFIED,
        checkpoints=kind is not GetTrialWorkloadsFilterOption.VALIDATION,
        deleted=not request.get("removeDeletedCheckpoints", False),
        metric=None if sort in ("", "batches") else sort,
        descending=request.get("orderBy") is OrderBy.DESC,
    )
    # no limit means all here, and is told as -1
    offset, limit = request.get("offset", 0), request.get("limit", 0) or -1
    rows, window = await call.db.read(trials.list_workloads, trial_id, wanted, offset, limit)
    with_batches = request.get("includeBatchMetrics", False)
    return {
        "workloads": [workload_message(row, with_batches=with_batches) for row in rows],
        "pagination": window.pagination(offset, limit),
    }


# --- unmanaged ones -------------------------------------------------------------------------------------------------


@handles(paths.CREATE_TRIAL)
async def create_trial(call: Call[CreateTrialRequest]) -> CreateTrialResponse:
    return {"trial": _trial(call, await call.db.write(trials.create, _new_trial(call.request)))}


@handles(paths.PUT_TRIAL)
async def put_trial(call: Call[PutTrialRequest]) -> PutTrialResponse:
    new = _new_trial(call.request.get("createTrialRequest") or {})
    new = new._replace(external_id=call.request.get("externalTrialId", ""))
    return {"trial": _trial(call, await call.db.write(trials.create, new))}


def _new_trial(request: CreateTrialRequest) -> trials.NewTrial:
    return trials.NewTrial(
        request.get("experimentId", 0), request.get("unmanaged", False), request.get("hparams") or {}
    )


@handles(paths.START_TRIAL)
async def start_trial(call: Call[StartTrialRequest], trial_id: int) -> StartTrialResponse:
    begun = await call.db.write(trials.start, trial_id, call.request.get("resume", False))
    answer: StartTrialResponse = {"trialRunId": begun.run_id, "stepsCompleted": begun.steps}
    if begun.checkpoint is not None:
        answer["latestCheckpoint"] = begun.checkpoint
    return answer


@handles(paths.PATCH_TRIAL)
async def patch_trial(call: Call[PatchTrialRequest], trial_id: int) -> PatchTrialResponse:
    state = call.request.get("state")
    await call.db.write(trials.patch, trial_id, None if state is None else state.value[_STATE_PREFIX:])
    return {"trial": _trial(call, trial_id)}


# --- what running ones tell -----------------------------------------------------------------------------------------


@handles(paths.KILL_TRIAL)
async def kill_trial(call: Call[Empty], id: int) -> Empty:
    await call.db.write(trials.kill, id)
    return {}


@handles(paths.REPORT_TRIAL_PROGRESS)
async def report_progress(call: Call[ReportTrialProgressRequest], trial_id: int) -> Empty:
    await call.db.write(trials.set_progress, trial_id, call.request.get("progress", 0.0))
    return {}


@handles(paths.REPORT_TRIAL_SEARCHER_EARLY_EXIT)
async def report_early_exit(call: Call[TrialEarlyExit], trial_id: int) -> Empty:
    reason = call.request.get("reason", TrialEarlyExitExitedReason.UNSPECIFIED)
    await call.db.write(trials.exit_early, trial_id, reason.name)
    return {}


@handles(paths.POST_TRIAL_RUNNER_METADATA)
async def set_runner_state(call: Call[TrialRunnerMetadata], trial_id: int) -> Empty:
    await call.db.write(trials.set_runner_state, trial_id, call.request.get("state", ""))
    return {}


@handles(paths.REPORT_TRIAL_SOURCE_INFO)
async def report_source(call: Call[ReportTrialSourceInfoRequest]) -> ReportTrialSourceInfoResponse:
    source = call.request.get("trialSourceInfo") or {}
    trial_id, checkpoint_uuid = source.get("trialId", 0), source.get("checkpointUuid", "")
    await call.db.write(
        trials.set_source,
        trial_id,
        checkpoint_uuid,
        source.get("trialSourceInfoType", TrialSourceInfoType.UNSPECIFIED).name,
        source.get("modelId"),
        source.get("modelVersion"),
    )
    return {"trialId": trial_id, "checkpointUuid": checkpoint_uuid}


# --- keeping logs ---------------------------------------------------------------------------------------------------


@handles(paths.PUT_TRIAL_RETAIN_LOGS)
async def retain_logs(call: Call[PutTrialRetainLogsRequest], trial_id: int) -> Empty:
    await call.db.write(trials.retain_logs, trial_id, call.request.get("numDays", 0))
    return {}


@handles(paths.GET_TRIAL_REMAINING_LOG_RETENTION_DAYS)
async def get_remaining_log_days(call: Call[Empty], id: int) -> GetTrialRemainingLogRetentionDaysResponse:
    default = call.world.settings.retention_policy.log_retention_days
    days = call.db.read_now(trials.remaining_log_days, id, default)
    return {} if days is None else {"remainingDays": days}
