"""Progress bars: on a terminal or in a notebook only; drawn by tqdm where it is installed, else by a plain line."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import Any, Callable, Iterator, Optional, Union

ProgressCallback = Callable[[int, int], None]
"""Called with the number of bytes that are done, and of those there are in all."""


class Progress:
    """Something being worked off; silent without a bar."""

    def __init__(self, bar: Optional[Any] = None) -> None:
        self._bar = bar

    def advance(self, amount: float) -> None:
        """Tell that so much more is done."""
        if self._bar is not None:
            self._bar.update(amount)

    def move_to(self, position: float, note: str = "") -> None:
        """Tell that so much is done in all, and what is going on."""
        if self._bar is not None:
            self._bar.set_postfix_str(note, refresh=False)
            self._bar.update(position - self._bar.n)


class ByteProgress:
    """How many bytes of a known number are done; told of from any thread.

    Parameters:
        total: how many there are.
        bar: shows it.
        callback: is told of it.
    """

    def __init__(self, total: int, bar: Progress, callback: Optional[ProgressCallback]) -> None:
        self._total, self._bar, self._callback = total, bar, callback
        self._done = 0
        self._lock = threading.Lock()

    def advance(self, count: int) -> None:
        """Tell that so many more are done; never more than there are."""
        with self._lock:
            self._move(min(self._total, self._done + count))

    def restart(self, done: int = 0) -> None:
        """Tell that so many are done in all, which may be fewer than before."""
        with self._lock:
            self._move(done)

    def finish(self) -> None:
        """Tell that all are done."""
        with self._lock:
            self._move(self._total, always=self._total == 0)

    def _move(self, done: int, always: bool = False) -> None:
        if done == self._done and not always:
            return
        self._done = done
        self._bar.move_to(done)
        if self._callback is not None:
            self._callback(done, self._total)


@contextlib.contextmanager
def byte_progress(
    total: int, description: str, wanted: Union[None, bool, ProgressCallback] = None
) -> Iterator[ByteProgress]:
    """Show how many bytes have come while the context is open.

    Parameters:
        total: how many there are.
        description: what is being done.
        wanted: a function that is told instead of a bar being drawn; False for neither.
    """
    callback = wanted if callable(wanted) else None
    is_wanted = callback is None and wanted is not False
    with progress_bar(total, description, in_bytes=True, is_wanted=is_wanted) as bar:
        progress = ByteProgress(total, bar, callback)
        yield progress
        progress.finish()


@contextlib.contextmanager
def progress_bar(
    total: float, description: str, *, in_bytes: bool = False, is_wanted: bool = True
) -> Iterator[Progress]:
    """Show how far a piece of work has come while the context is open.

    Parameters:
        total: the amount of work.
        description: what is being done.
        in_bytes: the work is counted in bytes, and shown as kB, MB, ...
        is_wanted: False draws nothing.
    """
    make_bar = _find_bar() if is_wanted else None
    if make_bar is None:
        yield Progress()
        return
    unit = "B" if in_bytes else ""
    with make_bar(total=total, desc=description, unit=unit, unit_scale=in_bytes, leave=False) as bar:
        yield Progress(bar)


def _find_bar() -> Optional[Any]:
    """Return what draws a bar where somebody sees it: on a terminal, or in a notebook with tqdm."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    if not (is_terminal or _is_notebook()):
        return None
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return _PlainBar if is_terminal else None
    return tqdm


def _is_notebook() -> bool:
    """Return whether this is the kernel of a notebook; its output is no terminal."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None and hasattr(shell, "get_ipython") else None
    return running is not None and "IPKernelApp" in getattr(running, "config", ())


class _PlainBar:
    """The little of tqdm's bar that is used here: one line on standard error, rewritten in place."""

    _WIDTH = 30
    _PAUSE = 0.1

    def __init__(self, total: float, desc: str, **_: Any) -> None:
        self.n = 0.0
        self._total, self._description, self._note = total, desc, ""
        self._drawn, self._drawn_at = "", 0.0

    def __enter__(self) -> _PlainBar:
        self._draw()
        return self

    def __exit__(self, *_: Any) -> None:
        self._write("")

    def set_postfix_str(self, note: str, refresh: bool = True) -> None:
        self._note = note

    def update(self, amount: float) -> None:
        self.n += amount
        if time.monotonic() - self._drawn_at >= self._PAUSE or self.n >= self._total:
            self._draw()

    def _draw(self) -> None:
        share = min(1.0, max(0.0, self.n / self._total)) if self._total else 1.0
        bar = ("#" * round(share * self._WIDTH)).ljust(self._WIDTH, ".")
        self._write(f"{self._description} [{bar}] {share:4.0%} {self._note}".rstrip())

    def _write(self, text: str) -> None:
        # blanks wipe what a longer text before has left
        sys.stderr.write("\r" + text.ljust(len(self._drawn)) + ("" if text else "\r"))
        sys.stderr.flush()
        self._drawn, self._drawn_at = text, time.monotonic()
