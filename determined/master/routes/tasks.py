"""Tasks of every kind."""

from __future__ import annotations

import json

from starlette.responses import Response

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.tasks import GetActiveTasksCountResponse, GetTaskResponse, GetTasksResponse

from ..serialize.tasks import summaries_by_id, task_message, with_snake_keys
from ..services import tasks
from ..store import tasks as store
from .plain_registry import PlainCall, answers
from .registry import Call, handles


@handles(paths.GET_TASKS)
async def get_tasks(call: Call[Empty]) -> GetTasksResponse:
    summaries = await call.db.read(tasks.list_summaries)
    return {"allocationIdToSummary": summaries_by_id(summaries, call.world.devices)}


@handles(paths.GET_ACTIVE_TASKS_COUNT)
async def get_active_tasks_count(call: Call[Empty]) -> GetActiveTasksCountResponse:
    counts = call.db.read_now(store.counts)
    return {
        "commands": counts.get("COMMAND", 0),
        "notebooks": counts.get("NOTEBOOK", 0),
        "shells": counts.get("SHELL", 0),
        "tensorboards": counts.get("TENSORBOARD", 0),
    }


@handles(paths.GET_TASK)
async def get_task(call: Call[Empty], task_id: str) -> GetTaskResponse:
    return {"task": task_message(*call.db.read_now(tasks.read_task, task_id))}


@answers("GET", "/tasks")
async def get_tasks_outside(call: PlainCall) -> Response:
    summaries = await call.db.read(tasks.list_summaries)
    messages = summaries_by_id(summaries, call.world.devices)
    content = {allocation_id: with_snake_keys(message) for allocation_id, message in messages.items()}
    return Response(json.dumps(content) + "\n", media_type="application/json")
