"""Requests as they stand on the wire, with headers that no client of ours would send."""

from __future__ import annotations

import json
import socket
from typing import Any, Mapping, NamedTuple, Optional
from urllib.parse import urlsplit


class Answer(NamedTuple):
    """A status, the headers by lower-case name, and the body."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def text(self) -> str:
        """The text of an error, in whichever form it came."""
        value = json.loads(self.body)
        error: Any = value.get("error", value)
        return str(error.get("error") or error.get("message"))


def ask(
    url: str, method: str, path: str, body: Optional[bytes] = None, headers: Optional[Mapping[str, str]] = None
) -> Answer:
    """Send a request on a connection of its own; ``Host`` is the master's own unless the headers say otherwise."""
    place = urlsplit(url)
    sent = {"Host": place.netloc, "Connection": "close", **(headers or {})}
    if body is not None:
        sent.setdefault("Content-Length", str(len(body)))
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items() if value != "-")]
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=30) as plug:
        plug.sendall("\r\n".join([*lines, "", ""]).encode("latin-1") + (body or b""))
        return read_answer(plug)


def read_answer(plug: socket.socket) -> Answer:
    """Read one answer of known length."""
    got = b""
    while b"\r\n\r\n" not in got:
        got += _more(plug)
    head, _, body = got.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    found = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    while len(body) < int(found.get("content-length", 0)):
        body += _more(plug)
    return Answer(int(first.split()[1]), found, body)


def _more(plug: socket.socket) -> bytes:
    part = plug.recv(65536)
    assert part, "the answer broke off"
    return part
