"""How objects look in notebooks: plain tables of escaped text, made of what is known, without a request."""

from __future__ import annotations

import datetime
import enum
import html
import json
import re
from typing import Any, Iterable, Mapping, Sequence

# Longer texts are cut: where an object stands alone, and where it is a row among others.
_LONGEST_ALONE = 1000
_LONGEST_IN_ROW = 100
# Longer lists are cut.
_MOST_ROWS = 100
# Entries of dictionaries that may well be secret.
_SECRET = re.compile(r"passw|secret|credential|(api|access|private)[_-]?key|(^|[_-])(token|auth)$", re.IGNORECASE)


def describe(thing: Any) -> str:
    """Return the table of one object: its ``_shown`` attributes, as far as they are known."""
    texts = [(name, _text(getattr(thing, name), _LONGEST_ALONE)) for name in thing._shown]
    return _table(type(thing).__name__, [_row([_cell("th", name), _cell("td", text)]) for name, text in texts if text])


def tabulate(things: Sequence[Any]) -> str:
    """Return the table of a list: a row for each object, a column for each attribute that is known of any."""
    if not things:
        return _table("empty list", [])
    kinds = ", ".join(dict.fromkeys(type(thing).__name__ for thing in things))
    shown = things[:_MOST_ROWS]
    caption = f"{len(things)} × {kinds}"
    if len(shown) < len(things):
        caption += f", the first {len(shown)}"
    if not all(hasattr(thing, "_shown") for thing in things):
        return _table(caption, [_row([_cell("td", _cut(repr(thing), _LONGEST_ALONE))]) for thing in shown])
    names = dict.fromkeys(name for thing in shown for name in thing._shown)
    columns = {name: [_text_in_row(thing, name) for thing in shown] for name in names}
    known = {name: texts for name, texts in columns.items() if any(texts)}
    rows = [_row(_cell("td", text) for text in texts) for texts in zip(*known.values())]
    return _table(caption, [_row(_cell("th", name) for name in known), *rows])


def _table(caption: str, rows: Iterable[str]) -> str:
    return f"<table><caption>{html.escape(caption)}</caption>{''.join(rows)}</table>"


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _cell(tag: str, text: str) -> str:
    return f'<{tag} style="text-align: left">{html.escape(text)}</{tag}>'


def _text_in_row(thing: Any, name: str) -> str:
    # other attributes of that name may be old ones, which warn
    return _text(getattr(thing, name), _LONGEST_IN_ROW) if name in thing._shown else ""


def _text(value: Any, longest: int) -> str:
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}"
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return _cut(", ".join(value), longest)
    if isinstance(value, (dict, list)):
        return _cut(json.dumps(_without_secrets(value), ensure_ascii=False, default=str), longest)
    return _cut(str(value), longest)


def _without_secrets(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _hide(str(key), item) for key, item in value.items()}
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return value


def _hide(key: str, value: Any) -> Any:
    # a number under such a name counts something, such as tokens
    is_secret = _SECRET.search(key) and not isinstance(value, (bool, int, float, type(None)))
    return "***" if is_secret else _without_secrets(value)


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
