"""Training with PyTorch: write a `PyTorchTrial`, and let a `Trainer` train it, on one machine or a cluster."""

from __future__ import annotations

from . import samplers
from ._callback import ClipGradsL2Norm, ClipGradsL2Value, PyTorchCallback
from ._data import DataLoader, TorchData, adapt_batch_sampler, data_length, to_device
from ._experimental import PyTorchExperimentalContext
from ._files import UntrustedCheckpoint
from ._init import init
from ._load import CheckpointLoadContext, load_trial_from_checkpoint_path
from ._loop import TrainingResult
from ._lr_scheduler import LRScheduler
from ._pytorch_context import PyTorchTrialContext
from ._pytorch_trial import PyTorchTrial
from ._reducer import MetricReducer, Reducer
from ._trainer import Trainer
from ._units import Batch, Epoch, TrainUnit

__all__ = [
    "Batch",
    "CheckpointLoadContext",
    "ClipGradsL2Norm",
    "ClipGradsL2Value",
    "DataLoader",
    "Epoch",
    "LRScheduler",
    "MetricReducer",
    "PyTorchCallback",
    "PyTorchExperimentalContext",
    "PyTorchTrial",
    "PyTorchTrialContext",
    "Reducer",
    "TorchData",
    "TrainUnit",
    "Trainer",
    "TrainingResult",
    "UntrustedCheckpoint",
    "adapt_batch_sampler",
    "data_length",
    "init",
    "load_trial_from_checkpoint_path",
    "samplers",
    "to_device",
]
