"""The address of a master in its normal form."""

from __future__ import annotations

import re
import urllib.parse
from typing import Optional

from ... import errors
from .. import constants, task_env

DEFAULT_PORT = 8080
_DEFAULT_PORTS = {"http": 80, "https": 443}
_OF_IPV6 = frozenset("0123456789abcdefABCDEF:.")
_HOST = re.compile(r"[a-z0-9_.~!$&'()*+,;=%-]+\Z")


def normalize_address(address: str) -> str:
    """Return ``scheme://host:port[/path]``, without a slash at the end.

    No scheme means http and port 8080; ``http://`` and ``https://`` have their usual ports. The names of hosts are
    written in ASCII, as they are looked up.

    Raises:
        ValueError: there is no host, or a user, a password, a query or a fragment, which have no place in it.
    """
    if not isinstance(address, str):
        raise errors.ArgumentError(f"the address of a master must be text, not {address!r}")
    text = address.strip()
    # what stands before an @ may be a password, however the address is misspelled
    shown = f"...@{address.rpartition('@')[2]}" if "@" in address else address
    text = _bracketed(text)
    default_port = _DEFAULT_PORTS.get(text.partition("://")[0].lower())
    if default_port is None:
        text = f"http://{text}"
        default_port = DEFAULT_PORT
    parts = _split(text)
    if parts is None:
        raise ValueError(f"{shown!r} is no master address: its host cannot be read")
    if parts.username or parts.password:
        raise ValueError("a master address must not hold a user name or password: give them to login()")
    if parts.query or parts.fragment:
        raise ValueError(f"a master address must not hold a query or a fragment: {shown!r}")
    if not parts.hostname:
        raise ValueError(f"{shown!r} is no master address: it should be like https://host:8443 or host:8080")
    port = _port_of(parts, default_port)
    if not port:
        raise ValueError(f"the port in the master address {shown!r} is no number from 1 to 65535")
    if ":" in parts.hostname:
        host = f"[{parts.hostname}]" if _is_ipv6(parts.hostname.partition("%")[0]) else None
    else:
        host = _ascii_host(parts.hostname)
    if host is None:
        raise ValueError(f"{shown!r} is no master address: its host cannot be read")
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"


def canonicalize_master_url(url: str) -> str:
    """Return the normal form of a master's address; see `normalize_address`.

    Raises:
        ValueError: it is no address of a master.
    """
    return normalize_address(url)


def get_default_master_url() -> str:
    """Return the address in ``DET_MASTER``, else in ``DET_MASTER_ADDR``, else ``localhost:8080``, as it is written."""
    told = task_env.read(task_env.MASTER) or task_env.read(task_env.MASTER_ADDR)
    return told or constants.DEFAULT_MASTER_ADDRESS


# The library's errors repeat what they could not read, and so may be no part of ours.


def _split(text: str) -> Optional[urllib.parse.SplitResult]:
    try:
        return urllib.parse.urlsplit(text)
    except ValueError:
        return None


def _bracketed(text: str) -> str:
    """Return an address that is nothing but an IPv6 one as it stands in front of a port."""
    if text.count(":") < 2 or not set(text) <= _OF_IPV6:
        return text
    return f"[{text}]" if _is_ipv6(text) else text


def _is_ipv6(text: str) -> bool:
    import socket  # here, because it is rarely needed

    try:
        socket.inet_pton(socket.AF_INET6, text)
    except OSError:
        return False
    return True


def _ascii_host(host: str) -> Optional[str]:
    """Return a host as it is looked up and sent; None for what is no name of one."""
    if not host.isascii():
        import idna  # here, because it is rarely needed

        try:
            host = idna.encode(host, uts46=True).decode()
        except UnicodeError:
            return None
    return host if _HOST.match(host) else None


def _port_of(parts: urllib.parse.SplitResult, default: int) -> Optional[int]:
    try:
        return default if parts.port is None else parts.port
    except ValueError:
        return None
