"""The files that experiments run."""

from __future__ import annotations

import base64

from starlette.responses import Response

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.experiments import (
    GetModelDefFileRequest,
    GetModelDefFileResponse,
    GetModelDefResponse,
    GetModelDefTreeResponse,
)

from ..serialize.model_definitions import file_node
from ..services import experiments, model_definitions
from ..services.content_types import content_type_of
from .plain_registry import PlainCall, answers
from .registry import Call, handles

_LONGEST_NAME = 50
_NAME_CHARACTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_ -()[].{}")


@handles(paths.GET_MODEL_DEF)
async def get_model_def(call: Call[Empty], experiment_id: int) -> GetModelDefResponse:
    return {"b64Tgz": await call.db.read(model_definitions.text_of, experiment_id)}


@handles(paths.GET_MODEL_DEF_TREE)
async def get_model_def_tree(call: Call[Empty], experiment_id: int) -> GetModelDefTreeResponse:
    nodes = await call.db.read(model_definitions.tree_of, experiment_id)
    return {"files": [file_node(node) for node in nodes]}


@handles(paths.GET_MODEL_DEF_FILE)
async def get_model_def_file(call: Call[GetModelDefFileRequest], experiment_id: int) -> GetModelDefFileResponse:
    content = await call.db.read(model_definitions.file_of, experiment_id, call.request.get("path", ""))
    return {"file": base64.b64encode(content).decode() if content else None}


@answers("GET", "/experiments/{experiment_id:int}/model_def")
async def download_model_def(call: PlainCall, experiment_id: int) -> Response:
    tgz = await call.db.read(model_definitions.archive_of, experiment_id)
    row = call.db.read_now(experiments.row_of, experiment_id)
    name = f"exp{experiment_id}{_file_name(row['name'])}_model_def.tar.gz"
    return _attachment(tgz, "application/x-gtar", name)


@answers("GET", "/experiments/{experiment_id:int}/file/download")
async def download_file(call: PlainCall, experiment_id: int) -> Response:
    path = call.request.query_params.get("path", "")
    content = await call.db.read(model_definitions.file_of, experiment_id, path)
    return _attachment(content, content_type_of(content), f"exp{experiment_id}/{path}")


def _file_name(name: str) -> str:
    """A name as part of a file's name: an underscore before it, cut, without characters that files should not have."""
    return ("_" + "".join(c for c in name if c in _NAME_CHARACTERS))[:_LONGEST_NAME]


def _attachment(content: bytes, content_type: str, name: str) -> Response:
    quoted = name.replace("\\", "\\\\").replace('"', '\\"').encode("ascii", "replace").decode()
    quoted = "".join(c if c.isprintable() else "?" for c in quoted)
    headers = {"Content-Disposition": f'attachment; filename="{quoted}"', "Content-Type": content_type}
    return Response(content, headers=headers)
