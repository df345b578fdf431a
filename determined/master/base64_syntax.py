"""Where Go's decoder stumbles over text that is no base64: scripts may match on its words."""

from __future__ import annotations

from typing import List, Optional

_ALPHABET = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")


def find_fault(text: str) -> Optional[str]:
    """Return what is wrong with standard base64 with padding, in which line breaks do not count; None for nothing."""
    places = [place for place, character in enumerate(text) if character not in "\r\n"]
    for nth, place in enumerate(places):
        if text[place] not in _ALPHABET:
            return _padding_fault(text, places, nth)
    return _illegal(len(text) - len(places) % 4) if len(places) % 4 else None


def _padding_fault(text: str, places: List[int], nth: int) -> Optional[str]:
    """What is wrong from the first character on that stands for no bits."""
    place = places[nth]
    if text[place] != "=" or nth % 4 < 2:
        return _illegal(place)
    after = places[nth + 1 :]
    if nth % 4 == 2:
        if not after:
            return _illegal(len(text))
        if text[after[0]] != "=":
            return _illegal(after[0] - 1)
        after = after[1:]
    return _illegal(after[0]) if after else None


def _illegal(place: int) -> str:
    return f"illegal base64 data at input byte {place}"
