"""The embedded master: a Determined master in pure Python, on one machine."""

from .local import LocalMaster

__all__ = ["LocalMaster"]
