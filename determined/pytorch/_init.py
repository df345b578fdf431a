"""The way into a training with PyTorch."""

from __future__ import annotations

import contextlib
import logging
import os
import pathlib
import random
from typing import TYPE_CHECKING, Any, Dict, Iterator, Mapping, Optional, Union

import numpy
import torch

from determined._info import get_cluster_info
from determined.core._distributed import DistributedContext
from determined.core._init import init as init_core
from determined.core._preempt import PreemptMode
from determined.core._tensorboard import TensorboardMode

from . import _backend
from ._pytorch_context import PyTorchTrialContext

if TYPE_CHECKING:
    from determined._info import ClusterInfo

logger = logging.getLogger("determined.pytorch")


@contextlib.contextmanager
def init(
    *,
    hparams: Optional[Dict[str, Any]] = None,
    exp_conf: Optional[Dict[str, Any]] = None,
    distributed: Optional[DistributedContext] = None,
    aggregation_frequency: int = 1,
    enable_tensorboard_logging: bool = True,
    seed: Optional[int] = None,
    checkpoint_storage: Union[str, "os.PathLike[str]", Mapping[str, Any], None] = None,
    tensorboard_path: Union[str, "os.PathLike[str]", None] = None,
) -> Iterator[PyTorchTrialContext]:
    """Make the context of a training, to be used in a ``with`` block.

    It works in trials of a cluster, and everywhere else. Where torchrun has started several processes, they train
    together. In a trial, random generators are seeded with the trial's seed.

    Parameters:
        hparams: the hyperparameters; on a cluster ``det.get_cluster_info().trial.hparams``.
        exp_conf: the experiment's configuration, outside of a cluster.
        distributed: the other processes, outside of a cluster. Defaults to those that torchrun has started.
        aggregation_frequency: batches whose gradients are added up for one update of the weights.
        enable_tensorboard_logging: write metrics for TensorBoard, if the package tensorboard is installed.
        seed: what to seed random generators with, outside of a cluster. Defaults to no seeding.
        checkpoint_storage: where checkpoints go; see `determined.core.init`. Outside of a cluster only.
        tensorboard_path: the directory for TensorBoard files, outside of a cluster. Defaults to one in ``runs``.

    Raises:
        ValueError: the trial has several slots, and no launcher has started its processes.

    Example::

        with pytorch.init(hparams={"global_batch_size": 32}) as context:
            trainer = pytorch.Trainer(MyTrial(context), context)
            trainer.fit(max_length=pytorch.Epoch(10))
    """
    info = get_cluster_info()
    is_managed = info is not None and info.task_type == "TRIAL"
    with contextlib.ExitStack() as stack:
        if info is not None and is_managed:
            distributed = _join_trial(info, stack)
            seed = info.trial.trial_seed
            exp_conf = info.trial._config
            checkpoint_storage = None
        else:
            distributed = _join_local(distributed, stack)
        if seed is not None:
            seed_all(seed)
        core_context = stack.enter_context(
            init_core(
                distributed=distributed,
                checkpoint_storage=checkpoint_storage,
                preempt_mode=PreemptMode.WorkersAskChief,
                tensorboard_mode=TensorboardMode.MANUAL,
            )
        )
        context = PyTorchTrialContext(
            core_context,
            trial_seed=seed,
            hparams=hparams,
            slots_per_trial=core_context.distributed.size,
            num_gpus=torch.cuda.device_count(),
            exp_conf=exp_conf,
            aggregation_frequency=aggregation_frequency,
            steps_completed=info.trial._steps_completed if info is not None and is_managed else 0,
            managed_training=True,
            debug_enabled=info.trial._debug if info is not None and is_managed else False,
            enable_tensorboard_logging=enable_tensorboard_logging,
        )
        stack.callback(context._close)
        if tensorboard_path is not None and not is_managed:
            context._tensorboard_path = pathlib.Path(tensorboard_path)
        yield context


def seed_all(seed: int) -> None:
    """Seed the random generators of Python, NumPy and torch."""
    random.seed(seed)
    numpy.random.seed(seed % (1 << 32))
    torch.manual_seed(seed)


def _join_trial(info: ClusterInfo, stack: contextlib.ExitStack) -> Optional[DistributedContext]:
    if os.environ.get(_backend.TORCH_FLAG):
        return join(stack)
    slots = sum(info.container_slot_counts)
    if slots > 1 or len(info.container_addrs) > 1:
        raise ValueError(
            f"this trial has {slots} slots: start it with a launcher, such as the entrypoint"
            " `python3 -m determined.launch.torch_distributed python3 train.py`"
        )
    return None


def _join_local(distributed: Optional[DistributedContext], stack: contextlib.ExitStack) -> Optional[DistributedContext]:
    is_torchrun = all(name in os.environ for name in ("RANK", "WORLD_SIZE", "LOCAL_RANK", "GROUP_RANK"))
    if distributed is None and is_torchrun and int(os.environ["WORLD_SIZE"]) > 1:
        return join(stack)
    return distributed


def join(stack: contextlib.ExitStack) -> DistributedContext:
    """Join the processes that torchrun has started; leave them again when a stack is unwound."""
    if _backend.join_processes():
        stack.callback(_leave)
    return DistributedContext.from_torch_distributed()


def _leave() -> None:
    if _backend.is_ready():
        torch.distributed.destroy_process_group()
