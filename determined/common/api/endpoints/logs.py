"""Calls of the REST API: logs of trials, tasks and the master."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from .._options import DEFAULT_TIMEOUT, Timeout
from ..wire import paths
from ._call import call, call_stream

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.cluster import MasterLogsQuery, MasterLogsResponse
    from ..wire.logs import (
        PostTaskLogsRequest,
        TaskLogsFieldsQuery,
        TaskLogsFieldsResponse,
        TaskLogsQuery,
        TaskLogsResponse,
        TrialLogsFieldsQuery,
        TrialLogsFieldsResponse,
        TrialLogsQuery,
        TrialLogsResponse,
    )


def stream_trial_logs(
    session: BaseSession, trial_id: int, query: Optional[TrialLogsQuery] = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[TrialLogsResponse]:
    """Stream a trial's log lines."""
    return call_stream(session, paths.TRIAL_LOGS, query, timeout=timeout, trial_id=trial_id)


def stream_trial_log_fields(
    session: BaseSession,
    trial_id: int,
    query: Optional[TrialLogsFieldsQuery] = None,
    timeout: Timeout = DEFAULT_TIMEOUT,
) -> Iterator[TrialLogsFieldsResponse]:
    """Stream the values by which a trial's logs can be filtered."""
    return call_stream(session, paths.TRIAL_LOGS_FIELDS, query, timeout=timeout, trial_id=trial_id)


def stream_task_logs(
    session: BaseSession, task_id: str, query: Optional[TaskLogsQuery] = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[TaskLogsResponse]:
    """Stream a task's log lines."""
    return call_stream(session, paths.TASK_LOGS, query, timeout=timeout, task_id=task_id)


def stream_task_log_fields(
    session: BaseSession, task_id: str, query: Optional[TaskLogsFieldsQuery] = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[TaskLogsFieldsResponse]:
    """Stream the values by which a task's logs can be filtered."""
    return call_stream(session, paths.TASK_LOGS_FIELDS, query, timeout=timeout, task_id=task_id)


def stream_master_logs(
    session: BaseSession, query: Optional[MasterLogsQuery] = None, timeout: Timeout = DEFAULT_TIMEOUT
) -> Iterator[MasterLogsResponse]:
    """Stream the master's own log."""
    return call_stream(session, paths.MASTER_LOGS, query, timeout=timeout)


def report_task_logs(session: BaseSession, body: PostTaskLogsRequest) -> None:
    """Store log lines of one task."""
    call(session, paths.POST_TASK_LOGS, body)
