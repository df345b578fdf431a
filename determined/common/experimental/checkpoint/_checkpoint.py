"""The checkpoint object."""

from __future__ import annotations

import dataclasses
import os
import pathlib
from typing import TYPE_CHECKING, Any, ClassVar, Dict, List, Mapping, Optional, Tuple, Union

from .... import errors
from ...api.endpoints import checkpoints as checkpoints_api
from ...api.endpoints import metrics as metrics_api
from .. import metrics
from .._enums import CheckpointState, text_of
from .._old_names import old_name
from .._progress import ProgressCallback
from .._resource import Resource, check_names, drop_metadata, field, member_of, merge_metadata
from . import _download, _load, _target

if TYPE_CHECKING:
    from ...api._session import BaseSession
    from .. import _html

_FETCHABLE = (CheckpointState.COMPLETED, CheckpointState.PARTIALLY_DELETED)


# What the types of the fields below leave out: no trial has saved the checkpoint.
_NONE: Any = None


@dataclasses.dataclass
class CheckpointTrainingMetadata:
    """Where a checkpoint comes from.

    Attributes:
        experiment_config: the experiment's configuration; it is not shown.
        experiment_id: the experiment.
        trial_id: the trial.
        hparams: the trial's hyperparameters.
        validation_metrics: what the trial reported at the checkpoint's step: ``avgMetrics`` and ``batchMetrics``.
    """

    experiment_config: Dict[str, Any] = dataclasses.field(default=_NONE, repr=False)
    experiment_id: int = _NONE
    trial_id: int = _NONE
    hparams: Dict[str, Any] = _NONE
    validation_metrics: Dict[str, Any] = _NONE

    _shown: ClassVar[Tuple[str, ...]] = ("experiment_id", "trial_id")

    def _row(self) -> _html.Row:
        from .. import _html

        reported = (self.validation_metrics or {}).get("avgMetrics") or {}
        return _html.Row(
            {"experiment": self.experiment_id, "trial": self.trial_id},
            {"hyperparameters": self.hparams},
            {"validation metrics": metrics.restore_floats(reported)},
            self._shown,
        )

    def _repr_html_(self) -> str:
        from .. import _html

        return _html.describe(self)

    @classmethod
    def _from_wire(cls, data: Mapping[str, Any]) -> CheckpointTrainingMetadata:
        return cls(
            experiment_config=data.get("experimentConfig", _NONE),
            experiment_id=data.get("experimentId", _NONE),
            trial_id=data.get("trialId", _NONE),
            hparams=data.get("hparams", _NONE),
            validation_metrics=data.get("validationMetrics", _NONE),
        )


def _read_training(data: Any) -> Optional[CheckpointTrainingMetadata]:
    return CheckpointTrainingMetadata._from_wire(data) if isinstance(data, Mapping) else None


class Checkpoint(Resource):
    """A checkpoint, usually obtained from `Determined.get_checkpoint` or `Experiment.list_checkpoints`.

    Parameters:
        session: the session to call the master with.
        uuid: the checkpoint's UUID.
    """

    _identity = ("uuid",)

    uuid: str
    """The checkpoint's UUID."""
    task_id: Optional[str] = field("taskId")
    """The task that saved it."""
    allocation_id: Optional[str] = field("allocationId")
    """The allocation that saved it."""
    report_time: Optional[str] = field("reportTime")
    """When it was reported: RFC 3339, UTC."""
    resources: Dict[str, Any] = field("resources")
    """Its files: path → size in bytes as decimal text; directories end with a slash."""
    metadata: Dict[str, Any] = field("metadata")
    """What was stored about it, such as ``steps_completed``."""
    state: CheckpointState = field("state", member_of(CheckpointState))
    """The state at the time of the last `reload`."""
    training: CheckpointTrainingMetadata = field("training", _read_training)
    """The training that it comes from."""

    _searcher_value: Any = field("training.searcherMetric")

    def __init__(self, session: BaseSession, uuid: str) -> None:
        super().__init__(session)
        self.uuid = uuid
        self._registration: Mapping[str, Any] = {}

    @classmethod
    def _from_wire(
        cls, session: BaseSession, data: Mapping[str, Any], registration: Optional[Mapping[str, Any]] = None
    ) -> Checkpoint:
        """Build a checkpoint from an answer; `registration` is the model version that it was read with."""
        checkpoint = cls(session, data.get("uuid", ""))
        checkpoint._hydrate(data)
        checkpoint._registration = registration or {}
        return checkpoint

    def _row(self) -> _html.Row:
        from .. import _html

        training = self._training()
        searcher = (training.experiment_config or {}).get("searcher") or {}
        value = metrics.restore_floats(self._searcher_value)
        sizes = [int(size) for size in (self.resources or {}).values() if str(size).isdigit()]
        return _html.Row(
            {
                "uuid": self.uuid,
                "trial": training.trial_id,
                "steps": self._meta("steps_completed"),
                "searcher metric": None if value is None else f"{searcher.get('metric') or ''} {value:.5g}".lstrip(),
                "size": _html.Bytes(sum(sizes)) if self.resources is not None else None,
                "state": self.state,
            },
            instead=("resources",),
        )

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such checkpoint, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(checkpoints_api.get_checkpoint(self._session, self.uuid))

    def download(
        self,
        path: Optional[Union[str, "os.PathLike[str]"]] = None,
        mode: _download.DownloadMode = _download.DownloadMode.AUTO,
        *,
        files: Union[None, str, List[str]] = None,
        replace: bool = False,
        max_workers: Optional[int] = None,
        progress: Union[None, bool, ProgressCallback] = None,
    ) -> str:
        """Download the checkpoint's files and return the directory that holds them.

        The files are fetched beside the target, compared with what the master knows of them, and moved to the
        target when they are complete. A target that holds a ``metadata.json`` or ``MLmodel`` is taken for a
        finished download and left alone, unless it is known to be one of another checkpoint. Of several downloads to
        one target at the same time, the first does the work and the others wait for it. After a download from a
        storage that was cut, the next one goes on with the files that were whole.

        Parameters:
            path: the directory to put the files in; by default ``checkpoints/<uuid>`` below the working directory.
            mode: where to fetch from; see `DownloadMode`. By default from the storage, and from the master where that
                fails.
            files: fetch only files that match a pattern or one of several, such as ``*.pt`` or ``code/**``; a directory
                that matches is fetched with all it holds. The target is then not taken for a finished download. By
                default all are fetched.
            replace: fetch anew, and put the files in the place of an older download and all else in its directory. A
                directory that holds no download keeps what it holds. By default a finished download is left alone.
            max_workers: how many files to fetch from a storage at the same time; by default what suits it.
            progress: a function that is called with the bytes that have come and those to come in all, never from two
                threads at once; an exception that it raises ends the download. False shows no progress bar; by default,
                there is one on a terminal and in a notebook.

        Raises:
            FileExistsError: the target holds another checkpoint, and is not to be replaced.
            ArgumentError: `mode` is no `DownloadMode`, no file matches, a pattern leads out of the checkpoint, or
                max_workers is less than 1.
            ValueError: the working directory lies in a target to be replaced.
            CheckpointStateException: the checkpoint is neither completed nor partially deleted.
            NoDirectStorageAccess: mode is DIRECT and the storage cannot be reached from here; as StoredFilesMissing,
                which is a FileNotFoundError, where it does not hold the files.
            ProxiedDownloadFailed: mode is MASTER and the master could not send all files; it is also the error that the
                master answered with.
            MultipleDownloadsFailed: mode is AUTO and neither way worked.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        if path is not None and not isinstance(path, (str, os.PathLike)):
            raise errors.ArgumentError(f"path must be that of a directory, not {path!r}")
        request = _download.Request.of(mode, files, replace, max_workers, progress)
        target = pathlib.Path(path) if path is not None else pathlib.Path("checkpoints", self.uuid)
        if not replace and _target.holds(target, _target.Identity(self.uuid, self.metadata, self.resources)):
            return str(target)
        known = self.state in _FETCHABLE and self.training is not None
        if not known:
            self.reload()
        try:
            self._fetch(target, request)
        except (errors.NoDirectStorageAccess, errors.ProxiedDownloadFailed, errors.MultipleDownloadsFailed):
            # files may have been deleted since this object was read
            before = self.state, self.resources
            if known:
                self.reload()
            if before == (self.state, self.resources):
                raise
            self._fetch(target, request)
        return str(target)

    def _fetch(self, target: pathlib.Path, request: _download.Request) -> None:
        if self.state not in _FETCHABLE:
            raise errors.CheckpointStateException(
                f"checkpoint {self.uuid} cannot be downloaded: its state is {text_of(self.state or '')}, not COMPLETED"
                " or PARTIALLY_DELETED"
            )
        config = (self.training and self.training.experiment_config) or {}
        storage = config.get("checkpoint_storage")
        source = _download.Source(self._session, self.uuid, storage, self.resources or {}, self.metadata or {})
        _download.download(source, target, request)

    def write_metadata_file(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Write the checkpoint's metadata, as last read from the master, to a file of JSON.

        Parameters:
            path: the file; one that is there is replaced.

        Raises:
            OSError: the file cannot be written.
        """
        _download.write_metadata(pathlib.Path(path), self.metadata or {})

    def add_metadata(self, metadata: Dict[str, Any]) -> None:
        """Store metadata on the master; entries of the same name are replaced.

        The ``metadata.json`` among the checkpoint's files does not change. The master keeps what is sent in place of
        what it had: entries that others have added since the last `reload` are lost.

        Parameters:
            metadata: what to add, as JSON knows it.

        Raises:
            ArgumentError: `metadata` is no dictionary.
            TypeError, ValueError: JSON knows no such values.
            NotFoundException: there is no such checkpoint, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._set_metadata(merge_metadata(self._known_metadata(), metadata))

    def remove_metadata(self, keys: List[str]) -> None:
        """Remove top-level entries of the metadata on the master; those that are not there are ignored.

        Parameters:
            keys: the names of the entries; a single text is one name.

        Raises:
            ArgumentError: `keys` holds anything but texts.
            NotFoundException: there is no such checkpoint, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._set_metadata(drop_metadata(self._known_metadata(), keys))

    def delete(self) -> None:
        """Begin to delete the checkpoint's files; its record stays, in state DELETED.

        Raises:
            NotFoundException: there is no such checkpoint, or the user may not delete it.
            APIException: it is registered as a version of a model.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        checkpoints_api.delete_checkpoints(self._session, [self.uuid])

    def remove_files(self, globs: List[str]) -> None:
        """Begin to delete those of the checkpoint's files that match a pattern.

        Parameters:
            globs: patterns of paths, such as ``optimizer*`` or ``**/*.tmp``; a single text is one pattern. None at all
                only refreshes the list of files.

        Raises:
            ArgumentError: a pattern is empty, has ``..`` in it, or is no text.
            NotFoundException: there is no such checkpoint, or the user may not delete it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        patterns = check_names(globs, "globs")
        for glob in patterns:
            if not glob or ".." in glob:
                raise errors.ArgumentError(f"{glob!r} is no pattern of files: it must be non-empty and hold no '..'")
        checkpoints_api.remove_checkpoint_files(self._session, [self.uuid], patterns)

    def get_metrics(self, group: Optional[str] = None) -> List[metrics.TrialMetrics]:
        """Return metrics that other trials reported of this checkpoint.

        Parameters:
            group: only reports of this metric group; by default of all.

        Raises:
            NotFoundException: there is no such checkpoint, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        reports = metrics_api.list_checkpoint_metrics(self._session, self.uuid, metrics.inference_query(group))
        return [metrics.TrialMetrics._from_wire(report) for report in reports]

    def get_pachyderm_commit(self) -> str:
        """Return the Pachyderm commit that the experiment read its data from.

        Raises:
            ValueError: its configuration names none.
        """
        integrations = ((self.training and self.training.experiment_config) or {}).get("integrations") or {}
        dataset = (integrations.get("pachyderm") or {}).get("dataset") or {}
        commit: Optional[str] = dataset.get("commit")
        if commit is None:
            raise ValueError(f"the experiment of checkpoint {self.uuid} names no commit of Pachyderm")
        return commit

    def _known_metadata(self) -> Optional[Dict[str, Any]]:
        if self.metadata is None:
            self.reload()
        return self.metadata

    def _set_metadata(self, metadata: Dict[str, Any]) -> None:
        checkpoints_api.set_checkpoint_metadata(self._session, self.uuid, metadata)
        self.metadata = metadata

    def _meta(self, key: str) -> Any:
        return (self.metadata or {}).get(key)

    def _training(self) -> CheckpointTrainingMetadata:
        return self.training or CheckpointTrainingMetadata()

    # Names of earlier releases.

    @old_name("Checkpoint.download with determined.pytorch.load_trial_from_checkpoint_path", "0.17.9")
    def load(self, path: Optional[str] = None, tags: Optional[List[str]] = None, **kwargs: Any) -> Any:
        return _load.load(self.download(path), tags, kwargs)

    @staticmethod
    @old_name("determined.pytorch.load_trial_from_checkpoint_path", "0.17.9")
    def load_from_path(path: str, tags: Optional[List[str]] = None, **kwargs: Any) -> Any:
        return _load.load(path, tags, kwargs)

    @staticmethod
    @old_name("json.load of the metadata.json file", "0.21")
    def parse_metadata(directory: Union[str, "os.PathLike[str]"]) -> Dict[str, Any]:
        return _load.read_metadata(directory)

    @staticmethod
    @old_name("Checkpoint.metadata['framework']", "0.18")
    def get_type(metadata: Dict[str, Any]) -> _load.ModelFramework:
        return _load.framework_of(metadata)

    @staticmethod
    @old_name("Determined.get_checkpoint", "0.21")
    def from_json(data: Dict[str, Any], session: Any = None, master: Optional[str] = None) -> Checkpoint:
        return Checkpoint._from_wire(session, data)

    @property
    @old_name("Checkpoint.metadata['steps_completed']", "0.18")
    def batch_number(self) -> Any:
        return self._meta("steps_completed")

    @property
    @old_name("Checkpoint.metadata['determined_version']", "0.18")
    def determined_version(self) -> Any:
        return self._meta("determined_version")

    @property
    @old_name("Checkpoint.metadata['framework']", "0.18")
    def framework(self) -> Any:
        return self._meta("framework")

    @property
    @old_name("Checkpoint.metadata['format']", "0.18")
    def format(self) -> Any:
        return self._meta("format")

    @property
    @old_name("Checkpoint.report_time", "0.18")
    def start_time(self) -> Optional[str]:
        return self.report_time

    @property
    @old_name("Checkpoint.report_time", "0.18")
    def end_time(self) -> Optional[str]:
        return self.report_time

    @property
    @old_name("Checkpoint.training.experiment_config", "0.18")
    def experiment_config(self) -> Optional[Dict[str, Any]]:
        return self._training().experiment_config

    @property
    @old_name("Checkpoint.training.experiment_id", "0.18")
    def experiment_id(self) -> Optional[int]:
        return self._training().experiment_id

    @property
    @old_name("Checkpoint.training.trial_id", "0.18")
    def trial_id(self) -> Optional[int]:
        return self._training().trial_id

    @property
    @old_name("Checkpoint.training.hparams", "0.18")
    def hparams(self) -> Optional[Dict[str, Any]]:
        return self._training().hparams

    @property
    @old_name("Checkpoint.training.validation_metrics", "0.18")
    def validation(self) -> Dict[str, Any]:
        return {"metrics": {"validation_metrics": (self._training().validation_metrics or {}).get("avgMetrics")}}

    @property
    @old_name("ModelVersion.model_id", "0.18")
    def model_id(self) -> Optional[int]:
        return (self._registration.get("model") or {}).get("id")

    @property
    @old_name("ModelVersion.model_name", "0.18")
    def model_name(self) -> Optional[str]:
        return (self._registration.get("model") or {}).get("name")

    @property
    @old_name("ModelVersion.model_version", "0.18")
    def model_version(self) -> Optional[int]:
        return self._registration.get("version")
