"""Where the batches of a training come from."""

from __future__ import annotations

import logging
import sys
from typing import Any, Dict, Optional

import torch

from ._data import DataLoader

logger = logging.getLogger("determined.pytorch")


class DataPosition:
    """What decides about the order of the data, as it is stored with checkpoints.

    Attributes:
        seed: of the order of all epochs, and of workers; the same on all ranks.
        generator: the state of the user's generator before the first batch.
    """

    def __init__(self, seed: int, generator: Any = None) -> None:
        self.seed = seed
        self.generator = generator

    def to_state(self) -> Dict[str, Any]:
        """Return it in plain types."""
        return {"seed": self.seed, "generator": self.generator}

    @classmethod
    def from_state(cls, state: Dict[str, Any]) -> DataPosition:
        """Return what `to_state` has returned."""
        return cls(int(state["seed"]), state.get("generator"))


class BatchSource:
    """Gives batches for ever; begins again when a loader has ended.

    Parameters:
        loader: a loader of torch, or anything else that can be iterated over.
        epoch: the number of the epoch that it begins with.
    """

    def __init__(self, loader: Any, epoch: int = 0) -> None:
        self._loader = loader
        self._epoch = epoch
        self._iterator: Any = None

    def begin(self) -> None:
        """Begin a pass over the data."""
        set_epoch = getattr(getattr(self._loader, "sampler", None), "set_epoch", None)
        if callable(set_epoch):
            set_epoch(self._epoch)
        self._iterator = iter(self._loader)

    def take(self) -> Any:
        """Return the next batch.

        Raises:
            RuntimeError: the loader has none.
        """
        if self._iterator is None:
            self.begin()
        try:
            return next(self._iterator)
        except StopIteration:
            self._epoch += 1
            self.begin()
        try:
            return next(self._iterator)
        except StopIteration:
            raise RuntimeError(
                "the training data loader gives no batch: it is empty, or has ended and cannot begin again"
            ) from None

    def close(self) -> None:
        """End the loader's workers."""
        self._iterator = None

    def get_state(self) -> Optional[Dict[str, Any]]:
        """Return the state of a loader that has one, such as ``torchdata.stateful_dataloader``; else None."""
        if callable(getattr(self._loader, "load_state_dict", None)):
            state: Dict[str, Any] = self._loader.state_dict()
            return state
        return None

    def set_state(self, state: Optional[Dict[str, Any]]) -> None:
        """Give the loader its state back."""
        if state is not None and callable(getattr(self._loader, "load_state_dict", None)):
            self._loader.load_state_dict(state)
            self._iterator = None


def position_of(loader: Any) -> DataPosition:
    """Return a position at the beginning of the data."""
    generator = getattr(loader, "generator", None) if isinstance(loader, DataLoader) else None
    seed = loader.draw_seed() if isinstance(loader, DataLoader) else None
    if seed is None:
        seed = int(torch.initial_seed() % (1 << 62))
    return DataPosition(seed, None if generator is None else generator.get_state())


def restore_position(loader: Any, position: DataPosition) -> None:
    """Let a loader begin with the order that belongs to a position."""
    if not isinstance(loader, DataLoader):
        return
    if loader.is_shuffled:
        loader.sampler.begin_with(position.seed)
    elif loader.generator is not None and position.generator is not None:
        loader.generator.set_state(position.generator)


def length_of(loader: Any) -> int:
    """Return the batches of an epoch; practically infinite if the loader does not know."""
    try:
        found = len(loader)
    except (TypeError, NotImplementedError):
        return sys.maxsize
    if found < 1:
        raise RuntimeError("the training data loader has no batches")
    return found
