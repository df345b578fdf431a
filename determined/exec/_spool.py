"""Log lines on their way to the master, kept in a file so that an absent master costs neither memory nor lines."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import List

SPOOL_LIMIT = 256 * 1024 * 1024
"""The most bytes that may wait for the master; what is written beyond is counted and dropped."""

_COMPACT_AT = 1024 * 1024


class Spool:
    """A file of JSON records, one a line: one thread appends, another takes them from the front.

    Both ends may be used from different threads; `append` never waits for `peek`. A finished supervisor leaves the
    file only if lines could not be delivered; then it holds just these.
    """

    def __init__(self, path: str, limit: int = SPOOL_LIMIT) -> None:
        self.path = path
        self.dropped = 0
        self._limit = limit
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        self._start = 0
        self._end = 0
        # What `peek` returned last: bytes and records.
        self._peeked = 0

    def append(self, records: List[bytes]) -> None:
        """Add records. Those for which there is no room, in the limit or on the disk, are counted in `dropped`."""
        if not records:
            return
        data = b"\n".join(records) + b"\n"
        if self._end - self._start + len(data) > self._limit:
            self.dropped += len(records)
            return
        try:
            written = os.pwrite(self._file, data, self._end)
            while written < len(data):
                written += os.pwrite(self._file, data[written:], self._end + written)
        except OSError:
            # A full disk must not end the trial.
            self.dropped += len(records)
            return
        self._end += len(data)

    @property
    def pending(self) -> int:
        """Bytes not yet taken."""
        return self._end - self._start

    def peek(self, count: int, most_bytes: int = 4 * 1024 * 1024) -> List[bytes]:
        """Return up to `count` records from the front; `drop_peeked` then removes them."""
        data = os.pread(self._file, min(self.pending, most_bytes), self._start)
        records = data[: data.rfind(b"\n") + 1].split(b"\n", count)
        records.pop()
        self._peeked = sum(map(len, records)) + len(records)
        return records

    def drop_peeked(self) -> None:
        """Forget the records that the last `peek` returned: they are delivered."""
        self._start += self._peeked
        self._peeked = 0

    def compact(self) -> None:
        """Give the file's room back once all is delivered. To be called by the appending thread."""
        if self._start == self._end and self._end > _COMPACT_AT:
            try:
                os.ftruncate(self._file, 0)
            except OSError:
                return
            self._start = self._end = 0

    def close(self) -> None:
        """Close the file; remove it, or leave just what was not delivered. Both threads must be done with it."""
        rest = self.pending
        try:
            if rest:
                self._keep_rest()
            else:
                os.unlink(self.path)
        finally:
            os.close(self._file)

    def _keep_rest(self) -> None:
        temporary = self.path + ".tmp"
        target = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
        try:
            while self.pending:
                data = os.pread(self._file, min(self.pending, 1024 * 1024), self._start)
                if not data:
                    break
                self._start += os.write(target, data)
        finally:
            os.close(target)
        os.replace(temporary, self.path)
