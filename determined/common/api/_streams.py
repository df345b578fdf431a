"""Answers that are streams of JSON documents, one a line."""

from __future__ import annotations

import os
from typing import Any, Iterator, List, Type

import requests
import urllib3
import urllib3.exceptions

from . import _failures, _json, errors
from ._bodies import count_missing

_CHUNK = 1 << 16


def read_stream(response: requests.Response, operation_name: str = "") -> Iterator[Any]:
    """Yield the results of a stream as they come.

    Parameters:
        response: the answer, of which nothing has been read yet.
        operation_name: the call, for errors.

    Raises:
        APIException: the master ends the stream with an error.
        ConnectionLostException: the stream was cut.
        MasterTimeoutException: the master was silent for too long.
        BadResponseException: a line is no JSON document of a master.
    """
    with response:
        for line in read_lines(response, operation_name):
            if line.isspace():
                continue
            try:
                document = _json.decode(line)
            except ValueError:
                if line.lstrip().startswith(b"<"):
                    raise _failures.no_stream(response) from None
                if not line.endswith(b"\n"):
                    raise _cut(response, "in a line", operation_name, _failures.CutLineException) from None
                raise _failures.NoJsonException(f"a line of the stream is no JSON: {line[:200]!r}") from None
            if not isinstance(document, dict):
                raise _failures.NoObjectException(f"a line of the stream is no object: {line[:200]!r}")
            if "result" in document:
                yield document["result"]
            elif "error" in document:
                raise _failures.stream_failure(document, response, operation_name)
            else:
                raise _failures.MissingKeyException(f"a line of the stream holds no result: {line[:200]!r}")


def read_lines(response: requests.Response, operation_name: str = "") -> Iterator[bytes]:
    """Yield the lines of a body with their ends as they come; the last one may lack it.

    Parameters:
        response: the answer, of which nothing has been read yet.
        operation_name: the call, for errors.

    Raises:
        ConnectionLostException: the body was cut.
        MasterTimeoutException: the master was silent for too long.
    """
    begun: List[bytes] = []
    try:
        for chunk in _chunks_of_this_process(response, operation_name):
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
    except urllib3.exceptions.ReadTimeoutError:
        raise _failures.SilentStreamException(
            f"the stream {_where(response)} fell silent. Read it again, or give it a longer timeout",
            **_failures.call_of(response.request),
        ) from None
    except urllib3.exceptions.DecodeError as error:
        raise _cut(response, f"off: {error}", operation_name, _failures.UnpackableStreamException) from None
    except (urllib3.exceptions.HTTPError, OSError) as error:
        raise _cut(response, f"off: {error}", operation_name) from None
    if _is_read_here(response) and count_missing(response):
        raise _cut(response, "off", operation_name)
    if begun:
        yield b"".join(begun)


def _chunks_of_this_process(response: requests.Response, operation_name: str) -> Iterator[bytes]:
    """Yield what has come of a body, but in a forked process nothing, which would be missing in the other one."""
    process = os.getpid()
    chunks = _chunks(response)
    while True:
        if os.getpid() != process:
            raise _cut(response, "off: it was opened by the process that this one was forked from", operation_name)
        chunk = next(chunks, None)
        if chunk is None:
            return
        yield chunk


def _chunks(response: requests.Response) -> Iterator[bytes]:
    """Yield what has come of a body as soon as it is there."""
    raw = response.raw
    if not _is_read_here(response):
        yield from response.iter_content(_CHUNK)
    elif raw.chunked or not hasattr(raw, "read1"):
        yield from raw.stream(_CHUNK, decode_content=True)
    else:
        # a body of known length, or one that ends with the connection: stream() would wait for a whole chunk
        yield from iter(lambda: raw.read1(_CHUNK, decode_content=True), b"")


def _is_read_here(response: requests.Response) -> bool:
    """Whether the body comes from a connection; one that was made up may be there as a whole."""
    return isinstance(response.raw, urllib3.HTTPResponse)


def _cut(
    response: requests.Response,
    how: str,
    operation_name: str,
    kind: Type[_failures.CutStreamException] = _failures.CutStreamException,
) -> errors.ConnectionLostException:
    call = _failures.call_of(response.request)
    return kind(f"the stream {_where(response)} was cut {how}. Read it again", operation_name=operation_name, **call)


def _where(response: requests.Response) -> str:
    return response.url.split("?")[0]
