"""The way into the Core API: which context this process gets."""

from __future__ import annotations

import contextlib
import faulthandler
import signal
import threading
from typing import TYPE_CHECKING, Any, List, Optional

from determined._info import get_cluster_info
from determined.common.storage import StorageManager

from . import _assembly
from ._context import Context
from ._distributed import DistributedContext
from ._preempt import PreemptMode
from ._tensorboard import TensorboardMode

if TYPE_CHECKING:
    from ._assembly import Storage


def init(
    *,
    distributed: Optional[DistributedContext] = None,
    checkpoint_storage: Storage = None,
    preempt_mode: PreemptMode = PreemptMode.WorkersAskChief,
    tensorboard_mode: TensorboardMode = TensorboardMode.AUTO,
    storage_manager: Optional[StorageManager] = None,
) -> Context:
    """Make the context of this training, to be used in a ``with`` block.

    Outside of a cluster it works too: reports are logged, and checkpoints go to ``checkpoint_storage``.

    Parameters:
        distributed: the other processes of the training. Needed if there are any.
        checkpoint_storage: where checkpoints go: a path, a URL (``file://``, ``s3://``, ``gs://``) or a configuration
            as a dict. Defaults to that of the experiment, or outside of a cluster to a directory of the user's.
        preempt_mode: see `PreemptMode`.
        tensorboard_mode: see `TensorboardMode`.
        storage_manager: a storage made by the caller, instead of ``checkpoint_storage``.

    Raises:
        ValueError: the task has several slots and ``distributed`` is missing, or the storage makes no sense.
        TypeError: the storage is no path, URL or dict.
        MasterNotFoundException: the master stayed away.

    Example::

        with core.init() as core_context:
            core_context.train.report_validation_metrics(steps_completed=100, metrics={"accuracy": 0.9})
    """
    preempt_mode = PreemptMode(preempt_mode)
    tensorboard_mode = TensorboardMode(tensorboard_mode)
    _install_stack_printer()
    info = get_cluster_info()
    if info is None:
        return _assembly.assemble_local(distributed, checkpoint_storage, storage_manager, preempt_mode)
    _assembly.check_distributed(info, distributed)
    if info.task_type != "TRIAL":
        return _assembly.assemble_task(info, distributed, checkpoint_storage, storage_manager, preempt_mode)
    return _assembly.assemble_trial(
        info, distributed, checkpoint_storage, storage_manager, preempt_mode, tensorboard_mode
    )


def _install_stack_printer() -> None:
    """Print all threads' stacks on SIGUSR1, to find out where a training hangs."""
    if hasattr(signal, "SIGUSR1") and threading.current_thread() is threading.main_thread():
        with contextlib.suppress(OSError, ValueError, RuntimeError, AttributeError):
            # There may be no stderr with a file descriptor, such as in a notebook.
            faulthandler.register(
                signal.SIGUSR1, all_threads=True, chain=signal.getsignal(signal.SIGUSR1) not in _PLAIN
            )


_PLAIN: List[Any] = [signal.SIG_DFL, signal.SIG_IGN, None]
