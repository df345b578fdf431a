"""A master of one's own, from Python."""

from __future__ import annotations

import os
import socket
import subprocess
from pathlib import Path
from types import TracebackType
from typing import Dict, List, Optional, Sequence, Type, Union

from .child import PROGRAM, end, remember_port, remembered_port, start_master
from .settings import addresses, url_of


class LocalMaster:
    """An embedded master in a process of its own, for as long as this object is started.

    It ends with the process that started it, whatever becomes of that. Everything it keeps lies in ``data_dir``: a
    master started on the same folder goes on where the last one stopped. One folder has one master at a time.

    The users of a new folder get a password that is made up. Nobody needs to type it: as long as the master runs, the
    token store of the user who started it holds tokens for it, so this logs in as ``determined``, or as
    ``user="admin"``.

    Example::

        with LocalMaster("./determined-data") as master:
            client.login(master=master.url)
    """

    _program: Sequence[str] = PROGRAM

    def __init__(
        self,
        data_dir: Union[str, "os.PathLike[str]"],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        slots: Optional[int] = None,
        initial_password: Optional[str] = None,
        durability: str = "normal",
        log_level: str = "info",
    ) -> None:
        """Describe a master; `start` starts it.

        Parameters:
            data_dir: folder of everything the master keeps; made if it is not there. Other users cannot read it.
            host: address to listen on.
            port: port to listen on; 0 takes the one used last on this folder if it is free, else any free one.
            slots: slots to offer; None for the machine's GPUs, or else one per CPU core.
            initial_password: password of ``admin`` and ``determined`` when the folder is new; None for one that is
                made up, see `initial_password`; an empty one lets everybody in, on loopback only.
            durability: "normal", or "full" to sync every commit to the disk.
            log_level: of the master's own log, ``master.log`` in the folder.

        Raises:
            ValueError: a negative port or number of slots.
        """
        if port < 0 or (slots is not None and slots < 0):
            raise ValueError("port and slots must not be negative")
        self._data_dir = Path(data_dir).absolute()
        self._host, self._port, self._slots = host, port, slots
        self._given_password, self._durability, self._log_level = initial_password, durability, log_level
        self._made_up: Optional[str] = None
        self._process: "Optional[subprocess.Popen[bytes]]" = None

    @property
    def url(self) -> str:
        """Where the master is.

        Raises:
            RuntimeError: it has not been started.
        """
        if self._process is None:
            raise RuntimeError("the master has no address before start()")
        return url_of(self._host, self._port)

    @property
    def pid(self) -> int:
        """The master's process.

        Raises:
            RuntimeError: it has not been started.
        """
        if self._process is None:
            raise RuntimeError("the master has no process before start()")
        return self._process.pid

    @property
    def log_path(self) -> Path:
        """The master's own log."""
        return self._data_dir / "master.log"

    @property
    def initial_password(self) -> Optional[str]:
        """The password of ``admin`` and ``determined`` that this object gave them or saw made up; None for neither.

        It is known to the object that started the master on the new folder, and stored nowhere.
        """
        return self._made_up if self._given_password is None else self._given_password

    def start(self) -> "LocalMaster":
        """Start the master and return when it answers.

        Raises:
            RuntimeError: it has been started already, another master holds the folder, the port is taken, or it does
                not come up for another reason; the end of its log is in the message.
        """
        if self._process is not None and self._process.poll() is None:
            raise RuntimeError(f"the master runs already, at {self.url}")
        self._process = None
        port = self._port or _free_port(self._host, remembered_port(self._data_dir))
        self._process, report = start_master(
            self._arguments(port),
            data_dir=self._data_dir,
            password=self._given_password,
            is_kept=True,
            program=self._program,
        )
        self._port = report.port
        self._lend(report.tokens)
        self._made_up = report.password or self._made_up
        remember_port(self._data_dir, report.port)
        return self

    def stop(self) -> None:
        """Stop the master and its tasks. Safe to call twice; what is unfinished goes on when it is started again."""
        process, self._process = self._process, None
        if process is not None:
            self._lend({})
            end(process)

    def __enter__(self) -> "LocalMaster":
        return self.start()

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.stop()

    def _lend(self, tokens: Dict[str, str]) -> None:
        # the token store's file may be out of reach: this process logs in all the same
        from determined.common.api import _token_store

        for address in addresses(self._host, self._port):
            _token_store.lend(address, dict(tokens))

    def _arguments(self, port: int) -> List[str]:
        arguments = ["--host", self._host, "--port", str(port)]
        arguments += ["--data-dir", str(self._data_dir), "--durability", self._durability]
        arguments += ["--log-level", self._log_level, "--stop-with-parent"]
        if self._slots is not None:
            arguments += ["--slots", str(self._slots)]
        return arguments


def _free_port(host: str, wanted: int) -> int:
    """A port if it can be had, else 0: the master takes any."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, wanted))
        except OSError:
            return 0
    return wanted
