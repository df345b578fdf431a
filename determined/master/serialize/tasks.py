"""Tasks on the wire."""

from __future__ import annotations

import re
from typing import Any, Dict, List, Sequence

from determined.common.api.wire.enums import TaskState, TaskType
from determined.common.api.wire.tasks import Allocation, AllocationSummary, ResourcesSummary, Task
from determined.common.timestamps import format_wire

from ..services.devices import Device
from ..services.tasks import Resources, Summary
from ..store.database import Row
from .agents import device_message

STATES = {
    "PENDING": TaskState.QUEUED,
    "ASSIGNED": TaskState.QUEUED,
    "PULLING": TaskState.PULLING,
    "STARTING": TaskState.STARTING,
    "RUNNING": TaskState.RUNNING,
    "WAITING": TaskState.WAITING,
    "TERMINATING": TaskState.TERMINATING,
    "TERMINATED": TaskState.TERMINATED,
}


def task_message(row: Row, allocations: Sequence[Row]) -> Task:
    """A task with its allocations."""
    message: Task = {
        "taskId": row["id"],
        "taskType": TaskType("TASK_TYPE_" + row["type"]),
        "allocations": [_allocation_message(allocation) for allocation in allocations],
        "startTime": format_wire(row["start_time"]),
    }
    if row["end_time"] is not None:
        message["endTime"] = format_wire(row["end_time"])
    return message


def _allocation_message(row: Row) -> Allocation:
    """An allocation inside its task: times without a zone, no word on how it ended, and no slots, which only a read
    of the allocation itself tells.
    """
    message: Allocation = {
        "taskId": row["task_id"],
        "state": STATES[row["state"]],
        "startTime": _bare_time(row["start_time"]) if row["start_time"] is not None else "",
        "allocationId": row["id"],
        "slots": 0,
    }
    if row["is_ready"]:
        message["isReady"] = True
    if row["end_time"] is not None:
        message["endTime"] = _bare_time(row["end_time"])
    return message


def _bare_time(micros: int) -> str:
    text = format_wire(micros)[:-1]
    return text.rstrip("0") if "." in text else text


def summary_message(summary: Summary, devices: Sequence[Device]) -> AllocationSummary:
    """An allocation that runs or is waited for."""
    return {
        "taskId": summary.task_id,
        "allocationId": summary.allocation_id,
        "name": summary.name,
        "registeredTime": format_wire(summary.since),
        "resourcePool": summary.resource_pool,
        "slotsNeeded": summary.slots,
        "resources": [_resources_message(r, summary.allocation_id, devices) for r in summary.resources],
        "schedulerType": "priority",
        "priority": summary.priority,
        "proxyPorts": [],
    }


def _resources_message(resources: Resources, allocation_id: str, devices: Sequence[Device]) -> ResourcesSummary:
    held = [device_message(devices[number]) for number in resources.slots if number < len(devices)]
    return {
        "resourcesId": resources.id,
        "resourcesType": "docker-container",
        "allocationId": allocation_id,
        "agentDevices": {resources.agent_id: {"devices": held}},
        "containerId": resources.id,
        "started": {"addresses": [], "nativeResourcesId": ""} if resources.is_running else None,
        "exited": None,
    }


def with_snake_keys(value: Any) -> Any:
    """Return a message with its fields named as the routes outside /api/v1 name them; keys of maps stay."""
    if isinstance(value, list):
        return [with_snake_keys(item) for item in value]
    if not isinstance(value, dict):
        return value
    named: Dict[str, Any] = {}
    for key, item in value.items():
        is_map = key == "agentDevices"
        named[_snake(key)] = {k: with_snake_keys(v) for k, v in item.items()} if is_map else with_snake_keys(item)
    return named


def _snake(name: str) -> str:
    return re.sub(r"([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def summaries_by_id(summaries: Sequence[Summary], devices: Sequence[Device]) -> Dict[str, AllocationSummary]:
    """What runs and waits, by allocation id."""
    messages: List[AllocationSummary] = [summary_message(summary, devices) for summary in summaries]
    return {message["allocationId"]: message for message in messages}
