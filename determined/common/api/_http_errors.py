"""The two errors of `bindings` that are none of `errors`; other parts of the client raise them as well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import requests

_MODULE = f"{__package__}.bindings"


class APIHttpError(Exception):
    """The master answered with a status that is neither an error nor the one of an answer.

    Attributes:
        operation_name: the function that made the call.
        response: the answer.
        message: what happened.
    """

    __module__ = _MODULE

    response: Any = None

    def __init__(self, operation_name: str, response: requests.Response) -> None:
        super().__init__(operation_name, response)
        self.response = response
        self.operation_name = operation_name
        self.message = f"API Error: {operation_name} failed: {response.reason}."

    def __str__(self) -> str:
        return self.message


class APIHttpStreamError(APIHttpError):
    """The master ended a stream with an error, or the stream was cut.

    Attributes:
        operation_name: the function that made the call.
        error: what the master says.
        message: what happened.
    """

    __module__ = _MODULE

    def __init__(self, operation_name: str, error: Any) -> None:
        Exception.__init__(self, operation_name, error)
        self.operation_name = operation_name
        self.error = error
        self.message = f"Stream Error during {operation_name}: {error.message}"
