"""Connections to one master: pooled and kept alive, with time limits, TLS as it was chosen, and one border where the
errors of the HTTP library become ours.
"""

from __future__ import annotations

import functools
import json as json_module
import os
import re
import socket
import ssl
import weakref
from http.client import HTTPResponse
from typing import Any, Dict, List, Mapping, Optional, Tuple, cast
from urllib.parse import urlencode, urlsplit

import certifi
import requests
import requests.adapters
import urllib3.connection
import urllib3.exceptions
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from requests.utils import get_environ_proxies, requote_uri, rewind_body
from urllib3.util.ssl_ import create_urllib3_context

from ..._version import __version__
from . import errors
from ._options import Params, Timeout
from ._query import query_of
from .certs import Cert

_POOL_SIZE = 16
_UNQUOTED = re.compile(r"[^!-~]")
_BUNDLE_VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def _keepalive_options() -> List[Tuple[int, int, int]]:
    """Return socket options with which a vanished master is noticed though a stream may be silent for hours."""
    options = list(urllib3.connection.HTTPConnection.default_socket_options)
    options.append((socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1))
    for name, value in (("TCP_KEEPIDLE", 60), ("TCP_KEEPINTVL", 20), ("TCP_KEEPCNT", 6)):
        if hasattr(socket, name):
            options.append((socket.IPPROTO_TCP, getattr(socket, name), value))
    return options


_SOCKET_OPTIONS = _keepalive_options()


class _MasterAdapter(requests.adapters.HTTPAdapter):
    """Connections to one master that check its certificate as one `Cert` says."""

    def __init__(self, master_url: str, cert: Cert) -> None:
        parts = urlsplit(master_url)
        self._origin = {"scheme": parts.scheme, "host": parts.hostname, "port": parts.port}
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

    def start_afresh(self) -> None:
        """Leave the connections to whoever uses them, and make new ones from now on."""
        self.proxy_manager = {}
        self.init_poolmanager(4, _POOL_SIZE)


_adapters: "weakref.WeakSet[_MasterAdapter]" = weakref.WeakSet()


def _start_all_afresh() -> None:
    for adapter in list(_adapters):
        adapter.start_afresh()


if hasattr(os, "register_at_fork"):
    # a forked process that went on with its parent's connections would read answers meant for the parent
    os.register_at_fork(after_in_child=_start_all_afresh)


def _tls_settings(cert: Cert) -> Dict[str, Any]:
    bundle = None
    if not cert.noverify and not cert.cert_pem:
        bundle = next((os.environ[name] for name in _BUNDLE_VARIABLES if os.environ.get(name)), None)
    settings: Dict[str, Any] = {
        "ssl_context": _tls_context(cert.cert_pem, cert.noverify, bundle),
        "cert_reqs": "CERT_NONE" if cert.noverify else "CERT_REQUIRED",
    }
    if cert.name:
        settings.update(assert_hostname=cert.name, server_hostname=cert.name)
    return settings


@functools.lru_cache(maxsize=8)
def _tls_context(pem: Optional[str], noverify: bool, bundle: Optional[str]) -> ssl.SSLContext:
    context = create_urllib3_context()
    if noverify:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        return context
    try:
        if bundle is None:
            context.load_verify_locations(cafile=certifi.where())
        elif os.path.isdir(bundle):
            context.load_verify_locations(capath=bundle)
        else:
            context.load_verify_locations(cafile=bundle)
    except OSError as error:
        raise ValueError(f"the certificates in {bundle or certifi.where()} cannot be used: {error}") from error
    if pem:
        # what the user trusts may be the master's own certificate, signed by nobody or by an unknown authority
        context.verify_flags |= getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0x80000)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            raise ValueError(f"the master's certificate is not valid PEM text: {error}") from error
    return context


def open_http_session(master_url: str, cert: Optional[Cert], headers: Dict[str, str]) -> requests.Session:
    """Return a session of the HTTP library for one master.

    It takes its proxies from the environment. No ``.netrc`` ever replaces the headers, and ``REQUESTS_CA_BUNDLE`` and
    ``CURL_CA_BUNDLE`` count only where `cert` says nothing.

    Raises:
        ValueError: the certificates cannot be used.
    """
    http = requests.Session()
    http.trust_env = False
    http.proxies.update(get_environ_proxies(master_url))
    http.headers["User-Agent"] = f"determined/{__version__}"
    http.headers.update(headers)
    cert = cert or Cert()
    http.verify = not cert.noverify
    if cert.noverify:
        # the user has chosen so; a warning with every request would tell them nothing new
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    adapter = _MasterAdapter(master_url, cert)
    http.adapters.clear()
    http.mount(master_url.split("://")[0] + "://", adapter)
    return http


def prepare(
    http: requests.Session,
    method: str,
    url: str,
    *,
    params: Params = None,
    json: Any = None,
    data: Any = None,
    headers: Optional[Mapping[str, str]] = None,
) -> requests.PreparedRequest:
    """Return a request that can be sent, and sent again.

    The HTTP library's own way looks for cookies, hooks and ``.netrc`` with every request; that costs more than the
    rest of a call together.

    Raises:
        TypeError, ValueError: the body cannot be written as JSON.
    """
    request = requests.PreparedRequest()
    request.method = method
    request.url = _with_query(requote_uri(url) if _UNQUOTED.search(url) else url, params)
    request.hooks = default_hooks()
    request.headers = CaseInsensitiveDict(cast(Mapping[str, str], http.headers))
    if json is not None:
        request.body = json_module.dumps(json, allow_nan=False, separators=(",", ":")).encode()
        request.headers["Content-Type"] = "application/json"
        request.headers["Content-Length"] = str(len(request.body))
    elif data is not None:
        request.prepare_body(data, None)
    elif method not in ("GET", "HEAD"):
        request.headers["Content-Length"] = "0"
    if headers:
        request.headers.update(headers)
    return request


def can_be_sent_again(request: requests.PreparedRequest) -> bool:
    """Whether the body is there a second time: text and bytes are, files that can be wound back, too."""
    return request.body is None or isinstance(request.body, (bytes, str)) or _is_file(request)


def _is_file(request: requests.PreparedRequest) -> bool:
    return isinstance(getattr(request, "_body_position", None), int)


def _with_query(url: str, params: Params) -> str:
    if not params:
        return url
    if isinstance(params, bytes):
        query = params.decode()
    elif isinstance(params, str):
        query = params
    else:
        query = urlencode(query_of(params if isinstance(params, Mapping) else list(params)))
    if not query:
        return url
    return f"{url}{'&' if '?' in url else '?'}{query}"


def send(
    http: requests.Session, request: requests.PreparedRequest, *, timeout: Timeout, stream: bool
) -> requests.Response:
    """Send one request.

    Raises:
        MasterNotFoundException: there is no answer; its class says whether the request can have arrived.
        ValueError: the request cannot be sent, whoever would receive it.
    """
    if _is_file(request):
        rewind_body(request)  # a file that has been read once
    adapter = http.get_adapter(request.url or "")
    try:
        response = adapter.send(
            request, stream=stream, timeout=timeout, verify=bool(http.verify), cert=None, proxies=http.proxies
        )
        if not stream or response.status_code >= 300:
            _read_body(response)
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        raise translated(error, request) from error
    return response


def _read_body(response: requests.Response) -> None:
    body = response.content  # it is read here, and kept
    missing = count_missing(response)
    if missing:
        raise requests.exceptions.ChunkedEncodingError(f"{missing} bytes of the answer are missing", response=response)
    if not body and _lacks_length(response):
        # the standard library takes headers that end early for whole
        raise requests.exceptions.ChunkedEncodingError("the answer broke off in its headers", response=response)
    if _ended_in_its_headers(response):
        raise requests.exceptions.ChunkedEncodingError("the answer ended in its headers", response=response)


def _ended_in_its_headers(response: requests.Response) -> bool:
    """Whether an answer broke off so early that it passes for one whose empty body ends with the connection."""
    return (
        not response.content
        and response.status_code == 200
        and response.request.method != "HEAD"
        and "Content-Length" not in response.headers
        and "Transfer-Encoding" not in response.headers
        and isinstance(getattr(response.raw, "_original_response", None), HTTPResponse)
    )


def count_missing(response: requests.Response) -> int:
    """Return how many bytes a body that was read lacks: urllib3 1 takes one that ends early for whole."""
    told = response.headers.get("Content-Length", "")
    if not told.isdigit() or not _has_body(response):
        return 0
    return max(0, int(told) - int(response.raw.tell()))


def _lacks_length(response: requests.Response) -> bool:
    told = response.headers
    return _has_body(response) and "Content-Length" not in told and "Transfer-Encoding" not in told


def _has_body(response: requests.Response) -> bool:
    return response.request.method != "HEAD" and response.status_code not in (204, 304)


def translated(error: Exception, request: requests.PreparedRequest) -> Exception:
    """Return our error for one of the HTTP library."""
    where = (request.url or "").split("?")[0]
    call = {"method": request.method or "", "path": urlsplit(where).path}
    chain = _causes(error)
    reason = _words_of(chain[-1])
    cut = any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) for cause in chain)
    if not cut and any(isinstance(cause, _REFUSED) for cause in chain):
        return errors.UntrustedMasterException(
            f"no trusted connection to the master could be made ({where}): {reason}. Name its certificate with"
            " DET_MASTER_CERT_FILE, or accept any with DET_MASTER_CERT_FILE=noverify",
            **call,
        )
    if any(isinstance(cause, requests.exceptions.ProxyError) for cause in chain):
        return errors.CannotConnectException(
            f"the proxy for {where} does not answer: {reason}. Are HTTP_PROXY, HTTPS_PROXY and NO_PROXY right?", **call
        )
    if any(isinstance(cause, _NEVER_CONNECTED) for cause in chain):
        return errors.CannotConnectException(
            f"no master answers at {where}: {reason}. Is it running, and is DET_MASTER right?", **call
        )
    if any(isinstance(cause, _TIMED_OUT) for cause in chain):
        return errors.MasterTimeoutException(
            f"the master did not answer in time ({call['method']} {where}). Try again, or give it a longer timeout",
            **call,
        )
    if cut or any(isinstance(cause, _BROKEN) for cause in chain):
        return errors.ConnectionLostException(
            f"the connection to the master broke ({call['method']} {where}): {reason}. Look whether the call took"
            " effect before it is repeated",
            **call,
        )
    if isinstance(error, ValueError):
        return ValueError(str(error))
    return errors.BadResponseException(f"the answer from {where} cannot be read: {error}")


_REFUSED = (requests.exceptions.SSLError, urllib3.exceptions.SSLError)
_NEVER_CONNECTED = (
    requests.exceptions.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
_TIMED_OUT = (requests.exceptions.ReadTimeout, urllib3.exceptions.ReadTimeoutError)
_BROKEN = (
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.ProtocolError,
)


def _causes(error: BaseException) -> List[BaseException]:
    """Return an error and those it wraps, the innermost last."""
    chain = [error]
    while True:
        inner = getattr(chain[-1], "reason", None)
        if not isinstance(inner, BaseException):
            inner = next((arg for arg in reversed(chain[-1].args) if isinstance(arg, BaseException)), None)
        if inner is None or inner in chain:
            return chain
        chain.append(inner)


def _words_of(error: BaseException) -> str:
    text = str(error)
    # "<the connection's repr>: Failed to establish a new connection: [Errno 111] Connection refused"
    return text.rpartition(": ")[2] if isinstance(error, urllib3.exceptions.NewConnectionError) else text
