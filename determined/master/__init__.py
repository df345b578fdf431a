"""The embedded master: a Determined master in pure Python, on one machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .._lazy import attach

if TYPE_CHECKING:
    from .local import LocalMaster as LocalMaster

__getattr__, __dir__, __all__ = attach(__name__, {"LocalMaster": "determined.master.local:LocalMaster"})
