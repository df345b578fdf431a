"""Keeps web pages out: what a browser sends for a page of another origin is refused before it is read.

A browser runs on the machine of whoever uses the master, and sends what any page asks it to. It says so, though: by
``Origin`` and ``Sec-Fetch-Site``, which no page can change, and by ``Host``, which tells by which name the page knows
the master. Programs send no such headers and are not concerned.

- Every request must call the master by a name of its own. A page that had its own name lead to this machine (DNS
  rebinding) would count as of the same origin otherwise.
- What changes something, and a WebSocket, must come from a page of the master itself, or from no page at all.
- So must what reads, unless somebody follows a link.
- A form is refused wherever it comes from: no page of the master has one, and programs that call JSON a form or a
  text do not send a browser's headers with it.
"""

from __future__ import annotations

import ipaddress
import socket
from typing import Dict, Optional

from starlette.types import Scope

from .settings import Settings

_SAFE = frozenset(("GET", "HEAD", "OPTIONS"))
_FORM = b"application/x-www-form-urlencoded"
_FORMS = (b"text/plain", b"multipart/form-data", _FORM)
_OWN_SITES = frozenset((b"same-origin", b"none"))
_MOST_REMEMBERED = 256
_SHOWN = 100


class RequestGuard:
    """Says of each request whether it may come in."""

    def __init__(self, settings: Settings) -> None:
        self._is_private = settings.is_private()
        names = {"localhost", settings.host.lower(), *(name.lower() for name in settings.allowed_hosts)}
        if not self._is_private:
            own = socket.gethostname().lower()
            names |= {own, own.partition(".")[0]}
        self._names = names - {""}
        self._known: Dict[bytes, bool] = {}

    def fault(self, scope: Scope) -> Optional[str]:
        """Return why a request is refused; None when it may come in."""
        host = origin = site = mode = kind = None
        has_cookie = upgrades = is_twofold = False
        for name, value in scope["headers"]:
            if name == b"host":
                known = self._known.get(value)
                if not (self._is_own(value) if known is None else known):
                    shown = value[:_SHOWN].decode("latin-1")
                    return f"this master is not known as {shown!r}: --allowed-host lets requests call it so"
                is_twofold = is_twofold or host is not None
                host = value
            elif name == b"origin":
                is_twofold = is_twofold or origin is not None
                origin = value
            elif name == b"sec-fetch-site":
                site = value
            elif name == b"sec-fetch-mode":
                mode = value
            elif name == b"content-type":
                kind = value
            elif name == b"cookie":
                has_cookie = True
            elif name == b"upgrade":
                upgrades = True
        if is_twofold:
            return "a request has one Host and one Origin"
        if scope["type"] == "http" and scope["method"] in _SAFE and not upgrades:
            if site is None or site in _OWN_SITES or mode == b"navigate":
                return None
            return "requests of other sites' pages are refused"
        if origin is not None and (host is None or origin.lower() not in _origins(host.lower())):
            return f"requests of pages of {origin[:_SHOWN].decode('latin-1')} are refused"
        if site is not None and site not in _OWN_SITES:
            return "requests of other sites' pages are refused"
        if kind is not None and (origin is not None or site is not None or has_cookie):
            kind = kind.lower()
            # programs keep cookies, too, and some call whatever they send so
            is_program = origin is None and site is None and kind.startswith(_FORM)
            if kind.startswith(_FORMS) and not is_program:
                return "forms are refused: send JSON as application/json"
        return None

    def _is_own(self, host: bytes) -> bool:
        own = self._is_name(host.decode("latin-1").lower())
        if len(self._known) >= _MOST_REMEMBERED:
            self._known.clear()
        self._known[host] = own
        return own

    def _is_name(self, host: str) -> bool:
        if host in self._names:
            return True
        name, colon, port = host.rpartition(":")
        if not colon or not port.isdecimal() or (name.startswith("[") and not name.endswith("]")):
            name = host
        name = name.rstrip(".")
        if name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name[1:-1] if name.startswith("[") and name.endswith("]") else name)
        except ValueError:
            return False
        # an address leads where it leads: nobody can make it lead elsewhere
        return address.is_loopback or not self._is_private


def _origins(host: bytes) -> "tuple[bytes, bytes]":
    # what answers https stands before the master and passes the name on
    return b"http://" + host, b"https://" + host
