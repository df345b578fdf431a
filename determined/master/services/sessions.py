"""Rules of logging in and out."""

from __future__ import annotations

import asyncio
from typing import Tuple

from determined.common import timestamps

from ..auth import Caller, close_session, hash_like_client, open_session, password_matches
from ..errors import Code, Refusal, invalid, not_found
from ..store import users
from ..store.database import Connection, Database, Row, Transaction

NO_COOKIE = "auth=; Path=/; Max-Age=0"
_WEEK = 7 * 24 * 3600


def cookie(token: str) -> str:
    """The header that hands a token to a browser."""
    return f"auth={token}; Path=/; Max-Age={_WEEK}"


async def log_in(db: Database, username: str, password: str, *, is_hashed: bool) -> Tuple[Row, str]:
    """Check a password and open a session; returns the user and the token.

    Raises:
        Refusal: no such user or a wrong password (the same words for both), or the user is not active.
    """
    if not username:
        raise invalid("missing argument: username")
    user = db.read_now(users.by_name, username)
    sent = password if is_hashed else hash_like_client(password)
    # bcrypt is slow on purpose and must not hold up the event loop
    stored = user["password_hash"] if user is not None else None
    matches = await asyncio.get_running_loop().run_in_executor(None, password_matches, sent, stored)
    if user is None or user["remote"] or not matches:
        raise Refusal(Code.UNAUTHENTICATED, "invalid credentials")
    if not user["active"]:
        raise Refusal(Code.PERMISSION_DENIED, "user is not active")
    return await db.write(_open, user["id"])


def _open(tx: Transaction, user_id: int) -> Tuple[Row, str]:
    _, token = open_session(tx, user_id)
    tx.update("users", {"id": user_id}, last_auth_at=timestamps.now())
    return user_by_id(tx, user_id), token


def log_out(tx: Transaction, caller: Caller) -> None:
    """End the caller's session; an access token stays valid.

    Raises:
        Refusal: the caller is an allocation, which cannot log out.
    """
    if caller.session_kind == "allocation":
        raise invalid("cannot log out of an allocation's session")
    if caller.session_kind == "session":
        close_session(tx, caller.session_id, caller.user_id)


def user_of(connection: Connection, caller: Caller) -> Row:
    """The caller's own row."""
    return user_by_id(connection, caller.user_id)


def user_by_id(connection: Connection, user_id: int) -> Row:
    """A user.

    Raises:
        Refusal: there is none with that id.
    """
    row = users.by_id(connection, user_id)
    if row is None:
        raise not_found("user")
    return row
