"""Tests of what a user may not do, for root as well."""

from __future__ import annotations

import ctypes
import os
import sys
from contextlib import contextmanager
from typing import Any, Iterator

_VERSION = 0x20080522  # of the interface: two words of 32 capabilities
_MAY_OPEN_ALL = 1 << 1 | 1 << 2  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH


class _Header(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _Word(ctypes.Structure):
    _fields_ = [("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32)]


@contextmanager
def only_what_the_mode_grants() -> Iterator[None]:
    """Let this thread open only what the mode of a file grants its owner, even if root runs it (on Linux).

    Threads that are started meanwhile may do no more than this one.
    """
    if os.geteuid() != 0 or not sys.platform.startswith("linux"):
        yield
        return
    words = (_Word * 2)()
    _call("capget", words)
    before = words[0].effective
    words[0].effective = before & ~_MAY_OPEN_ALL
    _call("capset", words)
    try:
        yield
    finally:
        words[0].effective = before
        _call("capset", words)


def _call(name: str, words: Any) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if getattr(libc, name)(ctypes.byref(_Header(_VERSION, 0)), words):
        raise OSError(ctypes.get_errno(), f"{name} was refused")
