"""Rules of logging in and out."""

from __future__ import annotations

import asyncio
import logging
from typing import Tuple

from determined.common import timestamps

from ..auth import (
    FIRST_USERS,
    NOBODYS_HASH,
    Caller,
    close_session,
    hash_like_client,
    open_session,
    password_matches,
    purge_sessions,
)
from ..errors import Code, Refusal, invalid, not_found
from ..loops import Loop
from ..store import users
from ..store.database import Connection, Database, Row, Transaction
from .world import World

logger = logging.getLogger("determined.master.sessions")

_COOKIE = "Path=/; HttpOnly; SameSite=Strict"
NO_COOKIE = f"auth=; {_COOKIE}; Max-Age=0"
_WEEK = 7 * 24 * 3600
_PURGE_SECONDS = 3600.0


def cookie(token: str) -> str:
    """The header that hands a token to a browser."""
    return f"auth={token}; {_COOKIE}; Max-Age={_WEEK}"


async def log_in(world: World, username: str, password: str, *, is_hashed: bool) -> Tuple[Row, str]:
    """Check a password and open a session; returns the user and the token.

    Raises:
        Refusal: no such user or a wrong password (the same words for both, after the same time), or the user is not
            active; or too many attempts with that name have failed.
    """
    if not username:
        raise invalid("missing argument: username")
    db = world.db
    sent = password if is_hashed else hash_like_client(password)
    async with world.logins.attempt(username) as outcome:
        user = db.read_now(users.by_name, username)
        # bcrypt is slow on purpose and must not hold up the event loop
        stored = user["password_hash"] if user is not None else NOBODYS_HASH
        matches = await asyncio.get_running_loop().run_in_executor(None, password_matches, sent, stored)
        if user is None or user["remote"] or (world.needs_passwords and not sent):
            matches = False
        outcome.append(matches)
    if user is None or not matches:
        raise Refusal(Code.UNAUTHENTICATED, "invalid credentials")
    if not user["active"]:
        raise Refusal(Code.PERMISSION_DENIED, "user is not active")
    return await db.write(_open, user["id"])


async def log_in_once(world: World, code: str) -> str:
    """Open a session for the address that logs a browser in, once; returns the token.

    Raises:
        Refusal: the address has been used, or is none.
    """
    if not world.once.redeem(code):
        raise Refusal(Code.PERMISSION_DENIED, "this address has been used, or is too old: log in with a password")
    user = world.db.read_now(users.by_name, FIRST_USERS[-1])
    if user is None:
        raise not_found("user")
    _, token = await world.db.write(_open, user["id"])
    return token


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
    if caller.session_kind in ("session", "owner", "task"):
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


class SessionCleaner:
    """Removes logins that have expired, when the master starts and every hour."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._pause = 0.0
        self._loop = Loop("the removal of expired logins", lambda: asyncio.sleep(self._pause), self._purge)

    async def start(self) -> None:
        """Begin to look."""
        self._loop.start()

    async def stop(self) -> None:
        """Look no more."""
        await self._loop.stop()

    async def _purge(self) -> None:
        removed = await self._db.write(purge_sessions, timestamps.now())
        logger.debug("removed %d logins that have expired", removed)
        self._pause = _PURGE_SECONDS
