"""Loading data so that a training can be shared by ranks and go on where it stopped."""

from __future__ import annotations

import logging
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Set, Type, Union

import numpy
import torch
import torch.utils.data

from determined.errors import ArgumentError

from . import samplers
from ._worker_seeds import NumberedBatches, SeededDataset

logger = logging.getLogger("determined.pytorch")

TorchData = Union[Dict[str, torch.Tensor], Sequence[torch.Tensor], torch.Tensor]
"""A batch: a tensor, a sequence of tensors, or a dict of them."""

_ARRAY_KINDS = "fciub"


class DataLoader:
    """Describes how to load data; the trainer makes loaders of it that repeat, share among ranks, and skip.

    It takes what ``torch.utils.data.DataLoader`` takes. Shuffling is seeded: the order of all epochs is the same on
    all ranks, and the same after a training was interrupted. Iterating over it gives the data once, unshared.

    Parameters:
        dataset: with ``__getitem__`` and ``__len__``.
        batch_size: records of a batch.
        shuffle: give the records in another order each epoch.
        sampler: gives the positions to load; instead of ``shuffle``.
        batch_sampler: gives lists of positions; instead of ``batch_size``, ``shuffle``, ``sampler``, ``drop_last``.
        num_workers: processes that load; 0 to load in this one.
        collate_fn: makes a batch of a list of records.
        pin_memory: load into pinned memory, from which copying to a GPU is faster.
        drop_last: leave out a last batch that is smaller.
        timeout: seconds to wait for a worker; 0 for ever.
        worker_init_fn: called in each worker with its number.
        multiprocessing_context: how workers are started.
        generator: the ``torch.Generator`` to shuffle with. Defaults to torch's own.
        prefetch_factor: batches that each worker loads ahead. Defaults to 2 if there are workers.
        persistent_workers: keep the workers between passes.

    Raises:
        ValueError: the dataset is an iterable one, or arguments contradict.
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: Optional[int] = 1,
        shuffle: bool = False,
        sampler: Any = None,
        batch_sampler: Any = None,
        num_workers: int = 0,
        collate_fn: Optional[Callable[[List[Any]], Any]] = None,
        pin_memory: bool = False,
        drop_last: bool = False,
        timeout: float = 0,
        worker_init_fn: Optional[Callable[[int], None]] = None,
        multiprocessing_context: Any = None,
        generator: Any = None,
        *,
        prefetch_factor: Optional[int] = None,
        persistent_workers: bool = False,
    ) -> None:
        _check_loading(dataset, num_workers, timeout, prefetch_factor, persistent_workers)
        _check_sampling(batch_size, shuffle, sampler, batch_sampler, drop_last)
        self.dataset = dataset
        self.batch_size = batch_size
        self.num_workers = num_workers
        self.collate_fn = collate_fn
        self.pin_memory = pin_memory
        self.drop_last = drop_last
        self.timeout = timeout
        self.worker_init_fn = worker_init_fn
        self.multiprocessing_context = multiprocessing_context
        self.generator = generator
        self.prefetch_factor = prefetch_factor
        self.persistent_workers = persistent_workers
        if batch_sampler is None:
            if sampler is None and shuffle:
                # With a generator of their own, users decide how it is seeded.
                sampler = (
                    samplers.SeededShuffleSampler(len(dataset))
                    if generator is None
                    else torch.utils.data.RandomSampler(dataset, generator=generator)
                )
            elif sampler is None:
                sampler = torch.utils.data.SequentialSampler(dataset)
            batch_sampler = torch.utils.data.BatchSampler(sampler, batch_size or 1, drop_last)
        self.sampler = sampler
        self.batch_sampler: Any = batch_sampler
        self._plain: Any = None

    def get_data_loader(self, repeat: bool = False, skip: int = 0, num_replicas: int = 1, rank: int = 0) -> Any:
        """Return a ``torch.utils.data.DataLoader``.

        Parameters:
            repeat: begin again for ever.
            skip: batches to leave out at the beginning; they are not loaded.
            num_replicas: how many ranks share the batches.
            rank: which of them this is.
        """
        return self._build(self.dataset, adapt_batch_sampler(self.batch_sampler, repeat, skip, num_replicas, rank))

    def __iter__(self) -> Iterator[Any]:
        if self._plain is None:
            self._plain = self.get_data_loader()
        return iter(self._plain)

    def __len__(self) -> int:
        return len(self.batch_sampler)

    # --- for the trainer --------------------------------------------------------------------------------------------

    @property
    def is_shuffled(self) -> bool:
        """Whether this loader itself decides about the order."""
        return isinstance(self.sampler, samplers.SeededShuffleSampler)

    def draw_seed(self) -> Optional[int]:
        """Return a seed for the order of all epochs; None if the order is not this loader's to choose."""
        return self.sampler.draw_seed() if self.is_shuffled else None

    def build_training_loader(self, skip: int, num_replicas: int, rank: int, worker_seed: int) -> Any:
        """Return the loader of one rank for a whole training.

        Parameters:
            skip: batches that were trained before.
            num_replicas: how many ranks there are.
            rank: which of them this is.
            worker_seed: random numbers of workers follow from it and the number of the batch.
        """
        dataset = self.dataset
        batches = adapt_batch_sampler(self.batch_sampler, True, skip, num_replicas, rank)
        if self.num_workers > 0 and self.worker_init_fn is None:
            dataset = SeededDataset(dataset, worker_seed + rank)
            batches = NumberedBatches(batches, skip)
        return self._build(dataset, batches)

    def build_validation_loader(self, num_replicas: int, rank: int, seed: int) -> Any:
        """Return the loader of one rank for validations; it draws no random numbers of the training's.

        Parameters:
            num_replicas: how many ranks there are.
            rank: which of them this is.
            seed: of workers, and of the order if it is shuffled.
        """
        if self.is_shuffled:
            self.sampler.begin_with(seed)
        generator = self.generator
        if generator is None:
            generator = torch.Generator()
            generator.manual_seed(seed % (1 << 63))
        return self._build(
            self.dataset, adapt_batch_sampler(self.batch_sampler, False, 0, num_replicas, rank), generator
        )

    def _build(self, dataset: Any, batch_sampler: Any, generator: Any = None) -> Any:
        options: Dict[str, Any] = {}
        if self.prefetch_factor is not None:
            options["prefetch_factor"] = self.prefetch_factor
        return torch.utils.data.DataLoader(
            dataset,
            batch_sampler=batch_sampler,
            num_workers=self.num_workers,
            collate_fn=self.collate_fn,
            pin_memory=self.pin_memory,
            timeout=self.timeout,
            worker_init_fn=self.worker_init_fn,
            multiprocessing_context=self.multiprocessing_context,
            generator=self.generator if generator is None else generator,
            persistent_workers=self.persistent_workers,
            **options,
        )


def adapt_batch_sampler(
    batch_sampler: Any, repeat: bool = False, skip: int = 0, num_replicas: int = 1, rank: int = 0
) -> Any:
    """Return a batch sampler that repeats another, shares it among ranks, and skips.

    Parameters:
        batch_sampler: gives the batches.
        repeat: begin again for ever.
        skip: batches of this rank to leave out at the beginning.
        num_replicas: how many ranks share the batches.
        rank: which of them this is.
    """
    if repeat:
        batch_sampler = samplers.RepeatBatchSampler(batch_sampler)
    if num_replicas > 1:
        batch_sampler = samplers.DistributedBatchSampler(batch_sampler, num_replicas, rank)
    if skip > 0:
        batch_sampler = samplers.SkipBatchSampler(batch_sampler, skip)
    return batch_sampler


def data_length(data: Any) -> int:
    """Return how many records a batch holds: of a dict or a sequence, those of its first element.

    Parameters:
        data: a tensor, an array, or a dict, list or tuple of these.

    Raises:
        ValueError: it is an empty dict, list or tuple.
        TypeError: it is something else.
    """
    if isinstance(data, (torch.Tensor, numpy.ndarray)):
        return len(data)
    if isinstance(data, (Mapping, list, tuple)):
        if not data:
            raise ValueError("an empty batch has no length: override get_batch_length() of the trial")
        first = next(iter(data.values())) if isinstance(data, Mapping) else data[0]
        return len(first)
    raise TypeError(
        f"the length of a batch of type {type(data).__name__} is not known: override get_batch_length() of the trial"
    )


def to_device(data: Any, device: Any, warned_types: Optional[Set[Type[Any]]] = None) -> Any:
    """Return data with all tensors in it moved to a device; arrays of numbers become tensors.

    Parameters:
        data: a tensor or array, or a dict, list or tuple of such, nested or not. Other things stay as they are.
        device: the ``torch.device``.
        warned_types: the types about which a warning was given already; it is added to.
    """
    if isinstance(data, dict):
        return {name: to_device(value, device, warned_types) for name, value in data.items()}
    if isinstance(data, list):
        return [to_device(value, device, warned_types) for value in data]
    if isinstance(data, tuple):
        return tuple(to_device(value, device, warned_types) for value in data)
    if isinstance(data, numpy.ndarray) and data.dtype.kind in _ARRAY_KINDS:
        return torch.from_numpy(data).to(device)
    if callable(getattr(data, "to", None)):
        return data.to(device)
    if warned_types is None or type(data) not in warned_types:
        logger.warning("data of type %s stay where they are: they cannot be moved to a device", type(data).__name__)
        if warned_types is not None:
            warned_types.add(type(data))
    return data


def _check_loading(
    dataset: Any, num_workers: int, timeout: float, prefetch_factor: Optional[int], persistent_workers: bool
) -> None:
    if isinstance(dataset, torch.utils.data.IterableDataset):
        raise ValueError(
            "pytorch.DataLoader cannot load iterable datasets: return a torch.utils.data.DataLoader, after"
            " context.experimental.disable_dataset_reproducibility_checks()"
        )
    if num_workers < 0:
        raise ValueError(f"num_workers must not be negative, but is {num_workers}")
    if timeout < 0:
        raise ValueError(f"timeout must not be negative, but is {timeout}")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError("prefetch_factor needs num_workers > 0")
    if num_workers == 0 and persistent_workers:
        raise ValueError("persistent_workers needs num_workers > 0")


def _check_sampling(
    batch_size: Optional[int], shuffle: bool, sampler: Any, batch_sampler: Any, drop_last: bool
) -> None:
    if sampler is not None and shuffle:
        raise ValueError("sampler and shuffle cannot be given together")
    if batch_sampler is not None:
        if batch_size != 1 or shuffle or sampler is not None or drop_last:
            raise ValueError("batch_sampler cannot be given together with batch_size, shuffle, sampler or drop_last")
    elif batch_size is None:
        raise ValueError("batch_size or batch_sampler is needed")
    elif isinstance(batch_size, int) and batch_size < 1:
        raise ArgumentError(f"batch_size must be at least 1, but is {batch_size}")
