"""The admin's message on the wire."""

from __future__ import annotations

from determined.common.api.wire.cluster import ClusterMessage
from determined.common.timestamps import format_wire

from ..store.database import Row


def cluster_message_message(row: Row) -> ClusterMessage:
    """The message; ``endTime`` only when it has an end."""
    message: ClusterMessage = {
        "message": row["message"],
        "startTime": format_wire(row["start_time"]),
        "createdTime": format_wire(row["created_at"]),
    }
    if row["end_time"] is not None:
        message["endTime"] = format_wire(row["end_time"])
    return message
