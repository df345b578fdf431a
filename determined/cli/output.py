"""How commands show things: tables, CSV, JSON, YAML. The only place where their forms are known."""

from __future__ import annotations

import csv
import io
import json
import math
from datetime import datetime, timezone
from typing import Any, List, Optional, Sequence, Union

import click

Cell = Union[None, str, int, float]


def show_table(headers: Sequence[str], rows: Sequence[Sequence[Any]], *, as_csv: bool = False) -> None:
    """Print rows as a table, or as CSV."""
    click.echo(format_csv(headers, rows) if as_csv else format_table(headers, rows), nl=not as_csv)


def format_csv(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as CSV with a header."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(headers)
    writer.writerows(rows)
    return out.getvalue()


def format_table(headers: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as a table in the style of Presto: text to the left, numbers to the right, None blank."""
    texts = [[_lines(cell) for cell in row] for row in rows]
    numeric = [
        bool(rows) and all(isinstance(r[i], (int, float, type(None))) for r in rows) for i in range(len(headers))
    ]
    widths = [max([len(header), *(len(line) for row in texts for line in row[i])]) for i, header in enumerate(headers)]

    def line(cells: Sequence[str]) -> str:
        placed = [c.rjust(w) if n else c.ljust(w) for c, w, n in zip(cells, widths, numeric)]
        return (" " + " | ".join(placed)).rstrip()

    out = [line(headers), "-" + "-+-".join("-" * w for w in widths) + "-"]
    for row in texts:
        for depth in range(max((len(cell) for cell in row), default=1)):
            out.append(line([cell[depth] if depth < len(cell) else "" for cell in row]))
    return "\n".join(out)


def _lines(cell: Any) -> List[str]:
    if cell is None:
        return [""]
    if isinstance(cell, float):
        return [f"{cell:g}"]
    return str(cell).split("\n")


def show_json(value: Any) -> None:
    """Print a value as JSON with sorted keys; NaN and the infinities as text."""
    click.echo(json.dumps(_plain(value), indent=2, sort_keys=True, allow_nan=False))


def _plain(value: Any) -> Any:
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_plain(v) for v in value]
    return value


def show_yaml(value: Any) -> None:
    """Print a value as YAML."""
    import yaml

    click.echo(yaml.safe_dump(value, default_flow_style=False))


def format_time(moment: Union[None, str, datetime]) -> Optional[str]:
    """Return a time in UTC, to the second; None stays None."""
    if moment is None or moment == "":
        return None
    if isinstance(moment, str):
        from dateutil import parser

        moment = parser.isoparse(moment)
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%d %H:%M:%S+0000")


def format_percent(share: Optional[float]) -> Optional[str]:
    """Return a share of 1 in percent with one digit; None stays None."""
    return None if share is None else f"{share * 100:.1f}%"


def format_state(state: Any) -> str:
    """Return a state without its prefix."""
    text = str(getattr(state, "value", state))
    return text[len("STATE_") :] if text.startswith("STATE_") else text
