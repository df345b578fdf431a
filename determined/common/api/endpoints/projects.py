"""Calls of the REST API: projects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.projects import (
        GetProjectColumnsQuery,
        GetWorkspaceProjectsQuery,
        MetricsRange,
        MoveProjectRequest,
        Note,
        PatchProject,
        PostProjectRequest,
        Project,
        ProjectColumn,
        PutProjectNotesRequest,
    )


def create_project(session: BaseSession, workspace_id: int, body: PostProjectRequest) -> Project:
    """Create a project in a workspace."""
    return call(session, paths.POST_PROJECT, body, workspace_id=workspace_id)["project"]


def get_project(session: BaseSession, project_id: int) -> Project:
    """Return a project."""
    return call(session, paths.GET_PROJECT, id=project_id)["project"]


def get_project_by_key(session: BaseSession, key: str) -> Project:
    """Return a project by its key, case-insensitive."""
    return call(session, paths.GET_PROJECT_BY_KEY, key=key)["project"]


def list_workspace_projects(
    session: BaseSession, workspace_id: int, query: Optional[GetWorkspaceProjectsQuery] = None, page_size: int = 0
) -> Iterator[Project]:
    """Iterate over a workspace's projects; workspace 0 stands for all."""
    return iterate_rows(session, paths.GET_WORKSPACE_PROJECTS, "projects", query, id=workspace_id, page_size=page_size)


def patch_project(session: BaseSession, project_id: int, body: PatchProject) -> Project:
    """Change a project; fields left out stay as they are."""
    return call(session, paths.PATCH_PROJECT, body, id=project_id)["project"]


def delete_project(session: BaseSession, project_id: int) -> bool:
    """Delete a project; return whether that is done already."""
    return call(session, paths.DELETE_PROJECT, id=project_id)["completed"]


def archive_project(session: BaseSession, project_id: int) -> None:
    """Archive a project."""
    call(session, paths.ARCHIVE_PROJECT, id=project_id)


def unarchive_project(session: BaseSession, project_id: int) -> None:
    """Take a project out of the archive."""
    call(session, paths.UNARCHIVE_PROJECT, id=project_id)


def move_project(session: BaseSession, project_id: int, workspace_id: int) -> None:
    """Move a project to another workspace."""
    body: MoveProjectRequest = {"projectId": project_id, "destinationWorkspaceId": workspace_id}
    call(session, paths.MOVE_PROJECT, body, project_id=project_id)


def add_project_note(session: BaseSession, project_id: int, name: str, contents: str) -> List[Note]:
    """Add a note; return all notes."""
    body: Note = {"name": name, "contents": contents}
    return call(session, paths.ADD_PROJECT_NOTE, body, project_id=project_id)["notes"]


def set_project_notes(session: BaseSession, project_id: int, notes: List[Note]) -> List[Note]:
    """Replace all notes; return them."""
    body: PutProjectNotesRequest = {"projectId": project_id, "notes": notes}
    return call(session, paths.PUT_PROJECT_NOTES, body, project_id=project_id)["notes"]


def list_project_columns(
    session: BaseSession, project_id: int, query: Optional[GetProjectColumnsQuery] = None
) -> List[ProjectColumn]:
    """Return the columns by which a project's experiments or runs can be searched."""
    return call(session, paths.GET_PROJECT_COLUMNS, query, id=project_id)["columns"]


def list_project_metric_ranges(session: BaseSession, project_id: int) -> List[MetricsRange]:
    """Return the least and greatest value of every metric in a project."""
    return call(session, paths.GET_PROJECT_NUMERIC_METRICS_RANGE, id=project_id)["ranges"]


def list_project_metadata_values(session: BaseSession, project_id: int, key: str) -> List[str]:
    """Return the values of one key of run metadata in a project."""
    return call(session, paths.GET_METADATA_VALUES, project_id=project_id, key=key)["values"]
