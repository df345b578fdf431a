"""Webhooks: kept, tried out, and called from code."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.webhooks import (
    GetWebhooksResponse,
    PatchWebhook,
    PostWebhookEventDataRequest,
    PostWebhookResponse,
    TestWebhookResponse,
    Webhook,
)

from ..serialize.webhooks import webhook_message
from ..services import webhooks
from .registry import Call, handles


@handles(paths.GET_WEBHOOKS)
async def get_webhooks(call: Call[Empty]) -> GetWebhooksResponse:
    found = await call.db.read(webhooks.list_webhooks, call.caller)
    return {"webhooks": [webhook_message(row, triggers) for row, triggers in found]}


@handles(paths.POST_WEBHOOK)
async def create_webhook(call: Call[Webhook]) -> PostWebhookResponse:
    webhook_id = await call.db.write(webhooks.create_webhook, call.caller, call.request)
    return {"webhook": webhook_message(*call.db.read_now(webhooks.read_webhook, webhook_id))}


@handles(paths.PATCH_WEBHOOK)
async def patch_webhook(call: Call[PatchWebhook], id: int) -> Empty:
    await call.db.write(webhooks.set_url, call.caller, id, call.request.get("url", ""))
    return {}


@handles(paths.DELETE_WEBHOOK)
async def delete_webhook(call: Call[Empty], id: int) -> Empty:
    await call.db.write(webhooks.delete_webhook, call.caller, id)
    return {}


@handles(paths.TEST_WEBHOOK)
async def try_webhook(call: Call[Empty], id: int) -> TestWebhookResponse:
    await webhooks.try_webhook(call.db, call.caller, id)
    return {"completed": True}


@handles(paths.POST_WEBHOOK_EVENT_DATA)
async def send_custom_event(call: Call[PostWebhookEventDataRequest]) -> Empty:
    request = call.request
    await call.db.write(
        webhooks.send_custom_event,
        request.get("experimentId", 0),
        request.get("trialId", 0),
        request.get("data") or {},
    )
    return {}
