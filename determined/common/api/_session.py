"""A conversation with one master as one user, over one pool of connections."""

from __future__ import annotations

import copy
import re
from types import TracebackType
from typing import TYPE_CHECKING, Any, Dict, Mapping, Optional, Type, TypeVar

from ..._deprecation import renamed
from . import _retry, errors
from ._options import DEFAULT_TIMEOUT, Params, Timeout
from ._url import normalize_address
from .certs import Cert

if TYPE_CHECKING:
    import requests

Self = TypeVar("Self", bound="BaseSession")

_SENDABLE = re.compile(r"[ -~]*\Z")

DEFAULT_MAX_RETRIES = _retry.DEFAULT_MAX_RETRIES


class BaseSession:
    """What sessions have in common. Safe to use from several threads.

    A session can be copied, pickled, and sent to another process. Its token goes along: keep such a file as you would a
    password.

    Attributes:
        master: the master's address in its normal form.
        cert: how its certificate is checked.
        username: who speaks; empty when nobody has logged in.
    """

    master: str
    cert: Optional[Cert]
    username: str

    def __init__(self, master: str, cert: Optional[Cert], headers: Dict[str, str], policy: _retry.Policy) -> None:
        self.master = normalize_address(master)
        self.cert = cert
        self._policy = policy
        self._max_retries = policy.retries
        self._http_session = self._make_http_session(headers)

    def _make_http_session(self, headers: Mapping[str, str]) -> requests.Session:
        from . import _connections  # here, because it loads the HTTP library

        return _connections.open_http_session(self.master, self.cert, dict(headers))

    def __getstate__(self) -> Dict[str, Any]:
        """Return all but the connections, which belong to this process."""
        state = dict(vars(self))
        state["_http_session"] = dict(self._http_session.headers)
        return state

    def __setstate__(self, state: Dict[str, Any]) -> None:
        vars(self).update(state)
        self._http_session = self._make_http_session(state["_http_session"])

    def __copy__(self: Self) -> Self:
        """Return a session that shares the connections."""
        other = type(self).__new__(type(self))
        vars(other).update(vars(self))
        return other

    def get(
        self,
        path: str,
        *,
        params: Params = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        stream: bool = False,
    ) -> requests.Response:
        """Send a GET; see `request`."""
        return self.request("GET", path, params=params, headers=headers, timeout=timeout, stream=stream)

    def head(self, path: str, *, params: Params = None, **options: Any) -> requests.Response:
        """Send a HEAD; see `request`."""
        return self.request("HEAD", path, params=params, **options)

    def options(self, path: str, *, params: Params = None, **options: Any) -> requests.Response:
        """Send an OPTIONS; see `request`."""
        return self.request("OPTIONS", path, params=params, **options)

    def post(
        self,
        path: str,
        *,
        params: Params = None,
        json: Any = None,
        data: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        stream: bool = False,
        repeatable: bool = False,
    ) -> requests.Response:
        """Send a POST; see `request`."""
        return self.request(
            "POST",
            path,
            params=params,
            json=json,
            data=data,
            headers=headers,
            timeout=timeout,
            stream=stream,
            repeatable=repeatable,
        )

    def put(
        self,
        path: str,
        *,
        params: Params = None,
        json: Any = None,
        data: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
    ) -> requests.Response:
        """Send a PUT; see `request`."""
        return self.request("PUT", path, params=params, json=json, data=data, headers=headers, timeout=timeout)

    def patch(
        self,
        path: str,
        *,
        params: Params = None,
        json: Any = None,
        data: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        repeatable: bool = False,
    ) -> requests.Response:
        """Send a PATCH; see `request`."""
        return self.request(
            "PATCH",
            path,
            params=params,
            json=json,
            data=data,
            headers=headers,
            timeout=timeout,
            repeatable=repeatable,
        )

    def delete(
        self,
        path: str,
        *,
        params: Params = None,
        json: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
    ) -> requests.Response:
        """Send a DELETE; see `request`."""
        return self.request("DELETE", path, params=params, json=json, headers=headers, timeout=timeout)

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Params = None,
        json: Any = None,
        data: Any = None,
        headers: Optional[Mapping[str, str]] = None,
        timeout: Timeout = DEFAULT_TIMEOUT,
        stream: bool = False,
        repeatable: bool = False,
    ) -> requests.Response:
        """Send a request and return its answer, which is not an error.

        Parameters:
            method: the verb.
            path: below the master's address, with or without a slash at the beginning.
            params: the query; lists are repeated keys, None is left out.
            json: a body to be sent as JSON.
            data: a body to be sent as it is: bytes, text, a form, or a file open for reading bytes.
            headers: more headers.
            timeout: seconds for connecting and for each silence, or a pair of both; None for no limit. By default
                10 and 50.
            stream: return when the headers are there; the body is read by the caller.
            repeatable: sending it twice does no harm, though the verb does not promise it.

        Raises:
            TypeError, ValueError: the body cannot be written as JSON.
            MasterNotFoundException: no answer came, in its subclasses: no connection, not in time, broken off.
            APIException: the master answered with an error, in its subclasses by status.
        """
        from . import _transport

        exchange = _transport.Exchange(
            self._http_session,
            method,
            f"{self.master}/{path.lstrip('/')}",
            self._policy,
            params=params,
            json=json,
            data=data,
            headers=headers,
            timeout=timeout,
            stream=stream,
        )
        try:
            response = _retry.send_stubbornly(exchange.send, method, exchange.policy, repeatable=repeatable)
        except errors.MasterNotFoundException as failure:
            exchange.explain(failure)
            raise
        if response.status_code >= 300:
            with response:
                raise errors.from_response(response, method, "/" + path.lstrip("/").split("?")[0])
        return response

    def close(self) -> None:
        """Close the connections. Safe to call twice."""
        self._http_session.close()

    def __enter__(self: Self) -> Self:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        who = f" as {self.username}" if self.username else ""
        return f"<{type(self).__name__} with {self.master}{who}>"


class UnauthSession(BaseSession):
    """A session of somebody who has not logged in."""

    def __init__(
        self, master: str, cert: Optional[Cert] = None, max_retries: _retry.Retries = DEFAULT_MAX_RETRIES
    ) -> None:
        """Name the master.

        Parameters:
            master: its address.
            cert: how its certificate is checked; None for the public authorities.
            max_retries: how many times a request that is safe to repeat is sent again.
        """
        self.username = ""
        super().__init__(master, cert, {}, _retry.policy_of(max_retries))


class Session(BaseSession):
    """A session of a user.

    Attributes:
        token: proves who speaks. It is not shown by ``repr``.
    """

    AUTH_HEADER = "Authorization"

    def __init__(
        self,
        master: str,
        username: str,
        token: str,
        cert: Optional[Cert] = None,
        max_retries: _retry.Retries = DEFAULT_MAX_RETRIES,
    ) -> None:
        """Name the master and the user.

        Parameters:
            master: the master's address.
            username: the user's name.
            token: the user's token, from a login.
            cert: how the master's certificate is checked; None for the public authorities.
            max_retries: how many times a request that is safe to repeat is sent again.

        Raises:
            ValueError: the token cannot be sent.
        """
        if not _SENDABLE.match(token):
            # said here, since the HTTP library would repeat the token in its error
            raise ValueError("the token holds a line break or another character that no token has")
        self.username = username
        self.token = token
        super().__init__(master, cert, {self.AUTH_HEADER: f"Bearer {token}"}, _retry.policy_of(max_retries))

    def with_retry(self: Self, max_retries: _retry.Retries = None, retry: _retry.Retries = None) -> Self:
        """Return a session like this one with another number of repetitions; both share their connections.

        Parameters:
            max_retries: the number, or a ``urllib3.Retry``, whose total and backoff factor are taken.
            retry: an older name of `max_retries`.
        """
        if retry is not None:
            renamed("with_retry(retry=...)", "max_retries", "0.32.1")
            max_retries = retry
        other = copy.copy(self)
        other._policy = _retry.policy_of(max_retries)
        other._max_retries = other._policy.retries
        return other


class TaskSession(Session):
    """A session of a task's process, which speaks for its allocation."""

    AUTH_HEADER = "Grpc-Metadata-x-allocation-token"


AllocationSession = TaskSession
