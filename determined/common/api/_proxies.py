"""The proxies that the environment names: which one leads to a master, and how errors speak of it."""

from __future__ import annotations

import os
from typing import Dict, Mapping, Optional
from urllib.parse import urlsplit

from .._hosts import is_loopback


def proxies_for(url: str) -> Dict[str, str]:
    """Return the proxies for an address, as the HTTP library takes them; none where it is reached directly.

    ``http_proxy``, ``https_proxy``, ``all_proxy`` and ``no_proxy`` count as they do for the HTTP library; ``no_proxy``
    may hold networks of IPv6 addresses, too. This machine's own addresses are always reached directly.

    Parameters:
        url: the address, as ``http://host:port``.
    """
    from requests.utils import get_environ_proxies  # here, because it loads the HTTP library

    host = urlsplit(url).hostname or ""
    if is_loopback(host) or (":" in host and _is_excepted(host)):
        return {}
    return {scheme: proxy for scheme, proxy in get_environ_proxies(url).items() if scheme != "no"}


def _is_excepted(address: str) -> bool:
    """Return whether ``no_proxy`` names an IPv6 address, or a network that it is of."""
    import ipaddress  # here, because it is rarely needed

    try:
        wanted = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    for entry in (os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or "").split(","):
        try:
            if wanted in ipaddress.ip_network(entry.strip().strip("[]"), strict=False):
                return True
        except ValueError:
            pass  # a name
    return False


def proxy_for(url: str, proxies: Optional[Mapping[str, str]] = None) -> Optional[str]:
    """Return the address of the proxy for an address, None where it is reached directly.

    Parameters:
        url: the address.
        proxies: those to choose from; None for those of the environment.
    """
    from requests.utils import select_proxy  # here, because it loads the HTTP library

    found = proxies_for(url) if proxies is None else proxies
    return select_proxy(url, found) or None if found else None


def without_password(proxy: str) -> str:
    """Return a proxy's address without the user and password that it may hold."""
    scheme, separator, rest = proxy.rpartition("://")
    return f"{scheme}{separator}{rest.rpartition('@')[2]}"


def described(proxy: str, url: str) -> str:
    """Return where a proxy is set, with its address but no password: "in http_proxy (http://proxy:3128)".

    Parameters:
        proxy: its address.
        url: what it leads to.
    """
    own = f"{urlsplit(url).scheme}_proxy"
    # as the HTTP library looks for them
    names = (own, own.upper(), "all_proxy", "ALL_PROXY")
    found = next((name for name in names if os.environ.get(name) == proxy), None)
    where = f"in {found}" if found else "in this system"
    return f"{where} ({without_password(proxy)})"
