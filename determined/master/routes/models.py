"""The model registry."""

from __future__ import annotations

from typing import List, Optional, Tuple

from determined.common.api.wire import paths
from determined.common.api.wire.checkpoints import Checkpoint
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import OrderBy, TrialSourceInfoType
from determined.common.api.wire.metrics import (
    GetTrialMetricsByModelVersionQuery,
    GetTrialMetricsByModelVersionResponse,
)
from determined.common.api.wire.models import (
    GetModelLabelsQuery,
    GetModelLabelsResponse,
    GetModelResponse,
    GetModelsQuery,
    GetModelsResponse,
    GetModelVersionResponse,
    GetModelVersionsQuery,
    GetModelVersionsResponse,
    MoveModelRequest,
    PatchModel,
    PatchModelResponse,
    PatchModelVersion,
    PatchModelVersionResponse,
    PostModelRequest,
    PostModelResponse,
    PostModelVersionRequest,
    PostModelVersionResponse,
)

from ..errors import plain
from ..paging import Window
from ..serialize.checkpoints import checkpoint_message, checkpoint_messages
from ..serialize.metrics import report_message
from ..serialize.models import (
    created_model_message,
    created_version_message,
    listed_version_message,
    model_message,
    patched_model_message,
    patched_version_message,
    version_message,
)
from ..services import models
from ..store import checkpoints as checkpoint_store
from ..store import metrics as metric_store
from ..store import models as store
from ..store.database import Connection, Database, Row
from .registry import Call, handles

_MOST_REPORTS = 1000


# --- models ---------------------------------------------------------------------------------------------------------


@handles(paths.GET_MODELS)
async def get_models(call: Call[GetModelsQuery]) -> GetModelsResponse:
    request = call.request
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    filters = models.filters_of(
        name=request.get("name", ""),
        description=request.get("description", ""),
        labels=request.get("labels", []),
        archived=request.get("archived"),
        users=request.get("users", []),
        user_ids=request.get("userIds", []),
        model_id=request.get("id"),
        workspace_ids=request.get("workspaceIds", []),
        workspace_names=request.get("workspaceNames", []),
    )
    rows, window = await call.db.read(
        lambda connection: models.list_models(
            connection,
            filters,
            sort=_sort_of(request.get("sortBy")),
            descending=request.get("orderBy") == OrderBy.DESC,
            offset=offset,
            limit=limit,
        )
    )
    return {"models": [model_message(row) for row in rows], "pagination": window.pagination(offset, limit)}


@handles(paths.GET_MODEL_LABELS)
async def get_model_labels(call: Call[GetModelLabelsQuery]) -> GetModelLabelsResponse:
    return {"labels": await call.db.read(store.labels, call.request.get("workspaceId"))}


@handles(paths.POST_MODEL)
async def create_model(call: Call[PostModelRequest]) -> PostModelResponse:
    return {"model": created_model_message(await call.db.write(models.create_model, call.caller, call.request))}


@handles(paths.GET_MODEL)
async def get_model(call: Call[Empty], model_name: str) -> GetModelResponse:
    return {"model": model_message(call.db.read_now(models.find_model, model_name))}


@handles(paths.PATCH_MODEL)
async def patch_model(call: Call[PatchModel], model_name: str) -> PatchModelResponse:
    row, is_changed = await call.db.write(models.patch_model, model_name, call.request)
    return {"model": patched_model_message(row) if is_changed else model_message(row)}


@handles(paths.ARCHIVE_MODEL)
async def archive_model(call: Call[Empty], model_name: str) -> Empty:
    await call.db.write(models.set_archived, model_name, True)
    return {}


@handles(paths.UNARCHIVE_MODEL)
async def unarchive_model(call: Call[Empty], model_name: str) -> Empty:
    await call.db.write(models.set_archived, model_name, False)
    return {}


@handles(paths.MOVE_MODEL)
async def move_model(call: Call[MoveModelRequest], model_name: str) -> Empty:
    await call.db.write(models.move_model, model_name, call.request.get("destinationWorkspaceId", 0))
    return {}


@handles(paths.DELETE_MODEL)
async def delete_model(call: Call[Empty], model_name: str) -> Empty:
    await call.db.write(models.delete_model, call.caller, model_name)
    return {}


# --- versions -------------------------------------------------------------------------------------------------------


@handles(paths.GET_MODEL_VERSIONS)
async def get_model_versions(call: Call[GetModelVersionsQuery], model_name: str) -> GetModelVersionsResponse:
    request = call.request
    offset, limit = request.get("offset", 0), request.get("limit", 0)

    def read(connection: Connection) -> Tuple[Row, List[Row], Window, List[Row]]:
        model, versions, window = models.list_versions(
            connection,
            model_name,
            sort=_sort_of(request.get("sortBy")),
            descending=request.get("orderBy") == OrderBy.DESC,
            offset=offset,
            limit=limit,
        )
        uuids = [version["checkpoint_uuid"] for version in versions]
        return model, versions, window, checkpoint_store.detailed_by_uuids(connection, uuids)

    model, versions, window, checkpoints = await call.db.read(read)
    message = model_message(model)
    by_uuid = {c["uuid"]: c for c in checkpoint_messages(checkpoints)}
    return {
        "model": message,
        "modelVersions": [listed_version_message(v, message, by_uuid[v["checkpoint_uuid"]]) for v in versions],
        "pagination": window.pagination(offset, limit),
    }


@handles(paths.POST_MODEL_VERSION)
async def create_model_version(call: Call[PostModelVersionRequest], model_name: str) -> PostModelVersionResponse:
    model, version = await call.db.write(models.create_version, call.caller, model_name, call.request)
    return {"modelVersion": created_version_message(version, model_message(model), _checkpoint_of(call.db, version))}


@handles(paths.GET_MODEL_VERSION)
async def get_model_version(call: Call[Empty], model_name: str, model_version_num: int) -> GetModelVersionResponse:
    model, version = call.db.read_now(models.find_version, model_name, model_version_num)
    return {"modelVersion": version_message(version, model_message(model), _checkpoint_of(call.db, version))}


@handles(paths.PATCH_MODEL_VERSION)
async def patch_model_version(
    call: Call[PatchModelVersion], model_name: str, model_version_num: int
) -> PatchModelVersionResponse:
    model, version, is_changed = await call.db.write(models.patch_version, model_name, model_version_num, call.request)
    make = patched_version_message if is_changed else version_message
    return {"modelVersion": make(version, model_message(model), _checkpoint_of(call.db, version))}


@handles(paths.DELETE_MODEL_VERSION)
async def delete_model_version(call: Call[Empty], model_name: str, model_version_num: int) -> Empty:
    await call.db.write(models.delete_version, call.caller, model_name, model_version_num)
    return {}


@handles(paths.GET_TRIAL_METRICS_BY_MODEL_VERSION)
async def get_metrics_by_model_version(
    call: Call[GetTrialMetricsByModelVersionQuery], model_name: str, model_version_num: int
) -> GetTrialMetricsByModelVersionResponse:
    wanted = call.request.get("trialSourceInfoType", TrialSourceInfoType.UNSPECIFIED)

    def read(connection: Connection) -> List[Row]:
        model, _ = models.find_version(connection, model_name, model_version_num)
        return metric_store.of_sources(
            connection,
            "s.model_id = ? AND s.model_version = ?",
            (model["id"], model_version_num),
            None if wanted == TrialSourceInfoType.UNSPECIFIED else wanted.name,
            call.request.get("metricGroup") or None,
            _MOST_REPORTS,
        )

    return {"metrics": [report_message(row) for row in await call.db.read(read)]}


def _checkpoint_of(db: Database, version: Row) -> Checkpoint:
    row = db.read_now(checkpoint_store.detailed, version["checkpoint_uuid"])
    if row is None:
        raise plain(f"checkpoint {version['checkpoint_uuid']} of version {version['version']} is gone")
    return checkpoint_message(row)


def _sort_of(sort_by: Optional[str]) -> str:
    return "UNSPECIFIED" if sort_by is None else str(sort_by)[len("SORT_BY_") :]
