"""The model registry, as the SDK shows it."""

from ..common.experimental._old_names import old_names
from ..common.experimental.model import Model, ModelSortBy, ModelVersion, OrderBy

__all__ = ["Model", "ModelSortBy", "ModelVersion", "OrderBy"]

__getattr__, __dir__ = old_names(__name__, "ModelOrderBy")
