"""The model registry: models and their versions."""

from __future__ import annotations

import datetime
import json
from typing import TYPE_CHECKING, Any, Dict, Iterator, List, Mapping, Optional, Union

from ..api import errors as api_errors
from ..api._pages import LAZY_PAGE
from ..api.endpoints import metrics as metrics_api
from ..api.endpoints import models as models_api
from ..api.wire import enums as wire
from . import metrics
from ._enums import ModelSortBy, OrderBy, to_wire
from ._lookup import find_workspace
from ._old_names import old_name, old_names
from ._resource import Resource, ResourceList, check_names, drop_metadata, field, merge_metadata, read_time
from .checkpoint import Checkpoint

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.models import PatchModel, PatchModelVersion

__all__ = ["Model", "ModelSortBy", "ModelVersion", "OrderBy"]

# What the type of `ModelVersion.checkpoint` leaves out: the version is not hydrated.
_NONE: Any = None
# What get_version() takes for "the latest"; releases before 0.17 took 0.
_LATEST = (-1, 0)


class ModelVersion(Resource):
    """A registered checkpoint, usually obtained from `Model.get_version` or `Model.register_version`.

    Parameters:
        session: the session to call the master with.
        model_version: the version's number within its model, from 1.
        model_name: the model's name.
    """

    _identity = ("model_name", "model_version")
    _besides = ("checkpoint",)

    model_version: int
    """The version's number within its model, from 1."""
    model_name: str
    """The name of its model."""
    model_id: int = field("model.id")
    """The number of its model."""
    name: str = field("name")
    """A name given to the version; may be empty."""
    comment: str = field("comment")
    """What was noted when it was registered."""
    notes: str = field("notes")
    """Free text in Markdown."""
    metadata: Dict[str, Any] = field("metadata")
    """What was stored about the version."""
    checkpoint: Checkpoint
    """The checkpoint that is this version."""

    def __init__(self, session: BaseSession, model_version: int, model_name: str) -> None:
        super().__init__(session)
        self.model_version = model_version
        self.model_name = model_name
        self.checkpoint = _NONE
        self._number_in_registry: Optional[int] = None

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> ModelVersion:
        version = cls(session, data.get("version", 0), (data.get("model") or {}).get("name", ""))
        version._hydrate(data)
        return version

    def _hydrate(self, data: Mapping[str, Any]) -> None:
        super()._hydrate(data)
        self._number_in_registry = data.get("id")
        saved = data.get("checkpoint")
        self.checkpoint = Checkpoint._from_wire(self._session, saved, data) if saved else _NONE

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such model or version.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(models_api.get_model_version(self._session, self.model_name, self.model_version))

    def set_name(self, name: str) -> None:
        """Give the version a name.

        Parameters:
            name: the new name; an empty one clears it.

        Raises:
            NotFoundException: there is no such model or version.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"name": name})

    def set_notes(self, notes: str) -> None:
        """Replace the version's notes.

        Parameters:
            notes: the new text, in Markdown; an empty one clears them.

        Raises:
            NotFoundException: there is no such model or version.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"notes": notes})

    def delete(self) -> None:
        """Take the version out of the registry; its checkpoint stays.

        Raises:
            NotFoundException: there is no such model or version.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        models_api.delete_model_version(self._session, self.model_name, self.model_version)

    def iter_metrics(self, group: Optional[str] = None) -> List[metrics.TrialMetrics]:
        """Return metrics that trials reported of this version.

        Parameters:
            group: only reports of this metric group; by default of all.

        Raises:
            NotFoundException: there is no such model or version.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        reports = metrics_api.list_model_version_metrics(
            self._session, self.model_name, self.model_version, metrics.inference_query(group)
        )
        return ResourceList(map(metrics.TrialMetrics._from_wire, reports))

    def _patch(self, changes: PatchModelVersion) -> None:
        answer = models_api.patch_model_version(self._session, self.model_name, self.model_version, changes)
        self._take(changes, answer)

    # Names of earlier releases.

    @old_name("ModelVersion.iter_metrics", "0.26")
    def get_metrics(self, group: Optional[str] = None) -> List[metrics.TrialMetrics]:
        return self.iter_metrics(group)

    @property
    @old_name("ModelVersion.model_version", "0.26")
    def model_version_id(self) -> Optional[int]:
        return self._number_in_registry

    @classmethod
    @old_name("Model.get_version", "0.26")
    def from_json(cls, data: Dict[str, Any], session: BaseSession) -> ModelVersion:
        return cls._from_wire(session, data)


class Model(Resource):
    """A model of the registry, usually obtained from `Determined.create_model` or `Determined.get_model`.

    Parameters:
        session: the session to call the master with.
        name: the model's name.
    """

    _identity = ("name",)

    name: str = field("name")
    """The model's name."""
    model_id: int = field("id")
    """The model's number."""
    description: str = field("description")
    """What the model is."""
    creation_time: datetime.datetime = field("creationTime", read_time)
    """When it was created (UTC)."""
    last_updated_time: datetime.datetime = field("lastUpdatedTime", read_time)
    """When it was last changed (UTC)."""
    metadata: Dict[str, Any] = field("metadata")
    """What was stored about the model."""
    labels: List[str] = field("labels")
    """The model's labels."""
    username: str = field("username")
    """Who created it."""
    workspace_id: int = field("workspaceId")
    """The workspace that it belongs to."""
    archived: bool = field("archived")
    """Whether it is archived."""

    def __init__(self, session: BaseSession, name: str) -> None:
        super().__init__(session)
        self.name = name

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> Model:
        model = cls(session, data.get("name", ""))
        model._hydrate(data)
        return model

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(find_model(self._session, self._key()))

    def get_version(self, version: int = -1) -> Optional[ModelVersion]:
        """Return one version of the model.

        Parameters:
            version: its number; -1, the default, stands for the latest.

        Returns:
            The version; None when the latest is asked for and there is none.

        Raises:
            NotFoundException: the model has no version of that number.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        if version in _LATEST:
            return next(self._read_versions(OrderBy.DESCENDING, page_size=1), None)
        data = models_api.get_model_version(self._session, self._key(), version)
        return ModelVersion._from_wire(self._session, data)

    def list_versions(self, order_by: OrderBy = OrderBy.DESCENDING) -> List[ModelVersion]:
        """Return the model's versions by number.

        Parameters:
            order_by: the direction; by default the latest comes first.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self._read_versions(order_by))

    def iter_versions(self, order_by: OrderBy = OrderBy.DESCENDING) -> Iterator[ModelVersion]:
        """Iterate over the model's versions, fetching them as they are needed; by default the latest first.

        Parameters:
            order_by: the direction; by default the latest comes first.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_versions(order_by, LAZY_PAGE)

    def register_version(self, checkpoint_uuid: str) -> ModelVersion:
        """Register a checkpoint as the model's next version and return that.

        Parameters:
            checkpoint_uuid: the checkpoint's UUID; it must be completed.

        Raises:
            NotFoundException: there is no such model or checkpoint.
            APIException: the checkpoint is not completed, or the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        body: Any = {"modelName": self.name, "checkpointUuid": checkpoint_uuid}
        return ModelVersion._from_wire(self._session, models_api.create_model_version(self._session, self._key(), body))

    def add_metadata(self, metadata: Dict[str, Any]) -> None:
        """Store metadata; top-level entries of the same name are replaced.

        The master keeps what is sent in place of what it had: entries that others have added since the last `reload`
        are lost.

        Parameters:
            metadata: what to add, as JSON knows it.

        Raises:
            ArgumentError: `metadata` is no dictionary.
            TypeError, ValueError: JSON knows no such values.
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"metadata": merge_metadata(self._known_metadata(), metadata)})

    def remove_metadata(self, keys: List[str]) -> None:
        """Remove top-level entries of the metadata; those that are not there are ignored.

        Parameters:
            keys: the names of the entries; a single text is one name.

        Raises:
            ArgumentError: `keys` holds anything but texts.
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"metadata": drop_metadata(self._known_metadata(), keys)})

    def set_labels(self, labels: List[str]) -> None:
        """Replace all labels of the model; the master splits one with commas into several.

        Parameters:
            labels: the labels; a single text is one label.

        Raises:
            ArgumentError: `labels` holds anything but texts.
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"labels": check_names(labels, "labels")})

    def set_description(self, description: str) -> None:
        """Replace the model's description.

        Parameters:
            description: the new text; an empty one clears it.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"description": description})

    def archive(self) -> None:
        """Archive the model: it takes no changes and no new versions.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        models_api.archive_model(self._session, self._key())
        self.archived = True

    def unarchive(self) -> None:
        """Take the model out of the archive.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        models_api.unarchive_model(self._session, self._key())
        self.archived = False

    def move_to_workspace(self, workspace_name: str) -> None:
        """Move the model to another workspace, given by name.

        Parameters:
            workspace_name: the workspace's name.

        Raises:
            NotFoundException: there is no workspace of that name.
            ForbiddenException: the user may not change it.
            APIException: the model is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        workspace_id = find_workspace(self._session, workspace_name)["id"]
        models_api.move_model(self._session, self._key(), workspace_id)
        self.workspace_id = workspace_id

    def delete(self) -> None:
        """Delete the model and its versions; the checkpoints stay.

        Raises:
            NotFoundException: there is no such model, or the user may not see it.
            ForbiddenException: the user may not delete it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        models_api.delete_model(self._session, self._key())

    def _key(self) -> str:
        """Return what stands for the model in a path: its number where it is known, or where the name has a colon."""
        if not self.model_id and ":" in self.name:
            self.model_id = find_model(self._session, self.name)["id"]
        return str(self.model_id) if self.model_id else self.name

    def _known_metadata(self) -> Optional[Dict[str, Any]]:
        if self.metadata is None:
            self.reload()
        return self.metadata

    def _patch(self, changes: PatchModel) -> None:
        answer = models_api.patch_model(self._session, self._key(), changes)
        self._take(changes, answer)
        changed = read_time(answer.get("lastUpdatedTime"))
        if changed is not None:
            self.last_updated_time = changed

    def __repr__(self) -> str:
        # as released clients show it: public scripts read the number out of it
        return f"Model(id={self.model_id}, name={self.name}, metadata={json.dumps(self.metadata)})"

    def _read_versions(self, order_by: OrderBy, page_size: int = 0) -> Iterator[ModelVersion]:
        direction = to_wire(wire.OrderBy, order_by, "order_by")
        query: Any = {"sortBy": wire.GetModelVersionsSortBy.VERSION, "orderBy": direction}
        found = models_api.list_model_versions(
            self._session,
            self._key(),
            query,
            page_size=page_size,
        )
        return (ModelVersion._from_wire(self._session, data) for data in found)

    # Names of earlier releases.

    @old_name("Model.list_versions", "0.26")
    def get_versions(self, order_by: OrderBy = OrderBy.DESCENDING) -> List[ModelVersion]:
        return self.list_versions(order_by)

    @old_name("the attributes of Model", "0.26")
    def to_json(self) -> Dict[str, Any]:
        return {
            "name": self.name,
            "id": self.model_id,
            "description": self.description,
            "creation_time": str(self.creation_time),
            "last_updated_time": str(self.last_updated_time),
            "metadata": self.metadata or {},
            "archived": self.archived,
        }

    @staticmethod
    @old_name("Determined.get_model", "0.26")
    def from_json(data: Dict[str, Any], session: Any = None, master: Optional[str] = None) -> Model:
        return Model._from_wire(session, data)


def find_model(session: BaseSession, identifier: Union[str, int]) -> Mapping[str, Any]:
    """Return a model, as the master gives it, by name or number.

    Raises:
        NotFoundException: there is no such model.
    """
    key = str(identifier)
    if ":" not in key:
        return models_api.get_model(session, key)
    # The master cannot route a path that ends in a name with a colon.
    for model in models_api.list_models(session, {"name": key}):
        if model["name"] == key:
            return model
    raise api_errors.NotFoundException(f'model "{key}" not found')


__getattr__, __dir__ = old_names(__name__, "ModelOrderBy")
