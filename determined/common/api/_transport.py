"""Requests and their answers, and one border where the errors of the HTTP library become ours."""

from __future__ import annotations

import functools
import json as json_module
import re
from typing import Any, Mapping, Optional, cast
from urllib.parse import urlencode, urljoin, urlsplit

import requests
import urllib3
import urllib3.exceptions
from requests.cookies import extract_cookies_to_jar
from requests.hooks import default_hooks
from requests.structures import CaseInsensitiveDict
from requests.utils import get_encoding_from_headers, requote_uri, rewind_body
from urllib3.util.retry import Retry

from . import _failures, _probe, _proxies, errors
from ._bodies import read_body
from ._connections import MasterAdapter, adapter_of
from ._options import Params, Timeout
from ._query import query_of
from ._retry import RETRIED_STATUSES, Policy

_UNQUOTED = re.compile(r"[^!-~]")


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
        adapter = adapter_of(http, self._url)
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
        adapter.proxies = http.proxies
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
            return self._follow(response, self._adapter) if response.status_code in _REDIRECTS else response
        except errors.BadRequestException:
            raise  # it may be one of the HTTP library's, too
        except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
            raise _failures.translated(error, self._method, self._url, self._http.proxies) from None

    def explain(self, failure: errors.MasterNotFoundException) -> None:
        """Look why there was no answer, and write it into the error: some other service may listen there.

        Where a master has answered before, or a proxy stands in between, nobody looks.
        """
        adapter = self._adapter
        if adapter is None or adapter.was_answered or isinstance(failure, errors.CannotConnectException):
            return
        if _proxies.proxy_for(self._url, adapter.proxies):
            return
        read = _timeout_of(self._timeout).read_timeout
        seconds = read if isinstance(read, (int, float)) else _LONGEST_LOOK
        _failures.explain(failure, self._url, lambda: _probe.examine(self._url, min(seconds, _LONGEST_LOOK)))

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

    def _send_to(self, adapter: MasterAdapter, request: requests.PreparedRequest) -> requests.Response:
        if _is_file(request):
            rewind_body(request)  # a file that has been read once
        pool, target = adapter.pool_and_target(request)
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
        adapter.was_answered = True
        response = _response_of(raw, request, adapter)
        if not self._stream or response.status_code >= 300:
            read_body(response)
        return response

    def _follow(self, response: requests.Response, adapter: MasterAdapter) -> requests.Response:
        """Ask where the answer says, as often as it says so; a request that would become another one is not sent."""
        request = response.request
        history = []
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
            history.append(response)
            origin = urlsplit(url)[:2]
            if origin != urlsplit(response.url)[:2]:
                there = "://".join(origin)
                adapter = MasterAdapter(there, adapter.cert, _proxies.proxies_for(there))
            request, response = moved, self._send_to(adapter, moved)
            response.history = list(history)
            if response.status_code not in _REDIRECTS:
                return response
        raise requests.exceptions.TooManyRedirects(f"{self._http.max_redirects} other addresses were named in turn")


_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_CREDENTIALS = ("Authorization", "Grpc-Metadata-x-allocation-token")
_ONCE = Retry(0, read=False)
_LONGEST_LOOK = 2.0


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


def _set_retries(http: requests.Session, url: str, policy: Policy) -> None:
    """Let the HTTP library send again what fails, as we would."""
    try:
        adapter = http.get_adapter(url)
    except requests.exceptions.InvalidSchema:
        return
    if isinstance(adapter, MasterAdapter):
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
    raw: urllib3.BaseHTTPResponse, request: requests.PreparedRequest, adapter: MasterAdapter
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
