"""Messages of the REST API: the master, its agents, slots and resource pools."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Float, Struct, Timestamp

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import (
        ContainerState,
        DeviceType,
        FittingPolicy,
        GetAgentsSortBy,
        GetMasterResponseProduct,
        LogLevel,
        OrderBy,
        ResourceAllocationAggregationPeriod,
        ResourcePoolType,
        SchedulerType,
    )
    from .jobs import QueueStats
    from .logs import LogEntry


class BindRPToWorkspaceRequest(TypedDict, total=False):
    """Sent: `BindRPToWorkspaceRequest`."""

    resourcePoolName: str
    workspaceIds: List[int]
    workspaceNames: List[str]


class ClusterMessage(TypedDict):
    """Answered: `ClusterMessage`."""

    message: str
    startTime: Timestamp
    endTime: NotRequired[Timestamp]
    createdTime: Optional[Timestamp]


class DisableAgentRequest(TypedDict, total=False):
    """Sent: `DisableAgentRequest`."""

    agentId: str
    drain: bool


class DisableAgentResponse(TypedDict):
    """Answered: `DisableAgentResponse`."""

    agent: Optional[Agent]


class DisableSlotRequest(TypedDict, total=False):
    """Sent: `DisableSlotRequest`."""

    agentId: str
    slotId: str
    drain: bool


class DisableSlotResponse(TypedDict):
    """Answered: `DisableSlotResponse`."""

    slot: Optional[Slot]


class EnableAgentResponse(TypedDict):
    """Answered: `EnableAgentResponse`."""

    agent: Optional[Agent]


class EnableSlotResponse(TypedDict):
    """Answered: `EnableSlotResponse`."""

    slot: Optional[Slot]


class GetAgentResponse(TypedDict):
    """Answered: `GetAgentResponse`."""

    agent: Agent


class GetAgentsResponse(TypedDict):
    """Answered: `GetAgentsResponse`."""

    agents: List[Agent]
    pagination: Optional[Pagination]


class GetClusterMessageResponse(TypedDict):
    """Answered: `GetClusterMessageResponse`."""

    clusterMessage: NotRequired[ClusterMessage]


class GetMasterConfigResponse(TypedDict):
    """Answered: `GetMasterConfigResponse`."""

    config: Struct


class GetMasterResponse(TypedDict):
    """Answered: `GetMasterResponse`."""

    version: str
    masterId: str
    clusterId: str
    clusterName: str
    telemetryEnabled: bool
    ssoProviders: List[SSOProvider]
    externalLoginUri: str
    externalLogoutUri: str
    branding: str
    rbacEnabled: bool
    product: GetMasterResponseProduct
    featureSwitches: List[str]
    userManagementEnabled: bool
    strictJobQueueControl: bool
    clusterMessage: NotRequired[ClusterMessage]
    hasCustomLogo: bool


class GetResourcePoolsResponse(TypedDict):
    """Answered: `GetResourcePoolsResponse`."""

    resourcePools: List[ResourcePool]
    pagination: Optional[Pagination]


class GetSlotResponse(TypedDict):
    """Answered: `GetSlotResponse`."""

    slot: Optional[Slot]


class GetSlotsResponse(TypedDict):
    """Answered: `GetSlotsResponse`."""

    slots: List[Slot]


class GetTelemetryResponse(TypedDict):
    """Answered: `GetTelemetryResponse`."""

    enabled: bool
    segmentKey: str


class ListWorkspacesBoundToRPResponse(TypedDict):
    """Answered: `ListWorkspacesBoundToRPResponse`."""

    workspaceIds: List[int]
    pagination: Optional[Pagination]


class MasterLogsResponse(TypedDict):
    """Answered: `MasterLogsResponse`."""

    logEntry: LogEntry


class OverwriteRPWorkspaceBindingsRequest(TypedDict, total=False):
    """Sent: `OverwriteRPWorkspaceBindingsRequest`."""

    resourcePoolName: str
    workspaceIds: List[int]
    workspaceNames: List[str]


class PatchMasterConfigRequest(TypedDict, total=False):
    """Sent: `PatchMasterConfigRequest`."""

    config: Optional[MasterConfig]
    fieldMask: str


class ResourceAllocationAggregatedResponse(TypedDict):
    """Answered: `ResourceAllocationAggregatedResponse`."""

    resourceEntries: List[ResourceAllocationAggregatedEntry]


class ResourceAllocationRawResponse(TypedDict):
    """Answered: `ResourceAllocationRawResponse`."""

    resourceEntries: List[ResourceAllocationRawEntry]


class SSOProvider(TypedDict):
    """Answered: `SSOProvider`."""

    name: str
    ssoUrl: str
    type: str
    alwaysRedirect: bool


class SetClusterMessageRequest(TypedDict, total=False):
    """Sent: `SetClusterMessageRequest`."""

    message: str
    startTime: Optional[Timestamp]
    endTime: Optional[Timestamp]
    duration: str


class UnbindRPFromWorkspaceRequest(TypedDict, total=False):
    """Sent: `UnbindRPFromWorkspaceRequest`."""

    resourcePoolName: str
    workspaceIds: List[int]
    workspaceNames: List[str]


class Agent(TypedDict):
    """Answered: `agent.Agent`."""

    id: str
    registeredTime: Optional[Timestamp]
    slots: Dict[str, Slot]
    containers: Dict[str, ContainerContainer]
    addresses: List[str]
    enabled: bool
    draining: bool
    version: str
    resourcePools: List[str]
    slotStats: SlotStats


class DeviceStats(TypedDict):
    """Answered: `agent.DeviceStats`."""

    states: Dict[str, int]
    draining: int
    disabled: int
    total: int


class Slot(TypedDict):
    """Answered: `agent.Slot`."""

    id: str
    device: Optional[Device]
    enabled: bool
    container: Optional[ContainerContainer]
    draining: bool


class SlotStats(TypedDict):
    """Answered: `agent.SlotStats`."""

    typeStats: Dict[str, DeviceStats]
    brandStats: Dict[str, DeviceStats]


class ContainerContainer(TypedDict):
    """Answered: `container.Container`."""

    parent: str
    id: str
    state: ContainerState
    devices: List[Device]
    permissionDenied: bool


class Device(TypedDict):
    """Answered: `device.Device`."""

    id: int
    brand: str
    uuid: str
    type: DeviceType


class MasterConfig(TypedDict, total=False):
    """Sent: `master.Config`."""

    log: Optional[LogConfig]


class LogConfig(TypedDict, total=False):
    """Sent: `master.LogConfig`."""

    level: LogLevel
    color: bool


class ResourceAllocationAggregatedEntry(TypedDict):
    """Answered: `master.ResourceAllocationAggregatedEntry`."""

    periodStart: str
    period: ResourceAllocationAggregationPeriod
    seconds: Float
    byUsername: Dict[str, Float]
    byExperimentLabel: Dict[str, Float]
    byResourcePool: Dict[str, Float]


class ResourceAllocationRawEntry(TypedDict):
    """Answered: `master.ResourceAllocationRawEntry`."""

    kind: str
    startTime: Optional[Timestamp]
    endTime: Optional[Timestamp]
    experimentId: int
    username: str
    userId: int
    labels: List[str]
    seconds: Float
    slots: int


class AwsCustomTag(TypedDict):
    """Answered: `resourcepool.AwsCustomTag`."""

    key: str
    value: str


class K8PriorityClass(TypedDict):
    """Answered: `resourcepool.K8PriorityClass`."""

    priorityClass: str
    priorityValue: int


class ResourcePool(TypedDict):
    """Answered: `resourcepool.ResourcePool`."""

    name: str
    description: str
    type: ResourcePoolType
    numAgents: int
    slotsAvailable: int
    slotsUsed: int
    slotType: DeviceType
    auxContainerCapacity: int
    auxContainersRunning: int
    defaultComputePool: bool
    defaultAuxPool: bool
    preemptible: bool
    minAgents: int
    maxAgents: int
    slotsPerAgent: int
    auxContainerCapacityPerAgent: int
    schedulerType: SchedulerType
    schedulerFittingPolicy: FittingPolicy
    location: str
    imageId: str
    instanceType: str
    masterUrl: str
    masterCertName: str
    startupScript: str
    containerStartupScript: str
    agentDockerNetwork: str
    agentDockerRuntime: str
    agentDockerImage: str
    agentFluentImage: str
    maxIdleAgentPeriod: Float
    maxAgentStartingPeriod: Float
    details: ResourcePoolDetail
    accelerator: str
    stats: Optional[QueueStats]
    resourceManagerMetadata: Dict[str, str]
    clusterName: str


class ResourcePoolAwsDetail(TypedDict):
    """Answered: `resourcepool.ResourcePoolAwsDetail`."""

    region: str
    rootVolumeSize: int
    imageId: str
    tagKey: str
    tagValue: str
    instanceName: str
    sshKeyName: str
    publicIp: bool
    subnetId: str
    securityGroupId: str
    iamInstanceProfileArn: str
    instanceType: str
    logGroup: str
    logStream: str
    spotEnabled: bool
    spotMaxPrice: str
    customTags: List[AwsCustomTag]


class ResourcePoolDetail(TypedDict):
    """Answered: `resourcepool.ResourcePoolDetail`."""

    aws: Optional[ResourcePoolAwsDetail]
    gcp: Optional[ResourcePoolGcpDetail]
    priorityScheduler: Optional[ResourcePoolPrioritySchedulerDetail]


class ResourcePoolGcpDetail(TypedDict):
    """Answered: `resourcepool.ResourcePoolGcpDetail`."""

    project: str
    zone: str
    bootDiskSize: int
    bootDiskSourceImage: str
    labelKey: str
    labelValue: str
    namePrefix: str
    network: str
    subnetwork: str
    externalIp: bool
    networkTags: List[str]
    serviceAccountEmail: str
    serviceAccountScopes: List[str]
    machineType: str
    gpuType: str
    gpuNum: int
    preemptible: bool
    operationTimeoutPeriod: Float


class ResourcePoolPrioritySchedulerDetail(TypedDict):
    """Answered: `resourcepool.ResourcePoolPrioritySchedulerDetail`."""

    preemption: bool
    defaultPriority: int
    k8Priorities: List[K8PriorityClass]


class GetAgentsQuery(TypedDict, total=False):
    """Query of `GetAgents`."""

    sortBy: GetAgentsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    excludeSlots: bool
    excludeContainers: bool


class MasterLogsQuery(TypedDict, total=False):
    """Query of `MasterLogs`."""

    offset: int
    limit: int
    follow: bool


class GetResourcePoolsQuery(TypedDict, total=False):
    """Query of `GetResourcePools`."""

    offset: int
    limit: int
    unbound: bool


class ListWorkspacesBoundToRPQuery(TypedDict, total=False):
    """Query of `ListWorkspacesBoundToRP`."""

    offset: int
    limit: int


class ResourceAllocationAggregatedQuery(TypedDict, total=False):
    """Query of `ResourceAllocationAggregated`."""

    startDate: str
    endDate: str
    period: ResourceAllocationAggregationPeriod


class ResourceAllocationRawQuery(TypedDict, total=False):
    """Query of `ResourceAllocationRaw`."""

    timestampAfter: Timestamp
    timestampBefore: Timestamp
