"""Who is calling: passwords, sessions, tokens."""

from __future__ import annotations

import hashlib
import secrets
from typing import Dict, List, Mapping, NamedTuple, Optional

import bcrypt

from determined.common import timestamps

from .errors import Code, Refusal
from .notify import Hub, UserChanged
from .store.database import Connection, Database, Row, Transaction

SESSION_LIFETIME = 7 * 24 * 3600 * 1_000_000
FIRST_USERS = ("admin", "determined")
_SALT = "GubPEmmotfiK9TMD6Zdw"
_BCRYPT_COST = 10
# nobody's: what is compared for a user who is unknown, or has no password
NOBODYS_HASH = "$2b$10$qESFhNjCNQs8IJoDoDUrbeYm4vyjT7zuUrRGeTbnZL47N9UnEeHqK"


class Caller(NamedTuple):
    """The user behind a request, and with which kind of session."""

    user_id: int
    username: str
    admin: bool
    session_id: int
    session_kind: str
    allocation_id: Optional[str]


# --- passwords ------------------------------------------------------------------------------------------------------


def hash_like_client(password: str) -> str:
    """Return what a client sends for a password: hex SHA-512 of salt and password; the empty one stays empty."""
    return hashlib.sha512((_SALT + password).encode()).hexdigest() if password else ""


def hash_password(sent: str) -> Optional[str]:
    """Return what is stored for a password as clients send it; None for the empty one."""
    if not sent:
        return None
    return bcrypt.hashpw(sent.encode()[:72], bcrypt.gensalt(_BCRYPT_COST)).decode()


def password_matches(sent: str, stored: Optional[str]) -> bool:
    """Whether a password as clients send it is the stored one; a user without a password takes only the empty one.

    Every no takes the same time, so that it tells nothing of the user.
    """
    if stored is None and not sent:
        return True
    checked = bcrypt.checkpw((sent or "-").encode()[:72], (stored or NOBODYS_HASH).encode())
    return checked and bool(sent) and stored is not None


# --- sessions -------------------------------------------------------------------------------------------------------


def open_session(
    tx: Transaction,
    user_id: int,
    kind: str = "session",
    *,
    lifetime: Optional[int] = SESSION_LIFETIME,
    allocation_id: Optional[str] = None,
    description: Optional[str] = None,
) -> "tuple[int, str]":
    """Open a session; returns its id and its token, which is not stored and cannot be had again.

    Parameters:
        kind: "session" (a login), "owner" (of who started the master), "task" (a task acting as its owner),
            "allocation" or "access".
        lifetime: microseconds; None for a session without an end.
    """
    token = "v2.public." + secrets.token_urlsafe(48)
    now = timestamps.now()
    session_id = tx.insert(
        "sessions",
        user_id=user_id,
        kind=kind,
        token_hash=_digest(token),
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
        allocation_id=allocation_id,
        description=description,
    )
    return session_id, token


def close_sessions(tx: Transaction, user_id: int) -> None:
    """End all of a user's logins; their tasks and access tokens go on."""
    # an older master noted the sessions of tasks as logins
    tx.execute(
        "DELETE FROM sessions WHERE user_id = ? AND kind IN ('session', 'owner') AND allocation_id IS NULL", (user_id,)
    )
    tx.announce(UserChanged(user_id))


def purge_sessions(tx: Transaction, now: int) -> int:
    """Remove logins that have expired; returns how many. Access tokens stay, as they are listed."""
    return tx.execute("DELETE FROM sessions WHERE kind IN ('session', 'task') AND expires_at < ?", (now,))


def close_session(tx: Transaction, session_id: int, user_id: int) -> None:
    """End one session."""
    tx.execute("DELETE FROM sessions WHERE id = ?", (session_id,))
    tx.announce(UserChanged(user_id))


def close_allocation_sessions(tx: Transaction, allocation_id: str) -> None:
    """End the sessions of an allocation whose resources are released."""
    for row in tx.all("SELECT DISTINCT user_id FROM sessions WHERE allocation_id = ?", (allocation_id,)):
        tx.announce(UserChanged(row["user_id"]))
    tx.execute("DELETE FROM sessions WHERE allocation_id = ?", (allocation_id,))


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def _session_of(connection: Connection, digest: str) -> Optional[Row]:
    return connection.one(
        "SELECT s.id, s.kind, s.expires_at, s.revoked_at, s.allocation_id,"
        " u.id AS user_id, u.username, u.admin, u.active FROM sessions s"
        " JOIN users u ON u.id = s.user_id WHERE s.token_hash = ?",
        (digest,),
    )


class Authenticator:
    """Finds the caller of a request; remembers tokens it has seen until their user changes."""

    _MOST_REMEMBERED = 10_000

    def __init__(self, db: Database, hub: Hub) -> None:
        self._db = db
        self._known: Dict[str, Row] = {}
        hub.listen(UserChanged, lambda event: self._forget(event.user_id))

    def caller(self, headers: Mapping[str, str]) -> Caller:
        """Return the caller of a gateway request, by its (lower-case) headers.

        Raises:
            Refusal: no token, or one that does not hold.
        """
        token = token_of(headers, gateway=True)
        if token is None:
            raise Refusal(Code.UNAUTHENTICATED, "token missing")
        caller = self.caller_of(token)
        if caller is None:
            raise Refusal(Code.UNAUTHENTICATED, "invalid credentials")
        return caller

    def caller_of(self, token: str) -> Optional[Caller]:
        """Return whose token it is, or None when it is unknown or has expired.

        Raises:
            Refusal: the token was revoked, or its user is not active.
        """
        row = self._known.get(token)
        if row is None:
            row = self._db.read_now(_session_of, _digest(token))
            if row is None:
                return None
            if len(self._known) >= self._MOST_REMEMBERED:
                self._known.clear()
            self._known[token] = row
        if row["revoked_at"] is not None:
            raise Refusal(Code.UNAUTHENTICATED, "user access token revoked")
        if row["expires_at"] is not None and row["expires_at"] < timestamps.now():
            return None
        if not row["active"]:
            raise Refusal(Code.PERMISSION_DENIED, "user does not have permission")
        return Caller(row["user_id"], row["username"], bool(row["admin"]), row["id"], row["kind"], row["allocation_id"])

    def _forget(self, user_id: int) -> None:
        for token in [t for t, row in self._known.items() if row["user_id"] == user_id]:
            del self._known[token]


def token_of(headers: Mapping[str, str], *, gateway: bool) -> Optional[str]:
    """Return the token a request carries; the empty text for a header of a wrong form, None for none.

    Parameters:
        headers: by lower-case name.
        gateway: the request goes to /api/v1, where two more headers are looked at.
    """
    candidates: List[Optional[str]] = []
    if gateway:
        candidates.append(headers.get("grpc-metadata-x-user-token"))
    candidates.append(headers.get("authorization"))
    for value in candidates:
        if value is not None:
            return value[7:] if value.startswith("Bearer ") else ""
    cookie = _cookie(headers.get("cookie", ""), "auth")
    if cookie:
        return cookie
    if gateway:
        value = headers.get("grpc-metadata-x-allocation-token")
        if value is not None:
            return value[7:] if value.startswith("Bearer ") else ""
    return None


def _cookie(header: str, name: str) -> Optional[str]:
    for part in header.split(";"):
        key, _, value = part.strip().partition("=")
        if key == name:
            return value
    return None


def create_first_users(tx: Transaction, passwords: Mapping[str, str]) -> None:
    """Create ``admin`` (id 1) and ``determined`` (id 2) in an empty database.

    Parameters:
        passwords: initial passwords by user name; a user that is not named gets none.
    """
    now = timestamps.now()
    hashes = {password: hash_password(hash_like_client(password)) for password in {"", *passwords.values()}}
    for place, name in enumerate(FIRST_USERS):
        tx.insert(
            "users",
            username=name,
            password_hash=hashes[passwords.get(name, "")],
            admin=int(name == "admin"),
            active=1,
            modified_at=now - place,  # the real master gives "determined" its password first
        )
