"""Putting together the context of a training, by where it runs."""

from __future__ import annotations

import logging
import os
import pathlib
import sys
from typing import TYPE_CHECKING, Any, Dict, Mapping, NamedTuple, Optional, Union

from determined.common import constants, storage, task_env
from determined.common._home import data_root
from determined.common.api.endpoints import runs as runs_api
from determined.common.storage import StorageManager

from ._checkpoint import CheckpointContext, CheckpointReporter, DummyCheckpointContext
from ._context import Context
from ._distributed import DistributedContext, DummyDistributedContext
from ._experimental import ExperimentalCoreContext
from ._metrics import ReportShipper
from ._patience import call_patiently
from ._preempt import DummyPreemptContext, PreemptContext, PreemptMode
from ._profiler import ProfilerContext
from ._searcher import DummySearcherContext, SearcherContext, SearcherContextMissing
from ._tensorboard import MetricsLog, TensorboardMode
from ._train import TrainContext, TrialIdentity

if TYPE_CHECKING:
    from determined._info import ClusterInfo
    from determined.common.api._session import BaseSession, Session
    from determined.tensorboard import TensorboardManager

    from ._unmanaged import Plan

    Storage = Union[str, "os.PathLike[str]", Mapping[str, Any], None]

logger = logging.getLogger("determined.core")


def assemble_local(
    distributed: Optional[DistributedContext],
    checkpoint_storage: Storage,
    storage_manager: Optional[StorageManager],
    preempt_mode: PreemptMode,
) -> Context:
    """Return the context of a training outside of a cluster."""
    distributed = distributed or DummyDistributedContext()
    # A relative path stays one, so that what the training sees is below what it gave.
    config = read_storage(checkpoint_storage, absolute=False)
    if config is None:
        config = storage.parse_shorthand(default_directory())
    if config.get("type") == "shared_fs":
        raise storage.InvalidStorage(
            "a checkpoint storage of type shared_fs belongs to a cluster: outside of one, pass the directory's path"
        )
    manager = storage_manager or storage.build(config)
    return Context(
        DummyCheckpointContext(distributed, manager),
        distributed=distributed,
        preempt=DummyPreemptContext(distributed, preempt_mode),
        searcher=DummySearcherContext(distributed),
    )


def assemble_task(
    info: ClusterInfo,
    distributed: Optional[DistributedContext],
    checkpoint_storage: Storage,
    storage_manager: Optional[StorageManager],
    preempt_mode: PreemptMode,
) -> Context:
    """Return the context of a cluster's task that is no trial, such as a notebook."""
    local = assemble_local(distributed, checkpoint_storage, storage_manager, preempt_mode)
    local.info = info
    local.searcher = SearcherContextMissing()
    return local


def assemble_trial(
    info: ClusterInfo,
    distributed: Optional[DistributedContext],
    checkpoint_storage: Storage,
    storage_manager: Optional[StorageManager],
    preempt_mode: PreemptMode,
    tensorboard_mode: TensorboardMode,
) -> Context:
    """Return the context of a trial."""
    distributed = distributed or DummyDistributedContext()
    own = read_storage(checkpoint_storage)
    config: Mapping[str, Any] = own if own is not None else info.trial._config["checkpoint_storage"]
    manager = storage_manager or storage.build(config, shared_fs_path(config))
    session = open_session(info)
    parts = _Parts.make(session, info, config, tensorboard_mode, distributed)
    return Context(
        parts.checkpoint(distributed, manager, info.allocation_id),
        distributed=distributed,
        preempt=PreemptContext(session, info.allocation_id, distributed, preempt_mode),
        train=parts.train,
        searcher=SearcherContext(distributed, info.trial._config.get("searcher"), parts.train),
        profiler=ProfilerContext(info.agent_id, distributed, parts.train),
        info=info,
        experimental=ExperimentalCoreContext(session, info.trial.trial_id),
        shipper=parts.shipper,
        tensorboard=parts.tensorboard.manager,
        session=session,
    )


def assemble_unmanaged(
    session: Session,
    plan: Plan,
    distributed: Optional[DistributedContext],
    preempt_mode: PreemptMode,
    tensorboard_mode: TensorboardMode,
) -> Context:
    """Create a trial that runs outside of the cluster, and return its context.

    Parameters:
        session: the connection, which becomes the context's own. It should not repeat requests by itself.
        plan: what to create; its configuration names the checkpoint storage.
        distributed: the other processes of the training.
        preempt_mode: which ranks may ask whether to stop; they will hear that they need not.
        tensorboard_mode: see `TensorboardMode`.

    Raises:
        ValueError: the storage is of a type that only a cluster has.
        NotImplementedError: an external id cannot be used.
        APIException: the master refused it.
        MasterNotFoundException: the master did not answer.
    """
    from . import _unmanaged

    distributed = distributed or DummyDistributedContext()
    info = _unmanaged.begin(session, plan, distributed)
    try:
        config = info.trial._config["checkpoint_storage"]
        if config.get("type") == "shared_fs":
            raise ValueError(
                "a checkpoint storage of type shared_fs belongs to a cluster: outside of one, pass the directory's path"
            )
        manager = storage.build(config)
        parts = _Parts.make(session, info, config, tensorboard_mode, distributed)
    except BaseException as e:
        _unmanaged.abandon(session, info, distributed, e)
        raise
    return Context(
        parts.checkpoint(distributed, manager, None),
        distributed=distributed,
        preempt=DummyPreemptContext(distributed, preempt_mode),
        train=parts.train,
        searcher=SearcherContext(distributed, info.trial._config.get("searcher"), parts.train),
        info=info,
        shipper=parts.shipper,
        tensorboard=parts.tensorboard.manager,
        session=session,
        accompaniment=_unmanaged.Accompaniment(session, info, distributed.rank, parts.shipper),
    )


def check_distributed(info: ClusterInfo, distributed: Optional[DistributedContext]) -> None:
    """Check that a task of several slots says how its processes talk.

    Raises:
        ValueError: it does not.
    """
    slots = sum(info.container_slot_counts)
    if distributed is None and (slots > 1 or len(info.container_addrs) > 1):
        raise ValueError(
            f"this task has {slots} slots: pass core.init() a distributed context, such as"
            " core.DistributedContext.from_torch_distributed()"
        )


def open_session(info: ClusterInfo) -> BaseSession:
    """Return the session of a task; calls are repeated by whoever makes them, as they know what may be repeated."""
    from determined.common.api import certs
    from determined.common.api._session import AllocationSession

    user = task_env.read(task_env.USER) or ""
    return AllocationSession(
        info.master_url, user, info.session_token, certs.default_load(info.master_url), max_retries=0
    )


def read_storage(checkpoint_storage: Storage, *, absolute: bool = True) -> Optional[Dict[str, Any]]:
    """Return the configuration of a storage, however it was given.

    Parameters:
        checkpoint_storage: a path, a URL or a configuration; None for none.
        absolute: make a relative path absolute.

    Raises:
        TypeError: it is no path, URL or dict.
        InvalidStorage: it makes no sense.
    """
    if checkpoint_storage is None:
        return None
    if isinstance(checkpoint_storage, Mapping):
        return dict(checkpoint_storage)
    if isinstance(checkpoint_storage, (str, os.PathLike)):
        return storage.parse_shorthand(checkpoint_storage, absolute=absolute)
    raise TypeError(f"checkpoint_storage must be a path, a URL or a dict, not {type(checkpoint_storage).__name__}")


def shared_fs_path(config: Mapping[str, Any]) -> Optional[str]:
    """Return where this process sees the host path of a shared file system; None if at the same path."""
    # A directory of that name that is no mount says nothing about this task.
    mounted = config.get("type") == "shared_fs" and os.path.ismount(constants.SHARED_FS_CONTAINER_PATH)
    return constants.SHARED_FS_CONTAINER_PATH if mounted else None


def default_directory() -> pathlib.Path:
    """Return the directory for checkpoints of trainings outside of a cluster: that of the user's data."""
    root = data_root() / "determined"
    return root / "determined" if sys.platform == "win32" else root


class _Parts(NamedTuple):
    """What every trial has that reports to a master."""

    session: BaseSession
    task_id: str
    storage_id: Optional[int]
    shipper: ReportShipper
    tensorboard: _Tensorboard
    train: TrainContext

    @classmethod
    def make(
        cls,
        session: BaseSession,
        info: ClusterInfo,
        config: Mapping[str, Any],
        mode: TensorboardMode,
        distributed: DistributedContext,
    ) -> _Parts:
        identity = TrialIdentity(info.trial.experiment_id, info.trial.trial_id, info.trial._trial_run_id)
        announced = call_patiently(
            lambda: runs_api.prepare_run_for_reporting(
                session, {"runId": info.trial.trial_id, "checkpointStorage": dict(config)}
            )
        )
        shipper = ReportShipper()
        tensorboard = _Tensorboard.make(info, config, mode, distributed)
        train = TrainContext(session, identity, shipper, tensorboard.manager, tensorboard.log, rank=distributed.rank)
        return cls(session, info.task_id, announced.get("storageId"), shipper, tensorboard, train)

    def checkpoint(
        self, distributed: DistributedContext, manager: StorageManager, allocation_id: Optional[str]
    ) -> CheckpointContext:
        reporter = CheckpointReporter(self.session, self.task_id, allocation_id, self.storage_id)
        log = self.tensorboard.log
        return CheckpointContext(distributed, manager, reporter, None if log is None else log.store)


class _Tensorboard(NamedTuple):
    manager: Optional[TensorboardManager]
    log: Optional[MetricsLog]

    @classmethod
    def make(
        cls, info: ClusterInfo, config: Mapping[str, Any], mode: TensorboardMode, distributed: DistributedContext
    ) -> _Tensorboard:
        from determined import tensorboard
        from determined.tensorboard.metric_writers import has_writer

        is_auto = mode is TensorboardMode.AUTO
        manager = tensorboard.build(
            info.cluster_id,
            info.trial.experiment_id,
            info.trial.trial_id,
            config,
            container_path=shared_fs_path(config),
            # Only what is written automatically is stored automatically.
            sync_on_close=is_auto and distributed.rank == 0,
        )
        if not is_auto or distributed.rank != 0:
            return cls(manager, None)
        if not has_writer():
            logger.debug(
                "metrics are not written for TensorBoard, as neither tensorflow nor torch and tensorboard are installed"
            )
        return cls(manager, MetricsLog(manager))
