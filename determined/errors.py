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
│   └── CheckpointFilesNotFound (FileNotFoundError)   its files are not in the storage
│       └── StoredFilesMissing (NoDirectStorageAccess)   the same, when it is downloaded
├── CheckpointStateException          the checkpoint is not in a state for that
├── NoDirectStorageAccess             the storage cannot be reached from here
├── ProxiedDownloadFailed             the master could not send a checkpoint
├── MultipleDownloadsFailed           neither way of downloading worked
├── EnterpriseOnlyError               only the enterprise edition of the master has that
├── ExperimentTimeout (TimeoutError)  an experiment did not end in time
├── WorkerError                       a process of a distributed job failed
├── WorkerFinishedGracefully          a process of a distributed job is done
├── StopLoadingImplementation         ends the import of a model's code early
└── SkipWorkloadException             a workload was not run

A mistake in the caller's arguments is an `ArgumentError`, which is a ValueError, TypeError, AssertionError and
AttributeError in one: earlier releases raised now this and now that, and handlers written for them still catch it.

Errors of the connection to a master stand in `determined.common.api.errors`.
"""

from __future__ import annotations

from typing import Any, Sequence, Union


class ArgumentError(ValueError, TypeError, AssertionError, AttributeError):
    """An argument that cannot be used; nothing was sent or changed."""


class InternalException(Exception):
    """A broken invariant of this package: not the caller's mistake."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = f"internal error: {message}. It is a fault of determined; please report it"

    def __str__(self) -> str:
        return self.message


class InvalidExperimentException(Exception):
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


class InvalidCheckpointException(Exception):
    """A folder or archive that holds no usable checkpoint."""


class CheckpointNotFound(Exception):
    """There is no such checkpoint, or none that fits what was asked."""


class NoSuchCheckpoint(CheckpointNotFound, ValueError, AssertionError):
    """None of the checkpoints fits what was asked."""


class CheckpointFilesNotFound(CheckpointNotFound, FileNotFoundError):
    """A checkpoint has no files in its storage, or they are not whole."""


class CheckpointStateException(Exception):
    """The checkpoint is not in a state in which that can be done."""


class NoDirectStorageAccess(Exception):
    """The checkpoint's storage cannot be reached from this machine."""


class StoredFilesMissing(NoDirectStorageAccess, CheckpointFilesNotFound):
    """The storage can be reached, but does not hold the files of the checkpoint."""


class ProxiedDownloadFailed(Exception):
    """A checkpoint could not be had through the master."""


class MultipleDownloadsFailed(Exception):
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


class EnterpriseOnlyError(Exception):
    """Only the enterprise edition of the master has that."""


class ExperimentTimeout(TimeoutError):
    """An experiment did not reach its end within the time that was given.

    Attributes:
        experiment_ids: the experiments that have not, as far as is known.
    """

    def __init__(self, message: str = "", experiment_ids: Sequence[int] = ()) -> None:
        super().__init__(message)
        self.experiment_ids = list(experiment_ids)


class WorkerError(Exception):
    """A process of a distributed job failed."""


class WorkerFinishedGracefully(Exception):
    """A process of a distributed job is done."""


class StopLoadingImplementation(Exception):
    """Ends the import of a model's code once its trial class is known."""


class SkipWorkloadException(Exception):
    """A workload was not run."""
