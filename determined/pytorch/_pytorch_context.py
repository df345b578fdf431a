"""What a trial of PyTorch asks of its trainer."""

from __future__ import annotations

import contextlib
import logging
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple, Type, Union

import torch

from determined import errors

from . import _backend
from ._data import to_device
from ._experimental import PyTorchExperimentalContext
from ._gradients import Accumulation, OptimizerConfig
from ._lr_scheduler import LRScheduler
from ._precision import Precision, make_scaler
from ._reducer import ReducerContext
from ._settings import SettingsContext

if TYPE_CHECKING:
    from determined import core

logger = logging.getLogger("determined.pytorch")


class PyTorchTrialContext(ReducerContext, SettingsContext):
    """What a `PyTorchTrial` asks of its trainer; from `init`.

    Attributes:
        device: the ``torch.device`` to train on.
        distributed: the other processes of the training.
        models: those that were wrapped, in order.
        optimizers: those that were wrapped, in order.
        lr_schedulers: those that were wrapped, in order, each a `LRScheduler`.
        profiler: the profiler of torch, after `set_profiler`; else None.
        experimental: functions that may still change.
    """

    def __init__(
        self,
        core_context: core.Context,
        trial_seed: Optional[int],
        hparams: Optional[Dict[str, Any]],
        slots_per_trial: int,
        num_gpus: int,
        exp_conf: Optional[Dict[str, Any]],
        aggregation_frequency: int,
        steps_completed: int,
        managed_training: bool,
        debug_enabled: bool,
        enable_tensorboard_logging: bool = True,
    ) -> None:
        """Make the context. `init` does this.

        Parameters:
            core_context: the Core API's context.
            trial_seed: what random generators were seeded with, if they were.
            hparams: the hyperparameters.
            slots_per_trial: how many slots train together.
            num_gpus: how many GPUs this machine has.
            exp_conf: the experiment's configuration.
            aggregation_frequency: batches whose gradients are added up for one update of the weights.
            steps_completed: batches that were trained before.
            managed_training: the models will be trained; otherwise they are neither moved nor wrapped.
            debug_enabled: tell more in the log.
            enable_tensorboard_logging: write metrics for TensorBoard.
        """
        ReducerContext.__init__(self, core_context.distributed.allgather)
        SettingsContext.__init__(
            self,
            core_context,
            trial_seed,
            hparams,
            slots_per_trial,
            exp_conf,
            steps_completed,
            enable_tensorboard_logging,
        )
        if aggregation_frequency < 1:
            raise errors.InvalidExperimentException(
                f"aggregation_frequency must be at least 1, not {aggregation_frequency}"
            )
        self._num_gpus = num_gpus
        self._aggregation_frequency = aggregation_frequency
        self._managed_training = managed_training
        self._debug_enabled = debug_enabled
        self._average_by_default = True
        self._backend = _backend.choose_backend(self.distributed)
        self._scaler: Any = None
        self._precision: Optional[Precision] = None
        self._scales_losses = False
        self._warned_types: Set[Type[Any]] = set()
        self._optimizer_configs: Dict[Any, OptimizerConfig] = {}
        self._accumulation = Accumulation()
        self._before_step: List[Callable[[Any], None]] = []
        # A trial of an entrypoint that names its class.
        self._is_pre_trainer = False
        self.device: Any = _backend.choose_device(self.distributed) if managed_training else torch.device("cpu")
        self.experimental = PyTorchExperimentalContext(self)
        self.models: List[Any] = []
        self.optimizers: List[Any] = []
        self.lr_schedulers: List[LRScheduler] = []
        self.profiler: Any = None

    # --- what is trained --------------------------------------------------------------------------------------------

    def wrap_model(self, model: Any, *, ddp: Optional[Mapping[str, Any]] = None, compile: Any = False) -> Any:  # noqa: A002
        """Have a model trained: moved to the device, shared among the ranks, stored in checkpoints.

        Parameters:
            model: the ``torch.nn.Module``.
            ddp: options of ``DistributedDataParallel``, such as ``{"find_unused_parameters": True}``.
            compile: True, or a dict of options, to compile it with ``torch.compile``.

        Returns:
            What to use instead of the model from now on.
        """
        if not self._managed_training:
            self.models.append(model)
            return model
        model = model.to(self.device)
        if self._precision is not None:
            model = self._precision.wrap_forward(model)
        if self.distributed.size > 1:
            _backend.check_ready(self.distributed)
        wrapped = self._backend.wrap(model, self.device, ddp or {})
        if compile:
            wrapped = torch.compile(wrapped, **(compile if isinstance(compile, Mapping) else {}))
        self.models.append(wrapped)
        return wrapped

    def wrap_optimizer(
        self,
        optimizer: Any,
        backward_passes_per_step: int = 1,
        fp16_compression: Optional[bool] = None,
        average_aggregated_gradients: Optional[bool] = None,
    ) -> Any:
        """Have an optimizer stepped by `step_optimizer` and stored in checkpoints.

        Parameters:
            optimizer: the ``torch.optim.Optimizer``.
            backward_passes_per_step: has no effect; it must be at least 1.
            fp16_compression: has no effect.
            average_aggregated_gradients: divide added up gradients by the number of batches. Defaults to True.

        Returns:
            The optimizer.

        Raises:
            InvalidExperimentException: ``backward_passes_per_step`` is less than 1.
        """
        if backward_passes_per_step < 1:
            raise errors.InvalidExperimentException(
                f"backward_passes_per_step must be at least 1, not {backward_passes_per_step}"
            )
        average = self._average_by_default if average_aggregated_gradients is None else average_aggregated_gradients
        self._optimizer_configs[optimizer] = OptimizerConfig(average)
        self.optimizers.append(optimizer)
        return optimizer

    def wrap_lr_scheduler(self, lr_scheduler: Any, step_mode: LRScheduler.StepMode, frequency: int = 1) -> Any:
        """Have a learning rate scheduler stepped by the trainer and stored in checkpoints.

        Parameters:
            lr_scheduler: of ``torch.optim.lr_scheduler``, for a wrapped optimizer.
            step_mode: when to step it; ``ReduceLROnPlateau`` only by hand.
            frequency: step it only every so many times.

        Returns:
            The scheduler.

        Raises:
            TypeError: the mode is no ``LRScheduler.StepMode``.
            InvalidExperimentException: its optimizer was not wrapped, or it cannot be stepped in this mode.
        """
        wrapped = LRScheduler(lr_scheduler, step_mode, frequency)
        is_plateau = isinstance(lr_scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau)
        if is_plateau and step_mode is not LRScheduler.StepMode.MANUAL_STEP:
            raise errors.InvalidExperimentException("ReduceLROnPlateau can only be stepped by hand: MANUAL_STEP")
        if not any(lr_scheduler.optimizer is known for known in self.optimizers):
            raise errors.InvalidExperimentException("wrap the optimizer before its learning rate scheduler")
        self.lr_schedulers.append(wrapped)
        return lr_scheduler

    def wrap_scaler(self, scaler: Any) -> Any:
        """Have a gradient scaler stored in checkpoints; call it before `wrap_model`.

        The training code scales losses and updates the scaler itself, and passes it to `step_optimizer`.

        Parameters:
            scaler: the ``torch.amp.GradScaler``.

        Returns:
            The scaler.

        Raises:
            InvalidExperimentException: there is one already, or a model was wrapped before.
        """
        if self._scaler is not None:
            raise errors.InvalidExperimentException("wrap_scaler and use_amp can be called once only")
        if self.models:
            raise errors.InvalidExperimentException("wrap_scaler and use_amp must be called before wrap_model")
        self._scaler = scaler
        return scaler

    def use_autocast(self, dtype: Any) -> None:
        """Let models compute in a type of less bits; call it before `wrap_model`.

        Parameters:
            dtype: ``torch.bfloat16`` or ``torch.float16``; losses are scaled for the latter.

        Raises:
            InvalidExperimentException: a model or a scaler was wrapped already.
        """
        self._use_amp(dtype)

    def autocast_forward_pass(self, to_wrap: Any) -> Any:
        """Let a model compute in 16 bits, and give results of 32; `use_amp` does it for all models.

        Parameters:
            to_wrap: the model.

        Returns:
            The model.
        """
        dtype = torch.float16 if self.device.type == "cuda" else torch.bfloat16
        return Precision(self.device, dtype).wrap_forward(to_wrap)

    def configure_apex_amp(
        self,
        models: Any,
        optimizers: Any,
        enabled: Optional[bool] = True,
        opt_level: Optional[str] = "O1",
        cast_model_type: Any = None,
        patch_torch_functions: Optional[bool] = None,
        keep_batchnorm_fp32: Optional[Union[bool, str]] = None,
        master_weights: Optional[bool] = None,
        loss_scale: Optional[Union[float, str]] = None,
        cast_model_outputs: Any = None,
        num_losses: Optional[int] = 1,
        verbosity: Optional[int] = 1,
        min_loss_scale: Optional[float] = None,
        max_loss_scale: Optional[float] = 2.0**24,
    ) -> Tuple[Any, Any]:
        """Return models and optimizers as they are: apex is not supported any more.

        Parameters:
            models: one or several.
            optimizers: one or several.
            enabled: False is all that can be done.
            opt_level, cast_model_type, patch_torch_functions, keep_batchnorm_fp32, master_weights, loss_scale,
                cast_model_outputs, num_losses, verbosity, min_loss_scale, max_loss_scale: have no effect.

        Raises:
            InvalidExperimentException: it is enabled.
        """
        if enabled and self._managed_training:
            raise errors.InvalidExperimentException(
                "apex is not supported: use context.experimental.use_amp(), or context.use_autocast(torch.bfloat16)"
            )
        return models, optimizers

    # --- gradients --------------------------------------------------------------------------------------------------

    def backward(self, loss: Any, gradient: Any = None, retain_graph: bool = False, create_graph: bool = False) -> None:
        """Compute gradients of a loss and add them up.

        Parameters:
            loss: the tensor.
            gradient: gradient with respect to the loss; needed if it is no scalar.
            retain_graph: keep what is needed to do so again.
            create_graph: make it possible to derive the gradients.
        """
        if self._scales_losses:
            loss = self._scaler.scale(loss)
        loss.backward(gradient=gradient, retain_graph=retain_graph, create_graph=create_graph)

    def step_optimizer(
        self,
        optimizer: Any,
        clip_grads: Optional[Callable[[Iterator[Any]], None]] = None,
        auto_zero_grads: bool = True,
        scaler: Any = None,
    ) -> None:
        """Update the weights. With aggregated gradients, nothing is done for batches that only add to them.

        Parameters:
            optimizer: a wrapped optimizer.
            clip_grads: given the parameters, changes their gradients before the step.
            auto_zero_grads: forget the gradients after the step.
            scaler: the gradient scaler to step with.

        Raises:
            InvalidExperimentException: gradients are aggregated and not to be forgotten.
            ValueError: the optimizer was not wrapped.
        """
        if optimizer not in self._optimizer_configs:
            raise errors.ArgumentError("step_optimizer needs an optimizer that was wrapped with context.wrap_optimizer")
        if self._aggregation_frequency > 1 and not auto_zero_grads:
            raise errors.InvalidExperimentException("auto_zero_grads must be True if gradients are aggregated")
        self._accumulation.note(optimizer, clip_grads, scaler)
        if self.is_update_batch():
            self._update_weights(optimizer, clip_grads, auto_zero_grads, scaler, self._aggregation_frequency)

    def no_sync(self) -> contextlib.AbstractContextManager[None]:
        """Return a context within which gradients are not averaged over the ranks."""
        return self._backend.no_sync(self.models)

    def is_update_batch(self) -> bool:
        """Return whether the weights are updated after the batch that is trained.

        Raises:
            InternalException: the training has not begun.
        """
        return (self.current_train_batch() + 1) % self._aggregation_frequency == 0

    def to_device(self, data: Any) -> Any:
        """Return data with all tensors in it moved to the device; arrays of numbers become tensors.

        Parameters:
            data: a tensor or array, or a dict, list or tuple of such, nested or not. Other things stay as they are.
        """
        return to_device(data, self.device, self._warned_types)

    def set_profiler(self, *args: Any, **kwargs: Any) -> None:
        """Profile the training with ``torch.profiler.profile``; traces go to the TensorBoard directory.

        The profiler is told of each batch, so that its schedule counts batches.

        Parameters:
            args: of ``torch.profiler.profile``.
            kwargs: of it.
        """
        from ._profiling import make_profiler

        self.profiler = make_profiler(self.get_tensorboard_path(), args, kwargs)

    # --- of releases before 0.14 ------------------------------------------------------------------------------------

    def get_model(self) -> Any:
        """Return the model, if there is one only. Removed in 0.14; keep what `wrap_model` returns."""
        return _only(self.models, "model")

    def get_optimizer(self) -> Any:
        """Return the optimizer, if there is one only. Removed in 0.14; keep what `wrap_optimizer` returns."""
        return _only(self.optimizers, "optimizer")

    def get_lr_scheduler(self) -> Optional[LRScheduler]:
        """Return the scheduler, if there is one only. Removed in 0.14; keep what `wrap_lr_scheduler` returns."""
        return _only(self.lr_schedulers, "learning rate scheduler") if self.lr_schedulers else None

    # --- for the trainer --------------------------------------------------------------------------------------------

    def _use_amp(self, dtype: Any) -> None:
        if dtype is None and self.device.type == "cpu":
            logger.warning("use_amp() has no effect without a GPU; for the CPU, call use_autocast(torch.bfloat16)")
            self.wrap_scaler(make_scaler(self.device, None))
            return
        dtype = torch.float16 if dtype is None else dtype
        self.wrap_scaler(make_scaler(self.device, dtype))
        self._scales_losses = True
        if self._managed_training:
            self._precision = Precision(self.device, dtype)

    def _close(self) -> None:
        """Close what writes for TensorBoard."""
        if self._tbd_writer is not None:
            self._tbd_writer.close()

    def _update_scaler(self) -> None:
        if self._scales_losses:
            self._scaler.update()

    def _flush_gradients(self) -> None:
        """Update the weights with gradients of batches that were too few for an update."""
        batches = (self.current_train_batch() + 1) % self._aggregation_frequency
        if batches:
            for optimizer, (clip_grads, scaler) in list(self._accumulation.pending.items()):
                # So far they stayed in their process.
                self._backend.average_gradients(_parameters_of(optimizer))
                self._update_weights(optimizer, clip_grads, True, scaler, batches)
            self._update_scaler()

    def _update_weights(
        self, optimizer: Any, clip_grads: Any, auto_zero_grads: bool, scaler: Any, batches: int
    ) -> None:
        parameters = _parameters_of(optimizer)
        self._optimizer_configs[optimizer].average(parameters, batches)
        if self._scales_losses and (clip_grads is not None or self._before_step):
            self._scaler.unscale_(optimizer)
        for hook in self._before_step:
            hook(parameters)
        if clip_grads is not None:
            clip_grads(parameters)
        if scaler is None and self._scales_losses:
            scaler = self._scaler
        if scaler is None:
            optimizer.step()
        else:
            scaler.step(optimizer)
        if auto_zero_grads:
            optimizer.zero_grad()
        self._accumulation.forget(optimizer)


def _parameters_of(optimizer: Any) -> List[Any]:
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


def _only(things: List[Any], what: str) -> Any:
    if len(things) != 1:
        raise errors.InternalException(f"there are {len(things)} of what should be one {what}")
    return things[0]
