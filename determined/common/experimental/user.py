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
        """Refresh all fields from the master."""
        self._hydrate(users_api.get_user(self._session, self.user_id))

    def rename(self, new_username: str) -> None:
        """Change the name to log in with."""
        self._patch({"username": new_username})

    def activate(self) -> None:
        """Let the user log in."""
        self._patch({"active": True})

    def deactivate(self) -> None:
        """Let the user log in no more; their access tokens are revoked."""
        self._patch({"active": False})

    def change_display_name(self, display_name: str) -> None:
        """Change the name shown to others; an empty one clears it."""
        self._patch({"displayName": display_name})

    def change_password(self, new_password: str) -> None:
        """Change the password; the user is logged out everywhere.

        Raises:
            ValueError: the password is too weak.
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

        Parameters:
            agent_uid: numeric id of the account's user.
            agent_gid: numeric id of its group.
            agent_user: name of its user.
            agent_group: name of its group.

        Raises:
            APIException: not all four parts are given: they are set together.
        """
        account = {"agentUid": agent_uid, "agentGid": agent_gid, "agentUser": agent_user, "agentGroup": agent_group}
        given: Any = {key: value for key, value in account.items() if value is not None}
        self._patch({"agentUserGroup": given})

    def _patch(self, changes: PatchUser) -> None:
        self._hydrate(users_api.patch_user(self._session, self.user_id, changes))
