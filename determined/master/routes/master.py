"""The master itself: what it is, what it logs, how it is set, and the admin's message."""

from __future__ import annotations

import json
from typing import AsyncIterator, Union

from starlette.responses import PlainTextResponse, Response

from determined.common.api.wire import paths
from determined.common.api.wire.cluster import (
    GetClusterMessageResponse,
    GetMasterConfigResponse,
    GetMasterResponse,
    GetTelemetryResponse,
    MasterLogsQuery,
    MasterLogsResponse,
    PatchMasterConfigRequest,
    SetClusterMessageRequest,
)
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import GetMasterResponseProduct

from ..notify import MasterLogged, within
from ..serialize.cluster_messages import cluster_message_message
from ..serialize.master import config_message, health_message, info_message, log_message
from ..services import cluster_messages, master_info
from ..settings import VERSION
from .plain_registry import PlainCall, answers
from .registry import Call, Lines, handles, streams

_POLL_SECONDS = 1.0


@handles(paths.GET_MASTER)
async def get_master(call: Call[Empty]) -> GetMasterResponse:
    world = call.world
    answer: GetMasterResponse = {
        "version": VERSION,
        "masterId": world.identity.master_id,
        "clusterId": world.identity.cluster_id,
        "clusterName": world.settings.cluster_name,
        "telemetryEnabled": False,
        "ssoProviders": [],
        "externalLoginUri": "",
        "externalLogoutUri": "",
        "branding": "determined",
        "rbacEnabled": False,
        "product": GetMasterResponseProduct.UNSPECIFIED,
        "featureSwitches": [],
        "userManagementEnabled": True,
        "strictJobQueueControl": False,
        "hasCustomLogo": False,
    }
    shown = call.db.read_now(cluster_messages.shown_message)
    if shown is not None:
        answer["clusterMessage"] = cluster_message_message(shown)
    return answer


@handles(paths.GET_TELEMETRY)
async def get_telemetry(call: Call[Empty]) -> GetTelemetryResponse:
    return {"enabled": False, "segmentKey": ""}


@handles(paths.GET_MASTER_CONFIG)
async def get_master_config(call: Call[Empty]) -> GetMasterConfigResponse:
    return {"config": config_message(call.world, await call.db.write(master_info.read_signing_key, call.caller))}


@handles(paths.PATCH_MASTER_CONFIG)
async def patch_master_config(call: Call[PatchMasterConfigRequest]) -> Empty:
    master_info.patch_config(call.world.log, call.caller, call.request)
    return {}


@streams(paths.MASTER_LOGS)
async def get_master_logs(call: Call[MasterLogsQuery]) -> AsyncIterator[Union[MasterLogsResponse, Lines]]:
    request, log, hub = call.request, call.world.log, call.world.hub
    start, limit, follow = request.get("offset", 0), request.get("limit", 0), request.get("follow", False)
    sent = 0
    while True:
        for entry in log.read(start, max(0, limit - sent) if limit > 0 else 0):
            yield log_message(entry)
            sent += 1
            start = entry.id + 1
        if not follow or (limit > 0 and sent >= limit) or hub.closed:
            return
        start = max(start, 0)
        await within(hub.expect(MasterLogged()), _POLL_SECONDS)


# --- the admin's message --------------------------------------------------------------------------------------------


@handles(paths.GET_CLUSTER_MESSAGE)
async def get_cluster_message(call: Call[Empty]) -> GetClusterMessageResponse:
    row = call.db.read_now(cluster_messages.read_message, call.caller)
    return {} if row is None else {"clusterMessage": cluster_message_message(row)}


@handles(paths.SET_CLUSTER_MESSAGE)
async def set_cluster_message(call: Call[SetClusterMessageRequest]) -> Empty:
    await call.db.write(cluster_messages.set_message, call.caller, call.request)
    return {}


@handles(paths.DELETE_CLUSTER_MESSAGE)
async def delete_cluster_message(call: Call[Empty]) -> Empty:
    await call.db.write(cluster_messages.delete_message, call.caller)
    return {}


# --- outside /api/v1 ------------------------------------------------------------------------------------------------


@answers("GET", "/", public=True)
async def greet(call: PlainCall) -> Response:
    return PlainTextResponse(f"Determined master, API {VERSION}. Use it with the det command line or the Python SDK.\n")


@answers("GET", "/info", public=True)
async def get_info(call: PlainCall) -> Response:
    return _json(200, info_message(call.world))


@answers("GET", "/health")
async def get_health(call: PlainCall) -> Response:
    is_up = call.db.read_now(master_info.is_database_up)
    return _json(200 if is_up else 503, health_message(is_up))


def _json(status: int, content: object) -> Response:
    return Response(json.dumps(content) + "\n", status, media_type="application/json")
