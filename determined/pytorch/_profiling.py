"""The profiler of torch, with traces for TensorBoard."""

from __future__ import annotations

import pathlib
from typing import Any, Mapping, Optional, Sequence

import torch.profiler


def make_profiler(path: Optional[pathlib.Path], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
    """Return a profiler that leaves its traces in the TensorBoard directory.

    Parameters:
        path: the directory; None for the one that TensorBoard writers of torch use.
        args: of ``torch.profiler.profile``.
        kwargs: of it.
    """
    handler = torch.profiler.tensorboard_trace_handler(str(path or "runs"))
    return torch.profiler.profile(*args, **{"on_trace_ready": handler, **kwargs})
