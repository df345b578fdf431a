"""Finding objects by their exact names, which the master takes for patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..api import errors
from ..api.endpoints import projects as projects_api
from ..api.endpoints import workspaces as workspaces_api

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.projects import GetWorkspaceProjectsQuery, Project
    from ..api.wire.workspaces import GetWorkspacesQuery, Workspace


def find_workspace(session: BaseSession, name: str) -> Workspace:
    """Return a workspace, as the master gives it, by exact name.

    Raises:
        NotFoundException: there is no workspace of that name.
    """
    # The master takes the name for a pattern in which %, _ and \ mean something.
    query: GetWorkspacesQuery = {} if "\\" in name else {"name": name}
    for workspace in workspaces_api.list_workspaces(session, query):
        if workspace["name"] == name:
            return workspace
    raise errors.NotFoundException(f"there is no workspace named {name!r}")


def find_project(session: BaseSession, workspace_id: int, name: str) -> Project:
    """Return a workspace's project, as the master gives it, by exact name.

    Raises:
        NotFoundException: the workspace has no project of that name.
    """
    # The master takes the name for a pattern in which %, _ and \ mean something.
    query: GetWorkspaceProjectsQuery = {} if "\\" in name else {"name": name}
    for project in projects_api.list_workspace_projects(session, workspace_id, query):
        if project["name"] == name:
            return project
    raise errors.NotFoundException(f"there is no project named {name!r} in workspace {workspace_id}")
