"""The training loop."""

from __future__ import annotations

import contextlib
import logging
import time
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, NamedTuple, Optional, Tuple

import torch

from determined import errors
from determined._exceptions import InvalidHP

from . import _backend
from ._callback import CallbackList
from ._metrics import average_batches, average_ranks, check_names, is_scalar
from ._ranks import on_chief
from ._reducer import prepare_reducers, reduce_batches, reduce_ranks
from ._reporting import Reports
from ._schedule import Boundary, Position, Schedule
from ._state import TrialState
from ._steps import TrialSteps

if TYPE_CHECKING:
    from ._pytorch_context import PyTorchTrialContext
    from ._pytorch_trial import PyTorchTrial

logger = logging.getLogger("determined.pytorch")


class FitOptions(NamedTuple):
    """What `Trainer.fit` was asked for, apart from the schedule.

    Attributes:
        checkpoint_policy: ``best``, ``all`` or ``none``.
        latest_checkpoint: id or directory of the checkpoint to go on from.
        step_zero_validation: validate before the first batch.
        is_managed: this is a trial of a cluster.
        profiling_enabled: report use of the machine.
        searcher_metric: the metric that tells which validation is best.
        smaller_is_better: how.
        load_kwargs: arguments of ``torch.load``.
        flush_gradients: use gradients that are left at the end.
    """

    checkpoint_policy: str = "best"
    latest_checkpoint: Optional[str] = None
    step_zero_validation: bool = False
    is_managed: bool = False
    profiling_enabled: bool = False
    searcher_metric: Optional[str] = None
    smaller_is_better: bool = True
    load_kwargs: Optional[Mapping[str, Any]] = None
    flush_gradients: bool = False


class TrainingResult(NamedTuple):
    """What came out of a training.

    Attributes:
        batches: that were trained, all in all.
        epochs: that were finished.
        training_metrics: the last that were reported.
        validation_metrics: the last that were reported.
        checkpoint: the id of the last checkpoint that was stored.
        was_stopped: it was stopped before its length.
    """

    batches: int
    epochs: int
    training_metrics: Dict[str, Any]
    validation_metrics: Dict[str, Any]
    checkpoint: Optional[str]
    was_stopped: bool


class PyTorchTrialController:
    """Runs a training: `run` sets it up, `_train` is the loop.

    Parameters:
        trial: the trial.
        context: its context.
        schedule: how long to train, and when to do what.
        options: see `FitOptions`.

    Raises:
        InvalidExperimentException: the trial has no model or no optimizer, or does not evaluate in one way.
    """

    def __init__(
        self, trial: PyTorchTrial, context: PyTorchTrialContext, schedule: Schedule, options: FitOptions
    ) -> None:
        from ._pytorch_trial import PyTorchTrial

        self.trial = trial
        self.context = context
        self.schedule = schedule
        self.options = options
        self.distributed = context.distributed
        self.is_chief = context.distributed.rank == 0
        self.callbacks = CallbackList(trial.build_callbacks())
        self.steps = TrialSteps(trial, PyTorchTrial)
        self.reports = Reports(context)
        self.state = TrialState()
        self.source: Any = None
        self.position: Any = None
        self.validation_loader: Any = None
        self.has_validated = False
        self._training_metrics: Dict[str, Any] = {}
        self._validation_metrics: Dict[str, Any] = {}
        self._checkpoint: Optional[str] = None
        self._check()

    def run(self) -> TrainingResult:
        """Train, and return what came out."""
        from ._setup import prepare

        with contextlib.ExitStack() as stack:
            self.context._before_step = [c.on_before_optimizer_step for c in self._overriding_step()]
            prepare(self, stack)
            stack.callback(self.reports.store, at_once=True)
            was_stopped = self._train()
        return TrainingResult(
            self.state.batches_trained,
            self.state.epochs_trained,
            self._training_metrics,
            self._validation_metrics,
            self._checkpoint,
            was_stopped,
        )

    def _train(self) -> bool:
        """Train to the end; return whether it was stopped before."""
        self.callbacks.call("on_training_start")
        try:
            if self._wants_step_zero_validation():
                self._validate()
            while not self.schedule.is_over(self.state.batches_trained, self.state.epochs_trained):
                due = self._train_until_something_is_due()
                reported = False
                for boundary in due:
                    if boundary is Boundary.VALIDATE:
                        self._validate_if_stale()
                    elif boundary is Boundary.CHECKPOINT:
                        self._checkpoint_if_stale()
                    elif not reported:
                        self._report_progress()
                        reported = True
                    self.reports.store()
                    if self._should_stop():
                        self._checkpoint_if_stale()
                        return True
                if self.schedule.test_mode:
                    break
            self._flush_gradients()
            self._validate_if_stale()
            self._checkpoint_if_stale()
        except _StoppedByHook:
            return True
        except InvalidHP:
            self._checkpoint_if_stale()
            raise
        return False

    # --- training ---------------------------------------------------------------------------------------------------

    def _train_until_something_is_due(self) -> List[Boundary]:
        """Train batches until something else is to be done; report their metrics; return what is due."""
        self.reports.say("training")
        self.context.reset_reducers()
        for model in self.context.models:
            model.train()
        started, records = time.monotonic(), 0
        batches: List[Dict[str, Any]] = []
        due: List[Boundary] = []
        while not due:
            metrics, length = self._train_batch()
            batches.append(metrics)
            records += length
            due = self.schedule.list_due(self._get_position())
        self._report_training(batches)
        _tell_speed("trained", records, len(batches), started)
        return due

    def _train_batch(self) -> Tuple[Dict[str, Any], int]:
        batch_idx = self.state.batches_trained
        epoch_length = self.context._get_epoch_length()
        epoch_idx = batch_idx // epoch_length
        self.context._current_batch_idx = batch_idx
        if batch_idx % epoch_length == 0:
            self.callbacks.start_epoch(epoch_idx)
        batch = self.source.take()
        if self.context.experimental._moves_data:
            batch = self.context.to_device(batch)
        is_update = self.context.is_update_batch()
        with contextlib.nullcontext() if is_update else self.context.no_sync():
            metrics = self.steps.train(batch, epoch_idx, batch_idx)
        if is_update:
            self.context._update_scaler()
            for scheduler in self.context.lr_schedulers:
                scheduler.step_after(batch_idx, self.context._aggregation_frequency, epoch_length)
        if self.context.profiler is not None:
            self.context.profiler.step()
        self.state.batches_trained += 1
        if self.context.is_epoch_end():
            self.state.epochs_trained = epoch_idx + 1
            self.callbacks.call("on_training_epoch_end", epoch_idx)
        return metrics, self.trial.get_batch_length(batch)

    def _report_training(self, batches: List[Dict[str, Any]]) -> None:
        check_names(batches)
        ranks = self.distributed.gather(batches)

        def combine() -> Any:
            averaged = average_ranks(ranks or [])
            return average_batches(averaged), averaged

        metrics, batch_metrics = on_chief(self.distributed, combine)
        metrics.update(self.context.reduce_metrics(for_training=True))
        self._add_counters(metrics)
        self._training_metrics = metrics
        self.reports.report_training(self.state.batches_trained, metrics, batch_metrics)
        self.callbacks.call("on_training_workload_end", avg_metrics=metrics, batch_metrics=batch_metrics)

    def _flush_gradients(self) -> None:
        if self.options.flush_gradients and self.context._current_batch_idx is not None:
            self.context._flush_gradients()

    # --- validation -------------------------------------------------------------------------------------------------

    def _validate(self) -> None:
        self.reports.say("validating")
        self.context.reset_reducers()
        for model in self.context.models:
            model.eval()
        with torch.no_grad():
            self.callbacks.call("on_validation_start")
            self.callbacks.call("on_validation_step_start")
            metrics = self._evaluate_batches() if self.steps.by_batch else self._evaluate_all()
            metrics.update(self.context.reduce_metrics(for_training=False))
            self.callbacks.call("on_validation_end", metrics)
            self.callbacks.call("on_validation_step_end", metrics)
        self._add_counters(metrics)
        self._validation_metrics = metrics
        self.state.last_val = self.state.batches_trained
        is_wanted = on_chief(self.distributed, lambda: self._report_validation(metrics))
        if is_wanted:
            self._checkpoint_if_stale()

    def _evaluate_batches(self) -> Dict[str, Any]:
        self.callbacks.call("on_validation_epoch_start")
        started, records = time.monotonic(), 0
        outputs: List[Dict[str, Any]] = []
        for batch_idx, batch in enumerate(self.validation_loader):
            if self.context.experimental._moves_data:
                batch = self.context.to_device(batch)
            records += self.trial.get_batch_length(batch)
            outputs.append(self.steps.evaluate(batch, batch_idx))
            if self.schedule.test_mode:
                break
        check_names(outputs)
        _tell_speed("validated", records, len(outputs), started)
        self.callbacks.call("on_validation_epoch_end", outputs)
        ranks = self.distributed.allgather([sorted(outputs[0])] if outputs else [])
        names = next((found[0] for found in ranks if found), None)
        if names is None:
            raise RuntimeError("the validation data loader gives no batch")
        reducers = prepare_reducers(self.trial.evaluation_reducer(), list(outputs[0] if outputs else names))
        own = {n: reduce_batches(reducers[n], [batch[n] for batch in outputs]) for n in reducers} if outputs else None
        gathered = self.distributed.gather((own, len(outputs)))

        def combine() -> Dict[str, Any]:
            # Ranks may have had no batches, if there were less than ranks.
            found = [(reduced, count) for reduced, count in gathered or [] if reduced is not None]
            return {name: reduce_ranks(reducers[name], [(r[name], c) for r, c in found]) for name in reducers}

        return on_chief(self.distributed, combine)

    def _evaluate_all(self) -> Dict[str, Any]:
        return on_chief(self.distributed, lambda: self.steps.evaluate_all(self.validation_loader))

    def _report_validation(self, metrics: Dict[str, Any]) -> bool:
        """Report validation metrics; return whether they call for a checkpoint."""
        is_stale = self.state.last_ckpt != self.state.batches_trained
        policy = self.options.checkpoint_policy
        # Asked before it is reported: after that, the best is at least as good.
        best = self.context._core.train.get_experiment_best_validation() if policy == "best" and is_stale else None
        self.reports.report_validation(self.state.batches_trained, metrics)
        if policy == "best" and is_stale:
            return self._is_better(metrics, best)
        return policy == "all" and is_stale

    def _is_better(self, metrics: Dict[str, Any], best: Optional[float]) -> bool:
        name = self.options.searcher_metric
        if name not in metrics:
            raise RuntimeError(
                f"the searcher's metric {name!r} is not among the validation metrics {sorted(map(str, metrics))}"
            )
        value = metrics[name]
        if not is_scalar(value):
            raise RuntimeError(f"the searcher's metric {name!r} must be a number, not {value!r}")
        if best is None:
            return True
        return bool(value < best if self.options.smaller_is_better else value > best)

    def _validate_if_stale(self) -> None:
        if self.state.last_val != self.state.batches_trained:
            self._validate()

    def _wants_step_zero_validation(self) -> bool:
        return self.options.step_zero_validation and self.state.batches_trained == 0 and not self.has_validated

    # --- checkpoints ------------------------------------------------------------------------------------------------

    def _checkpoint_if_stale(self) -> None:
        if self.state.last_ckpt == self.state.batches_trained:
            return
        from ._saving import save

        self.reports.say("checkpointing")
        self.state.last_ckpt = self.state.batches_trained
        try:
            self._checkpoint = save(self)
            self.callbacks.call("on_checkpoint_upload_end", uuid=self._checkpoint)
        except InvalidHP as e:
            # There is nothing left to store: the training just ends.
            logger.warning("a callback has found the hyperparameters to be invalid: %s", e)
            self.reports.report_invalid_hp()
            raise _StoppedByHook from e

    # --- where it stands --------------------------------------------------------------------------------------------

    def _get_position(self) -> Position:
        return Position(self.state.batches_trained, self.state.epochs_trained, self.context.is_epoch_end())

    def _add_counters(self, metrics: Dict[str, Any]) -> None:
        metrics.setdefault("batches", self.state.batches_trained)
        metrics.setdefault("epochs", self.state.epochs_trained)

    def _report_progress(self) -> None:
        self.reports.report_progress(self.schedule.progress(self.state.batches_trained, self.state.epochs_trained))

    def _should_stop(self) -> bool:
        if self.context._core.preempt.should_preempt():
            logger.info("the training was told to stop")
            return True
        # Any rank may have been asked; all must stop together.
        return any(self.distributed.allgather(self.context.get_stop_requested()))

    def _check(self) -> None:
        if not self.context.models:
            raise errors.InvalidExperimentException("the trial must wrap at least one model with context.wrap_model()")
        if not self.context.optimizers:
            raise errors.InvalidExperimentException(
                "the trial must wrap at least one optimizer with context.wrap_optimizer()"
            )
        _backend.check_ready(self.distributed)

    def _overriding_step(self) -> List[Any]:
        return self.callbacks.overriding("on_before_optimizer_step")


class _StoppedByHook(Exception):
    """A callback has ended the training while a checkpoint was stored."""


def _tell_speed(what: str, records: int, batches: int, started: float) -> None:
    seconds = time.monotonic() - started
    logger.info(
        "%s %d records in %d batches in %.3f s (%.1f records/s)",
        what,
        records,
        batches,
        seconds,
        records / seconds if seconds else 0.0,
    )
