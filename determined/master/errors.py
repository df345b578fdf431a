"""How the master says no.

Exception
├── Refusal              a request that cannot be granted: code, text
│   ├── StorageFull      nothing was stored: the disk is full
│   └── StorageAway      nothing was stored: the database cannot be used at the moment
└── UnusableFolder       a master cannot start on this data folder
    └── FolderInUse      another master holds it

A `Refusal` becomes ``{"error": {"code", "reason", "error"}}`` under /api/v1 and ``{"message"}`` elsewhere.
"""

from __future__ import annotations

import logging
import sqlite3
from enum import Enum
from pathlib import Path
from typing import Union

logger = logging.getLogger("determined.master")

# What the database says of a question that is too large for it: the question is at fault.
_LIMITS = (
    "Expression tree is too large", "parser stack overflow", "pattern too complex", "too many terms",
    "too many SQL variables", "too big",
)  # fmt: skip

# What the database says when it cannot be used at the moment; later Pythons have numbers for these, older ones words.
_PASSING = (
    "locked", "busy", "disk I/O error", "is full", "unable to open database file", "readonly database",
    "locking protocol", "out of memory", "interrupted",
)  # fmt: skip


class Code(Enum):
    """The gRPC codes: number, the name in answers, and the HTTP status they travel as."""

    CANCELED = (1, "Canceled", 408)
    UNKNOWN = (2, "Unknown", 500)
    INVALID_ARGUMENT = (3, "InvalidArgument", 400)
    DEADLINE_EXCEEDED = (4, "DeadlineExceeded", 504)
    NOT_FOUND = (5, "NotFound", 404)
    ALREADY_EXISTS = (6, "AlreadyExists", 409)
    PERMISSION_DENIED = (7, "PermissionDenied", 403)
    RESOURCE_EXHAUSTED = (8, "ResourceExhausted", 429)
    FAILED_PRECONDITION = (9, "FailedPrecondition", 400)
    ABORTED = (10, "Aborted", 409)
    OUT_OF_RANGE = (11, "OutOfRange", 400)
    UNIMPLEMENTED = (12, "Unimplemented", 501)
    INTERNAL = (13, "Internal", 500)
    UNAVAILABLE = (14, "Unavailable", 503)
    DATA_LOSS = (15, "DataLoss", 500)
    UNAUTHENTICATED = (16, "Unauthenticated", 401)

    def __init__(self, number: int, reason: str, status: int) -> None:
        self.number = number
        self.reason = reason
        self.status = status


class Refusal(Exception):
    """A request that is not granted.

    Attributes:
        code: the gRPC code, which decides the HTTP status.
        text: what the caller reads.
        keep_writes: what the transaction wrote before the refusal stays (a used-up id, say).
    """

    def __init__(self, code: Code, text: str, *, keep_writes: bool = False) -> None:
        super().__init__(text)
        self.code = code
        self.text = text
        self.keep_writes = keep_writes

    def nested(self) -> str:
        """The text as it stands inside another error's text and in the results of bulk calls."""
        return f"rpc error: code = {self.code.reason} desc = {self.text}"


class StorageFull(Refusal):
    """The disk has no room: the request changed nothing and can be repeated when there is room again."""

    def __init__(self) -> None:
        super().__init__(Code.RESOURCE_EXHAUSTED, "the master's disk is full: nothing was stored")


class StorageAway(Refusal):
    """The database cannot be used at the moment: the request changed nothing and can be repeated.

    Another program holds its lock, say, or its file system does not answer.
    """

    def __init__(self, error: sqlite3.Error) -> None:
        super().__init__(Code.UNAVAILABLE, f"the master's database cannot be used at the moment: {error}")


class UnusableFolder(RuntimeError):
    """A master cannot start on a data folder; the text says why in one line."""


class FolderInUse(UnusableFolder):
    """Another master holds the data folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(f"the folder {folder} is in use by {holder}: stop that one, or give this one another folder")


def is_passing(error: BaseException) -> bool:
    """Whether a failure of the database is one of the moment, so that the same may succeed later."""
    return isinstance(error, sqlite3.OperationalError) and any(sign in str(error) for sign in _PASSING)


def not_found(kind: str, identity: Union[int, str, None] = None) -> Refusal:
    """``<kind> '<identity>' not found``, 404."""
    return Refusal(Code.NOT_FOUND, f"{kind} '{identity}' not found" if identity is not None else f"{kind} not found")


def invalid(text: str) -> Refusal:
    """A mistake in the request, 400."""
    return Refusal(Code.INVALID_ARGUMENT, text)


def failed_precondition(text: str) -> Refusal:
    """The object is not in a state for that, 400."""
    return Refusal(Code.FAILED_PRECONDITION, text)


def forbidden(text: str = "access denied") -> Refusal:
    """The caller may not, 403."""
    return Refusal(Code.PERMISSION_DENIED, text)


def plain(text: str) -> Refusal:
    """What the real master refuses without a code, 500: clients match on the text."""
    return Refusal(Code.UNKNOWN, text)


def refusal_of(error: Exception) -> Refusal:
    """Return what the caller is told about an exception; one that nobody meant is logged and told in a word."""
    if isinstance(error, Refusal):
        return error
    if isinstance(error, sqlite3.Error) and any(limit in str(error) for limit in _LIMITS):
        return invalid(f"the request asks for too much at once: {error}")
    if isinstance(error, sqlite3.Error) and is_passing(error):
        logger.error("a request failed: the database cannot be used at the moment: %s", error)
        return StorageAway(error)
    logger.error("a request failed", exc_info=error)
    if isinstance(error, sqlite3.Error):
        return Refusal(Code.INTERNAL, f"the master's database failed: {error}")
    return Refusal(Code.INTERNAL, f"the master failed to answer ({type(error).__name__}); its log tells more")
