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
import zlib
from typing import Any, Dict, List, Mapping, Optional, Tuple, cast
from urllib.parse import urlencode, urljoin, urlsplit

import certifi
import requests
import requests.adapters
import requests.sessions
import urllib3
import urllib3.connection
import urllib3.exceptions
from requests.cookies import extract_cookies_to_jar
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from requests.utils import (
    get_encoding_from_headers,
    get_environ_proxies,
    requote_uri,
    rewind_body,
    select_proxy,
)
from urllib3.util.retry import Retry
from urllib3.util.ssl_ import create_urllib3_context

from ..._version import __version__
from . import _failures, errors
from ._options import Params, Timeout
from ._query import query_of
from ._retry import RETRIED_STATUSES, Policy
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
        self.cert = cert
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

    def pool_and_target(
        self, request: requests.PreparedRequest, proxies: Mapping[str, str]
    ) -> Tuple[urllib3.HTTPConnectionPool, str]:
        """Return the connections for a request, and how it names there what it wants."""
        url = request.url or ""
        proxy = select_proxy(url, proxies) if proxies else None
        if proxy:
            manager = self.proxy_manager_for(proxy if "://" in proxy else f"http://{proxy}")
            return manager.connection_from_host(**self._origin), self.request_url(request, proxies)
        pool = self._pool
        if pool is None:
            pool = self._pool = self.poolmanager.connection_from_host(**self._origin)
        return pool, url[self._origin_length :].partition("#")[0] or "/"

    def close(self) -> None:
        self._pool = None
        super().close()

    def start_afresh(self) -> None:
        """Leave the connections to whoever uses them, and make new ones from now on."""
        self._pool = None
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
        where = bundle or certifi.where()
        raise _failures.BadCertificateError(f"the certificates in {where} cannot be used: {error}") from error
    if pem:
        # what the user trusts may be the master's own certificate, signed by nobody or by an unknown authority
        context.verify_flags |= getattr(ssl, "VERIFY_X509_PARTIAL_CHAIN", 0x80000)
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        try:
            context.load_verify_locations(cadata=pem)
        except (ssl.SSLError, ValueError) as error:
            raise _failures.BadCertificateError(f"the master's certificate is not valid PEM text: {error}") from error
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


class Exchange:
    """A request to a master, which may be sent several times.

    The HTTP library's own way looks for cookies, hooks, proxies and ``.netrc`` with every request; that costs more than
    the rest of a call together. It is taken all the same where somebody has put something of their own in its place:
    what a test has mocked, or a tool watches, is used.

    Attributes:
        policy: how often it may be sent; not again where the HTTP library sees to that, or where the body is gone.
    """

    def __init__(
        self,
        http: requests.Session,
        method: str,
        url: str,
        policy: Policy,
        *,
        params: Params = None,
        json: Any = None,
        data: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = None,
        stream: bool = False,
    ) -> None:
        """Prepare the request.

        Raises:
            TypeError, ValueError: the body cannot be written as JSON.
        """
        self._http, self._method, self._timeout, self._stream = http, method, timeout, stream
        self._url = _with_query(requote_uri(url) if _UNQUOTED.search(url) else url, params)
        adapter = _adapter_of(http, self._url)
        self._adapter = adapter
        if adapter is None:
            self._request = None
            if json is not None:
                data = json_module.dumps(json, allow_nan=False)
                headers = {"Content-Type": "application/json", **(headers or {})}
            self._data, self._headers = data, headers
            self.policy = Policy(0)
            _set_retries(http, self._url, policy)
            return
        self._request = _prepare(http, method, self._url, json, data, headers)
        self.policy = policy if _can_be_sent_again(self._request) else Policy(0)

    def send(self) -> requests.Response:
        """Send the request.

        Raises:
            MasterNotFoundException: there is no answer; its class says whether the request can have arrived.
            BadRequestException: the request cannot be sent, whoever would receive it, or the answer is none.
        """
        try:
            if self._adapter is None or self._request is None:
                return self._send_by_library()
            response = self._send_to(self._adapter, self._request)
            return self._follow(response) if response.status_code in _REDIRECTS else response
        except errors.BadRequestException:
            raise  # it may be one of the HTTP library's, too
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _failures.translated(error, self._method, self._url) from error

    def _send_by_library(self) -> requests.Response:
        try:
            return self._http.request(
                self._method,
                self._url,
                data=self._data,
                headers=None if self._headers is None else dict(self._headers),
                timeout=self._timeout,
                stream=self._stream,
            )
        finally:
            self._http.cookies.clear()

    def _send_to(self, adapter: _MasterAdapter, request: requests.PreparedRequest) -> requests.Response:
        if _is_file(request):
            rewind_body(request)  # a file that has been read once
        pool, target = adapter.pool_and_target(request, self._http.proxies)
        raw = pool.urlopen(
            method=self._method,
            url=target,
            body=request.body,
            headers=dict(request.headers),
            redirect=False,
            assert_same_host=False,
            preload_content=False,
            decode_content=False,
            retries=_ONCE,
            timeout=_timeout_of(self._timeout),
            chunked=not (request.body is None or "Content-Length" in request.headers),
        )
        response = _response_of(raw, request, adapter)
        if not self._stream or response.status_code >= 300:
            _read_body(response)
        return response

    def _follow(self, response: requests.Response) -> requests.Response:
        """Ask where the answer says, as often as it says so; a request that would become another one is not sent."""
        request = response.request
        for _ in range(self._http.max_redirects):
            location = self._http.get_redirect_target(response)
            if location is None or not _is_kept(self._method, response.status_code):
                return response
            url = _joined(response.url, location)
            moved = request.copy()
            moved.url = url
            if cast(Any, self._http).should_strip_auth(response.url, url):
                for name in _CREDENTIALS:
                    moved.headers.pop(name, None)
            response.close()
            adapter = self._adapter
            if adapter is None or urlsplit(url)[:2] != urlsplit(response.url)[:2]:
                adapter = _MasterAdapter("://".join(urlsplit(url)[:2]), self._adapter.cert if self._adapter else Cert())
            request, response = moved, self._send_to(adapter, moved)
            if response.status_code not in _REDIRECTS:
                return response
        raise requests.exceptions.TooManyRedirects(f"{self._http.max_redirects} other addresses were named in turn")


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS = ("Authorization", "Grpc-Metadata-x-allocation-token")
_ONCE = Retry(0, read=False)


def _is_kept(method: str, status: int) -> bool:
    """Whether a request stays what it is when it is sent on."""
    return method in ("GET", "HEAD") or status in (307, 308)


def _joined(url: str, location: str) -> str:
    try:
        joined = urljoin(url, requote_uri(location))
        known = urlsplit(joined).scheme in ("http", "https")
    except ValueError as error:
        raise requests.exceptions.InvalidURL(str(error)) from error
    if not known:
        raise requests.exceptions.InvalidSchema(f"the master sends the request on to {joined}, which is no web address")
    return joined


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


def _adapter_of(http: requests.Session, url: str) -> Optional[_MasterAdapter]:
    """Return the connections to send by; None where the HTTP library has to be asked as a whole."""
    if not _library.is_untouched() or not _MOCKED_NAMES.isdisjoint(vars(http)) or http.auth or http.hooks["response"]:
        return None
    try:
        adapter = http.get_adapter(url)
    except requests.exceptions.InvalidSchema:
        return None  # said when it is sent
    return adapter if type(adapter) is _MasterAdapter else None


def _set_retries(http: requests.Session, url: str, policy: Policy) -> None:
    """Let the HTTP library send again what fails, as we would."""
    try:
        adapter = http.get_adapter(url)
    except requests.exceptions.InvalidSchema:
        return
    if isinstance(adapter, _MasterAdapter):
        adapter.max_retries = Retry(
            policy.retries, backoff_factor=policy.backoff, status_forcelist=RETRIED_STATUSES, raise_on_status=False
        )


def _prepare(
    http: requests.Session, method: str, url: str, json: Any, data: Any, headers: Optional[Mapping[str, str]]
) -> requests.PreparedRequest:
    request = requests.PreparedRequest()
    request.method = method
    request.url = url
    request.hooks = default_hooks()
    request.headers = CaseInsensitiveDict(cast(Any, http.headers))
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


def _can_be_sent_again(request: requests.PreparedRequest) -> bool:
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


@functools.lru_cache(maxsize=64)
def _timeout_of(timeout: Timeout) -> urllib3.Timeout:
    connect, read = timeout if isinstance(timeout, tuple) else (timeout, timeout)
    return urllib3.Timeout(connect=connect, read=read)


def _response_of(
    raw: urllib3.BaseHTTPResponse, request: requests.PreparedRequest, adapter: _MasterAdapter
) -> requests.Response:
    response = requests.Response()
    response.status_code = raw.status
    response.headers = CaseInsensitiveDict(raw.headers)
    response.encoding = get_encoding_from_headers(response.headers)
    response.reason = raw.reason or ""
    response.raw = raw
    response.request = request
    response.url = request.url or ""
    response.connection = adapter
    if "Set-Cookie" in response.headers:
        cast(Any, extract_cookies_to_jar)(response.cookies, request, raw)
    return response


def _read_body(response: requests.Response) -> None:
    """Read the body, and keep it.

    Raises:
        ConnectionLostException: it broke off, by its own framing.
    """
    packed = response.headers.get("Content-Encoding", "").lower() == "gzip"
    body: bytes = response.raw.read(decode_content=not packed)
    missing = count_missing(response)
    if missing:
        raise requests.exceptions.ChunkedEncodingError(f"{missing} bytes of the answer are missing", response=response)
    if packed:
        body = _unpacked(body, response)
    if not body and _ended_in_its_headers(response):
        raise _failures.CutDocumentException(_CUT.format("its headers"), **_failures.call_of(response.request))
    vars(response).update(_content=body, _content_consumed=True)


_CUT = "the connection to the master broke: its answer ends in {}. Look whether the call took effect, and repeat it"


def _unpacked(packed: bytes, response: requests.Response) -> bytes:
    whole: List[bytes] = []
    while packed:
        unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            whole.append(unpacking.decompress(packed))
        except zlib.error as error:
            if whole:
                break  # what stands behind the end of a packed document is none of it
            raise requests.exceptions.ContentDecodingError(str(error), response=response) from error
        if not unpacking.eof:
            raise _failures.CutDocumentException(_CUT.format("its packed body"), **_failures.call_of(response.request))
        packed = unpacking.unused_data
    return b"".join(whole)


def _ended_in_its_headers(response: requests.Response) -> bool:
    """Whether the last header of an answer is cut; the standard library takes it for one that is over."""
    if not _has_body(response) or "Content-Length" in response.headers or "Transfer-Encoding" in response.headers:
        return False
    message = getattr(getattr(response.raw, "_original_response", None), "msg", None)
    return bool(getattr(message, "defects", None))


def count_missing(response: requests.Response) -> int:
    """Return how many bytes a body that was read lacks: urllib3 1 takes one that ends early for whole."""
    told = response.headers.get("Content-Length", "")
    if not told.isdigit() or not _has_body(response):
        return 0
    return max(0, int(told) - int(response.raw.tell()))


def _has_body(response: requests.Response) -> bool:
    return response.request.method != "HEAD" and response.status_code not in (204, 304)
