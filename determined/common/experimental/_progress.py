"""Progress of downloads and of experiments: a bar where somebody sees it, drawn by tqdm where that is installed, else
by a plain line."""

from __future__ import annotations

import contextlib
import importlib
import importlib.util
import logging
import shutil
import sys
import threading
import time
from typing import Any, Callable, Iterator, Optional, Union

ProgressCallback = Callable[[int, int], None]
"""Called with the number of bytes that are done, and of those there are in all."""

SECONDS_BETWEEN_LINES = 60.0
"""Seconds between two lines that a wait writes where it draws no bar."""


class ByteProgress:
    """How many bytes of a known number are done; told of from any thread.

    Parameters:
        total: how many there are.
        bar: shows it; None where nobody looks.
        callback: is told of it.
    """

    def __init__(self, total: int, bar: Optional[Any], callback: Optional[ProgressCallback]) -> None:
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
        if self._bar is not None:
            self._bar.update(done - self._done)
        self._done = done
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
    make_bar = _find_bar() if callback is None and wanted is not False else None
    with contextlib.ExitStack() as stack:
        bar = None
        if make_bar is not None:
            bar = stack.enter_context(
                make_bar(total=total, desc=description, unit="B", unit_scale=True, leave=False)
            )  # fmt: skip
        progress = ByteProgress(total, bar, callback)
        yield progress
        progress.finish()


class WaitProgress:
    """How far a wait has come: a bar, or a line a minute in the log and, where it was asked for, on standard error.

    Parameters:
        subject: what the lines of the log begin with, such as ``experiment 7``.
        logger: gets the lines, at INFO.
        is_wanted: somebody asked to see it.
        bar: shows it; None writes lines.
    """

    def __init__(self, subject: str, logger: logging.Logger, is_wanted: bool, bar: Optional[Any]) -> None:
        self._subject, self._logger, self._bar = subject, logger, bar
        self._writes = is_wanted and bar is None
        self._began = time.monotonic()
        self._first_share: Optional[float] = None
        self._last_line: Optional[float] = None

    def is_due(self, is_end: bool = False) -> bool:
        """Return whether a call of `tell` would show anything now."""
        return self._bar is not None or (self._is_line_due(is_end) and self._has_readers())

    def tell(self, name: str, counts: str, share: float, state: str, *, is_end: bool = False) -> None:
        """Tell how far it is.

        Parameters:
            name: what is waited for.
            counts: how much of it is done, in words such as ``8/12 trials``; may be empty.
            share: the same from 0 to 1.
            state: what state it is in.
            is_end: it is over.
        """
        share = min(1.0, max(0.0, share))
        if self._first_share is None:
            self._first_share = share
        line = self._line(name, counts, share)
        if self._is_line_due(is_end):
            self._last_line = time.monotonic()
            self._write(f"{line} {state}".rstrip())
        if self._bar is not None:
            self._bar.n = share
            self._bar.set_description_str(line, refresh=False)
            self._bar.refresh()

    def _write(self, line: str) -> None:
        if self._bar is not None and self._logger.isEnabledFor(logging.INFO):
            self._bar.clear()  # the log may go to the same terminal
        self._logger.info("%s, %s", self._subject, line)
        if self._writes and sys.stderr is not None:
            sys.stderr.write(line + "\n")
            sys.stderr.flush()

    def _is_line_due(self, is_end: bool) -> bool:
        return is_end or self._last_line is None or time.monotonic() - self._last_line >= SECONDS_BETWEEN_LINES

    def _has_readers(self) -> bool:
        return self._writes or self._logger.isEnabledFor(logging.INFO)

    def _line(self, name: str, counts: str, share: float) -> str:
        elapsed = time.monotonic() - self._began
        done = share - (self._first_share or 0.0)
        left = "00:00" if share >= 1 else format_seconds(elapsed * (1 - share) / done) if done > 0 else "?"
        known = ", ".join(filter(None, (counts, f"{int(share * 100)} %")))
        return f"{name}: {known} [{format_seconds(elapsed)}<{left}]"


@contextlib.contextmanager
def wait_progress(subject: str, logger: logging.Logger, is_wanted: bool) -> Iterator[WaitProgress]:
    """Show how far a wait has come while the context is open; see `WaitProgress`.

    Parameters:
        subject: what the lines of the log begin with.
        logger: gets the lines.
        is_wanted: draw a bar where somebody sees it; else lines go to standard error as well.
    """
    make_bar = _find_bar() if is_wanted else None
    if make_bar is not None and not is_notebook():
        make_bar = PlainBar  # the same line, whether tqdm is installed or not
    with contextlib.ExitStack() as stack:
        bar = None
        if make_bar is not None:
            bar = stack.enter_context(make_bar(total=1.0, desc=subject, bar_format="{desc} |{bar}|", leave=True))
        yield WaitProgress(subject, logger, is_wanted, bar)


def format_seconds(seconds: float) -> str:
    """Return a time as ``mm:ss``, or ``h:mm:ss`` from an hour on."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def _find_bar() -> Optional[Any]:
    """Return what draws a bar where somebody sees it: on a terminal, or in a notebook."""
    is_terminal = sys.stderr is not None and sys.stderr.isatty()
    in_notebook = not is_terminal and is_notebook()
    if not (is_terminal or in_notebook):
        return None
    plain = NotebookBar if in_notebook else PlainBar
    if in_notebook and importlib.util.find_spec("ipywidgets") is None:
        return plain  # tqdm would warn, and draw no better
    try:
        from tqdm.auto import tqdm
    except ImportError:
        return plain
    return tqdm


def is_notebook() -> bool:
    """Return whether this is the kernel of a notebook; its output is no terminal."""
    shell = sys.modules.get("IPython")
    running = shell.get_ipython() if shell is not None and hasattr(shell, "get_ipython") else None
    return running is not None and "IPKernelApp" in getattr(running, "config", ())


class PlainBar:
    """The little of tqdm's bar that is used here: one line on standard error, rewritten in place."""

    _WIDTH = 20
    _PAUSE = 0.1

    def __init__(self, total: float, desc: str, bar_format: str = "", leave: bool = False, **_: Any) -> None:
        self.n = 0.0
        self._total, self._description = total, desc
        self._tells_share, self._leaves = not bar_format, leave
        self._drawn, self._drawn_at = "", 0.0

    def __enter__(self) -> PlainBar:
        if self._tells_share:
            self.refresh()
        return self

    def __exit__(self, *_: Any) -> None:
        if self._leaves and self._drawn:
            sys.stderr.write("\n")
            sys.stderr.flush()
        else:
            self._write("")

    def clear(self) -> None:
        self._write("")

    def set_description_str(self, text: str, refresh: bool = True) -> None:
        self._description = text

    def update(self, amount: float) -> None:
        self.n += amount
        if time.monotonic() - self._drawn_at >= self._PAUSE or self.n >= self._total:
            self.refresh()

    def refresh(self) -> None:
        share = min(1.0, max(0.0, self.n / self._total)) if self._total else 1.0
        text = f"{self._description} {int(share * 100)} %" if self._tells_share else self._description
        columns = shutil.get_terminal_size().columns - 1
        width = min(self._WIDTH, columns - len(text) - len(" ||"))
        bar = f" |{('█' * int(share * width)).ljust(width)}|" if width > 0 else ""
        self._write((text + bar)[:columns])

    def _write(self, text: str) -> None:
        # blanks wipe what a longer text before has left
        line = "\r" + text.ljust(len(self._drawn)) + ("" if text else "\r")
        try:
            sys.stderr.write(line)
        except UnicodeEncodeError:
            sys.stderr.write(line.replace("█", "#"))
        sys.stderr.flush()
        self._drawn, self._drawn_at = text, time.monotonic()


class NotebookBar(PlainBar):
    """The same as an output of a notebook that is changed in place."""

    _handle: Any = None

    def __exit__(self, *_: Any) -> None:
        if not self._leaves:
            self._write("")

    def clear(self) -> None:
        pass  # the log stands beside it

    def _write(self, text: str) -> None:
        display = importlib.import_module("IPython.display").display
        shown = {"text/plain": text}
        if self._handle is None:
            self._handle = display(shown, raw=True, display_id=True)
        else:
            self._handle.update(shown, raw=True)
        self._drawn, self._drawn_at = text, time.monotonic()
