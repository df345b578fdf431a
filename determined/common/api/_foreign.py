"""Answers that no master gives: pages of proxies, portals and other servers, and what is said of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from . import _proxies

if TYPE_CHECKING:
    import requests

HINT = "Check the master's address (DET_MASTER) and the proxy settings"

_LONGEST_TITLE = 80
_TITLE = re.compile(r"<title[^>]*>(.*?)</title", re.IGNORECASE | re.DOTALL)
_NOT_SHOWN = re.compile(r"<(script|style)\b.*?(</\1\s*>|\Z)|<!--.*?(-->|\Z)|<[^>]*(>|\Z)", re.IGNORECASE | re.DOTALL)
_LOOKED_AT = 20_000
# how servers that want TLS answer to a request without
_WANTS_TLS = re.compile(
    r"HTTP request to an HTTPS server|plain HTTP request was sent to HTTPS port|speaking plain HTTP to an SSL"
    r"|combination of host and port requires TLS",
    re.IGNORECASE,
)


def complaint_about(response: requests.Response) -> str:
    """Return what is wrong with the sender of an answer; empty where it may be a master.

    Parameters:
        response: the answer; its body has been read.
    """
    status = int(response.status_code)
    if status == 407:
        return f"a proxy asks for a user and a password{_proxy_of(response) or ', though none is set here'}"
    if response.is_redirect:
        return _complaint_about_redirect(response)
    beginning = _beginning(response)
    if status >= 400 and _WANTS_TLS.search(beginning):
        return f"{speaks('https', response.url)}{_proxy_of(response)}"
    kind = _kind_of(beginning, str(response.headers.get("Content-Type", "")))
    if not kind and status >= 400 and beginning and not beginning.startswith("{") and _proxy_of(response):
        kind = "a text"  # masters write their errors in JSON
    if not kind:
        return ""
    return not_a_master(response, f"answered {status} with {kind}{_title_of(beginning)}")


def is_page(response: requests.Response) -> bool:
    """Return whether an answer, of which nothing but the headers may have come yet, is a page for people."""
    return "text/html" in str(response.headers.get("Content-Type", "")).lower()


def not_a_master(response: requests.Response, what: str) -> str:
    """Return the words about an answer that no master gives.

    Parameters:
        response: the answer.
        what: what its sender did.
    """
    server = re.sub(r"[^ -~]", "", str(response.headers.get("Server", "")))[:_LONGEST_TITLE]
    sender = origin_of(response.url) + (f" ({server})" if server else "")
    first = origin_of(response.history[0].url) if response.history else ""
    if first and first != origin_of(response.url):
        sender = f"{first} redirects to {sender}, which"
    return f"this is not a Determined master: {sender} {what}{_proxy_of(response)}"


def speaks(scheme: str, url: str) -> str:
    """Return the advice to write an address with the other scheme."""
    parts = urlsplit(url)
    return f"{parts.netloc} speaks {scheme}, not {parts.scheme}: use {scheme}://{parts.netloc}"


def origin_of(url: str) -> str:
    """Return the scheme, host and port of an address."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def _complaint_about_redirect(response: requests.Response) -> str:
    asked = urlsplit(response.url)
    try:
        there = urlsplit(urljoin(response.url, response.headers["Location"]))
        named = f"{there.scheme}://{there.netloc.rpartition('@')[2]}{there.path}"
        is_same_host = there.hostname == asked.hostname
    except ValueError:
        return ""
    if is_same_host and (asked.scheme, there.scheme) == ("http", "https"):
        return (
            f"{asked.netloc} speaks https: the request was redirected to {named}. Use {origin_of(named)} as the address"
            " of the master"
        )
    if is_same_host:
        return ""
    return (
        f"the request was redirected to {named} (status {response.status_code}). If the master is there, use that as"
        f" its address; a page to log in to a network is not a Determined master{_proxy_of(response)}"
    )


def _beginning(response: requests.Response) -> str:
    try:
        body: Any = response.content
    except (OSError, RuntimeError):
        return ""  # it broke off, or was read by somebody else
    if not isinstance(body, bytes):
        return ""  # of a mock
    return body[:_LOOKED_AT].decode("utf-8", "replace").lstrip("\ufeff \t\r\n")


def _kind_of(beginning: str, content_type: str) -> str:
    """Return what a body is instead of JSON; empty where it may be a master's."""
    if beginning[:1] in ("{", "["):
        return ""
    if beginning.startswith("<?xml") and "<html" not in beginning[:500].lower():
        return "an XML document"
    if beginning.startswith("<") or "text/html" in content_type.lower():
        return "an HTML page"
    return ""


def _title_of(page: str) -> str:
    found = _TITLE.search(page)
    import html  # here, because it is rarely needed

    text = found[1] if found and found[1].strip() else _NOT_SHOWN.sub(" ", page)
    text = "".join(c for c in " ".join(html.unescape(text).split()) if c.isprintable())
    if len(text) > _LONGEST_TITLE:
        text = text[:_LONGEST_TITLE] + "..."
    return f' ("{text}")' if text else ""


def _proxy_of(response: requests.Response) -> str:
    proxies = getattr(getattr(response, "connection", None), "proxies", None)
    return proxy_note(response.url, proxies if isinstance(proxies, dict) else None)


def proxy_note(url: str, proxies: Any = None) -> str:
    """Return the part of a message that names the proxy which leads to an address; empty where none does.

    Parameters:
        url: the address.
        proxies: those to choose from; None for those of the environment.
    """
    proxy = _proxies.proxy_for(url, proxies)
    return f"; a proxy is set {_proxies.described(proxy, url)}" if proxy else ""
