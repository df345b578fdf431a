"""Calls of the REST API: tasks, commands, notebooks, shells and TensorBoards."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.tasks import (
        Command,
        GetActiveTasksCountResponse,
        GetCommandResponse,
        GetCommandsQuery,
        GetNotebooksQuery,
        GetShellsQuery,
        GetTasksResponse,
        GetTensorboardsQuery,
        LaunchCommandRequest,
        LaunchCommandResponse,
        Notebook,
        Shell,
        Task,
        Tensorboard,
    )


def list_tasks(session: BaseSession) -> GetTasksResponse:
    """Return the current allocations by their ids."""
    return call(session, paths.GET_TASKS)


def get_task(session: BaseSession, task_id: str) -> Task:
    """Return a task with its allocations."""
    return call(session, paths.GET_TASK, task_id=task_id)["task"]


def get_active_task_counts(session: BaseSession) -> GetActiveTasksCountResponse:
    """Return how many tasks of each kind run."""
    return call(session, paths.GET_ACTIVE_TASKS_COUNT)


def clean_up_logs(session: BaseSession) -> int:
    """Remove the logs that are past their retention now; returns how many lines there were."""
    return int(call(session, paths.CLEANUP_LOGS)["removedCount"])


def get_task_context_directory(session: BaseSession, task_id: str) -> str:
    """Return a task's files: a gzip tar in base64."""
    return call(session, paths.GET_TASK_CONTEXT_DIRECTORY, task_id=task_id)["b64Tgz"]


def list_commands(
    session: BaseSession, query: Optional[GetCommandsQuery] = None, page_size: int = 0
) -> Iterator[Command]:
    """Iterate over commands."""
    return iterate_rows(session, paths.GET_COMMANDS, "commands", query, page_size=page_size)


def launch_command(session: BaseSession, body: LaunchCommandRequest) -> LaunchCommandResponse:
    """Start a command."""
    return call(session, paths.LAUNCH_COMMAND, body)


def get_command(session: BaseSession, command_id: str) -> GetCommandResponse:
    """Return a command and its configuration."""
    return call(session, paths.GET_COMMAND, command_id=command_id)


def kill_command(session: BaseSession, command_id: str) -> Optional[Command]:
    """Stop a command at once."""
    return call(session, paths.KILL_COMMAND, command_id=command_id)["command"]


def list_notebooks(
    session: BaseSession, query: Optional[GetNotebooksQuery] = None, page_size: int = 0
) -> Iterator[Notebook]:
    """Iterate over notebooks."""
    return iterate_rows(session, paths.GET_NOTEBOOKS, "notebooks", query, page_size=page_size)


def list_shells(session: BaseSession, query: Optional[GetShellsQuery] = None, page_size: int = 0) -> Iterator[Shell]:
    """Iterate over shells."""
    return iterate_rows(session, paths.GET_SHELLS, "shells", query, page_size=page_size)


def list_tensorboards(
    session: BaseSession, query: Optional[GetTensorboardsQuery] = None, page_size: int = 0
) -> Iterator[Tensorboard]:
    """Iterate over TensorBoards."""
    return iterate_rows(session, paths.GET_TENSORBOARDS, "tensorboards", query, page_size=page_size)
