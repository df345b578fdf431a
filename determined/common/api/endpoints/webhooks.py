"""Calls of the REST API: webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, List

from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.webhooks import PatchWebhook, PostWebhookEventDataRequest, Webhook


def list_webhooks(session: BaseSession) -> List[Webhook]:
    """Return the webhooks."""
    return call(session, paths.GET_WEBHOOKS)["webhooks"]


def create_webhook(session: BaseSession, body: Webhook) -> Webhook:
    """Create a webhook."""
    return call(session, paths.POST_WEBHOOK, body)["webhook"]


def patch_webhook(session: BaseSession, webhook_id: int, body: PatchWebhook) -> None:
    """Change a webhook's address."""
    call(session, paths.PATCH_WEBHOOK, body, id=webhook_id)


def delete_webhook(session: BaseSession, webhook_id: int) -> None:
    """Delete a webhook."""
    call(session, paths.DELETE_WEBHOOK, id=webhook_id)


def test_webhook(session: BaseSession, webhook_id: int) -> bool:
    """Call a webhook; return whether that worked."""
    return call(session, paths.TEST_WEBHOOK, id=webhook_id)["completed"]


def post_webhook_event(session: BaseSession, body: PostWebhookEventDataRequest) -> None:
    """Send an event of an experiment's own to its webhooks."""
    call(session, paths.POST_WEBHOOK_EVENT_DATA, body)
