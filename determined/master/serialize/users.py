"""Users on the wire."""

from __future__ import annotations

import json

from determined.common.api.wire.users import User, UserWebSetting
from determined.common.timestamps import format_wire

from ..store.database import Row


def user_message(row: Row) -> User:
    """A user; ``lastAuthAt`` only when they have ever logged in."""
    message: User = {
        "id": row["id"],
        "username": row["username"],
        "admin": bool(row["admin"]),
        "active": bool(row["active"]),
        "agentUserGroup": json.loads(row["agent_user_group"] or "null"),
        "displayName": row["display_name"] or "",
        "modifiedAt": format_wire(row["modified_at"]),
        "remote": bool(row["remote"]),
    }
    if row["last_auth_at"] is not None:
        message["lastAuthAt"] = format_wire(row["last_auth_at"])
    return message


def setting_message(row: Row) -> UserWebSetting:
    """One setting of a user's web interface or tools."""
    return {"key": row["key"], "storagePath": row["storage_path"], "value": row["value"]}
