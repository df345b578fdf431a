"""Previews of searches."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.experiments import PreviewHPSearchRequest, PreviewHPSearchResponse

from ..serialize.search_preview import search_summary
from ..services import search_preview
from .registry import Call, handles


@handles(paths.PREVIEW_HP_SEARCH)
async def preview_hp_search(call: Call[PreviewHPSearchRequest]) -> PreviewHPSearchResponse:
    return {"summary": search_summary(search_preview.preview(call.request.get("config") or {}))}
