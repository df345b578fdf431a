"""/api/v1: finds the row of a request, reads it, asks who calls, runs the handler, writes the answer.

An ASGI application of its own rather than a list of Starlette routes: two hundred patterns tried one after another
would cost more than most answers.
"""

from __future__ import annotations

import asyncio
import gzip
import json
from functools import partial
from typing import Any, AsyncIterator, Awaitable, Dict, List, Mapping, Optional, Tuple
from urllib.parse import parse_qsl, unquote

from starlette.types import Receive, Scope, Send

from determined.common.api.wire.endpoint import Endpoint
from determined.common.api.wire.schema import Messages, messages_by_endpoint

from .auth import Caller
from .bodies import read_body
from .decode import decode_body, decode_path, decode_query, decode_timeout, query_pairs
from .errors import Code, Refusal, refusal_of
from .routes.registry import HANDLERS, STREAM_HANDLERS, Call
from .services.world import World

PREFIX = "/api/v1"
LARGEST_REQUEST = 128 * 1024 * 1024
LARGEST_FORM = 16 * 1024 * 1024
LARGEST_REQUEST_OF_NOBODY = 64 * 1024
_DECODE_ELSEWHERE_FROM = 256 * 1024
_MOST_VALUES = 4_000_000
_COMPRESS_FROM = 64 * 1024
_NOBODY = Caller(0, "", False, 0, "", None)
_SECURITY = [
    (b"x-xss-protection", b"1; mode=block"),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"SAMEORIGIN"),
]
_JSON_TYPE = (b"content-type", b"application/json")
_FORM = "application/x-www-form-urlencoded"
_dumps = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode
_dumps_pretty = json.JSONEncoder(indent=4, separators=(",", ": "), ensure_ascii=False, allow_nan=False).encode


class _Node:
    """One segment of the paths: fixed texts, and what any other text leads to."""

    __slots__ = ("fixed", "any", "rows")

    def __init__(self) -> None:
        self.fixed: Dict[str, _Node] = {}
        self.any: Optional[_Node] = None
        self.rows: Dict[str, Tuple["Endpoint[Any, Any]", Messages]] = {}


def _tree() -> _Node:
    root = _Node()
    for row, messages in messages_by_endpoint().values():
        if row.name not in HANDLERS and row.name not in STREAM_HANDLERS:
            continue
        node = root
        for segment in row.path[len(PREFIX) + 1 :].split("/"):
            if segment.startswith("{"):
                node.any = node.any or _Node()
                node = node.any
            else:
                node = node.fixed.setdefault(segment, _Node())
        node.rows[row.method] = (row, messages)
    return root


class Gateway:
    """The ASGI application below /api/v1."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._root = _tree()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        query = scope["query_string"]
        reply_headers: Dict[str, str] = {}
        try:
            method, path = scope["method"], scope["raw_path"] or scope["path"].encode()
            row, messages, values = self._find(method, path, is_form=headers.get("content-type") == _FORM)
            timeout = decode_timeout(headers["grpc-timeout"]) if "grpc-timeout" in headers else None
            parameters = decode_path(row, values)
            # a query is read before the caller is known, as the real gateway does; a body only for who may send one
            if not row.has_body and method == row.method:
                request = decode_query(messages.request, query_pairs(query)) if query else {}
                # a stream says in its own form that the caller is nobody
                caller = _NOBODY if row.stream else self._caller(row, headers)
            elif row.has_body:
                caller = self._caller(row, headers)
                largest = LARGEST_REQUEST_OF_NOBODY if row.public else LARGEST_REQUEST
                request = await _decoded(messages.request, await read_body(receive, headers, largest))
            else:
                # a form stands for the query that was too long for an address
                caller = self._caller(row, headers)
                body = await read_body(receive, headers, LARGEST_FORM)
                request = decode_query(messages.request, [*query_pairs(body), *query_pairs(query)])
            if row.stream:
                stream = Stream(send)
                results = self._results(row, request, headers, parameters, receive)
                await stream.serve(results if timeout is None else _until(results, timeout), receive)
                return
            hang_up = partial(_hang_up, receive)
            call = Call(request, caller, headers, self._world, reply_headers, hang_up)
            answering = HANDLERS[row.name](call, **parameters)
            answer = await (answering if timeout is None else _within(answering, timeout))
            if b"pretty" in query and _is_pretty(query):
                encoded = _dumps_pretty(json.loads(answer) if isinstance(answer, bytes) else answer).encode()
            else:
                encoded = answer if isinstance(answer, bytes) else _dumps(answer).encode()
            await _send(send, 200, encoded, headers, reply_headers)
        except Exception as error:
            refusal = _coded(refusal_of(error))
            await _send(send, refusal.code.status, _error_body(refusal), headers, reply_headers)

    def _caller(self, row: "Endpoint[Any, Any]", headers: Mapping[str, str]) -> Caller:
        return _NOBODY if row.public else self._world.authenticator.caller(headers)

    def _find(self, method: str, raw_path: bytes, *, is_form: bool) -> Tuple["Endpoint[Any, Any]", Messages, List[str]]:
        path = unquote(raw_path.partition(b"?")[0].decode("utf-8", "replace"))[len(PREFIX) :]
        if path.endswith("/"):
            path = path[:-1]
        segments = path[1:].split("/")
        found = self._match(self._root, segments, 0, method) if ":" not in segments[-1] else None
        if found is None and is_form and method == "POST":
            return self._find("GET", raw_path, is_form=False)
        if found is None:
            raise Refusal(Code.UNIMPLEMENTED, "Not Implemented")
        node, values = found
        row, messages = node.rows[method]
        return row, messages, values

    def _match(self, node: _Node, segments: List[str], at: int, method: str) -> Optional[Tuple[_Node, List[str]]]:
        if at == len(segments):
            return (node, []) if method in node.rows else None
        fixed = node.fixed.get(segments[at])
        if fixed is not None:
            found = self._match(fixed, segments, at + 1, method)
            if found is not None:
                return found
        if node.any is not None:
            found = self._match(node.any, segments, at + 1, method)
            if found is not None:
                return found[0], [segments[at], *found[1]]
        return None

    async def _results(
        self,
        row: "Endpoint[Any, Any]",
        request: Any,
        headers: Mapping[str, str],
        parameters: Mapping[str, Any],
        receive: Receive,
    ) -> AsyncIterator[Any]:
        call = Call(request, self._caller(row, headers), headers, self._world, {}, partial(_hang_up, receive))
        async for result in STREAM_HANDLERS[row.name](call, **parameters):
            yield result


class Stream:
    """An answer of many lines, which ends early when the caller hangs up."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_started = False
        self._is_caller_gone = False

    async def serve(self, results: AsyncIterator[Any], receive: Receive) -> None:
        """Send results as they come."""
        watcher = asyncio.ensure_future(self._watch(receive, asyncio.current_task()))
        end = b""
        try:
            async for result in results:
                await self._start(200)
                lines = result if isinstance(result, bytes) else b'{"result":' + _dumps(result).encode() + b"}\n"
                await self._send({"type": "http.response.body", "body": lines, "more_body": True})
        except asyncio.CancelledError:
            if not self._is_caller_gone:
                raise
            return
        except Exception as error:
            refusal = refusal_of(error)
            await self._start(refusal.code.status)
            end = _stream_error(refusal)
        finally:
            watcher.cancel()
            await results.aclose()  # type: ignore[attr-defined]  # an async generator
        await self._start(200)
        await self._send({"type": "http.response.body", "body": end})

    async def _start(self, status: int) -> None:
        if not self._is_started:
            self._is_started = True
            await self._send({"type": "http.response.start", "status": status, "headers": [_JSON_TYPE, *_SECURITY]})

    async def _watch(self, receive: Receive, server: "Optional[asyncio.Task[Any]]") -> None:
        await _hang_up(receive)
        self._is_caller_gone = True
        if server is not None:
            server.cancel()


async def _within(answering: "Awaitable[Any]", seconds: float) -> Any:
    try:
        return await asyncio.wait_for(answering, seconds)
    except asyncio.TimeoutError:
        raise _too_late() from None


async def _until(results: AsyncIterator[Any], seconds: float) -> AsyncIterator[Any]:
    """The results that come within a time; then the stream fails."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    try:
        while True:
            yield await asyncio.wait_for(results.__anext__(), deadline - loop.time())
    except StopAsyncIteration:
        return
    except asyncio.TimeoutError:
        raise _too_late() from None
    finally:
        await results.aclose()  # type: ignore[attr-defined]  # an async generator


def _too_late() -> Refusal:
    return Refusal(Code.DEADLINE_EXCEEDED, "context deadline exceeded")


def _coded(refusal: Refusal) -> Refusal:
    """A refusal without a code gets one by its text; streams tell it as it is."""
    if refusal.code is not Code.UNKNOWN:
        return refusal
    return Refusal(Code.PERMISSION_DENIED if "access denied" in refusal.text else Code.INTERNAL, refusal.text)


async def _hang_up(receive: Receive) -> None:
    """Return when the caller has closed the connection."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _decoded(message: Any, body: bytes) -> Any:
    """Read a body; a large one on another thread, so that others are answered meanwhile.

    Raises:
        Refusal: it cannot be read, or holds more values than a thread reads in a moment: while it builds them, the
            interpreter does little else.
    """
    if len(body) < _DECODE_ELSEWHERE_FROM:
        return decode_body(message, body)
    if body.count(b",") > _MOST_VALUES:
        raise Refusal(Code.RESOURCE_EXHAUSTED, f"the request holds more than {_MOST_VALUES} values")
    return await asyncio.get_running_loop().run_in_executor(None, decode_body, message, body)


def _is_pretty(query: bytes) -> bool:
    return any(k == "pretty" for k, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True))


async def _send(
    send: Send, status: int, body: bytes, asked: Mapping[str, str], reply_headers: Mapping[str, str]
) -> None:
    headers = [_JSON_TYPE, *_SECURITY]
    if len(body) >= _COMPRESS_FROM and "gzip" in asked.get("accept-encoding", ""):
        # megabytes take their time, during which others are answered
        body = await asyncio.get_running_loop().run_in_executor(None, gzip.compress, body, 1)
        headers += [(b"content-encoding", b"gzip"), (b"vary", b"Accept-Encoding")]
    headers.append((b"content-length", str(len(body)).encode()))
    headers += [(k.encode(), v.encode()) for k, v in reply_headers.items()]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _error_body(refusal: Refusal) -> bytes:
    code = refusal.code
    return _dumps({"error": {"code": code.number, "reason": code.reason, "error": refusal.text}}).encode() + b"\n"


_PHRASES = {
    400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 408: "Request Timeout",
    409: "Conflict", 429: "Too Many Requests", 500: "Internal Server Error", 501: "Not Implemented",
    503: "Service Unavailable", 504: "Gateway Timeout",
}  # fmt: skip


def _stream_error(refusal: Refusal) -> bytes:
    code = refusal.code
    return _dumps(
        {
            "error": {
                "grpcCode": code.number,
                "httpCode": code.status,
                "message": refusal.text,
                "httpStatus": _PHRASES[code.status],
                "details": [],
            }
        }
    ).encode()
