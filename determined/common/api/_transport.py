"""Connections to one master: pooled and kept alive, with time limits, TLS as it was chosen, and one border where the
errors of the HTTP library become ours.
"""

from __future__ import annotations

import ssl
from typing import Any, Dict, Optional, Tuple, Union

import requests
import requests.adapters
import urllib3.exceptions
from requests.utils import get_environ_proxies
from urllib3.util.ssl_ import create_urllib3_context

from . import errors
from .certs import Cert

Timeout = Union[None, float, Tuple[Optional[float], Optional[float]]]

CONNECT_SECONDS = 10.0
READ_SECONDS = 180.0
"""Longest silence of the master while it owes an answer; some calls delete a lot before they answer."""

DEFAULT_TIMEOUT: Timeout = (CONNECT_SECONDS, READ_SECONDS)
_POOL_SIZE = 16


class _MasterAdapter(requests.adapters.HTTPAdapter):
    """Connections that check the certificate as one `Cert` says."""

    def __init__(self, cert: Cert) -> None:
        self._cert = cert
        super().__init__(pool_connections=4, pool_maxsize=_POOL_SIZE)

    def init_poolmanager(self, connections: int, maxsize: int, block: bool = False, **pool_kwargs: Any) -> None:
        super().init_poolmanager(connections, maxsize, block, **pool_kwargs, **self._tls())

    def proxy_manager_for(self, proxy: str, **kwargs: Any) -> Any:
        return super().proxy_manager_for(proxy, **kwargs, **self._tls())

    def _tls(self) -> Dict[str, Any]:
        settings: Dict[str, Any] = {}
        if self._cert.name:
            settings.update(assert_hostname=self._cert.name, server_hostname=self._cert.name)
        if self._cert.cert_pem and not self._cert.noverify:
            context: ssl.SSLContext = create_urllib3_context()
            context.load_default_certs()
            context.load_verify_locations(cadata=self._cert.cert_pem)
            settings["ssl_context"] = context
        return settings


def open_http_session(master_url: str, cert: Optional[Cert], headers: Dict[str, str]) -> requests.Session:
    """Return a session of the HTTP library for one master.

    It takes its proxies from the environment, and nothing else: no ``.netrc`` replaces the headers, and no
    ``REQUESTS_CA_BUNDLE`` the certificates.
    """
    http = requests.Session()
    http.trust_env = False
    http.proxies.update(get_environ_proxies(master_url))
    http.headers.update(headers)
    http.max_redirects = 0
    cert = cert or Cert()
    http.verify = not cert.noverify
    if cert.noverify:
        # the user has chosen so; a warning with every request would tell them nothing new
        urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    adapter = _MasterAdapter(cert)
    http.mount("http://", adapter)
    http.mount("https://", adapter)
    return http


def send(
    http: requests.Session, method: str, url: str, *, timeout: Timeout, stream: bool, **arguments: Any
) -> requests.Response:
    """Send one request.

    Raises:
        MasterNotFoundException: there is no answer; its class says whether the request can have arrived.
    """
    try:
        return http.request(method, url, timeout=timeout, stream=stream, allow_redirects=False, **arguments)
    except requests.RequestException as error:
        raise translated(error, url) from error


def translated(error: Exception, url: str) -> Exception:
    """Return our error for one of the HTTP library."""
    where = url.split("?")[0]
    if isinstance(error, requests.exceptions.SSLError):
        return errors.CannotConnectException(
            f"the certificate of the master was refused ({where}): {_innermost(error)}. Name its certificate with"
            " DET_MASTER_CERT_FILE, or accept any with DET_MASTER_CERT_FILE=noverify"
        )
    if isinstance(error, requests.exceptions.ConnectTimeout) or _was_never_connected(error):
        return errors.CannotConnectException(
            f"no master answers at {where}: {_innermost(error)}. Is it running, and is DET_MASTER right?"
        )
    if isinstance(error, requests.exceptions.Timeout) or "timed out" in str(error):
        return errors.MasterTimeoutException(f"the master did not answer in time ({where})")
    if isinstance(error, (requests.exceptions.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        return errors.ConnectionLostException(f"the connection to the master broke ({where}): {_innermost(error)}")
    if isinstance(error, (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema, ValueError)):
        return ValueError(str(error))
    return errors.BadResponseException(f"the answer from {where} cannot be read: {error}")


def _was_never_connected(error: Exception) -> bool:
    reason: Any = error
    for _ in range(4):
        if isinstance(reason, (urllib3.exceptions.NewConnectionError, requests.exceptions.ProxyError)):
            return True
        reason = getattr(reason, "reason", None) or (reason.args[0] if getattr(reason, "args", None) else None)
    return False


def _innermost(error: Exception) -> str:
    reason: Any = error
    for _ in range(5):
        inner = getattr(reason, "reason", None) or (reason.args[0] if getattr(reason, "args", None) else None)
        if not isinstance(inner, Exception):
            break
        reason = inner
    text = str(reason)
    return text.rpartition(": ")[2] if isinstance(reason, urllib3.exceptions.NewConnectionError) else text
