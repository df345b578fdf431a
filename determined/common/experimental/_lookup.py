"""Finding objects by name, which the master takes for patterns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterable, List, Mapping, Optional, TypeVar

from ..api import errors
from ..api.endpoints import projects as projects_api
from ..api.endpoints import workspaces as workspaces_api

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.projects import GetWorkspaceProjectsQuery, Project
    from ..api.wire.workspaces import GetWorkspacesQuery, Workspace

Row = TypeVar("Row", bound=Mapping[str, object])


def find_workspace(session: BaseSession, name: str) -> Workspace:
    """Return a workspace, as the master gives it, by name: of this spelling, else the only one in another case.

    Raises:
        NotFoundException: there is no workspace of that name.
    """
    query: GetWorkspacesQuery = {"name": name} if _means_itself(name) else {}
    found = _choose(workspaces_api.list_workspaces(session, query), name)
    if found is None:
        raise errors.NotFoundException(f"there is no workspace named {name!r}")
    return found


def find_project(session: BaseSession, workspace_id: int, name: str) -> Project:
    """Return a workspace's project, as the master gives it, by name: of this spelling, else the only one in another
    case.

    Raises:
        NotFoundException: the workspace has no project of that name.
    """
    query: GetWorkspaceProjectsQuery = {"name": name} if _means_itself(name) else {}
    found = _choose(projects_api.list_workspace_projects(session, workspace_id, query), name)
    if found is None:
        raise errors.NotFoundException(f"there is no project named {name!r} in workspace {workspace_id}")
    return found


def _means_itself(name: object) -> bool:
    """Return whether the master's search for a name finds all that are called so; it takes ``\\`` for an escape."""
    return isinstance(name, str) and "\\" not in name


def _choose(rows: Iterable[Row], name: object) -> Optional[Row]:
    others: List[Row] = []
    for row in rows:
        if row["name"] == name:
            return row
        if isinstance(name, str) and str(row["name"]).lower() == name.lower():
            others.append(row)
    return others[0] if len(others) == 1 else None
