"""Resource pools and the workspaces they are bound to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List

from ..api.endpoints import cluster as cluster_api
from ._resource import Resource, ResourceList, check_names

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from .workspace import Workspace


class ResourcePool(Resource):
    """A resource pool, usually obtained from `Workspace.list_pools`.

    A pool without bindings serves all workspaces; one with bindings serves only the workspaces it is bound to.

    Parameters:
        session: the session to call the master with.
        name: the pool's name.
    """

    _identity = ("name",)

    name: str
    """The pool's name."""

    def __init__(self, session: BaseSession, name: str = "") -> None:
        super().__init__(session)
        self.name = name

    def add_bindings(self, workspace_names: List[str]) -> None:
        """Bind the pool to further workspaces.

        Parameters:
            workspace_names: the names of the workspaces; a single text is one name.

        Raises:
            ArgumentError: `workspace_names` holds anything but texts.
            ForbiddenException: the user is no administrator.
            APIException: there is no such pool or workspace, or the pool is the default one, which cannot be bound.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        cluster_api.bind_pool(self._session, self.name, _names(workspace_names))

    def remove_bindings(self, workspace_names: List[str]) -> None:
        """Unbind the pool from workspaces.

        Parameters:
            workspace_names: the names of the workspaces; a single text is one name.

        Raises:
            ArgumentError: `workspace_names` holds anything but texts.
            ForbiddenException: the user is no administrator.
            APIException: there is no such pool or workspace, or the pool is the default one, which cannot be bound.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        cluster_api.unbind_pool(self._session, self.name, _names(workspace_names))

    def replace_bindings(self, workspace_names: List[str]) -> None:
        """Bind the pool to these workspaces, and to no others.

        Parameters:
            workspace_names: the names of the workspaces; a single text is one name.

        Raises:
            ArgumentError: `workspace_names` holds anything but texts.
            ForbiddenException: the user is no administrator.
            APIException: there is no such pool or workspace, or the pool is the default one, which cannot be bound.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        cluster_api.replace_pool_bindings(self._session, self.name, _names(workspace_names))

    def list_workspaces(self) -> List[Workspace]:
        """Return the workspaces that the pool is bound to.

        Raises:
            APIException: there is no such pool.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self.iter_workspaces())

    def iter_workspaces(self) -> Iterator[Workspace]:
        """Iterate over the workspaces that the pool is bound to, fetching them as they are needed.

        Raises:
            APIException: there is no such pool.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        from .workspace import Workspace

        for workspace_id in list(cluster_api.list_pool_workspaces(self._session, self.name)):
            workspace = Workspace(self._session, workspace_id=workspace_id)
            workspace.reload()
            yield workspace


def _names(workspace_names: List[str]) -> List[str]:
    return check_names(workspace_names, "workspace_names")
