"""Metrics as a pandas DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, List, Tuple

from ._columns import ID_COLUMNS, Kind, Source, in_order, read_chunks

if TYPE_CHECKING:
    import pandas

# What numpy takes for "no time".
_NO_TIME = -(2**63)


def read_frame(source: Source) -> pandas.DataFrame:
    """Return the reports of a source as a table.

    Raises:
        ImportError: pandas is not installed.
    """
    pandas = _import_pandas()
    columns = {name: _Column() for name in ID_COLUMNS}
    size = 0
    for chunk in read_chunks(source):
        chunk.columns["end_time"] = [_NO_TIME if time is None else time for time in chunk.columns["end_time"]]
        for name, values in chunk.columns.items():
            columns.setdefault(name, _Column()).put(size, values)
        size += chunk.size
    names = in_order(columns)
    # the parts of a column are given up as soon as the whole is made of them
    table = {name: columns.pop(name).join(size) for name in names}
    if not size:
        table = {name: values.astype("int64") for name, values in table.items()}
    times = pandas.Series(table["end_time"].view("datetime64[us]"), copy=False)
    return pandas.DataFrame({**table, "end_time": times.dt.tz_localize("UTC")}, copy=False)


class _Column:
    """A column that comes in parts, arrays where they are numbers: far smaller than the values as objects."""

    def __init__(self) -> None:
        self._parts: List[Tuple[int, Any]] = []
        self._kind = Kind.NOTHING
        self._count = 0

    def put(self, start: int, values: List[Any]) -> None:
        """Add the values of some rows, the first of which is `start`."""
        import numpy

        missing = values.count(None)
        kind = Kind.of(values)
        self._kind = self._kind.join(kind)
        self._count += len(values) - missing
        if kind is not Kind.NOTHING:
            dtype = _type_for(kind, is_complete=not missing)
            self._parts.append((start, values if dtype == "object" else numpy.array(values, dtype)))

    def join(self, size: int) -> Any:
        """Return all values as one array; missing ones are NaN, or None where the others are no numbers."""
        import numpy

        dtype = _type_for(self._kind, is_complete=self._count == size)
        whole = numpy.full(size, {"object": None, "float64": numpy.nan}.get(dtype, 0), dtype)
        for start, values in self._parts:
            if isinstance(values, list):
                for row, value in enumerate(values, start):  # at once, numpy would take lists among them apart
                    whole[row] = value
            else:
                whole[start : start + len(values)] = values
        return whole


def _type_for(kind: Kind, *, is_complete: bool) -> str:
    if kind is Kind.BOOL:
        return "bool" if is_complete else "object"
    if kind is Kind.INT:
        return "int64" if is_complete else "float64"
    return "float64" if kind in (Kind.FLOAT, Kind.NOTHING) else "object"


def _import_pandas() -> Any:
    try:
        import pandas
    except ImportError:
        raise ImportError("a table of metrics needs pandas: pip install 'determined[pandas]'") from None
    return pandas
