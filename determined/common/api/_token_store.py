"""The file of cached logins, in its released format: ``auth.json``.

``{"version": 2, "masters": {url: {"active_user": name, "tokens": {user: token}}}}``; versions 0 and 1 are read, too.
"""

from __future__ import annotations

import contextlib
import json
import pathlib
import urllib.parse
from typing import Any, Dict, Iterator, List, Optional

from . import _files, errors
from ._url import normalize_address

_VERSION = 2


_lent: Dict[str, Dict[str, str]] = {}


def lend(master_url: str, tokens: Dict[str, str]) -> None:
    """Let this process know tokens of users, in whatever state the file is; none takes them back.

    Parameters:
        master_url: the master's address in the normal form.
    """
    if tokens:
        _lent[master_url] = tokens
    else:
        _lent.pop(master_url, None)


class TokenStore:
    """The logins of one master. Every call reads the file anew; changes are made under its lock."""

    def __init__(self, master_address: str, path: Optional[pathlib.Path] = None) -> None:
        """Name the master.

        Parameters:
            master_address: its address.
            path: the file; None for ``auth.json`` in the user's configuration folder. Where there is no such folder,
                nothing is cached: there are no logins, and a new one cannot be kept.
        """
        self._master = normalize_address(master_address)
        self._path = path or _files.config_file("auth.json")

    @property
    def path(self) -> pathlib.Path:
        """The file.

        Raises:
            RuntimeError: the user has no home in which it could be.
        """
        return self._path or _files.config_folder() / "auth.json"

    def get_active_user(self) -> Optional[str]:
        """Return who is logged in, or None."""
        user: Optional[str] = self._entry().get("active_user")
        return user

    def get_token(self, user: str) -> Optional[str]:
        """Return the cached token of a user, or None."""
        token: Optional[str] = self._entry().get("tokens", {}).get(user)
        return token or _lent.get(self._master, {}).get(user)

    def get_all_users(self) -> List[str]:
        """Return the users that have a cached token."""
        return sorted(self._entry().get("tokens", {}))

    def set_token(self, username: str, token: str) -> None:
        """Cache a user's token.

        Raises:
            OSError: the file cannot be written.
        """
        with self._changing() as entry:
            entry.setdefault("tokens", {})[username] = token

    def drop_user(self, username: str) -> None:
        """Forget a user's token, and that they are the active one."""
        _lent.get(self._master, {}).pop(username, None)
        if self._path is None:
            return
        with self._changing() as entry:
            entry.setdefault("tokens", {}).pop(username, None)
            if entry.get("active_user") == username:
                del entry["active_user"]

    def drop_token(self, user: str) -> None:
        """Forget a token that does not hold any more; the active user stays."""
        _lent.get(self._master, {}).pop(user, None)
        if self._path is None:
            return
        with self._changing() as entry:
            entry.setdefault("tokens", {}).pop(user, None)

    def set_active(self, username: str) -> None:
        """Make a user the one that acts when none is named.

        Raises:
            UnauthenticatedException: no token of the user is cached.
        """
        with self._changing() as entry:
            if username not in entry.get("tokens", {}):
                raise errors.UnauthenticatedException(f"no login of user {username!r} is cached: log in first")
            entry["active_user"] = username

    def clear_active(self) -> None:
        """Let nobody be active."""
        if self._path is None:
            return
        with self._changing() as entry:
            entry.pop("active_user", None)

    def delete_token_cache(self) -> None:
        """Remove the file, with the logins of all masters."""
        if self._path is not None:
            with _files.locked(self._path) as path:
                path.unlink(missing_ok=True)

    def forget_master(self) -> None:
        """Forget that there is such a master, unless a user has a token for it."""
        if self._path is None:
            return
        with self._changing_all() as masters:
            if not masters.get(self._master, {}).get("tokens"):
                masters.pop(self._master, None)

    def _entry(self) -> Dict[str, Any]:
        everything = self._read()
        if everything is None:
            with _files.locked(self._path) as path:
                everything = self._read_or_remove(path)
        entry: Dict[str, Any] = everything["masters"].get(self._master, {})
        return entry

    @contextlib.contextmanager
    def _changing(self) -> Iterator[Dict[str, Any]]:
        with self._changing_all() as masters:
            yield masters.setdefault(self._master, {"tokens": {}})

    @contextlib.contextmanager
    def _changing_all(self) -> Iterator[Dict[str, Any]]:
        with _files.locked(self._path) as path:
            everything = self._read_or_remove(path)
            yield everything["masters"]
            _files.write_private(path, json.dumps(everything, indent=4, sort_keys=True))

    def _read_or_remove(self, path: pathlib.Path) -> Dict[str, Any]:
        """Return the content of the file; the lock is held, so that no other process puts a new one in its place."""
        everything = self._read()
        if everything is None:
            path.unlink()
            raise errors.CorruptTokenCacheException(f"{path} was not readable and has been removed: log in again")
        return everything

    def _read(self) -> Optional[Dict[str, Any]]:
        """Return the content of the file; None when it has the form of no version."""
        if self._path is None:
            return {"version": _VERSION, "masters": {}}
        try:
            stored = json.loads(self._path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {"version": _VERSION, "masters": {}}
        except ValueError:
            return None
        return _upgraded(stored, self._master)


def _upgraded(stored: Any, master_url: str) -> Optional[Dict[str, Any]]:
    """Return the content of a file of any version as version 2; None when it has the form of none."""
    if not isinstance(stored, dict):
        return None
    version = stored.get("version", 0)
    masters: Any
    if version == 0:
        masters = {master_url: {k: stored[k] for k in ("active_user", "tokens") if k in stored}}
    elif version in (1, _VERSION):
        masters = stored.get("masters")
    else:
        return None
    if not isinstance(masters, dict) or not all(_is_entry(entry) for entry in masters.values()):
        return None
    if version == _VERSION:
        if any(_normal_or_none(url) != url for url in masters):
            return None
        return {"version": _VERSION, "masters": masters}
    merged: Dict[str, Dict[str, Any]] = {}
    for url, entry in masters.items():
        normal = _normal_or_none(url)
        if normal is None:
            continue
        target = merged.setdefault(normal, {"tokens": {}})
        target["tokens"].update(entry.get("tokens", {}))
        if entry.get("active_user"):
            target["active_user"] = entry["active_user"]
    return {"version": _VERSION, "masters": merged}


def _is_entry(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and set(entry) <= {"active_user", "tokens"}
        and isinstance(entry.get("active_user") or "", str)
        and isinstance(entry.get("tokens", {}), dict)
        and all(isinstance(token, str) for token in entry.get("tokens", {}).values())
    )


def _normal_or_none(url: str) -> Optional[str]:
    text = url if "://" in url else f"http://{url}"
    try:
        parts = urllib.parse.urlsplit(text)
        bare = urllib.parse.urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
        return normalize_address(bare if "://" in url else bare[len("http://") :])
    except ValueError:
        return None
