"""Progress bars: on a terminal only, and only where tqdm is installed."""

from __future__ import annotations

import contextlib
import sys
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
    bar_type = _find_bar() if is_seen else None
    if bar_type is None:
        yield Progress()
        return
    with bar_type(total=total, desc=description, unit="B" if in_bytes else "", unit_scale=in_bytes, leave=False) as bar:
        yield Progress(bar)


def _find_bar() -> Optional[Any]:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm
