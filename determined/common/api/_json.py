"""The JSON of answers and of requests: one decoder for all, which uses a faster library where one is installed, and an
encoder for values that are more than JSON has.
"""

from __future__ import annotations

import datetime
import enum
import functools
import json
import math
from typing import Any, Callable, List, Union

Document = Union[bytes, str]


def decode(document: Document) -> Any:
    """Return what a JSON document says; with orjson where that is installed.

    Raises:
        ValueError: it is no JSON.
    """
    return _decoder()(document)


@functools.lru_cache(maxsize=None)
def _decoder() -> Callable[[Document], Any]:
    try:
        import orjson
    except ImportError:
        return _decode_plainly

    def decode_fast(document: Document) -> Any:
        try:
            return orjson.loads(document)
        except ValueError:
            return json.loads(document)  # it also takes NaN, and halves of surrogate pairs

    return decode_fast


_scan = json.JSONDecoder().raw_decode


def _decode_plainly(document: Document) -> Any:
    """Do what `json.loads` does, without asking what encoding it is: it is UTF-8."""
    text = document if isinstance(document, str) else document.decode("utf-8", "surrogatepass")
    try:
        value, end = _scan(text)
    except ValueError:
        return json.loads(document)  # blanks stand before it; or it is no JSON, and the error tells where
    if end < len(text) and not text[end:].isspace():
        return json.loads(document)
    return value


class Deferred:
    """A JSON document that is decoded when it is wanted."""

    __slots__ = ("_document",)

    def __init__(self, document: bytes) -> None:
        self._document = document

    def decode(self) -> Any:
        """Return what it says.

        Raises:
            ValueError: it is no JSON.
        """
        return decode(self._document)


def decode_rows(document: bytes, rows: str, late: str, following: str) -> Any:
    """Return what a page of a list says, with one large object of every row left as a `Deferred`.

    An object is found by its key and by the key that follows it, without looking into it. Quotes in text are escaped,
    so only a key can look like one; and a cut in a wrong place would leave more brackets than fit. A page that is not
    as expected is decoded as a whole.

    Parameters:
        document: the page.
        rows: the key of the list.
        late: the key, in a row, of the object to leave.
        following: the key after it.

    Raises:
        ValueError: it is no JSON.
    """
    objects: List[bytes] = []
    rest: List[bytes] = []
    start, stop = b'"%s":{' % late.encode(), b',"%s":' % following.encode()
    if start not in document:  # some builds of a master put blanks
        start, stop = b'"%s": {' % late.encode(), b', "%s": ' % following.encode()
    at = 0
    while True:
        begin = document.find(start, at)
        end = document.find(stop, begin)
        if begin < 0 or end < 0:
            break
        begin += len(start) - 1
        rest += (document[at:begin], b"%d" % len(objects))
        objects.append(document[begin:end])
        at = end
    rest.append(document[at:])
    if objects:
        try:
            page = decode(b"".join(rest))
        except ValueError:
            page = None  # the keys stand elsewhere, too
        if _put_in(page, rows, late, objects):
            return page
    return decode(document)


def _put_in(page: Any, rows: str, key: str, objects: List[bytes]) -> bool:
    """Put objects into the rows that hold their numbers; returns whether each row held its own."""
    found = page.get(rows) if isinstance(page, dict) else None
    if not isinstance(found, list) or len(found) != len(objects):
        return False
    for number, row in enumerate(found):
        if not isinstance(row, dict) or type(row.get(key)) is not int or row[key] != number:
            return False
        row[key] = Deferred(objects[number])
    return True


def encode(value: Any) -> bytes:
    """Return a value as a JSON document.

    NaN and the infinities are written as text. Members of enumerations are written by their names, times in ISO 8601,
    arrays as lists, and UUIDs, bytes and other numbers as the text or number that they stand for.

    Raises:
        TypeError: it holds something else that JSON does not have.
        ValueError: it holds bytes that are no UTF-8.
    """
    return json.dumps(_without_specials(value), allow_nan=False, separators=(",", ":")).encode()


def _without_specials(value: Any) -> Any:
    if isinstance(value, (str, int)) or value is None:
        return value
    if isinstance(value, dict):
        return {_key(k): _without_specials(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [_without_specials(v) for v in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else _special(value)
    return _without_specials(_plain(value))


def _key(key: Any) -> Any:
    return _special(key) if isinstance(key, float) and not math.isfinite(key) else key


def _special(value: float) -> str:
    return "NaN" if math.isnan(value) else "Infinity" if value > 0 else "-Infinity"


def _plain(value: Any) -> Any:
    import numbers  # both here, as they cost time and are seldom needed
    import uuid

    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime.datetime):
        return value.isoformat()
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if isinstance(value, numbers.Integral):
        return int(value)
    if isinstance(value, numbers.Number):
        return float(value)  # type: ignore[arg-type]  # decimals and fractions; complex numbers are refused by it
    if hasattr(value, "tolist"):  # an array
        return value.tolist()
    raise TypeError(f"an object of type {type(value).__name__} cannot be written as JSON: {value}")
