"""Cutting sequences into pieces."""

from __future__ import annotations

from typing import Iterator, Sequence, TypeVar

Piece = TypeVar("Piece", bound="Sequence[object]")


def chunks(lst: Piece, chunk_size: int) -> Iterator[Piece]:
    """Yield consecutive pieces of a text or a sequence.

    Parameters:
        lst: the text or sequence.
        chunk_size: how long each piece is; the last one may be shorter.
    """
    for first in range(0, len(lst), chunk_size):
        yield lst[first : first + chunk_size]  # type: ignore[misc]  # a piece of a sequence is one of its kind
