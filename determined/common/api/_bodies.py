"""The bodies of answers, read to the end; one that breaks off is told by its own framing."""

from __future__ import annotations

import zlib
from typing import List

import requests

from . import _failures


def read_body(response: requests.Response) -> None:
    """Read the body, and keep it.

    Raises:
        ConnectionLostException: it broke off, by its own framing.
    """
    packed = response.headers.get("Content-Encoding", "").lower() == "gzip"
    body: bytes = response.raw.read(decode_content=not packed)
    missing = count_missing(response)
    if missing:
        raise requests.exceptions.ChunkedEncodingError(f"{missing} bytes of the answer are missing", response=response)
    if packed:
        body = _unpacked(body, response)
    if not body and _ended_in_its_headers(response):
        raise _failures.CutDocumentException(_CUT.format("its headers"), **_failures.call_of(response.request))
    vars(response).update(_content=body, _content_consumed=True)


_CUT = "the connection to the master broke: its answer ends in {}. Look whether the call took effect, and repeat it"


def _unpacked(packed: bytes, response: requests.Response) -> bytes:
    whole: List[bytes] = []
    while packed:
        unpacking = zlib.decompressobj(16 + zlib.MAX_WBITS)
        try:
            whole.append(unpacking.decompress(packed))
        except zlib.error as error:
            if whole:
                break  # what stands behind the end of a packed document is none of it
            raise requests.exceptions.ContentDecodingError(str(error), response=response) from error
        if not unpacking.eof:
            raise _failures.CutDocumentException(_CUT.format("its packed body"), **_failures.call_of(response.request))
        packed = unpacking.unused_data
    return b"".join(whole)


def _ended_in_its_headers(response: requests.Response) -> bool:
    """Whether the last header of an answer is cut; the standard library takes it for one that is over."""
    if not _has_body(response) or "Content-Length" in response.headers or "Transfer-Encoding" in response.headers:
        return False
    message = getattr(getattr(response.raw, "_original_response", None), "msg", None)
    return bool(getattr(message, "defects", None))


def count_missing(response: requests.Response) -> int:
    """Return how many bytes a body that was read lacks: urllib3 1 takes one that ends early for whole."""
    told = response.headers.get("Content-Length", "")
    if not told.isdigit() or not _has_body(response):
        return 0
    return max(0, int(told) - int(response.raw.tell()))


def _has_body(response: requests.Response) -> bool:
    return response.request.method != "HEAD" and response.status_code not in (204, 304)
