"""What the database promises: grouped commits, one job's failure is its own, and answers that last."""

from __future__ import annotations

import asyncio
import pathlib
import signal
import sqlite3
import subprocess
import sys
from typing import Any, Awaitable, Callable, List

import pytest

from determined.master.errors import Code, Refusal, StorageAway, StorageFull
from determined.master.notify import Hub, TaskEnded
from determined.master.store import database
from determined.master.store.database import Connection, Database, Transaction


def in_database(folder: pathlib.Path, story: Callable[[Database], Awaitable[Any]]) -> Any:
    async def tell() -> Any:
        db = Database(folder / "master.db", Hub())
        try:
            return await story(db)
        finally:
            db.close()

    return asyncio.run(tell())


def set_fact(tx: Transaction, name: str, value: str) -> None:
    tx.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))


def fact(connection: Connection, name: str) -> Any:
    return connection.scalar("SELECT value FROM facts WHERE name = ?", (name,))


def test_a_reader_sees_what_was_answered_before_it_began(tmp_path: pathlib.Path) -> None:
    async def story(db: Database) -> List[Any]:
        await db.write(set_fact, "a", "1")
        return [db.read_now(fact, "a"), await db.read(fact, "a")]

    assert in_database(tmp_path, story) == ["1", "1"]


def test_a_write_that_fails_takes_nothing_with_it_of_those_it_shares_a_commit_with(tmp_path: pathlib.Path) -> None:
    def fail(tx: Transaction) -> None:
        set_fact(tx, "bad", "1")
        raise ValueError("no")

    async def story(db: Database) -> Any:
        results = await asyncio.gather(
            *(db.write(set_fact, f"n{i}", str(i)) for i in range(50)), db.write(fail), return_exceptions=True
        )
        assert isinstance(results[-1], ValueError)
        return [await db.read(fact, name) for name in ("n0", "n49", "bad")]

    assert in_database(tmp_path, story) == ["0", "49", None]


def test_a_refusal_may_keep_what_was_written_before_it(tmp_path: pathlib.Path) -> None:
    def refuse(tx: Transaction, keep: bool) -> None:
        set_fact(tx, f"kept {keep}", "yes")
        raise Refusal(Code.ALREADY_EXISTS, "taken", keep_writes=keep)

    async def story(db: Database) -> Any:
        for keep in (True, False):
            with pytest.raises(Refusal):
                await db.write(refuse, keep)
        return [db.read_now(fact, f"kept {keep}") for keep in (True, False)]

    assert in_database(tmp_path, story) == ["yes", None]


def test_events_are_published_after_the_commit_and_not_for_a_failed_write(tmp_path: pathlib.Path) -> None:
    async def story() -> Any:
        hub = Hub()
        db = Database(tmp_path / "master.db", hub)
        seen: List[Any] = []
        hub.listen(TaskEnded, lambda event: seen.append((event.task_id, db.read_now(fact, event.task_id))))

        def change(tx: Transaction, name: str, fail: bool) -> None:
            set_fact(tx, name, "there")
            tx.announce(TaskEnded(name))
            if fail:
                raise ValueError("no")

        await db.write(change, "good", False)
        with pytest.raises(ValueError, match="no"):
            await db.write(change, "bad", True)
        db.close()
        return seen

    assert asyncio.run(story()) == [("good", "there")]


def test_the_writers_cache_is_emptied_by_a_rollback(tmp_path: pathlib.Path) -> None:
    def remember(tx: Transaction, fail: bool) -> bool:
        known = "x" in tx.cache
        tx.cache["x"] = 1
        if fail:
            raise ValueError("no")
        return known

    async def story(db: Database) -> Any:
        first, second = await db.write(remember, False), await db.write(remember, False)
        with pytest.raises(ValueError, match="no"):
            await db.write(remember, True)
        return first, second, await db.write(remember, False)

    assert in_database(tmp_path, story) == (False, True, False)


def test_an_id_that_was_used_up_is_never_given(tmp_path: pathlib.Path) -> None:
    def insert(tx: Transaction) -> int:
        return tx.insert("cluster_messages", message="", start_time=0, created_at=0)

    async def story(db: Database) -> Any:
        ids = [await db.write(insert)]
        await db.write(lambda tx: tx.use_up_id("cluster_messages"))
        ids.append(await db.write(insert))
        await db.write(lambda tx: tx.execute("DELETE FROM cluster_messages"))
        return [*ids, await db.write(insert)]

    assert in_database(tmp_path, story) == [1, 3, 4]


WRITER = """
import asyncio, pathlib, sys
from determined.master.notify import Hub
from determined.master.store.database import Database

async def main():
    db = Database(pathlib.Path(sys.argv[1]) / "master.db", Hub())
    for n in range(1_000_000):
        await db.write(lambda tx: tx.execute("INSERT INTO facts VALUES (?, '')", (str(n),)))
        print(n, flush=True)

asyncio.run(main())
"""


def test_what_was_answered_is_there_after_a_kill(tmp_path: pathlib.Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    answered = [int(process.stdout.readline()) for _ in range(200)]
    process.send_signal(signal.SIGKILL)
    answered += [int(line) for line in process.stdout.read().split("\n")[:-1] if line.isdigit()]
    process.wait()
    process.stdout.close()

    async def story(db: Database) -> Any:
        return await db.read(lambda c: {row["name"] for row in c.all("SELECT name FROM facts")})

    assert {str(n) for n in answered} <= in_database(tmp_path, story)


def test_an_unknown_durability_is_refused(tmp_path: pathlib.Path) -> None:
    with pytest.raises(ValueError, match="'normal' or 'full'"):
        Database(tmp_path / "master.db", Hub(), durability="none")


def limit_pages(tx: Transaction, spare: int) -> None:
    pages = tx.scalar("PRAGMA page_count")
    tx.one(f"PRAGMA max_page_count = {pages + spare}")


def test_a_full_disk_refuses_the_whole_commit_and_spares_the_next(tmp_path: pathlib.Path) -> None:
    async def story(db: Database) -> Any:
        await db.write(limit_pages, 1)
        results = await asyncio.gather(
            db.write(set_fact, "small", "1"), db.write(set_fact, "big", "x" * 1_000_000), return_exceptions=True
        )
        assert isinstance(results[1], StorageFull)
        assert results[1].code is Code.RESOURCE_EXHAUSTED
        assert await db.read(fact, "big") is None
        # who was told so is stored, who was refused is not
        assert (await db.read(fact, "small") == "1") == (results[0] is None)
        await db.write(limit_pages, 1000)
        await db.write(set_fact, "big", "x" * 1_000_000)
        return len(await db.read(fact, "big"))

    assert in_database(tmp_path, story) == 1_000_000


def test_what_nobody_would_tell_again_waits_for_room(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "_FIRST_PAUSE_SECONDS", 0.01)

    async def story(db: Database) -> Any:
        await db.write(limit_pages, 1)
        waiting = asyncio.ensure_future(db.write_when_room(set_fact, "big", "x" * 1_000_000))
        await asyncio.sleep(0.05)
        assert not waiting.done()
        await db.write_when_room(limit_pages, 1000)  # it may share its commit with what waits
        await waiting
        return len(await db.read(fact, "big"))

    assert in_database(tmp_path, story) == 1_000_000


class Stumbling:
    """A connection some of whose statements fail, as on a disk that does not answer for a moment."""

    def __init__(self, connection: Any, failing: List[str]) -> None:
        self._connection = connection
        self._failing = failing

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)

    def execute(self, sql: str, *args: Any) -> Any:
        if sql in self._failing:
            self._failing.remove(sql)
            raise sqlite3.OperationalError("disk I/O error")
        return self._connection.execute(sql, *args)


@pytest.mark.parametrize(
    "failing", [["BEGIN IMMEDIATE"], ["COMMIT"], ["COMMIT", "ROLLBACK"], ["COMMIT", "ROLLBACK"] * 2]
)
def test_a_disk_that_does_not_answer_for_a_moment_ends_nothing(tmp_path: pathlib.Path, failing: List[str]) -> None:
    async def story(db: Database) -> Any:
        db._writer_connection = Stumbling(db._writer_connection, failing)  # type: ignore[assignment]
        with pytest.raises(StorageAway):
            await db.write(set_fact, "a", "lost")
        await db.write_when_room(set_fact, "b", "stored")
        return [await db.read(fact, name) for name in ("a", "b")]

    assert in_database(tmp_path, story) == [None, "stored"]
