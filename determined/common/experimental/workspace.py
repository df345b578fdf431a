"""Workspaces: groups of projects and models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, List, Mapping, Optional

from ... import errors
from ..api._pages import LAZY_PAGE
from ..api.endpoints import projects as projects_api
from ..api.endpoints import workspaces as workspaces_api
from ._lookup import find_project, find_workspace
from ._resource import Resource, ResourceList, field
from .project import Project
from .resource_pool import ResourcePool

if TYPE_CHECKING:
    from ..api._session import BaseSession


class Workspace(Resource):
    """A workspace, usually obtained from `Determined.get_workspace` or `Determined.list_workspaces`.

    Parameters:
        session: the session to call the master with.
        workspace_id: the workspace's number.
        workspace_name: its name; without a number, it is looked up.

    Raises:
        ArgumentError: neither number nor name is given, or both.
        NotFoundException: there is no workspace of that name.
    """

    id: int
    """The workspace's number."""
    name: str = field("name")
    """The workspace's name."""

    def __init__(
        self, session: BaseSession, workspace_id: Optional[int] = None, workspace_name: Optional[str] = None
    ) -> None:
        super().__init__(session)
        if workspace_id is not None and workspace_name is None:
            self.id = workspace_id
        elif workspace_name is not None and workspace_id is None:
            found = find_workspace(session, workspace_name)
            self.id = found["id"]
            self._hydrate(found)
        else:
            raise errors.ArgumentError("give either workspace_id or workspace_name")

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> Workspace:
        workspace = cls(session, workspace_id=data.get("id", 0))
        workspace._hydrate(data)
        return workspace

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such workspace, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(workspaces_api.get_workspace(self._session, self.id))

    def list_pools(self) -> List[ResourcePool]:
        """Return the resource pools that the workspace may use.

        Raises:
            NotFoundException: there is no such workspace, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self._read_pools())

    def iter_pools(self) -> Iterator[ResourcePool]:
        """Iterate over the resource pools that the workspace may use, fetching them as they are needed.

        Raises:
            NotFoundException: there is no such workspace, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_pools(LAZY_PAGE)

    def list_projects(self) -> List[Project]:
        """Return the workspace's projects, by number.

        Raises:
            NotFoundException: there is no such workspace, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self._read_projects())

    def iter_projects(self) -> Iterator[Project]:
        """Iterate over the workspace's projects, by number, fetching them as they are needed.

        Raises:
            NotFoundException: there is no such workspace, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_projects(LAZY_PAGE)

    def get_project(self, project_name: str) -> Project:
        """Return the workspace's project of a name.

        Parameters:
            project_name: its name; one that differs in capitals only will do, if it is the only one.

        Raises:
            NotFoundException: the workspace has no project of that name.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return Project._from_wire(self._session, find_project(self._session, self.id, project_name))

    def create_project(self, name: str, description: Optional[str] = None, key: Optional[str] = None) -> Project:
        """Create a project in the workspace and return it.

        Parameters:
            name: its name, unique in the workspace.
            description: what it is about; by default an empty text.
            key: up to five letters and digits that begin the names of its runs; by default made of the name.

        Raises:
            NotFoundException: there is no such workspace, or the user may not see it.
            ForbiddenException: the user may not change the workspace.
            APIException: there is a project of that name or key already, or the workspace is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        body: Any = {"name": name, "description": description, "key": key, "workspaceId": self.id}
        return Project._from_wire(self._session, projects_api.create_project(self._session, self.id, body))

    def delete_project(self, name: str) -> None:
        """Delete the workspace's project of a name, with its experiments.

        Parameters:
            name: the project's name.

        Raises:
            NotFoundException: the workspace has no project of that name.
            ForbiddenException: the user may not delete it.
            APIException: it is one that cannot be deleted.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        projects_api.delete_project(self._session, find_project(self._session, self.id, name)["id"])

    def _read_pools(self, page_size: int = 0) -> Iterator[ResourcePool]:
        found = workspaces_api.list_workspace_pools(self._session, self.id, page_size=page_size)
        return (ResourcePool(self._session, name) for name in found)

    def _read_projects(self, page_size: int = 0) -> Iterator[Project]:
        found = projects_api.list_workspace_projects(self._session, self.id, page_size=page_size)
        return (Project._from_wire(self._session, data) for data in found)
