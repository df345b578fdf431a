"""Gradients of several batches that make one update of the weights."""

from __future__ import annotations

from typing import Any, Dict, List, NamedTuple, Tuple


class OptimizerConfig(NamedTuple):
    """How gradients for an optimizer are added up.

    Attributes:
        averages: divide them by the number of batches.
    """

    averages: bool

    def average(self, parameters: List[Any], batches: int) -> None:
        """Divide gradients by the number of batches they come from, if that is wanted."""
        if not self.averages or batches == 1:
            return
        for parameter in parameters:
            if parameter.grad is not None:
                parameter.grad.div_(batches)


class Accumulation:
    """Which optimizers have gradients that were not used yet, and how their step was asked for.

    Attributes:
        pending: of each optimizer, ``clip_grads`` and ``scaler`` of the last call of `step_optimizer`.
    """

    def __init__(self) -> None:
        self.pending: Dict[Any, Tuple[Any, Any]] = {}

    def note(self, optimizer: Any, clip_grads: Any, scaler: Any) -> None:
        """Remember how the step of an optimizer was asked for."""
        self.pending[optimizer] = (clip_grads, scaler)

    def forget(self, optimizer: Any) -> None:
        """Note that the gradients were used."""
        self.pending.pop(optimizer, None)
