"""Messages of the REST API: webhooks."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import TypedDict

from .scalars import Struct

if TYPE_CHECKING:
    from .enums import LogLevel, TriggerType, WebhookMode, WebhookType


class GetWebhooksResponse(TypedDict):
    """Answered: `GetWebhooksResponse`."""

    webhooks: List[Webhook]


class PostWebhookEventDataRequest(TypedDict, total=False):
    """Sent: `PostWebhookEventDataRequest`."""

    data: Optional[CustomWebhookEventData]
    experimentId: int
    trialId: int


class PostWebhookResponse(TypedDict):
    """Answered: `PostWebhookResponse`."""

    webhook: Webhook


class TestWebhookResponse(TypedDict):
    """Answered: `TestWebhookResponse`."""

    completed: bool


class CustomWebhookEventData(TypedDict, total=False):
    """Sent: `webhook.CustomWebhookEventData`."""

    level: LogLevel
    title: str
    description: str


class PatchWebhook(TypedDict, total=False):
    """Sent: `webhook.PatchWebhook`."""

    url: str


class Trigger(TypedDict, total=False):
    """Sent and answered: `webhook.Trigger`."""

    id: int
    triggerType: TriggerType
    condition: Optional[Struct]
    webhookId: int


class Webhook(TypedDict, total=False):
    """Sent and answered: `webhook.Webhook`."""

    id: int
    url: str
    triggers: List[Trigger]
    webhookType: WebhookType
    name: str
    workspaceId: int
    mode: WebhookMode
