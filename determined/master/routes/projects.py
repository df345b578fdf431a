"""Projects: reading, creating, changing; notes; columns of their tables."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import TableType
from determined.common.api.wire.projects import (
    AddProjectNoteResponse,
    DeleteProjectResponse,
    GetMetadataValuesResponse,
    GetProjectByKeyResponse,
    GetProjectColumnsQuery,
    GetProjectColumnsResponse,
    GetProjectNumericMetricsRangeResponse,
    GetProjectResponse,
    MoveProjectRequest,
    Note,
    PatchProject,
    PatchProjectResponse,
    PostProjectRequest,
    PostProjectResponse,
    PutProjectNotesRequest,
    PutProjectNotesResponse,
)

from ..serialize.projects import column_message, listed_project_message, project_message, range_message
from ..services import project_columns, projects
from .registry import Call, handles


@handles(paths.GET_PROJECT)
async def get_project(call: Call[Empty], id: int) -> GetProjectResponse:
    return {"project": project_message(await call.db.read(projects.project_by_id, id))}


@handles(paths.GET_PROJECT_BY_KEY)
async def get_project_by_key(call: Call[Empty], key: str) -> GetProjectByKeyResponse:
    return {"project": project_message(await call.db.read(projects.project_by_key, key))}


@handles(paths.POST_PROJECT)
async def post_project(call: Call[PostProjectRequest], workspace_id: int) -> PostProjectResponse:
    row = await call.db.write(projects.create_project, call.caller, workspace_id, call.request)
    return {"project": listed_project_message(row)}


@handles(paths.PATCH_PROJECT)
async def patch_project(call: Call[PatchProject], id: int) -> PatchProjectResponse:
    row = await call.db.write(projects.patch_project, call.caller, id, call.request)
    return {"project": project_message(row)}


@handles(paths.DELETE_PROJECT)
async def delete_project(call: Call[Empty], id: int) -> DeleteProjectResponse:
    return {"completed": await call.db.write(projects.delete_project, call.caller, id)}


@handles(paths.ARCHIVE_PROJECT)
async def archive_project(call: Call[Empty], id: int) -> Empty:
    await call.db.write(lambda tx: projects.set_archived(tx, call.caller, id, archived=True))
    return {}


@handles(paths.UNARCHIVE_PROJECT)
async def unarchive_project(call: Call[Empty], id: int) -> Empty:
    await call.db.write(lambda tx: projects.set_archived(tx, call.caller, id, archived=False))
    return {}


@handles(paths.MOVE_PROJECT)
async def move_project(call: Call[MoveProjectRequest], project_id: int) -> Empty:
    destination = call.request.get("destinationWorkspaceId", 0)
    await call.db.write(projects.move_project, call.caller, project_id, destination)
    return {}


# --- notes ----------------------------------------------------------------------------------------------------------


@handles(paths.ADD_PROJECT_NOTE)
async def add_project_note(call: Call[Note], project_id: int) -> AddProjectNoteResponse:
    return {"notes": await call.db.write(projects.add_note, project_id, call.request)}


@handles(paths.PUT_PROJECT_NOTES)
async def put_project_notes(call: Call[PutProjectNotesRequest], project_id: int) -> PutProjectNotesResponse:
    return {"notes": await call.db.write(projects.put_notes, project_id, call.request.get("notes", []))}


# --- tables ---------------------------------------------------------------------------------------------------------


@handles(paths.GET_PROJECT_COLUMNS)
async def get_project_columns(call: Call[GetProjectColumnsQuery], id: int) -> GetProjectColumnsResponse:
    is_of_runs = call.request.get("tableType") == TableType.RUN
    columns_of = project_columns.run_columns if is_of_runs else project_columns.experiment_columns
    return {"columns": [column_message(column) for column in await call.db.read(columns_of, id)]}


@handles(paths.GET_PROJECT_NUMERIC_METRICS_RANGE)
async def get_metric_ranges(call: Call[Empty], id: int) -> GetProjectNumericMetricsRangeResponse:
    return {"ranges": [range_message(found) for found in await call.db.read(project_columns.metric_ranges, id)]}


@handles(paths.GET_METADATA_VALUES)
async def get_metadata_values(call: Call[Empty], project_id: int, key: str) -> GetMetadataValuesResponse:
    return {"values": await call.db.read(project_columns.metadata_values, project_id, key)}
