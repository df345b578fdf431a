"""Calls of the REST API: checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.checkpoints import (
        Checkpoint,
        CheckpointsRemoveFilesRequest,
        DeleteCheckpointsRequest,
        PatchCheckpointsRequest,
        PostCheckpointMetadataRequest,
    )
    from ..wire.scalars import Struct


def get_checkpoint(session: BaseSession, uuid: str) -> Checkpoint:
    """Return a checkpoint."""
    return call(session, paths.GET_CHECKPOINT, checkpoint_uuid=uuid)["checkpoint"]


def report_checkpoint(session: BaseSession, body: Checkpoint) -> None:
    """Report a checkpoint that has been stored."""
    call(session, paths.REPORT_CHECKPOINT, body)


def patch_checkpoints(session: BaseSession, body: PatchCheckpointsRequest) -> None:
    """Report which files of checkpoints are left."""
    call(session, paths.PATCH_CHECKPOINTS, body)


def delete_checkpoints(session: BaseSession, uuids: List[str]) -> None:
    """Begin to delete the files of checkpoints."""
    body: DeleteCheckpointsRequest = {"checkpointUuids": uuids}
    call(session, paths.DELETE_CHECKPOINTS, body)


def remove_checkpoint_files(session: BaseSession, uuids: List[str], globs: List[str]) -> None:
    """Begin to delete the files of checkpoints that match a pattern."""
    body: CheckpointsRemoveFilesRequest = {"checkpointUuids": uuids, "checkpointGlobs": globs}
    call(session, paths.CHECKPOINTS_REMOVE_FILES, body)


def set_checkpoint_metadata(session: BaseSession, uuid: str, metadata: Struct) -> Optional[Checkpoint]:
    """Replace the metadata of a checkpoint."""
    body: PostCheckpointMetadataRequest = {"checkpoint": {"uuid": uuid, "metadata": metadata}}
    return call(session, paths.POST_CHECKPOINT_METADATA, body, checkpoint_uuid=uuid)["checkpoint"]
