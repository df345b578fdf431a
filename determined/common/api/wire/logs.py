"""Messages of the REST API: logs."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import NotRequired, TypedDict

from .scalars import Int64, Timestamp

if TYPE_CHECKING:
    from .enums import LogLevel, OrderBy


class TaskLog(TypedDict, total=False):
    """Sent: `task.TaskLog`."""

    id: int
    taskId: str
    allocationId: str
    agentId: str
    containerId: str
    rankId: int
    timestamp: Optional[Timestamp]
    level: LogLevel
    log: str
    source: str
    stdtype: str


class CleanupLogsResponse(TypedDict):
    """Answered: `CleanupLogsResponse`."""

    removedCount: Int64


class PostTaskLogsRequest(TypedDict, total=False):
    """Sent: `PostTaskLogsRequest`."""

    logs: List[TaskLog]


class TaskLogsFieldsResponse(TypedDict):
    """Answered: `TaskLogsFieldsResponse`."""

    allocationIds: List[str]
    agentIds: List[str]
    containerIds: List[str]
    rankIds: List[int]
    stdtypes: List[str]
    sources: List[str]


class TaskLogsResponse(TypedDict):
    """Answered: `TaskLogsResponse`."""

    id: str
    timestamp: Timestamp
    message: str
    level: LogLevel
    taskId: str
    allocationId: NotRequired[str]
    agentId: NotRequired[str]
    containerId: NotRequired[str]
    rankId: NotRequired[int]
    log: str
    source: NotRequired[str]
    stdtype: NotRequired[str]


class TrialLogsFieldsResponse(TypedDict):
    """Answered: `TrialLogsFieldsResponse`."""

    agentIds: List[str]
    containerIds: List[str]
    rankIds: List[int]
    stdtypes: List[str]
    sources: List[str]


class TrialLogsResponse(TypedDict):
    """Answered: `TrialLogsResponse`."""

    id: str
    timestamp: Timestamp
    message: str
    level: LogLevel
    trialId: int
    agentId: NotRequired[str]
    containerId: NotRequired[str]
    rankId: NotRequired[int]
    log: str
    source: NotRequired[str]
    stdtype: NotRequired[str]


class LogEntry(TypedDict):
    """Answered: `log.LogEntry`."""

    id: int
    message: NotRequired[str]
    timestamp: NotRequired[Timestamp]
    level: LogLevel


class TaskLogsQuery(TypedDict, total=False):
    """Query of `TaskLogs`."""

    limit: int
    follow: bool
    allocationIds: List[str]
    agentIds: List[str]
    containerIds: List[str]
    rankIds: List[int]
    levels: List[LogLevel]
    stdtypes: List[str]
    sources: List[str]
    timestampBefore: Timestamp
    timestampAfter: Timestamp
    orderBy: OrderBy
    searchText: str
    enableRegex: bool


class TaskLogsFieldsQuery(TypedDict, total=False):
    """Query of `TaskLogsFields`."""

    follow: bool


class TrialLogsQuery(TypedDict, total=False):
    """Query of `TrialLogs`."""

    limit: int
    follow: bool
    agentIds: List[str]
    containerIds: List[str]
    rankIds: List[int]
    levels: List[LogLevel]
    stdtypes: List[str]
    sources: List[str]
    timestampBefore: Timestamp
    timestampAfter: Timestamp
    orderBy: OrderBy
    searchText: str
    enableRegex: bool


class TrialLogsFieldsQuery(TypedDict, total=False):
    """Query of `TrialLogsFields`."""

    follow: bool
