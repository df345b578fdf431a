"""Runs: searching them, what is done to many at once, metadata."""

from __future__ import annotations

from typing import Any, Mapping

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.runs import (
    ArchiveRunsRequest,
    ArchiveRunsResponse,
    DeleteRunsRequest,
    DeleteRunsResponse,
    GetRunMetadataResponse,
    KillRunsRequest,
    KillRunsResponse,
    MoveRunsRequest,
    MoveRunsResponse,
    PauseRunsRequest,
    PauseRunsResponse,
    PostRunMetadataRequest,
    PostRunMetadataResponse,
    ResumeRunsRequest,
    ResumeRunsResponse,
    SearchRunsRequest,
    SearchRunsResponse,
    UnarchiveRunsRequest,
    UnarchiveRunsResponse,
)

from ..serialize.runs import result_messages, run_message
from ..services import run_metadata, runs
from .registry import Call, handles


@handles(paths.SEARCH_RUNS)
async def search_runs(call: Call[SearchRunsRequest]) -> SearchRunsResponse:
    request = call.request
    project_id, offset, limit = request.get("projectId", 0), request.get("offset", 0), request.get("limit", 0)
    sort, filter_text = request.get("sort", ""), request.get("filter", "")
    page = await call.db.read(runs.search_runs, project_id, sort, filter_text, offset, limit)
    return {"runs": [run_message(row) for row in page.rows], "pagination": page.window.pagination(offset, limit)}


@handles(paths.ARCHIVE_RUNS)
async def archive_runs(call: Call[ArchiveRunsRequest]) -> ArchiveRunsResponse:
    return {"results": result_messages(await call.db.write(runs.archive, call.caller, _selection(call.request)))}


@handles(paths.UNARCHIVE_RUNS)
async def unarchive_runs(call: Call[UnarchiveRunsRequest]) -> UnarchiveRunsResponse:
    return {"results": result_messages(await call.db.write(runs.unarchive, call.caller, _selection(call.request)))}


@handles(paths.PAUSE_RUNS)
async def pause_runs(call: Call[PauseRunsRequest]) -> PauseRunsResponse:
    return {"results": result_messages(await call.db.write(runs.pause, call.caller, _selection(call.request)))}


@handles(paths.RESUME_RUNS)
async def resume_runs(call: Call[ResumeRunsRequest]) -> ResumeRunsResponse:
    return {"results": result_messages(await call.db.write(runs.resume, call.caller, _selection(call.request)))}


@handles(paths.KILL_RUNS)
async def kill_runs(call: Call[KillRunsRequest]) -> KillRunsResponse:
    return {"results": result_messages(await call.db.write(runs.kill, call.caller, _selection(call.request)))}


@handles(paths.DELETE_RUNS)
async def delete_runs(call: Call[DeleteRunsRequest]) -> DeleteRunsResponse:
    return {"results": result_messages(await call.db.write(runs.delete, call.caller, _selection(call.request)))}


@handles(paths.MOVE_RUNS)
async def move_runs(call: Call[MoveRunsRequest]) -> MoveRunsResponse:
    request = call.request
    selection = runs.Selection(request.get("runIds", []), request.get("sourceProjectId", 0), request.get("filter", ""))
    outcomes = await call.db.write(
        runs.move,
        call.caller,
        selection,
        request.get("destinationProjectId", 0),
        request.get("skipMultitrial", False),
    )
    return {"results": result_messages(outcomes)}


def _selection(request: Mapping[str, Any]) -> runs.Selection:
    return runs.Selection(request.get("runIds", []), request.get("projectId", 0), request.get("filter", ""))


@handles(paths.GET_RUN_METADATA)
async def get_run_metadata(call: Call[Empty], run_id: int) -> GetRunMetadataResponse:
    return {"metadata": call.db.read_now(run_metadata.get, run_id)}


@handles(paths.POST_RUN_METADATA)
async def post_run_metadata(call: Call[PostRunMetadataRequest], run_id: int) -> PostRunMetadataResponse:
    metadata = call.request.get("metadata") or {}
    return {"metadata": await call.db.write(run_metadata.replace, run_id, metadata)}
