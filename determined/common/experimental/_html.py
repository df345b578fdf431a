"""How objects look in notebooks: plain tables of escaped text, made of what is known.

Only the best metrics of experiments are asked for, with one request for a table.
"""

from __future__ import annotations

import datetime
import enum
import html
import re
from typing import Any, Dict, Iterable, Iterator, List, Mapping, NamedTuple, Sequence, Tuple

# Longer texts are cut: where an object stands alone, and where it is a row among others.
_LONGEST_ALONE = 1000
_LONGEST_IN_ROW = 60
# Longer lists are cut.
_MOST_ROWS = 20
# Tables of trials show so many hyperparameters at most.
_MOST_COLUMNS = 16
# Entries of dictionaries that may well be secret.
_SECRET = re.compile(r"passw|secret|credential|(api|access|private)[_-]?key|(^|[_-])(token|auth)$", re.IGNORECASE)
_LEFT = "text-align: left"
_RIGHT = "text-align: right"


class Row(NamedTuple):
    """What a table shows of an object, by column; what is None is not known.

    Attributes:
        first: columns at the left.
        own: columns that other objects of the list may not have, such as hyperparameters.
        last: columns at the right.
        instead: the attributes that the columns stand for under another name.
    """

    first: Dict[str, Any]
    own: Dict[str, Any] = {}
    last: Dict[str, Any] = {}
    instead: Tuple[str, ...] = ()

    def items(self) -> Iterator[Tuple[str, Any]]:
        """Yield all columns and their values."""
        for part in (self.first, self.own, self.last):
            yield from part.items()


class Percent(float):
    """A share from 0 to 1, shown as percent."""


class Bytes(int):
    """A number of bytes, shown as kB, MB, and so on."""


def describe(thing: Any) -> str:
    """Return the table of one object: a line for each attribute that is known."""
    _complete([thing])
    row = thing._row() if hasattr(thing, "_row") else Row({})
    values = dict(row.items())
    others = (name for name in thing._shown if name not in values and name not in row.instead)
    values.update((name, getattr(thing, name)) for name in others)
    texts = [(name, _text(value, _LONGEST_ALONE)) for name, value in values.items()]
    return _table(type(thing).__name__, [_row([_cell("th", name), _cell("td", text)]) for name, text in texts if text])


def _complete(things: Sequence[Any]) -> None:
    """Let objects of one kind ask for what their rows lack, all at once."""
    kinds = {type(thing) for thing in things}
    if len(kinds) == 1:
        complete = getattr(kinds.pop(), "_complete_rows", None)
        if complete is not None:
            complete(things)


def tabulate(things: Sequence[Any]) -> str:
    """Return the table of a list: a row for each object, a column for each attribute that is known of any."""
    if not things:
        return _table("empty list", [])
    kinds = ", ".join(dict.fromkeys(type(thing).__name__ for thing in things))
    shown = things[:_MOST_ROWS]
    caption = f"{len(things)} × {kinds}"
    if not all(hasattr(thing, "_shown") for thing in things):
        rows = [_row([_cell("td", _cut(repr(thing), _LONGEST_ALONE))]) for thing in shown]
        return _table(caption, [*rows, *_rest(len(things) - len(shown), 1)])
    _complete(shown)
    named = [_row_of(thing) for thing in shown]
    columns = {name: [_text(dict(row.items()).get(name), _LONGEST_IN_ROW) for row in named] for name in _names(named)}
    known = {name: texts for name, texts in columns.items() if any(texts)}
    styles = [_RIGHT if all(map(_is_number, texts)) else _LEFT for texts in known.values()]
    rows = [_row(map(_cell, ["td"] * len(known), texts, styles)) for texts in zip(*known.values())]
    head = _row(map(_cell, ["th"] * len(known), known, styles))
    return _table(caption, [head, *rows, *_rest(len(things) - len(shown), len(known))])


def _rest(count: int, columns: int) -> List[str]:
    return [f'<tr><td colspan="{columns}" style="{_LEFT}">… {count} more</td></tr>'] if count > 0 else []


def _row_of(thing: Any) -> Row:
    if hasattr(thing, "_row"):
        row: Row = thing._row()
        return row
    return Row({name: getattr(thing, name) for name in thing._shown})


def _names(rows: Sequence[Row]) -> List[str]:
    """Return the columns of a table in order; of many own ones, those whose values differ."""
    first, last = (
        dict.fromkeys(n for row in rows for n in row.first),
        dict.fromkeys(n for row in rows for n in row.last),
    )
    own = list(dict.fromkeys(name for row in rows for name in row.own))
    if len(own) > _MOST_COLUMNS:
        differing = [name for name in own if len({repr(row.own.get(name)) for row in rows}) > 1]
        chosen = set([*differing, *own][:_MOST_COLUMNS])
        own = [name for name in own if name in chosen]
    return [*first, *own, *last]


def _table(caption: str, rows: Iterable[str]) -> str:
    return f"<table><caption>{html.escape(caption)}</caption>{''.join(rows)}</table>"


def _row(cells: Iterable[str]) -> str:
    return f"<tr>{''.join(cells)}</tr>"


def _cell(tag: str, text: str, style: str = _LEFT) -> str:
    return f'<{tag} style="{style}">{html.escape(text)}</{tag}>'


_NUMBER = re.compile(r"[-+]?[\d.]+(e[-+]?\d+)?( %| [kMGT]?B)?|nan|-?inf|")


def _is_number(text: str) -> bool:
    return bool(_NUMBER.fullmatch(text))


def _text(value: Any, longest: int) -> str:
    if value is None or value == [] or value == {}:
        return ""
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime.datetime):
        return f"{value:%Y-%m-%d %H:%M:%S %Z}"
    if isinstance(value, datetime.timedelta):
        return _duration(value)
    if isinstance(value, Percent):
        return f"{int(value * 100)} %"
    if isinstance(value, Bytes):
        return _size(value)
    if isinstance(value, float):
        return f"{value:.5g}"
    if isinstance(value, Mapping):
        return _cut(", ".join(f"{name} = {item}" for name, item in _entries(value, longest)), longest)
    if isinstance(value, (list, set, frozenset, tuple)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return _cut(", ".join(_text(item, longest) for item in items), longest)
    return _cut(str(value), longest)


def _entries(value: Mapping[Any, Any], longest: int, prefix: str = "") -> Iterator[Tuple[str, str]]:
    """Yield names, with dots where values are nested, and texts that keep what may be secret."""
    for key, item in value.items():
        name = f"{prefix}{key}"
        # a number under such a name counts something, such as tokens
        if _SECRET.search(str(key)) and not isinstance(item, (bool, int, float, type(None))):
            yield name, "***"
        elif isinstance(item, Mapping) and item:
            yield from _entries(item, longest, f"{name}.")
        elif isinstance(item, list) and any(isinstance(one, Mapping) for one in item):
            yield from _entries({str(number): one for number, one in enumerate(item)}, longest, f"{name}.")
        elif item is not None and item != [] and item != {}:
            yield name, _text(item, longest)


def own_columns(values: Mapping[str, Any], taken: Sequence[str], prefix: str) -> Dict[str, str]:
    """Return columns for the entries of a dictionary, with dots where they are nested.

    Parameters:
        values: the dictionary.
        taken: columns that have other values.
        prefix: what the names of columns begin with that would be called like those.
    """
    return {prefix + name if name in taken else name: text for name, text in _entries(values, _LONGEST_IN_ROW)}


def _duration(time: datetime.timedelta) -> str:
    minutes, seconds = divmod(max(0, int(time.total_seconds())), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return (f"{days} d " if days else "") + f"{hours}:{minutes:02}:{seconds:02}"


def _size(count: int) -> str:
    size, unit = float(count), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if size < 1000:
            break
        size, unit = size / 1000, larger
    return f"{size:.3g} {unit}" if size < 1000 else f"{size:.0f} {unit}"


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"
