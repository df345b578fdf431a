"""Messages of the REST API: shared by several nouns."""

from __future__ import annotations

from typing import List, Optional

from typing_extensions import TypedDict

from .scalars import Bytes, Double, Int64, Struct, Timestamp


class Pagination(TypedDict):
    """Answered: `Pagination`."""

    offset: int
    limit: int
    startIndex: int
    endIndex: int
    total: int


class DoubleFieldFilter(TypedDict, total=False):
    """Sent: `common.DoubleFieldFilter`."""

    lt: Double
    lte: Double
    gt: Double
    gte: Double


class Int32FieldFilter(TypedDict, total=False):
    """Sent: `common.Int32FieldFilter`."""

    lt: int
    lte: int
    gt: int
    gte: int
    incl: List[int]
    notIn: List[int]


class Metrics(TypedDict, total=False):
    """Sent and answered: `common.Metrics`."""

    avgMetrics: Optional[Struct]
    batchMetrics: List[Struct]


class PolymorphicFilter(TypedDict, total=False):
    """Sent: `common.PolymorphicFilter`."""

    name: str
    doubleRange: Optional[DoubleFieldFilter]
    integerRange: Optional[Int32FieldFilter]
    timeRange: Optional[TimestampFieldFilter]


class TimestampFieldFilter(TypedDict, total=False):
    """Sent: `common.TimestampFieldFilter`."""

    lt: Optional[Timestamp]
    lte: Optional[Timestamp]
    gt: Optional[Timestamp]
    gte: Optional[Timestamp]


class File(TypedDict, total=False):
    """Sent: `util.File`."""

    path: str
    type: int
    content: Bytes
    mtime: Int64
    mode: int
    uid: int
    gid: int


class Empty(TypedDict):
    """A message without fields."""
