"""Training a trial."""

from __future__ import annotations

import logging
import os
import warnings
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Union

from determined.errors import ArgumentError

from ._loop import FitOptions, PyTorchTrialController, TrainingResult
from ._pytorch_context import PyTorchTrialContext
from ._schedule import Schedule, check_length
from ._units import Batch, Epoch, TrainUnit, unit_from_config

if TYPE_CHECKING:
    from ._pytorch_trial import PyTorchTrial

logger = logging.getLogger("determined.pytorch")

_POLICIES = ("best", "all", "none")


class Trainer:
    """Trains a trial within the block of `init`.

    Parameters:
        trial: the trial.
        context: the context it was made with.
    """

    def __init__(self, trial: PyTorchTrial, context: PyTorchTrialContext) -> None:
        self._trial = trial
        self._context = context

    def configure_profiler(
        self,
        sync_timings: bool = True,
        enabled: bool = False,
        begin_on_batch: int = 0,
        end_after_batch: Optional[int] = None,
    ) -> None:
        """Do nothing but say so: the profiler that this configured is gone.

        To report use of the machine, pass ``profiling_enabled`` to `fit`; to profile torch, call
        `PyTorchTrialContext.set_profiler`.

        Parameters:
            sync_timings: has no effect.
            enabled: has no effect.
            begin_on_batch: has no effect.
            end_after_batch: has no effect.
        """
        logger.error(
            "configure_profiler() has no effect any more: pass profiling_enabled=True to fit(), or call"
            " context.set_profiler()"
        )

    def fit(
        self,
        checkpoint_period: Optional[TrainUnit] = None,
        validation_period: Optional[TrainUnit] = None,
        max_length: Optional[TrainUnit] = None,
        reporting_period: TrainUnit = Batch(100),  # noqa: B008 - it never changes
        checkpoint_policy: str = "best",
        latest_checkpoint: Union[str, "os.PathLike[str]", None] = None,
        step_zero_validation: bool = False,
        test_mode: bool = False,
        profiling_enabled: bool = False,
        *,
        torch_load_kwargs: Optional[Mapping[str, Any]] = None,
        flush_gradients: bool = False,
    ) -> TrainingResult:
        """Train, validate, report metrics and store checkpoints until the training has its length.

        At the end there is always a validation and a checkpoint.

        Parameters:
            checkpoint_period: when to store checkpoints besides, such as ``Batch(100)`` or ``Epoch([1, 5])``.
            validation_period: when to validate besides.
            max_length: how long to train, with a number: ``Batch(1000)`` or ``Epoch(10)``.
            reporting_period: when to report training metrics, besides whenever something else is done.
            checkpoint_policy: whether validations lead to checkpoints: ``best``, if the validation was the best of the
                experiment; ``all``; ``none``. Outside of a cluster, ``best`` means ``all``.
            latest_checkpoint: the checkpoint to go on from, an id or the path of a directory; on a cluster
                ``det.get_cluster_info().latest_checkpoint``.
            step_zero_validation: validate before the first batch.
            test_mode: train one batch, validate one, and store a checkpoint, to try the code out; not on a cluster.
            profiling_enabled: report use of the machine; on a cluster only.
            torch_load_kwargs: arguments of ``torch.load`` for the checkpoint; ``{"weights_only": False}`` if it holds
                objects that could run code, and you trust who has written it.
            flush_gradients: use aggregated gradients that are left at the end, instead of dropping them.

        Returns:
            How far it came, and the last metrics and checkpoint.

        Raises:
            ValueError: ``max_length`` is missing, the policy is unknown, or ``test_mode`` is used on a cluster.
            TypeError: ``max_length`` has no number.
            InvalidExperimentException: the trial lacks something.
        """
        info = self._context._core.info
        is_managed = info is not None and info.task_type == "TRIAL"
        if checkpoint_policy not in _POLICIES:
            raise ArgumentError(f"checkpoint_policy must be one of {', '.join(_POLICIES)}, not {checkpoint_policy!r}")
        searcher: Dict[str, Any] = {}
        if is_managed:
            searcher = self._context.get_experiment_config().get("searcher") or {}
            if test_mode:
                raise ValueError("test_mode works outside of a cluster only")
            if latest_checkpoint is None and info is not None and info.latest_checkpoint is not None:
                logger.warning(
                    "the training begins afresh, although the cluster has a checkpoint of it: to go on from there, pass"
                    " latest_checkpoint=det.get_cluster_info().latest_checkpoint"
                )
            max_length = self._find_length(max_length, searcher)
        elif checkpoint_policy == "best":
            logger.warning("without a cluster there is no best validation: every validation leads to a checkpoint")
            checkpoint_policy = "all"
        if profiling_enabled and not is_managed:
            logger.warning("use of the machine can only be reported to a cluster")
        if max_length is None:
            raise ValueError("fit() needs max_length, such as pytorch.Epoch(10)")
        check_length(max_length)
        schedule = Schedule(
            max_length,
            _check_period("validation_period", validation_period),
            _check_period("checkpoint_period", checkpoint_period),
            _check_period("reporting_period", reporting_period),
            test_mode,
        )
        options = FitOptions(
            checkpoint_policy=checkpoint_policy,
            latest_checkpoint=None if latest_checkpoint is None else os.fspath(latest_checkpoint),
            step_zero_validation=step_zero_validation,
            is_managed=is_managed,
            profiling_enabled=profiling_enabled and is_managed,
            searcher_metric=searcher.get("metric"),
            smaller_is_better=searcher.get("smaller_is_better", True),
            load_kwargs=torch_load_kwargs,
            flush_gradients=flush_gradients,
        )
        return PyTorchTrialController(self._trial, self._context, schedule, options).run()

    def _find_length(self, max_length: Optional[TrainUnit], searcher: Mapping[str, Any]) -> Optional[TrainUnit]:
        """Return the length of a trial's training: what is asked for, else that of the searcher."""
        if max_length is None:
            configured = searcher.get("max_length")
            if configured is None:
                return None
            warnings.warn(
                "the length of a training in searcher.max_length is deprecated since 0.38.0: pass max_length to fit()",
                FutureWarning,
                stacklevel=3,
            )
            hparams = self._context._hparams or {}
            return unit_from_config(configured, hparams.get("global_batch_size"))
        _compare_with_searcher(max_length, searcher)
        return max_length


def _compare_with_searcher(max_length: TrainUnit, searcher: Mapping[str, Any]) -> None:
    """Warn if the searcher expects another length."""
    unit, longest = searcher.get("time_metric"), searcher.get("max_time")
    if unit is None:
        return
    units = {"batches": Batch, "epochs": Epoch}
    if unit not in units:
        logger.warning("the searcher's time_metric is %r: unless the trial reports it, choose batches or epochs", unit)
    elif not isinstance(max_length, units[unit]) or max_length.value != longest:
        logger.warning("max_length is %r, but the searcher's max_time is %s %s", max_length, longest, unit)


def _check_period(name: str, period: Any) -> Optional[TrainUnit]:
    if period is None or isinstance(period, TrainUnit):
        return period
    logger.warning("%s must be pytorch.Batch(...) or pytorch.Epoch(...): %r has no effect", name, period)
    return None
