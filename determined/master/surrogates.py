"""Halves of surrogate pairs: JSON can write them, but they are no characters and no text with them can be stored."""

from __future__ import annotations

from typing import Any


def replace_halves(value: Any) -> Any:
    """Return a JSON value whose texts have a replacement character for each half of a surrogate pair."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [replace_halves(v) for v in value]
    if isinstance(value, dict):
        return {replace_halves(k): replace_halves(v) for k, v in value.items()}
    return value


def may_have_halves(text: str) -> bool:
    """Whether a JSON or YAML text escapes a half of a surrogate pair."""
    return "\\ud" in text.lower()
