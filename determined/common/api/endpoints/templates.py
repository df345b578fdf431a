"""Calls of the REST API: configuration templates."""

from __future__ import annotations

from typing import TYPE_CHECKING, Iterator, Optional

from ..wire import paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.scalars import Struct
    from ..wire.templates import GetTemplatesQuery, Template


def list_templates(
    session: BaseSession, query: Optional[GetTemplatesQuery] = None, page_size: int = 0
) -> Iterator[Template]:
    """Iterate over templates."""
    return iterate_rows(session, paths.GET_TEMPLATES, "templates", query, page_size=page_size)


def get_template(session: BaseSession, name: str) -> Template:
    """Return a template."""
    return call(session, paths.GET_TEMPLATE, template_name=name)["template"]


def create_template(session: BaseSession, name: str, body: Template) -> Template:
    """Create a template."""
    return call(session, paths.POST_TEMPLATE, body, template_name=name)["template"]


def put_template(session: BaseSession, name: str, body: Template) -> Optional[Template]:
    """Create a template or replace it."""
    return call(session, paths.PUT_TEMPLATE, body, template_name=name)["template"]


def set_template_config(session: BaseSession, name: str, config: Struct) -> Template:
    """Replace the configuration in a template."""
    return call(session, paths.PATCH_TEMPLATE_CONFIG, config, template_name=name)["template"]


def delete_template(session: BaseSession, name: str) -> None:
    """Delete a template."""
    call(session, paths.DELETE_TEMPLATE, template_name=name)
