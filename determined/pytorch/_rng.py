"""The state of random generators, in types that anybody can load."""

from __future__ import annotations

import logging
import random
from typing import Any, Dict, Mapping

import numpy
import torch

logger = logging.getLogger("determined.pytorch")


def get_rng_state(device: Any) -> Dict[str, Any]:
    """Return the state of the random generators of Python, NumPy and torch.

    Parameters:
        device: the ``torch.device`` of the training.
    """
    name, keys, position, has_gauss, gauss = numpy.random.get_state()
    state: Dict[str, Any] = {
        "cpu_rng_state": torch.random.get_rng_state(),
        # Numbers instead of an array, which torch refuses to load from files that are not trusted.
        "np_rng_state": (str(name), [int(key) for key in keys], int(position), int(has_gauss), float(gauss)),
        "random_rng_state": random.getstate(),
    }
    if device.type == "cuda":
        state["gpu_rng_state"] = torch.cuda.get_rng_state(device)
    return state


def set_rng_state(state: Mapping[str, Any], device: Any) -> None:
    """Put the random generators into a state.

    Parameters:
        state: from `get_rng_state`, or of a checkpoint of an earlier release.
        device: the ``torch.device`` of the training.
    """
    torch.random.set_rng_state(state["cpu_rng_state"].cpu())
    name, keys, *rest = state["np_rng_state"]
    numpy.random.set_state((name, numpy.asarray(keys, dtype=numpy.uint32), *rest))
    version, numbers, gauss = state["random_rng_state"]
    random.setstate((version, tuple(numbers), gauss))
    has_gpu = device.type == "cuda"
    if has_gpu and "gpu_rng_state" in state:
        torch.cuda.set_rng_state(state["gpu_rng_state"].cpu(), device)
    elif has_gpu:
        logger.warning("the checkpoint holds no random state of a GPU: the GPU's is not restored")
    elif "gpu_rng_state" in state:
        logger.warning("the checkpoint holds the random state of a GPU, but there is none")
