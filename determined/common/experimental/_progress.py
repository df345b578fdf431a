"""Progress bars: on a terminal only; drawn by tqdm where it is installed, else by a plain line."""

from __future__ import annotations

import contextlib
import sys
import time
from typing import Any, Iterator, Optional


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
    is_seen = is_wanted and sys.stderr is not None and sys.stderr.isatty()
    if not is_seen:
        yield Progress()
        return
    unit = "B" if in_bytes else ""
    with _find_bar()(total=total, desc=description, unit=unit, unit_scale=in_bytes, leave=False) as bar:
        yield Progress(bar)


def _find_bar() -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return _PlainBar
    return tqdm


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
