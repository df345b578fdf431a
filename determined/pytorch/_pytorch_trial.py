"""The class that a training is written as."""

from __future__ import annotations

import abc
from typing import Any, Dict, Union

from determined import errors
from determined._trial import LegacyTrial

from ._callback import PyTorchCallback
from ._data import data_length
from ._loop import PyTorchTrialController
from ._pytorch_context import PyTorchTrialContext
from ._reducer import Reducer


class PyTorchTrial(LegacyTrial):
    """A training with PyTorch. Users write a subclass, and train it with a `Trainer`.

    It must wrap at least one model and one optimizer in its constructor, and define either `evaluate_batch` or
    `evaluate_full_dataset`.

    Attributes:
        trial_context_class: the class of the context.
        trial_controller_class: what runs the training.

    Example::

        class MNist(pytorch.PyTorchTrial):
            def __init__(self, context):
                self.context = context
                self.model = context.wrap_model(Net())
                self.optimizer = context.wrap_optimizer(torch.optim.Adam(self.model.parameters()))

            def train_batch(self, batch, epoch_idx, batch_idx):
                images, labels = batch
                loss = torch.nn.functional.cross_entropy(self.model(images), labels)
                self.context.backward(loss)
                self.context.step_optimizer(self.optimizer)
                return {"loss": loss}
    """

    trial_context_class = PyTorchTrialContext
    trial_controller_class = PyTorchTrialController

    @abc.abstractmethod
    def __init__(self, context: PyTorchTrialContext) -> None:
        """Make models, optimizers and what else is needed, and wrap them.

        Parameters:
            context: from `init`; keep it as ``self.context``.
        """

    @abc.abstractmethod
    def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
        """Train one batch: compute the loss, call `backward` and `step_optimizer` of the context.

        Parameters:
            batch: from the training loader, moved to the device.
            epoch_idx: the number of the epoch, from 0.
            batch_idx: the number of the batch in the whole training, from 0.

        Returns:
            Metrics as a dict, the same names for each batch; or the loss as a tensor.
        """

    @abc.abstractmethod
    def build_training_data_loader(self) -> Any:
        """Return what to train with, as a `DataLoader`."""

    @abc.abstractmethod
    def build_validation_data_loader(self) -> Any:
        """Return what to validate with, as a `DataLoader`."""

    def evaluate_batch(self, batch: Any, batch_idx: int) -> Dict[str, Any]:
        """Return the metrics of one batch of the validation data; gradients are not computed.

        Define this or `evaluate_full_dataset`.

        Parameters:
            batch: from the validation loader, moved to the device.
            batch_idx: the number of the batch in this validation, from 0.
        """
        raise errors.InvalidExperimentException("the trial defines no evaluate_batch")

    def evaluate_full_dataset(self, data_loader: Any) -> Dict[str, Any]:
        """Return the metrics of all validation data; called on the chief only. Gradients are not computed.

        Define this or `evaluate_batch`.

        Parameters:
            data_loader: the validation loader with all data; batches are not moved to the device.
        """
        raise errors.InvalidExperimentException("the trial defines no evaluate_full_dataset")

    def evaluation_reducer(self) -> Union[Reducer, Dict[str, Reducer]]:
        """Return how results of `evaluate_batch` become one: a `Reducer`, or a dict with one for each metric."""
        return Reducer.AVG

    def build_callbacks(self) -> Dict[str, PyTorchCallback]:
        """Return callbacks by name."""
        return {}

    def get_batch_length(self, batch: Any) -> int:
        """Return how many records a batch holds. Override it for batches that are no tensors, dicts or sequences.

        Parameters:
            batch: from a loader.
        """
        return data_length(batch)

    # --- of releases before 0.14 ------------------------------------------------------------------------------------

    def build_model(self) -> Any:
        """Return the model. Removed in 0.14; make and wrap it in the constructor."""
        raise errors.InvalidExperimentException("the trial defines no build_model")

    def optimizer(self, model: Any) -> Any:
        """Return the optimizer. Removed in 0.14; make and wrap it in the constructor.

        Parameters:
            model: from `build_model`, wrapped.
        """
        raise errors.InvalidExperimentException("the trial defines no optimizer")

    def create_lr_scheduler(self, optimizer: Any) -> Any:
        """Return a `LRScheduler` or None. Removed in 0.14; make and wrap it in the constructor.

        Parameters:
            optimizer: from `optimizer`, wrapped.
        """
        return None
