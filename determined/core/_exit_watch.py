"""How a process is about to end, as far as it can be known before it does."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from types import FrameType, TracebackType
from typing import Any, Callable, List, NoReturn, Optional, Type

SIGNALS = ("SIGTERM", "SIGHUP")
SIGNAL_PATIENCE = 10.0
"""Seconds that a process which is told to end by a signal takes to say so."""


def failure_of(error: BaseException) -> Optional[str]:
    """Return what an exception that ends a training says about it; None for an exit that is no failure."""
    if isinstance(error, SystemExit):
        return failure_of_code(error.code)
    return str(error) or type(error).__name__


def failure_of_code(code: object) -> Optional[str]:
    """Return what the argument of ``sys.exit`` says; None if it is no failure."""
    return None if code is None or code == 0 else f"exit code {code}"


class ExitWatch:
    """Sees ``sys.exit``, an exception that nobody catches, and the signals that end a process.

    A signal is only looked at where it would end the process at once: a program's own handlers stay. The process still
    ends by it, after `on_signal` or, at the latest, after 10 s.

    Parameters:
        on_signal: called in a thread of its own when a signal is about to end the process.

    Attributes:
        failure: why the process ends, if it does not end well.
    """

    def __init__(self, on_signal: Callable[[], None]) -> None:
        self.failure: Optional[str] = None
        self._on_signal = on_signal
        self._process = os.getpid()
        # Bound methods are new objects at each look, and it must be known later whether these are still in place.
        self._own_exit = self._exit
        self._own_hook = self._hook

    def start(self) -> None:
        """Begin to look."""
        self._next_exit, self._next_hook = sys.exit, sys.excepthook
        sys.exit, sys.excepthook = self._own_exit, self._own_hook
        _active.append(self)
        _take_signals()

    def stop(self) -> None:
        """Look no longer. What others have put over it since stays."""
        if self not in _active:
            return
        _active.remove(self)
        if sys.exit is self._own_exit:
            sys.exit = self._next_exit
        if sys.excepthook is self._own_hook:
            sys.excepthook = self._next_hook
        if not _active:
            _release_signals()

    def tell_signal(self, number: int) -> threading.Thread:
        """Hear of a signal; return a thread that does what is to be done about it."""
        self.failure = f"signal {signal.Signals(number).name}"
        # In a thread, as the one that was interrupted may hold locks that this needs. A daemon: nobody waits for long.
        return threading.Thread(target=self._on_signal, name="exit-by-signal", daemon=True)

    def is_concerned(self) -> bool:
        """Whether it looks, in the process that it belongs to."""
        return self in _active and os.getpid() == self._process

    def _exit(self, status: Any = None, /) -> NoReturn:
        # In another thread it ends the thread.
        if self.is_concerned() and threading.current_thread() is threading.main_thread():
            self.failure = failure_of_code(status)
        self._next_exit(status)

    def _hook(self, kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> None:
        if self.is_concerned():
            self.failure = failure_of(error)
        self._next_hook(kind, error, trace)


_active: List[ExitWatch] = []


def _take_signals() -> None:
    for number in _numbers():
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _handle)


def _release_signals() -> None:
    for number in _numbers():
        if signal.getsignal(number) is _handle:
            signal.signal(number, signal.SIG_DFL)


def _numbers() -> List[int]:
    # Only the main thread may say what happens at a signal.
    if threading.current_thread() is not threading.main_thread():
        return []
    return [getattr(signal, name) for name in SIGNALS if hasattr(signal, name)]


def _handle(number: int, frame: Optional[FrameType]) -> None:
    concerned = [watch for watch in _active if watch.is_concerned()]
    # Whoever asks again does not want to wait.
    _active.clear()
    deadline = time.monotonic() + SIGNAL_PATIENCE
    threads = [watch.tell_signal(number) for watch in concerned]
    # A thread cannot start where the interpreter is ending already, and with it whoever would say so.
    with contextlib.suppress(RuntimeError):
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(max(0.0, deadline - time.monotonic()))
    signal.signal(number, signal.SIG_DFL)
    os.kill(os.getpid(), number)


def _release_in_child() -> None:
    # A process that was forked off ends as it would have without this.
    _active.clear()
    _release_signals()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_in_child)
