"""Rules of users: who may create and change them, and which names they may bear."""

from __future__ import annotations

import asyncio
import json
from typing import Any, Dict, List, Optional, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.users import AgentUserGroup, PatchUser, User, UserFilters

from ..auth import Caller, close_sessions, hash_like_client, hash_password
from ..errors import Code, Refusal, forbidden, invalid, not_found, plain
from ..notify import UserChanged
from ..paging import Window, memory_window
from ..store import tokens, users
from ..store.database import Connection, Database, Row, Transaction
from ..store.filters import Filters
from .sessions import user_by_id

NAME_TAKEN = "user already exists"
_SHORTEST_NAME = 2
_ADMINS_UPDATE = "only admin privileged users can update users"
_PASSWORD_NEEDED = "a user of a master that others can reach needs a password"
_ADMINS_SET_PASSWORDS = "only admin privileged users can change other user's passwords"


def user_by_name(connection: Connection, username: str) -> Row:
    """A user by the exact name.

    Raises:
        Refusal: there is none.
    """
    row = users.by_name(connection, username)
    if row is None:
        raise not_found("user")
    return row


def list_users(
    connection: Connection,
    *,
    name: str,
    active: Optional[bool],
    admin: Optional[bool],
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> Tuple[List[Row], Window]:
    """Users whose user name or display name contains `name`, and the window they were cut to."""
    filters = Filters()
    if name:
        filters.contains(["username", "display_name"], name)
    if active is not None:
        filters.add("active = ?", int(active))
    if admin is not None:
        filters.add("admin = ?", int(admin))
    window = memory_window(users.count(connection, filters), offset, limit)
    rows = users.page(connection, filters, sort=sort, descending=descending, start=window.start, end=window.end)
    return rows, window


# --- creating -------------------------------------------------------------------------------------------------------


async def create_user(
    db: Database, caller: Caller, user: Optional[User], password: str, *, is_hashed: bool, needs_password: bool
) -> Row:
    """Create a user; returns the row.

    Parameters:
        needs_password: others can reach the master: everybody who is not remote has a password.

    Raises:
        Refusal: the caller is no admin, a name is not allowed or taken, a remote user is given a password, or one is
            missing.
    """
    if user is None:
        raise invalid("must specify user to create")
    if not caller.admin:
        raise forbidden("only admin privileged users can create users")
    username = user.get("username", "")
    admin = user.get("admin", False)
    values: Dict[str, Any] = {
        "username": _checked_name(username, is_admin=admin, bearer=username, shortest=_SHORTEST_NAME),
        "display_name": _checked_name(user.get("displayName", ""), is_admin=admin, bearer=username) or None,
        "admin": int(admin),
        "active": int(user.get("active", False)),
        "remote": int(user.get("remote", False)),
        "agent_user_group": _agent_user_group_text(user.get("agentUserGroup")),
    }
    if values["remote"] and password:
        raise invalid("cannot set password for remote user")
    if needs_password and not password and not values["remote"]:
        raise invalid(_PASSWORD_NEEDED)
    values["password_hash"] = await _hash(password, is_hashed=is_hashed)
    return await db.write(_insert, values)


def _insert(tx: Transaction, values: Dict[str, Any]) -> Row:
    if users.by_name(tx, values["username"]) is not None:
        tx.use_up_id("users")
        raise Refusal(Code.UNKNOWN, f"code=400, message={NAME_TAKEN}", keep_writes=True)
    return user_by_id(tx, tx.insert("users", modified_at=timestamps.now(), **values))


async def _hash(password: str, *, is_hashed: bool) -> Optional[str]:
    """What is stored for a password; bcrypt is slow on purpose and must not hold up the event loop."""
    sent = password if is_hashed else hash_like_client(password)
    return await asyncio.get_running_loop().run_in_executor(None, hash_password, sent) if sent else None


def _checked_name(name: str, *, is_admin: bool, bearer: str, shortest: int = 0) -> str:
    """Return a user name or display name without the blanks around it.

    Parameters:
        is_admin: whether the user who will bear it is an admin.
        bearer: that user's present user name.
    """
    clean = name.strip()
    # letters of other scripts look like those of another user's name
    if not clean.isascii():
        raise invalid("Display name and username cannot contain non-ASCII characters.")
    if len(clean) < shortest:
        raise invalid("Display name or username value has minimum length.")
    if clean.lower() == "admin" and not is_admin:
        raise invalid("Non-admin user cannot be renamed 'admin'")
    if clean.lower() == "determined" and bearer != "determined":
        raise invalid("User cannot be renamed 'determined'")
    return clean


def _agent_user_group_text(group: Optional[AgentUserGroup]) -> Optional[str]:
    if group is None:
        return None
    if (
        group.get("agentUid") is None
        or group.get("agentGid") is None
        or not group.get("agentUser")
        or not group.get("agentGroup")
    ):
        raise invalid("agentUid, agentGid, agentUser and agentGroup cannot be empty")
    return json.dumps(group)


# --- changing -------------------------------------------------------------------------------------------------------


async def patch_user(db: Database, caller: Caller, user_id: int, patch: PatchUser, *, needs_password: bool) -> Row:
    """Change a user, all of it or nothing; returns the row.

    Parameters:
        needs_password: others can reach the master: a password cannot be taken away.

    Raises:
        Refusal: no such user; the caller may not change that; a name is not allowed or taken.
    """
    db.read_now(user_by_id, user_id)
    if needs_password and patch.get("password") == "":
        raise invalid(_PASSWORD_NEEDED)
    password_hash = await _hash(patch.get("password", ""), is_hashed=patch.get("isHashed", False))
    return await db.write(_patch, caller, user_id, patch, password_hash)


async def set_password(db: Database, caller: Caller, user_id: int, password: str, *, needs_password: bool) -> Row:
    """Give a user a password, said in plain text; returns the row.

    Raises:
        Refusal: no such user, the user is remote, or the caller may not.
    """
    return await patch_user(db, caller, user_id, {"password": password}, needs_password=needs_password)


def _patch(tx: Transaction, caller: Caller, user_id: int, patch: PatchUser, password_hash: Optional[str]) -> Row:
    user = user_by_id(tx, user_id)
    is_own = caller.user_id == user_id
    values: Dict[str, Any] = {}
    for field in ("admin", "active", "remote"):
        if patch.get(field) is not None:
            _require(caller.admin, _ADMINS_UPDATE)
            values[field] = int(bool(patch.get(field)))
    username = patch.get("username")
    if username is not None and username != user["username"]:
        _require(caller.admin or is_own, "only admin privileged users can update other users")
        values["username"] = _new_username(tx, user, username)
    display_name = patch.get("displayName")
    if display_name is not None:
        _require(caller.admin or is_own, "only admin privileged users can set another user's display name")
        values["display_name"] = _new_display_name(tx, user, display_name)
    if patch.get("password") is not None:
        _require(caller.admin or is_own, _ADMINS_SET_PASSWORDS)
        if user["remote"]:
            raise invalid("Cannot set password for remote users")
        values["password_hash"] = password_hash
    if patch.get("agentUserGroup") is not None:
        _require(caller.admin, _ADMINS_UPDATE)
        values["agent_user_group"] = _agent_user_group_text(patch.get("agentUserGroup"))
    if values.get("remote"):
        values["password_hash"] = None
    _write(tx, user_id, values)
    return user_by_id(tx, user_id)


def _require(allowed: bool, text: str) -> None:
    if not allowed:
        raise forbidden(text)


def _new_username(tx: Transaction, user: Row, name: str) -> str:
    if user["remote"]:
        raise invalid("Cannot set username for remote users")
    clean = _checked_name(name, is_admin=bool(user["admin"]), bearer=user["username"], shortest=_SHORTEST_NAME)
    other = users.by_name(tx, clean)
    if other is not None and other["id"] != user["id"]:
        raise plain(f'cannot rename user "{user["username"]}" to "{clean}": another user has that name')
    return clean


def _new_display_name(tx: Transaction, user: Row, name: str) -> Optional[str]:
    clean = _checked_name(name, is_admin=bool(user["admin"]), bearer=user["username"])
    if clean and users.is_name_taken(tx, clean, by_other_than=user["id"]):
        raise invalid(f"can not change display name to {clean} found a similar username or display name")
    return clean or None


def _write(tx: Transaction, user_id: int, values: Dict[str, Any]) -> None:
    if not values:
        return
    now = timestamps.now()
    tx.update("users", {"id": user_id}, modified_at=now, **values)
    if "password_hash" in values:
        close_sessions(tx, user_id)
    if values.get("active") == 0:
        tokens.revoke_all_of(tx, user_id, now)
    tx.announce(UserChanged(user_id))


# --- many at once ---------------------------------------------------------------------------------------------------


def set_active(
    tx: Transaction, caller: Caller, user_ids: Sequence[int], filters: Optional[UserFilters], *, active: bool
) -> List[Tuple[int, str]]:
    """Wake users or put them to sleep; returns for each id what went wrong, or an empty text.

    Parameters:
        user_ids: whom; ids that nobody has are passed over without a word.
        filters: whom instead: all users who match.
    """
    ids = users.existing_ids(tx, _user_filters(filters)) if filters is not None else list(user_ids)
    if not caller.admin:
        return [(user_id, _ADMINS_UPDATE) for user_id in ids]
    for user_id in ids:
        # their access tokens are only asleep with them
        if tx.update("users", {"id": user_id}, active=int(active), modified_at=timestamps.now()):
            tx.announce(UserChanged(user_id))
    return [(user_id, "") for user_id in ids]


def _user_filters(sent: UserFilters) -> Filters:
    filters = Filters()
    if sent.get("name"):
        filters.contains(["username", "display_name"], sent.get("name", ""))
    if sent.get("admin") is not None:
        filters.add("admin = ?", int(sent.get("admin", False)))
    return filters


# --- activity -------------------------------------------------------------------------------------------------------


def note_activity(tx: Transaction, caller: Caller, activity_type: str, entity_type: str, entity_id: int) -> None:
    """Note that the caller did something to something now."""
    users.note_activity(tx, caller.user_id, activity_type, entity_type, entity_id, timestamps.now())
