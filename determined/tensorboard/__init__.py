"""Files for TensorBoard: written by a trial, stored beside its checkpoints."""

from __future__ import annotations

from ._manager import TensorboardManager, build, get_base_path, get_storage_path
from ._names import get_rank_aware_path

__all__ = ["TensorboardManager", "build", "get_base_path", "get_rank_aware_path", "get_storage_path"]
