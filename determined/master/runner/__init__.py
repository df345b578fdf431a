"""How the processes of an allocation are started, signalled, waited for, and found again after a restart.

The engine knows this interface only, so that a cluster may stand where local processes stand now (`local`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Collection, Dict, List, Mapping, NamedTuple, Optional, Protocol


class Launch(NamedTuple):
    """What is to run.

    Attributes:
        allocation_id: names the allocation; unique for good.
        run_dir: a folder of the allocation's own for everything around its processes.
        argv: the command; None for a trial, whose entrypoint stands in its configuration.
        environment: the whole environment of the command. Where it holds no TMPDIR, the allocation gets a folder of
            its own for temporary files, which ends with it.
        mounts: bind mounts of the configuration.
        labels: task, allocation, agent and container id, written beside every line of the log.
        master_url: where the task finds its master.
        token: the allocation's token.
        prepare: fetch the task's files, unpack them into its work folder, and meet at the rendezvous first.
        grace_seconds: how long a process that was told to end may take.
        files: name -> content of files to put into the run folder first; only their owner may read them.
        workdir: where the command runs, made if it is not there; None for a folder inside the run folder.
    """

    allocation_id: str
    run_dir: Path
    argv: Optional[List[str]]
    environment: Dict[str, str]
    mounts: List[Dict[str, Any]]
    labels: Dict[str, str]
    master_url: str
    token: str
    prepare: bool
    grace_seconds: float
    files: Mapping[str, str]
    workdir: Optional[Path] = None


class Exit(NamedTuple):
    """How it ended.

    Attributes:
        code: exit status, 128 + n after signal n; None when it cannot be known.
        text: what went wrong, in a few words.
        is_logged: whether the task's log says so already, or there is nothing to say.
    """

    code: Optional[int]
    text: str
    is_logged: bool = True


class Runner(Protocol):
    """Runs allocations. A handle is text that still names the processes after the master was restarted."""

    async def start(self, launch: Launch) -> str:
        """Start an allocation, as far as it can be without its task; returns its handle.

        The task waits for `begin`, and never starts if the master is killed before: there is none without a handle
        on record.

        Raises:
            OSError: they cannot be started.
        """
        ...

    def begin(self, handle: str) -> None:
        """Let a started allocation begin with its task."""
        ...

    async def adopt(self, handle: str) -> bool:
        """Whether a handle of an earlier master still names processes that run, or whose end is on record.

        If not, what was kept of the allocation is removed.
        """
        ...

    async def wait(self, handle: str) -> Exit:
        """Wait until all processes of a handle are gone."""
        ...

    def terminate(self, handle: str) -> None:
        """Tell the processes to end; they are killed when their grace has passed."""
        ...

    def kill(self, handle: str) -> None:
        """Kill the processes."""
        ...

    async def read_file(self, handle: str, name: str) -> bytes:
        """What the processes left in a file of their run folder; nothing when there is no such file."""
        ...

    def forget(self, handle: str) -> None:
        """Have what was kept of an ended allocation removed; this does not wait for it."""
        ...

    async def forget_others(self, folder: Path, kept: Collection[str]) -> None:
        """Have the run folders removed that an earlier master could not remove; this only waits until they are found.

        Parameters:
            folder: what holds the run folders.
            kept: the ids of the allocations that have not ended.
        """
        ...
