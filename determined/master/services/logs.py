"""Rules of task logs: writing lines, reading them, and following what is still written."""

from __future__ import annotations

import asyncio
from typing import AsyncIterator, Callable, List, Mapping, NamedTuple, Optional, Sequence, Tuple, TypeVar

from determined.common import timestamps

from ..errors import Code, Refusal, not_found
from ..notify import Hub, LogsWritten, TaskEnded
from ..patterns import Matcher
from ..store import logs as store
from ..store.database import Connection, Database, Row, Transaction
from . import log_matches, log_policies, webhooks

_PAGE = 1000
# what a task's processes wrote last may still be on its way when the task has ended
_GRACE_SECONDS = 5.0

T = TypeVar("T")


async def receive(db: Database, matcher: Matcher, by_task: Mapping[str, Sequence[store.Line]]) -> None:
    """Store lines of some tasks, and do what follows from the patterns that are found in them.

    Raises:
        Refusal: no such task; then no line is stored.
    """
    found = {task_id: await log_matches.find(db, matcher, task_id, lines) for task_id, lines in by_task.items()}
    await db.write(_write_all, by_task, found)


def _write_all(
    tx: Transaction, by_task: Mapping[str, Sequence[store.Line]], found: Mapping[str, log_matches.Found]
) -> None:
    for task_id, lines in by_task.items():
        write(tx, task_id, lines, found[task_id])


def write(
    tx: Transaction, task_id: str, lines: Sequence[store.Line], found: Optional[log_matches.Found] = None
) -> None:
    """Store lines of one task.

    Parameters:
        found: the patterns that were found in them. Defaults to none.

    Raises:
        Refusal: no such task.
    """
    if tx.scalar("SELECT 1 FROM tasks WHERE id = ?", (task_id,)) is None:
        raise not_found("task", task_id or None)
    tx.execute("SAVEPOINT lines")
    try:
        store.insert(tx, lines)
    except UnicodeEncodeError:
        # JSON can spell halves of surrogate pairs, which are no text
        tx.execute("ROLLBACK TO lines")
        store.insert(tx, [_clean(line) for line in lines])
    tx.execute("RELEASE lines")
    webhooks.logs_written(tx, task_id, [line[-1] for line in lines], found or {})
    log_policies.lines_written(tx, task_id, lines, found or {})
    tx.announce(LogsWritten(task_id))


def _clean(line: store.Line) -> store.Line:
    return tuple(_replace_halves(v) if isinstance(v, str) else v for v in line)  # type: ignore[return-value]  # same types


def _replace_halves(text: str) -> str:
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def known_tasks_of_trial(connection: Connection, trial_id: int) -> List[str]:
    """The ids of a trial's tasks, first to last.

    Raises:
        Refusal: no such trial.
    """
    tasks = store.tasks_of_trial(connection, trial_id)
    if not tasks:
        raise not_found("trial", trial_id)
    return tasks


def check_task(connection: Connection, task_id: str) -> None:
    """
    Raises:
        Refusal: no such task.
    """
    if store.task_end(connection, task_id) is None:
        raise not_found("task", task_id)


# --- reading --------------------------------------------------------------------------------------------------------


class Reading(NamedTuple):
    """How a log is read.

    Attributes:
        limit: at most so many lines; 0 for all.
    """

    wanted: store.Wanted
    descending: bool
    limit: int


Encode = Callable[[List[Row]], bytes]


def _next_page(
    connection: Connection, task_id: str, reading: Reading, beyond: Optional[int], size: int, encode: Encode
) -> Tuple[bytes, int, Optional[int]]:
    """The next lines, encoded; how many; and the id of the last."""
    rows = store.page(connection, task_id, reading.wanted, beyond=beyond, descending=reading.descending, limit=size)
    return (encode(rows), len(rows), rows[-1]["id"]) if rows else (b"", 0, beyond)


async def read(db: Database, task_id: str, reading: Reading, encode: Encode) -> AsyncIterator[bytes]:
    """Read the lines that are there, page by page.

    Parameters:
        encode: makes lines of the answer out of rows; called on a reader's thread.
    """
    beyond: Optional[int] = None
    left = reading.limit
    while True:
        size = min(_PAGE, left) if left else _PAGE
        lines, count, beyond = await db.read(_next_page, task_id, reading, beyond, size, encode)
        if lines:
            yield lines
        left -= count if left else 0
        if count < size or (reading.limit and not left):
            return


async def follow(db: Database, hub: Hub, task_id: str, reading: Reading, encode: Encode) -> AsyncIterator[bytes]:
    """Read the lines that are there, then each that comes, until the task has ended and nothing comes any more.

    Raises:
        Refusal: the master is going down before that.
    """
    beyond: Optional[int] = None
    if reading.descending:
        newest = db.read_now(store.newest_id, task_id)
        async for lines in read(db, task_id, reading, encode):
            yield lines
        beyond, reading = newest, reading._replace(descending=False)
    while True:
        written, ended = hub.expect(LogsWritten(task_id)), hub.expect(TaskEnded(task_id))
        try:
            lines, count, beyond = await db.read(_next_page, task_id, reading, beyond, _PAGE, encode)
            if lines:
                yield lines
            if count == _PAGE:
                continue
            left = _seconds_left(db, task_id)
            if left is not None and left <= 0:
                return
            if hub.closed:
                # an end would say that the task has ended
                raise Refusal(Code.UNAVAILABLE, "the master is going down: follow the log again when it is back")
            await asyncio.wait({written, ended}, timeout=left, return_when=asyncio.FIRST_COMPLETED)
        finally:
            written.cancel()
            ended.cancel()


def _seconds_left(db: Database, task_id: str) -> Optional[float]:
    """How long lines may still come; None as long as the task goes on."""
    row = db.read_now(store.task_end, task_id)
    if row is None:
        return 0.0
    if row["ended"] is None:
        return None
    return _GRACE_SECONDS - (timestamps.now() - int(row["ended"])) / 1e6


# --- fields ---------------------------------------------------------------------------------------------------------

_FIELDS_PERIOD = 5.0


async def fields(db: Database, hub: Hub, task_ids: Sequence[str], *, keep_on: bool) -> AsyncIterator[store.Fields]:
    """The values that stand in the columns of some tasks' logs; with `keep_on` again every few seconds, until the last
    task has ended."""
    while True:
        ended = hub.expect(TaskEnded(task_ids[-1]))
        try:
            yield await db.read(store.distinct, task_ids)
            left = _seconds_left(db, task_ids[-1])
            if not keep_on or hub.closed or (left is not None and left <= 0):
                return
            await asyncio.wait({ended}, timeout=_FIELDS_PERIOD)
        finally:
            ended.cancel()
