"""Passing this process's signals on to a command that it runs."""

from __future__ import annotations

import signal
import subprocess
from types import FrameType
from typing import List, Optional, Union

_FORWARDED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH")


class SignalForwarder:
    """Catches this process's signals from now on; those that come before the command is there are kept for it."""

    def __init__(self) -> None:
        self._process: "Optional[subprocess.Popen[bytes]]" = None
        self._early: List[Union[int, signal.Signals]] = []
        for name in _FORWARDED:
            if hasattr(signal, name):
                signal.signal(getattr(signal, name), self._pass_on)

    def forward_to(self, process: "subprocess.Popen[bytes]") -> None:
        """Pass signals on to a command, beginning with those that have come."""
        self._process = process
        for number in self._early:
            process.send_signal(number)

    def _pass_on(self, number: int, frame: Optional[FrameType]) -> None:
        if self._process is None:
            self._early.append(number)
        else:
            self._process.send_signal(number)
