"""Notebooks, shells, TensorBoards and commands.

This master launches none of them, so there is never one to list.
"""

from __future__ import annotations

from typing import Union

from determined.common.api.wire import paths
from determined.common.api.wire.common import Pagination
from determined.common.api.wire.tasks import (
    GetCommandsQuery,
    GetCommandsResponse,
    GetNotebooksQuery,
    GetNotebooksResponse,
    GetShellsQuery,
    GetShellsResponse,
    GetTensorboardsQuery,
    GetTensorboardsResponse,
)

from ..paging import memory_window
from .registry import Call, handles

_Query = Union[GetCommandsQuery, GetNotebooksQuery, GetShellsQuery, GetTensorboardsQuery]


@handles(paths.GET_COMMANDS)
async def get_commands(call: Call[GetCommandsQuery]) -> GetCommandsResponse:
    return {"commands": [], "pagination": _no_page(call.request)}


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
