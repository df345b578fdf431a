"""Webhooks on the wire."""

from __future__ import annotations

import json
from typing import Sequence

from determined.common.api.wire.enums import TriggerType, WebhookMode, WebhookType
from determined.common.api.wire.webhooks import Trigger, Webhook

from ..store.database import Row


def webhook_message(row: Row, triggers: Sequence[Row]) -> Webhook:
    """A webhook; workspace 0 for one that listens to all."""
    return {
        "id": row["id"],
        "url": row["url"],
        "triggers": [_trigger_message(trigger) for trigger in triggers],
        "webhookType": WebhookType("WEBHOOK_TYPE_" + row["webhook_type"]),
        "name": row["name"],
        "workspaceId": row["workspace_id"] or 0,
        "mode": WebhookMode("WEBHOOK_MODE_" + row["mode"]),
    }


def _trigger_message(row: Row) -> Trigger:
    return {
        "id": row["id"],
        "triggerType": TriggerType("TRIGGER_TYPE_" + row["trigger_type"]),
        "condition": json.loads(row["condition"]),
        "webhookId": row["webhook_id"],
    }
