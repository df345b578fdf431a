"""What differs between one process and several: a small interface for each way."""

from __future__ import annotations

import abc
import contextlib
import logging
import os
from typing import TYPE_CHECKING, Any, Iterator, List, Mapping, Optional

import torch
import torch.distributed

from determined import errors
from determined.errors import ArgumentError

if TYPE_CHECKING:
    from determined import core

logger = logging.getLogger("determined.pytorch")

TORCH_FLAG = "USE_TORCH_DISTRIBUTED"
_REMOVED = {"USE_HOROVOD": "Horovod", "USE_DEEPSPEED": "DeepSpeed"}


class Backend(abc.ABC):
    """How a model is trained by the processes of a training."""

    @abc.abstractmethod
    def wrap(self, model: Any, device: Any, options: Mapping[str, Any]) -> Any:
        """Return what trains a model that is on a device already."""

    @abc.abstractmethod
    def no_sync(self, models: List[Any]) -> contextlib.AbstractContextManager[None]:
        """Return a context within which gradients stay in their process."""

    @abc.abstractmethod
    def average_gradients(self, parameters: List[Any]) -> None:
        """Average gradients over the processes that were kept from it."""


class SingleProcess(Backend):
    """One process: nothing to do."""

    def wrap(self, model: Any, device: Any, options: Mapping[str, Any]) -> Any:
        return model

    def no_sync(self, models: List[Any]) -> contextlib.AbstractContextManager[None]:
        return contextlib.nullcontext()

    def average_gradients(self, parameters: List[Any]) -> None:
        pass


class TorchDistributed(Backend):
    """Processes that average their gradients with ``DistributedDataParallel``."""

    def wrap(self, model: Any, device: Any, options: Mapping[str, Any]) -> Any:
        if not any(parameter.requires_grad for parameter in model.parameters()):
            # There are no gradients to average.
            return model
        if device.type == "cuda":
            options = {"device_ids": [device.index], "output_device": device.index, **options}
        return ParallelModel(model, **options)

    @contextlib.contextmanager
    def no_sync(self, models: List[Any]) -> Iterator[None]:
        with contextlib.ExitStack() as stack:
            for model in models:
                if isinstance(model, torch.nn.parallel.DistributedDataParallel):
                    stack.enter_context(model.no_sync())
            yield

    def average_gradients(self, parameters: List[Any]) -> None:
        size = torch.distributed.get_world_size()
        for parameter in parameters:
            if parameter.grad is not None:
                torch.distributed.all_reduce(parameter.grad)
                parameter.grad.div_(size)


_Parallel: Any = torch.nn.parallel.DistributedDataParallel


class ParallelModel(_Parallel):  # type: ignore[misc]
    """A model in ``DistributedDataParallel`` that has the attributes of the model as well."""

    def __getattr__(self, name: str) -> Any:
        try:
            return super().__getattr__(name)
        except AttributeError:
            return getattr(super().__getattr__("module"), name)


def choose_backend(distributed: core.DistributedContext) -> Backend:
    """Return the backend for the processes of a training.

    Raises:
        InvalidExperimentException: the launcher is of a framework that is not supported any more.
    """
    for flag, name in _REMOVED.items():
        if os.environ.get(flag) and distributed.size > 1 and not is_ready():
            raise errors.InvalidExperimentException(
                f"PyTorchTrial does not train with {name}: start the ranks with determined.launch.torch_distributed"
            )
    return SingleProcess() if distributed.size == 1 else TorchDistributed()


def check_ready(distributed: core.DistributedContext) -> None:
    """Check that the processes of a training can exchange gradients.

    Raises:
        AssertionError: there are several, and torch does not know of it.
    """
    if distributed.size > 1 and not is_ready():
        raise ArgumentError(
            f"there are {distributed.size} processes, but torch.distributed was not initialized: call"
            " torch.distributed.init_process_group() first"
        )


def is_ready() -> bool:
    """Return whether torch knows about the other processes."""
    return bool(torch.distributed.is_available() and torch.distributed.is_initialized())


def join_processes() -> bool:
    """Make torch know about the other processes, from torchrun's variables; say whether that was to be done."""
    if is_ready():
        return False
    torch.distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    return True


def choose_device(distributed: core.DistributedContext) -> Any:
    """Return the ``torch.device`` of this process: its GPU if there are any, else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    device = torch.device("cuda", distributed.local_rank if distributed.size > 1 else 0)
    torch.cuda.set_device(device)
    return device


def unwrap(model: Any) -> Any:
    """Return the user's model without what was put around it for training."""
    while True:
        if isinstance(model, torch.nn.parallel.DistributedDataParallel):
            model = model.module
            continue
        inner: Optional[Any] = getattr(model, "_orig_mod", None)
        if not isinstance(inner, torch.nn.Module):
            return model
        model = inner
