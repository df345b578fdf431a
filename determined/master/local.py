"""A master of one's own, from Python."""

from __future__ import annotations

import http.client
import os
import shlex
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import List, Optional, Type, Union

from .package import package_path

_START_SECONDS = 60.0
_STOP_SECONDS = 30.0


class LocalMaster:
    """An embedded master in a process of its own, for as long as this object is started.

    It ends with the process that started it, whatever becomes of that. Everything it keeps lies in ``data_dir``: a
    master started on the same folder goes on where the last one stopped.

    Example::

        with LocalMaster("./determined-data") as master:
            client.login(master=master.url, user="determined", password="")
    """

    def __init__(
        self,
        data_dir: Union[str, "os.PathLike[str]"],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        slots: Optional[int] = None,
        initial_password: str = "",
        durability: str = "normal",
        log_level: str = "info",
    ) -> None:
        """Describe a master; `start` starts it.

        Parameters:
            data_dir: folder of everything the master keeps; made if it is not there.
            host: address to listen on.
            port: port to listen on; 0 takes the one used last on this folder if it is free, else any free one.
            slots: slots to offer; None for the machine's GPUs, or else one per CPU core.
            initial_password: password of ``admin`` and ``determined`` when the folder is new.
            durability: "normal", or "full" to sync every commit to the disk.
            log_level: of the master's own log, ``master.log`` in the folder.

        Raises:
            ValueError: a negative port or number of slots.
        """
        if port < 0 or (slots is not None and slots < 0):
            raise ValueError("port and slots must not be negative")
        self._data_dir = Path(data_dir).absolute()
        self._host, self._port, self._slots = host, port, slots
        self._initial_password, self._durability, self._log_level = initial_password, durability, log_level
        self._process: "Optional[subprocess.Popen[bytes]]" = None

    @property
    def url(self) -> str:
        """Where the master is.

        Raises:
            RuntimeError: it has not been started.
        """
        if self._process is None:
            raise RuntimeError("the master has no address before start()")
        return f"http://{self._host}:{self._port}"

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

    def start(self) -> "LocalMaster":
        """Start the master and return when it answers.

        Raises:
            RuntimeError: it has been started already, or does not come up; the end of its log is in the message.
        """
        if self._process is not None and self._process.poll() is None:
            raise RuntimeError(f"the master runs already, at {self.url}")
        self._data_dir.mkdir(parents=True, exist_ok=True)
        self._port = self._port or _free_port(self._host, self._data_dir / "port")
        (self._data_dir / "port").write_text(str(self._port))
        with open(self.log_path, "ab") as log:
            self._process = subprocess.Popen(
                self._command(),
                stdin=subprocess.PIPE,  # closes with this process, which tells the master to stop
                stdout=log,
                stderr=log,
                # not on the command line, which every user of the machine can read
                env={**os.environ, "PYTHONPATH": package_path(), "DET_INITIAL_USER_PASSWORD": self._initial_password},
                start_new_session=True,
            )
        self._wait_until_it_answers()
        return self

    def stop(self) -> None:
        """Stop the master and its tasks. Safe to call twice; what is unfinished goes on when it is started again."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(_STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdin is not None:
            process.stdin.close()

    def __enter__(self) -> "LocalMaster":
        return self.start()

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.stop()

    def _command(self) -> List[str]:
        command = [sys.executable, "-m", "determined.master", "--host", self._host, "--port", str(self._port)]
        command += ["--data-dir", str(self._data_dir), "--durability", self._durability]
        command += ["--log-level", self._log_level, "--stop-with-parent"]
        if self._slots is not None:
            command += ["--slots", str(self._slots)]
        return command

    def _wait_until_it_answers(self) -> None:
        process = self._process
        deadline = time.monotonic() + _START_SECONDS
        while process is not None and process.poll() is None and time.monotonic() < deadline:
            connection = http.client.HTTPConnection(self._host, self._port, timeout=5)
            try:
                connection.request("GET", "/info")
                if connection.getresponse().status == 200:
                    return
            except (OSError, http.client.HTTPException):
                pass  # it is not up yet
            finally:
                connection.close()
            time.sleep(0.03)
        said = self.log_path.read_text(errors="replace")[-2000:]
        command = shlex.join(self._command())
        self.stop()
        raise RuntimeError(f"the master did not start ({command}):\n{said}")


def _free_port(host: str, remembered: Path) -> int:
    """The port used last on this folder, if it can be had again, else any free one."""
    wanted = [0]
    try:
        wanted.insert(0, int(remembered.read_text()))
    except (OSError, ValueError):
        pass  # the folder is new
    for port in wanted:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind((host, port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise RuntimeError(f"no free port on {host}")
