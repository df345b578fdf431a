"""Errors of the training API and of checkpoints.

Exception
├── InternalException                 a broken invariant of this package
├── InvalidExperimentException        the experiment cannot run as it is written
│   ├── InvalidDataTypeException
│   ├── InvalidConfigurationException
│   ├── InvalidModelException
│   └── NoTrialException (RuntimeError)   it has ended without a trial
├── InvalidCheckpointException        a folder or archive that holds no usable checkpoint
├── CheckpointNotFound                no such checkpoint, or none that fits
│   ├── NoSuchCheckpoint (ValueError, AssertionError)   none that fits
│   └── StoredFilesMissing (NoDirectStorageAccess, FileNotFoundError)   its files are not in the storage
├── CheckpointStateException          the checkpoint is not in a state for that
├── NoDirectStorageAccess             the storage cannot be reached from here
├── ProxiedDownloadFailed             the master could not send a checkpoint
├── MultipleDownloadsFailed           neither way of downloading worked
├── EnterpriseOnlyError               only the enterprise edition of the master has that
├── ExperimentTimeout (TimeoutError)  an experiment did not end in time
├── ExperimentFailed                  an experiment has ended, and not as completed
├── WorkerError                       a process of a distributed job failed
├── WorkerFinishedGracefully          a process of a distributed job is done
├── StopLoadingImplementation         ends the import of a model's code early
└── SkipWorkloadException             a workload was not run

A mistake in the caller's arguments is an `ArgumentError`, which is a ValueError, TypeError, AssertionError and
AttributeError in one: earlier releases raised now this and now that, and handlers written for them still catch it.

Errors of the connection to a master stand in `determined.common.api.errors`.
"""

from __future__ import annotations

from typing import Any, Dict, List, Mapping, Optional, Sequence, Union

from . import _tracebacks


class _Told(Exception):
    """An error that says what the caller can do: a notebook shows nothing of how it was found."""

    _render_traceback_ = _tracebacks.render


class ArgumentError(_Told, ValueError, TypeError, AssertionError, AttributeError):
    """An argument that cannot be used; nothing was sent or changed."""


class InternalException(Exception):
    """A broken invariant of this package: not the caller's mistake."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = f"internal error: {message}. It is a fault of determined; please report it"

    def __str__(self) -> str:
        return self.message


class InvalidExperimentException(_Told):
    """The experiment cannot run as it is written."""


class InvalidDataTypeException(InvalidExperimentException):
    """Data of a type that cannot be used.

    Parameters:
        typ: the type that was found.
        message: what was expected.
    """

    def __init__(self, typ: Any, message: str) -> None:
        super().__init__(typ, message)

    def __str__(self) -> str:
        return f"invalid data type {getattr(self.args[0], '__name__', self.args[0])}: {self.args[1]}"


class InvalidConfigurationException(InvalidExperimentException):
    """A configuration that cannot be used.

    Parameters:
        config: the configuration.
        message: what is wrong with it.
    """

    def __init__(self, config: Any, message: str) -> None:
        super().__init__(config, message)

    def __str__(self) -> str:
        return f"invalid configuration: {self.args[1]}: {self.args[0]}"


class InvalidModelException(InvalidExperimentException):
    """A model definition that cannot be used."""


class NoTrialException(InvalidExperimentException, RuntimeError):
    """The experiment has ended without a trial."""


class InvalidCheckpointException(_Told):
    """A folder or archive that holds no usable checkpoint."""


class CheckpointNotFound(_Told):
    """There is no such checkpoint, or none that fits what was asked."""


class NoSuchCheckpoint(CheckpointNotFound, ValueError, AssertionError):
    """None of the checkpoints fits what was asked."""


class CheckpointStateException(_Told):
    """The checkpoint is not in a state in which that can be done."""


class NoDirectStorageAccess(_Told):
    """The checkpoint's storage cannot be reached from this machine."""


class StoredFilesMissing(NoDirectStorageAccess, CheckpointNotFound, FileNotFoundError):
    """The storage can be reached, but does not hold the files of the checkpoint."""


class ProxiedDownloadFailed(_Told):
    """A checkpoint could not be had through the master."""


class MultipleDownloadsFailed(_Told):
    """Neither the storage nor the master gave a checkpoint.

    Parameters:
        causes: what went wrong each time, in order; or a text. Defaults to nothing.
    """

    def __init__(self, causes: Union[Sequence[BaseException], str] = ()) -> None:
        super().__init__(*([causes] if causes else []))
        self.causes = [] if isinstance(causes, str) else list(causes)

    def __str__(self) -> str:
        if not self.causes:
            return super().__str__()
        return "; then: ".join(f"{type(cause).__name__}: {cause}" for cause in self.causes)


class EnterpriseOnlyError(_Told):
    """Only the enterprise edition of the master has that."""


class ExperimentTimeout(_Told, TimeoutError):
    """An experiment did not reach its end within the time that was given.

    Attributes:
        experiment_ids: the experiments that have not, as far as is known.
    """

    def __init__(self, message: str = "", experiment_ids: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.experiment_ids = list(experiment_ids)


class ExperimentFailed(_Told):
    """An experiment has ended, and not as completed.

    Attributes:
        message: how it ended, in a line.
        experiment_id: the experiment.
        state: the name of its last state, such as ``ERROR``.
        logs: the last log lines of trials that failed, by the trial's number.
    """

    def __init__(
        self,
        message: str = "",
        experiment_id: int = 0,
        state: str = "",
        logs: Optional[Mapping[int, Sequence[str]]] = None,
    ) -> None:
        self.message = message
        self.experiment_id = experiment_id
        self.state = state
        self.logs: Dict[int, List[str]] = {trial: list(lines) for trial, lines in (logs or {}).items()}
        super().__init__(message, experiment_id, state, self.logs)

    def __str__(self) -> str:
        """Return how it ended, with what one of the trials wrote last."""
        shown = next((trial for trial, lines in self.logs.items() if lines), None)
        if shown is None:
            return self.message
        others = ", ".join(str(trial) for trial in self.logs if trial != shown)
        parts = [self.message + (f"; trials {others} failed as well, see the logs in this error" if others else "")]
        parts.append(f"trial {shown} failed; the end of its log:")
        parts += ["    " + (line if len(line) <= 200 else line[:200] + "…") for line in self.logs[shown][-10:]]
        return "\n".join(parts)


class WorkerError(Exception):
    """A process of a distributed job failed."""


class WorkerFinishedGracefully(Exception):
    """A process of a distributed job is done."""


class StopLoadingImplementation(Exception):
    """Ends the import of a model's code once its trial class is known."""


class SkipWorkloadException(Exception):
    """A workload was not run."""
