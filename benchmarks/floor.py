"""The floor under a master: a Starlette application that answers constants to the calls of `master.py`.

What it reaches on uvicorn is what no Python master on the same framework can pass.
"""

from __future__ import annotations

import itertools
import json
from typing import Any, Awaitable, Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

Handler = Callable[[Request], Awaitable[Response]]

_EXPERIMENT = {
    "id": 1,
    "name": "benchmark",
    "state": "STATE_ACTIVE",
    "config": {"searcher": {"name": "single", "metric": "loss"}},
    "originalConfig": "name: benchmark",
    "labels": [],
    "numTrials": 8,
    "username": "admin",
    "projectId": 1,
}
_REPORT = {"trialId": 1, "totalBatches": 1, "group": "training", "metrics": {"avg_metrics": {"loss": 1.0}}}
_REPORTS = (json.dumps({"result": {"metrics": [_REPORT] * 1000}}) + "\n") * 8
_LINES = '{"result":{"message":"a line"}}\n' * 10_000
_trial_ids = itertools.count(1)


def _json(body: str) -> Response:
    return Response(body, media_type="application/json")


def _constant(answer: Any) -> Handler:
    body = answer if isinstance(answer, str) else json.dumps(answer)

    async def handle(request: Request) -> Response:
        await request.body()
        return _json(body)

    return handle


async def _create_trial(request: Request) -> Response:
    await request.body()
    return _json(json.dumps({"trial": {"id": next(_trial_ids), "taskId": "1.1"}}))


def _route(method: str, path: str, handler: Handler) -> Route:
    return Route(path, handler, methods=[method])


app = Starlette(
    routes=[
        _route("GET", "/info", _constant({})),
        _route("POST", "/api/v1/auth/login", _constant({"token": "token"})),
        _route("POST", "/api/v1/experiments", _constant({"experiment": _EXPERIMENT})),
        _route("GET", "/api/v1/experiments", _constant({"experiments": [_EXPERIMENT] * 300})),
        _route("GET", "/api/v1/experiments/{id}", _constant({"experiment": _EXPERIMENT})),
        _route("POST", "/api/v1/trials", _create_trial),
        _route("GET", "/api/v1/trials/metrics/trial_metrics", _constant(_REPORTS)),
        _route("POST", "/api/v1/trials/{id}/metrics", _constant({})),
        _route("GET", "/api/v1/trials/{id}/logs", _constant(_LINES)),
        _route("POST", "/api/v1/task/logs", _constant({})),
    ]
)
