"""Training with numbers of less than 32 bits."""

from __future__ import annotations

import logging
import types
from typing import Any, Callable, Optional, Set, Type

import torch

logger = logging.getLogger("determined.pytorch")


class Precision:
    """The types that models compute in.

    Parameters:
        device: the ``torch.device``.
        dtype: ``torch.float16`` or ``torch.bfloat16``.
    """

    def __init__(self, device: Any, dtype: Any) -> None:
        self._device = device
        self._dtype = dtype
        self._warned: Set[Type[Any]] = set()

    def wrap_forward(self, model: Any) -> Any:
        """Let a model compute its forward pass in this type, and give results of 32 bits; return the model."""
        own: Optional[Callable[..., Any]] = vars(model).get("forward")

        def forward(module: Any, *args: Any, **kwargs: Any) -> Any:
            with torch.autocast(self._device.type, dtype=self._dtype):
                out = own(*args, **kwargs) if own is not None else type(module).forward(module, *args, **kwargs)
            return self._restore(out)

        # A method of the object: its class stays what it is, and a copy of the model computes with its own weights.
        model.forward = types.MethodType(forward, model)
        return model

    def _restore(self, out: Any) -> Any:
        if isinstance(out, torch.Tensor):
            return out.float() if out.dtype in (torch.float16, torch.bfloat16) else out
        if isinstance(out, dict):
            return {name: self._restore(value) for name, value in out.items()}
        if isinstance(out, list):
            return [self._restore(value) for value in out]
        if type(out) is tuple:
            return tuple(self._restore(value) for value in out)
        if type(out) not in self._warned:
            self._warned.add(type(out))
            logger.warning("results of type %s of a model are not made 32 bits wide again", type(out).__name__)
        return out


def make_scaler(device: Any, dtype: Any) -> Any:
    """Return what scales losses so that small gradients survive; it does nothing for types that need no scaling."""
    return torch.amp.GradScaler(device.type, enabled=dtype is torch.float16)
