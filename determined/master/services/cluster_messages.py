"""Rules of the message that the admin shows to everybody."""

from __future__ import annotations

from typing import Optional

from determined.common import timestamps
from determined.common.api.wire.cluster import SetClusterMessageRequest

from ..auth import Caller
from ..errors import forbidden, invalid
from ..store import cluster_messages as store
from ..store.database import Connection, Row, Transaction
from .durations import parse_duration

LONGEST_MESSAGE = 250


def require_admin(caller: Caller) -> None:
    """Let only admins pass.

    Raises:
        Refusal: the caller is none.
    """
    if not caller.admin:
        raise forbidden("user does not have permission")


def read_message(connection: Connection, caller: Caller) -> Optional[Row]:
    """The message that is shown now or will be, for the admin's eyes."""
    require_admin(caller)
    return store.current(connection, timestamps.now())


def shown_message(connection: Connection) -> Optional[Row]:
    """The message that everybody sees now."""
    now = timestamps.now()
    row = store.current(connection, now)
    return row if row is not None and row["start_time"] <= now else None


def set_message(tx: Transaction, caller: Caller, request: SetClusterMessageRequest) -> None:
    """Show a message, from its start (now, when none is given) to its end or without one.

    Raises:
        Refusal: the caller is no admin, the message is too long, or its times make no sense.
    """
    require_admin(caller)
    now = timestamps.now()
    message = request.get("message", "")
    if len(message) > LONGEST_MESSAGE:
        raise invalid(f"invalid input: message must be at most {LONGEST_MESSAGE} characters; got {len(message)}")
    sent_start = request.get("startTime")
    start = now if sent_start is None else timestamps.parse(sent_start)
    end = _end(request, start)
    if end is not None and end <= start:
        raise invalid("invalid input, end time must be after start time")
    if end is not None and end <= now:
        raise invalid("invalid input, end time must be after current time")
    store.replace(tx, message=message, start_time=start, end_time=end, created_at=now)


def _end(request: SetClusterMessageRequest, start: int) -> Optional[int]:
    sent_end, duration = request.get("endTime"), request.get("duration", "")
    if sent_end is not None and duration:
        raise invalid("EndTime and Duration are mutually exclusive")
    if sent_end is not None:
        return timestamps.parse(sent_end)
    if not duration:
        return None
    try:
        micros = parse_duration(duration)
    except ValueError:
        micros = 0
    if micros <= 0:
        raise invalid("Duration must be a Go-formatted duration string with a positive value")
    return start + micros


def delete_message(tx: Transaction, caller: Caller) -> None:
    """Take the message away; nothing happens when there is none."""
    require_admin(caller)
    store.delete(tx)
