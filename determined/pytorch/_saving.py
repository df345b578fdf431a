"""Storing a checkpoint of a training."""

from __future__ import annotations

import pathlib
from typing import TYPE_CHECKING, Any, Dict, List

import torch

from ._code import copy_code
from ._files import STATE_FILE, make_metadata, model_state, write_load_data
from ._ranks import on_chief
from ._rng import get_rng_state

if TYPE_CHECKING:
    from ._loop import PyTorchTrialController


def save(loop: PyTorchTrialController) -> str:
    """Store a checkpoint; all ranks call. Return its id."""
    own = {"rng": get_rng_state(loop.context.device), "loader": loop.source.get_state()}
    ranks = loop.distributed.gather(own)
    return on_chief(loop.distributed, lambda: _store(loop, ranks or []))


def _store(loop: PyTorchTrialController, ranks: List[Dict[str, Any]]) -> str:
    metadata = make_metadata(loop.state.batches_trained)
    with loop.context._core.checkpoint.store_path(metadata) as (folder, uuid):
        _write(loop, folder, ranks)
        loop.callbacks.end_checkpoint(str(folder))
    return uuid


def _write(loop: PyTorchTrialController, folder: pathlib.Path, ranks: List[Dict[str, Any]]) -> None:
    context = loop.context
    checkpoint = collect(loop, ranks)
    loop.callbacks.call("on_checkpoint_save_start", checkpoint)
    torch.save(checkpoint, folder / STATE_FILE)
    loop.state.write(folder)
    is_trainer = not context._is_pre_trainer
    write_load_data(folder, type(loop.trial), context._hparams, context._exp_conf, is_trainer)
    copy_code(folder / "code", loop.options.is_managed)


def collect(loop: PyTorchTrialController, ranks: List[Dict[str, Any]]) -> Dict[str, Any]:
    """Return what the state file of a checkpoint holds.

    Parameters:
        loop: the training.
        ranks: what each rank stores for itself.
    """
    context = loop.context
    checkpoint: Dict[str, Any] = {
        "models_state_dict": [model_state(model) for model in context.models],
        "optimizers_state_dict": [optimizer.state_dict() for optimizer in context.optimizers],
        "lr_schedulers_state_dict": [scheduler.state_dict() for scheduler in context.lr_schedulers],
        "callbacks": loop.callbacks.get_states(),
        "rng_state": ranks[0]["rng"],
        "ranks_state": ranks,
        "data_state": loop.position.to_state(),
    }
    if context._scaler is not None:
        checkpoint["scaler_state_dict"] = context._scaler.state_dict()
    return checkpoint
