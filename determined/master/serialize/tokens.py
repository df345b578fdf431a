"""Access tokens on the wire."""

from __future__ import annotations

from determined.common.api.wire.enums import TokenType
from determined.common.api.wire.users import TokenInfo
from determined.common.timestamps import format_wire

from ..store.database import Row


def token_message(row: Row) -> TokenInfo:
    """What is told of an access token."""
    return {
        "id": row["id"],
        "userId": row["user_id"],
        "expiry": None if row["expires_at"] is None else format_wire(row["expires_at"]),
        "createdAt": format_wire(row["created_at"]),
        "tokenType": TokenType.ACCESS_TOKEN,
        "revoked": bool(row["revoked"]),
        "description": row["description"] or "",
    }
