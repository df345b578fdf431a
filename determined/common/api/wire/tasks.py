"""Messages of the REST API: tasks, allocations and commands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Bytes, Struct, Timestamp

if TYPE_CHECKING:
    from .cluster import ContainerContainer, Device
    from .common import File, Pagination
    from .enums import (
        FailureType,
        GenericTaskState,
        GetCommandsSortBy,
        GetNotebooksSortBy,
        GetShellsSortBy,
        GetTensorboardsSortBy,
        LaunchWarning,
        OrderBy,
        TaskState,
        TaskType,
    )
    from .trials import RendezvousInfo


class AcceleratorData(TypedDict, total=False):
    """Sent: `AcceleratorData`."""

    containerId: str
    allocationId: str
    nodeName: str
    taskId: str
    acceleratorType: str
    acceleratorUuids: List[str]
    resourcePool: str


class AckAllocationPreemptionSignalRequest(TypedDict, total=False):
    """Sent: `AckAllocationPreemptionSignalRequest`."""

    allocationId: str


class AllocationAllGatherRequest(TypedDict, total=False):
    """Sent: `AllocationAllGatherRequest`."""

    allocationId: str
    requestUuid: str
    numPeers: int
    data: Optional[Struct]


class AllocationAllGatherResponse(TypedDict):
    """Answered: `AllocationAllGatherResponse`."""

    data: List[Struct]


class AllocationPendingPreemptionSignalRequest(TypedDict, total=False):
    """Sent: `AllocationPendingPreemptionSignalRequest`."""

    allocationId: str


class AllocationPreemptionSignalResponse(TypedDict):
    """Answered: `AllocationPreemptionSignalResponse`."""

    preempt: bool


class AllocationReadyRequest(TypedDict, total=False):
    """Sent: `AllocationReadyRequest`."""

    allocationId: str


class AllocationRendezvousInfoResponse(TypedDict):
    """Answered: `AllocationRendezvousInfoResponse`."""

    rendezvousInfo: Optional[RendezvousInfo]


class AllocationWaitingRequest(TypedDict, total=False):
    """Sent: `AllocationWaitingRequest`."""

    allocationId: str


class GetActiveTasksCountResponse(TypedDict):
    """Answered: `GetActiveTasksCountResponse`."""

    commands: int
    notebooks: int
    shells: int
    tensorboards: int


class GetAllocationResponse(TypedDict):
    """Answered: `GetAllocationResponse`."""

    allocation: Allocation


class GetCommandResponse(TypedDict):
    """Answered: `GetCommandResponse`."""

    command: Command
    config: Struct


class GetCommandsResponse(TypedDict):
    """Answered: `GetCommandsResponse`."""

    commands: List[Command]
    pagination: Optional[Pagination]


class GetNotebooksResponse(TypedDict):
    """Answered: `GetNotebooksResponse`."""

    notebooks: List[Notebook]
    pagination: Optional[Pagination]


class GetShellsResponse(TypedDict):
    """Answered: `GetShellsResponse`."""

    shells: List[Shell]
    pagination: Optional[Pagination]


class GetTaskContextDirectoryResponse(TypedDict):
    """Answered: `GetTaskContextDirectoryResponse`."""

    b64Tgz: str


class GetTaskResponse(TypedDict):
    """Answered: `GetTaskResponse`."""

    task: Task


class GetTasksResponse(TypedDict):
    """Answered: `GetTasksResponse`."""

    allocationIdToSummary: Dict[str, AllocationSummary]


class GetTensorboardsResponse(TypedDict):
    """Answered: `GetTensorboardsResponse`."""

    tensorboards: List[Tensorboard]
    pagination: Optional[Pagination]


class KillCommandResponse(TypedDict):
    """Answered: `KillCommandResponse`."""

    command: Optional[Command]


class LaunchCommandRequest(TypedDict, total=False):
    """Sent: `LaunchCommandRequest`."""

    config: Optional[Struct]
    templateName: str
    files: List[File]
    data: Bytes
    workspaceId: int


class LaunchCommandResponse(TypedDict):
    """Answered: `LaunchCommandResponse`."""

    command: Command
    config: Struct
    warnings: List[LaunchWarning]


class MarkAllocationResourcesDaemonRequest(TypedDict, total=False):
    """Sent: `MarkAllocationResourcesDaemonRequest`."""

    allocationId: str
    resourcesId: str


class NotifyContainerRunningRequest(TypedDict, total=False):
    """Sent: `NotifyContainerRunningRequest`."""

    allocationId: str
    requestUuid: str
    numPeers: int
    rank: int
    nodeName: str
    data: Optional[Struct]


class NotifyContainerRunningResponse(TypedDict):
    """Answered: `NotifyContainerRunningResponse`."""

    data: List[Struct]


class PostAllocationAcceleratorDataRequest(TypedDict, total=False):
    """Sent: `PostAllocationAcceleratorDataRequest`."""

    allocationId: str
    acceleratorData: Optional[AcceleratorData]


class PostAllocationProxyAddressRequest(TypedDict, total=False):
    """Sent: `PostAllocationProxyAddressRequest`."""

    allocationId: str
    proxyAddress: str


class Command(TypedDict):
    """Answered: `command.Command`."""

    id: str
    description: str
    state: TaskState
    startTime: Timestamp
    container: Optional[ContainerContainer]
    displayName: str
    userId: int
    username: str
    resourcePool: str
    exitStatus: str
    jobId: str
    workspaceId: int


class Notebook(TypedDict):
    """Answered: `notebook.Notebook`."""

    id: str
    description: str
    state: TaskState
    startTime: Optional[Timestamp]
    container: Optional[ContainerContainer]
    displayName: str
    userId: int
    username: str
    serviceAddress: str
    resourcePool: str
    exitStatus: str
    jobId: str
    workspaceId: int


class Shell(TypedDict):
    """Answered: `shell.Shell`."""

    id: str
    description: str
    state: TaskState
    startTime: Optional[Timestamp]
    container: Optional[ContainerContainer]
    privateKey: str
    publicKey: str
    displayName: str
    userId: int
    username: str
    resourcePool: str
    exitStatus: str
    addresses: List[Struct]
    agentUserGroup: Optional[Struct]
    jobId: str
    workspaceId: int


class Address(TypedDict):
    """Answered: `task.Address`."""

    containerIp: str
    containerPort: int
    hostIp: str
    hostPort: int


class Allocation(TypedDict):
    """Answered: `task.Allocation`."""

    taskId: str
    state: TaskState
    isReady: NotRequired[bool]
    startTime: str
    endTime: NotRequired[str]
    allocationId: str
    slots: int
    exitReason: NotRequired[str]
    statusCode: NotRequired[int]


class AllocationSummary(TypedDict):
    """Answered: `task.AllocationSummary`."""

    taskId: str
    allocationId: str
    name: str
    registeredTime: Optional[Timestamp]
    resourcePool: str
    slotsNeeded: int
    resources: List[ResourcesSummary]
    schedulerType: str
    priority: int
    proxyPorts: List[ProxyPortConfig]


class ProxyPortConfig(TypedDict):
    """Answered: `task.ProxyPortConfig`."""

    serviceId: str
    port: int
    proxyTcp: bool
    unauthenticated: bool


class ResourcesFailure(TypedDict):
    """Answered: `task.ResourcesFailure`."""

    failureType: FailureType
    errMsg: str
    exitCode: int


class ResourcesStarted(TypedDict):
    """Answered: `task.ResourcesStarted`."""

    addresses: List[Address]
    nativeResourcesId: str


class ResourcesStopped(TypedDict):
    """Answered: `task.ResourcesStopped`."""

    failure: Optional[ResourcesFailure]


class ResourcesSummary(TypedDict):
    """Answered: `task.ResourcesSummary`."""

    resourcesId: str
    resourcesType: str
    allocationId: str
    agentDevices: Dict[str, ResourcesSummaryDevices]
    containerId: str
    started: Optional[ResourcesStarted]
    exited: Optional[ResourcesStopped]


class ResourcesSummaryDevices(TypedDict):
    """Answered: `task.ResourcesSummary.Devices`."""

    devices: List[Device]


class Task(TypedDict):
    """Answered: `task.Task`."""

    taskId: str
    taskType: TaskType
    allocations: List[Allocation]
    startTime: Timestamp
    endTime: NotRequired[Timestamp]
    config: NotRequired[str]
    parentId: NotRequired[str]
    taskState: NotRequired[GenericTaskState]
    forkedFrom: NotRequired[str]
    noPause: NotRequired[bool]


class Tensorboard(TypedDict):
    """Answered: `tensorboard.Tensorboard`."""

    id: str
    description: str
    state: TaskState
    startTime: Optional[Timestamp]
    container: Optional[ContainerContainer]
    experimentIds: List[int]
    trialIds: List[int]
    displayName: str
    userId: int
    username: str
    serviceAddress: str
    resourcePool: str
    exitStatus: str
    jobId: str
    workspaceId: int


class AllocationPreemptionSignalQuery(TypedDict, total=False):
    """Query of `AllocationPreemptionSignal`."""

    timeoutSeconds: int


class GetCommandsQuery(TypedDict, total=False):
    """Query of `GetCommands`."""

    sortBy: GetCommandsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    users: List[str]
    userIds: List[int]
    workspaceId: int


class GetNotebooksQuery(TypedDict, total=False):
    """Query of `GetNotebooks`."""

    sortBy: GetNotebooksSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    users: List[str]
    userIds: List[int]
    workspaceId: int


class GetShellsQuery(TypedDict, total=False):
    """Query of `GetShells`."""

    sortBy: GetShellsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    users: List[str]
    userIds: List[int]
    workspaceId: int


class GetTensorboardsQuery(TypedDict, total=False):
    """Query of `GetTensorboards`."""

    sortBy: GetTensorboardsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    users: List[str]
    userIds: List[int]
    workspaceId: int
