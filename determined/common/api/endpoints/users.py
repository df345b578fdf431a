"""Calls of the REST API: users, their settings and access tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, List, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.projects import Project
    from ..wire.users import (
        GetAccessTokensQuery,
        GetProjectsByUserActivityQuery,
        GetUsersQuery,
        PatchAccessTokenRequest,
        PatchUser,
        PatchUsersRequest,
        PostAccessTokenRequest,
        PostAccessTokenResponse,
        PostUserActivityRequest,
        PostUserRequest,
        PostUserSettingRequest,
        TokenInfo,
        User,
        UserActionResult,
        UserWebSetting,
    )


def get_me(session: BaseSession) -> User:
    """Return the user whom the session belongs to."""
    return call(session, paths.GET_ME)["user"]


def list_users(session: BaseSession, query: Optional[GetUsersQuery] = None, page_size: int = 0) -> Iterator[User]:
    """Iterate over the users."""
    return iterate_rows(session, paths.GET_USERS, "users", query, page_size=page_size)


def create_user(session: BaseSession, body: PostUserRequest) -> Optional[User]:
    """Create a user; only administrators may."""
    return call(session, paths.POST_USER, body)["user"]


def patch_users(session: BaseSession, body: PatchUsersRequest) -> List[UserActionResult]:
    """Activate or deactivate several users; return what became of each."""
    return call(session, paths.PATCH_USERS, body)["results"]


def get_user(session: BaseSession, user_id: int) -> User:
    """Return a user by id."""
    return call(session, paths.GET_USER, user_id=user_id)["user"]


def get_user_by_username(session: BaseSession, username: str) -> User:
    """Return a user by exact name."""
    return call(session, paths.GET_USER_BY_USERNAME, username=username)["user"]


def patch_user(session: BaseSession, user_id: int, body: PatchUser) -> User:
    """Change a user; fields left out stay as they are."""
    return call(session, paths.PATCH_USER, body, user_id=user_id)["user"]


def set_user_password(session: BaseSession, user_id: int, password: str) -> Optional[User]:
    """Set a password given as plain text."""
    return call(session, paths.SET_USER_PASSWORD, password, user_id=user_id)["user"]


def list_user_settings(session: BaseSession) -> List[UserWebSetting]:
    """Return the caller's stored settings."""
    return call(session, paths.GET_USER_SETTING)["settings"]


def set_user_settings(session: BaseSession, body: PostUserSettingRequest) -> None:
    """Store settings of the caller."""
    call(session, paths.POST_USER_SETTING, body)


def reset_user_settings(session: BaseSession) -> None:
    """Drop all stored settings of the caller."""
    call(session, paths.RESET_USER_SETTING)


def report_user_activity(session: BaseSession, body: PostUserActivityRequest) -> None:
    """Note that the caller looked at something."""
    call(session, paths.POST_USER_ACTIVITY, body)


def list_projects_by_activity(session: BaseSession, limit: int) -> List[Project]:
    """Return the projects that the caller looked at last, at most 500."""
    query: GetProjectsByUserActivityQuery = {"limit": limit}
    return call(session, paths.GET_PROJECTS_BY_USER_ACTIVITY, query)["projects"]


def create_access_token(session: BaseSession, body: PostAccessTokenRequest) -> PostAccessTokenResponse:
    """Create an access token; return it with its id."""
    return call(session, paths.POST_ACCESS_TOKEN, body)


def list_access_tokens(
    session: BaseSession, query: Optional[GetAccessTokensQuery] = None, page_size: int = 0
) -> Iterator[TokenInfo]:
    """Iterate over access tokens."""
    return iterate_rows(session, paths.GET_ACCESS_TOKENS, "tokenInfo", query, page_size=page_size)


def patch_access_token(session: BaseSession, token_id: int, body: PatchAccessTokenRequest) -> Optional[TokenInfo]:
    """Describe or revoke an access token."""
    return call(session, paths.PATCH_ACCESS_TOKEN, body, token_id=token_id)["tokenInfo"]
