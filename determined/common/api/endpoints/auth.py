"""Calls of login and logout."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..wire import paths
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.auth import LoginResponse


def log_in(session: "BaseSession", username: str, password: str, *, is_hashed: bool = True) -> "LoginResponse":
    """Open a session of the master's.

    Parameters:
        password: as `authentication.salt_and_hash` makes it; empty for a user without one.
    """
    return call(session, paths.LOGIN, {"username": username, "password": password, "isHashed": is_hashed})


def log_out(session: "BaseSession") -> None:
    """End the session that the token belongs to."""
    call(session, paths.LOGOUT)
