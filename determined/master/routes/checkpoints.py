"""Checkpoints."""

from __future__ import annotations

from typing import Dict, Mapping, Union

from determined.common import timestamps
from determined.common.api.wire import paths
from determined.common.api.wire.checkpoints import (
    Checkpoint,
    CheckpointsRemoveFilesRequest,
    DeleteCheckpointsRequest,
    GetCheckpointResponse,
    PatchCheckpointsRequest,
    PostCheckpointMetadataRequest,
    PostCheckpointMetadataResponse,
)
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import CheckpointSortBy, CheckpointState, OrderBy
from determined.common.api.wire.experiments import GetExperimentCheckpointsQuery, GetExperimentCheckpointsResponse
from determined.common.api.wire.runs import RunPrepareForReportingRequest, RunPrepareForReportingResponse
from determined.common.api.wire.trials import GetTrialCheckpointsQuery, GetTrialCheckpointsResponse

from ..errors import invalid
from ..serialize.checkpoints import checkpoint_message, checkpoint_messages
from ..services import checkpoints
from .registry import Call, handles


@handles(paths.RUN_PREPARE_FOR_REPORTING)
async def prepare_for_reporting(call: Call[RunPrepareForReportingRequest]) -> RunPrepareForReportingResponse:
    run_id, storage = call.request.get("runId", 0), call.request.get("checkpointStorage")
    storage_id = await call.db.write(checkpoints.prepare_storage, run_id, storage)
    return {} if storage_id is None else {"storageId": storage_id}


@handles(paths.REPORT_CHECKPOINT)
async def report_checkpoint(call: Call[Checkpoint]) -> Empty:
    sent = call.request
    time = sent.get("reportTime")
    new = checkpoints.NewCheckpoint(
        uuid=sent.get("uuid", ""),
        task_id=sent.get("taskId", ""),
        allocation_id=sent.get("allocationId"),
        state=sent.get("state", CheckpointState.UNSPECIFIED).name,
        time=timestamps.parse(time) if time else None,
        resources=_sizes(sent.get("resources", {})),
        metadata=sent.get("metadata", {}),
        storage_id=sent.get("storageId"),
    )
    await call.db.write(checkpoints.report, new)
    return {}


@handles(paths.GET_CHECKPOINT)
async def get_checkpoint(call: Call[Empty], checkpoint_uuid: str) -> GetCheckpointResponse:
    return {"checkpoint": checkpoint_message(call.db.read_now(checkpoints.detailed, checkpoint_uuid))}


@handles(paths.POST_CHECKPOINT_METADATA)
async def set_metadata(
    call: Call[PostCheckpointMetadataRequest], checkpoint_uuid: str
) -> PostCheckpointMetadataResponse:
    metadata = (call.request.get("checkpoint") or {}).get("metadata", {})
    # the metrics that are answered are still those of the step it had
    message = checkpoint_message(await call.db.write(checkpoints.set_metadata, checkpoint_uuid, metadata))
    message["metadata"] = metadata
    return {"checkpoint": message}


# --- lists ----------------------------------------------------------------------------------------------------------


@handles(paths.GET_EXPERIMENT_CHECKPOINTS)
async def list_of_experiment(call: Call[GetExperimentCheckpointsQuery], id: int) -> GetExperimentCheckpointsResponse:
    offset, limit = call.request.get("offset", 0), call.request.get("limit", 0)
    rows, window = await call.db.read(
        checkpoints.list_of_experiment, id, _states(call.request), _order(call.request), offset, limit
    )
    return {"checkpoints": checkpoint_messages(rows), "pagination": window.pagination(offset, limit)}


@handles(paths.GET_TRIAL_CHECKPOINTS)
async def list_of_trial(call: Call[GetTrialCheckpointsQuery], id: int) -> GetTrialCheckpointsResponse:
    offset, limit = call.request.get("offset", 0), call.request.get("limit", 0)
    rows, window = await call.db.read(
        checkpoints.list_of_trial, id, _states(call.request), _order(call.request), offset, limit
    )
    return {"checkpoints": checkpoint_messages(rows), "pagination": window.pagination(offset, limit)}


_ListQuery = Union[GetExperimentCheckpointsQuery, GetTrialCheckpointsQuery]


def _states(request: _ListQuery) -> "list[str]":
    return [state.name for state in request.get("states", [])]


def _order(request: _ListQuery) -> checkpoints.Order:
    if "sortByAttr" in request and "sortByMetric" in request:
        raise invalid("field already set for sort_by oneof")
    return checkpoints.Order(
        request.get("sortByAttr", CheckpointSortBy.UNSPECIFIED).name,
        request.get("sortByMetric"),
        request.get("orderBy", OrderBy.UNSPECIFIED).name,
    )


# --- files ----------------------------------------------------------------------------------------------------------


@handles(paths.PATCH_CHECKPOINTS)
async def patch_checkpoints(call: Call[PatchCheckpointsRequest]) -> Empty:
    changes = []
    for sent in call.request.get("checkpoints", []):
        left = sent.get("resources")
        sizes = None if left is None else _sizes(left.get("resources", {}))
        changes.append(checkpoints.Change(sent.get("uuid", ""), sizes))
    await call.db.write(checkpoints.patch, changes)
    return {}


@handles(paths.DELETE_CHECKPOINTS)
async def delete_checkpoints(call: Call[DeleteCheckpointsRequest]) -> Empty:
    await call.db.write(checkpoints.delete, call.request.get("checkpointUuids", []))
    return {}


@handles(paths.CHECKPOINTS_REMOVE_FILES)
async def remove_files(call: Call[CheckpointsRemoveFilesRequest]) -> Empty:
    request = call.request
    await call.db.write(
        checkpoints.remove_files, request.get("checkpointUuids", []), request.get("checkpointGlobs", [])
    )
    return {}


def _sizes(resources: Mapping[str, str]) -> Dict[str, int]:
    return {path: int(size) for path, size in resources.items()}
