"""Checkpoints, as the SDK shows them."""

from ..common.experimental._old_names import old_names
from ..common.experimental.checkpoint import (
    Checkpoint,
    CheckpointSortBy,
    CheckpointState,
    CheckpointTrainingMetadata,
    DownloadMode,
    ModelFramework,
)

__all__ = [
    "Checkpoint",
    "CheckpointSortBy",
    "CheckpointState",
    "CheckpointTrainingMetadata",
    "DownloadMode",
    "ModelFramework",
]

__getattr__, __dir__ = old_names(__name__, "CheckpointOrderBy")
