"""How a process is about to end, as far as it can be known before it does."""

from __future__ import annotations

import os
import signal
import sys
import threading
import weakref
from types import FrameType, TracebackType
from typing import Any, Callable, Dict, NoReturn, Optional, Type

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
        self._active = False
        self._ending = False
        self._handled: Dict[int, Any] = {}
        # Bound methods are new objects at each look, and it must be known later whether these are still in place.
        self._own_exit = self._exit
        self._own_hook = self._hook

    def start(self) -> None:
        """Begin to look."""
        self._active = True
        self._next_exit, self._next_hook = sys.exit, sys.excepthook
        sys.exit, sys.excepthook = self._own_exit, self._own_hook
        if threading.current_thread() is threading.main_thread():
            for name in SIGNALS:
                number = getattr(signal, name, None)
                if number is not None and signal.getsignal(number) is signal.SIG_DFL:
                    self._handled[number] = handler = self._handle
                    signal.signal(number, handler)
        _watches.add(self)

    def stop(self) -> None:
        """Look no longer. What others have put over it since stays."""
        self._active = False
        if sys.exit is self._own_exit:
            sys.exit = self._next_exit
        if sys.excepthook is self._own_hook:
            sys.excepthook = self._next_hook
        if threading.current_thread() is threading.main_thread():
            self._release_signals()

    def _release_signals(self) -> None:
        while self._handled:
            number, handler = self._handled.popitem()
            if signal.getsignal(number) is handler:
                signal.signal(number, signal.SIG_DFL)

    def _is_concerned(self) -> bool:
        return self._active and os.getpid() == self._process

    def _exit(self, status: Any = None, /) -> NoReturn:
        # In another thread it ends the thread.
        if self._is_concerned() and threading.current_thread() is threading.main_thread():
            self.failure = failure_of_code(status)
        self._next_exit(status)

    def _hook(self, kind: Type[BaseException], error: BaseException, trace: Optional[TracebackType]) -> None:
        if self._is_concerned():
            self.failure = failure_of(error)
        self._next_hook(kind, error, trace)

    def _handle(self, number: int, frame: Optional[FrameType]) -> None:
        if self._is_concerned() and not self._ending:
            self._ending = True
            self.failure = f"signal {signal.Signals(number).name}"
            self._end()
        signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)

    def _end(self) -> None:
        # In a thread, as the one that was interrupted may hold locks that this needs. A daemon, not to be waited for.
        ending = threading.Thread(target=self._on_signal, name="exit-by-signal", daemon=True)
        try:
            ending.start()
        except RuntimeError:
            # The interpreter is ending already, and with it goes whoever would say so.
            return
        ending.join(SIGNAL_PATIENCE)


_watches: weakref.WeakSet[ExitWatch] = weakref.WeakSet()


def _release_in_child() -> None:
    # A process that was forked off ends by signals as it would have without this.
    for watch in list(_watches):
        watch._release_signals()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_release_in_child)
