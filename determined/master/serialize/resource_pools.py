"""The resource pool on the wire."""

from __future__ import annotations

from determined.common.api.wire.cluster import ResourcePool
from determined.common.api.wire.enums import DeviceType, FittingPolicy, ResourcePoolType, SchedulerType

from ..services.agents import AUX_CONTAINER_CAPACITY
from ..services.jobs import DEFAULT_PRIORITY
from ..services.resource_pools import Pool
from ..settings import RESOURCE_POOL
from .agents import DEVICE_TYPES
from .jobs import counts_message


def pool_message(pool: Pool) -> ResourcePool:
    """The pool of this machine."""
    return {
        "name": RESOURCE_POOL,
        "description": "",
        "type": ResourcePoolType.STATIC,
        "numAgents": pool.agents,
        "slotsAvailable": pool.slots,
        "slotsUsed": pool.slots_used,
        "slotType": DeviceType.UNSPECIFIED if pool.device is None else DEVICE_TYPES[pool.device.kind],
        "auxContainerCapacity": pool.aux_capacity,
        "auxContainersRunning": pool.aux_running,
        "defaultComputePool": True,
        "defaultAuxPool": True,
        "preemptible": False,
        "minAgents": 0,
        "maxAgents": 0,
        "slotsPerAgent": -1,
        "auxContainerCapacityPerAgent": AUX_CONTAINER_CAPACITY,
        "schedulerType": SchedulerType.PRIORITY,
        "schedulerFittingPolicy": FittingPolicy.BEST,
        "location": "on-prem",
        "imageId": "",
        "instanceType": "",
        "masterUrl": "",
        "masterCertName": "",
        "startupScript": "",
        "containerStartupScript": "",
        "agentDockerNetwork": "",
        "agentDockerRuntime": "",
        "agentDockerImage": "",
        "agentFluentImage": "",
        "maxIdleAgentPeriod": 0,
        "maxAgentStartingPeriod": 0,
        "details": {
            "aws": None,
            "gcp": None,
            "priorityScheduler": {"preemption": False, "defaultPriority": DEFAULT_PRIORITY, "k8Priorities": []},
        },
        "accelerator": "" if pool.device is None or pool.device.kind == "cpu" else pool.device.brand,
        "stats": counts_message(pool.statistics),
        "resourceManagerMetadata": {},
        "clusterName": "default",
    }
