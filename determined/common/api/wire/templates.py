"""Messages of the REST API: configuration templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, List, Optional

from typing_extensions import TypedDict

from .scalars import Struct

if TYPE_CHECKING:
    from .common import Pagination
    from .enums import GetTemplatesSortBy, OrderBy


class GetTemplateResponse(TypedDict):
    """Answered: `GetTemplateResponse`."""

    template: Template


class GetTemplatesResponse(TypedDict):
    """Answered: `GetTemplatesResponse`."""

    templates: List[Template]
    pagination: Pagination


class PatchTemplateConfigResponse(TypedDict):
    """Answered: `PatchTemplateConfigResponse`."""

    template: Template


class PostTemplateResponse(TypedDict):
    """Answered: `PostTemplateResponse`."""

    template: Template


class PutTemplateResponse(TypedDict):
    """Answered: `PutTemplateResponse`."""

    template: Optional[Template]


class Template(TypedDict, total=False):
    """Sent and answered: `template.Template`."""

    name: str
    config: Optional[Struct]
    workspaceId: int


class GetTemplatesQuery(TypedDict, total=False):
    """Query of `GetTemplates`."""

    sortBy: GetTemplatesSortBy
    orderBy: OrderBy
    offset: int
    limit: int
    name: str
    workspaceIds: List[int]
