"""The model registry, as the SDK shows it."""

from ..common.experimental.model import Model, ModelOrderBy, ModelSortBy, ModelVersion

__all__ = ["Model", "ModelOrderBy", "ModelSortBy", "ModelVersion"]
