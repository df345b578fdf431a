"""Messages of the REST API: checkpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Dict, List, Optional

from typing_extensions import TypedDict

from .scalars import Double, Int64, Struct, Timestamp

if TYPE_CHECKING:
    from .common import Metrics
    from .enums import CheckpointState


class CheckpointsRemoveFilesRequest(TypedDict, total=False):
    """Sent: `CheckpointsRemoveFilesRequest`."""

    checkpointUuids: List[str]
    checkpointGlobs: List[str]


class DeleteCheckpointsRequest(TypedDict, total=False):
    """Sent: `DeleteCheckpointsRequest`."""

    checkpointUuids: List[str]


class GetCheckpointResponse(TypedDict):
    """Answered: `GetCheckpointResponse`."""

    checkpoint: Checkpoint


class PatchCheckpointsRequest(TypedDict, total=False):
    """Sent: `PatchCheckpointsRequest`."""

    checkpoints: List[PatchCheckpoint]


class PostCheckpointMetadataRequest(TypedDict, total=False):
    """Sent: `PostCheckpointMetadataRequest`."""

    checkpoint: Optional[Checkpoint]


class PostCheckpointMetadataResponse(TypedDict):
    """Answered: `PostCheckpointMetadataResponse`."""

    checkpoint: Optional[Checkpoint]


class Checkpoint(TypedDict, total=False):
    """Sent and answered: `checkpoint.Checkpoint`."""

    taskId: str
    allocationId: str
    uuid: str
    reportTime: Optional[Timestamp]
    resources: Dict[str, Int64]
    metadata: Struct
    state: CheckpointState
    training: CheckpointTrainingMetadata
    storageId: int


class CheckpointTrainingMetadata(TypedDict, total=False):
    """Sent and answered: `checkpoint.CheckpointTrainingMetadata`."""

    trialId: int
    experimentId: int
    experimentConfig: Optional[Struct]
    hparams: Optional[Struct]
    trainingMetrics: Optional[Metrics]
    validationMetrics: Optional[Metrics]
    searcherMetric: Double


class PatchCheckpoint(TypedDict, total=False):
    """Sent: `checkpoint.PatchCheckpoint`."""

    uuid: str
    resources: Optional[PatchCheckpointOptionalResources]


class PatchCheckpointOptionalResources(TypedDict, total=False):
    """Sent: `checkpoint.PatchCheckpoint.OptionalResources`."""

    resources: Dict[str, Int64]
