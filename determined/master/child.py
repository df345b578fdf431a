"""A master as a child process: given what others must not read, and heard when it is up."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import select
import shlex
import subprocess
import sys
import time
from pathlib import Path
from typing import IO, Any, Dict, List, NamedTuple, Optional, Sequence, Tuple, Union

from .folder import make_private, open_private
from .package import package_path

PROGRAM = ("-m", "determined.master")
"""What the interpreter runs."""

_START_SECONDS = 60.0
_PASSWORD_VARIABLE = "DET_INITIAL_USER_PASSWORD"


class Report(NamedTuple):
    """What a master says of itself when it is up.

    Attributes:
        url: where it answers.
        port: the port it listens on.
        master_id: what ``/info`` must tell, too.
        password: what it has made up for its first users; None when it has not.
        login_url: an address that logs a browser in, once; None without such a password.
        tokens: what it has left in the token store of this user, by user name.
    """

    url: str
    port: int
    master_id: str
    password: Optional[str]
    login_url: Optional[str]
    tokens: Dict[str, str]

    def __repr__(self) -> str:
        return f"Report(url={self.url!r}, master_id={self.master_id!r})"


class MasterNotStarted(RuntimeError):
    """A master has not come up; the message holds its reason and the end of its log."""


def start_master(
    arguments: List[str],
    *,
    data_dir: Path,
    password: Optional[str],
    is_kept: bool,
    program: Sequence[str] = PROGRAM,
) -> "Tuple[subprocess.Popen[bytes], Report]":
    """Start a master and return when it answers.

    Parameters:
        arguments: of ``python -m determined.master``, without the password.
        data_dir: its folder, made if it is not there; its log is ``master.log`` in it.
        password: of its first users; None lets it make one up.
        is_kept: whether its standard input is a pipe of this process, which stops it when it closes.
        program: what the interpreter runs with the arguments.

    Raises:
        MasterNotStarted: it does not come up.
        UnusableFolder: there is something else in the place of the folder.
    """
    make_private(data_dir)
    log_path = data_dir / "master.log"
    said_before = log_path.stat().st_size if log_path.exists() else 0
    read, write = os.pipe()
    passed, handed = [write], []
    command = [sys.executable, *program, *arguments]
    if password is not None:
        handed = [_pipe_with(password)]
        passed += handed
        command += ["--initial-password-fd", str(handed[0])]
    shown = shlex.join(command)
    environment = {name: value for name, value in os.environ.items() if name != _PASSWORD_VARIABLE}
    try:
        with open(open_private(log_path), "ab") as log:
            process = subprocess.Popen(
                [*command, "--report-fd", str(write)],
                stdin=subprocess.PIPE if is_kept else subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**environment, "PYTHONPATH": package_path()},
                start_new_session=True,
                pass_fds=passed,
            )
    except BaseException:
        os.close(read)
        raise
    finally:
        for descriptor in passed:
            os.close(descriptor)
    try:
        with open(read, "rb") as pipe:
            told = _await_report(pipe, _START_SECONDS)
        if told is not None and "error" not in told:
            report = Report(**told)
            _check_identity(report)
            return process, report
    except BaseException:
        end(process)
        raise
    end(process)
    reason = told["error"] if told is not None else f"it did not come up in {_START_SECONDS:g} s, or ended"
    raise MasterNotStarted(f"the master did not start: {reason}\n{_end_of_log(log_path, said_before)}({shown})")


def _pipe_with(text: str) -> int:
    """A pipe that holds a text; returns its end to read from."""
    read, write = os.pipe()
    with open(write, "wb") as pipe:
        pipe.write(text.encode())
    return read


def _await_report(pipe: IO[bytes], seconds: float) -> Optional[Dict[str, Any]]:
    """What the child writes; None when it ends without a word or the time is over."""
    deadline = time.monotonic() + seconds
    waiting = select.poll()
    waiting.register(pipe.fileno(), select.POLLIN)
    got = b""
    while not got.endswith(b"\n"):
        left = max(0.0, deadline - time.monotonic())
        part = os.read(pipe.fileno(), 65536) if waiting.poll(left * 1000) else b""
        if not part:
            return None
        got += part
    found: Dict[str, Any] = json.loads(got)
    return found


def _check_identity(report: Report) -> None:
    found = master_at(report.url)
    if found is None or found.get("master_id") != report.master_id:
        raise MasterNotStarted(f"another server answers at {report.url}, in the place of the master that was started")


def master_at(url: str) -> Optional[Dict[str, Any]]:
    """What the master at an address says of itself; None when there is none, or something else."""
    connection = http.client.HTTPConnection(url.partition("://")[2], timeout=10)
    try:
        connection.request("GET", "/info")
        found = json.loads(connection.getresponse().read())
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    return found if isinstance(found, dict) else None


def end(process: "subprocess.Popen[bytes]", *, seconds: float = 30.0) -> None:
    """Tell a master to stop, wait for it, and kill it when it takes too long."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process.stdin is not None:
        with contextlib.suppress(OSError):
            process.stdin.close()


def _end_of_log(path: Path, start: int) -> str:
    try:
        with open(path, "rb") as log:
            log.seek(max(start, os.fstat(log.fileno()).st_size - 2000))
            return log.read().decode(errors="replace")
    except OSError:
        return ""


def remember_port(data_dir: Path, port: int) -> None:
    """Note the port of a folder's master, to take it again."""
    from .folder import write_private

    write_private(data_dir / "port", str(port))


def remembered_port(data_dir: Union[str, "os.PathLike[str]"]) -> int:
    """The port that a folder's master had last; 0 when that is not known."""
    try:
        port = int(Path(data_dir, "port").read_text())
    except (OSError, ValueError):
        return 0
    return port if 0 < port < 2**16 else 0
