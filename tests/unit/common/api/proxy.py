"""A small real proxy: it forwards requests and tunnels, may want a password, and keeps what it was asked for."""

from __future__ import annotations

import base64
import http.client
import http.server
import select
import socket
import threading
from types import TracebackType
from typing import Dict, List, NamedTuple, Optional, Tuple, Type
from urllib.parse import urlsplit


class Asked(NamedTuple):
    """A request as the proxy got it; the names of its headers are in lower case."""

    method: str
    target: str
    headers: Dict[str, str]


class Proxy:
    """A proxy on a port of its own, which finds hosts where it is told.

    Attributes:
        url: its address.
        asked: what it was asked for.
    """

    def __init__(self, hosts: Optional[Dict[str, Tuple[str, int]]] = None, login: str = "") -> None:
        """Describe it.

        Parameters:
            hosts: name → address and port where it is; others it does not reach.
            login: ``user:password`` that it wants; nothing for none.
        """
        self.asked: List[Asked] = []
        self._hosts, self._login = hosts or {}, login
        self._over = threading.Event()
        outer = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _answer(self) -> None:
                outer.handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_CONNECT = _answer  # noqa: N815

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])
        self.url = f"http://127.0.0.1:{self.port}"

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def handle(self, handler: http.server.BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        headers = {name.lower(): value for name, value in handler.headers.items()}
        self.asked.append(Asked(handler.command, handler.path, headers))
        body = handler.rfile.read(int(headers.get("content-length", 0)))
        wanted = "Basic " + base64.b64encode(self._login.encode()).decode()
        if self._login and headers.get("proxy-authorization") != wanted:
            self._refuse(handler, 407, "Proxy Authentication Required")
            return
        target = handler.path if handler.command != "CONNECT" else f"//{handler.path}"
        place = self._hosts.get(urlsplit(target).hostname or "")
        if place is None:
            self._refuse(handler, 503, "The requested URL could not be retrieved")
        elif handler.command == "CONNECT":
            self._tunnel(handler, place)
        else:
            self._forward(handler, place, headers, body)

    def _refuse(self, handler: http.server.BaseHTTPRequestHandler, status: int, title: str) -> None:
        page = f"<!DOCTYPE html><html><head><title>ERROR: {title}</title></head>{'x' * 3000}</html>".encode()
        handler.send_response(status)
        handler.send_header("Content-Type", "text/html; charset=utf-8")
        handler.send_header("Content-Length", str(len(page)))
        handler.send_header("Connection", "close")
        handler.end_headers()
        handler.wfile.write(page)
        handler.close_connection = True

    def _forward(
        self,
        handler: http.server.BaseHTTPRequestHandler,
        place: Tuple[str, int],
        headers: Dict[str, str],
        body: bytes,
    ) -> None:
        parts = urlsplit(handler.path)
        connection = http.client.HTTPConnection(*place, timeout=10)
        try:
            sent = {name: value for name, value in headers.items() if name != "proxy-authorization"}
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            connection.request(handler.command, path, body, sent)
            answer = connection.getresponse()
            content = answer.read()
            handler.send_response(answer.status)
            for name in ("Content-Type", "Location"):
                if name in answer.headers:
                    handler.send_header(name, answer.headers[name])
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
        finally:
            connection.close()

    def _tunnel(self, handler: http.server.BaseHTTPRequestHandler, place: Tuple[str, int]) -> None:
        with socket.create_connection(place, timeout=10) as there:
            handler.send_response(200, "Connection established")
            handler.end_headers()
            here = handler.connection
            while not self._over.is_set():
                readable, _, _ = select.select([here, there], [], [], 0.1)
                for end in readable:
                    data = end.recv(65536)
                    if not data:
                        handler.close_connection = True
                        return
                    (there if end is here else here).sendall(data)
