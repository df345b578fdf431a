"""What a process prints, heard by somebody else while it still reaches the terminal."""

from __future__ import annotations

import os
import sys
import weakref
from typing import Any, Callable, Iterable, Iterator, Optional, TextIO

Hear = Callable[[str], None]


class Tee:
    """Stands in for a text stream: what is written goes to the stream first, and is then heard.

    Everything else, such as ``isatty``, ``fileno`` and ``encoding``, is the stream's. What is written by a process
    that was forked off is not heard.

    Parameters:
        stream: the stream.
        hear: is told each text. It must neither raise nor wait.
    """

    def __init__(self, stream: TextIO, hear: Hear) -> None:
        self._stream = stream
        self._hear: Optional[Hear] = hear
        _tees.add(self)

    def write(self, text: str) -> int:
        """Write a text; return the number of its characters."""
        count = self._stream.write(text)
        hear = self._hear
        if hear is not None:
            hear(text)
        return count

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Pass on to the terminal what is still held back."""
        self._stream.flush()

    def stop(self) -> None:
        """Be heard no longer; the stream goes on."""
        self._hear = None

    def __getattr__(self, name: str) -> Any:
        if name == "_stream":
            # Asked for before it is set, such as by a copy: to look in the stream for it would never end.
            raise AttributeError(name)
        return getattr(self._stream, name)

    def __enter__(self) -> Tee:
        return self

    def __exit__(self, *_: object) -> None:
        self.flush()

    def __iter__(self) -> Iterator[str]:
        return iter(self._stream)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self._stream!r}>"


class Standing:
    """A `Tee` in the place of ``sys.stdout`` or ``sys.stderr``.

    Parameters:
        name: ``stdout`` or ``stderr``.
        hear: see `Tee`.
    """

    def __init__(self, name: str, hear: Hear) -> None:
        self._name = name
        self._stream: Optional[TextIO] = getattr(sys, name)
        self._tee: Optional[Tee] = None
        if self._stream is not None:  # as in a process without a console
            self._tee = Tee(self._stream, hear)
            setattr(sys, name, self._tee)

    def restore(self) -> None:
        """Put the stream back, unless somebody else has taken the place since; they keep what they have."""
        if self._tee is None:
            return
        self._tee.stop()
        if getattr(sys, self._name) is self._tee:
            setattr(sys, self._name, self._stream)


_tees: weakref.WeakSet[Tee] = weakref.WeakSet()


def _stop_in_child() -> None:
    # The thread that ships lines stays with the parent; what nobody takes away would only pile up.
    for tee in list(_tees):
        tee.stop()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_stop_in_child)
