"""What users may have called at the turning points of a training."""

from __future__ import annotations

import contextlib
import inspect
import logging
from typing import Any, Dict, Iterator, List

import torch

logger = logging.getLogger("determined.pytorch")


class PyTorchCallback:
    """Methods that the trainer calls; override those that matter. They run on all ranks unless it says otherwise.

    Callbacks come from `PyTorchTrial.build_callbacks` and are called in the order of its dict. What `state_dict`
    returns is stored with each checkpoint, under the callback's name, and given back to `load_state_dict`.
    """

    def on_trial_startup(self, first_batch_idx: int, checkpoint_uuid: Any) -> None:
        """Called first of all, before data and checkpoints are loaded.

        Parameters:
            first_batch_idx: the number of the first batch that will be trained.
            checkpoint_uuid: the checkpoint that the training goes on from; None if it begins afresh.
        """

    def on_trial_shutdown(self) -> None:
        """Called last of all, also after an exception, on callbacks whose `on_trial_startup` was called."""

    def on_training_start(self) -> None:
        """Called when everything is loaded, before the first batch."""

    def on_training_epoch_start(self, epoch_idx: int) -> None:
        """Called before the first batch of an epoch.

        Parameters:
            epoch_idx: the number of the epoch, from 0.
        """

    def on_training_epoch_end(self, epoch_idx: int) -> None:
        """Called after the last batch of an epoch, before its metrics are reported.

        Parameters:
            epoch_idx: the number of the epoch, from 0.
        """

    def on_training_workload_end(self, avg_metrics: Dict[str, Any], batch_metrics: List[Dict[str, Any]]) -> None:
        """Called when training metrics have been reported.

        Parameters:
            avg_metrics: the averages since the last report, over all ranks, with ``batches`` and ``epochs``.
            batch_metrics: the metrics of each batch since then, averaged over the ranks.
        """

    def on_validation_start(self) -> None:
        """Called before a validation."""

    def on_validation_epoch_start(self) -> None:
        """Called before the first batch of a validation; not with `evaluate_full_dataset`."""

    def on_validation_epoch_end(self, outputs: List[Any]) -> None:
        """Called after the last batch of a validation; not with `evaluate_full_dataset`.

        Parameters:
            outputs: what `evaluate_batch` has returned for each batch of this rank.
        """

    def on_validation_end(self, metrics: Dict[str, Any]) -> None:
        """Called after a validation, before its metrics are reported.

        Parameters:
            metrics: of all ranks together.
        """

    def on_checkpoint_load_start(self, checkpoint: Dict[str, Any]) -> None:
        """Called before a checkpoint's state is loaded.

        Parameters:
            checkpoint: what ``state_dict.pth`` holds; it may be changed.
        """

    def on_checkpoint_save_start(self, checkpoint: Dict[str, Any]) -> None:
        """Called on the chief before a checkpoint is written.

        Parameters:
            checkpoint: what will be written; it may be changed and added to.
        """

    def on_checkpoint_end(self, checkpoint_dir: str) -> None:
        """Called on the chief when a checkpoint is written. Deprecated; override `on_checkpoint_write_end`.

        Parameters:
            checkpoint_dir: the directory with the checkpoint's files.
        """

    def on_checkpoint_write_end(self, checkpoint_dir: str) -> None:
        """Called on the chief when a checkpoint is written, before it is stored; files may be added.

        Parameters:
            checkpoint_dir: the directory with the checkpoint's files.
        """

    def on_checkpoint_upload_end(self, uuid: str) -> None:
        """Called when a checkpoint is stored.

        Parameters:
            uuid: its id.
        """

    def state_dict(self) -> Dict[str, Any]:
        """Return what is to be stored with a checkpoint. Called on the chief.

        Tensors, arrays, numbers, strings and containers of these can be loaded again by anybody; other objects only
        by who trusts the checkpoint.
        """
        return {}

    def load_state_dict(self, state_dict: Dict[str, Any]) -> None:
        """Take back what `state_dict` has returned when the checkpoint was stored.

        Parameters:
            state_dict: what was stored.
        """

    # --- of earlier releases ----------------------------------------------------------------------------------------

    def on_validation_step_start(self) -> None:
        """Called before a validation. Removed in 0.21; override `on_validation_start`."""

    def on_validation_step_end(self, metrics: Dict[str, Any]) -> None:
        """Called after a validation. Removed in 0.21; override `on_validation_end`.

        Parameters:
            metrics: of all ranks together.
        """

    def on_before_optimizer_step(self, parameters: Any) -> None:
        """Called before an optimizer's step. Removed in 0.14; pass ``clip_grads`` to `step_optimizer`.

        Parameters:
            parameters: those of the optimizer; their gradients may be changed.
        """


class ClipGradsL2Norm(PyTorchCallback):
    """Scales gradients down so that their norm is at most a value. Pass ``clip_grads`` to `step_optimizer` instead.

    Parameters:
        clip_value: the largest norm.
    """

    def __init__(self, clip_value: float) -> None:
        self._clip_value = clip_value

    def on_before_optimizer_step(self, parameters: Any) -> None:
        torch.nn.utils.clip_grad_norm_(parameters, self._clip_value)


class ClipGradsL2Value(PyTorchCallback):
    """Cuts each gradient to at most a value. Pass ``clip_grads`` to `step_optimizer` instead.

    Parameters:
        clip_value: the largest value.
    """

    def __init__(self, clip_value: float) -> None:
        self._clip_value = clip_value

    def on_before_optimizer_step(self, parameters: Any) -> None:
        torch.nn.utils.clip_grad_value_(parameters, self._clip_value)


class CallbackList:
    """Calls the callbacks of a trial in order.

    Parameters:
        callbacks: as `PyTorchTrial.build_callbacks` has returned them.
    """

    def __init__(self, callbacks: Dict[str, PyTorchCallback]) -> None:
        self._callbacks = dict(callbacks)
        for name, callback in self._callbacks.items():
            if is_overridden(callback, "on_checkpoint_end"):
                logger.warning(
                    "callback %s overrides on_checkpoint_end, which is deprecated: override on_checkpoint_write_end"
                    " or on_checkpoint_upload_end",
                    name,
                )

    @contextlib.contextmanager
    def started(self, first_batch_idx: int, checkpoint_uuid: Any) -> Iterator[None]:
        """Start the callbacks up, and shut down those that were, the last first."""
        with contextlib.ExitStack() as stack:
            for callback in self._callbacks.values():
                callback.on_trial_startup(first_batch_idx, checkpoint_uuid)
                stack.callback(callback.on_trial_shutdown)
            yield

    def call(self, hook: str, *args: Any, **kwargs: Any) -> None:
        """Call a hook of all callbacks."""
        for callback in self._callbacks.values():
            getattr(callback, hook)(*args, **kwargs)

    def start_epoch(self, epoch_idx: int) -> None:
        """Call ``on_training_epoch_start``, which took no argument in earlier releases."""
        for name, callback in self._callbacks.items():
            if takes_arguments(callback.on_training_epoch_start):
                callback.on_training_epoch_start(epoch_idx)
                continue
            logger.warning("on_training_epoch_start of callback %s should take the argument epoch_idx", name)
            hook: Any = callback.on_training_epoch_start
            hook()

    def end_checkpoint(self, folder: str) -> None:
        """Tell each callback that a checkpoint is written."""
        for callback in self._callbacks.values():
            callback.on_checkpoint_end(folder)
            callback.on_checkpoint_write_end(folder)

    def get_states(self) -> Dict[str, Any]:
        """Return the state of each callback."""
        return {name: callback.state_dict() for name, callback in self._callbacks.items()}

    def load_states(self, states: Dict[str, Any]) -> None:
        """Give the callbacks their states back."""
        for name, callback in self._callbacks.items():
            if name in states:
                callback.load_state_dict(states[name])
            elif is_overridden(callback, "load_state_dict"):
                logger.warning("the checkpoint holds no state of callback %s", name)

    def overriding(self, hook: str) -> List[PyTorchCallback]:
        """Return the callbacks that override a hook."""
        return [callback for callback in self._callbacks.values() if is_overridden(callback, hook)]


def is_overridden(callback: PyTorchCallback, hook: str) -> bool:
    """Return whether a callback has a hook of its own."""
    return getattr(type(callback), hook, None) is not getattr(PyTorchCallback, hook)


def takes_arguments(function: Any) -> bool:
    """Return whether a bound method takes an argument."""
    try:
        return bool(inspect.signature(function).parameters)
    except (TypeError, ValueError):
        return True
