"""Numbers and truth as words."""

from __future__ import annotations

from typing import Optional, Union

_FALSE = frozenset(("", "0", "f", "false", "n", "no", "off"))
_UNITS = ("", "K", "M", "G", "T", "P", "E", "Z")


def strtobool(val: Optional[str]) -> bool:
    """Return whether a text means yes.

    Parameters:
        val: the text; ``0``, ``f``, ``false``, ``n``, ``no``, ``off`` in any case, an empty text and None mean no.
    """
    return val is not None and val.lower() not in _FALSE


def sizeof_fmt(val: Union[int, float]) -> str:
    """Return a number of bytes as people read it, such as ``1.5KB``.

    Parameters:
        val: the number of bytes; a unit is 1024 of the one before.
    """
    size = float(val)
    for unit in _UNITS:
        if abs(size) < 1024:
            return f"{size:.1f}{unit}B"
        size /= 1024
    return f"{size:.1f}YB"
