"""One SQLite file: one writer thread that groups commits, many readers.

Writes are functions of a `Transaction`, run one after another on the writer's thread. Those that wait when the writer
turns to its queue share one commit; each has its own savepoint, so one that raises takes nothing with it. The caller
is answered after the commit. A reader sees every write that was answered before it began.

The file is in WAL mode. With ``durability="normal"`` an answered write survives a crash or kill of the master but the
last moments may be lost when the machine loses power; ``"full"`` syncs every commit.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import shutil
import sqlite3
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, Optional, Sequence, Tuple, TypeVar, Union

from ..errors import Refusal, StorageAway, StorageFull, is_passing
from ..notify import Event, Hub
from . import schema

logger = logging.getLogger("determined.master.store")

T = TypeVar("T")
Row = sqlite3.Row
Parameters = Union[Sequence[Any], Dict[str, Any]]

_MOST_IN_ONE_COMMIT = 256
_READERS = 4
_FIRST_PAUSE_SECONDS = 0.5
_LONGEST_PAUSE_SECONDS = 5.0
# so long a write waits for another program's lock; in steps, as a master that ends does not wait
_LOCK_SECONDS = 30.0
_LOCK_STEP_SECONDS = 0.25
_LITTLE_ROOM = 1024 * 1024


class Connection:
    """Questions to the database."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    def one(self, sql: str, parameters: Parameters = ()) -> Optional[Row]:
        """The first row, or None."""
        row: Optional[Row] = self._connection.execute(sql, parameters).fetchone()
        return row

    def all(self, sql: str, parameters: Parameters = ()) -> List[Row]:
        """All rows."""
        return self._connection.execute(sql, parameters).fetchall()

    def each(self, sql: str, parameters: Parameters = ()) -> Iterator[Row]:
        """The rows one by one."""
        return iter(self._connection.execute(sql, parameters))

    def scalar(self, sql: str, parameters: Parameters = ()) -> Any:
        """The first column of the first row, or None."""
        row = self._connection.execute(sql, parameters).fetchone()
        return row[0] if row else None


class Transaction(Connection):
    """Questions and changes; what the rest of the master must know of them is announced here."""

    def __init__(self, connection: sqlite3.Connection, cache: Dict[Any, Any]) -> None:
        super().__init__(connection)
        self._events: List[Event] = []
        self.cache = cache
        """What the writer has read or built and wants to find again; emptied whenever a transaction is rolled back."""

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run a statement; returns the number of rows it changed."""
        return self._connection.execute(sql, parameters).rowcount

    def insert(self, table: str, **values: Any) -> int:
        """Insert a row; returns its rowid."""
        sql = f"INSERT INTO {table} ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})"
        return self._connection.execute(sql, tuple(values.values())).lastrowid or 0

    def update(self, table: str, key: Dict[str, Any], **values: Any) -> int:
        """Set columns of the rows whose columns equal `key`; returns how many there were."""
        if not values:
            return 0
        sql = (
            f"UPDATE {table} SET {', '.join(f'{c} = ?' for c in values)} WHERE {' AND '.join(f'{c} = ?' for c in key)}"
        )
        return self._connection.execute(sql, (*values.values(), *key.values())).rowcount

    def use_up_id(self, table: str) -> None:
        """Skip one id of a table, as a refused insert does in the real master."""
        if not self.execute("UPDATE sqlite_sequence SET seq = seq + 1 WHERE name = ?", (table,)):
            self.execute("INSERT INTO sqlite_sequence (name, seq) VALUES (?, 1)", (table,))

    def announce(self, event: Event) -> None:
        """Publish an event once this transaction is committed; events keep their order."""
        self._events.append(event)


class Database:
    """The master's state on disk. Used from one event loop."""

    def __init__(self, path: Path, hub: Hub, *, durability: str = "normal") -> None:
        """Open the file, creating or migrating it.

        Parameters:
            path: the database file; its folder must exist.
            hub: where the events of committed transactions are published.
            durability: "normal" or "full" (see the module's docstring).

        Raises:
            ValueError: an unknown durability.
            UnusableFolder: the file is no database of a master, or of a newer version.
        """
        if durability not in ("normal", "full"):
            raise ValueError(f"durability must be 'normal' or 'full', not {durability!r}")
        self._path = path
        self._hub = hub
        self._cache: Dict[Any, Any] = {}
        self._durability = durability
        self._jobs: "queue.SimpleQueue[Optional[_Job]]" = queue.SimpleQueue()
        schema.check(path)
        self._writer_connection = self._connect()
        schema.migrate(self._writer_connection)
        self._here = Connection(self._connect(read_only=True))
        for waited_for in (self._writer_connection, self._here._connection):
            waited_for.execute(f"PRAGMA busy_timeout = {int(_LOCK_STEP_SECONDS * 1000)}")
        self._local = threading.local()
        self._reader_connections: List[sqlite3.Connection] = []
        self._readers = ThreadPoolExecutor(_READERS, thread_name_prefix="determined-master-reader")
        self._writer = threading.Thread(target=self._run_writer, name="determined-master-writer", daemon=True)
        self._closed = False
        self._writer.start()

    def read_now(self, question: Callable[..., T], *args: Any) -> T:
        """Answer a question about a few rows at once, on the event loop's thread."""
        return question(self._here, *args)

    async def read(self, question: Callable[..., T], *args: Any) -> T:
        """Answer a question that may take long, on a reader's thread, from one snapshot."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, self._read, question, args)

    async def write(self, change: Callable[..., T], *args: Any) -> T:
        """Run ``change(transaction, *args)`` on the writer's thread; returns its result after the commit.

        Raises:
            StorageFull: the disk is full; nothing was stored.
            StorageAway: the database cannot be used at the moment; nothing was stored.
            Whatever `change` raises; then nothing of it is stored, unless it is a `Refusal` that keeps its writes.
        """
        loop = asyncio.get_running_loop()
        future: "asyncio.Future[T]" = loop.create_future()
        self._jobs.put(_Job(change, args, loop, future))
        return await future

    async def write_when_room(self, change: Callable[..., T], *args: Any) -> T:
        """Write what has happened and nobody would tell again: as `write`, but until the database takes it.

        A full disk and another program's lock are waited for.

        Raises:
            Whatever `change` raises.
        """
        pause = _FIRST_PAUSE_SECONDS
        while True:
            try:
                return await self.write(change, *args)
            except (StorageFull, StorageAway):
                await asyncio.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE_SECONDS)

    def close(self) -> None:
        """Finish the queued writes and close the file. Safe to call twice."""
        if self._closed:
            return
        self._closed = True
        self._jobs.put(None)
        self._writer.join()
        self._readers.shutdown()
        for connection in self._reader_connections:
            connection.close()
        self._here._connection.close()
        self._writer_connection.close()

    def _connect(self, read_only: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            isolation_level=None,
            check_same_thread=False,
            cached_statements=512,
            timeout=_LOCK_SECONDS,
        )
        connection.row_factory = sqlite3.Row
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA synchronous = {self._durability.upper()}")
        connection.execute("PRAGMA temp_store = MEMORY")
        # kilobytes; more is no faster (the system caches the file as well), and long reads would fill it
        connection.execute(f"PRAGMA cache_size = -{8192 if read_only else 32768}")
        if read_only:
            connection.execute("PRAGMA query_only = ON")
        return connection

    def _read(self, question: Callable[..., T], args: Tuple[Any, ...]) -> T:
        connection: Optional[sqlite3.Connection] = getattr(self._local, "connection", None)
        if connection is None:
            connection = self._local.connection = self._connect(read_only=True)
            self._reader_connections.append(connection)
        connection.execute("BEGIN")
        try:
            return question(Connection(connection), *args)
        finally:
            connection.execute("COMMIT")

    def _run_writer(self) -> None:
        open_for_more = True
        while open_for_more:
            job = self._jobs.get()
            if job is None:
                return
            batch = [job]
            while len(batch) < _MOST_IN_ONE_COMMIT:
                try:
                    more = self._jobs.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    open_for_more = False
                    break
                batch.append(more)
            self._commit(batch)

    def _commit(self, batch: "List[_Job]") -> None:
        connection = self._writer_connection
        try:
            self._begin()
            for job in batch:
                job.run(connection, self._cache, self._translated)
            connection.execute("COMMIT")
        except Exception as error:  # the disk, not a job: jobs keep their own exceptions
            self._cache.clear()
            with contextlib.suppress(sqlite3.Error):  # the next transaction tries again
                self._roll_back()
            logger.error("nothing of %d writes was stored: %s", len(batch), error)
            for job in batch:
                job.fail(self._translated(error))
        by_loop: Dict[asyncio.AbstractEventLoop, List[_Job]] = {}
        for job in batch:
            by_loop.setdefault(job.loop, []).append(job)
        for loop, jobs in by_loop.items():
            try:
                loop.call_soon_threadsafe(self._answer, jobs)
            except RuntimeError:  # the loop has closed: nobody waits any more
                logger.debug("%d writes were stored after their callers had gone", len(jobs))

    def _begin(self) -> None:
        """Begin a transaction; another program that writes is waited for, but not by a master that ends."""
        deadline = time.monotonic() + _LOCK_SECONDS
        self._roll_back()
        while True:
            try:
                self._writer_connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if "locked" not in str(error) or self._closed or time.monotonic() >= deadline:
                    raise

    def _roll_back(self) -> None:
        if self._writer_connection.in_transaction:
            self._writer_connection.execute("ROLLBACK")

    def _translated(self, error: BaseException) -> BaseException:
        if not isinstance(error, sqlite3.OperationalError):
            return error
        text = str(error)
        # a shared-memory file that cannot grow is an I/O error to SQLite
        if "full" in text or ("I/O" in text and shutil.disk_usage(self._path.parent).free < _LITTLE_ROOM):
            return StorageFull()
        return StorageAway(error) if is_passing(error) else error

    def _answer(self, jobs: "List[_Job]") -> None:
        for job in jobs:
            for event in job.events:
                self._hub.publish(event)
            if job.future.cancelled():
                continue
            if job.error is not None:
                job.future.set_exception(job.error)
            else:
                job.future.set_result(job.result)


class _Job:
    """One write: what to do, and who waits for it."""

    __slots__ = ("change", "args", "loop", "future", "result", "error", "events")

    def __init__(
        self,
        change: Callable[..., Any],
        args: Tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        future: "asyncio.Future[Any]",
    ) -> None:
        self.change, self.args, self.loop, self.future = change, args, loop, future
        self.result: Any = None
        self.error: Optional[BaseException] = None
        self.events: List[Event] = []

    def run(
        self,
        connection: sqlite3.Connection,
        cache: Dict[Any, Any],
        translated: Callable[[BaseException], BaseException],
    ) -> None:
        transaction = Transaction(connection, cache)
        connection.execute("SAVEPOINT job")
        try:
            self.result = self.change(transaction, *self.args)
        except sqlite3.OperationalError as error:
            if not connection.in_transaction:  # SQLite itself gave up the whole transaction: disk full, I/O error
                raise
            connection.execute("ROLLBACK TO job")
            cache.clear()
            self.error = translated(error)
        except Exception as error:
            self.error = error
            if not (isinstance(error, Refusal) and error.keep_writes):
                connection.execute("ROLLBACK TO job")
                cache.clear()
        else:
            self.events = transaction._events
        connection.execute("RELEASE job")

    def fail(self, error: BaseException) -> None:
        self.error, self.events = error, []
