"""Messages of the REST API: users, their settings and tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import TypedDict

from .scalars import Timestamp

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import ActivityType, EntityType, GetAccessTokensSortBy, GetUsersSortBy, OrderBy, TokenType
    from .projects import Project


class GetAccessTokensResponse(TypedDict):
    """Answered: `GetAccessTokensResponse`."""

    tokenInfo: List[TokenInfo]
    pagination: Optional[Pagination]


class GetMeResponse(TypedDict):
    """Answered: `GetMeResponse`."""

    user: User


class GetProjectsByUserActivityResponse(TypedDict):
    """Answered: `GetProjectsByUserActivityResponse`."""

    projects: List[Project]


class GetUserByUsernameResponse(TypedDict):
    """Answered: `GetUserByUsernameResponse`."""

    user: User


class GetUserResponse(TypedDict):
    """Answered: `GetUserResponse`."""

    user: User


class GetUserSettingResponse(TypedDict):
    """Answered: `GetUserSettingResponse`."""

    settings: List[UserWebSetting]


class GetUsersResponse(TypedDict):
    """Answered: `GetUsersResponse`."""

    users: List[User]
    pagination: Optional[Pagination]


class PatchAccessTokenRequest(TypedDict, total=False):
    """Sent: `PatchAccessTokenRequest`."""

    tokenId: int
    description: str
    setRevoked: bool


class PatchAccessTokenResponse(TypedDict):
    """Answered: `PatchAccessTokenResponse`."""

    tokenInfo: Optional[TokenInfo]


class PatchUserResponse(TypedDict):
    """Answered: `PatchUserResponse`."""

    user: User


class PatchUsersRequest(TypedDict, total=False):
    """Sent: `PatchUsersRequest`."""

    userIds: List[int]
    activate: bool
    filters: Optional[UserFilters]


class PatchUsersResponse(TypedDict):
    """Answered: `PatchUsersResponse`."""

    results: List[UserActionResult]


class PostAccessTokenRequest(TypedDict, total=False):
    """Sent: `PostAccessTokenRequest`."""

    userId: int
    lifespan: str
    description: str


class PostAccessTokenResponse(TypedDict):
    """Answered: `PostAccessTokenResponse`."""

    token: str
    tokenId: int


class PostUserActivityRequest(TypedDict, total=False):
    """Sent: `PostUserActivityRequest`."""

    activityType: ActivityType
    entityType: EntityType
    entityId: int


class PostUserRequest(TypedDict, total=False):
    """Sent: `PostUserRequest`."""

    user: Optional[User]
    password: str
    isHashed: bool


class PostUserResponse(TypedDict):
    """Answered: `PostUserResponse`."""

    user: Optional[User]


class PostUserSettingRequest(TypedDict, total=False):
    """Sent: `PostUserSettingRequest`."""

    settings: List[UserWebSetting]


class SetUserPasswordResponse(TypedDict):
    """Answered: `SetUserPasswordResponse`."""

    user: Optional[User]


class UserActionResult(TypedDict):
    """Answered: `UserActionResult`."""

    error: str
    id: int


class UserFilters(TypedDict, total=False):
    """Sent: `UserFilters`."""

    name: str
    admin: bool


class AgentUserGroup(TypedDict, total=False):
    """Sent and answered: `user.AgentUserGroup`."""

    agentUid: int
    agentGid: int
    agentUser: str
    agentGroup: str


class PatchUser(TypedDict, total=False):
    """Sent: `user.PatchUser`."""

    username: str
    password: str
    admin: Optional[bool]
    active: Optional[bool]
    displayName: str
    agentUserGroup: Optional[AgentUserGroup]
    isHashed: bool
    remote: bool


class TokenInfo(TypedDict):
    """Answered: `user.TokenInfo`."""

    id: int
    userId: int
    expiry: Optional[Timestamp]
    createdAt: Optional[Timestamp]
    tokenType: TokenType
    revoked: bool
    description: str


class User(TypedDict, total=False):
    """Sent and answered: `user.User`."""

    id: int
    username: str
    admin: bool
    active: bool
    agentUserGroup: Optional[AgentUserGroup]
    displayName: str
    modifiedAt: Optional[Timestamp]
    remote: bool
    lastAuthAt: Timestamp


class UserWebSetting(TypedDict, total=False):
    """Sent and answered: `user.UserWebSetting`."""

    key: str
    storagePath: str
    value: str


class GetAccessTokensQuery(TypedDict, total=False):
    """Query of `GetAccessTokens`."""

    sortBy: GetAccessTokensSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    tokenIds: List[int]
    username: str
    showInactive: bool


class GetProjectsByUserActivityQuery(TypedDict, total=False):
    """Query of `GetProjectsByUserActivity`."""

    limit: int


class GetUsersQuery(TypedDict, total=False):
    """Query of `GetUsers`."""

    sortBy: GetUsersSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    name: str
    active: bool
    admin: bool
    roleIdAssignedDirectlyToUser: List[int]
