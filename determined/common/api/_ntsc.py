"""Notebooks, TensorBoards, shells and commands, by their kind: what they are, and waiting for them."""

from __future__ import annotations

import enum
from typing import Callable, Optional, Tuple, Union

from .. import polling
from . import bindings
from ._session import BaseSession

DEFAULT_NTSC_TIMEOUT = 300
"""Seconds that a task may take until it is ready."""

AnyNTSC = Union[bindings.v1Notebook, bindings.v1Tensorboard, bindings.v1Shell, bindings.v1Command]

WARNING_MESSAGE_MAP = {
    bindings.v1LaunchWarning.CURRENT_SLOTS_EXCEEDED: (
        "Warning: more slots are asked for than the cluster has now: the job waits until there are enough."
    ),
}
"""What a user is told about the warnings with which a launch is answered."""

_STATE_INTERVAL = 0.1
_READY_INTERVAL = 1.0


class NTSC_Kind(enum.Enum):  # noqa: N801 - its released name
    """The kinds of such tasks."""

    notebook = "notebook"
    tensorboard = "tensorboard"
    shell = "shell"
    command = "command"


def get_ntsc_details(session: BaseSession, typ: NTSC_Kind, ntsc_id: str) -> AnyNTSC:
    """Return a task.

    Parameters:
        session: the session to call the master with.
        typ: its kind.
        ntsc_id: its id.

    Raises:
        ValueError: there is no such kind.
        NotFoundException: there is no such task of this kind.
    """
    if typ == NTSC_Kind.notebook:
        return bindings.get_GetNotebook(session, notebookId=ntsc_id).notebook
    if typ == NTSC_Kind.tensorboard:
        return bindings.get_GetTensorboard(session, tensorboardId=ntsc_id).tensorboard
    if typ == NTSC_Kind.shell:
        return bindings.get_GetShell(session, shellId=ntsc_id).shell
    if typ == NTSC_Kind.command:
        return bindings.get_GetCommand(session, commandId=ntsc_id).command
    raise ValueError(f"unknown type of task: {typ!r}")


def wait_for_ntsc_state(
    session: BaseSession,
    typ: NTSC_Kind,
    ntsc_id: str,
    predicate: Callable[[bindings.taskv1State], bool],
    timeout: int = 10,
) -> bindings.taskv1State:
    """Wait until a task's state is as it should be, and return the state.

    Parameters:
        session: the session to call the master with.
        typ: the task's kind.
        ntsc_id: its id.
        predicate: tells whether a state will do.
        timeout: seconds. By default 10.

    Raises:
        TimeoutError: it took too long.
        NotFoundException: there is no such task of this kind.
    """

    def ask() -> Optional[bindings.taskv1State]:
        state = get_ntsc_details(session, typ, ntsc_id).state
        return state if predicate(state) else None

    state = polling.poll(ask, _STATE_INTERVAL, timeout)
    if state is None:
        raise TimeoutError(f"timed out waiting for {ntsc_id}")
    return state


def wait_for_task_ready(
    session: BaseSession,
    task_id: str,
    progress_report: Optional[Callable[[], object]] = None,
    timeout: int = DEFAULT_NTSC_TIMEOUT,
) -> Optional[str]:
    """Wait until a task is ready; returns None, or what is wrong when the task has ended.

    Parameters:
        session: the session to call the master with.
        task_id: the task.
        progress_report: called each time after the master was asked.
        timeout: seconds. By default 300.

    Raises:
        TimeoutError: it took too long.
        NotFoundException: there is no such task.
    """

    def ask() -> Optional[Tuple[Optional[str]]]:
        task = bindings.get_GetTask(session, taskId=task_id).task
        if progress_report is not None:
            progress_report()
        if task.endTime is not None:
            return ("task has been terminated.",)
        return (None,) if any(allocation.isReady for allocation in task.allocations) else None

    found = polling.poll(ask, _READY_INTERVAL, timeout)
    if found is None:
        raise TimeoutError(f"timed out waiting for task {task_id} to be ready")
    return found[0]
