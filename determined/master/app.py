"""A whole master: builds its parts, starts and stops them, and is the ASGI application."""

from __future__ import annotations

import asyncio
import logging
import re
import secrets
import uuid
from typing import Any, List, Protocol

from starlette.responses import PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from determined.common import timestamps

from . import routes
from .auth import Authenticator, create_first_users
from .gateway import PREFIX, Gateway
from .notify import Hub, MasterLogged
from .patterns import Matcher
from .plain import PlainRoutes
from .runner.local import LocalRunner
from .services.allocations import Meetings
from .services.deletions import Deletions
from .services.devices import detect_slots
from .services.engine import Engine
from .services.experiment_removal import ExperimentRemoval
from .services.heartbeats import Watchdog
from .services.log_retention import LogCleaner
from .services.master_log import MasterLog
from .services.search_starts import SearchStarter
from .services.webhook_calls import WebhookSender
from .services.webhooks import signing_key
from .services.world import Identity, World
from .settings import AGENT_ID, Settings
from .store import slots, users
from .store.database import Database, Transaction

logger = logging.getLogger("determined.master")

_BAD_ESCAPE = re.compile(rb"%(?![0-9a-fA-F]{2})")


class Worker(Protocol):
    """A part of the master that works on its own, from start to stop."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


class _Answering:
    """Sends an answer as long as there is a connection; what the server says of one that broke is nobody's fault."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._is_lost = False

    async def __call__(self, message: Message) -> None:
        if self._is_lost:
            return
        try:
            await self._send(message)
        except Exception as error:  # each server has errors of its own
            self._is_lost = True
            logger.debug("an answer could not be sent: %s", error)


class Master:
    """One master on one data folder, as an ASGI application with a lifespan."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        routes.load()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _Answering(send)
            raw_path = scope["raw_path"] or b""
            if b"%" in raw_path and _BAD_ESCAPE.search(raw_path.partition(b"?")[0]):
                await PlainTextResponse("400 Bad Request", 400)(scope, receive, send)
            elif scope["path"].startswith(PREFIX + "/"):
                await self._gateway(scope, receive, send)
            else:
                await self._plain(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def start(self) -> None:
        """Open the data folder and begin to run what is to run."""
        self.settings.data_dir.mkdir(parents=True, exist_ok=True)
        hub = Hub()
        db = Database(self.settings.data_dir / "master.db", hub, durability=self.settings.durability)
        devices = detect_slots(self.settings.slots)
        cluster_id = await db.write(_prepare, self.settings, len(devices))
        self.world = World(
            settings=self.settings,
            identity=Identity(cluster_id, str(uuid.uuid4())),
            hub=hub,
            db=db,
            authenticator=Authenticator(db, hub),
            devices=devices,
            meetings=Meetings(),
            log=MasterLog(),
            matcher=Matcher(),
            started_at=timestamps.now(),
        )
        loop = asyncio.get_running_loop()
        self.world.log.start(lambda: loop.call_soon_threadsafe(hub.publish, MasterLogged()))
        self._gateway = Gateway(self.world)
        self._plain = PlainRoutes(self.world)
        self._engine = Engine(self.world, LocalRunner(self.settings.python))
        self._workers: List[Worker] = [
            self._engine,
            SearchStarter(db, hub),
            ExperimentRemoval(db, hub),
            Deletions(db, hub),
            Watchdog(db),
            LogCleaner(db, self.settings.retention_policy),
            WebhookSender(db, hub, await db.write(signing_key)),
        ]
        for worker in self._workers:
            await worker.start()
        self._warn_if_open()
        logger.info("the master %s is up, with %d slots", self.world.identity.master_id, len(devices))

    def _warn_if_open(self) -> None:
        names = [] if self.settings.is_private() else self.world.db.read_now(users.names_without_password)
        if names:
            logger.warning(
                "whoever reaches %s:%d can log in without a password as %s: give them one, or listen on 127.0.0.1",
                self.settings.host or "*",
                self.settings.port,
                ", ".join(names),
            )

    async def quiesce(self) -> None:
        """End the tasks and answer who waits, while the master can still be reached. Safe to call twice."""
        await self._engine.stop()
        self.world.hub.close()
        self.world.meetings.close()

    async def stop(self) -> None:
        """End what has not ended, and close the data folder."""
        await self.quiesce()
        for worker in reversed(self._workers):
            await worker.stop()
        self.world.matcher.close()
        self.world.log.stop()
        self.world.db.close()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except Exception as error:
                    logger.exception("the master cannot start")
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


def _prepare(tx: Transaction, settings: Settings, slot_count: int) -> str:
    """Fill an empty database; returns the cluster's id."""
    slots.declare(tx, AGENT_ID, slot_count)
    known: Any = tx.scalar("SELECT value FROM facts WHERE name = 'cluster_id'")
    if known is not None:
        return str(known)
    cluster_id = str(uuid.uuid4())
    tx.insert("facts", name="cluster_id", value=cluster_id)
    create_first_users(tx, settings.initial_passwords)
    now = timestamps.now()
    tx.insert("workspaces", name="Uncategorized", immutable=1, user_id=1, created_at=now)
    key = "UNC" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(2))
    tx.insert("projects", name="Uncategorized", workspace_id=1, user_id=1, immutable=1, created_at=now, key=key)
    return cluster_id
