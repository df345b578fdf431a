"""Preparing a training: callbacks, data, and the checkpoint to go on from; in the order that callbacks rely on."""

from __future__ import annotations

import contextlib
import logging
import pathlib
from typing import TYPE_CHECKING, Any, Dict, Optional, Tuple

from determined import errors
from determined.common.check import CheckFailedError

from ._data import DataLoader
from ._files import load_model_state, read_checkpoint, states_of
from ._rng import set_rng_state
from ._signals import stopped_by_signal
from ._source import BatchSource, DataPosition, length_of, position_of, restore_position
from ._state import TrialState, read_state

if TYPE_CHECKING:
    from ._loop import PyTorchTrialController

logger = logging.getLogger("determined.pytorch")


def prepare(loop: PyTorchTrialController, stack: contextlib.ExitStack) -> None:
    """Prepare a training.

    Parameters:
        loop: the training.
        stack: what is to be undone at its end.
    """
    context = loop.context
    problem: Optional[Exception] = None
    checkpoint: Optional[Dict[str, Any]] = None
    is_continued = False
    try:
        # First, as callbacks are told where the training goes on.
        checkpoint, is_continued = _begin(loop)
    except Exception as e:  # whatever it is, callbacks may count on their startup and shutdown
        problem = e
    stack.enter_context(loop.callbacks.started(loop.state.batches_trained, loop.options.latest_checkpoint))
    if problem is not None:
        raise problem
    _load_data(loop, checkpoint if is_continued else None)
    stack.callback(loop.source.close)
    if checkpoint is not None:
        loop.callbacks.call("on_checkpoint_load_start", checkpoint)
        _load_states(loop, checkpoint, is_continued)
    if context.profiler is not None:
        stack.enter_context(context.profiler)
    if not loop.options.is_managed:
        stack.enter_context(stopped_by_signal(context))
    if loop.options.profiling_enabled:
        context._core.profiler.on()
        stack.callback(context._core.profiler.off)


def _begin(loop: PyTorchTrialController) -> Tuple[Optional[Dict[str, Any]], bool]:
    """Read the checkpoint to go on from, and set the counters; return it, and whether it is of this training."""
    trial_id = loop.context.get_trial_id() if loop.options.is_managed else 0
    loop.state = TrialState(trial_id)
    loop.context._current_batch_idx = None
    checkpoint: Optional[Dict[str, Any]] = None
    is_continued = False
    if loop.options.latest_checkpoint is not None:
        with contextlib.ExitStack() as reading:
            folder = _open(loop, loop.options.latest_checkpoint, reading)
            found = read_state(folder)
            checkpoint = read_checkpoint(folder, loop.options.load_kwargs)
        # Otherwise another training has left it, and only what it has learnt is of use.
        is_continued = found.trial_id == trial_id
        if is_continued:
            loop.state = found
        loop.context._steps_completed = loop.state.batches_trained
    _compare_with_master(loop)
    return checkpoint, is_continued


def _open(loop: PyTorchTrialController, place: str, reading: contextlib.ExitStack) -> pathlib.Path:
    if pathlib.Path(place).is_dir():
        return pathlib.Path(place)
    try:
        return reading.enter_context(loop.context._core.checkpoint.restore_path(place))
    except errors.CheckpointNotFound as e:
        raise NothingToGoOnFrom(f"there is no checkpoint {place} to go on from: {e}") from e


class NothingToGoOnFrom(errors.CheckpointNotFound, CheckFailedError):
    """The checkpoint that a training should go on from is not there."""


def _compare_with_master(loop: PyTorchTrialController) -> None:
    """Learn from the master of a validation that an earlier process has reported after its last checkpoint."""
    if not loop.options.is_managed:
        return
    from ._cluster import last_validation
    from ._ranks import on_chief

    reported = on_chief(loop.distributed, lambda: last_validation(loop.context._core))
    if reported is not None and reported == loop.state.batches_trained:
        loop.state.last_val = reported
    loop.has_validated = reported is not None


def _load_data(loop: PyTorchTrialController, checkpoint: Optional[Dict[str, Any]]) -> None:
    trial, context, distributed = loop.trial, loop.context, loop.distributed
    made = _check_loader(trial.build_training_data_loader(), loop)
    stored = (checkpoint or {}).get("data_state")
    position = position_of(made)
    if stored is not None:
        position = DataPosition.from_state(stored)
    # All ranks share one order.
    loop.position = distributed.broadcast(position) if distributed.size > 1 else position
    restore_position(made, loop.position)
    loader: Any = made
    if isinstance(made, DataLoader):
        skip = loop.state.batches_trained
        loader = made.build_training_loader(skip, distributed.size, distributed.rank, loop.position.seed)
    context._epoch_len = distributed.broadcast(length_of(loader))
    made = _check_loader(trial.build_validation_data_loader(), loop)
    loop.validation_loader = made
    if isinstance(made, DataLoader):
        shares = (distributed.size, distributed.rank) if loop.steps.by_batch else (1, 0)
        loop.validation_loader = made.build_validation_loader(*shares, loop.position.seed)
    loop.source = BatchSource(loader, loop.state.epochs_trained)
    if checkpoint is not None:
        loop.source.set_state(_of_this_rank(loop, checkpoint).get("loader"))
    loop.source.begin()


def _check_loader(loader: Any, loop: PyTorchTrialController) -> Any:
    if isinstance(loader, DataLoader) or not loop.context.experimental._checks_loaders:
        return loader
    raise RuntimeError(
        f"a trial must load its data with determined.pytorch.DataLoader, not {type(loader).__name__}: so it is shared"
        " among ranks, and goes on where it stopped. To take care of that yourself, call"
        " context.experimental.disable_dataset_reproducibility_checks()"
    )


def _load_states(loop: PyTorchTrialController, checkpoint: Dict[str, Any], is_continued: bool) -> None:
    context = loop.context
    models = states_of(checkpoint, "models_state_dict", "model_state_dict", len(context.models))
    for model, state in zip(context.models, models):
        load_model_state(model, state)
    optimizers = states_of(checkpoint, "optimizers_state_dict", "optimizer_state_dict", len(context.optimizers))
    for optimizer, state in zip(context.optimizers, optimizers):
        optimizer.load_state_dict(state)
    schedulers = states_of(checkpoint, "lr_schedulers_state_dict", "lr_scheduler", len(context.lr_schedulers))
    for scheduler, state in zip(context.lr_schedulers, schedulers):
        scheduler.load_state_dict(state)
    if "scaler_state_dict" in checkpoint and context._scaler is not None:
        context._scaler.load_state_dict(checkpoint["scaler_state_dict"])
    elif "scaler_state_dict" in checkpoint or (context._scaler is not None and context._scaler.is_enabled()):
        logger.warning("the checkpoint and the trial do not both have a gradient scaler: its state is not restored")
    loop.callbacks.load_states(checkpoint.get("callbacks") or {})
    rng_state = _of_this_rank(loop, checkpoint).get("rng") or checkpoint.get("rng_state")
    if rng_state is not None:
        set_rng_state(rng_state, context.device)


def _of_this_rank(loop: PyTorchTrialController, checkpoint: Dict[str, Any]) -> Dict[str, Any]:
    """Return what a rank has stored for itself; nothing if there were more or less ranks then."""
    ranks = checkpoint.get("ranks_state") or []
    if len(ranks) != loop.distributed.size:
        return {}
    own: Dict[str, Any] = ranks[loop.distributed.rank]
    return own
