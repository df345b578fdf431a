"""What listens at an address where no master has answered: asked only to say in an error what is wrong there."""

from __future__ import annotations

import socket
import ssl
from typing import NamedTuple, Optional
from urllib.parse import urlsplit

_LONGEST_SHOWN = 60
_SECONDS = 2.0


class Finding(NamedTuple):
    """What an address was found to speak.

    Attributes:
        scheme: "http" or "https"; None for neither.
        banner: the beginning of what it says in another protocol, fit to be shown.
        hangs_up: whether it takes connections and closes them without an answer.
    """

    scheme: Optional[str]
    banner: str = ""
    hangs_up: bool = False


def examine(url: str, seconds: float = _SECONDS) -> Optional[Finding]:
    """Find out what listens at a master's address; None where nobody can tell.

    No request of the caller's is sent, and no token.

    Parameters:
        url: the address.
        seconds: how long each try may take; there are two at most, of no more than 2 seconds.
    """
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    seconds = min(seconds, _SECONDS)
    greeting = b"GET / HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n" % parts.netloc.encode("ascii", "replace")
    is_closed = True
    for sent in (greeting,) if parts.scheme == "https" else (_client_hello(host), b"PING\r\n"):
        said = _reply(host, port, sent, seconds)
        if said and said.startswith(b"HTTP/"):
            # servers of HTTP say in HTTP that they have not understood something else
            return Finding("http")
        if said and said[0] in _TLS_RECORDS and said[1:2] == b"\x03":
            return Finding("https")
        if said:
            return Finding(None, shown(said))
        is_closed &= said is not None
    return Finding(None, hangs_up=True) if is_closed else None


_TLS_RECORDS = (0x15, 0x16)  # an alert, and a part of the handshake


def shown(said: bytes) -> str:
    """Return the first line of what a server says, fit to be shown."""
    line = said.split(b"\n", 1)[0].decode("latin-1")
    text = "".join(c if " " <= c <= "~" else " " for c in line)
    return " ".join(text.split())[:_LONGEST_SHOWN]


def _client_hello(host: str) -> bytes:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    try:
        context.wrap_bio(incoming, outgoing, server_hostname=host).do_handshake()
    except (ssl.SSLError, ValueError):
        pass  # it waits for the answer, or the name is none that can be sent
    return outgoing.read()


def _reply(host: str, port: int, sent: bytes, seconds: float) -> Optional[bytes]:
    """Return what a server answers first: nothing where it hangs up, None where it is silent or not there."""
    try:
        with socket.create_connection((host, port), timeout=seconds) as connection:
            try:
                connection.sendall(sent)
                return connection.recv(256)
            except socket.timeout:
                return None
            except OSError:
                return b""
    except (OSError, UnicodeError):
        return None
