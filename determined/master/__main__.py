"""``python -m determined.master``: one master in the foreground."""

from __future__ import annotations

import argparse
import asyncio
import dataclasses
import gc
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from types import FrameType
from typing import Any, Dict, List, Optional

import uvicorn

from .app import Master
from .background import default_folder
from .settings import DURABILITIES, LOG_LEVELS, RetentionPolicy, Settings
from .settings_file import check_retention, read_settings

_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def parse_arguments(arguments: Optional[List[str]] = None) -> Settings:
    """Return the settings of a command line and of the file it names; what the command line says counts."""
    parser = _make_parser()
    given = vars(parser.parse_args(arguments))
    values: Dict[str, Any] = {}
    file = given.pop("config", None)
    if file is not None:
        try:
            values = read_settings(file)
        except (OSError, ValueError) as error:
            parser.error(str(error))
    password = given.pop("initial_user_password", None) or os.environ.get("DET_INITIAL_USER_PASSWORD")
    retention = values.get("retention_policy", RetentionPolicy())._replace(**_pop_retention(given))
    values.update(given)
    if password:
        values["initial_passwords"] = dict.fromkeys(("admin", "determined"), password)
    if not 0 <= values.get("port", 0) < 2**16:
        parser.error("--port must be between 0 and 65535")
    if (values.get("slots") or 0) < 0:
        parser.error("--slots must not be negative")
    try:
        values["retention_policy"] = check_retention(retention)
    except ValueError as error:
        parser.error(str(error))
    data_dir = values.pop("data_dir", None) or default_folder() / "master"
    return Settings(data_dir=data_dir.absolute(), **values)


def _pop_retention(given: Dict[str, Any]) -> Dict[str, Any]:
    """Take what a command line says of retention, by the names of `RetentionPolicy`."""
    options = {"log_retention_days": "log_retention_days", "schedule": "log_retention_schedule"}
    return {name: given.pop(option) for name, option in options.items() if option in given}


def _make_parser() -> argparse.ArgumentParser:
    # an option that is not given leaves no trace: then the file counts, and at last the default of `Settings`
    parser = argparse.ArgumentParser(
        prog="python -m determined.master", description=__doc__, argument_default=argparse.SUPPRESS
    )
    parser.add_argument("--config", type=Path, help="YAML file of settings; options of the command line count for more")
    parser.add_argument("--host", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=int, help="port to listen on, 0 for a free one (default 8080)")
    parser.add_argument(
        "--data-dir", type=Path, help=f"folder of everything the master keeps (default {default_folder() / 'master'})"
    )
    parser.add_argument("--slots", type=int, help="slots to offer (default: the GPUs, or else one per CPU core)")
    parser.add_argument(
        "--initial-user-password",
        help="password of 'admin' and 'determined' in a new folder (default: $DET_INITIAL_USER_PASSWORD, else none)",
    )
    parser.add_argument("--durability", choices=DURABILITIES, help="sync every commit with 'full' (default normal)")
    parser.add_argument("--cluster-name", help="name shown to users")
    parser.add_argument("--python", help="interpreter that runs the tasks (default: the master's own)")
    parser.add_argument("--log-level", choices=LOG_LEVELS, help="of the master's own log (default info)")
    parser.add_argument(
        "--log-retention-days",
        type=int,
        help="days that logs are kept after the end of their task, -1 for ever (default -1)",
    )
    parser.add_argument(
        "--log-retention-schedule",
        help="when logs past their time are removed: a duration, or the five fields of cron (default 24h)",
    )
    parser.add_argument("--stop-with-parent", action="store_true", help="stop when standard input closes")
    return parser


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


def main() -> int:
    """Run a master until it is told to stop."""
    settings = parse_arguments()
    logging.basicConfig(level=settings.log_level.upper(), format="%(asctime)s %(levelname)s: %(name)s: %(message)s")
    try:
        listener = socket.create_server((settings.host, settings.port), family=_family(settings.host), backlog=2048)
    except OSError as error:
        logging.getLogger("determined.master").error("cannot listen on %s:%d: %s", settings.host, settings.port, error)
        return 1
    # inherited by each connection: asyncio sets it only where the socket's protocol is named, which is not the case
    # here, and an answer's headers and body are two packets
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    settings = dataclasses.replace(settings, port=listener.getsockname()[1])
    if settings.stop_with_parent:
        threading.Thread(target=_stop_with_parent, daemon=True).start()
    master = Master(settings)
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
    server.run(sockets=[listener])
    return 0 if server.started else 1


def _family(host: str) -> socket.AddressFamily:
    return socket.AF_INET6 if ":" in host else socket.AF_INET


if __name__ == "__main__":
    sys.exit(main())
