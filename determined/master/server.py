"""Serves one master until it is told to stop, and tells whoever started it how that went."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import gc
import json
import logging
import os
import signal
import socket
import sys
import threading
from types import FrameType
from typing import Any, Dict, List, Optional

import uvicorn

from .app import Master
from .errors import UnusableFolder
from .settings import Settings

logger = logging.getLogger("determined.master")

_OBJECTS_BETWEEN_COLLECTIONS = 20_000


class _Server(uvicorn.Server):
    """A server that ends the master's tasks before it hangs up: their last words are still heard."""

    def __init__(self, master: Master, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._master = master
        self._loop: Optional[asyncio.AbstractEventLoop] = None
        self._leaving: "Optional[asyncio.Task[None]]" = None

    async def startup(self, sockets: Optional[List[socket.socket]] = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        _spare_collections()
        if self.started:
            _say_it_is_up(self._master)

    def handle_exit(self, sig: int, frame: Optional[FrameType]) -> None:
        if self._loop is None or self._leaving is not None:
            super().handle_exit(sig, frame)  # it has not come up yet, or is told a second time
        else:
            self._loop.call_soon_threadsafe(self._leave, sig, frame)

    def _leave(self, sig: int, frame: Optional[FrameType]) -> None:
        async def leave() -> None:
            try:
                await self._master.quiesce()
            finally:
                uvicorn.Server.handle_exit(self, sig, frame)

        if self._leaving is None:
            self._leaving = asyncio.get_running_loop().create_task(leave())


def _spare_collections() -> None:
    """Look for garbage less often: what is loaded by now stays, and requests leave few cycles behind."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)


def _stop_with_parent() -> None:
    sys.stdin.buffer.read()
    os.kill(os.getpid(), signal.SIGTERM)


def serve(settings: Settings, *, task_umask: Optional[int] = None) -> int:
    """Run a master until it is told to stop; returns the exit status.

    Parameters:
        task_umask: the umask of tasks; None for the process's own.
    """
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s: %(name)s: %(message)s")
    settings = dataclasses.replace(settings, task_umask=task_umask)
    master = Master(settings)
    try:
        master.claim_folder()
    except UnusableFolder as error:
        return _give_up(settings, str(error))
    try:
        listener = _listen(settings.host, settings.port)
    except OSError as error:
        reason = error.strerror or str(error)
        return _give_up(settings, f"cannot listen on {settings.host}:{settings.port}: {reason}")
    # inherited by each connection: asyncio sets it only where the socket's protocol is named, which is not the case
    # here, and an answer's headers and body are two packets
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    master.listens_on(listener.getsockname()[1])
    if settings.stop_with_parent:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    server = _Server(
        master,
        uvicorn.Config(
            master,
            log_level="warning",
            access_log=False,
            timeout_keep_alive=75,
            timeout_graceful_shutdown=2,
            server_header=False,
            date_header=False,
            ws="none",
        ),
    )
    logging.getLogger("uvicorn.error").addFilter(lambda record: "startup failed" not in str(record.msg))
    with contextlib.suppress(SystemExit):  # of a server that has not come up
        server.run(sockets=[listener])
    if not server.started:
        _report(settings, {"error": master.failure or "the master cannot start"})
        return 1
    return 0


def _give_up(settings: Settings, reason: str) -> int:
    logger.error("%s", reason)
    _report(settings, {"error": reason})
    return 1


def _listen(host: str, port: int) -> socket.socket:
    both = host == "::" and socket.has_dualstack_ipv6()
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return socket.create_server((host, port), family=family, backlog=2048, dualstack_ipv6=both)


def _say_it_is_up(master: Master) -> None:
    settings, world, first = master.settings, master.world, master.first_login
    told: Dict[str, Any] = {
        "url": settings.url,
        "port": settings.port,
        "master_id": world.identity.master_id,
        "password": first.password if first is not None else None,
        "login_url": first.url if first is not None else None,
        "tokens": master.owner_tokens,
    }
    if settings.report_fd is not None:
        _report(settings, told)
    elif first is not None and sys.stdout is not None:
        with contextlib.suppress(OSError, ValueError):  # nobody reads it
            sys.stdout.write(first.text())
            sys.stdout.flush()
    master.forget_first_password()


def _report(settings: Settings, told: Dict[str, Any]) -> None:
    if settings.report_fd is not None:
        with contextlib.suppress(OSError), open(settings.report_fd, "wb") as pipe:  # who asked for it may be gone
            pipe.write(json.dumps(told).encode() + b"\n")
