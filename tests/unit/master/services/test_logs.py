"""Logs: reading, following, and the lines on the wire."""

from __future__ import annotations

import asyncio
import json
import pathlib
from typing import Any, AsyncIterator, Awaitable, Callable, Dict, List, Optional

import pytest

from determined.common import timestamps
from determined.master.auth import create_first_users
from determined.master.errors import Code, Refusal
from determined.master.notify import Hub
from determined.master.serialize.logs import task_lines, trial_lines
from determined.master.services import logs, trials
from determined.master.store.database import Database, Row, Transaction
from determined.master.store.logs import Line, Wanted

from . import stories

TASK = "1.worker"
ALL = logs.Reading(Wanted(), False, 0)


def line(text: str, **fields: Any) -> Line:
    get = fields.get
    return (
        TASK, get("allocation"), get("agent"), get("container"), get("rank"), get("timestamp", 0), get("level"),
        get("stdtype"), get("source"), text,
    )  # fmt: skip


def prepare(tx: Transaction) -> int:
    create_first_users(tx, {})
    tx.insert("workspaces", name="w", user_id=1, created_at=0)
    tx.insert("projects", name="p", workspace_id=1, user_id=1, created_at=0, key="P")
    trial = trials.create(tx, trials.NewTrial(stories.add_experiment(tx), True, {}, "worker"))
    trials.start(tx, trial, True)
    return trial


Story = Callable[[Database, Hub], Awaitable[None]]


def play(tmp_path: pathlib.Path, story: Story) -> None:
    async def main() -> None:
        hub = Hub()
        db = Database(tmp_path / "master.db", hub)
        try:
            await db.write(prepare)
            await asyncio.wait_for(story(db, hub), 20)
        finally:
            db.close()

    asyncio.run(main())


def texts(raw: bytes) -> List[str]:
    return [json.loads(part)["result"]["log"] for part in raw.splitlines()]


async def collect(pages: AsyncIterator[bytes]) -> List[str]:
    return [text for raw in [page async for page in pages] for text in texts(raw)]


@pytest.mark.parametrize("descending", [False, True])
def test_every_line_is_read_once_in_order_over_many_pages(tmp_path: pathlib.Path, descending: bool) -> None:
    async def story(db: Database, hub: Hub) -> None:
        await db.write(logs.write, TASK, [line(str(i)) for i in range(2500)])
        reading = ALL._replace(descending=descending)
        found = await collect(logs.read(db, TASK, reading, task_lines(TASK)))
        assert found == [str(i) for i in sorted(range(2500), reverse=descending)]
        found = await collect(logs.read(db, TASK, reading._replace(limit=1200), task_lines(TASK)))
        assert len(found) == 1200

    play(tmp_path, story)


def test_a_follower_gets_each_line_as_it_comes_and_ends_with_the_trial(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "_GRACE_SECONDS", 0.05)

    async def story(db: Database, hub: Hub) -> None:
        await db.write(logs.write, TASK, [line("before")])
        pages = logs.follow(db, hub, TASK, ALL, trial_lines(1))
        assert texts(await pages.__anext__()) == ["before"]
        for text in ("one", "two"):
            coming = asyncio.ensure_future(pages.__anext__())
            await asyncio.sleep(0)
            await db.write(logs.write, TASK, [line(text)])
            assert texts(await coming) == [text]
        rest = asyncio.ensure_future(collect(pages))
        await db.write(trials.patch, 1, "COMPLETED")
        assert await rest == []

    play(tmp_path, story)


def test_a_follower_is_told_that_the_master_goes_down_and_not_that_the_log_has_ended(tmp_path: pathlib.Path) -> None:
    async def story(db: Database, hub: Hub) -> None:
        rest = asyncio.ensure_future(collect(logs.follow(db, hub, TASK, ALL, trial_lines(1))))
        await asyncio.sleep(0.01)
        hub.close()
        with pytest.raises(Refusal, match="going down") as caught:
            await rest
        assert caught.value.code is Code.UNAVAILABLE

    play(tmp_path, story)


def test_ranks_and_lines_without_a_rank_can_be_asked_for_together(tmp_path: pathlib.Path) -> None:
    async def story(db: Database, hub: Hub) -> None:
        await db.write(logs.write, TASK, [line("none"), line("zero", rank=0), line("one", rank=1)])
        reading = ALL._replace(wanted=Wanted(ranks=[-1, 1]))
        assert await collect(logs.read(db, TASK, reading, task_lines(TASK))) == ["none", "one"]

    play(tmp_path, story)


def test_half_a_surrogate_pair_does_not_lose_the_lines_around_it(tmp_path: pathlib.Path) -> None:
    async def story(db: Database, hub: Hub) -> None:
        await db.write(logs.write, TASK, [line("a"), line("b\ud800c"), line("d")])
        assert await collect(logs.read(db, TASK, ALL, task_lines(TASK))) == ["a", "b\ufffdc", "d"]

    play(tmp_path, story)


class FakeRow(Dict[str, Any]):
    """A row that can be unpacked, as those of the database can."""

    def __iter__(self) -> Any:
        return iter(self.values())


def encoded(text: str, **fields: Any) -> Dict[str, Any]:
    names = ("id", "timestamp", "level", "allocation_id", "agent_id", "container_id", "rank_id", "log", "source")
    row = FakeRow({name: fields.get(name) for name in names}, stdtype=fields.get("stdtype"))
    row.update(id=7, log=text)
    rows: List[Row] = [row]  # type: ignore[list-item]
    result: Dict[str, Any] = json.loads(trial_lines(3)(rows))["result"]
    return result


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({}, "[1970-01-01T00:00:00.250000Z]          || text\n"),
        ({"level": "INFO"}, "[1970-01-01T00:00:00.250000Z]          || INFO: text\n"),
        ({"container_id": "c0ffee00aa", "rank_id": 0}, "[1970-01-01T00:00:00.250000Z] c0ffee00 [rank=0] || text\n"),
        ({"timestamp": None}, "[UNKNOWN TIME]          || text\n"),
        ({"container_id": 'a"b'}, '[1970-01-01T00:00:00.250000Z] a"b || text\n'),
    ],
)
def test_the_message_renders_what_is_known_of_a_line(fields: Dict[str, Optional[Any]], message: str) -> None:
    assert encoded("text\n", **{"timestamp": 250_000, **fields})["message"] == message


def test_a_line_shows_only_the_fields_it_has() -> None:
    moment = timestamps.parse("2024-03-02T00:00:00.5Z")
    assert encoded('say "ü"', timestamp=moment, level="ODD", source="me") == {
        "id": "7",
        "timestamp": "2024-03-02T00:00:00.500Z",
        "message": '[2024-03-02T00:00:00.500000Z]          || ODD: say "ü"',
        "level": "LOG_LEVEL_UNSPECIFIED",
        "trialId": 3,
        "log": 'say "ü"',
        "source": "me",
    }
