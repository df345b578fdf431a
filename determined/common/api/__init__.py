"""The connection to a master: sessions, errors, login, certificates."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..._lazy import attach

if TYPE_CHECKING:
    from ._session import BaseSession as BaseSession
    from ._session import Session as Session
    from ._session import UnauthSession as UnauthSession

__getattr__, __dir__, __all__ = attach(
    __name__,
    {
        "Session": "determined.common.api._session:Session",
        "BaseSession": "determined.common.api._session:BaseSession",
        "UnauthSession": "determined.common.api._session:UnauthSession",
        "bindings": "determined.common.api.bindings",
        "authentication": "determined.common.api.authentication",
        "certs": "determined.common.api.certs",
        "errors": "determined.common.api.errors",
        "logs": "determined.common.api.logs",
    },
)
