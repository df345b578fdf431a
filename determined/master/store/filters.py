"""WHERE clauses put together from what a list request asks for."""

from __future__ import annotations

import json
from typing import Any, List, Sequence, Tuple


class Filters:
    """Conditions that must all hold, with their parameters.

    "Patterns" are those of SQL's LIKE: ``%`` any text, ``_`` any character, ``\\`` takes the next one literally.
    """

    def __init__(self) -> None:
        self._conditions: List[str] = []
        self._parameters: List[Any] = []

    def add(self, condition: str, *parameters: Any) -> None:
        """Add a condition with ``?`` for each parameter."""
        self._conditions.append(condition)
        self._parameters.extend(parameters)

    def among(self, column: str, values: Sequence[Any]) -> None:
        """The column is one of the values; no values mean no condition."""
        if values:
            self.add(f"{column} IN (SELECT value FROM json_each(?))", json.dumps(list(values)))

    def without(self, column: str, values: Sequence[Any]) -> None:
        """The column is none of the values."""
        self.add(f"{column} NOT IN (SELECT value FROM json_each(?))", json.dumps(list(values)))

    def matches(self, column: str, pattern: str, *, case_counts: bool = False) -> None:
        """The whole of the column matches a pattern."""
        if case_counts:
            self.add(f"{column} GLOB ?", glob_of(pattern))
        else:
            self.add(f"{column} LIKE ? ESCAPE '\\'", pattern)

    def contains(self, columns: Sequence[str], pattern: str) -> None:
        """A part of any of the columns matches a pattern, whatever its case."""
        either = " OR ".join(f"{column} LIKE ? ESCAPE '\\'" for column in columns)
        self.add(f"({either})", *[f"%{pattern}%"] * len(columns))

    @property
    def where(self) -> str:
        """The clause, with a blank before it; empty without conditions."""
        return " WHERE " + " AND ".join(self._conditions) if self._conditions else ""

    @property
    def parameters(self) -> Tuple[Any, ...]:
        """The parameters of the clause, in order."""
        return tuple(self._parameters)


def glob_of(pattern: str) -> str:
    """Return the GLOB pattern, in which case counts, that means the same as a LIKE pattern."""
    parts: List[str] = []
    characters = iter(pattern)
    for character in characters:
        if character == "%":
            parts.append("*")
        elif character == "_":
            parts.append("?")
        else:
            literal = next(characters, "\\") if character == "\\" else character
            parts.append(f"[{literal}]" if literal in "*?[" else literal)
    return "".join(parts)
