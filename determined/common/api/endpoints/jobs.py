"""Calls of the REST API: the job queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.jobs import (
        GetJobQueueStatsQuery,
        GetJobsQuery,
        GetJobsV2Query,
        Job,
        RBACJob,
        RPQueueStat,
        UpdateJobQueueRequest,
    )


def list_jobs(session: BaseSession, query: Optional[GetJobsQuery] = None, page_size: int = 0) -> Iterator[Job]:
    """Iterate over queued and running jobs."""
    return iterate_rows(session, paths.GET_JOBS, "jobs", query, page_size=page_size)


def list_jobs_v2(session: BaseSession, query: Optional[GetJobsV2Query] = None, page_size: int = 0) -> Iterator[RBACJob]:
    """Iterate over queued and running jobs, those the caller may not see with few fields."""
    return iterate_rows(session, paths.GET_JOBS_V2, "jobs", query, page_size=page_size)


def update_job_queue(session: BaseSession, body: UpdateJobQueueRequest) -> None:
    """Change priorities, weights or pools of jobs."""
    call(session, paths.UPDATE_JOB_QUEUE, body)


def get_job_queue_stats(session: BaseSession, query: Optional[GetJobQueueStatsQuery] = None) -> List[RPQueueStat]:
    """Return how many jobs wait and run in each pool."""
    return call(session, paths.GET_JOB_QUEUE_STATS, query)["results"]
