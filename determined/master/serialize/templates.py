"""Configuration templates on the wire."""

from __future__ import annotations

import json

from determined.common.api.wire.templates import Template

from ..store.database import Row


def template_message(row: Row) -> Template:
    """A template."""
    return {"name": row["name"], "config": json.loads(row["config"]), "workspaceId": row["workspace_id"]}
