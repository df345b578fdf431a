"""What a checkpoint policy would delete."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response

from ..errors import invalid
from ..serialize.garbage import checkpoint_record
from ..services import garbage
from .plain_registry import PlainCall, answers


@answers("GET", "/experiments/{experiment_id:int}/preview_gc")
async def preview_collection(call: PlainCall, experiment_id: int) -> Response:
    policy = garbage.Policy(*(_number(call, name) for name in garbage.Policy._fields))
    found = await call.db.read(garbage.preview, experiment_id, policy)
    records = [checkpoint_record(row, found.experiment) for row in found.checkpoints]
    return JSONResponse({"checkpoints": records or None, "metric_name": found.experiment["searcher_metric"]})


def _number(call: PlainCall, name: str) -> int:
    text = call.request.query_params.get(name)
    if text is None:
        raise invalid(f"missing parameter: {name}")
    try:
        return int(text)
    except ValueError:
        raise invalid(f"parameter {name} must be a whole number, not {text!r}") from None
