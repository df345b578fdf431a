"""Messages of the REST API: the model registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Optional

from typing_extensions import TypedDict

from .scalars import Struct, Timestamp

if TYPE_CHECKING:
    from .checkpoints import Checkpoint
    from .common import Pagination
    from .enums import GetModelsSortBy, GetModelVersionsSortBy, OrderBy


class GetModelLabelsResponse(TypedDict):
    """Answered: `GetModelLabelsResponse`."""

    labels: List[str]


class GetModelResponse(TypedDict):
    """Answered: `GetModelResponse`."""

    model: Model


class GetModelVersionResponse(TypedDict):
    """Answered: `GetModelVersionResponse`."""

    modelVersion: ModelVersion


class GetModelVersionsResponse(TypedDict):
    """Answered: `GetModelVersionsResponse`."""

    model: Model
    modelVersions: List[ModelVersion]
    pagination: Pagination


class GetModelsResponse(TypedDict):
    """Answered: `GetModelsResponse`."""

    models: List[Model]
    pagination: Pagination


class MoveModelRequest(TypedDict, total=False):
    """Sent: `MoveModelRequest`."""

    modelName: str
    destinationWorkspaceId: int


class PatchModelResponse(TypedDict):
    """Answered: `PatchModelResponse`."""

    model: Model


class PatchModelVersionResponse(TypedDict):
    """Answered: `PatchModelVersionResponse`."""

    modelVersion: ModelVersion


class PostModelRequest(TypedDict, total=False):
    """Sent: `PostModelRequest`."""

    name: str
    description: str
    metadata: Optional[Struct]
    labels: List[str]
    workspaceName: str
    workspaceId: int
    notes: str


class PostModelResponse(TypedDict):
    """Answered: `PostModelResponse`."""

    model: Model


class PostModelVersionRequest(TypedDict, total=False):
    """Sent: `PostModelVersionRequest`."""

    modelName: str
    checkpointUuid: str
    name: str
    comment: str
    metadata: Optional[Struct]
    labels: List[str]
    notes: str


class PostModelVersionResponse(TypedDict):
    """Answered: `PostModelVersionResponse`."""

    modelVersion: ModelVersion


class Model(TypedDict):
    """Answered: `model.Model`."""

    name: str
    description: str
    metadata: Struct
    creationTime: Timestamp
    lastUpdatedTime: Timestamp
    id: int
    numVersions: int
    labels: List[str]
    username: str
    workspaceId: int
    userId: int
    archived: bool
    notes: str


class ModelVersion(TypedDict):
    """Answered: `model.ModelVersion`."""

    model: Model
    checkpoint: Checkpoint
    version: int
    creationTime: Timestamp
    id: int
    name: str
    metadata: Optional[Struct]
    lastUpdatedTime: Optional[Timestamp]
    comment: str
    username: str
    userId: int
    labels: List[str]
    notes: str


class PatchModel(TypedDict, total=False):
    """Sent: `model.PatchModel`."""

    name: Optional[str]
    description: Optional[str]
    metadata: Optional[Struct]
    labels: List[Any]
    notes: Optional[str]
    workspaceName: str
    workspaceId: int


class PatchModelVersion(TypedDict, total=False):
    """Sent: `model.PatchModelVersion`."""

    checkpoint: Optional[Checkpoint]
    name: Optional[str]
    metadata: Optional[Struct]
    comment: Optional[str]
    labels: List[Any]
    notes: Optional[str]


class GetModelLabelsQuery(TypedDict, total=False):
    """Query of `GetModelLabels`."""

    workspaceId: int


class GetModelsQuery(TypedDict, total=False):
    """Query of `GetModels`."""

    sortBy: GetModelsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    name: str
    description: str
    labels: List[str]
    archived: Optional[bool]
    users: List[str]
    workspaceNames: List[str]
    userIds: List[int]
    id: int
    workspaceIds: List[int]


class GetModelVersionsQuery(TypedDict, total=False):
    """Query of `GetModelVersions`."""

    sortBy: GetModelVersionsSortBy
    orderBy: OrderBy
    offset: int
    limit: int
