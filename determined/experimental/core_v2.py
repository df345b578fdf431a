"""Trials that run anywhere and report to a master: the Core API without a cluster around it.

The script itself is the trial. It creates its experiment at the master, gives signs of life, ships what it prints to
the trial's logs, and says how it ended. Run by a cluster as a trial, it is that trial, and `Config` has no effect.

Example:
    >>> from determined.experimental import core_v2
    >>> core_v2.init(config=core_v2.Config(name="mnist", hparams={"lr": 0.1}))
    >>> for step in range(100):
    ...     core_v2.train.report_training_metrics(steps_completed=step, metrics={"loss": 1 / (step + 1)})
    >>> core_v2.close()

A script that was interrupted goes on where it stopped if it names itself:

    >>> core_v2.init(config=core_v2.Config(external_experiment_id="mnist", external_trial_id="first"))
    >>> if core_v2.info.latest_checkpoint is not None:
    ...     with core_v2.checkpoint.restore_path(core_v2.info.latest_checkpoint) as path:
    ...         ...
"""

from __future__ import annotations

import atexit
import dataclasses
import os
import uuid
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Union

from .. import core
from .._deprecation import superseded
from .._info import ClusterInfo, get_cluster_info
from ..core import DistributedContext, PreemptMode, TensorboardMode

if TYPE_CHECKING:
    from ..common.experimental.determined import Determined

__all__ = [
    "Config",
    "DefaultConfig",
    "DistributedContext",
    "PreemptMode",
    "TensorboardMode",
    "UnmanagedConfig",
    "checkpoint",
    "close",
    "distributed",
    "info",
    "init",
    "init_context",
    "preempt",
    "searcher",
    "train",
    "url_reverse_webui_exp_view",
]

Storage = Union[str, "os.PathLike[str]", Dict[str, Any], None]

info: Optional[ClusterInfo] = None
"""The trial, and where its master is; with `init`, as all that follow."""

checkpoint: Optional[core.CheckpointContext] = None
"""Stores and restores checkpoints."""

distributed: Optional[core.DistributedContext] = None
"""Talks to the other processes of the training."""

preempt: Optional[core.PreemptContext] = None
"""Says when to stop, which only a cluster does."""

searcher: Optional[core.SearcherContext] = None
"""Says how long to train; deprecated."""

train: Optional[core.TrainContext] = None
"""Reports metrics."""

_context: Optional[core.Context] = None


class NotInitialized(AssertionError, RuntimeError):
    """`init` comes first."""


@dataclasses.dataclass
class Config:
    """What the master is to know about a trial and its experiment. Everything is optional.

    Attributes:
        name: of the experiment. Defaults to ``unmanaged-`` and eight hexadecimal digits.
        hparams: the trial's hyperparameters.
        data: what else the training may look up, in ``info.user_data``.
        description: of the experiment.
        labels: of the experiment.
        workspace: where the experiment belongs; together with `project`.
        project: the same within the workspace.
        checkpoint_storage: where checkpoints go: a path, a URL (``file://``, ``s3://``, ``gs://``) or a configuration
            as a dict. Defaults to a directory of the user's data.
        searcher: the search that the trial belongs to. Defaults to a single trial with the metric ``unmanaged``.
        external_experiment_id: a name for the experiment by which it is found again.
        external_trial_id: the same for the trial, which then goes on in another run.
    """

    name: Optional[str] = None
    hparams: Optional[Dict[str, Any]] = None
    data: Optional[Dict[str, Any]] = None
    description: Optional[str] = None
    labels: Optional[List[str]] = None
    workspace: Optional[str] = None
    project: Optional[str] = None
    checkpoint_storage: Storage = None
    searcher: Optional[Dict[str, Any]] = None
    external_experiment_id: Optional[str] = None
    external_trial_id: Optional[str] = None


class DefaultConfig(Config):
    """Deprecated: use `Config`."""

    def __init__(self, **kwargs: Any) -> None:
        superseded("core_v2.DefaultConfig", "core_v2.Config")
        super().__init__(**kwargs)


class UnmanagedConfig(Config):
    """Deprecated: use `Config`."""

    def __init__(self, **kwargs: Any) -> None:
        superseded("core_v2.UnmanagedConfig", "core_v2.Config")
        super().__init__(**kwargs)


def init(
    *,
    config: Optional[Config] = None,
    defaults: Optional[Config] = None,
    unmanaged: Optional[Config] = None,
    client: Optional[Determined] = None,
    distributed: Optional[core.DistributedContext] = None,
    checkpoint_storage: Storage = None,
    preempt_mode: core.PreemptMode = core.PreemptMode.WorkersAskChief,
    tensorboard_mode: core.TensorboardMode = core.TensorboardMode.AUTO,
) -> None:
    """Begin a trial; `train`, `checkpoint` and the others of this module then belong to it.

    A trial that was begun before is closed first. This one ends with `close`, or with the process: it has failed if an
    exception, a signal or ``sys.exit`` with another status than 0 ends that. A bare ``raise SystemExit(1)`` cannot be
    seen; in a block of `init_context` it can.

    Parameters:
        config: what to tell the master. Needed, unless a cluster runs this as a trial.
        defaults: an older name of `config`.
        unmanaged: has no effect.
        client: the connection to the master. Defaults to a new `Determined()`.
        distributed: the other processes of the training. Needed if there are any.
        checkpoint_storage: as in `Config`, and stronger.
        preempt_mode: see `PreemptMode`.
        tensorboard_mode: see `TensorboardMode`.

    Raises:
        ValueError: there is no configuration, or the storage makes no sense.
        NotImplementedError: an external id is no text, or the trial has one and the experiment has none.
        TypeError: the hyperparameters cannot be sent.
        UnauthenticatedException: nobody has logged in.
        APIException: the master refused something.
        MasterNotFoundException: the master did not answer.
    """
    global _context
    close()
    context = init_context(
        config=config,
        defaults=defaults,
        unmanaged=unmanaged,
        client=client,
        distributed=distributed,
        checkpoint_storage=checkpoint_storage,
        preempt_mode=preempt_mode,
        tensorboard_mode=tensorboard_mode,
    )
    context.start()
    _context = context
    _show(context)
    # Anew, since what is registered last is done first: before the context looks after itself.
    atexit.unregister(_close_at_exit)
    atexit.register(_close_at_exit, os.getpid())


def init_context(
    *,
    config: Optional[Config] = None,
    defaults: Optional[Config] = None,
    unmanaged: Optional[Config] = None,
    client: Optional[Determined] = None,
    distributed: Optional[core.DistributedContext] = None,
    checkpoint_storage: Storage = None,
    preempt_mode: core.PreemptMode = core.PreemptMode.WorkersAskChief,
    tensorboard_mode: core.TensorboardMode = core.TensorboardMode.AUTO,
) -> core.Context:
    """Create a trial and return its context, to be used in a ``with`` block; parameters and errors as of `init`.

    Returns:
        The context. It is no part of this module: `close` has no effect on it.

    Example::

        with core_v2.init_context(config=core_v2.Config(name="mnist")) as core_context:
            core_context.train.report_validation_metrics(steps_completed=100, metrics={"accuracy": 0.9})
    """
    if defaults is not None or unmanaged is not None:
        superseded("core_v2.init(defaults=..., unmanaged=...)", "config")
    task = get_cluster_info()
    if task is not None and task.task_type == "TRIAL":
        return core.init(
            distributed=distributed,
            checkpoint_storage=checkpoint_storage,
            preempt_mode=preempt_mode,
            tensorboard_mode=tensorboard_mode,
        )
    return _init_unmanaged(
        client,
        defaults if config is None else config,
        distributed,
        checkpoint_storage,
        core.PreemptMode(preempt_mode),
        core.TensorboardMode(tensorboard_mode),
    )


def close() -> None:
    """End the trial of `init`: deliver its reports and logs, and say that it is completed.

    Without effect if there is none. `train` is None afterwards; the others still tell of the trial.

    Raises:
        ReportFailed: a report was refused.
        APIException: the master refused to hear of the end.
        MasterNotFoundException: the master stayed away.
    """
    global _context, train
    context, _context, train = _context, None, None
    if context is not None:
        context.close()


def url_reverse_webui_exp_view() -> str:
    """Return the address at which the experiment can be looked at in a browser.

    Raises:
        NotInitialized: there is no experiment yet.
    """
    if info is None:
        raise NotInitialized("there is no experiment yet: call core_v2.init first")
    return f"{info.master_url}/det/experiments/{info.trial.experiment_id}"


def _init_unmanaged(
    client: Optional[Determined],
    config: Optional[Config],
    distributed: Optional[core.DistributedContext],
    checkpoint_storage: Storage,
    preempt_mode: core.PreemptMode,
    tensorboard_mode: core.TensorboardMode,
) -> core.Context:
    from ..common.api._session import Session
    from ..common.experimental.determined import Determined
    from ..core import _assembly
    from ..core._unmanaged import Plan

    login: Any = (Determined() if client is None else client)._session
    try:
        if config is None:
            raise ValueError(
                "a trial outside of a cluster needs a configuration: call core_v2.init(config=core_v2.Config(name=...))"
            )
        plan = Plan(
            _experiment_config(config, checkpoint_storage),
            config.hparams,
            config.external_experiment_id,
            config.external_trial_id,
        )
        # A session of its own: it repeats calls by another rule, and the context closes it.
        session = Session(login.master, login.username, login.token, login.cert, max_retries=0)
    finally:
        if client is None:
            login.close()
    try:
        return _assembly.assemble_unmanaged(session, plan, distributed, preempt_mode, tensorboard_mode)
    except BaseException:
        session.close()
        raise


def _experiment_config(config: Config, checkpoint_storage: Storage) -> Dict[str, Any]:
    given = config.checkpoint_storage if checkpoint_storage is None else checkpoint_storage
    return {
        "name": f"unmanaged-{uuid.uuid4().hex[:8]}" if config.name is None else config.name,
        "data": config.data,
        "description": config.description,
        "labels": config.labels,
        "workspace": config.workspace,
        "project": config.project,
        "searcher": {"name": "single", "metric": "unmanaged"} if config.searcher is None else config.searcher,
        "checkpoint_storage": _storage_config(given),
    }


def _storage_config(given: Storage) -> Any:
    from ..common import storage
    from ..core._unmanaged import default_storage

    if given is None:
        given = default_storage()
    if isinstance(given, (str, os.PathLike)):
        return storage.parse_shorthand(given)
    # The master says what is wrong with anything else.
    return dict(given) if isinstance(given, Mapping) else given


def _show(context: core.Context) -> None:
    global info, checkpoint, distributed, preempt, searcher, train
    info = context.info
    checkpoint = context.checkpoint
    distributed = context.distributed
    preempt = context.preempt
    searcher = context.searcher
    train = context.train


def _close_at_exit(process: int) -> None:
    # Not at the end of a process that was forked off.
    if os.getpid() == process:
        close()
