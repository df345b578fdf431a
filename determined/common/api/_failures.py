"""Errors of calls that are also errors of the HTTP library or of the standard library.

A script may have learned to catch those: the released client lets them pass. Whoever names an error should name one of
`errors`; the private classes here only add to it what else it is. The module loads the HTTP library.
"""

from __future__ import annotations

import http.client
import ssl
from typing import Any, Callable, Dict, List, Mapping, Optional, Type
from urllib.parse import urlsplit

import requests
import urllib3.exceptions

from . import _foreign, _probe, errors
from ._http_errors import APIHttpError, APIHttpStreamError


class UntrustedMasterException(errors.MasterNotFoundException, requests.exceptions.SSLError):
    """The certificate of the master was refused: nothing of the request has been sent."""


class BrokenTlsException(errors.ConnectionLostException, requests.exceptions.SSLError):
    """The connection ended while it was being encrypted."""


class BadCertificateError(ValueError, requests.exceptions.SSLError):
    """What a master's certificate should be checked with are no certificates."""


class CannotBeSentException(errors.BadRequestException, ValueError):
    """A request that nobody could be sent, such as for its address."""


class UnusableAnswerException(errors.BadRequestException, errors.BadResponseException):
    """The HTTP library can make nothing of the answer."""


class UndecodableAnswerException(UnusableAnswerException, requests.exceptions.ContentDecodingError):
    """The answer is not packed as it says."""


class NoJsonException(errors.BadResponseException, requests.exceptions.JSONDecodeError):
    """The answer is no JSON; what it is instead is not kept, since it may hold a token."""

    def __init__(self, message: str) -> None:
        requests.exceptions.JSONDecodeError.__init__(self, message, "", 0)
        self.message = message


class NoAnswerException(NoJsonException, APIHttpError):
    """The answer is empty, as its status says."""

    def __init__(self, message: str, operation_name: str, response: requests.Response) -> None:
        NoJsonException.__init__(self, message)
        self.operation_name, self.response = operation_name, response


class NoObjectException(errors.BadResponseException, TypeError):
    """The answer is JSON, but no object."""


class MissingKeyException(errors.BadResponseException, KeyError):
    """The answer lacks something that is needed."""


class CutDocumentException(errors.ConnectionLostException, requests.exceptions.JSONDecodeError):
    """The connection broke in the packed document of an answer, or before its first byte."""

    def __init__(self, message: str, *, method: str = "", path: str = "") -> None:
        requests.exceptions.JSONDecodeError.__init__(self, message, "", 0)
        self.message, self.method, self.path = message, method, path


class CutStreamException(errors.ConnectionLostException, APIHttpStreamError, requests.exceptions.ChunkedEncodingError):
    """The connection broke before a stream had come to its end."""

    def __init__(self, message: str, *, operation_name: str = "", method: str = "", path: str = "") -> None:
        requests.exceptions.ChunkedEncodingError.__init__(self, message)
        self.message, self.method, self.path = message, method, path
        self.operation_name, self.error = operation_name, StreamError(message)


class UnpackableStreamException(CutStreamException, requests.exceptions.ContentDecodingError):
    """A stream is not packed as it says."""


class CutLineException(CutStreamException, requests.exceptions.JSONDecodeError):
    """The last line of a stream is not whole."""

    def __init__(self, message: str, *, operation_name: str = "", method: str = "", path: str = "") -> None:
        requests.exceptions.JSONDecodeError.__init__(self, message, "", 0)
        self.message, self.method, self.path = message, method, path
        self.operation_name, self.error = operation_name, StreamError(message)


class SilentStreamException(errors.MasterTimeoutException, requests.exceptions.ConnectionError):
    """A stream was silent for too long."""


class StreamError:
    """What a stream says of its error.

    Attributes:
        message: the words.
        httpCode: the HTTP status it would have, or None.
        grpcCode: the code of the master's own protocol, or None.
        httpStatus: `httpCode` in words, or None.
    """

    def __init__(self, message: str, httpCode: Any = None, grpcCode: Any = None, httpStatus: Any = None) -> None:  # noqa: N803
        self.message = message
        self.httpCode = httpCode
        self.grpcCode = grpcCode
        self.httpStatus = httpStatus

    def __repr__(self) -> str:
        return f"StreamError({self.message!r}, {self.httpCode}, {self.grpcCode}, {self.httpStatus!r})"


class _StreamFailure(APIHttpStreamError):
    """The error of a stream, whose other side is one of `errors`."""

    def __init__(self, message: str) -> None:
        Exception.__init__(self, message)


class FailedStreamException(errors.APIException, _StreamFailure):
    """The master ended a stream with an error."""


class NotFoundStreamException(errors.NotFoundException, _StreamFailure):
    """The master ended a stream with "not found"."""


class UnauthenticatedStreamException(errors.UnauthenticatedException, _StreamFailure):
    """The master ended a stream, since it does not know who asks."""


class ForbiddenStreamException(errors.ForbiddenException, _StreamFailure):
    """The master ended a stream that the user may not read."""


_STREAM_ERRORS: Dict[int, Type[errors.BadRequestException]] = {
    401: UnauthenticatedStreamException,
    403: ForbiddenStreamException,
    404: NotFoundStreamException,
}


def stream_failure(
    document: Mapping[str, Any], response: requests.Response, operation_name: str
) -> errors.BadRequestException:
    """Return the error that a line of a stream means.

    Parameters:
        document: the line: ``{"error": {"httpCode": ..., "message": ...}}``.
        response: the stream.
        operation_name: the call.
    """
    said = document["error"] if isinstance(document["error"], dict) else {}
    words = errors.message_in(document)
    status = int(said.get("httpCode") or 500)
    kind = _STREAM_ERRORS.get(status, FailedStreamException)
    error = errors.told(kind(words), status_code=status, response=response, **call_of(response.request))
    error.response_error = said or None
    known = {name: said.get(name) for name in ("httpCode", "grpcCode", "httpStatus")}
    vars(error).update(operation_name=operation_name, error=StreamError(words, **known))
    return error


def no_stream(response: requests.Response) -> NoJsonException:
    """Return the error that an answer is a page where a stream should be."""
    complaint = _foreign.complaint_about(response) if _foreign.is_page(response) else ""
    what = f"answered {response.status_code} with an HTML page or another document where a stream should be"
    return NoJsonException(complaint or _foreign.not_a_master(response, what))


def call_of(request: requests.PreparedRequest) -> Dict[str, str]:
    """Return the verb and the path of a request, as errors tell them."""
    return {"method": request.method or "", "path": urlsplit(request.url or "").path}


def translated(error: Exception, method: str, url: str, proxies: Optional[Mapping[str, str]] = None) -> Exception:
    """Return our error for one of the HTTP library.

    Parameters:
        error: the HTTP library's.
        method: the verb of the request.
        url: its whole address.
        proxies: those that the request was sent by; None for those of the environment.
    """
    where = url.split("?")[0]
    call = {"method": method, "path": urlsplit(where).path}
    note = _foreign.proxy_note(url, proxies)
    chain = _causes(error)
    reason = _words_of(chain[-1])
    cut = any(isinstance(cause, (ssl.SSLEOFError, ssl.SSLZeroReturnError)) for cause in chain)
    encrypted = any(isinstance(cause, _REFUSED) for cause in chain)
    if any(isinstance(cause, _PROXY_FAILED) for cause in chain):
        return errors.CannotConnectException(
            f"the proxy for {where} {_fault_of_proxy(reason)}{note}. Are HTTP_PROXY, HTTPS_PROXY and NO_PROXY right?",
            **call,
        )
    if encrypted and not cut:
        return UntrustedMasterException(_untrusted(chain, where, reason, note), **call)
    if any(isinstance(cause, _NEVER_CONNECTED) for cause in chain):
        return errors.CannotConnectException(
            f"no master answers at {where}: {reason}{note}. {_doubt_about(where)}", **call
        )
    if any(isinstance(cause, _TIMED_OUT) for cause in chain):
        return errors.MasterTimeoutException(
            f"the master did not answer in time ({method} {where}{note}). Try again, or give it a longer timeout",
            **call,
        )
    if cut or encrypted or any(isinstance(cause, _BROKEN) for cause in chain):
        kind = BrokenTlsException if encrypted else errors.ConnectionLostException
        lost = kind(
            f"the connection to the master broke ({method} {where}): {reason}{note}. Look whether the call took effect"
            " before it is repeated",
            **call,
        )
        said = _said_instead_of_http(chain)
        if said:
            write_over(lost, _said_by_another(url, said) + note)
            lost.is_foreign = True
        return lost
    if isinstance(error, _NOT_SENT):
        return CannotBeSentException(str(error))
    kinds = (requests.exceptions.ContentDecodingError, urllib3.exceptions.DecodeError)
    unusable = UndecodableAnswerException if isinstance(error, kinds) else UnusableAnswerException
    return unusable(f"the answer from {where} cannot be read: {error}{note}")


def _doubt_about(where: str) -> str:
    parts = urlsplit(where)
    if parts.path.startswith("//"):
        return f"The address of a master begins with http:// or https://, not with {parts.hostname}://"
    return "Is it running, and is DET_MASTER right?"


def _fault_of_proxy(reason: str) -> str:
    if "Tunnel connection failed" in reason:
        said = reason.partition("Tunnel connection failed: ")[2] or reason
        wants = ". It wants a user and a password in its address" if said.startswith("407") else ""
        return f"does not connect to it ({said}{wants})"
    return f"does not answer: {reason}"


def _untrusted(chain: List[BaseException], where: str, reason: str, note: str) -> str:
    """Return why an encrypted connection could not be made, and what to do about it."""
    refused = next((cause for cause in chain if isinstance(cause, ssl.SSLCertVerificationError)), None)
    told = reason.lower()
    if refused is None and "certificate" not in told and "hostname" not in told:
        hint = "Does it speak https, or http?"
        if any(getattr(cause, "reason", "") in _PLAIN_REASONS for cause in chain):
            hint = f"It does not speak https; if it speaks http, use http://{urlsplit(where).netloc}"
        return f"no encrypted connection to the master could be made ({where}): {reason}{note}. {hint}"
    if "expired" in told:
        hint = "It has to be renewed there, or the clock of this machine is wrong"
    elif "hostname mismatch" in told or "ip address mismatch" in told or "doesn't match" in told:
        hint = (
            "Use the host name that is in the certificate, or name it with DET_MASTER_CERT_NAME where this connection"
            " is one to be trusted"
        )
    else:
        hint = (
            "If it is the master's own, name a file that holds it with DET_MASTER_CERT_FILE; if a proxy or a firewall"
            " of this network looks into connections, name the file of its certificate with REQUESTS_CA_BUNDLE or"
            " SSL_CERT_FILE"
        )
    return (
        f"no trusted connection to the master could be made ({where}): {reason}{note}. {hint}. To accept any"
        " certificate, set DET_MASTER_CERT_FILE=noverify"
    )


# what OpenSSL makes of bytes that are not TLS
_PLAIN_REASONS = frozenset(
    {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "HTTPS_PROXY_REQUEST", "UNKNOWN_PROTOCOL", "PACKET_LENGTH_TOO_LONG",
     "RECORD_LAYER_FAILURE", "RECORD_TOO_SMALL", "UNSUPPORTED_PROTOCOL"}
)  # fmt: skip


def _said_instead_of_http(chain: List[BaseException]) -> str:
    """Return the beginning of an answer that is not HTTP; empty where there was no answer."""
    for cause in chain:
        if isinstance(cause, http.client.BadStatusLine) and not isinstance(cause, http.client.RemoteDisconnected):
            # an empty one is told as its repr
            line = str(getattr(cause, "line", "") or "")
            return "" if line in ("''", '""', "\r\n", "\n") else line
    return ""


def _said_by_another(url: str, said: str) -> str:
    if said[:2] in ("\x15\x03", "\x16\x03"):
        return _foreign.speaks("https", url)
    shown = _probe.shown(said.encode("latin-1", "replace"))
    answers = f"answers {shown!r}, which is not HTTP" if shown else "answers something that is not HTTP"
    return f"this is not a Determined master: {_foreign.origin_of(url)} {answers}"


def explain(failure: errors.MasterNotFoundException, url: str, examine: Callable[[], Optional[_probe.Finding]]) -> None:
    """Write into an error what listens at the address instead of a master, where that can be told.

    Parameters:
        failure: the error: there was no answer, though a connection could be made.
        url: the whole address of the request.
        examine: looks what listens there.
    """
    scheme = urlsplit(url).scheme
    if isinstance(failure, UntrustedMasterException):
        if " trusted connection" in failure.message:
            return  # it speaks TLS: its certificate is what is wrong
    elif isinstance(failure, errors.MasterTimeoutException):
        if scheme == "http":
            return  # it is slow, whatever it is
    elif failure.is_foreign or not isinstance(failure, errors.ConnectionLostException):
        return
    found = examine()
    if found is None or found.scheme == scheme:
        return
    call = f" [{failure.method} {failure.path}]"
    if found.scheme is not None:
        write_over(failure, _foreign.speaks(found.scheme, url) + call)
    elif found.banner:
        write_over(failure, _said_by_another(url, found.banner) + call)
    elif found.hangs_up:
        origin = _foreign.origin_of(url)
        doubt = f"{origin} closes connections without an answer: perhaps this is not a Determined master"
        write_over(failure, f"{failure.message}. {doubt}")


def write_over(error: errors.BadRequestException, message: str) -> None:
    """Put another message in the place of an error's."""
    error.message = message
    error.args = (message, *error.args[1:])


_REFUSED = (requests.exceptions.SSLError, urllib3.exceptions.SSLError)
_PROXY_FAILED = (requests.exceptions.ProxyError, urllib3.exceptions.ProxyError)
_NEVER_CONNECTED = (
    requests.exceptions.ConnectTimeout,
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
)
_TIMED_OUT = (requests.exceptions.Timeout, urllib3.exceptions.ReadTimeoutError)
_BROKEN = (
    requests.exceptions.ConnectionError,
    requests.exceptions.ChunkedEncodingError,
    urllib3.exceptions.ProtocolError,
)
_NOT_SENT = (ValueError, urllib3.exceptions.ClosedPoolError)


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
