"""Metrics as a Parquet file."""

from __future__ import annotations

import json
import os
import pathlib
import pickle
import tempfile
from typing import IO, Any, Dict, Iterator, List, Tuple, Union

from ._columns import ID_COLUMNS, Kind, Source, in_order, read_chunks

# What a row group, which is held in memory, has at most: so many rows, and about so many values.
_GROUP_ROWS = 1 << 17
_GROUP_VALUES = 1 << 22


def write_parquet(source: Source, path: Union[str, os.PathLike[str]]) -> int:
    """Write the reports of a source to a Parquet file, which is there when it is complete, and return their number.

    Which columns there are, and of which types, is known after the last report only: up to then the reports are kept
    in a temporary file beside the target.

    Raises:
        ImportError: pyarrow is not installed.
        ValueError: `path` is a directory.
    """
    arrow = _import_arrow()
    target = pathlib.Path(path)
    if target.is_dir():
        raise ValueError(f"{target} is a directory: give the path of a file")
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{target.name}.", dir=target.parent) as beside:
        written = pathlib.Path(beside, "written")
        with open(pathlib.Path(beside, "reports"), "w+b") as spool:
            kinds, size = _fill(spool, source)
            spool.seek(0)
            _write(arrow, spool, kinds, written)
        os.replace(written, target)
    return size


def _fill(spool: IO[bytes], source: Source) -> Tuple[Dict[str, Kind], int]:
    """Keep the reports in a file, and return which columns there are and how many rows."""
    kinds = dict.fromkeys(ID_COLUMNS, Kind.INT)
    size = 0
    for chunk in read_chunks(source):
        pickle.dump(chunk, spool, pickle.HIGHEST_PROTOCOL)
        size += chunk.size
        for name, values in chunk.columns.items():
            kinds[name] = kinds.get(name, Kind.NOTHING).join(Kind.of(values))
    return {name: kinds[name] for name in in_order(kinds)}, size


def _write(arrow: Any, spool: IO[bytes], kinds: Dict[str, Kind], path: pathlib.Path) -> None:
    from pyarrow import parquet

    schema = arrow.schema([(name, _type_for(arrow, name, kind)) for name, kind in kinds.items()])
    with parquet.ParquetWriter(str(path), schema) as writer:
        for group in _row_groups(arrow, spool, kinds, schema):
            writer.write_table(group, row_group_size=_GROUP_ROWS)


def _row_groups(arrow: Any, spool: IO[bytes], kinds: Dict[str, Kind], schema: Any) -> Iterator[Any]:
    most = min(_GROUP_ROWS, _GROUP_VALUES // len(kinds))
    batches: List[Any] = []
    rows = 0
    for chunk in _chunks_in(spool):
        nothing = [None] * chunk.size
        columns = [_values_for(kind, chunk.columns.get(name, nothing)) for name, kind in kinds.items()]
        batches.append(arrow.record_batch([arrow.array(c, t) for c, t in zip(columns, schema.types)], schema=schema))
        rows += chunk.size
        if rows >= most:
            yield arrow.Table.from_batches(batches)
            batches, rows = [], 0
    if batches:
        yield arrow.Table.from_batches(batches)


def _chunks_in(spool: IO[bytes]) -> Iterator[Any]:
    end = os.fstat(spool.fileno()).st_size
    while spool.tell() < end:
        yield pickle.load(spool)


def _type_for(arrow: Any, name: str, kind: Kind) -> Any:
    if name == "end_time":
        return arrow.timestamp("us", tz="UTC")
    if kind is Kind.BOOL:
        return arrow.bool_()
    if kind is Kind.INT:
        return arrow.int64()
    return arrow.string() if kind in (Kind.TEXT, Kind.MIXED) else arrow.float64()


def _values_for(kind: Kind, values: List[Any]) -> List[Any]:
    if kind is Kind.FLOAT:
        return [None if value is None else float(value) for value in values]
    if kind is Kind.MIXED:
        return [None if value is None else json.dumps(value) for value in values]
    return values


def _import_arrow() -> Any:
    try:
        import pyarrow
    except ImportError:
        raise ImportError("a Parquet file of metrics needs pyarrow: pip install 'determined[parquet]'") from None
    return pyarrow
