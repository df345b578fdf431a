"""A whole master: builds its parts, starts and stops them, and is the ASGI application."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import re
import secrets
import uuid
from typing import Any, Dict, List, NamedTuple, Optional, Protocol

from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import Message, Receive, Scope, Send

from determined._version import __version__
from determined.common import timestamps

from . import routes
from .auth import FIRST_USERS, Authenticator, create_first_users
from .errors import Code, UnusableFolder
from .first_login import PATH as FIRST_LOGIN_PATH
from .first_login import FirstLogin, OnceCode, OwnerTokens, make_up_password, note_made_up
from .folder import DATABASE, FolderLock, make_private
from .gateway import PREFIX, Gateway
from .notify import Hub, MasterLogged
from .patterns import Matcher
from .plain import PlainRoutes
from .request_guard import RequestGuard
from .runner.local import LocalRunner
from .services.allocations import Meetings
from .services.deletions import Deletions
from .services.devices import detect_slots
from .services.engine import Engine
from .services.experiment_removal import ExperimentRemoval
from .services.heartbeats import Watchdog
from .services.log_retention import LogCleaner
from .services.login_pace import LoginPace
from .services.master_log import MasterLog
from .services.search_starts import SearchStarter
from .services.sessions import SessionCleaner
from .services.webhook_calls import WebhookSender
from .services.webhooks import signing_key
from .services.world import Identity, World
from .settings import AGENT_ID, Settings
from .store import schema, slots, users
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
        self.first_login: Optional[FirstLogin] = None
        """What is to be told once of a new master, until `forget_first_password`."""
        self.failure = ""
        """Why the master could not start."""
        self._lock = FolderLock(settings.data_dir)
        routes.load()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            send = _Answering(send)
            fault = self._guard.fault(scope)
            if fault is not None:
                await _refuse(scope, receive, send, fault)
                return
            raw_path = scope["raw_path"] or b""
            if b"%" in raw_path and _BAD_ESCAPE.search(raw_path.partition(b"?")[0]):
                await PlainTextResponse("400 Bad Request", 400)(scope, receive, send)
            elif scope["path"].startswith(PREFIX + "/"):
                await self._gateway(scope, receive, send)
            else:
                await self._plain(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)
        elif scope["type"] == "websocket":
            # nothing here speaks so
            await send({"type": "websocket.close", "code": 1008})

    def claim_folder(self) -> None:
        """Take the data folder, for as long as this master lives.

        Raises:
            UnusableFolder: another master holds it, or it is none.
        """
        if not self._lock.is_held:
            make_private(self.settings.data_dir)
            self._lock.take()
            try:
                schema.check(self.settings.data_dir / DATABASE)
            except UnusableFolder:
                self._lock.release()
                raise

    def listens_on(self, port: int) -> None:
        """Note the port that the master has been given."""
        self.settings = dataclasses.replace(self.settings, port=port)

    async def start(self) -> None:
        """Open the data folder and begin to run what is to run.

        Raises:
            UnusableFolder: another master holds it, or this one cannot use it.
        """
        self.claim_folder()
        try:
            await self._start()
        except BaseException:
            self._lock.release()
            raise

    async def _start(self) -> None:
        hub = Hub()
        db = Database(self.settings.data_dir / DATABASE, hub, durability=self.settings.durability)
        devices = detect_slots(self.settings.slots)
        try:
            prepared = await db.write(_prepare, self.settings, len(devices))
        except BaseException:
            db.close()
            raise
        self.settings = dataclasses.replace(self.settings, initial_passwords={})
        self.world = World(
            settings=self.settings,
            identity=Identity(prepared.cluster_id, str(uuid.uuid4())),
            hub=hub,
            db=db,
            authenticator=Authenticator(db, hub),
            devices=devices,
            meetings=Meetings(),
            log=MasterLog(),
            matcher=Matcher(),
            started_at=timestamps.now(),
            once=OnceCode(),
            logins=LoginPace(),
        )
        if prepared.made_up:
            url = self.settings.url + FIRST_LOGIN_PATH + self.world.once.make()
            names, folder = tuple(prepared.made_up), str(self.settings.data_dir)
            self.first_login = FirstLogin(prepared.made_up[names[0]], names, url, folder)
        loop = asyncio.get_running_loop()
        self.world.log.start(lambda: loop.call_soon_threadsafe(hub.publish, MasterLogged()))
        self._guard = RequestGuard(self.settings)
        self._gateway = Gateway(self.world)
        self._plain = PlainRoutes(self.world)
        self._engine = Engine(self.world, LocalRunner(self.settings.python, umask=self.settings.task_umask))
        self._workers: List[Worker] = [
            self._engine,
            SearchStarter(db, hub),
            ExperimentRemoval(db, hub),
            Deletions(db, hub),
            Watchdog(db),
            LogCleaner(db, self.settings.retention_policy),
            SessionCleaner(db),
            WebhookSender(db, hub, await db.write(signing_key)),
        ]
        for worker in self._workers:
            await worker.start()
        self._owner = OwnerTokens(db, self.settings)
        await self._owner.leave(is_new=prepared.is_new)
        self._warn_if_open()
        self._lock.tell(url=self.settings.url, master_id=self.world.identity.master_id)
        logger.info("the master %s is up, with %d slots", self.world.identity.master_id, len(devices))

    def _warn_if_open(self) -> None:
        names = self.world.db.read_now(users.names_without_password)
        if names:
            logger.warning(
                "every program and every user of this machine can log in as %s, who have no password: give them one,"
                " with User.change_password() of the SDK",
                ", ".join(names),
            )

    @property
    def owner_tokens(self) -> Dict[str, str]:
        """The tokens that the master has left for who started it, by user name."""
        return self._owner.tokens

    def forget_first_password(self) -> None:
        """Forget the password that was made up: it has been told."""
        self.first_login = None

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
        await self._owner.take_back()
        self.world.matcher.close()
        self.world.log.stop()
        self.world.db.close()
        self._lock.release()

    async def _live(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except Exception as error:
                    self.failure = str(error)
                    if isinstance(error, UnusableFolder):
                        logger.error("%s", error)
                    else:
                        logger.exception("the master cannot start")
                    # it has been logged: the server need not say it again
                    await send({"type": "lifespan.startup.failed", "message": ""})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


async def _refuse(scope: Scope, receive: Receive, send: Send, fault: str) -> None:
    error: Any = {"message": fault}
    if scope["path"].startswith(PREFIX + "/"):
        code = Code.PERMISSION_DENIED
        error = {"error": {"code": code.number, "reason": code.reason, "error": fault}}
    await JSONResponse(error, 403)(scope, receive, send)


class _Prepared(NamedTuple):
    cluster_id: str
    is_new: bool
    made_up: Dict[str, str]
    """Passwords that were made up, by user name."""


def _prepare(tx: Transaction, settings: Settings, slot_count: int) -> _Prepared:
    """Fill an empty database.

    Raises:
        UnusableFolder: it has users without a password, and others could reach the master.
    """
    slots.declare(tx, AGENT_ID, slot_count)
    known: Any = tx.scalar("SELECT value FROM facts WHERE name = 'cluster_id'")
    prepared = _Prepared(str(known), False, {}) if known is not None else _fill(tx, settings)
    tx.execute(
        "INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
        (schema.VERSION_FACT, __version__),
    )
    names = [] if settings.is_private() else users.names_without_password(tx)
    if names:
        raise UnusableFolder(
            f"whoever reaches {settings.host or '*'}:{settings.port} could log in without a password as"
            f" {', '.join(names)}: give them one (with User.change_password() of the SDK, while it listens on"
            " 127.0.0.1), or listen on 127.0.0.1 only"
        )
    return prepared


def _fill(tx: Transaction, settings: Settings) -> _Prepared:
    cluster_id = str(uuid.uuid4())
    tx.insert("facts", name="cluster_id", value=cluster_id)
    given = settings.initial_passwords
    made_up = dict.fromkeys((name for name in FIRST_USERS if name not in given), make_up_password())
    create_first_users(tx, {**given, **made_up})
    if made_up:
        note_made_up(tx, list(made_up))
    now = timestamps.now()
    tx.insert("workspaces", name="Uncategorized", immutable=1, user_id=1, created_at=now)
    key = "UNC" + "".join(secrets.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") for _ in range(2))
    tx.insert("projects", name="Uncategorized", workspace_id=1, user_id=1, immutable=1, created_at=now, key=key)
    return _Prepared(cluster_id, True, made_up)
