"""Lists that come in pages."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Tuple

import pytest

from determined.common.api import errors
from determined.common.api._pages import read_pages, read_rows


class Listing:
    """A list of numbers that answers as a master does; limit 0 means pages of three."""

    def __init__(self, total: int) -> None:
        self.total = total
        self.asked: List[Tuple[int, int]] = []

    def fetch(self, offset: int, limit: int) -> Dict[str, Any]:
        self.asked.append((offset, limit))
        end = min(offset + (limit or 3), self.total)
        where = {"offset": offset, "limit": limit, "startIndex": offset, "endIndex": end, "total": self.total}
        return {"rows": list(range(offset, end)), "pagination": where}


@pytest.mark.parametrize("total", [0, 1, 3, 4, 7])
def test_every_row_is_read_once_in_order(total: int) -> None:
    assert list(read_rows(Listing(total).fetch, "rows")) == list(range(total))


@pytest.mark.parametrize(
    ("limit", "offset", "max_pages", "rows"),
    [(0, 5, None, [5, 6]), (2, 0, None, [0, 1, 2, 3, 4, 5, 6]), (2, 0, 1, [0, 1]), (2, 1, 2, [1, 2, 3, 4])],
)
def test_where_to_begin_and_to_end_can_be_told(
    limit: int, offset: int, max_pages: Optional[int], rows: List[int]
) -> None:
    assert list(read_rows(Listing(7).fetch, "rows", limit=limit, offset=offset, max_pages=max_pages)) == rows


def test_a_page_is_not_asked_for_before_it_is_needed() -> None:
    listing = Listing(9)
    rows = read_rows(listing.fetch, "rows", limit=3)
    assert [next(rows), next(rows), next(rows)] == [0, 1, 2]
    assert listing.asked == [(0, 3)]


def test_a_list_that_grows_while_it_is_read_is_read_to_its_end() -> None:
    listing = Listing(4)
    pages = read_pages(listing.fetch)
    next(pages)
    listing.total = 7
    assert [row for page in pages for row in page["rows"]] == [3, 4, 5, 6]


def test_pages_that_make_no_progress_end_in_an_error() -> None:
    def stuck(offset: int, limit: int) -> Dict[str, Any]:
        return {"rows": [1], "pagination": {"endIndex": 3, "total": 9}}

    rows = read_rows(stuck, "rows")
    assert [next(rows), next(rows)] == [1, 1]
    with pytest.raises(errors.PagingException, match=r"3 to 3 of 9.*never end"):
        next(rows)


@pytest.mark.parametrize("page", [{"rows": [1]}, {"rows": [1], "pagination": None}])
def test_a_page_that_does_not_say_where_it_is_is_the_only_one(page: Dict[str, Any]) -> None:
    assert list(read_rows(lambda offset, limit: page, "rows")) == [1]


def test_a_page_without_rows_is_an_empty_one() -> None:
    page = {"rows": None, "pagination": {"endIndex": 0, "total": 0}}
    assert list(read_rows(lambda offset, limit: page, "rows")) == []


def test_a_page_that_was_read_before_is_not_read_again() -> None:
    def deaf(offset: int, limit: int) -> Dict[str, Any]:
        return {"rows": [1, 2], "pagination": {"startIndex": 0, "endIndex": 2, "total": 9}}

    rows = read_rows(deaf, "rows")
    assert [next(rows), next(rows)] == [1, 2]
    with pytest.raises(errors.PagingException, match=r"rows 0 to 2 of 9 when asked from 2 on"):
        next(rows)


def test_a_list_that_shrinks_while_it_is_read_ends() -> None:
    listing = Listing(6)
    rows = read_rows(listing.fetch, "rows")
    assert [next(rows) for _ in range(3)] == [0, 1, 2]
    listing.total = 2
    assert list(rows) == []
