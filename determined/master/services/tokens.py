"""Rules of access tokens: only admins make and change them, everybody may see their own."""

from __future__ import annotations

from typing import List, Optional, Sequence, Tuple

from determined.common import timestamps

from ..auth import Caller, open_session
from ..errors import Code, Refusal, forbidden, invalid, plain
from ..notify import UserChanged
from ..paging import Window, memory_window
from ..store import tokens, users
from ..store.database import Connection, Row, Transaction
from .durations import parse_duration
from .sessions import user_by_id

_LONGEST_LIFE = 30 * 24 * 3600 * 1_000_000
_WITHOUT_END = "-1"


def create_token(
    tx: Transaction, caller: Caller, user_id: int, lifespan: Optional[str], description: Optional[str]
) -> Tuple[int, str]:
    """Make an access token for a user; returns its id and the token itself, which cannot be had again.

    Parameters:
        lifespan: a Go duration such as ``48h``; ``-1`` and None mean as long as is allowed, 30 days.

    Raises:
        Refusal: no such user, the caller is no admin, or the lifespan is not allowed.
    """
    user_by_id(tx, user_id)
    if not caller.admin:
        raise forbidden("only admin privileged users can create token for own/other users")
    lifetime = lifetime_of(lifespan)
    return open_session(tx, user_id, "access", lifetime=lifetime, description=description)


def lifetime_of(lifespan: Optional[str]) -> int:
    """Return how long a token lives, in microseconds.

    Raises:
        Refusal: it is no duration, not positive, or longer than is allowed.
    """
    if lifespan is None or lifespan == _WITHOUT_END:
        return _LONGEST_LIFE
    try:
        lifetime = parse_duration(lifespan)
    except ValueError as error:
        raise invalid(f"failed to parse lifespan {lifespan}: {error}") from None
    if lifetime <= 0:
        raise invalid("lifespan must be a Go-formatted duration string with a positive value")
    if lifetime > _LONGEST_LIFE:
        raise invalid("token Lifespan must be less than max token lifespan")
    return lifetime


def list_tokens(
    connection: Connection,
    caller: Caller,
    *,
    username: str,
    token_ids: Sequence[int],
    show_inactive: bool,
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> Tuple[List[Row], Window]:
    """Access tokens, and the window they were cut to.

    Raises:
        Refusal: no such user, or the caller is no admin and asks for more than their own.
    """
    conditions = tokens.filters()
    owner = users.by_name(connection, username) if username else None
    if username and owner is None:
        raise plain(f"user '{username}' not found")
    if not caller.admin and (owner is None or owner["id"] != caller.user_id):
        raise forbidden("only admin privileged users can view other users")
    if owner is not None:
        conditions.add("user_id = ?", owner["id"])
    conditions.among("id", token_ids)
    if not show_inactive:
        tokens.add_is_active(conditions, timestamps.now())
    window = memory_window(tokens.count(connection, conditions), offset, limit)
    rows = tokens.page(connection, conditions, sort=sort, descending=descending, start=window.start, end=window.end)
    return rows, window


def patch_token(tx: Transaction, caller: Caller, token_id: int, description: Optional[str], *, revoke: bool) -> Row:
    """Describe or revoke an access token; returns the row.

    Raises:
        Refusal: no such token, the caller is no admin, or the token was revoked or has expired.
    """
    token = _token(tx, token_id)
    if not caller.admin:
        raise forbidden("only admin privileged users can update access tokens")
    now = timestamps.now()
    if token["revoked"] or (token["expires_at"] is not None and token["expires_at"] <= now):
        raise plain(f"unable to update inactive token with ID {token_id}")
    if description is not None:
        tx.update("sessions", {"id": token_id}, description=description)
    if revoke:
        tokens.revoke(tx, token_id, now)
        tx.announce(UserChanged(token["user_id"]))
    return _token(tx, token_id)


def _token(connection: Connection, token_id: int) -> Row:
    token = tokens.by_id(connection, token_id)
    if token is None:
        raise Refusal(Code.NOT_FOUND, f"Token with id: {{{token_id}}} not found")
    return token
