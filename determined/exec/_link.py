"""A small HTTP client for the processes around a trial.

`http.client` costs as much time to import as all the rest of the supervisor together, and the supervisor stands
between an assigned slot and the first line of the user's code. This client does what it needs: one connection that
is kept alive, requests and answers of known size or in chunks, TLS where the master asks for it.
"""

from __future__ import annotations

import json
import socket

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Dict, List, Mapping, Optional, Tuple

_ALLOCATION_TOKEN = "Grpc-Metadata-x-allocation-token"


class MasterUnreachable(OSError):
    """No answer came from the master: it is away, or the connection to it broke."""


class MasterRefused(Exception):
    """The master answered, but with an error.

    Attributes:
        status: the HTTP status.
    """

    def __init__(self, method: str, path: str, status: int, body: bytes) -> None:
        text = body[:500].decode("utf-8", "replace")
        super().__init__(f"{method} {path} was answered with status {status}: {text}")
        self.status = status


class MasterLink:
    """One kept-alive connection to the master, made when first needed and renewed after a failure.

    Parameters:
        url: where the master is, e.g. ``http://127.0.0.1:8080``.
        token: the allocation's token; sent with every call.
        cert_file: a bundle of certificates to trust, or ``noverify``. Defaults to the system's.
        cert_name: the name that the master's certificate must hold, when it is not the host's.

    Raises:
        ValueError: the url is not one of HTTP or HTTPS.
    """

    def __init__(self, url: str, token: str, cert_file: Optional[str] = None, cert_name: Optional[str] = None) -> None:
        self._tls, self._host, self._port, self._prefix = split_url(url)
        self._token = token
        self._cert_file = cert_file
        self._cert_name = cert_name
        self._sock: Optional[socket.socket] = None
        self._buffer = b""

    def call(self, method: str, path: str, request: Optional[object] = None, timeout: float = 30.0) -> Dict[str, Any]:
        """Make a call with an optional JSON body and return the answer's object.

        Raises:
            MasterUnreachable: there was no answer.
            MasterRefused: the answer's status is 400 or more.
        """
        body = None if request is None else json.dumps(request).encode("utf-8")
        status, answer = self.send(method, path, body, timeout)
        if status >= 400:
            raise MasterRefused(method, path, status, answer)
        try:
            value = json.loads(answer) if answer.strip() else {}
        except ValueError as e:
            raise MasterUnreachable(f"what answers at the master's address sends no JSON: {answer[:200]!r}") from e
        return value if isinstance(value, dict) else {}

    def send(self, method: str, path: str, body: Optional[bytes], timeout: float = 30.0) -> Tuple[int, bytes]:
        """Send a request and return the answer's status and body.

        Raises:
            MasterUnreachable: there was no whole answer.
        """
        # A kept-alive connection may have been closed meanwhile by the other side; a new one settles the question.
        # Only a request that got no byte of an answer on such a connection is sent again.
        renewed = self._sock is None
        while True:
            try:
                sock = self._connect(timeout)
                sock.sendall(self._head(method, path, body) + (body or b""))
                if not self._buffer:
                    self._fill()
            except socket.timeout as e:
                self.close()
                raise MasterUnreachable(f"the master did not answer within {timeout:g} s") from e
            except OSError as e:
                self.close()
                if renewed:
                    raise MasterUnreachable(f"cannot reach the master: {e}") from e
                renewed = True
                continue
            break
        try:
            return self._read_answer()
        except (OSError, ValueError) as e:
            self.close()
            raise MasterUnreachable(f"the master's answer broke off: {e}") from e

    def close(self) -> None:
        """Close the connection. The next call makes a new one."""
        sock, self._sock, self._buffer = self._sock, None, b""
        if sock is not None:
            sock.close()

    # --- the connection ---------------------------------------------------------------------------------------------

    def _connect(self, timeout: float) -> socket.socket:
        if self._sock is None:
            sock = socket.create_connection((self._host, self._port), timeout=min(timeout, 10.0))
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._sock = self._wrap(sock) if self._tls else sock
        self._sock.settimeout(timeout)
        return self._sock

    def _wrap(self, sock: socket.socket) -> socket.socket:
        import ssl

        context = ssl.create_default_context()
        if self._cert_file == "noverify":
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        elif self._cert_file:
            context.load_verify_locations(self._cert_file)
        return context.wrap_socket(sock, server_hostname=self._cert_name or self._host)

    def _head(self, method: str, path: str, body: Optional[bytes]) -> bytes:
        host = f"[{self._host}]" if ":" in self._host else self._host
        lines = [
            f"{method} {self._prefix}{path} HTTP/1.1",
            f"Host: {host}:{self._port}",
            f"{_ALLOCATION_TOKEN}: Bearer {self._token}",
            "Accept: application/json",
            "Connection: keep-alive",
        ]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        elif method != "GET":
            lines.append("Content-Length: 0")
        return "\r\n".join([*lines, "", ""]).encode("latin-1")

    # --- the answer -------------------------------------------------------------------------------------------------

    def _fill(self) -> None:
        if self._sock is None:
            raise ConnectionError("the connection is closed")
        data = self._sock.recv(65536)
        if not data:
            raise ConnectionError("the connection was closed")
        self._buffer += data

    def _take_line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if len(self._buffer) > 65536:
                raise ValueError("a header line without an end")
            self._fill()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _take(self, count: int) -> bytes:
        parts = [self._buffer[:count]]
        self._buffer = self._buffer[count:]
        missing = count - len(parts[0])
        while missing > 0:
            if not self._buffer:
                self._fill()
            parts.append(self._buffer[:missing])
            self._buffer = self._buffer[missing:]
            missing -= len(parts[-1])
        return b"".join(parts)

    def _read_answer(self) -> Tuple[int, bytes]:
        status = 100
        headers: Mapping[bytes, bytes] = {}
        while 100 <= status < 200:
            fields = self._take_line().split(b" ", 2)
            if len(fields) < 2 or not fields[0].startswith(b"HTTP/1."):
                raise ValueError("not an HTTP answer")
            status = int(fields[1])
            headers = self._read_headers()
        body = self._read_body(status, headers)
        if headers.get(b"connection", b"").lower() == b"close":
            self.close()
        return status, body

    def _read_headers(self) -> Mapping[bytes, bytes]:
        headers: Dict[bytes, bytes] = {}
        while True:
            line = self._take_line()
            if not line:
                return headers
            name, _, value = line.partition(b":")
            headers[name.strip().lower()] = value.strip()

    def _read_body(self, status: int, headers: Mapping[bytes, bytes]) -> bytes:
        if status in (204, 304):
            return b""
        if headers.get(b"transfer-encoding", b"").lower() == b"chunked":
            return self._read_chunks()
        if b"content-length" in headers:
            return self._take(int(headers[b"content-length"]))
        return self._read_to_end()

    def _read_chunks(self) -> bytes:
        parts: List[bytes] = []
        while True:
            size = int(self._take_line().split(b";", 1)[0], 16)
            if size == 0:
                while self._take_line():
                    pass
                return b"".join(parts)
            parts.append(self._take(size))
            self._take_line()

    def _read_to_end(self) -> bytes:
        try:
            while True:
                self._fill()
        except ConnectionError:
            body = self._buffer
            self.close()
            return body


def split_url(url: str) -> Tuple[bool, str, int, str]:
    """Return of a master's url whether it is TLS, the host, the port and the path that all calls begin with.

    Raises:
        ValueError: the url is not one of HTTP or HTTPS.
    """
    scheme, separator, rest = url.partition("://")
    if not separator or scheme.lower() not in ("http", "https"):
        raise ValueError(f"{url!r} is not the url of a master, such as http://127.0.0.1:8080")
    tls = scheme.lower() == "https"
    place, _, path = rest.partition("/")
    if place.startswith("["):
        host, _, port = place[1:].partition("]")
        port = port[1:]
    else:
        host, _, port = place.partition(":")
    prefix = "/" + path.rstrip("/") if path.strip("/") else ""
    return tls, host, int(port) if port else (443 if tls else 80), prefix
