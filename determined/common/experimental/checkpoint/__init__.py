"""Checkpoints of trained models: their data, their files, their order."""

from ...api.wire.enums import OrderBy as CheckpointOrderBy
from ._checkpoint import (
    Checkpoint,
    CheckpointSortBy,
    CheckpointState,
    CheckpointTrainingMetadata,
)
from ._download import DownloadMode
from ._load import ModelFramework
from ._order import CheckpointOrder, hydrate_sorted, iterate_sorted, page_size

__all__ = [
    "Checkpoint",
    "CheckpointOrder",
    "CheckpointOrderBy",
    "CheckpointSortBy",
    "CheckpointState",
    "CheckpointTrainingMetadata",
    "DownloadMode",
    "ModelFramework",
    "hydrate_sorted",
    "iterate_sorted",
    "page_size",
]
