"""The master's ways of cutting a list into pages (kinds A to C of the API's description)."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Sequence, TypeVar

from determined.common.api.wire.common import Pagination
from determined.common.api.wire.enums import OrderBy, WireEnum

from .errors import invalid, plain

T = TypeVar("T")


class Window(NamedTuple):
    """Which rows of how many: ``start`` inclusive, ``end`` exclusive."""

    start: int
    end: int
    total: int

    def pagination(self, offset: int, limit: int) -> Pagination:
        """The `pagination` object of an answer."""
        return {"offset": offset, "limit": limit, "startIndex": self.start, "endIndex": self.end, "total": self.total}


def sql_window(total: int, offset: int, limit: int) -> Window:
    """Kind A: limit 0 means 100, -1 all, -2 none; a negative offset counts from the end; out of range is empty."""
    if limit == -2:
        return Window(0, 0, total)
    start = offset if offset >= 0 else total + offset
    if start < 0 or start > total:
        start = total
    if limit == -1:
        return Window(start, total, total)
    return Window(start, min(total, start + (limit or 100)), total)


def memory_window(total: int, offset: int, limit: int, default_limit: int = 0) -> Window:
    """Kind B, and C with a default limit: limit 0 means all (or the default).

    Raises:
        Refusal: the offset is out of bounds, or the limit negative.
    """
    start = offset if offset >= 0 else total + offset
    if start < 0 or start > total:
        raise invalid("offset out of bounds")
    limit = limit or default_limit
    if limit < 0:
        raise plain(f"limit {limit} must not be negative")
    return Window(start, min(total, start + limit) if limit else total, total)


def sort_name(sort: Optional[WireEnum]) -> str:
    """Return a sort key by its bare name, ``SORT_BY_NAME`` as "NAME"; unspecified is "ID"."""
    name = "" if sort is None else str(sort).replace("SORT_BY_", "", 1)
    return "ID" if name in ("", "UNSPECIFIED") else name


def is_descending(order: Optional[OrderBy]) -> bool:
    """Whether a list is asked for backwards."""
    return order == OrderBy.DESC


def cut(rows: Sequence[T], window: Window) -> List[T]:
    """The rows of a window."""
    return list(rows[window.start : window.end])
