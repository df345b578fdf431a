"""Whether a password is the one a cached token was given for, without asking the master, whom that costs seconds.

Beside the file of logins stands ``auth-digests.json``, which only the user may read, like that one. It holds no
password, but for each login a salted scrypt digest of one. The token is part of the salt: a token that another program
has put in its place has no password.
"""

from __future__ import annotations

import hashlib
import json
import os
import pathlib
from typing import Any, Dict, Optional

from . import _files

_VERSION = 1
_COST = 1 << 12
_BLOCK = 8


class PasswordDigests:
    """The digests of one master's logins."""

    def __init__(self, master_url: str, path: Optional[pathlib.Path] = None) -> None:
        """Name the master.

        Parameters:
            master_url: its address in the normal form.
            path: the file; None for ``auth-digests.json`` in the user's configuration folder.
        """
        self._master = master_url
        self._path = path or _files.config_file("auth-digests.json")

    @property
    def path(self) -> pathlib.Path:
        """The file.

        Raises:
            RuntimeError: the user has no home in which it could be.
        """
        return self._path or _files.config_folder() / "auth-digests.json"

    def is_password_of(self, user: str, token: str, password: str) -> bool:
        """Whether a token was given for a password; False where that is not known."""
        entry = self._read().get(self._master, {}).get(user)
        if not isinstance(entry, dict):
            return False
        try:
            salt, kept = bytes.fromhex(entry["salt"]), bytes.fromhex(entry["digest"])
        except (KeyError, TypeError, ValueError):
            return False
        import hmac  # here, because few logins need it

        found = _digest(password, salt, token)
        return found is not None and hmac.compare_digest(found, kept)

    def keep(self, user: str, token: str, password: str) -> None:
        """Remember that a token was given for a password."""
        salt = os.urandom(16)
        digest = _digest(password, salt, token)
        if digest is not None:
            self._change(user, {"salt": salt.hex(), "digest": digest.hex()})

    def drop(self, user: str) -> None:
        """Forget a user's password."""
        if user in self._read().get(self._master, {}):
            self._change(user, None)

    def _change(self, user: str, entry: Optional[Dict[str, str]]) -> None:
        with _files.locked(self._path) as path:
            masters = self._read()
            users = masters.setdefault(self._master, {})
            users.pop(user, None)
            if entry is not None:
                users[user] = entry
            if not users:
                del masters[self._master]
            content = {"version": _VERSION, "masters": masters}
            _files.write_private(path, json.dumps(content, indent=4, sort_keys=True))

    def _read(self) -> Dict[str, Dict[str, Any]]:
        """Return the users of each master; a file of another form counts as empty, since nothing is lost with it."""
        if self._path is None:
            return {}
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        masters = stored.get("masters") if isinstance(stored, dict) and stored.get("version") == _VERSION else None
        if not isinstance(masters, dict) or not all(isinstance(users, dict) for users in masters.values()):
            return {}
        return masters


def _digest(password: str, salt: bytes, token: str) -> Optional[bytes]:
    """Return the digest; None where this Python cannot make it."""
    scrypt = getattr(hashlib, "scrypt", None)
    if scrypt is None:
        return None
    whole_salt = salt + hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
    secret = password.encode("utf-8", "surrogatepass")
    digest: bytes = scrypt(secret, salt=whole_salt, n=_COST, r=_BLOCK, p=1, dklen=32)
    return digest
