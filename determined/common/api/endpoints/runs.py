"""Calls of the REST API: runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.runs import (
        ArchiveRunsRequest,
        DeleteRunsRequest,
        KillRunsRequest,
        MoveRunsRequest,
        PauseRunsRequest,
        PostRunMetadataRequest,
        ResumeRunsRequest,
        RunActionResult,
        RunPrepareForReportingRequest,
        RunPrepareForReportingResponse,
        SearchRunsRequest,
        SearchRunsResponse,
        UnarchiveRunsRequest,
    )
    from ..wire.scalars import Struct


def search_runs(session: BaseSession, body: SearchRunsRequest) -> SearchRunsResponse:
    """Return one page of a filtered, sorted search."""
    return call(session, paths.SEARCH_RUNS, body)


def get_run_metadata(session: BaseSession, run_id: int) -> Optional[Struct]:
    """Return a run's metadata."""
    return call(session, paths.GET_RUN_METADATA, run_id=run_id)["metadata"]


def set_run_metadata(session: BaseSession, run_id: int, metadata: Struct) -> Optional[Struct]:
    """Replace a run's metadata and return it."""
    body: PostRunMetadataRequest = {"runId": run_id, "metadata": metadata}
    return call(session, paths.POST_RUN_METADATA, body, run_id=run_id)["metadata"]


def prepare_run_for_reporting(
    session: BaseSession, body: RunPrepareForReportingRequest
) -> RunPrepareForReportingResponse:
    """Announce where a run's checkpoints will be stored."""
    return call(session, paths.RUN_PREPARE_FOR_REPORTING, body)


def archive_runs(session: BaseSession, body: ArchiveRunsRequest) -> List[RunActionResult]:
    """Archive several runs; return what became of each."""
    return call(session, paths.ARCHIVE_RUNS, body)["results"]


def unarchive_runs(session: BaseSession, body: UnarchiveRunsRequest) -> List[RunActionResult]:
    """Take several runs out of the archive; return what became of each."""
    return call(session, paths.UNARCHIVE_RUNS, body)["results"]


def pause_runs(session: BaseSession, body: PauseRunsRequest) -> List[RunActionResult]:
    """Pause several runs; return what became of each."""
    return call(session, paths.PAUSE_RUNS, body)["results"]


def resume_runs(session: BaseSession, body: ResumeRunsRequest) -> List[RunActionResult]:
    """Resume several runs; return what became of each."""
    return call(session, paths.RESUME_RUNS, body)["results"]


def kill_runs(session: BaseSession, body: KillRunsRequest) -> List[RunActionResult]:
    """Kill several runs; return what became of each."""
    return call(session, paths.KILL_RUNS, body)["results"]


def delete_runs(session: BaseSession, body: DeleteRunsRequest) -> List[RunActionResult]:
    """Delete several runs; return what became of each."""
    return call(session, paths.DELETE_RUNS, body)["results"]


def move_runs(session: BaseSession, body: MoveRunsRequest) -> List[RunActionResult]:
    """Move several runs; return what became of each."""
    return call(session, paths.MOVE_RUNS, body)["results"]
