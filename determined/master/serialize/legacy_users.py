"""Users as the routes outside /api/v1 tell them."""

from __future__ import annotations

import json
from typing import Any, Dict

from determined.common.timestamps import format_wire

from ..store.database import Row


def legacy_user_message(row: Row, name: str = "") -> Dict[str, Any]:
    """A user with snake_case keys; `name` is what to call them, which only lists tell."""
    group = json.loads(row["agent_user_group"] or "{}")
    seen = row["last_auth_at"]
    return {
        "id": row["id"],
        "display_name": row["display_name"],
        "username": row["username"],
        "name": name,
        "admin": bool(row["admin"]),
        "active": bool(row["active"]),
        "modified_at": format_wire(row["modified_at"]),
        "remote": bool(row["remote"]),
        "last_auth_at": None if seen is None else format_wire(seen),
        "agent_uid": group.get("agentUid"),
        "agent_gid": group.get("agentGid"),
        "agent_user": group.get("agentUser"),
        "agent_group": group.get("agentGroup"),
    }
