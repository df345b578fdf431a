"""Commands, and the kinds of tasks that this master does not launch: notebooks, shells, TensorBoards."""

from __future__ import annotations

from typing import Union

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty, Pagination
from determined.common.api.wire.tasks import (
    GetCommandResponse,
    GetCommandsQuery,
    GetCommandsResponse,
    GetNotebooksQuery,
    GetNotebooksResponse,
    GetShellsQuery,
    GetShellsResponse,
    GetTensorboardsQuery,
    GetTensorboardsResponse,
    KillCommandResponse,
    LaunchCommandRequest,
    LaunchCommandResponse,
)

from ..paging import is_descending, memory_window, sort_name
from ..serialize.commands import command_message, config_struct
from ..services import commands
from .registry import Call, handles

_Query = Union[GetNotebooksQuery, GetShellsQuery, GetTensorboardsQuery]


@handles(paths.LAUNCH_COMMAND)
async def launch_command(call: Call[LaunchCommandRequest]) -> LaunchCommandResponse:
    request, world = call.request, call.world
    order = commands.Order(
        request.get("config") or {},
        request.get("templateName", ""),
        request.get("workspaceId", 0),
        request.get("files", []),
    )
    planned = await call.db.read(commands.plan, order, world.slot_count)
    row = await call.db.write(commands.launch, call.caller, planned, world.device)
    return {"command": command_message(row), "config": config_struct(row), "warnings": []}


@handles(paths.GET_COMMANDS)
async def get_commands(call: Call[GetCommandsQuery]) -> GetCommandsResponse:
    request = call.request
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    rows, window = await call.db.read(
        lambda connection: commands.list_commands(
            connection,
            usernames=request.get("users", []),
            user_ids=request.get("userIds", []),
            workspace_id=request.get("workspaceId", 0),
            sort=sort_name(request.get("sortBy")),
            descending=is_descending(request.get("orderBy")),
            offset=offset,
            limit=limit,
        )
    )
    return {"commands": [command_message(row) for row in rows], "pagination": window.pagination(offset, limit)}


@handles(paths.GET_COMMAND)
async def get_command(call: Call[Empty], command_id: str) -> GetCommandResponse:
    row = call.db.read_now(commands.command_by_id, command_id)
    return {"command": command_message(row), "config": config_struct(row)}


@handles(paths.KILL_COMMAND)
async def kill_command(call: Call[Empty], command_id: str) -> KillCommandResponse:
    return {"command": command_message(await call.db.write(commands.kill, command_id))}


@handles(paths.GET_NOTEBOOKS)
async def get_notebooks(call: Call[GetNotebooksQuery]) -> GetNotebooksResponse:
    return {"notebooks": [], "pagination": _no_page(call.request)}


@handles(paths.GET_SHELLS)
async def get_shells(call: Call[GetShellsQuery]) -> GetShellsResponse:
    return {"shells": [], "pagination": _no_page(call.request)}


@handles(paths.GET_TENSORBOARDS)
async def get_tensorboards(call: Call[GetTensorboardsQuery]) -> GetTensorboardsResponse:
    return {"tensorboards": [], "pagination": _no_page(call.request)}


def _no_page(request: _Query) -> Pagination:
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    return memory_window(0, offset, limit).pagination(offset, limit)
