"""One call of the REST API whose answer is a list in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, Mapping, Optional, Union

from .. import _json
from .._pages import read_rows
from ..wire.endpoint import Endpoint
from ._call import call

if TYPE_CHECKING:
    from .._session import BaseSession


def iterate_rows(
    session: BaseSession,
    row: Endpoint[Any, Any],
    key: str,
    query: Optional[Mapping[str, Any]] = None,
    *,
    page_size: int = 0,
    decode: Callable[[bytes], Any] = _json.decode,
    **parameters: Union[str, int],
) -> Iterator[Any]:
    """Iterate over all rows of a list, fetching a page when it is needed.

    Parameters:
        session: with whom, and as whom.
        row: the call.
        key: the field of the answer that holds the rows.
        query: what to ask for; an ``offset`` in it is where to begin.
        page_size: rows of a page; 0 leaves it to the master.
        decode: reads a page.
        parameters: of the path.
    """
    asked: Dict[str, Any] = dict(query or {})

    def fetch(offset: int, limit: int) -> Mapping[str, Any]:
        query: Any = {**asked, "offset": offset or None, "limit": limit or None}
        path: Any = parameters
        page: Mapping[str, Any] = call(session, row, query, decode=decode, **path)
        return page

    return read_rows(fetch, key, limit=page_size or asked.get("limit") or 0, offset=asked.get("offset") or 0)
