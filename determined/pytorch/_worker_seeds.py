"""Random numbers of loader workers that depend on the batch, not on how long a worker has lived.

A worker that is started in the middle of a training would otherwise augment data with other random numbers than the
one that has loaded all batches before.
"""

from __future__ import annotations

import random
from typing import Any, Iterator, List

import numpy
import torch
import torch.utils.data


class NumberedBatch(List[int]):
    """The positions of a batch, with its number in the training."""

    number = 0


class NumberedBatches:
    """Numbers the batches of a batch sampler.

    Parameters:
        batch_sampler: gives the batches.
        first: the number of the first.
    """

    def __init__(self, batch_sampler: Any, first: int) -> None:
        self._batch_sampler = batch_sampler
        self._first = first

    def __len__(self) -> int:
        return len(self._batch_sampler)

    def __iter__(self) -> Iterator[NumberedBatch]:
        for number, positions in enumerate(self._batch_sampler, self._first):
            batch = NumberedBatch(positions)
            batch.number = number
            yield batch


class SeededDataset:
    """A dataset that seeds random generators before each numbered batch that a worker loads.

    Parameters:
        dataset: what is loaded; its attributes are found here, too.
        seed: to which the number of the batch is added.
    """

    def __init__(self, dataset: Any, seed: int) -> None:
        self.dataset = dataset
        self.seed = seed

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, position: Any) -> Any:
        return self.dataset[position]

    def __getattr__(self, name: str) -> Any:
        if name in ("dataset", "seed"):
            # Not there yet, such as while it is unpickled.
            raise AttributeError(name)
        return getattr(self.dataset, name)

    def __getitems__(self, positions: List[int]) -> List[Any]:
        number = getattr(positions, "number", None)
        if number is not None and torch.utils.data.get_worker_info() is not None:
            _seed_all(self.seed + number)
        load_all = getattr(self.dataset, "__getitems__", None)
        found: List[Any] = (
            load_all(list(positions)) if callable(load_all) else [self.dataset[position] for position in positions]
        )
        return found


def _seed_all(seed: int) -> None:
    torch.manual_seed(seed % (1 << 63))
    random.seed(seed)
    numpy.random.seed(seed % (1 << 32))
