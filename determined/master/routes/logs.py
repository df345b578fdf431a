"""Logs of tasks and trials."""

from __future__ import annotations

import json
from typing import Any, AsyncIterator, Dict, List, Optional, Union

from starlette.responses import Response

from determined.common import timestamps
from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import OrderBy
from determined.common.api.wire.logs import (
    CleanupLogsResponse,
    PostTaskLogsRequest,
    TaskLog,
    TaskLogsFieldsQuery,
    TaskLogsFieldsResponse,
    TaskLogsQuery,
    TaskLogsResponse,
    TrialLogsFieldsQuery,
    TrialLogsFieldsResponse,
    TrialLogsQuery,
    TrialLogsResponse,
)

from ..errors import invalid, plain
from ..serialize.logs import task_lines, trial_lines
from ..services import log_retention, logs
from ..store.logs import Line, Wanted
from .plain_registry import PlainCall, answers
from .registry import Call, handles, streams

_LEVEL_PREFIX = len("LOG_LEVEL_")


# --- writing --------------------------------------------------------------------------------------------------------


@handles(paths.POST_TASK_LOGS)
async def write_lines(call: Call[PostTaskLogsRequest]) -> Empty:
    sent = call.request.get("logs") or []
    if not sent:
        raise invalid("len logs must be greater than 0")
    task_id = sent[0].get("taskId", "")
    for log in sent:
        if "id" in log:
            raise invalid(f"ID must be nil on logs got {log['id']} instead")
        if log.get("taskId", "") != task_id:
            raise invalid(
                "can only post logs of a single taskID per task log request"
                f" got '{task_id}' and '{log.get('taskId', '')}'"
            )
    await logs.receive(call.db, call.world.matcher, {task_id: [_line(task_id, log) for log in sent]})
    return {}


def _line(task_id: str, log: TaskLog) -> Line:
    time, level = log.get("timestamp"), log.get("level")
    return (
        task_id,
        log.get("allocationId"),
        log.get("agentId"),
        log.get("containerId"),
        log.get("rankId"),
        timestamps.parse(time) if time else 0,
        None if level is None else level[_LEVEL_PREFIX:],
        log.get("stdtype"),
        log.get("source"),
        log.get("log", ""),
    )


@answers("POST", "/task-logs", public=True)
async def write_lines_without_login(call: PlainCall) -> Response:
    try:
        sent = json.loads(await call.body() or b"null")
    except ValueError as error:
        raise plain(f"decoding task logs: {error}") from None
    if not (sent is None or isinstance(sent, list)) or not all(isinstance(log, dict) for log in sent or ()):
        raise plain("decoding task logs: json: cannot unmarshal what is no list of objects into []*model.TaskLog")
    by_task: Dict[str, List[Line]] = {}
    for log in sent or ():
        line = _snake_line(log)
        by_task.setdefault(line[0], []).append(line)
    if by_task:
        await logs.receive(call.db, call.world.matcher, by_task)
    return Response('""\n', media_type="application/json")


def _snake_line(log: Dict[str, Any]) -> Line:
    def text(name: str) -> Optional[str]:
        value = log.get(name)
        if value is not None and not isinstance(value, str):
            raise plain(f"decoding task logs: json: cannot unmarshal {name} into Go value of type string")
        return value

    time, rank = text("timestamp"), log.get("rank_id")
    if rank is not None and (isinstance(rank, bool) or not isinstance(rank, int)):
        raise plain("decoding task logs: json: cannot unmarshal rank_id into Go value of type int")
    try:
        at = None if time is None else timestamps.parse(time)
    except ValueError as error:
        raise plain(f"decoding task logs: {error}") from None
    return (
        text("task_id") or "",
        text("allocation_id"),
        text("agent_id"),
        text("container_id"),
        rank,
        at,
        text("level"),
        text("stdtype"),
        text("source"),
        text("log") or "",
    )


# --- removing -------------------------------------------------------------------------------------------------------


@handles(paths.CLEANUP_LOGS)
async def clean_up(call: Call[Empty]) -> CleanupLogsResponse:
    default_days = call.world.settings.retention_policy.log_retention_days
    return {"removedCount": str(await log_retention.remove_expired(call.db, default_days))}


# --- reading --------------------------------------------------------------------------------------------------------


@streams(paths.TASK_LOGS)
async def read_task(call: Call[TaskLogsQuery], task_id: str) -> AsyncIterator[Union[TaskLogsResponse, bytes]]:
    request = call.request
    limit, follow = request.get("limit", 0), request.get("follow", False)
    if limit < 0:
        raise invalid("Limit must be >= 0")
    if limit and follow:
        raise invalid("Limit cannot be specified when following")
    call.db.read_now(logs.check_task, task_id)
    reading = logs.Reading(_wanted(request), request.get("orderBy") is OrderBy.DESC, limit)
    if follow:
        pages = logs.follow(call.db, call.world.hub, task_id, reading, task_lines(task_id))
    else:
        pages = logs.read(call.db, task_id, reading, task_lines(task_id))
    async for lines in pages:
        yield lines


@streams(paths.TRIAL_LOGS)
async def read_trial(call: Call[TrialLogsQuery], trial_id: int) -> AsyncIterator[Union[TrialLogsResponse, bytes]]:
    request = call.request
    tasks = call.db.read_now(logs.known_tasks_of_trial, trial_id)
    follow = request.get("follow", False)
    limit = 0 if follow else request.get("limit", 0)
    if limit < 0:
        return
    reading = logs.Reading(_wanted(request), request.get("orderBy") is OrderBy.DESC, limit)
    encode = trial_lines(trial_id)
    for task_id in tasks[:-1] if follow else tasks:
        async for lines in logs.read(call.db, task_id, reading, encode):
            yield lines
    if follow:
        async for lines in logs.follow(call.db, call.world.hub, tasks[-1], reading, encode):
            yield lines


def _wanted(request: Union[TaskLogsQuery, TrialLogsQuery]) -> Wanted:
    columns: Dict[str, Any] = {
        "allocation_id": request.get("allocationIds"),
        "agent_id": request.get("agentIds"),
        "container_id": request.get("containerIds"),
        "stdtype": request.get("stdtypes"),
        "source": request.get("sources"),
        "level": [level.value[_LEVEL_PREFIX:] for level in request.get("levels", [])],
    }
    after, before = request.get("timestampAfter"), request.get("timestampBefore")
    return Wanted(
        {column: values for column, values in columns.items() if values},
        request.get("rankIds", ()),
        timestamps.parse(after) if after else None,
        timestamps.parse(before) if before else None,
        request.get("searchText", ""),
    )


# --- fields ---------------------------------------------------------------------------------------------------------


@streams(paths.TASK_LOGS_FIELDS)
async def read_task_fields(call: Call[TaskLogsFieldsQuery], task_id: str) -> AsyncIterator[TaskLogsFieldsResponse]:
    call.db.read_now(logs.check_task, task_id)
    keep_on = call.request.get("follow", False)
    async for found in logs.fields(call.db, call.world.hub, [task_id], keep_on=keep_on):
        yield {
            "allocationIds": found.allocation_ids,
            "agentIds": found.agent_ids,
            "containerIds": found.container_ids,
            "rankIds": found.rank_ids,
            "stdtypes": found.stdtypes,
            "sources": found.sources,
        }


@streams(paths.TRIAL_LOGS_FIELDS)
async def read_trial_fields(call: Call[TrialLogsFieldsQuery], trial_id: int) -> AsyncIterator[TrialLogsFieldsResponse]:
    tasks = call.db.read_now(logs.known_tasks_of_trial, trial_id)
    keep_on = call.request.get("follow", False)
    async for found in logs.fields(call.db, call.world.hub, tasks, keep_on=keep_on):
        yield {
            "agentIds": found.agent_ids,
            "containerIds": found.container_ids,
            "rankIds": found.rank_ids,
            "stdtypes": found.stdtypes,
            "sources": found.sources,
        }
