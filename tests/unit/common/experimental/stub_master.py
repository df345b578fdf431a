"""A master made of prepared answers, served over real HTTP."""

from __future__ import annotations

import json
import threading
from collections import deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Callable, Deque, Dict, List, NamedTuple, Optional, Tuple, Union
from urllib.parse import parse_qs, urlsplit


class Request(NamedTuple):
    """A request that the stub has received."""

    method: str
    path: str
    query: Dict[str, List[str]]
    body: Any
    headers: Dict[str, str]


class Answer(NamedTuple):
    """An answer of the stub; `cut` closes the connection after so many bytes of the body."""

    status: int = 200
    body: Union[bytes, Any] = b"{}"
    headers: Optional[Dict[str, str]] = None
    cut: Optional[int] = None


Make = Callable[[Request], Any]


class StubMaster:
    """Answers by method and path. Several answers to one call are given in turn, the last again and again."""

    def __init__(self, port: int = 0, answers: Optional[Dict[Tuple[str, str], Any]] = None) -> None:
        self.requests: List[Request] = []
        self._answers: Dict[Tuple[str, str], Deque[Any]] = {key: deque([body]) for key, body in (answers or {}).items()}
        stub = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # heads and bodies are written apart

            def log_message(self, format: str, *args: Any) -> None:
                pass

            def handle_any(self) -> None:
                stub._handle(self)

            do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815 - names of http.server

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True  # one waits for each connection that a client keeps open
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()
        self.port: int = self._server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def on(self, method: str, path: str, *answers: Any) -> None:
        """Prepare answers: JSON, an `Answer`, or a function of the request that returns one of them."""
        self._answers[method, path] = deque(answers)

    def sent(self, method: str, path: str) -> List[Request]:
        """Return the requests of one kind, in order."""
        return [r for r in self.requests if (r.method, r.path) == (method, path)]

    def _handle(self, handler: BaseHTTPRequestHandler) -> None:
        url = urlsplit(handler.path)
        raw = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        request = Request(
            handler.command, url.path, parse_qs(url.query), json.loads(raw) if raw else None, dict(handler.headers)
        )
        self.requests.append(request)
        prepared = self._answers.get((request.method, request.path))
        if prepared is None:
            text = f"nothing prepared for {request.method} {request.path}"
            answer: Any = Answer(501, {"error": {"code": 12, "reason": "Unimplemented", "error": text}})
        else:
            answer = prepared.popleft() if len(prepared) > 1 else prepared[0]
        if callable(answer):
            answer = answer(request)
        self._send(handler, answer if isinstance(answer, Answer) else Answer(body=answer))

    def _send(self, handler: BaseHTTPRequestHandler, answer: Answer) -> None:
        body = answer.body if isinstance(answer.body, bytes) else json.dumps(answer.body).encode()
        handler.send_response(answer.status)
        for name, value in {"Content-Type": "application/json", **(answer.headers or {})}.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body[: answer.cut])
        if answer.cut is not None:
            handler.close_connection = True


def stream_of(*results: Any) -> Answer:
    """Return an answer of newline-delimited JSON."""
    return Answer(body=b"".join(json.dumps({"result": result}).encode() + b"\n" for result in results))


def page_of(key: str, *items: Any) -> Any:
    """Return an answer that holds all items of a list."""
    count = len(items)
    return {
        key: list(items),
        "pagination": {"offset": 0, "limit": 0, "startIndex": 0, "endIndex": count, "total": count},
    }


def not_found(text: str) -> Answer:
    """Return the answer to a call for something that is not there."""
    return Answer(404, {"error": {"code": 5, "reason": "NotFound", "error": text}})
