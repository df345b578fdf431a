"""How the owner of a new master gets in: a password that is made up, an address that works once, and a token.

Whoever started the master, and so owns its folder, need not type the password: the master leaves tokens in their
token store (``auth.json``), from which the client logs in. It does so at every start for as long as the users have the
password that was made up, and takes the tokens back when it stops.
"""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import string
import time
from dataclasses import dataclass, field
from typing import Any, Callable, Dict, List, Optional, Tuple

from determined.common.api._token_store import TokenStore
from determined.common.api.errors import CorruptTokenCacheException

from .auth import open_session
from .settings import Settings, addresses
from .store.database import Database, Transaction

logger = logging.getLogger("determined.master")

PATH = "/first-login/"
_FACT = "made_up_passwords"
_CODE_SECONDS = 3600.0
_LETTERS = string.ascii_letters + string.digits
_LENGTH = 16
_STORE_SECONDS = 10.0


def make_up_password() -> str:
    """Return a password that nobody can guess, with what rules of passwords ask for."""
    while True:
        made = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
        if any(c.islower() for c in made) and any(c.isupper() for c in made) and any(c.isdigit() for c in made):
            return made


def note_made_up(tx: Transaction, names: List[str]) -> None:
    """Note which users have a password that was made up, for `OwnerTokens`."""
    hashes = {name: tx.scalar("SELECT password_hash FROM users WHERE username = ?", (name,)) for name in names}
    tx.insert("facts", name=_FACT, value=json.dumps(hashes))


class OnceCode:
    """A code that logs a browser in, once, within an hour."""

    def __init__(self) -> None:
        self._code: Optional[str] = None
        self._until = 0.0

    def make(self) -> str:
        """Return a new code; the one before holds no more."""
        self._code = secrets.token_urlsafe(24)
        self._until = time.monotonic() + _CODE_SECONDS
        return self._code

    def redeem(self, code: str) -> bool:
        """Whether this is the code; it is used up by that."""
        if self._code is None or time.monotonic() > self._until:
            return False
        if not secrets.compare_digest(self._code.encode(), code.encode("utf-8", "replace")):
            return False
        self._code = None
        return True


@dataclass(frozen=True)
class FirstLogin:
    """What is said once of a new master.

    Attributes:
        password: what was made up.
        names: the users who have it.
        url: an address that logs a browser in, once.
        folder: the data folder.
    """

    password: str = field(repr=False)
    names: Tuple[str, ...]
    url: str = field(repr=False)
    folder: str

    def text(self) -> str:
        """What is printed."""
        return (
            f"A new master, with its data in {self.folder}.\n"
            f"  Password of {' and '.join(self.names)}, shown this once: {self.password}\n"
            f"  Address that logs a browser in, once: {self.url}\n"
            "  det and client.login() of the user who started it are logged in already.\n"
        )


class OwnerTokens:
    """The tokens in the token store of the user who started the master."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db = db
        self._addresses = addresses(settings.host, settings.port)
        self.tokens: Dict[str, str] = {}
        """By user name."""

    async def leave(self, *, is_new: bool) -> None:
        """Leave a token for each user whose password was made up and never changed.

        Parameters:
            is_new: the data folder is: what the store knows of this address is of other masters.
        """
        self.tokens = await self._db.write(_open_tokens)
        if self.tokens:
            await self._change(self._put, is_new)

    async def take_back(self) -> None:
        """Remove them again."""
        if self.tokens:
            await self._change(self._drop)

    async def _change(self, change: Callable[..., None], *args: Any) -> None:
        loop = asyncio.get_running_loop()
        try:
            # others may hold the store's lock
            await asyncio.wait_for(loop.run_in_executor(None, change, *args), _STORE_SECONDS)
        except (OSError, RuntimeError, CorruptTokenCacheException, asyncio.TimeoutError) as error:
            logger.warning("the token store of this user cannot be changed, log in with a password: %s", error)

    def _put(self, is_new: bool) -> None:
        for store in map(TokenStore, self._addresses):
            if is_new:
                for user in store.get_all_users():
                    store.drop_user(user)
                if store.get_active_user() is not None:
                    store.clear_active()
            for user, token in self.tokens.items():
                store.set_token(user, token)

    def _drop(self) -> None:
        for store in map(TokenStore, self._addresses):
            for user, token in self.tokens.items():
                if store.get_token(user) == token:
                    store.drop_token(user)
            store.forget_master()


def _open_tokens(tx: Transaction) -> Dict[str, str]:
    """Open a session for each user whose password was made up, in the place of the one before."""
    tx.execute("DELETE FROM sessions WHERE kind = 'owner'")
    noted = tx.scalar("SELECT value FROM facts WHERE name = ?", (_FACT,))
    tokens: Dict[str, str] = {}
    for name, made_up in json.loads(noted or "{}").items():
        user = tx.one("SELECT id, password_hash FROM users WHERE username = ? AND active", (name,))
        if user is not None and user["password_hash"] == made_up:
            tokens[name] = open_session(tx, user["id"], "owner", lifetime=None)[1]
    return tokens
