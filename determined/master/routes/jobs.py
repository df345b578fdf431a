"""The queue of jobs."""

from __future__ import annotations

from typing import List, Tuple, Union

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty, Pagination
from determined.common.api.wire.enums import OrderBy
from determined.common.api.wire.jobs import (
    GetJobQueueStatsQuery,
    GetJobQueueStatsResponse,
    GetJobsQuery,
    GetJobsResponse,
    GetJobsV2Query,
    GetJobsV2Response,
    UpdateJobQueueRequest,
)
from determined.common.api.wire.jobs import Job as JobMessage

from ..paging import cut, memory_window
from ..serialize.jobs import job_message, statistics_message
from ..services import jobs
from ..settings import RESOURCE_POOL
from .registry import Call, handles

_DEFAULT_LIMIT = 100


@handles(paths.GET_JOBS)
async def get_jobs(call: Call[GetJobsQuery]) -> GetJobsResponse:
    messages, pagination = await _page(call)
    return {"pagination": pagination, "jobs": messages}


@handles(paths.GET_JOBS_V2)
async def get_jobs_v2(call: Call[GetJobsV2Query]) -> GetJobsV2Response:
    messages, pagination = await _page(call)
    return {"pagination": pagination, "jobs": [{"full": message} for message in messages]}


async def _page(
    call: "Union[Call[GetJobsQuery], Call[GetJobsV2Query]]",
) -> Tuple[List[JobMessage], Pagination]:
    request = call.request
    found = await call.db.read(
        lambda connection: jobs.list_jobs(
            connection,
            pool=request.get("resourcePool", ""),
            states=request.get("states", []),
            descending=request.get("orderBy") == OrderBy.DESC,
        )
    )
    offset, limit = request.get("offset", 0), request.get("limit", 0) or _DEFAULT_LIMIT
    window = memory_window(len(found), offset, limit)
    return [job_message(job) for job in cut(found, window)], window.pagination(offset, limit)


@handles(paths.UPDATE_JOB_QUEUE)
async def update_job_queue(call: Call[UpdateJobQueueRequest]) -> Empty:
    await jobs.update_queue(call.db, call.request.get("updates", []))
    return {}


@handles(paths.GET_JOB_QUEUE_STATS)
async def get_job_queue_stats(call: Call[GetJobQueueStatsQuery]) -> GetJobQueueStatsResponse:
    pools = call.request.get("resourcePools") or [RESOURCE_POOL]
    if RESOURCE_POOL not in pools:
        return {"results": []}
    return {"results": [statistics_message(RESOURCE_POOL, await call.db.read(jobs.statistics))]}
