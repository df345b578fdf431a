"""Users of the cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Mapping, Optional

from ..api import authentication
from ..api.endpoints import users as users_api
from ._resource import Resource, field

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.users import PatchUser


class User(Resource):
    """A user, usually obtained from `Determined.whoami`, `Determined.list_users` or `Determined.get_user_by_name`."""

    _identity = ("user_id", "username")

    user_id: int
    """The user's number."""
    username: str = field("username")
    """The name to log in with."""
    display_name: str = field("displayName")
    """The name shown to others; may be empty."""
    admin: bool = field("admin")
    """Whether the user is an administrator."""
    remote: bool = field("remote")
    """Whether the user logs in through another service."""
    active: bool = field("active")
    """Whether the user may log in."""
    agent_uid: Optional[int] = field("agentUserGroup.agentUid")
    """The numeric user that the user's tasks run as on agents."""
    agent_gid: Optional[int] = field("agentUserGroup.agentGid")
    """The numeric group that the user's tasks run as on agents."""
    agent_user: Optional[str] = field("agentUserGroup.agentUser")
    """The name of that user."""
    agent_group: Optional[str] = field("agentUserGroup.agentGroup")
    """The name of that group."""

    def __init__(self, user_id: int, session: BaseSession) -> None:
        super().__init__(session)
        self.user_id = user_id

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> User:
        user = cls(data.get("id", 0), session)
        user._hydrate(data)
        return user

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(users_api.get_user(self._session, self.user_id))

    def rename(self, new_username: str) -> None:
        """Change the name to log in with.

        Parameters:
            new_username: the new name, unique in the cluster.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            ForbiddenException: the caller is neither an administrator nor, where users may do that themselves, this
                user.
            APIException: the name is taken.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"username": new_username})

    def activate(self) -> None:
        """Let the user log in.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            ForbiddenException: the caller is neither an administrator nor, where users may do that themselves, this
                user.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"active": True})

    def deactivate(self) -> None:
        """Let the user log in no more; their access tokens are revoked.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            ForbiddenException: the caller is neither an administrator nor, where users may do that themselves, this
                user.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"active": False})

    def change_display_name(self, display_name: str) -> None:
        """Change the name shown to others; an empty one clears it.

        Parameters:
            display_name: the new name; an empty one clears it.

        Raises:
            NotFoundException: there is no such user, or the user may not see it.
            ForbiddenException: the caller is neither an administrator nor, where users may do that themselves, this
                user.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"displayName": display_name})

    def change_password(self, new_password: str) -> None:
        """Change the password; the user is logged out everywhere.

        Parameters:
            new_password: 8 characters or more, among them a capital letter, a small one and a digit.

        Raises:
            ValueError: the password is too weak.
            NotFoundException: there is no such user, or the user may not see it.
            ForbiddenException: the caller is neither an administrator nor, where users may do that themselves, this
                user.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        authentication.check_password_complexity(new_password)
        self._patch({"password": authentication.salt_and_hash(new_password), "isHashed": True})

    def link_with_agent(
        self,
        agent_uid: Optional[int] = None,
        agent_gid: Optional[int] = None,
        agent_user: Optional[str] = None,
        agent_group: Optional[str] = None,
    ) -> None:
        """Set the account that the user's tasks run as on agents.

        All four parts are needed.

        Parameters:
            agent_uid: numeric id of the account's user; by default it is not sent.
            agent_gid: numeric id of its group; by default it is not sent.
            agent_user: name of its user; by default it is not sent.
            agent_group: name of its group; by default it is not sent.

        Raises:
            APIException: not all four parts are given: they are set together.
            NotFoundException: there is no such user, or the user may not see it.
            ForbiddenException: the caller is neither an administrator nor, where users may do that themselves, this
                user.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        account = {"agentUid": agent_uid, "agentGid": agent_gid, "agentUser": agent_user, "agentGroup": agent_group}
        given: Any = {key: value for key, value in account.items() if value is not None}
        self._patch({"agentUserGroup": given})

    def _patch(self, changes: PatchUser) -> None:
        self._hydrate(users_api.patch_user(self._session, self.user_id, changes))
