"""The process that stands around every task of the embedded master's local runner.

It plays the container: prepares the task, starts its entrypoint, sends what it prints to the master, ends it with all
its descendants, and leaves behind how it ended. It needs no master to go on: logs wait in a file, and the answer to
"how did it end" is a file, too, so a master that was killed and started again finds everything where it left it.

Run as ``python -m determined.exec.supervisor SPEC.json`` in a session of its own. The specification's keys:

    allocation_id   the allocation.
    run_dir         where the task's bookkeeping lies; its ``DET_RUN_DIR``.
    workdir         where the entrypoint runs.
    argv            the command line, or null for the entrypoint of the experiment's configuration.
    env             the task's whole environment.
    grace_seconds   between SIGTERM and SIGKILL; default 10.
    temp_dir        a folder for temporary files that is removed at the end; default none.
    awaits_word     whether to start nothing before a byte came on standard input, and nothing at all when that ends
                    without; default false.
    mounts          bind mounts, each with host_path, container_path and read_only; default none.
    log_labels      task_id, allocation_id, agent_id and container_id of every log line.
    master_url      the master.
    token           the allocation's token.
    prepare         whether to fetch the task's files and write ``info/*.json`` first; default true.
    patience_seconds  how long preparation waits for a master that is away; default 900.
    umask           the task's umask; what the supervisor itself writes is for its owner alone. Default none: both have
                    that of this process.
    flush_seconds   how long the end waits for a master that is away; default 10.

Files in the run directory: ``supervisor.pid`` (``{"pid", "start_ticks"}``) once it runs; ``exit.json``
(``{"exit_code", "signal", "reason", "ended_at"}``) as its last act; ``logs.spool``, left behind only if lines
could not be delivered, which it then holds, one JSON record a line.

Signals: SIGTERM and SIGHUP ask the task to end, and kill it after the grace; SIGINT kills it at once.
"""

from __future__ import annotations

import json
import os
import select
import signal
import sys
import time

from determined.common import task_env

from . import _processes
from ._entrypoint import HOOK, add_hook, entrypoint_command
from ._lines import LineSplitter
from ._link import MasterLink
from ._preparation import (
    DEFAULT_PATIENCE,
    PreparationFailed,
    prepare_files,
    prepare_info,
    prepare_rendezvous,
    prepare_resources,
    write_json,
)
from ._runner_line import runner_line
from ._sink import LogSink
from ._spool import Spool

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any, Dict, List, Optional, Sequence, Tuple

    from ._shipper import LogShipper

_DRAIN_SECONDS = 5.0
_REAP_SECONDS = 30.0


class _Stopped(Exception):
    """The task was asked to end before it had started."""


class _Abandoned(Exception):
    """Who started this process is gone before the task was to begin."""


class Supervisor:
    """One task, from its preparation to its end."""

    def __init__(self, spec: Dict[str, Any]) -> None:
        self._spec = spec
        self._env: Dict[str, str] = {str(name): str(value) for name, value in spec["env"].items()}
        self._run_dir: str = spec["run_dir"]
        self._workdir: str = spec["workdir"]
        self._grace = float(spec.get("grace_seconds", 10))
        # A signal that asks for the end, and when the time to obey is over.
        self._asked: Optional[int] = None
        self._kill_at: Optional[float] = None
        self._preparing = False

    def run(self) -> int:
        """Supervise the task from start to end; return its exit code."""
        if self._spec.get("umask") is not None:
            os.umask(0o077)
        os.makedirs(self._run_dir, exist_ok=True)
        _processes.become_subreaper()
        own = {"pid": os.getpid(), "start_ticks": _processes.start_ticks(os.getpid())}
        write_json(os.path.join(self._run_dir, "supervisor.pid"), own)
        wake_read = self._catch_signals()
        spool = Spool(os.path.join(self._run_dir, "logs.spool"))
        sink = LogSink(spool, self._spec.get("log_labels", {}))
        link = self._connect()
        try:
            child = self._start(link, sink)
        except _Abandoned:
            _remove_folder(self._spec.get("temp_dir"))
            return 1
        except _Stopped:
            outcome = _signalled(self._asked or signal.SIGTERM, "ended on request before it had started")
            self._deliver(spool, self._connect())
        except PreparationFailed as e:
            sink.tell("ERROR", str(e))
            outcome = {"exit_code": 1, "signal": None, "reason": str(e)}
            self._deliver(spool, link)
        except OSError as e:
            text = f"the entrypoint cannot be started: {e}"
            sink.tell("ERROR", text)
            outcome = {"exit_code": 127 if isinstance(e, FileNotFoundError) else 126, "signal": None, "reason": text}
            self._deliver(spool, link)
        else:
            outcome = self._attend(child, wake_read, spool, sink, link)
        _remove_folder(self._spec.get("temp_dir"))
        write_json(os.path.join(self._run_dir, "exit.json"), {**outcome, "ended_at": time.time()})
        return int(outcome["exit_code"])

    # --- before -----------------------------------------------------------------------------------------------------

    def _catch_signals(self) -> int:
        read, write = os.pipe()
        os.set_blocking(read, False)
        os.set_blocking(write, False)
        signal.set_wakeup_fd(write, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(number, self._on_signal)
        # Only to wake the loop.
        signal.signal(signal.SIGCHLD, lambda number, frame: None)
        return read

    def _on_signal(self, number: int, frame: Optional[FrameType]) -> None:
        if self._asked is None or number == signal.SIGINT:
            self._asked = number
        if self._preparing:
            self._preparing = False
            raise _Stopped()

    def _connect(self) -> MasterLink:
        return MasterLink(
            self._spec["master_url"],
            self._spec["token"],
            cert_file=self._env.get(task_env.MASTER_CERT_FILE),
            cert_name=self._env.get(task_env.MASTER_CERT_NAME),
        )

    def _start(self, link: MasterLink, sink: LogSink) -> _Child:
        self._preparing = True
        if self._asked is not None:
            raise _Stopped()
        if self._spec.get("awaits_word") and not os.read(sys.stdin.fileno(), 1):
            raise _Abandoned()
        argv = self._prepare(link, sink)
        self._preparing = False
        if os.path.isfile(os.path.join(self._workdir, HOOK)):
            sink.tell("INFO", f"Running {HOOK}")
        if self._spec.get("argv") is None:
            sink.tell("INFO", f"Launching: {argv}")
        return _Child(
            add_hook(argv, self._workdir),
            self._env,
            self._workdir,
            self._spec["allocation_id"],
            self._spec.get("umask"),
        )

    def _prepare(self, link: MasterLink, sink: LogSink) -> List[str]:
        """Prepare the task and return its command line without the hook."""
        self._make_workdir()
        config: Optional[Dict[str, Any]] = None
        if self._spec.get("prepare", True):
            patience = float(self._spec.get("patience_seconds", DEFAULT_PATIENCE))
            config = prepare_info(self._env, self._run_dir)
            prepare_files(link, self._env, self._run_dir, self._workdir, patience)
            self._link_mounts(sink)
            prepare_resources(link, self._env, self._run_dir, sink.tell)
            if config is not None:
                # Only trials have peers.
                prepare_rendezvous(link, self._env, self._run_dir, patience)
                container, agent = self._env.get(task_env.CONTAINER_ID, ""), self._env[task_env.AGENT_ID]
                sink.tell("INFO", runner_line(config, container, agent), stream="stdout")
        argv = self._spec.get("argv")
        if argv is None:
            if config is None:
                config = json.loads(self._env.get(task_env.EXPERIMENT_CONFIG, "{}"))
            argv = config.get("entrypoint")
        try:
            return entrypoint_command(argv, self._env.get(task_env.PYTHON_EXECUTABLE))
        except ValueError as e:
            raise PreparationFailed(str(e)) from e

    def _make_workdir(self) -> None:
        umask = self._spec.get("umask")
        own = None if umask is None else os.umask(umask)
        try:
            os.makedirs(self._workdir, exist_ok=True)
        finally:
            if own is not None:
                os.umask(own)

    def _link_mounts(self, sink: LogSink) -> None:
        mounts = self._spec.get("mounts")
        if mounts:
            # Few tasks have any: the others need not spend the time of this import.
            from ._mounts import link_mounts

            run_dir = os.path.realpath(self._run_dir)
            is_own = os.path.realpath(self._workdir).startswith(run_dir + os.sep)
            link_mounts(mounts, self._workdir, sink.tell, is_own=is_own)

    # --- while it runs ----------------------------------------------------------------------------------------------

    def _attend(self, child: _Child, wake_read: int, spool: Spool, sink: LogSink, link: MasterLink) -> Dict[str, Any]:
        # The processes are started; from here on there may be threads.
        from ._shipper import LogShipper

        shipper = LogShipper(spool, link)
        shipper.start()
        output = _Output(child.streams, sink, shipper)
        self._watch(child, output, wake_read)
        _end_descendants(child)
        output.drain(_DRAIN_SECONDS)
        outcome = self._outcome(child)
        self._finish(spool, shipper)
        return outcome

    def _watch(self, child: _Child, output: _Output, wake_read: int) -> None:
        """Pass on what the task prints until it has ended."""
        told = False
        output.register(wake_read)
        while True:
            child.reap()
            if child.status is not None:
                return
            if self._asked == signal.SIGINT:
                self._kill_at = 0.0
            elif self._asked is not None and not told:
                told = True
                _processes.signal_group(child.pid, signal.SIGTERM)
                self._kill_at = time.monotonic() + self._grace
            wait = None
            if self._kill_at is not None:
                wait = self._kill_at - time.monotonic()
                if wait <= 0:
                    _processes.kill_descendants(child.pid, child.guard.pid)
                    wait = 0.1
            output.pump(wait, wake_read)

    def _outcome(self, child: _Child) -> Dict[str, Any]:
        status = child.status
        if status is None:
            return {"exit_code": 137, "signal": int(signal.SIGKILL), "reason": "it could not be waited for"}
        if os.WIFSIGNALED(status):
            number = os.WTERMSIG(status)
            return _signalled(number, f"killed by {_signal_name(number)}")
        code = os.WEXITSTATUS(status)
        return {"exit_code": code, "signal": None, "reason": f"exited with code {code}"}

    # --- after ------------------------------------------------------------------------------------------------------

    def _deliver(self, spool: Spool, link: MasterLink) -> None:
        from ._shipper import LogShipper

        shipper = LogShipper(spool, link)
        shipper.start()
        self._finish(spool, shipper)

    def _finish(self, spool: Spool, shipper: LogShipper) -> None:
        shipper.finish(float(self._spec.get("flush_seconds", 10)))
        if not shipper.is_running:
            spool.close()


class _Child:
    """The entrypoint's process, its output, and the guard that outlives this process."""

    def __init__(
        self, argv: Sequence[str], env: Dict[str, str], workdir: str, allocation_id: str, umask: Optional[int]
    ) -> None:
        out_read, out_write = os.pipe()
        err_read, err_write = os.pipe()
        null = os.open(os.devnull, os.O_RDONLY)
        try:
            self.pid = _processes.start_process(argv, env, workdir, null, out_write, err_write, umask)
        finally:
            for end in (out_write, err_write, null):
                os.close(end)
        self.streams: Tuple[Tuple[str, int], ...] = (("stdout", out_read), ("stderr", err_read))
        self.status: Optional[int] = None
        self.guard = _processes.Guard(self.pid, allocation_id)

    def reap(self) -> bool:
        """Collect ended children, adopted ones included; return False when none is left but the guard."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.pid:
                self.status = status


class _Output:
    """The task's output streams, cut into lines and passed on."""

    def __init__(self, streams: Sequence[Tuple[str, int]], sink: LogSink, shipper: LogShipper) -> None:
        self._sink = sink
        self._shipper = shipper
        self._open: Dict[int, Tuple[str, LineSplitter]] = {}
        self._poll = select.poll()
        for name, file in streams:
            os.set_blocking(file, False)
            self._open[file] = (name, LineSplitter())
            self.register(file)

    def register(self, file: int) -> None:
        self._poll.register(file, select.POLLIN)

    def pump(self, wait: Optional[float], wake_read: int) -> None:
        """Wait for output or a signal, at most so many seconds, and pass on what there is."""
        for file, _ in self._poll.poll(None if wait is None else max(0, int(wait * 1000) + 1)):
            if file == wake_read:
                _empty(file)
            else:
                self._read(file)
        self._sink.compact()

    def drain(self, seconds: float) -> None:
        """Read both streams to their ends, unless somebody holds them open for longer than this."""
        deadline = time.monotonic() + seconds
        while self._open and time.monotonic() < deadline:
            for file, _ in self._poll.poll(100):
                if file in self._open:
                    self._read(file)
        for file in list(self._open):
            self._close(file)

    def _read(self, file: int) -> None:
        name, splitter = self._open[file]
        try:
            data = os.read(file, 65536)
        except BlockingIOError:
            return
        if not data:
            self._close(file)
            return
        lines = splitter.feed(data)
        if lines:
            self._sink.write(name, lines)
            self._shipper.notify()

    def _close(self, file: int) -> None:
        name, splitter = self._open.pop(file)
        self._poll.unregister(file)
        os.close(file)
        self._sink.write(name, splitter.finish())
        self._shipper.notify()


def _end_descendants(child: _Child) -> None:
    """Kill and collect what the entrypoint has left running, as the end of a container does."""
    deadline = time.monotonic() + _REAP_SECONDS
    while _processes.kill_descendants(child.pid, child.guard.pid) and time.monotonic() < deadline:
        time.sleep(0.005)
        child.reap()
    child.guard.dismiss()
    child.reap()


def _remove_folder(path: Optional[str]) -> None:
    if not path:
        return
    try:
        os.rmdir(path)
    except OSError:
        # Only what holds something is worth the time that this import takes.
        import shutil

        shutil.rmtree(path, ignore_errors=True)


def _empty(file: int) -> None:
    try:
        while os.read(file, 4096):
            pass
    except BlockingIOError:
        pass


def _signalled(number: int, reason: str) -> Dict[str, Any]:
    return {"exit_code": 128 + number, "signal": int(number), "reason": reason}


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def main(arguments: Sequence[str]) -> int:
    """Read the specification that the only argument names, and supervise its task."""
    if len(arguments) != 1:
        raise SystemExit("usage: python -m determined.exec.supervisor SPEC.json")
    with open(arguments[0], encoding="utf-8") as f:
        spec = json.load(f)
    return Supervisor(spec).run()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
