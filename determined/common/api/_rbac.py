"""Users, groups, roles and workspaces by their names, as assignments of roles need them."""

from __future__ import annotations

from typing import Dict, List, Optional

from . import bindings, errors
from ._session import BaseSession

_MOST_ROLES = 500


def create_user_assignment_request(
    session: BaseSession, user: str, role: str, workspace: Optional[str] = None
) -> List[bindings.v1UserRoleAssignment]:
    """Return what assigns a role to a user.

    Parameters:
        session: the session to call the master with.
        user: the user's name.
        role: the role's name.
        workspace: the workspace where the role holds; None for the whole cluster. By default None.

    Raises:
        BadRequestException: one of them is not there.
    """
    assignment = _role_assignment(session, role, workspace)
    (user_id,) = usernames_to_user_ids(session, [user])
    return [bindings.v1UserRoleAssignment(userId=user_id, roleAssignment=assignment)]


def create_group_assignment_request(
    session: BaseSession, group: str, role: str, workspace: Optional[str] = None
) -> List[bindings.v1GroupRoleAssignment]:
    """Return what assigns a role to a group of users; see `create_user_assignment_request`."""
    assignment = _role_assignment(session, role, workspace)
    group_id = group_name_to_group_id(session, group)
    return [bindings.v1GroupRoleAssignment(groupId=group_id, roleAssignment=assignment)]


def _role_assignment(session: BaseSession, role: str, workspace: Optional[str]) -> bindings.v1RoleAssignment:
    role_id = role_name_to_role_id(session, role)
    workspace_id = None if workspace is None else workspace_by_name(session, workspace).id
    return bindings.v1RoleAssignment(role=bindings.v1Role(roleId=role_id), scopeWorkspaceId=workspace_id)


def usernames_to_user_ids(session: BaseSession, usernames: List[str]) -> List[int]:
    """Return the ids of users, each once.

    Parameters:
        session: the session to call the master with.
        usernames: the users' names.

    Raises:
        BadRequestException: a user is not there.
    """
    known = {user.username: user.id for user in bindings.get_GetUsers(session).users or []}
    found: Dict[str, int] = {}
    missing = []
    for name in usernames:
        user_id = known.get(name)
        if user_id is None:
            missing.append(name)
        else:
            found[name] = user_id
    if missing:
        raise errors.BadRequestException(f"could not find users for usernames {', '.join(missing)}")
    return list(found.values())


def group_name_to_group_id(session: BaseSession, group_name: str) -> int:
    """Return the id of a group of users.

    Raises:
        BadRequestException: there is no such group.
    """
    request = bindings.v1GetGroupsRequest(limit=1, name=group_name, offset=0)
    groups = bindings.post_GetGroups(session, body=request).groups or []
    group_id = groups[0].group.groupId if len(groups) == 1 else None
    if group_id is None:
        raise errors.BadRequestException(f"could not find user group name {group_name}")
    return group_id


def role_name_to_role_id(session: BaseSession, role_name: str) -> int:
    """Return the id of a role.

    Raises:
        BadRequestException: there is no such role.
    """
    request = bindings.v1ListRolesRequest(limit=_MOST_ROLES, offset=0)
    for role in bindings.post_ListRoles(session, body=request).roles:
        if role.name == role_name and role.roleId is not None:
            return role.roleId
    raise errors.BadRequestException(f"could not find role name {role_name}")


def workspace_by_name(session: BaseSession, name: str) -> bindings.v1Workspace:
    """Return the workspace of a name.

    Raises:
        AssertionError: the name is empty, or there are several workspaces of this name.
        NotFoundException: there is no such workspace.
    """
    if not name:
        raise AssertionError("workspace name cannot be empty")
    found = bindings.get_GetWorkspaces(session, nameCaseSensitive=name).workspaces
    if not found:
        raise not_found_errs("workspace", name, session)
    if len(found) > 1:
        raise AssertionError(f"there are several workspaces of the name {name!r}")
    return bindings.get_GetWorkspace(session, id=found[0].id).workspace


def not_found_errs(category: str, name: str, session: BaseSession) -> errors.BadRequestException:
    """Return the error for something that is not there, or that the caller may not see.

    Parameters:
        category: what it is, e.g. ``workspace``.
        name: its name.
        session: the session to call the master with, which knows whether permissions count.
    """
    text = f"{category} '{name}' not found"
    if bindings.get_GetMaster(session).rbacEnabled:
        text += ", please check your permissions."
    return errors.NotFoundException(text)
