"""ORDER BY clauses for values that may be missing, or may be NaN, which is stored as text.

PostgreSQL takes NULL for greater than anything, and so lists of the real master have what is missing last in ascending
order and first in descending order, unless they say otherwise. It takes NaN for greater than any number, too; here NaN
stands behind every number in both directions, so that whoever takes the first of a list gets something that works.
"""

from __future__ import annotations

from enum import Enum


class Missing(Enum):
    """Where rows without a value stand."""

    GREATEST = "last in ascending order, first in descending order"
    LAST = "last in both directions"


def by_value(sql: str, *, descending: bool, missing: Missing = Missing.GREATEST) -> str:
    """Return what stands behind ORDER BY for a value that may be missing."""
    first = missing is Missing.GREATEST and descending
    return f"{sql} {_way(descending)} NULLS {'FIRST' if first else 'LAST'}"


def by_metric(sql: str, *, descending: bool, missing: Missing = Missing.GREATEST) -> str:
    """Return what stands behind ORDER BY for a metric, which may be missing or NaN.

    Parameters:
        sql: a number, NULL or the text "NaN"; it is put in twice, and so are its parameters.
    """
    first = missing is Missing.GREATEST and descending
    return f"{metric_rank(sql, missing=-1 if first else 2)}, {sql} {_way(descending)}"


def metric_rank(sql: str, *, missing: int = 2) -> str:
    """Return SQL of 0 for a number, 1 for NaN and `missing` for NULL."""
    return f"CASE typeof({sql}) WHEN 'null' THEN {missing} WHEN 'text' THEN 1 ELSE 0 END"


def _way(descending: bool) -> str:
    return "DESC" if descending else "ASC"
