"""Trials of DeepSpeed are not supported; what to do instead is told by whoever asks for their names."""

from __future__ import annotations

from typing import Any

_NAMES = (
    "DeepSpeedTrial",
    "DeepSpeedTrialContext",
    "ModelParallelUnit",
    "Trainer",
    "init",
    "make_data_parallel_mpu",
    "make_deepspeed_mpu",
    "overwrite_deepspeed_config",
)


class DeepSpeedTrialMissing(ImportError):
    """DeepSpeedTrial and its kin are not in this package."""


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        raise DeepSpeedTrialMissing(
            f"determined.pytorch.deepspeed.{name} is not supported: write a script that trains with deepspeed, reports"
            " with determined.core, and makes its distributed context with"
            " core.DistributedContext.from_torch_distributed(); start it with determined.launch.torch_distributed"
        )
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
