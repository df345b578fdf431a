"""Messages of the REST API: the job queue."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Double, Float, Timestamp

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import JobState, JobType, OrderBy


class GetJobQueueStatsResponse(TypedDict):
    """Answered: `GetJobQueueStatsResponse`."""

    results: List[RPQueueStat]


class GetJobsResponse(TypedDict):
    """Answered: `GetJobsResponse`."""

    pagination: Pagination
    jobs: List[Job]


class GetJobsV2Response(TypedDict):
    """Answered: `GetJobsV2Response`."""

    pagination: Pagination
    jobs: List[RBACJob]


class RPQueueStat(TypedDict):
    """Answered: `RPQueueStat`."""

    stats: QueueStats
    resourcePool: str
    aggregates: List[AggregateQueueStats]


class UpdateJobQueueRequest(TypedDict, total=False):
    """Sent: `UpdateJobQueueRequest`."""

    updates: List[QueueControl]


class AggregateQueueStats(TypedDict):
    """Answered: `job.AggregateQueueStats`."""

    periodStart: str
    seconds: Float


class Job(TypedDict):
    """Answered: `job.Job`."""

    summary: Optional[JobSummary]
    type: JobType
    submissionTime: Timestamp
    username: str
    userId: int
    resourcePool: str
    isPreemptible: bool
    priority: int
    weight: Double
    entityId: str
    jobId: str
    requestedSlots: int
    allocatedSlots: int
    name: str
    progress: Float
    workspaceId: int


class JobSummary(TypedDict):
    """Answered: `job.JobSummary`."""

    state: JobState
    jobsAhead: int


class LimitedJob(TypedDict):
    """Answered: `job.LimitedJob`."""

    summary: Optional[JobSummary]
    type: JobType
    resourcePool: str
    isPreemptible: bool
    priority: int
    weight: Double
    jobId: str
    requestedSlots: int
    allocatedSlots: int
    progress: Float
    workspaceId: int


class QueueControl(TypedDict, total=False):
    """Sent: `job.QueueControl`."""

    jobId: str
    aheadOf: str
    behindOf: str
    resourcePool: str
    priority: int
    weight: Float


class QueueStats(TypedDict):
    """Answered: `job.QueueStats`."""

    queuedCount: int
    scheduledCount: int


class RBACJob(TypedDict):
    """Answered: `job.RBACJob`."""

    full: Optional[Job]
    limited: NotRequired[LimitedJob]


class GetJobsQuery(TypedDict, total=False):
    """Query of `GetJobs`."""

    offset: int
    limit: int
    resourcePool: str
    orderBy: OrderBy
    states: List[JobState]


class GetJobsV2Query(TypedDict, total=False):
    """Query of `GetJobsV2`."""

    offset: int
    limit: int
    resourcePool: str
    orderBy: OrderBy
    states: List[JobState]


class GetJobQueueStatsQuery(TypedDict, total=False):
    """Query of `GetJobQueueStats`."""

    resourcePools: List[str]
