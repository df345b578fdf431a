"""Calls of the REST API: login and logout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.auth import LoginRequest, LoginResponse
    from ..wire.users import User


def log_in(session: BaseSession, username: str, password: str) -> LoginResponse:
    """Open a session and return its token and user; the password is hashed already."""
    body: LoginRequest = {"username": username, "password": password, "isHashed": True}
    return call(session, paths.LOGIN, body)


def log_out(session: BaseSession) -> None:
    """Close the session that the caller's token stands for."""
    call(session, paths.LOGOUT)


def get_current_user(session: BaseSession) -> User:
    """Return the user whom the session belongs to."""
    return call(session, paths.CURRENT_USER)["user"]
