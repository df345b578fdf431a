"""Calls of the REST API: trials."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.checkpoints import Checkpoint
    from ..wire.enums import TrialEarlyExitExitedReason
    from ..wire.trials import (
        CreateTrialRequest,
        GetTrialCheckpointsQuery,
        GetTrialRemainingLogRetentionDaysResponse,
        GetTrialWorkloadsQuery,
        PatchTrialRequest,
        PutTrialRequest,
        PutTrialRetainLogsRequest,
        ReportTrialProgressRequest,
        ReportTrialSourceInfoRequest,
        ReportTrialSourceInfoResponse,
        StartTrialRequest,
        StartTrialResponse,
        Trial,
        TrialEarlyExit,
        TrialRunnerMetadata,
        WorkloadContainer,
    )


def create_trial(session: BaseSession, body: CreateTrialRequest) -> Trial:
    """Create a trial of an unmanaged experiment."""
    return call(session, paths.CREATE_TRIAL, body)["trial"]


def put_trial(session: BaseSession, body: PutTrialRequest) -> Trial:
    """Create an unmanaged trial, or update the one of that external id."""
    return call(session, paths.PUT_TRIAL, body)["trial"]


def get_trial(session: BaseSession, trial_id: int) -> Trial:
    """Return a trial."""
    return call(session, paths.GET_TRIAL, trial_id=trial_id)["trial"]


def get_trial_by_external_id(session: BaseSession, external_experiment_id: str, external_trial_id: str) -> Trial:
    """Return a trial by the external ids of it and its experiment."""
    return call(
        session,
        paths.GET_TRIAL_BY_EXTERNAL_ID,
        external_experiment_id=external_experiment_id,
        external_trial_id=external_trial_id,
    )["trial"]


def start_trial(session: BaseSession, trial_id: int, resume: bool) -> StartTrialResponse:
    """Begin a run of an unmanaged trial; return its run id and where it left off."""
    body: StartTrialRequest = {"trialId": trial_id, "resume": resume}
    return call(session, paths.START_TRIAL, body, trial_id=trial_id)


def patch_trial(session: BaseSession, trial_id: int, body: PatchTrialRequest) -> Trial:
    """Send the heartbeat of an unmanaged trial, with its new state if there is one."""
    return call(session, paths.PATCH_TRIAL, body, trial_id=trial_id)["trial"]


def kill_trial(session: BaseSession, trial_id: int) -> None:
    """Stop a trial at once."""
    call(session, paths.KILL_TRIAL, id=trial_id)


def list_trial_checkpoints(
    session: BaseSession, trial_id: int, query: Optional[GetTrialCheckpointsQuery] = None, page_size: int = 0
) -> Iterator[Checkpoint]:
    """Iterate over a trial's checkpoints."""
    return iterate_rows(session, paths.GET_TRIAL_CHECKPOINTS, "checkpoints", query, id=trial_id, page_size=page_size)


def list_trial_workloads(
    session: BaseSession, trial_id: int, query: Optional[GetTrialWorkloadsQuery] = None, page_size: int = 0
) -> Iterator[WorkloadContainer]:
    """Iterate over what a trial has reported: training, validations, checkpoints."""
    return iterate_rows(session, paths.GET_TRIAL_WORKLOADS, "workloads", query, trial_id=trial_id, page_size=page_size)


def set_trial_log_retention(session: BaseSession, trial_id: int, days: int) -> None:
    """Keep a trial's logs for some days; -1 is for ever."""
    body: PutTrialRetainLogsRequest = {"trialId": trial_id, "numDays": days}
    call(session, paths.PUT_TRIAL_RETAIN_LOGS, body, trial_id=trial_id)


def get_remaining_log_retention(session: BaseSession, trial_id: int) -> GetTrialRemainingLogRetentionDaysResponse:
    """Return for how many days a trial's logs will still be kept."""
    return call(session, paths.GET_TRIAL_REMAINING_LOG_RETENTION_DAYS, id=trial_id)


def report_trial_progress(session: BaseSession, trial_id: int, progress: float) -> None:
    """Report how far a trial has come."""
    body: ReportTrialProgressRequest = {"trialId": trial_id, "progress": progress, "isRaw": True}
    call(session, paths.REPORT_TRIAL_PROGRESS, body, trial_id=trial_id)


def report_trial_early_exit(session: BaseSession, trial_id: int, reason: TrialEarlyExitExitedReason) -> None:
    """Report why a trial ends before its time."""
    body: TrialEarlyExit = {"reason": reason}
    call(session, paths.REPORT_TRIAL_SEARCHER_EARLY_EXIT, body, trial_id=trial_id)


def report_trial_runner_state(session: BaseSession, trial_id: int, state: str) -> None:
    """Report what a trial is doing, in free words."""
    body: TrialRunnerMetadata = {"state": state}
    call(session, paths.POST_TRIAL_RUNNER_METADATA, body, trial_id=trial_id)


def report_trial_source(session: BaseSession, body: ReportTrialSourceInfoRequest) -> ReportTrialSourceInfoResponse:
    """Report the checkpoint or model version that a trial uses."""
    return call(session, paths.REPORT_TRIAL_SOURCE_INFO, body)
