"""Checkpoints of trained models: their data, their files, their order."""

from .._enums import CheckpointSortBy, CheckpointState
from .._old_names import old_names
from ._checkpoint import Checkpoint, CheckpointTrainingMetadata
from ._download import DownloadMode
from ._load import ModelFramework

__all__ = [
    "Checkpoint",
    "CheckpointSortBy",
    "CheckpointState",
    "CheckpointTrainingMetadata",
    "DownloadMode",
    "ModelFramework",
]

__getattr__, __dir__ = old_names(__name__, "CheckpointOrderBy")
