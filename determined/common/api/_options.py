"""What a caller may say of a request, whatever sends it. The HTTP library loads with the first session, not before."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, Tuple, Union

Timeout = Union[None, float, Tuple[float, float], Tuple[float, None]]
"""Seconds for connecting and for each silence, or a pair of both; None for no limit."""

Params = Union[None, str, bytes, Mapping[str, Any], Iterable[Tuple[str, Any]]]
"""The query of a request."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 180.0
"""Longest silence of the master while it owes an answer; some calls delete a lot before they answer."""

DEFAULT_TIMEOUT: Timeout = (CONNECT_SECONDS, READ_SECONDS)
