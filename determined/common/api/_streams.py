"""Answers that are streams of JSON documents, one a line."""

from __future__ import annotations

import urllib.parse
from typing import Any, Dict, Iterator, List

import requests
import urllib3.exceptions

from . import _json, errors
from ._transport import count_missing

_CHUNK = 1 << 16


def read_stream(response: requests.Response) -> Iterator[Any]:
    """Yield the results of a stream as they come.

    Raises:
        APIException: the master ends the stream with an error.
        ConnectionLostException: the stream was cut.
        MasterTimeoutException: the master was silent for too long.
        BadResponseException: a line is no JSON document of a master.
    """
    with response:
        for line in read_lines(response):
            if line.isspace():
                continue
            try:
                document = _json.decode(line)
            except ValueError:
                if not line.endswith(b"\n"):
                    raise _cut(response, "in a line") from None
                raise errors.BadResponseException(f"a line of the stream is no JSON: {line[:200]!r}") from None
            if not isinstance(document, dict):
                raise errors.BadResponseException(f"a line of the stream is no object: {line[:200]!r}")
            if "result" in document:
                yield document["result"]
            elif "error" in document:
                raise _stream_error(document, response)
            else:
                raise errors.BadResponseException(f"a line of the stream holds no result: {line[:200]!r}")


def read_lines(response: requests.Response) -> Iterator[bytes]:
    """Yield the lines of a body with their ends as they come; the last one may lack it.

    Raises:
        ConnectionLostException: the body was cut.
        MasterTimeoutException: the master was silent for too long.
    """
    begun: List[bytes] = []
    try:
        for chunk in _chunks(response.raw):
            if not begun and chunk.find(b"\n") == len(chunk) - 1:
                yield chunk  # a whole line, as masters send it
                continue
            *lines, rest = chunk.split(b"\n")
            for line in lines:
                begun.append(line + b"\n")
                yield b"".join(begun)
                begun.clear()
            if rest:
                begun.append(rest)
    except urllib3.exceptions.ReadTimeoutError as error:
        raise errors.MasterTimeoutException(
            f"the stream {_where(response)} fell silent. Read it again, or give it a longer timeout", **_call(response)
        ) from error
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _cut(response, f"off: {error}") from error
    if count_missing(response):
        raise _cut(response, "off")
    if begun:
        yield b"".join(begun)


def _chunks(raw: Any) -> Iterator[bytes]:
    """Yield what has come of a body as soon as it is there."""
    if raw.chunked or not hasattr(raw, "read1"):
        yield from raw.stream(_CHUNK, decode_content=True)
        return
    # a body of known length, or one that ends with the connection: stream() would wait for a whole chunk
    yield from iter(lambda: raw.read1(_CHUNK, decode_content=True), b"")


def _cut(response: requests.Response, how: str) -> errors.ConnectionLostException:
    return errors.ConnectionLostException(
        f"the stream {_where(response)} was cut {how}. Read it again", **_call(response)
    )


def _call(response: requests.Response) -> Dict[str, str]:
    return {"method": response.request.method or "", "path": urllib.parse.urlsplit(response.url).path}


def _where(response: requests.Response) -> str:
    return response.url.split("?")[0]


def _stream_error(document: Any, response: requests.Response) -> errors.APIException:
    error = document["error"]
    status = int(error.get("httpCode") or 500) if isinstance(error, dict) else 500
    kind = errors.BY_STATUS.get(status, errors.APIException)
    return kind(
        errors.message_in(document),
        status_code=status,
        response=response,
        **_call(response),
    )
