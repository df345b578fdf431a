"""The enumerations of the SDK: those of the master's REST API under the names that scripts know.

A member is also the text that stands for it on the wire: ``state == "STATE_COMPLETED"`` holds, and JSON knows it. It is
printed as its class and name, such as ``ExperimentState.COMPLETED``.
"""

from __future__ import annotations

import enum
import functools
from typing import Any, Dict, List, Optional, Tuple, Type, TypeVar

from ... import errors
from ..api.wire import enums as wire

Wire = TypeVar("Wire", bound=wire.WireEnum)
Member = TypeVar("Member", bound="ApiEnum")


class ApiEnum(str, enum.Enum):
    """An enumeration whose members are the texts of the wire."""

    def __str__(self) -> str:
        return f"{type(self).__name__}.{self.name}"

    def __format__(self, spec: str) -> str:
        return format(str(self), spec)

    def __reduce_ex__(self, protocol: Any) -> Any:
        return (type(self) if is_known(self) else functools.partial(read_member, type(self))), (self.value,)


class ExperimentState(ApiEnum):
    """The state of an experiment."""

    UNSPECIFIED = wire.ExperimentState.UNSPECIFIED.value
    ACTIVE = wire.ExperimentState.ACTIVE.value
    PAUSED = wire.ExperimentState.PAUSED.value
    STOPPING_COMPLETED = wire.ExperimentState.STOPPING_COMPLETED.value
    STOPPING_CANCELED = wire.ExperimentState.STOPPING_CANCELED.value
    STOPPING_ERROR = wire.ExperimentState.STOPPING_ERROR.value
    COMPLETED = wire.ExperimentState.COMPLETED.value
    CANCELED = wire.ExperimentState.CANCELED.value
    ERROR = wire.ExperimentState.ERROR.value
    DELETED = wire.ExperimentState.DELETED.value
    DELETING = wire.ExperimentState.DELETING.value
    DELETE_FAILED = wire.ExperimentState.DELETE_FAILED.value
    STOPPING_KILLED = wire.ExperimentState.STOPPING_KILLED.value
    QUEUED = wire.ExperimentState.QUEUED.value
    PULLING = wire.ExperimentState.PULLING.value
    STARTING = wire.ExperimentState.STARTING.value
    RUNNING = wire.ExperimentState.RUNNING.value


class TrialState(ApiEnum):
    """The state of a trial."""

    UNSPECIFIED = wire.TrialState.UNSPECIFIED.value
    ACTIVE = wire.TrialState.ACTIVE.value
    PAUSED = wire.TrialState.PAUSED.value
    STOPPING_CANCELED = wire.TrialState.STOPPING_CANCELED.value
    STOPPING_KILLED = wire.TrialState.STOPPING_KILLED.value
    STOPPING_COMPLETED = wire.TrialState.STOPPING_COMPLETED.value
    STOPPING_ERROR = wire.TrialState.STOPPING_ERROR.value
    CANCELED = wire.TrialState.CANCELED.value
    COMPLETED = wire.TrialState.COMPLETED.value
    ERROR = wire.TrialState.ERROR.value
    QUEUED = wire.TrialState.QUEUED.value
    PULLING = wire.TrialState.PULLING.value
    STARTING = wire.TrialState.STARTING.value
    RUNNING = wire.TrialState.RUNNING.value


class CheckpointState(ApiEnum):
    """The state of a checkpoint."""

    UNSPECIFIED = wire.CheckpointState.UNSPECIFIED.value
    ACTIVE = wire.CheckpointState.ACTIVE.value
    COMPLETED = wire.CheckpointState.COMPLETED.value
    ERROR = wire.CheckpointState.ERROR.value
    DELETED = wire.CheckpointState.DELETED.value
    PARTIALLY_DELETED = wire.CheckpointState.PARTIALLY_DELETED.value


class LogLevel(ApiEnum):
    """The level of a log line."""

    UNSPECIFIED = wire.LogLevel.UNSPECIFIED.value
    TRACE = wire.LogLevel.TRACE.value
    DEBUG = wire.LogLevel.DEBUG.value
    INFO = wire.LogLevel.INFO.value
    WARNING = wire.LogLevel.WARNING.value
    ERROR = wire.LogLevel.ERROR.value
    CRITICAL = wire.LogLevel.CRITICAL.value


class OrderBy(ApiEnum):
    """A direction of sorting."""

    ASCENDING = wire.OrderBy.ASC.value
    ASC = ASCENDING
    DESCENDING = wire.OrderBy.DESC.value
    DESC = DESCENDING


class ExperimentOrderBy(ApiEnum):
    """`OrderBy` by an earlier name."""

    ASCENDING = wire.OrderBy.ASC.value
    ASC = ASCENDING
    DESCENDING = wire.OrderBy.DESC.value
    DESC = DESCENDING


class TrialOrderBy(ApiEnum):
    """`OrderBy` by an earlier name."""

    ASCENDING = wire.OrderBy.ASC.value
    ASC = ASCENDING
    DESCENDING = wire.OrderBy.DESC.value
    DESC = DESCENDING


class ModelOrderBy(ApiEnum):
    """`OrderBy` by an earlier name."""

    ASCENDING = wire.OrderBy.ASC.value
    ASC = ASCENDING
    DESCENDING = wire.OrderBy.DESC.value
    DESC = DESCENDING


class CheckpointOrderBy(ApiEnum):
    """`OrderBy` by an earlier name."""

    ASC = wire.OrderBy.ASC.value
    ASCENDING = ASC
    DESC = wire.OrderBy.DESC.value
    DESCENDING = DESC


class ExperimentSortBy(ApiEnum):
    """What lists of experiments are sorted by."""

    UNSPECIFIED = wire.GetExperimentsSortBy.UNSPECIFIED.value
    ID = wire.GetExperimentsSortBy.ID.value
    DESCRIPTION = wire.GetExperimentsSortBy.DESCRIPTION.value
    START_TIME = wire.GetExperimentsSortBy.START_TIME.value
    END_TIME = wire.GetExperimentsSortBy.END_TIME.value
    STATE = wire.GetExperimentsSortBy.STATE.value
    NUM_TRIALS = wire.GetExperimentsSortBy.NUM_TRIALS.value
    PROGRESS = wire.GetExperimentsSortBy.PROGRESS.value
    USER = wire.GetExperimentsSortBy.USER.value
    NAME = wire.GetExperimentsSortBy.NAME.value
    FORKED_FROM = wire.GetExperimentsSortBy.FORKED_FROM.value
    RESOURCE_POOL = wire.GetExperimentsSortBy.RESOURCE_POOL.value
    PROJECT_ID = wire.GetExperimentsSortBy.PROJECT_ID.value
    CHECKPOINT_SIZE = wire.GetExperimentsSortBy.CHECKPOINT_SIZE.value
    CHECKPOINT_COUNT = wire.GetExperimentsSortBy.CHECKPOINT_COUNT.value
    SEARCHER_METRIC_VAL = wire.GetExperimentsSortBy.SEARCHER_METRIC_VAL.value


class TrialSortBy(ApiEnum):
    """What lists of trials are sorted by."""

    UNSPECIFIED = wire.GetExperimentTrialsSortBy.UNSPECIFIED.value
    ID = wire.GetExperimentTrialsSortBy.ID.value
    START_TIME = wire.GetExperimentTrialsSortBy.START_TIME.value
    END_TIME = wire.GetExperimentTrialsSortBy.END_TIME.value
    STATE = wire.GetExperimentTrialsSortBy.STATE.value
    BEST_VALIDATION_METRIC = wire.GetExperimentTrialsSortBy.BEST_VALIDATION_METRIC.value
    LATEST_VALIDATION_METRIC = wire.GetExperimentTrialsSortBy.LATEST_VALIDATION_METRIC.value
    BATCHES_PROCESSED = wire.GetExperimentTrialsSortBy.BATCHES_PROCESSED.value
    DURATION = wire.GetExperimentTrialsSortBy.DURATION.value
    RESTARTS = wire.GetExperimentTrialsSortBy.RESTARTS.value
    CHECKPOINT_SIZE = wire.GetExperimentTrialsSortBy.CHECKPOINT_SIZE.value
    LOG_RETENTION_DAYS = wire.GetExperimentTrialsSortBy.LOG_RETENTION_DAYS.value


class CheckpointSortBy(ApiEnum):
    """What lists of checkpoints are sorted by."""

    UNSPECIFIED = wire.CheckpointSortBy.UNSPECIFIED.value
    UUID = wire.CheckpointSortBy.UUID.value
    TRIAL_ID = wire.CheckpointSortBy.TRIAL_ID.value
    BATCH_NUMBER = wire.CheckpointSortBy.BATCH_NUMBER.value
    END_TIME = wire.CheckpointSortBy.END_TIME.value
    STATE = wire.CheckpointSortBy.STATE.value
    SEARCHER_METRIC = wire.CheckpointSortBy.SEARCHER_METRIC.value


class ModelSortBy(ApiEnum):
    """What lists of models are sorted by."""

    UNSPECIFIED = wire.GetModelsSortBy.UNSPECIFIED.value
    NAME = wire.GetModelsSortBy.NAME.value
    DESCRIPTION = wire.GetModelsSortBy.DESCRIPTION.value
    CREATION_TIME = wire.GetModelsSortBy.CREATION_TIME.value
    LAST_UPDATED_TIME = wire.GetModelsSortBy.LAST_UPDATED_TIME.value
    NUM_VERSIONS = wire.GetModelsSortBy.NUM_VERSIONS.value
    WORKSPACE = wire.GetModelsSortBy.WORKSPACE.value


def read_member(kind: Type[Member], text: str) -> Member:
    """Return the member of an enumeration that a text of the wire stands for.

    A text that only a newer master knows becomes a member of its own: it has a name, a value and a class like the
    others, equals the text, and is the same object each time. It is not listed, and calling the class with the text
    raises ValueError as ever.

    Parameters:
        kind: the enumeration.
        text: what the master sent.
    """
    try:
        return kind(text)
    except ValueError:
        pass
    found = _unlisted.get((kind, text))
    if found is None:
        found = str.__new__(kind, text)
        unspecified = kind.__members__.get("UNSPECIFIED")
        prefix = unspecified.value[: -len("UNSPECIFIED")] if unspecified is not None else ""
        found._name_ = text[len(prefix) :] if text.startswith(prefix) and text != prefix else text
        found._value_ = text
        found = _unlisted.setdefault((kind, text), found)  # another thread may have made it meanwhile
    return found  # type: ignore[return-value]  # its key says of what kind it is


def is_known(member: ApiEnum) -> bool:
    """Return whether this release knows a member; a newer master may have sent another."""
    return member.value in type(member)._value2member_map_


_unlisted: Dict[Tuple[Type[ApiEnum], str], ApiEnum] = {}


def text_of(member: str) -> str:
    """Return the text that stands for a member on the wire."""
    return member.value if isinstance(member, ApiEnum) else member


def to_wire(kind: Type[Wire], given: Any, argument: str) -> Optional[Wire]:
    """Return the member of the wire that a caller means; None for None.

    Parameters:
        kind: the enumeration of the wire.
        given: a member of an enumeration of this module, or its text.
        argument: what the caller's argument is called.

    Raises:
        ArgumentError: it is none of them.
    """
    if given is None:
        return None
    try:
        return kind(given.value if isinstance(given, enum.Enum) else given)
    except ValueError:
        known: List[str] = [member.name for member in kind if member.name != "UNSPECIFIED"]
        raise errors.ArgumentError(f"{argument} is {given!r}: give one of {', '.join(known)}") from None
