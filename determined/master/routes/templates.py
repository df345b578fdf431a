"""Configuration templates."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.common import Empty
from determined.common.api.wire.enums import OrderBy
from determined.common.api.wire.scalars import Struct
from determined.common.api.wire.templates import (
    GetTemplateResponse,
    GetTemplatesQuery,
    GetTemplatesResponse,
    PatchTemplateConfigResponse,
    PostTemplateResponse,
    PutTemplateResponse,
    Template,
)

from ..serialize.templates import template_message
from ..services import templates
from .registry import Call, handles


@handles(paths.GET_TEMPLATES)
async def get_templates(call: Call[GetTemplatesQuery]) -> GetTemplatesResponse:
    request = call.request
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    rows, window = await call.db.read(
        lambda connection: templates.list_templates(
            connection,
            name=request.get("name", ""),
            workspace_ids=request.get("workspaceIds", []),
            descending=request.get("orderBy") == OrderBy.DESC,
            offset=offset,
            limit=limit,
        )
    )
    return {"templates": [template_message(row) for row in rows], "pagination": window.pagination(offset, limit)}


@handles(paths.GET_TEMPLATE)
async def get_template(call: Call[Empty], template_name: str) -> GetTemplateResponse:
    return {"template": template_message(call.db.read_now(templates.template_by_name, template_name))}


@handles(paths.POST_TEMPLATE)
async def create_template(call: Call[Template], template_name: str) -> PostTemplateResponse:
    request = call.request
    row = await call.db.write(
        templates.create_template, template_name, request.get("config") or {}, request.get("workspaceId", 0)
    )
    return {"template": template_message(row)}


@handles(paths.PUT_TEMPLATE)
async def put_template(call: Call[Template], template_name: str) -> PutTemplateResponse:
    config, workspace_id = call.request.get("config"), call.request.get("workspaceId", 0)
    row, is_new = await call.db.write(templates.put_template, template_name, config, workspace_id)
    if is_new:
        # the real master echoes what was sent when it makes a template
        return {"template": {"name": template_name, "config": config, "workspaceId": workspace_id}}
    return {"template": template_message(row)}


@handles(paths.PATCH_TEMPLATE_CONFIG)
async def patch_template_config(call: Call[Struct], template_name: str) -> PatchTemplateConfigResponse:
    return {"template": template_message(await call.db.write(templates.set_config, template_name, call.request or {}))}


@handles(paths.DELETE_TEMPLATE)
async def delete_template(call: Call[Empty], template_name: str) -> Empty:
    await call.db.write(templates.delete_template, template_name)
    return {}
