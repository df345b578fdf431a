"""Allocations on the wire."""

from __future__ import annotations

from typing import Optional

from determined.common import timestamps
from determined.common.api.wire.enums import TaskState
from determined.common.api.wire.tasks import Allocation

from ..store.database import Row

_STATES = {
    "PENDING": TaskState.UNSPECIFIED,
    "ASSIGNED": TaskState.UNSPECIFIED,
    "PULLING": TaskState.PULLING,
    "STARTING": TaskState.STARTING,
    "RUNNING": TaskState.RUNNING,
    "WAITING": TaskState.WAITING,
    "TERMINATING": TaskState.TERMINATING,
    "TERMINATED": TaskState.TERMINATED,
}


def go_time(micros: Optional[int]) -> str:
    """A time in Go's default form, which this one message uses."""
    if micros is None:
        return ""
    text = timestamps.to_datetime(micros).strftime("%Y-%m-%d %H:%M:%S")
    fraction = f"{micros % 1_000_000:06d}".rstrip("0")
    return f"{text}.{fraction} +0000 UTC" if fraction else f"{text} +0000 UTC"


def allocation_message(row: Row) -> Allocation:
    """An allocation."""
    message: Allocation = {
        "taskId": row["task_id"],
        "state": _STATES[row["state"]],
        "isReady": bool(row["is_ready"]),
        "startTime": go_time(row["start_time"]),
        "allocationId": row["id"],
        "slots": row["slots"],
    }
    if row["end_time"] is not None:
        message["endTime"] = go_time(row["end_time"])
    if row["exit_reason"] is not None:
        message["exitReason"] = row["exit_reason"]
    if row["status_code"] is not None and row["exit_error"] is not None:
        message["statusCode"] = row["status_code"]
    return message
