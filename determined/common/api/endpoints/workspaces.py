"""Calls of the REST API: workspaces."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.workspaces import (
        GetWorkspacesQuery,
        PatchWorkspace,
        PostWorkspaceRequest,
        SetResourceQuotasRequest,
        Workspace,
    )


def create_workspace(session: BaseSession, body: PostWorkspaceRequest) -> Workspace:
    """Create a workspace."""
    return call(session, paths.POST_WORKSPACE, body)["workspace"]


def get_workspace(session: BaseSession, workspace_id: int) -> Workspace:
    """Return a workspace."""
    return call(session, paths.GET_WORKSPACE, id=workspace_id)["workspace"]


def list_workspaces(
    session: BaseSession, query: Optional[GetWorkspacesQuery] = None, page_size: int = 0
) -> Iterator[Workspace]:
    """Iterate over workspaces."""
    return iterate_rows(session, paths.GET_WORKSPACES, "workspaces", query, page_size=page_size)


def patch_workspace(session: BaseSession, workspace_id: int, body: PatchWorkspace) -> Workspace:
    """Change a workspace; fields left out stay as they are."""
    return call(session, paths.PATCH_WORKSPACE, body, id=workspace_id)["workspace"]


def delete_workspace(session: BaseSession, workspace_id: int) -> bool:
    """Delete a workspace; return whether that is done already."""
    return call(session, paths.DELETE_WORKSPACE, id=workspace_id)["completed"]


def archive_workspace(session: BaseSession, workspace_id: int) -> None:
    """Archive a workspace."""
    call(session, paths.ARCHIVE_WORKSPACE, id=workspace_id)


def unarchive_workspace(session: BaseSession, workspace_id: int) -> None:
    """Take a workspace out of the archive."""
    call(session, paths.UNARCHIVE_WORKSPACE, id=workspace_id)


def pin_workspace(session: BaseSession, workspace_id: int) -> None:
    """Pin a workspace for the caller."""
    call(session, paths.PIN_WORKSPACE, id=workspace_id)


def unpin_workspace(session: BaseSession, workspace_id: int) -> None:
    """Unpin a workspace for the caller."""
    call(session, paths.UNPIN_WORKSPACE, id=workspace_id)


def set_resource_quotas(session: BaseSession, workspace_id: int, body: SetResourceQuotasRequest) -> None:
    """Set the resource quotas of a workspace, by cluster."""
    call(session, paths.SET_RESOURCE_QUOTAS, body, id=workspace_id)


def list_workspace_pools(session: BaseSession, workspace_id: int, page_size: int = 0) -> Iterator[str]:
    """Iterate over the names of the resource pools that a workspace may use."""
    return iterate_rows(
        session, paths.LIST_R_PS_BOUND_TO_WORKSPACE, "resourcePools", workspace_id=workspace_id, page_size=page_size
    )
