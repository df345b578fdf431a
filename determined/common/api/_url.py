"""The address of a master in its normal form."""

from __future__ import annotations

import urllib.parse

DEFAULT_PORT = 8080
_DEFAULT_PORTS = {"http": 80, "https": 443}


def normalize_address(address: str) -> str:
    """Return ``scheme://host:port[/path]``, without a slash at the end.

    No scheme means http and port 8080; ``http://`` and ``https://`` have their usual ports.

    Raises:
        ValueError: there is no host, or a user, a password, a query or a fragment, which have no place in it.
    """
    text = address.strip()
    default_port = _DEFAULT_PORTS.get(text.partition("://")[0].lower())
    if default_port is None:
        text = f"http://{text}"
        default_port = DEFAULT_PORT
    try:
        parts = urllib.parse.urlsplit(text)
    except ValueError as error:
        raise ValueError(f"{address!r} is no master address: {error}") from None
    if parts.username or parts.password:
        raise ValueError("a master address must not hold a user name or password: give them to login()")
    if parts.query or parts.fragment:
        raise ValueError(f"a master address must not hold a query or a fragment: {address!r}")
    if not parts.hostname:
        raise ValueError(f"{address!r} is no master address: it should be like https://host:8443 or host:8080")
    try:
        port = default_port if parts.port is None else parts.port
        if port == 0:
            raise ValueError
    except ValueError:
        raise ValueError(f"the port in the master address {address!r} is no number from 1 to 65535") from None
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    return f"{parts.scheme}://{host}:{port}{parts.path.rstrip('/')}"
