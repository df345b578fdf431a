"""A server that answers with prepared bytes over real sockets, and breaks in the ways that servers break."""

from __future__ import annotations

import json
import socket
import ssl
import struct
import threading
from types import TracebackType
from typing import Any, Dict, List, Mapping, NamedTuple, Optional, Type
from urllib.parse import parse_qs, urlsplit

KEEP, CLOSE, RESET, HANG = "keep", "close", "reset", "hang"


class Request(NamedTuple):
    """A request as it arrived; the names of its headers are in lower case."""

    method: str
    path: str
    query: Dict[str, List[str]]
    headers: Dict[str, str]
    body: bytes


class Act(NamedTuple):
    """What the server does about one request: sends bytes, then keeps, closes or resets the connection, or hangs."""

    data: bytes
    then: str = KEEP


def answer(body: Any = None, status: int = 200, headers: Optional[Mapping[str, str]] = None, then: str = KEEP) -> Act:
    """Return a whole answer; a body that is no bytes is sent as JSON."""
    content = body if isinstance(body, bytes) else json.dumps({} if body is None else body).encode()
    lines = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    return Act(_head(status, lines) + content, then)


def refusal(status: int, text: str, headers: Optional[Mapping[str, str]] = None) -> Act:
    """Return an error as the master's gateway writes it."""
    return answer({"error": {"code": 2, "reason": "Reason", "error": text}}, status, headers)


def cut_answer(body: bytes, missing: int, then: str = CLOSE) -> Act:
    """Return an answer that promises more bytes than it sends."""
    return Act(_head(200, {"Content-Length": str(len(body) + missing)}) + body, then)


def chunked(*chunks: bytes, whole: bool = True, status: int = 200) -> Act:
    """Return an answer in chunks; one that is not whole lacks its end."""
    data = _head(status, {"Content-Type": "application/json", "Transfer-Encoding": "chunked"})
    data += b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks)
    return Act(data + b"0\r\n\r\n") if whole else Act(data, CLOSE)


def lines_of(*documents: Any) -> List[bytes]:
    """Return documents as the lines of a stream."""
    return [json.dumps(document).encode() + b"\n" for document in documents]


def _head(status: int, headers: Mapping[str, str]) -> bytes:
    lines = [f"HTTP/1.1 {status} Status", *(f"{name}: {value}" for name, value in headers.items())]
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


class Stub:
    """A server that performs the acts it was given, one a request, the last one again and again."""

    def __init__(self, *acts: Act, tls: Optional[ssl.SSLContext] = None) -> None:
        self.requests: List[Request] = []
        self.connections = 0
        self.ended = threading.Semaphore(0)
        """Released once for each connection that this side has closed."""
        self._acts = list(acts) or [answer()]
        self._tls = tls
        self._over = threading.Event()
        self._lock = threading.Lock()
        self._open: List[socket.socket] = []
        self._threads: List[threading.Thread] = []
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self.port}"

    def __enter__(self) -> Stub:
        self.start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def start(self) -> None:
        """Take connections from now on; before, they are refused."""
        self._socket.listen(16)
        self._spawn(self._accept)

    def close(self) -> None:
        self._over.set()
        _shut(self._socket)
        with self._lock:
            for connection in self._open:
                _shut(connection)
        for thread in self._threads:
            thread.join(10)

    def perform(self, *acts: Act) -> None:
        """Do these from now on."""
        with self._lock:
            self._acts = list(acts)

    def sent(self, path: str) -> List[Request]:
        """Return the requests for one path."""
        return [request for request in self.requests if request.path == path]

    def _spawn(self, target: Any, *args: Any) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self._over.is_set():
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with self._lock:
                self.connections += 1
                self._open.append(connection)
            self._spawn(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        try:
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True)
                with self._lock:
                    self._open.append(connection)
            with connection.makefile("rb") as stream:
                while self._perform(connection, stream):
                    pass
        except OSError:
            pass  # the client has gone, or does not trust us
        finally:
            _shut(connection)
            self.ended.release()

    def _perform(self, connection: socket.socket, stream: Any) -> bool:
        request = _read_request(stream)
        if request is None:
            return False
        with self._lock:
            self.requests.append(request)
            act = self._acts.pop(0) if len(self._acts) > 1 else self._acts[0]
        if act.data:
            connection.sendall(act.data)
        if act.then == HANG:
            self._over.wait(30)
        if act.then == RESET:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            stream.close()
            connection.close()
        return act.then == KEEP


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it is closed already
    connection.close()


def _read_request(stream: Any) -> Optional[Request]:
    first = stream.readline().split()
    if len(first) != 3:
        return None
    headers = {}
    for line in iter(stream.readline, b"\r\n"):
        if not line:
            return None
        name, _, value = line.decode("latin-1").partition(":")
        headers[name.strip().lower()] = value.strip()
    url = urlsplit(first[1].decode())
    body = stream.read(int(headers.get("content-length", 0)))
    return Request(first[0].decode(), url.path, parse_qs(url.query, keep_blank_values=True), headers, body)
