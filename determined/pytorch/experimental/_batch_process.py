"""Running something over all batches of a dataset, shared among the ranks of a trial, stopped and resumed."""

from __future__ import annotations

import abc
import contextlib
import json
import logging
import os
import pathlib
import tempfile
import uuid
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Optional, Set, Type

import torch
import torch.utils.data

from determined import errors
from determined._info import get_cluster_info
from determined.common.storage.base import list_directory
from determined.core._init import init as init_core
from determined.core._tensorboard import TensorboardMode
from determined.tensorboard import get_rank_aware_path

from .. import _backend
from .._data import adapt_batch_sampler, to_device
from .._init import join
from .._ranks import on_chief
from .._reducer import ReducerContext

if TYPE_CHECKING:
    from determined import core
    from determined._info import ClusterInfo
    from determined.common.experimental.checkpoint import Checkpoint
    from determined.common.experimental.model import ModelVersion

logger = logging.getLogger("determined.pytorch")

_PROGRESS_FILE = "batch_completed.json"


class TorchBatchProcessorContext(ReducerContext):
    """What a `TorchBatchProcessor` asks of the trial it runs in.

    Parameters:
        core_context: the Core API's context.
        storage_path: where in the checkpoint storage the output of all ranks goes.

    Attributes:
        device: the ``torch.device`` of this rank.
        distributed: the other ranks.
    """

    def __init__(self, core_context: core.Context, storage_path: str) -> None:
        super().__init__(core_context.distributed.allgather)
        self._core = core_context
        self._storage_path = storage_path
        self.device = get_default_device(core_context)
        self.distributed = core_context.distributed

    def to_device(self, data: Any, warned_types: Optional[Set[Type[Any]]] = None) -> Any:
        """Return data with all tensors in it moved to the device; arrays of numbers become tensors.

        Parameters:
            data: a tensor or array, or a dict, list or tuple of such, nested or not.
            warned_types: the types about which a warning was given already.
        """
        return to_device(data, self.device, warned_types)

    def get_hparams(self) -> Dict[str, Any]:
        """Return the hyperparameters of the trial."""
        info = self._core.info
        if info is None:
            raise errors.InternalException("there is no trial")
        return info.trial.hparams

    def get_distributed_rank(self) -> int:
        """Return this process's rank among all."""
        return self.distributed.rank

    def get_distributed_size(self) -> int:
        """Return how many ranks there are."""
        return self.distributed.size

    def get_tensorboard_path(self) -> Optional[pathlib.Path]:
        """Return the directory whose files become the trial's TensorBoard."""
        return self._core.train.get_tensorboard_path()

    def prepare_model_for_inference(self, model: Any) -> Any:
        """Return a model moved to the device and set to evaluate.

        Parameters:
            model: the ``torch.nn.Module``.
        """
        model.eval()
        return model.to(self.device)

    @contextlib.contextmanager
    def upload_path(self) -> Iterator[pathlib.Path]:
        """Give a directory to write to; what is written is stored with the output of this rank.

        Returns:
            The directory, which lasts as long as the block.
        """
        with tempfile.TemporaryDirectory(prefix="determined-output-") as name:
            folder = pathlib.Path(name)
            yield folder
            place = f"{self._storage_path}/rank_{self.distributed.rank}"
            self._core.checkpoint._storage.upload(folder, place, sorted(list_directory(folder)))

    def report_metrics(self, group: str, steps_completed: int, metrics: Dict[str, Any]) -> None:
        """Report metrics of any group.

        Parameters:
            group: its name.
            steps_completed: how many batches are done.
            metrics: names and values.
        """
        self._core.train.report_metrics(group, steps_completed, metrics)

    def report_task_using_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Report that this trial uses a checkpoint; the chief's report counts.

        Parameters:
            checkpoint: the checkpoint.
        """
        if self.distributed.rank == 0:
            self._core.experimental.report_task_using_checkpoint(checkpoint)

    def report_task_using_model_version(self, model_version: ModelVersion) -> None:
        """Report that this trial uses a version of a model; the chief's report counts.

        Parameters:
            model_version: the version.
        """
        if self.distributed.rank == 0:
            self._core.experimental.report_task_using_model_version(model_version)


class TorchBatchProcessor(abc.ABC):
    """What is done with each batch; users write a subclass and pass it to `torch_batch_process`."""

    @abc.abstractmethod
    def __init__(self, context: TorchBatchProcessorContext) -> None:
        """Prepare, such as by loading a model.

        Parameters:
            context: what the processor may ask of its trial.
        """

    @abc.abstractmethod
    def process_batch(self, batch: Any, batch_idx: int) -> None:
        """Process a batch.

        Parameters:
            batch: from the loader; it is where the dataset has put it, see `TorchBatchProcessorContext.to_device`.
            batch_idx: the number of the batch among those of this rank, from 0.
        """

    def on_checkpoint_start(self) -> None:  # noqa: B027 - optional
        """Called before it is stored how far the work is; results must be safe when it returns."""

    def on_finish(self) -> None:  # noqa: B027 - optional
        """Called when all batches are done."""


def get_default_device(core_context: core.Context) -> Any:
    """Return the ``torch.device`` of this rank: its GPU if there are any, else the CPU.

    Parameters:
        core_context: the Core API's context.
    """
    return _backend.choose_device(core_context.distributed)


def torch_batch_process(
    batch_processor_cls: Type[TorchBatchProcessor],
    dataset: Any,
    batch_size: Optional[int] = None,
    max_batches: Optional[int] = None,
    checkpoint_interval: int = 5,
    dataloader_kwargs: Optional[Dict[str, Any]] = None,
    distributed_context: Optional[core.DistributedContext] = None,
) -> None:
    """Process all batches of a dataset in a trial of a cluster; its ranks share them.

    How far it is, is stored from time to time, so that a trial that was paused or failed goes on from there.

    Parameters:
        batch_processor_cls: what is done with each batch.
        dataset: with ``__getitem__`` and ``__len__``.
        batch_size: records of a batch. Defaults to 1.
        max_batches: the most batches to process, of all ranks together. Defaults to all.
        checkpoint_interval: batches of each rank after which it is stored how far the work is.
        dataloader_kwargs: further arguments of ``torch.utils.data.DataLoader``; none that change the order.
        distributed_context: the other ranks. Defaults to those that the launcher has started.

    Raises:
        ValueError: arguments contradict, or the dataset has no length.
        RuntimeError: this is no trial of a cluster.
    """
    options = dict(dataloader_kwargs or {})
    size = _check_arguments(dataset, batch_size, checkpoint_interval, options)
    info = get_cluster_info()
    if info is None or info.task_type != "TRIAL":
        raise RuntimeError("torch_batch_process only works in trials of a cluster")
    with contextlib.ExitStack() as stack:
        if distributed_context is None and os.environ.get(_backend.TORCH_FLAG):
            distributed_context = join(stack)
        core_context = stack.enter_context(
            init_core(distributed=distributed_context, tensorboard_mode=TensorboardMode.MANUAL)
        )
        work = _Work(core_context, info, dataset, size, _check_limit(max_batches), options)
        work.run(batch_processor_cls, checkpoint_interval)


class _Work:
    def __init__(
        self,
        core_context: core.Context,
        info: ClusterInfo,
        dataset: Any,
        batch_size: int,
        max_batches: Optional[int],
        options: Dict[str, Any],
    ) -> None:
        self._core = core_context
        self._distributed = core_context.distributed
        self._dataset = dataset
        drop_last = bool(options.pop("drop_last", False))
        sampler = torch.utils.data.SequentialSampler(dataset)
        self._batches = torch.utils.data.BatchSampler(sampler, batch_size, drop_last)
        self._options = options
        total = len(self._batches)
        self._total = total if max_batches is None else min(total, max_batches)
        self._done = 0
        self.output = str(uuid.uuid4())
        found = on_chief(self._distributed, lambda: self._read_progress(info))
        if found is not None:
            self._done, self.output = found
        self.output = self._distributed.broadcast(self.output)

    def run(self, processor_class: Type[TorchBatchProcessor], interval: int) -> None:
        """Process what is left."""
        context = TorchBatchProcessorContext(self._core, self.output)
        processor = processor_class(context)
        ranks, rank = self._distributed.size, self._distributed.rank
        loader = torch.utils.data.DataLoader(
            self._dataset,
            batch_sampler=adapt_batch_sampler(self._batches, False, self._done, ranks, rank),
            **self._options,
        )
        batches = iter(loader)
        rounds = -(-self._total // ranks)
        for batch_idx in range(self._done, rounds):
            # The last round may have less batches than ranks.
            if batch_idx * ranks + rank < self._total:
                processor.process_batch(next(batches), batch_idx)
            self._done = batch_idx + 1
            if self._done % interval == 0 or self._done == rounds:
                self._store(processor, rounds)
                if self._done < rounds and self._core.preempt.should_preempt():
                    return
        processor.on_finish()
        metrics = context.reduce_metrics(for_training=False)
        if metrics and rank == 0:
            self._core.train.report_validation_metrics(steps_completed=self._done, metrics=metrics)

    def _store(self, processor: TorchBatchProcessor, rounds: int) -> None:
        processor.on_checkpoint_start()
        self._core.train.upload_tensorboard_files(self._is_wanted, get_rank_aware_path)
        done: List[int] = self._distributed.allgather(self._done)
        on_chief(self._distributed, lambda: self._write_progress(min(done), rounds))

    def _write_progress(self, done: int, rounds: int) -> None:
        metadata = {"steps_completed": done, "default_output_uuid": self.output}
        with self._core.checkpoint.store_path(metadata) as (folder, _):
            (folder / _PROGRESS_FILE).write_text(json.dumps({"steps_completed": done}), encoding="utf-8")
        self._core.train.report_progress(done / rounds)

    def _read_progress(self, info: ClusterInfo) -> Any:
        if info.latest_checkpoint is None:
            return None
        metadata = self._core.checkpoint.get_metadata(info.latest_checkpoint)
        return int(metadata["steps_completed"]), str(metadata["default_output_uuid"])

    def _is_wanted(self, path: pathlib.Path) -> bool:
        return self._distributed.rank == 0 or "tfevents" not in path.name


def _check_arguments(dataset: Any, batch_size: Optional[int], interval: int, options: Dict[str, Any]) -> int:
    """Return the batch size; take it out of the loader's options."""
    if isinstance(dataset, torch.utils.data.IterableDataset) or not hasattr(dataset, "__len__"):
        raise ValueError("the dataset must have a length")
    if interval <= 0:
        raise ValueError(f"checkpoint_interval must be at least 1, not {interval}")
    if options.pop("shuffle", False):
        raise ValueError("the data of a batch process cannot be shuffled")
    for name in ("sampler", "batch_sampler"):
        if options.pop(name, None) is not None:
            raise ValueError(f"{name} cannot be given: the batches are shared among the ranks in order")
    if "batch_size" in options:
        if batch_size is not None:
            raise ValueError("batch_size is given twice: as an argument and in dataloader_kwargs")
        batch_size = options.pop("batch_size")
    return 1 if batch_size is None else batch_size


def _check_limit(max_batches: Optional[int]) -> Optional[int]:
    if max_batches is not None and max_batches <= 0:
        logger.warning("max_batches must be at least 1: %s has no effect", max_batches)
        return None
    return max_batches
