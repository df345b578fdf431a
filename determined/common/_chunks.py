"""Pieces of sequences, and what stands in them twice."""

from __future__ import annotations

from typing import Any, Callable, Iterator, List, Sequence, Set, TypeVar

Piece = TypeVar("Piece", bound="Sequence[object]")


def chunks(lst: Piece, chunk_size: int) -> Iterator[Piece]:
    """Yield consecutive pieces of a text or a sequence.

    Parameters:
        lst: the text or sequence.
        chunk_size: how long each piece is; the last one may be shorter.
    """
    for first in range(0, len(lst), chunk_size):
        yield lst[first : first + chunk_size]  # type: ignore[misc]  # a piece of a sequence is one of its kind


def filter_duplicates(in_list: List[Any], sorter: Callable[[List[Any]], List[Any]] = sorted) -> Set[Any]:
    """Return what stands more than once in a list.

    Parameters:
        in_list: the list.
        sorter: brings what is equal together. Defaults to `sorted`.
    """
    ordered = sorter(in_list)
    return {one for one, next_one in zip(ordered, ordered[1:]) if one == next_one}
