"""Calling the methods of a trial, whichever signature they have."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Callable, Dict, List, Optional

from determined import errors

from ._metrics import check_training_metrics, check_validation_metrics

if TYPE_CHECKING:
    from ._pytorch_trial import PyTorchTrial


class TrialSteps:
    """Trains and evaluates batches with a trial.

    Parameters:
        trial: the trial.
        base: the class `PyTorchTrial`.

    Attributes:
        by_batch: the trial evaluates batches, not the full dataset.

    Raises:
        InvalidExperimentException: the trial defines none or both of the methods to evaluate with.
    """

    def __init__(self, trial: PyTorchTrial, base: Any) -> None:
        self._trial = trial
        self.by_batch = _is_overridden(trial, base, "evaluate_batch")
        if self.by_batch == _is_overridden(trial, base, "evaluate_full_dataset"):
            raise errors.InvalidExperimentException(
                "a trial must define exactly one of evaluate_batch and evaluate_full_dataset"
            )
        self._model: Any = None
        self._after_train: Optional[Callable[[Dict[str, Any]], None]] = None
        if _is_overridden(trial, base, "build_model"):
            self._adopt_historic()
        self._train_names = _names_of(trial.train_batch)
        self._evaluate_names = _names_of(trial.evaluate_batch)

    def train(self, batch: Any, epoch_idx: int, batch_idx: int) -> Dict[str, Any]:
        """Train a batch and return its metrics."""
        values = {"batch": batch, "epoch_idx": epoch_idx, "batch_idx": batch_idx}
        returned = self._call(self._trial.train_batch, self._train_names, values)
        if self._after_train is not None:
            self._after_train(returned)
        return check_training_metrics(returned)

    def evaluate(self, batch: Any, batch_idx: int) -> Dict[str, Any]:
        """Return the metrics of a validation batch."""
        values = {"batch": batch, "batch_idx": batch_idx}
        return check_validation_metrics(self._call(self._trial.evaluate_batch, self._evaluate_names, values))

    def evaluate_all(self, loader: Any) -> Dict[str, Any]:
        """Return the metrics of the validation dataset."""
        values = {"data_loader": loader}
        names = _names_of(self._trial.evaluate_full_dataset)
        returned = self._call(self._trial.evaluate_full_dataset, names, values)
        return check_validation_metrics(returned, "evaluate_full_dataset")

    def _call(self, method: Callable[..., Any], names: Optional[List[str]], values: Dict[str, Any]) -> Any:
        """Call a method by the names that it has; those of earlier releases have fewer, or a model."""
        if names is None:
            return method(**values)
        if "model" in names and self._model is not None:
            values = {**values, "model": self._model}
        known = {name: value for name, value in values.items() if name in names}
        if "batch" in values and "batch" not in names or "data_loader" in values and "data_loader" not in names:
            # Named otherwise: then the order tells.
            return method(*list(values.values())[: len(names)])
        return method(**known)

    def _adopt_historic(self) -> None:
        """Make what trials of releases before 0.14 leave to their trainer."""
        trial, context = self._trial, self._trial_context()
        self._model = context.wrap_model(trial.build_model())
        optimizer = context.wrap_optimizer(trial.optimizer(self._model))
        scheduler = trial.create_lr_scheduler(optimizer)
        if scheduler is not None:
            context.lr_schedulers.append(scheduler)

        def update(returned: Any) -> None:
            if not isinstance(returned, dict) or "loss" not in returned:
                raise errors.InvalidExperimentException("train_batch of a trial with build_model must return the loss")
            context.backward(returned["loss"])
            context.step_optimizer(optimizer)

        self._after_train = update

    def _trial_context(self) -> Any:
        context = getattr(self._trial, "context", None)
        if context is None:
            raise errors.InvalidExperimentException("a trial with build_model must keep its context as self.context")
        return context


def _is_overridden(trial: Any, base: Any, name: str) -> bool:
    return getattr(type(trial), name, None) is not getattr(base, name) or name in vars(trial)


def _names_of(method: Callable[..., Any]) -> Optional[List[str]]:
    """Return the names of a method's parameters; None if it takes any."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        return None
    if any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters):
        return None
    return [p.name for p in parameters if p.kind is not inspect.Parameter.VAR_POSITIONAL]
