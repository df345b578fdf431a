"""Calls of the REST API: allocations: what a running task tells the master."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from .._options import DEFAULT_TIMEOUT, Timeout
from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.tasks import (
        AckAllocationPreemptionSignalRequest,
        Allocation,
        AllocationAllGatherRequest,
        AllocationAllGatherResponse,
        AllocationPendingPreemptionSignalRequest,
        AllocationPreemptionSignalQuery,
        AllocationReadyRequest,
        AllocationWaitingRequest,
        MarkAllocationResourcesDaemonRequest,
        NotifyContainerRunningRequest,
        NotifyContainerRunningResponse,
        PostAllocationAcceleratorDataRequest,
        PostAllocationProxyAddressRequest,
    )
    from ..wire.trials import RendezvousInfo


def get_allocation(session: BaseSession, allocation_id: str) -> Allocation:
    """Return an allocation."""
    return call(session, paths.GET_ALLOCATION, allocation_id=allocation_id)["allocation"]


def get_rendezvous_info(
    session: BaseSession, allocation_id: str, resources_id: str, timeout: Timeout = DEFAULT_TIMEOUT
) -> Optional[RendezvousInfo]:
    """Wait until all of an allocation's containers run; return their addresses."""
    return call(
        session,
        paths.ALLOCATION_RENDEZVOUS_INFO,
        timeout=timeout,
        allocation_id=allocation_id,
        resources_id=resources_id,
    )["rendezvousInfo"]


def all_gather(
    session: BaseSession, allocation_id: str, body: AllocationAllGatherRequest, timeout: Timeout = DEFAULT_TIMEOUT
) -> AllocationAllGatherResponse:
    """Exchange data with the allocation's other processes; returns when all have called."""
    return call(session, paths.ALLOCATION_ALL_GATHER, body, timeout=timeout, allocation_id=allocation_id)


def get_preemption_signal(
    session: BaseSession, allocation_id: str, timeout_seconds: int, timeout: Timeout = DEFAULT_TIMEOUT
) -> bool:
    """Wait some seconds for the order to stop; return whether it came."""
    query: AllocationPreemptionSignalQuery = {"timeoutSeconds": timeout_seconds}
    return call(session, paths.ALLOCATION_PREEMPTION_SIGNAL, query, timeout=timeout, allocation_id=allocation_id)[
        "preempt"
    ]


def acknowledge_preemption(session: BaseSession, allocation_id: str) -> None:
    """Tell that the coming exit follows the order to stop."""
    body: AckAllocationPreemptionSignalRequest = {"allocationId": allocation_id}
    call(session, paths.ACK_ALLOCATION_PREEMPTION_SIGNAL, body, allocation_id=allocation_id)


def report_pending_preemption(session: BaseSession, allocation_id: str) -> None:
    """Tell that an outer scheduler is about to take the machine."""
    body: AllocationPendingPreemptionSignalRequest = {"allocationId": allocation_id}
    call(session, paths.ALLOCATION_PENDING_PREEMPTION_SIGNAL, body, allocation_id=allocation_id)


def report_ready(session: BaseSession, allocation_id: str) -> None:
    """Tell that an allocation's work has begun."""
    body: AllocationReadyRequest = {"allocationId": allocation_id}
    call(session, paths.ALLOCATION_READY, body, allocation_id=allocation_id)


def report_waiting(session: BaseSession, allocation_id: str) -> None:
    """Tell that an allocation waits for others."""
    body: AllocationWaitingRequest = {"allocationId": allocation_id}
    call(session, paths.ALLOCATION_WAITING, body, allocation_id=allocation_id)


def mark_resources_daemon(session: BaseSession, allocation_id: str, resources_id: str) -> None:
    """Tell that a container is to be stopped once all others have ended."""
    body: MarkAllocationResourcesDaemonRequest = {"allocationId": allocation_id, "resourcesId": resources_id}
    call(session, paths.MARK_ALLOCATION_RESOURCES_DAEMON, body, allocation_id=allocation_id, resources_id=resources_id)


def report_proxy_address(session: BaseSession, allocation_id: str, address: str) -> None:
    """Tell the address at which an allocation's services listen."""
    body: PostAllocationProxyAddressRequest = {"allocationId": allocation_id, "proxyAddress": address}
    call(session, paths.POST_ALLOCATION_PROXY_ADDRESS, body, allocation_id=allocation_id)


def report_accelerator_data(
    session: BaseSession, allocation_id: str, body: PostAllocationAcceleratorDataRequest
) -> None:
    """Tell the accelerators that an allocation uses."""
    call(session, paths.POST_ALLOCATION_ACCELERATOR_DATA, body, allocation_id=allocation_id)


def report_container_running(
    session: BaseSession, allocation_id: str, body: NotifyContainerRunningRequest
) -> NotifyContainerRunningResponse:
    """Tell that a container of an allocation runs."""
    return call(session, paths.NOTIFY_CONTAINER_RUNNING, body, allocation_id=allocation_id)
