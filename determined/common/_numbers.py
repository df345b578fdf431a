"""What counts as a number, and how people read it."""

from __future__ import annotations

import numbers
from typing import Any


def is_numerical_scalar(n: Any) -> bool:
    """Return whether a value is one real number, or an array of NumPy's without dimensions that holds one.

    Parameters:
        n: the value.
    """
    if isinstance(n, numbers.Real):
        return True
    # A complex number or a text has no order.
    kind = getattr(getattr(n, "dtype", None), "kind", "")
    return getattr(n, "shape", None) == () and kind in ("b", "i", "u", "f")


def humanize_float(n: float) -> float:
    """Return a number with four significant digits, or as many as it has before the point.

    Parameters:
        n: the number.
    """
    if n == 0:
        return n
    whole = abs(n) >= 1000
    return float(round(n)) if whole else float(f"{n:.4g}")
