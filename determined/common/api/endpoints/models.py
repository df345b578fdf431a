"""Calls of the REST API: the model registry."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.models import (
        GetModelLabelsQuery,
        GetModelsQuery,
        GetModelVersionsQuery,
        Model,
        ModelVersion,
        MoveModelRequest,
        PatchModel,
        PatchModelVersion,
        PostModelRequest,
        PostModelVersionRequest,
    )


def create_model(session: BaseSession, body: PostModelRequest) -> Model:
    """Create a model."""
    return call(session, paths.POST_MODEL, body)["model"]


def get_model(session: BaseSession, model_name: str) -> Model:
    """Return a model by name or id."""
    return call(session, paths.GET_MODEL, model_name=model_name)["model"]


def list_models(session: BaseSession, query: Optional[GetModelsQuery] = None, page_size: int = 0) -> Iterator[Model]:
    """Iterate over models."""
    return iterate_rows(session, paths.GET_MODELS, "models", query, page_size=page_size)


def list_model_labels(session: BaseSession, query: Optional[GetModelLabelsQuery] = None) -> List[str]:
    """Return the labels of models, the most used first."""
    return call(session, paths.GET_MODEL_LABELS, query)["labels"]


def patch_model(session: BaseSession, model_name: str, body: PatchModel) -> Model:
    """Change a model; the answer lacks fields, so read the model again."""
    return call(session, paths.PATCH_MODEL, body, model_name=model_name)["model"]


def archive_model(session: BaseSession, model_name: str) -> None:
    """Archive a model."""
    call(session, paths.ARCHIVE_MODEL, model_name=model_name)


def unarchive_model(session: BaseSession, model_name: str) -> None:
    """Take a model out of the archive."""
    call(session, paths.UNARCHIVE_MODEL, model_name=model_name)


def move_model(session: BaseSession, model_name: str, workspace_id: int) -> None:
    """Move a model to another workspace."""
    body: MoveModelRequest = {"modelName": model_name, "destinationWorkspaceId": workspace_id}
    call(session, paths.MOVE_MODEL, body, model_name=model_name)


def delete_model(session: BaseSession, model_name: str) -> None:
    """Delete a model and its versions; the checkpoints stay."""
    call(session, paths.DELETE_MODEL, model_name=model_name)


def create_model_version(session: BaseSession, model_name: str, body: PostModelVersionRequest) -> ModelVersion:
    """Register a checkpoint as the next version of a model."""
    return call(session, paths.POST_MODEL_VERSION, body, model_name=model_name)["modelVersion"]


def get_model_version(session: BaseSession, model_name: str, version: int) -> ModelVersion:
    """Return one version of a model."""
    return call(session, paths.GET_MODEL_VERSION, model_name=model_name, model_version_num=version)["modelVersion"]


def list_model_versions(
    session: BaseSession, model_name: str, query: Optional[GetModelVersionsQuery] = None, page_size: int = 0
) -> Iterator[ModelVersion]:
    """Iterate over a model's versions."""
    return iterate_rows(
        session, paths.GET_MODEL_VERSIONS, "modelVersions", query, model_name=model_name, page_size=page_size
    )


def patch_model_version(session: BaseSession, model_name: str, version: int, body: PatchModelVersion) -> ModelVersion:
    """Change a version; fields left out stay as they are."""
    answer = call(session, paths.PATCH_MODEL_VERSION, body, model_name=model_name, model_version_num=version)
    return answer["modelVersion"]


def delete_model_version(session: BaseSession, model_name: str, version: int) -> None:
    """Delete a version; its checkpoint stays."""
    call(session, paths.DELETE_MODEL_VERSION, model_name=model_name, model_version_num=version)
