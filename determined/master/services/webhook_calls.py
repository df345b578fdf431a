"""Calling webhooks: one signed POST, and the loop that makes the calls that are queued."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import logging
import ssl
from typing import List, Optional
from urllib.parse import SplitResult, quote, urlsplit

from determined.common import timestamps

from ..loops import Loop
from ..notify import Hub, WebhookQueued, within
from ..store import webhooks as store
from ..store.database import Database, Row, Transaction

logger = logging.getLogger("determined.master.webhooks")

TIMEOUT_SECONDS = 10.0
MOST_ATTEMPTS = 6
_AT_ONCE = 16
_FIRST_PAUSE = 1_000_000
_LONGEST_PAUSE = 600_000_000
_NOTHING_TO_DO_SECONDS = 3600.0


class CallFailed(Exception):
    """A webhook did not take the call; the text says why."""


def is_callable_url(url: str) -> bool:
    """Whether an address is one that can be called: http or https, with a host."""
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def pause_after(attempts: int) -> Optional[int]:
    """Return how long to wait after so many failed attempts, in microseconds; None to give up."""
    if attempts >= MOST_ATTEMPTS:
        return None
    return min(_LONGEST_PAUSE, _FIRST_PAUSE << 2 * (attempts - 1))


async def call(url: str, payload: str, signing_key: str) -> None:
    """POST a payload, signed so that the receiver can tell who sent it.

    Raises:
        CallFailed: the address cannot be reached, is silent too long, or answers other than 2xx.
    """
    if not is_callable_url(url):
        scheme, _, rest = url.partition("://")
        raise CallFailed(f'Post "{url}": unsupported protocol scheme "{scheme if rest else ""}"')
    try:
        status = await asyncio.wait_for(_post(urlsplit(url), payload.encode(), signing_key), TIMEOUT_SECONDS)
    except asyncio.TimeoutError:
        raise CallFailed(f'Post "{url}": no answer within {TIMEOUT_SECONDS:g} seconds') from None
    except (OSError, EOFError, ValueError) as error:
        raise CallFailed(f'Post "{url}": {error}') from error
    if not 200 <= status < 300:
        raise CallFailed(f'Post "{url}": answered with status {status}')


async def _post(parts: SplitResult, body: bytes, signing_key: str) -> int:
    secure = parts.scheme == "https"
    host, port = parts.hostname or "", parts.port or (443 if secure else 80)
    # redirects are not followed: the signature is meant for this address only
    reader, writer = await asyncio.open_connection(host, port, ssl=ssl.create_default_context() if secure else None)
    try:
        writer.write(_request_head(parts, body, signing_key) + body)
        await writer.drain()
        line = await reader.readline()
        words = line.split(None, 2)
        if len(words) < 2 or not words[0].startswith(b"HTTP/") or not words[1].isdigit():
            raise ValueError("the answer is not HTTP")
        return int(words[1])
    finally:
        writer.close()


def _request_head(parts: SplitResult, body: bytes, signing_key: str) -> bytes:
    seconds = str(timestamps.now() // 1_000_000)
    signature = hmac.new(signing_key.encode(), f"{seconds},".encode() + body, hashlib.sha256).hexdigest()
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~") + (f"?{parts.query}" if parts.query else "")
    lines = [
        f"POST {target} HTTP/1.1",
        f"Host: {parts.netloc.rpartition('@')[2]}",
        "Content-Type: application/json",
        f"Content-Length: {len(body)}",
        f"X-Determined-AI-Signature-Timestamp: {seconds}",
        f"X-Determined-AI-Signature: {signature}",
        "Connection: close",
    ]
    if not all(line.isprintable() for line in lines):
        raise ValueError("the address holds control characters")
    return "\r\n".join(lines).encode() + b"\r\n\r\n"


class WebhookSender:
    """Makes the queued calls: at once, and again with growing pauses when one fails, until it is given up."""

    def __init__(self, db: Database, hub: Hub, signing_key: str) -> None:
        self._db = db
        self._hub = hub
        self._signing_key = signing_key
        self._loop = Loop("the calling of webhooks", self._next_due, self._make_due)

    async def start(self) -> None:
        """Begin with what an earlier master left."""
        self._loop.start()

    async def stop(self) -> None:
        """Stop calling; what has not been taken stays queued for the next start."""
        await self._loop.stop()

    def _due(self) -> List[Row]:
        return self._db.read_now(store.due_calls, timestamps.now(), _AT_ONCE)

    async def _next_due(self) -> None:
        while self._hub.closed or not self._due():
            if self._hub.closed:
                await asyncio.sleep(_NOTHING_TO_DO_SECONDS)  # what is queued now is for the next master
                continue
            at = self._db.read_now(store.next_call_at)
            seconds = _NOTHING_TO_DO_SECONDS if at is None else (at - timestamps.now()) / 1e6
            await within(self._hub.expect(WebhookQueued()), seconds)

    async def _make_due(self) -> None:
        await asyncio.gather(*(self._make(row) for row in self._due()))

    async def _make(self, row: Row) -> None:
        # while the database takes nothing the next calls wait, too: none is made twice for it
        try:
            await call(row["url"], row["payload"], self._signing_key)
        except CallFailed as error:
            await self._db.write_when_room(_put_off, row["id"], row["attempts"] + 1, str(error))
        else:
            await self._db.write_when_room(store.forget_call, row["id"])


def _put_off(tx: Transaction, call_id: int, attempts: int, why: str) -> None:
    pause = pause_after(attempts)
    if pause is None:
        logger.warning("a webhook call is given up after %d attempts: %s", attempts, why)
        store.forget_call(tx, call_id)
    else:
        store.postpone_call(tx, call_id, attempts, timestamps.now() + pause)
