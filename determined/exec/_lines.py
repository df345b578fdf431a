"""From the bytes that a process writes to log lines with a rank and a level."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List, Optional, Tuple

MAX_LINE = 8192
"""Longer lines are cut into pieces of at most this many bytes."""

_LEVELS = frozenset(("TRACE", "DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"))


class LineSplitter:
    """Cuts a stream of bytes into lines. LF, CR and CR LF each end a line; so progress bars become lines, too.

    Parameters:
        max_line: longer lines are cut into pieces of at most this many bytes.
    """

    def __init__(self, max_line: int = MAX_LINE) -> None:
        self._max = max_line
        self._rest = b""
        self._after_return = False

    def feed(self, data: bytes) -> List[str]:
        """Return the lines that are complete with these bytes, without their ends."""
        if self._after_return:
            # A line is passed on at its CR, as the next byte may be long in coming. A LF after it is of the same end.
            data = data.lstrip(b"\r")
            if not data:
                return []
            if data.startswith(b"\n"):
                data = data[1:]
        data = self._rest + data
        self._after_return = data.endswith(b"\r") and data.rstrip(b"\r")[-1:] not in (b"", b"\n")
        lines: List[str] = []
        pieces = data.replace(b"\r\n", b"\n").split(b"\n")
        rest = pieces.pop()
        for piece in pieces:
            if b"\r" in piece.lstrip(b"\r"):
                # What a progress bar overwrites: a CR without text before it ends nothing.
                for part in piece.split(b"\r"):
                    if part:
                        self._cut(part, lines)
            else:
                self._cut(piece.lstrip(b"\r"), lines)
        if b"\r" in rest:
            *parts, rest = rest.split(b"\r")
            for part in parts:
                if part:
                    self._cut(part, lines)
        while len(rest) > self._max:
            head = _head_length(rest, self._max)
            lines.append(rest[:head].decode("utf-8", "replace"))
            rest = rest[head:]
        self._rest = rest
        return lines

    def finish(self) -> List[str]:
        """Return what is left after the last byte: the last line, if it has no end."""
        rest, self._rest = self._rest, b""
        lines: List[str] = []
        if rest:
            self._cut(rest, lines)
        return lines

    def _cut(self, line: bytes, lines: List[str]) -> None:
        while len(line) > self._max:
            head = _head_length(line, self._max)
            lines.append(line[:head].decode("utf-8", "replace"))
            line = line[head:]
        lines.append(line.decode("utf-8", "replace"))


def parse_line(text: str) -> Tuple[Optional[int], Optional[str], str]:
    """Return the rank, the level and the text of a line such as ``[rank=2] WARNING: low on memory``."""
    rank: Optional[int] = None
    if text.startswith("[rank="):
        number, bracket, rest = text[6:].partition("]")
        if bracket and number.isascii() and number.isdigit() and len(number) < 10:
            rank, text = int(number), rest[1:] if rest.startswith(" ") else rest
    name, colon, rest = text.partition(":")
    if colon and name in _LEVELS:
        return rank, "LOG_LEVEL_" + name, rest[1:] if rest.startswith(" ") else rest
    return rank, None, text


def _head_length(line: bytes, most: int) -> int:
    # A character of UTF-8 has at most three bytes after its first; cut before a character, not within.
    for length in range(most, most - 4, -1):
        if line[length] & 0xC0 != 0x80:
            return length
    return most
