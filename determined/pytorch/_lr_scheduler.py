"""When the learning rate changes."""

from __future__ import annotations

import enum
from typing import Any, Dict, List

from determined.errors import ArgumentError


class LRScheduler:
    """A scheduler of torch and when to step it; `PyTorchTrialContext.wrap_lr_scheduler` makes it.

    Parameters:
        scheduler: of ``torch.optim.lr_scheduler``.
        step_mode: when to step; see `StepMode`.
        frequency: step only every so many times.

    Raises:
        TypeError: the mode is no `StepMode`.
        ValueError: the frequency is less than 1.
    """

    class StepMode(enum.Enum):
        """When a scheduler is stepped.

        Attributes:
            STEP_EVERY_EPOCH: after each epoch; with aggregated gradients after the last update of it.
            STEP_EVERY_BATCH: after each batch; with aggregated gradients, for all batches of an update together.
            MANUAL_STEP: never; the training code does it.
            STEP_EVERY_OPTIMIZER_STEP: after each update of the weights.
        """

        STEP_EVERY_EPOCH = 1
        STEP_EVERY_BATCH = 2
        MANUAL_STEP = 3
        STEP_EVERY_OPTIMIZER_STEP = 4

    def __init__(self, scheduler: Any, step_mode: StepMode, frequency: int = 1) -> None:
        if not isinstance(step_mode, LRScheduler.StepMode):
            raise TypeError(f"step_mode must be an LRScheduler.StepMode, not {step_mode!r}")
        if frequency < 1:
            raise ArgumentError(f"the frequency of a learning rate scheduler must be at least 1, not {frequency}")
        self._scheduler = scheduler
        self._step_mode = step_mode
        self._frequency = frequency

    def step(self, *args: Any, **kwargs: Any) -> None:
        """Step the scheduler.

        Parameters:
            args: passed on, such as the metric that ``ReduceLROnPlateau`` wants.
            kwargs: passed on.
        """
        self._scheduler.step(*args, **kwargs)

    def get_last_lr(self) -> List[float]:
        """Return the learning rate of each parameter group."""
        rates: List[float] = self._scheduler.get_last_lr()
        return rates

    def state_dict(self) -> Dict[Any, Any]:
        """Return the scheduler's state."""
        state: Dict[Any, Any] = self._scheduler.state_dict()
        return state

    def load_state_dict(self, state_dict: Dict[Any, Any]) -> None:
        """Take a state back.

        Parameters:
            state_dict: from `state_dict`.
        """
        self._scheduler.load_state_dict(state_dict)

    def step_after(self, batch_idx: int, aggregation_frequency: int, epoch_length: int) -> None:
        """Step as often as is due after an update of the weights.

        Parameters:
            batch_idx: the number of the last batch of the update.
            aggregation_frequency: batches of an update.
            epoch_length: batches of an epoch.
        """
        for _ in range(count_steps(self._step_mode, self._frequency, batch_idx, aggregation_frequency, epoch_length)):
            self.step()


def count_steps(
    mode: LRScheduler.StepMode, frequency: int, batch_idx: int, aggregation_frequency: int, epoch_length: int
) -> int:
    """Return how often a scheduler is to be stepped after an update of the weights; see `LRScheduler.step_after`."""
    done = batch_idx + 1
    if mode is LRScheduler.StepMode.STEP_EVERY_BATCH:
        return done // frequency - (done - aggregation_frequency) // frequency
    if mode is LRScheduler.StepMode.STEP_EVERY_OPTIMIZER_STEP:
        return int(done // aggregation_frequency % frequency == 0)
    if mode is LRScheduler.StepMode.STEP_EVERY_EPOCH:
        # The epochs that no later update belongs to.
        here, following = batch_idx // epoch_length, (batch_idx + aggregation_frequency) // epoch_length
        return following // frequency - here // frequency
    return 0
