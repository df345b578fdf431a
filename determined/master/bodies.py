"""Reading the body of a request, no further than is allowed."""

from __future__ import annotations

from typing import Mapping

from starlette.types import Receive

from .errors import Code, Refusal


async def read_body(receive: Receive, headers: Mapping[str, str], largest: int) -> bytes:
    """Return the body of a request.

    Parameters:
        headers: of the request, by lower-case name.
        largest: the most bytes it may have.

    Raises:
        Refusal: it has more, or says so; then it is not read to its end.
    """
    announced = headers.get("content-length", "")
    if announced.isdecimal() and (len(announced) > 18 or int(announced) > largest):
        raise _too_large(largest)
    message = await receive()
    body: bytes = message.get("body", b"")
    if len(body) > largest:
        raise _too_large(largest)
    if not message.get("more_body"):
        return body
    parts, size = [body], len(body)
    while message.get("more_body"):
        message = await receive()
        parts.append(message.get("body", b""))
        size += len(parts[-1])
        if size > largest:
            raise _too_large(largest)
    return b"".join(parts)


def _too_large(largest: int) -> Refusal:
    return Refusal(Code.RESOURCE_EXHAUSTED, f"the request is larger than {largest} bytes")
