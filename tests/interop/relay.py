"""Stands between a client and a master, and keeps what the client says."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import List, NamedTuple
from urllib.parse import urlsplit


class Said(NamedTuple):
    """A request of the client."""

    method: str
    path: str
    body: bytes


class Relay:
    """Passes requests on to a master.

    Attributes:
        url: the address for the client.
        said: what it has said, in order.
    """

    def __init__(self, master: str) -> None:
        self.said: List[Said] = []
        relay, target = self, urlsplit(master)

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True

            def log_message(self, format: str, *args: object) -> None:
                pass

            def pass_on(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                relay.said.append(Said(self.command, self.path, body))
                behind = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
                kept = {name: value for name, value in self.headers.items() if name.lower() not in _OF_THE_CONNECTION}
                behind.request(self.command, self.path, body, kept)
                answer = behind.getresponse()
                content = answer.read()
                behind.close()
                self.send_response(answer.status)
                for name, value in answer.getheaders():
                    if name.lower() not in _OF_THE_CONNECTION:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = pass_on  # noqa: N815 - names of http.server

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


_OF_THE_CONNECTION = frozenset(("host", "connection", "content-length", "transfer-encoding", "date", "server"))
