"""The one loop over the pages of a list."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Mapping, Optional, Sequence, TypeVar

from . import errors

Page = TypeVar("Page", bound=Mapping[str, Any])


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
        yield page
        pages += 1
        where = page.get("pagination")
        if where is None:
            return
        end, total = int(where.get("endIndex") or 0), int(where.get("total") or 0)
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
