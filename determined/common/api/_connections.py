"""Connections to one master: pooled and kept alive, with proxies and TLS as they were chosen."""

from __future__ import annotations

import functools
import os
import socket
import ssl
import weakref
from typing import Any, Dict, List, MutableMapping, Optional, Tuple
from urllib.parse import urlsplit

import certifi
import requests
import requests.adapters
import requests.sessions
import urllib3
import urllib3.connection
import urllib3.exceptions
from requests.utils import select_proxy
from urllib3.util.ssl_ import create_urllib3_context

from ..._version import __version__
from . import _failures, _proxies
from .certs import Cert

_POOL_SIZE = 16
_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
_MORE_VARIABLES = ("SSL_CERT_FILE", "SSL_CERT_DIR")


def _keepalive_options() -> List[Tuple[int, int, int]]:
    """Return socket options with which a vanished master is noticed though a stream may be silent for hours."""
    options = list(urllib3.connection.HTTPConnection.default_socket_options)
    options.append((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 6)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


_SOCKET_OPTIONS = _keepalive_options()


class MasterAdapter(requests.adapters.HTTPAdapter):
    """Connections to one master that check its certificate as one `Cert` says.

    Attributes:
        cert: how its certificate is checked.
        proxies: the proxies that lead to it.
        was_answered: whether anything at the other end has ever answered.
    """

    def __init__(self, master_url: str, cert: Cert, proxies: MutableMapping[str, str]) -> None:
        parts = urlsplit(master_url)
        self.cert = cert
        self.proxies = proxies
        self.was_answered = False
        self._origin = {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}
        self._origin_length = len(f"{parts.scheme}://{parts.netloc}")
        self._pool: Optional[urllib3.HTTPConnectionPool] = None
        self._pool_settings: Dict[str, Any] = {"socket_options": _SOCKET_OPTIONS}
        if parts.scheme == "https":
            self._pool_settings.update(_tls_settings(cert))
        super().__init__(pool_connections=4, pool_maxsize=_POOL_SIZE)
        _adapters.add(self)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs, **self._pool_settings)

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, **self._pool_settings)

    def build_connection_pool_key_attributes(self, request: Any, verify: Any, cert: Any = None) -> Any:
        return self._origin, {}

    def cert_verify(self, conn: Any, url: str, verify: Any, cert: Any) -> None:
        """Do nothing: the pools were made with the TLS settings."""

    def pool_and_target(self, request: requests.PreparedRequest) -> Tuple[urllib3.HTTPConnectionPool, str]:
        """Return the connections for a request, and how it names there what it wants."""
        url = request.url or ""
        proxies = self.proxies
        proxy = select_proxy(url, proxies) if proxies else None
        if proxy:
            manager = self._manager_of(proxy, url)
            return manager.connection_from_host(**self._origin), self.request_url(request, proxies)
        pool = self._pool
        if pool is None:
            pool = self._pool = self.poolmanager.connection_from_host(**self._origin)
        return pool, url[self._origin_length :].partition("#")[0] or "/"

    def _manager_of(self, proxy: str, url: str) -> Any:
        address = proxy if "://" in proxy else f"http://{proxy}"
        try:
            if urlsplit(address).hostname and urlsplit(address).port != 0:
                return self.proxy_manager_for(address)
            fault = "has no host"
        except requests.exceptions.InvalidSchema:
            fault = "needs another package: pip install PySocks"
        except (ValueError, urllib3.exceptions.HTTPError):
            fault = "is not the address of one"
        # said here, where the library's error, which may repeat the password, stands no longer behind it
        raise _failures.CannotBeSentException(f"the proxy that is set {_proxies.described(proxy, url)} {fault}")

    def close(self) -> None:
        self._pool = None
        super().close()

    def start_afresh(self) -> None:
        """Leave the connections to whoever uses them, and make new ones from now on."""
        self._pool = None
        self.proxy_manager = {}
        self.init_poolmanager(4, _POOL_SIZE)


_adapters: "weakref.WeakSet[MasterAdapter]" = weakref.WeakSet()


def _start_all_afresh() -> None:
    for adapter in list(_adapters):
        adapter.start_afresh()


if hasattr(os, "register_at_fork"):
    # a forked process that went on with its parent's connections would read answers meant for the parent
    os.register_at_fork(after_in_child=_start_all_afresh)


def _tls_settings(cert: Cert) -> Dict[str, Any]:
    bundle: Optional[str] = None
    more: Tuple[str, ...] = ()
    if not cert.noverify and not cert.cert_pem:
        bundle = next((os.environ[name] for name in _BUNDLE_VARIABLES if os.environ.get(name)), None)
        if bundle is None:
            more = tuple(os.environ[name] for name in _MORE_VARIABLES if os.path.exists(os.environ.get(name, "")))
    settings: Dict[str, Any] = {
        "ssl_context": _tls_context(cert.cert_pem, cert.noverify, bundle, more),
        "cert_reqs": "CERT_NONE" if cert.noverify else "CERT_REQUIRED",
    }
    if cert.name:
        settings.update(assert_hostname=cert.name, server_hostname=cert.name)
    return settings


@functools.lru_cache(maxsize=8)
def _tls_context(pem: Optional[str], noverify: bool, bundle: Optional[str], more: Tuple[str, ...]) -> ssl.SSLContext:
    context = create_urllib3_context()
    if noverify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    where = ""
    try:
        for where in (bundle or certifi.where(), *more):
            if os.path.isdir(where):
                context.load_verify_locations(capath=where)
            else:
                context.load_verify_locations(cafile=where)
    except OSError as error:
        raise _failures.BadCertificateError(f"the certificates in {where} cannot be used: {error}") from None
    if pem:
        # what the user trusts may be the master's own certificate, signed by nobody or by an unknown authority
        context.verify_flags |= getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0x80000)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            raise _failures.BadCertificateError(f"the master's certificate is not valid PEM text: {error}") from None
    return context


def open_http_session(master_url: str, cert: Optional[Cert], headers: Dict[str, str]) -> requests.Session:
    """Return a session of the HTTP library for one master.

    It takes its proxies from the environment; see `_proxies.proxies_for`. No ``.netrc`` ever replaces the headers.
    Where `cert` says nothing, ``REQUESTS_CA_BUNDLE`` or ``CURL_CA_BUNDLE`` is trusted instead of the public
    authorities, and ``SSL_CERT_FILE`` and ``SSL_CERT_DIR`` besides them.

    Raises:
        ValueError: the certificates cannot be used.
    """
    http = requests.Session()
    http.trust_env = False
    proxies = _proxies.proxies_for(master_url)
    http.proxies = proxies
    http.headers["User-Agent"] = f"determined/{__version__}"
    http.headers.update(headers)
    cert = cert or Cert()
    http.verify = not cert.noverify
    if cert.noverify:
        # the user has chosen so; a warning with every request would tell them nothing new
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    adapter = MasterAdapter(master_url, cert, proxies)
    http.adapters.clear()
    http.mount(master_url.split("://")[0] + "://", adapter)
    return http


class _Library:
    """The functions of the HTTP library that mocks put their own in place of."""

    def __init__(self) -> None:
        self._genuine: Optional[Tuple[Any, ...]] = None

    def is_untouched(self) -> bool:
        """Whether they are all the library's own."""
        kind = requests.Session
        now = (kind.request, kind.send, kind.get_adapter, requests.adapters.HTTPAdapter.send)
        if self._genuine is None and all(_is_written_in(f, _LIBRARY_FILES) for f in now):
            self._genuine = now
        return now == self._genuine


_LIBRARY_FILES = (requests.sessions.__file__, requests.adapters.__file__)
_MOCKED_NAMES = frozenset({"request", "send", "get_adapter"})
_library = _Library()


def _is_written_in(function: Any, files: Tuple[str, ...]) -> bool:
    # a wrapper may bear the name and the module of what it wraps, but not its code
    return getattr(getattr(function, "__code__", None), "co_filename", None) in files


def adapter_of(http: requests.Session, url: str) -> Optional[MasterAdapter]:
    """Return the connections to send by; None where the HTTP library has to be asked as a whole."""
    if not _library.is_untouched() or not _MOCKED_NAMES.isdisjoint(vars(http)) or http.auth or http.hooks["response"]:
        return None
    try:
        adapter = http.get_adapter(url)
    except requests.exceptions.InvalidSchema:
        return None  # said when it is sent
    return adapter if type(adapter) is MasterAdapter else None
