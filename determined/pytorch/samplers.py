"""Samplers that repeat, share, skip and shuffle what another sampler gives.

For custom sampling they are put around each other: first shuffle, then repeat, then share among the ranks, then make
batches, then skip what was trained before::

    sampler = torch.utils.data.SequentialSampler(dataset)
    sampler = samplers.ReproducibleShuffleSampler(sampler, context.get_trial_seed())
    sampler = samplers.RepeatSampler(sampler)
    sampler = samplers.DistributedSampler(sampler, context.distributed.size, context.distributed.rank)
    batches = torch.utils.data.BatchSampler(sampler, batch_size, drop_last=False)
    batches = samplers.SkipBatchSampler(batches, context.get_initial_batch())

`determined.pytorch.DataLoader` does all of that by itself.
"""

from __future__ import annotations

import itertools
from typing import Any, Iterator, Optional

import numpy
import torch.utils.data

# Where torch is not installed to check types against, its classes are Any.
_Sampler: Any = torch.utils.data.Sampler
_BatchSampler: Any = torch.utils.data.BatchSampler

__all__ = [
    "DistributedBatchSampler",
    "DistributedSampler",
    "RepeatBatchSampler",
    "RepeatSampler",
    "ReproducibleShuffleBatchSampler",
    "ReproducibleShuffleSampler",
    "SkipBatchSampler",
    "SkipSampler",
]


class RepeatSampler(_Sampler):  # type: ignore[misc]
    """Begins again, for ever, when a sampler has ended.

    Its length is that of one pass.

    Parameters:
        sampler: gives the items.
    """

    def __init__(self, sampler: Any) -> None:
        self._sampler = sampler

    def __len__(self) -> int:
        return len(self._sampler)

    def __iter__(self) -> Iterator[Any]:
        while True:
            is_empty = True
            for item in self._sampler:
                is_empty = False
                yield item
            if is_empty:
                # To begin again would never end.
                return


class RepeatBatchSampler(_BatchSampler):  # type: ignore[misc]
    """Begins again, for ever, when a batch sampler has ended.

    Parameters:
        batch_sampler: gives the batches.
    """

    def __init__(self, batch_sampler: Any) -> None:
        self.batch_sampler = batch_sampler

    def __len__(self) -> int:
        return len(self.batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        return iter(RepeatSampler(self.batch_sampler))


class DistributedSampler(_Sampler):  # type: ignore[misc]
    """Gives one rank its share of a sampler's items: each ``num_workers``-th one.

    Parameters:
        sampler: gives the items; the same on all ranks.
        num_workers: how many ranks share.
        rank: which of them this is.
    """

    def __init__(self, sampler: Any, num_workers: int, rank: int) -> None:
        self._sampler = sampler
        self._num_workers = num_workers
        self._rank = rank

    def __len__(self) -> int:
        return _share_of(len(self._sampler), self._num_workers, self._rank)

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(iter(self._sampler), self._rank, None, self._num_workers)


class DistributedBatchSampler(_BatchSampler):  # type: ignore[misc]
    """Gives one rank its share of a batch sampler's batches: each ``num_workers``-th one.

    Parameters:
        batch_sampler: gives the batches; the same on all ranks.
        num_workers: how many ranks share.
        rank: which of them this is.

    Raises:
        ValueError: there is no such rank.
    """

    def __init__(self, batch_sampler: Any, num_workers: int, rank: int) -> None:
        if rank < 0 or rank >= num_workers:
            raise ValueError(f"rank {rank} must be at least 0 and less than the number of ranks, {num_workers}")
        self.batch_sampler = batch_sampler
        self.num_workers = num_workers
        self.rank = rank

    def __len__(self) -> int:
        return _share_of(len(self.batch_sampler), self.num_workers, self.rank)

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(iter(self.batch_sampler), self.rank, None, self.num_workers)


class SkipSampler(_Sampler):  # type: ignore[misc]
    """Leaves out the first items of each iteration.

    Its length is that of the sampler, as if nothing was left out.

    Parameters:
        sampler: gives the items.
        skip: how many to leave out; if there are fewer, nothing is left.
    """

    def __init__(self, sampler: Any, skip: int) -> None:
        self._sampler = sampler
        self._skip = skip

    def __len__(self) -> int:
        return len(self._sampler)

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(iter(self._sampler), self._skip, None)


class SkipBatchSampler(_BatchSampler):  # type: ignore[misc]
    """Leaves out the first batches of each iteration.

    Its length is that of the batch sampler, as if nothing was left out.

    Parameters:
        batch_sampler: gives the batches.
        skip: how many to leave out; if there are fewer, nothing is left.
    """

    def __init__(self, batch_sampler: Any, skip: int) -> None:
        self.batch_sampler = batch_sampler
        self.skip = skip

    def __len__(self) -> int:
        return len(self.batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        return itertools.islice(iter(self.batch_sampler), self.skip, None)


class ReproducibleShuffleSampler(_Sampler):  # type: ignore[misc]
    """Shuffles what a sampler gives, each pass in another order, always the same for a seed.

    Parameters:
        sampler: gives the items; it must end.
        seed: of the shuffling.
    """

    def __init__(self, sampler: Any, seed: int) -> None:
        self._sampler = sampler
        self._random: Any = numpy.random.RandomState(seed)

    def __len__(self) -> int:
        return len(self._sampler)

    def __iter__(self) -> Iterator[Any]:
        items = list(self._sampler)
        self._random.shuffle(items)
        return iter(items)


class ReproducibleShuffleBatchSampler(_BatchSampler):  # type: ignore[misc]
    """Shuffles what a batch sampler gives, each pass in another order, always the same for a seed.

    Parameters:
        batch_sampler: gives the batches; it must end.
        seed: of the shuffling.
    """

    def __init__(self, batch_sampler: Any, seed: int) -> None:
        self.batch_sampler = batch_sampler
        self._random: Any = numpy.random.RandomState(seed)

    def __len__(self) -> int:
        return len(self.batch_sampler)

    def __iter__(self) -> Iterator[Any]:
        batches = list(self.batch_sampler)
        self._random.shuffle(batches)
        return iter(batches)


class SeededShuffleSampler(_Sampler):  # type: ignore[misc]
    """Shuffles positions of a dataset; the order of each pass follows from a seed and the number of the pass.

    Parameters:
        size: how many positions there are.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._seed: Optional[int] = None
        self._passes = 0

    def __len__(self) -> int:
        return self._size

    def draw_seed(self) -> int:
        """Return a seed, drawn from torch's random numbers."""
        return int(torch.empty((), dtype=torch.int64).random_().item())

    def begin_with(self, seed: int) -> None:
        """Let the next iteration be the first pass with a seed. Without one, each iteration draws a seed."""
        self._seed, self._passes = seed, 0

    def __iter__(self) -> Iterator[int]:
        if self._seed is None:
            seed = self.draw_seed()
        else:
            seed, self._passes = self._seed + self._passes, self._passes + 1
        order = torch.Generator()
        order.manual_seed(seed % (1 << 63))
        yield from torch.randperm(self._size, generator=order).tolist()


def _share_of(size: int, ranks: int, rank: int) -> int:
    return size // ranks + (1 if rank < size % ranks else 0)
