"""Which host names and addresses mean this machine, and environments that no proxy stands in the way of them."""

from __future__ import annotations

from typing import Iterable, MutableMapping

_NAMES = frozenset({"localhost", "localhost.localdomain", "localhost6", "localhost6.localdomain6", "ip6-localhost"})
_NO_PROXY = ("no_proxy", "NO_PROXY")
_MAPPED = b"\0" * 10 + b"\xff\xff"

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""How this machine is usually named in ``no_proxy``."""


def is_loopback(host: str) -> bool:
    """Return whether a host means the machine itself: a name or an address of the loopback, or "any address".

    Names are not looked up.

    Parameters:
        host: a name, or an address in any form; an IPv6 address with or without brackets.
    """
    name = host.strip("[]").rstrip(".").lower()
    if name in _NAMES or name.endswith(".localhost"):
        return True
    packed = _packed(name.partition("%")[0])
    if packed.startswith(_MAPPED):
        packed = packed[len(_MAPPED) :]
    if len(packed) == 16:
        return packed in (b"\0" * 15 + b"\1", b"\0" * 16)
    return packed[:1] == b"\x7f" or packed == b"\0" * 4


def _packed(address: str) -> bytes:
    """Return the bytes of an address; none for a name."""
    import socket  # here, because it is slow to load

    try:
        # the older function also takes what resolvers take: "127.1", and the address as one number
        return socket.inet_pton(socket.AF_INET6, address) if ":" in address else socket.inet_aton(address)
    except (OSError, UnicodeError):
        return b""


def except_from_proxies(environment: MutableMapping[str, str], hosts: Iterable[str]) -> None:
    """Let no proxy that an environment names stand between its processes and hosts.

    What ``no_proxy`` says already stays; an environment without a proxy stays as it is.

    Parameters:
        environment: the variables, which are changed.
        hosts: names and addresses, without brackets.
    """
    if not any(name.lower().endswith("_proxy") and name not in _NO_PROXY and environment[name] for name in environment):
        return
    told = next((environment[name] for name in _NO_PROXY if environment.get(name)), "")
    entries = [entry.strip() for entry in told.split(",") if entry.strip()]
    if "*" in entries:
        return
    entries += [host for host in dict.fromkeys(hosts) if host and host not in entries]
    for name in _NO_PROXY:
        environment[name] = ",".join(entries)
