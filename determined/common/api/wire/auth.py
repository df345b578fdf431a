"""Messages of the REST API: login and logout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from .users import User


class CurrentUserResponse(TypedDict):
    """Answered: `CurrentUserResponse`."""

    user: User


class LoginRequest(TypedDict, total=False):
    """Sent: `LoginRequest`."""

    username: str
    password: str
    isHashed: bool


class LoginResponse(TypedDict):
    """Answered: `LoginResponse`."""

    token: str
    user: User
