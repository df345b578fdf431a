"""The loops over the pages of a list: one for messages of the wire, and one for the classes of `bindings`."""

from __future__ import annotations

import enum
from typing import Any, Callable, Iterator, Mapping, Optional, Sequence, TypeVar

from . import errors

LAZY_PAGE = 100
"""Rows of a page where a list is iterated over: few enough to begin soon, enough to need few requests."""

Page = TypeVar("Page", bound=Mapping[str, Any])
Answer = TypeVar("Answer")


def read_pages(
    fetch: Callable[[int, int], Page], *, limit: int = 0, offset: int = 0, max_pages: Optional[int] = None
) -> Iterator[Page]:
    """Yield the pages of a list, one after the other, until its end.

    Parameters:
        fetch: returns the page at an offset, of at most a number of rows, with the master's ``pagination``.
        limit: rows of a page; 0 leaves it to the master.
        offset: the first row.
        max_pages: end after so many; None for all.

    Raises:
        PagingException: the master's pages make no progress.
    """
    pages = 0
    while True:
        page = fetch(offset, limit)
        where = page.get("pagination")
        if where is None:
            yield page
            return
        begin, end, total = (int(where.get(key) or 0) for key in ("startIndex", "endIndex", "total"))
        if "startIndex" in where and begin < offset and begin < end:
            raise errors.PagingException(
                f"the master gave rows {begin} to {end} of {total} when asked from {offset} on"
            )
        yield page
        pages += 1
        if end >= total or pages == max_pages:
            return
        if end <= offset:
            raise errors.PagingException(
                f"the master says that rows {offset} to {end} of {total} were read: the list would never end"
            )
        offset = end


def read_rows(
    fetch: Callable[[int, int], Page],
    key: str,
    *,
    limit: int = 0,
    offset: int = 0,
    max_pages: Optional[int] = None,
) -> Iterator[Any]:
    """Yield the rows of a list, page by page; parameters as `read_pages`.

    Parameters:
        key: the field of a page that holds its rows.
    """
    for page in read_pages(fetch, limit=limit, offset=offset, max_pages=max_pages):
        rows: Sequence[Any] = page.get(key) or ()
        yield from rows


class PageOpts(str, enum.Enum):
    """How many pages of a list are read."""

    single = "1"
    all = "all"


def read_paginated(
    get_with_offset: Callable[[int], Answer], offset: int = 0, pages: PageOpts = PageOpts.all
) -> Iterator[Answer]:
    """Yield the pages of a list.

    Parameters:
        get_with_offset: returns the page that begins at an offset: an answer of `bindings` with a `pagination`.
        offset: the first row. By default 0.
        pages: whether only one page is read, or all. By default all.

    Raises:
        AssertionError: a page does not say where it ends.
    """
    while True:
        answer = get_with_offset(offset)
        where = getattr(answer, "pagination")  # noqa: B009 - one of many classes
        if where is None or where.endIndex is None or where.total is None:
            raise AssertionError("a page of the list does not say where it ends")
        yield answer
        if pages == PageOpts.single or where.endIndex >= where.total:
            return
        offset = where.endIndex
