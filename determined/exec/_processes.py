"""Processes of a trial: started so that none outlives its supervisor, found and ended with all their descendants."""

from __future__ import annotations

import os
import signal
import sys
import time

from determined.common import task_env

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Dict, List, Mapping, NoReturn, Optional, Sequence, Set

_LINUX = sys.platform.startswith("linux")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36

# Signals that Python ignores, or that the supervisor handles; a program expects to find them as the system sets them.
_RESET = ("SIGPIPE", "SIGXFSZ", "SIGXFZ", "SIGTERM", "SIGINT", "SIGHUP", "SIGCHLD")


def _load_prctl() -> Optional[Callable[[int, int], int]]:
    if not _LINUX:
        return None
    try:
        import ctypes

        function = ctypes.CDLL(None, use_errno=True).prctl
    except (ImportError, OSError, AttributeError):
        return None
    return lambda option, value: int(function(option, value, 0, 0, 0))


_prctl = _load_prctl()


def become_subreaper() -> bool:
    """Make orphaned descendants children of this process, where the system can (Linux)."""
    return _prctl is not None and _prctl(_PR_SET_CHILD_SUBREAPER, 1) == 0


def start_ticks(pid: int) -> Optional[int]:
    """Return when a process was started, in clock ticks since boot; None if it is gone or the system does not tell.

    Together with the pid it names a process for good: pids are used again.
    """
    fields = _stat_fields(pid)
    return None if fields is None else int(fields[19])


def start_process(
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    stdin: int,
    stdout: int,
    stderr: int,
    umask: Optional[int] = None,
) -> int:
    """Start a program as the leader of a new process group; return its pid.

    It is killed by the system when this process dies (Linux). Only to be called while this process has one thread.

    Parameters:
        umask: of the program; None for that of this process.

    Raises:
        FileNotFoundError: there is no such program.
        OSError: it cannot be started.
    """
    program = find_program(argv[0], env, cwd)
    error_read, error_write = os.pipe()
    parent = os.getpid()
    pid = os.fork()
    if pid == 0:
        _become(program, argv, env, cwd, (stdin, stdout, stderr), parent, error_write, umask)
    os.close(error_write)
    try:
        # Empty once the program runs, since the pipe is closed by it.
        failure = os.read(error_read, 32)
    finally:
        os.close(error_read)
    if failure:
        os.waitpid(pid, 0)
        number = int(failure)
        raise OSError(number, os.strerror(number), program)
    return pid


def find_program(name: str, env: Mapping[str, str], cwd: str) -> str:
    """Return the path of a program, looked up in the PATH of its own environment.

    Raises:
        FileNotFoundError: there is none.
    """
    if "/" in name:
        return name
    for folder in env.get("PATH", os.defpath).split(os.pathsep):
        path = os.path.join(cwd, folder or ".", name)
        if os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise FileNotFoundError(2, "no such program in PATH", name)


def _become(
    program: str,
    argv: Sequence[str],
    env: Mapping[str, str],
    cwd: str,
    streams: Sequence[int],
    parent: int,
    error_write: int,
    umask: Optional[int],
) -> NoReturn:
    """In the new process: set it up and become the program. Never returns."""
    try:
        os.setpgid(0, 0)
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            if os.getppid() != parent:
                os._exit(128 + signal.SIGKILL)
        signal.set_wakeup_fd(-1)
        for name in _RESET:
            number = getattr(signal, name, None)
            if number is not None:
                signal.signal(number, signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_SETMASK, ())
        if umask is not None:
            os.umask(umask)
        os.chdir(cwd)
        for target, source in enumerate(streams):
            os.dup2(source, target)
        os.execve(program, list(argv), dict(env))
    except OSError as e:
        os.write(error_write, str(e.errno or 1).encode())
    finally:
        # Whatever happened, this copy of the supervisor must not go on.
        os._exit(127)


class Guard:
    """A process that ends a trial's processes should this one be killed.

    To be made while this process has one thread.

    Parameters:
        group: the process group of the trial.
        allocation_id: tells the trial's processes that left the group (Linux).
    """

    def __init__(self, group: int, allocation_id: str) -> None:
        read, self._write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._write)
            _guard(read, group, allocation_id)
        os.close(read)

    def dismiss(self) -> None:
        """End the guard: there is nothing left to kill."""
        try:
            os.write(self._write, b".")
        except BrokenPipeError:
            pass  # it was killed
        os.close(self._write)
        try:
            os.waitpid(self.pid, 0)
        except ChildProcessError:
            pass  # reaped with the others


def _guard(read: int, group: int, allocation_id: str) -> NoReturn:
    try:
        os.setpgid(0, 0)
        signal.set_wakeup_fd(-1)
        for name in ("SIGTERM", "SIGINT", "SIGHUP"):
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        # The streams of the supervisor, held open here, would look like output still to come.
        null = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(null, stream)
        if os.read(read, 1) == b"":
            signal_group(group, signal.SIGKILL)
            kill_marked(task_env.ALLOCATION_ID, allocation_id)
    finally:
        os._exit(0)


def signal_group(group: int, number: int) -> bool:
    """Send a signal to a process group; return False if there is none of its processes left."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def kill_descendants(group: int, spare: int) -> bool:
    """Kill every descendant of this process but one; where the system cannot list them, a process group.

    Returns:
        Whether there was anything to kill. New descendants may have been started meanwhile: ask until there is none.
    """
    if not _LINUX:
        return signal_group(group, signal.SIGKILL)
    found = [pid for pid in descendants(os.getpid()) if pid != spare]
    for pid in found:
        _kill(pid)
    return bool(found)


def kill_marked(name: str, value: str) -> None:
    """Kill every process of this user that was started with a variable set to a value (Linux)."""
    mark = f"{name}={value}".encode()
    own = os.getpid()
    for _ in range(10):
        found = [pid for pid in _all_pids() if pid != own and mark in _environ(pid)]
        for pid in found:
            _kill(pid)
        if not found:
            return
        time.sleep(0.02)


def descendants(root: int) -> List[int]:
    """Return the pids of all living descendants of a process (Linux; elsewhere none), zombies left out."""
    children: Dict[int, List[int]] = {}
    zombies: Set[int] = set()
    for pid in _all_pids():
        fields = _stat_fields(pid)
        if fields is None:
            continue
        children.setdefault(int(fields[1]), []).append(pid)
        if fields[0] in ("Z", "X"):
            zombies.add(pid)
    found: List[int] = []
    todo = [root]
    while todo:
        for pid in children.get(todo.pop(), ()):
            todo.append(pid)
            if pid not in zombies:
                found.append(pid)
    return found


def _all_pids() -> List[int]:
    if not _LINUX:
        return []
    return [int(name) for name in os.listdir("/proc") if name.isdigit()]


def _stat_fields(pid: int) -> Optional[List[str]]:
    """Return the fields of a process's status from the third on: state, parent, group, session, ..."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as f:
            # The second field, the name, may hold spaces and parentheses.
            return f.read().rpartition(")")[2].split()
    except OSError:
        return None


def _environ(pid: int) -> List[bytes]:
    try:
        with open(f"/proc/{pid}/environ", "rb") as f:
            return f.read().split(b"\0")
    except OSError:
        return []


def _kill(pid: int) -> None:
    try:
        os.kill(pid, signal.SIGKILL)
    except (ProcessLookupError, PermissionError):
        pass
