"""Rules of configuration templates. Anybody may make, change and remove them; they are looked at when they are used."""

from __future__ import annotations

from typing import Any, List, Mapping, Optional, Sequence, Tuple

from ..errors import not_found, plain
from ..paging import Window, sql_window
from ..store import templates, workspaces
from ..store.database import Connection, Row, Transaction
from ..store.filters import Filters

_FIRST_WORKSPACE = 1
_COUNT_ONLY = -2


def template_by_name(connection: Connection, name: str) -> Row:
    """A template.

    Raises:
        Refusal: there is none of that name.
    """
    row = templates.by_name(connection, name)
    if row is None:
        raise not_found("template", name)
    return row


def list_templates(
    connection: Connection, *, name: str, workspace_ids: Sequence[int], descending: bool, offset: int, limit: int
) -> Tuple[List[Row], Window]:
    """Templates whose name contains `name`, in any of the workspaces, and the window they were cut to."""
    filters = Filters()
    if name:
        filters.contains(["name"], name)
    filters.among("workspace_id", workspace_ids)
    total = templates.count(connection, filters)
    window = sql_window(total, offset, limit)
    # unlike in other lists, whoever asks for the count alone gets all rows beside it
    start, end = (0, total) if limit == _COUNT_ONLY else (window.start, window.end)
    return templates.page(connection, filters, descending=descending, start=start, end=end), window


def create_template(tx: Transaction, name: str, config: Mapping[str, Any], workspace_id: int) -> Row:
    """Store a new template; returns it.

    Parameters:
        workspace_id: 0 for the first one.

    Raises:
        Refusal: the name is taken, or the workspace does not exist or is archived.
    """
    where = _open_workspace(tx, workspace_id)
    if templates.by_name(tx, name) is not None:
        raise plain(f"failed to create template {name}: the name is taken")
    templates.insert(tx, name, where, config)
    return template_by_name(tx, name)


def put_template(
    tx: Transaction, name: str, config: Optional[Mapping[str, Any]], workspace_id: int
) -> Tuple[Row, bool]:
    """Store a template under a name, new or not; returns it and whether it is new.

    Parameters:
        config: None for none: a new template gets an empty one, an old one keeps its own.
        workspace_id: 0 for the first one, or to leave the template where it is.

    Raises:
        Refusal: the workspace does not exist or is archived, or nothing is given for a template that is there.
    """
    if templates.by_name(tx, name) is None:
        return create_template(tx, name, config or {}, workspace_id), True
    where = _open_workspace(tx, workspace_id) if workspace_id else None
    if config is None and where is None:
        raise plain(f"template {name} needs a config or another workspace")
    templates.change(tx, name, config=config, workspace_id=where)
    return template_by_name(tx, name), False


def set_config(tx: Transaction, name: str, config: Mapping[str, Any]) -> Row:
    """Replace a template's configuration; returns the template.

    Raises:
        Refusal: there is none of that name.
    """
    if templates.by_name(tx, name) is None:
        raise plain("not found")
    templates.change(tx, name, config=config)
    return template_by_name(tx, name)


def delete_template(tx: Transaction, name: str) -> None:
    """Remove a template.

    Raises:
        Refusal: there is none of that name.
    """
    if not templates.delete(tx, name):
        raise plain("not found")


def _open_workspace(connection: Connection, workspace_id: int) -> int:
    """The id of a workspace that takes templates; an archived one counts as absent."""
    wanted = workspace_id or _FIRST_WORKSPACE
    row = workspaces.bare(connection, wanted)
    if row is None or row["archived"]:
        raise not_found("workspace", wanted)
    return wanted
