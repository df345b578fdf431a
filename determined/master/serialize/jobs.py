"""The queue of jobs on the wire."""

from __future__ import annotations

from determined.common.api.wire.jobs import Job as JobMessage
from determined.common.api.wire.jobs import QueueStats, RPQueueStat
from determined.common.api.wire.scalars import from_single
from determined.common.timestamps import format_wire

from ..services.jobs import Job, Statistics


def job_message(job: Job) -> JobMessage:
    """A job."""
    return {
        "summary": {"state": job.state, "jobsAhead": job.ahead},
        "type": job.type,
        "submissionTime": format_wire(job.submitted_at),
        "username": job.username,
        "userId": job.user_id,
        "resourcePool": job.resource_pool,
        "isPreemptible": False,
        "priority": job.priority,
        "weight": job.weight,
        "entityId": job.entity_id,
        "jobId": job.job_id,
        "requestedSlots": job.requested_slots,
        "allocatedSlots": job.allocated_slots,
        "name": job.name,
        "progress": from_single(job.progress),
        "workspaceId": job.workspace_id,
    }


def counts_message(statistics: Statistics) -> QueueStats:
    """How many jobs wait and run."""
    return {"queuedCount": statistics.queued, "scheduledCount": statistics.scheduled}


def statistics_message(pool: str, statistics: Statistics) -> RPQueueStat:
    """The queue of a pool in numbers."""
    return {
        "stats": counts_message(statistics),
        "resourcePool": pool,
        "aggregates": [{"periodStart": day, "seconds": seconds} for day, seconds in statistics.seconds_queued],
    }
