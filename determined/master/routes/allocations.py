"""What a task's processes ask for and tell while they run."""

from __future__ import annotations

import base64
import json

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.tasks import (
    AckAllocationPreemptionSignalRequest,
    AllocationAllGatherRequest,
    AllocationAllGatherResponse,
    AllocationPendingPreemptionSignalRequest,
    AllocationPreemptionSignalQuery,
    AllocationPreemptionSignalResponse,
    AllocationReadyRequest,
    AllocationRendezvousInfoResponse,
    AllocationWaitingRequest,
    GetAllocationResponse,
    GetTaskContextDirectoryResponse,
    MarkAllocationResourcesDaemonRequest,
    NotifyContainerRunningRequest,
    NotifyContainerRunningResponse,
    PostAllocationAcceleratorDataRequest,
    PostAllocationProxyAddressRequest,
)

from ..errors import not_found
from ..serialize.allocations import allocation_message
from ..services import allocations
from ..store import allocations as store
from ..store.database import Connection
from .registry import Call, handles


@handles(paths.GET_ALLOCATION)
async def get_allocation(call: Call[Empty], allocation_id: str) -> GetAllocationResponse:
    return {"allocation": allocation_message(call.db.read_now(allocations.known, allocation_id))}


@handles(paths.ALLOCATION_PREEMPTION_SIGNAL)
async def get_preemption_signal(
    call: Call[AllocationPreemptionSignalQuery], allocation_id: str
) -> AllocationPreemptionSignalResponse:
    seconds = call.request.get("timeoutSeconds", 0)
    return {
        "preempt": await allocations.wait_for_preemption(call.db, call.world.hub, allocation_id, max(0, seconds)),
    }


@handles(paths.ACK_ALLOCATION_PREEMPTION_SIGNAL)
async def acknowledge_preemption_signal(call: Call[AckAllocationPreemptionSignalRequest], allocation_id: str) -> Empty:
    await call.db.write(allocations.acknowledge_preemption, allocation_id)
    return {}


@handles(paths.ALLOCATION_PENDING_PREEMPTION_SIGNAL)
async def announce_preemption(call: Call[AllocationPendingPreemptionSignalRequest], allocation_id: str) -> Empty:
    await call.db.write(allocations.announce_preemption, allocation_id)
    return {}


@handles(paths.ALLOCATION_READY)
async def set_ready(call: Call[AllocationReadyRequest], allocation_id: str) -> Empty:
    await call.db.write(allocations.set_ready, allocation_id)
    return {}


@handles(paths.ALLOCATION_WAITING)
async def set_waiting(call: Call[AllocationWaitingRequest], allocation_id: str) -> Empty:
    await call.db.write(allocations.set_waiting, allocation_id)
    return {}


@handles(paths.ALLOCATION_RENDEZVOUS_INFO)
async def meet(call: Call[Empty], allocation_id: str, resources_id: str) -> AllocationRendezvousInfoResponse:
    row = call.db.read_now(allocations.own_resources, allocation_id, resources_id)
    await call.db.write(allocations.set_ready, allocation_id)
    slots = len(json.loads(row["slot_ids"]))
    return {"rendezvousInfo": {"addresses": ["127.0.0.1"], "rank": 0, "slots": [slots]}}


@handles(paths.ALLOCATION_ALL_GATHER)
async def gather(call: Call[AllocationAllGatherRequest], allocation_id: str) -> AllocationAllGatherResponse:
    call.db.read_now(allocations.live, allocation_id)
    request = call.request
    meeting = call.world.meetings.gather(
        allocation_id, request.get("requestUuid", ""), request.get("numPeers", 0), request.get("data") or {}
    )
    everything = await allocations.unless_gone(meeting, call.hang_up())
    await call.db.write(allocations.set_ready, allocation_id)
    return {"data": everything}


@handles(paths.NOTIFY_CONTAINER_RUNNING)
async def set_container_running(
    call: Call[NotifyContainerRunningRequest], allocation_id: str
) -> NotifyContainerRunningResponse:
    await call.db.write(allocations.set_state_running, allocation_id)
    return {"data": [call.request.get("data") or {}]}


@handles(paths.POST_ALLOCATION_ACCELERATOR_DATA)
async def set_accelerators(call: Call[PostAllocationAcceleratorDataRequest], allocation_id: str) -> Empty:
    await call.db.write(allocations.set_accelerators, allocation_id, dict(call.request.get("acceleratorData") or {}))
    return {}


@handles(paths.POST_ALLOCATION_PROXY_ADDRESS)
async def set_proxy_address(call: Call[PostAllocationProxyAddressRequest], allocation_id: str) -> Empty:
    await call.db.write(allocations.set_proxy_address, allocation_id, call.request.get("proxyAddress", ""))
    return {}


@handles(paths.MARK_ALLOCATION_RESOURCES_DAEMON)
async def set_daemon(call: Call[MarkAllocationResourcesDaemonRequest], allocation_id: str, resources_id: str) -> Empty:
    # an allocation has one container here, and the only one cannot be a daemon
    call.db.read_now(allocations.own_resources, allocation_id, resources_id)
    return {}


@handles(paths.GET_TASK_CONTEXT_DIRECTORY)
async def get_context_directory(call: Call[Empty], task_id: str) -> GetTaskContextDirectoryResponse:
    task = call.db.read_now(store.task_by_id, task_id)
    if task is None:
        raise not_found("task", task_id)
    return {"b64Tgz": await call.db.read(_context_of, task_id)}


def _context_of(connection: Connection, task_id: str) -> str:
    return base64.b64encode(store.context_of_task(connection, task_id)).decode()
