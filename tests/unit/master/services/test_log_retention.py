"""Which logs are past their time, that they go and nothing else does, and when that is looked at."""

from __future__ import annotations

import asyncio
import pathlib
from datetime import datetime
from typing import Optional

import pytest

from determined.common import timestamps
from determined.master.auth import create_first_users
from determined.master.notify import Hub
from determined.master.services import log_retention, trials
from determined.master.services.schedules import parse_schedule
from determined.master.settings import RetentionPolicy
from determined.master.store import logs as store
from determined.master.store.database import Connection, Database, Transaction

from . import stories

DAY = 24 * 3600 * 1_000_000
NOW = 100 * DAY


def add_log(tx: Transaction, task_id: str, ended: Optional[int], lines: int = 1) -> None:
    """A task that is no trial, with a log."""
    tx.insert("tasks", id=task_id, type="COMMAND", start_time=0, end_time=ended)
    store.insert(tx, [(task_id, None, None, None, None, 0, None, None, None, "x")] * lines)


def add_trial_log(tx: Transaction, days: Optional[int], ended: Optional[int] = NOW - 10 * DAY) -> str:
    """A trial with a log and its own retention; returns its task's id."""
    trial_id = stories.add_trial(tx, stories.add_experiment(tx))
    tx.update("trials", {"id": trial_id}, log_retention_days=days)
    task_id: str = tx.scalar("SELECT id FROM tasks WHERE trial_id = ?", (trial_id,))
    tx.update("tasks", {"id": task_id}, end_time=ended)
    store.insert(tx, [(task_id, None, None, None, None, 0, None, None, None, "x")])
    return task_id


@pytest.mark.parametrize(
    ("own", "default", "goes"),
    [
        (None, None, False),
        (None, -1, False),
        (None, 9, True),
        (None, 11, False),
        (9, None, True),
        (9, -1, True),
        (9, 11, True),
        (11, 9, False),
        (-1, 0, False),
        (-2, 0, False),
        (0, None, True),
    ],
)
def test_a_trials_own_value_counts_for_more_than_the_masters(
    tx: Transaction, own: Optional[int], default: Optional[int], goes: bool
) -> None:
    task_id = add_trial_log(tx, own)
    assert store.expired_tasks(tx, default, NOW) == ([task_id] if goes else [])


def test_the_masters_value_holds_for_tasks_of_every_kind_that_have_ended(tx: Transaction) -> None:
    add_log(tx, "old", NOW - 10 * DAY)
    add_log(tx, "young", NOW - 5 * DAY)
    add_log(tx, "running", None)
    tx.insert("tasks", id="silent", type="COMMAND", start_time=0, end_time=0)
    assert store.expired_tasks(tx, 7, NOW) == ["old"]
    assert store.expired_tasks(tx, None, NOW) == []


def test_a_trial_that_runs_keeps_its_log_and_one_that_nobody_here_runs_ends_with_its_state(tx: Transaction) -> None:
    task_id = add_trial_log(tx, 3, ended=None)
    assert store.expired_tasks(tx, None, NOW) == []
    tx.execute("UPDATE trials SET state = 'COMPLETED', end_time = ?", (NOW - 4 * DAY,))
    assert store.expired_tasks(tx, None, NOW) == [task_id]


def test_what_is_to_be_kept_by_now_is_not_removed(tx: Transaction) -> None:
    task_id = add_trial_log(tx, 3)
    (found,) = store.expired_tasks(tx, None, NOW)
    trials.retain_logs(tx, tx.scalar("SELECT trial_id FROM tasks"), -1)
    assert store.remove_expired(tx, found, None, NOW, 10) == 0
    assert tx.scalar("SELECT count(*) FROM logs WHERE task_id = ?", (task_id,)) == 1


def test_the_default_of_the_master_is_shown_as_the_days_that_are_left(tx: Transaction) -> None:
    trial_id = stories.add_trial(tx, stories.add_experiment(tx))
    tx.execute("UPDATE tasks SET end_time = ?", (timestamps.now() - DAY // 2,))
    assert trials.remaining_log_days(tx, trial_id, 7) == 6
    assert trials.remaining_log_days(tx, trial_id, -1) == -1
    trials.retain_logs(tx, trial_id, 3)
    assert trials.remaining_log_days(tx, trial_id, 7) == 2


def test_the_cleaner_removes_long_logs_whole_when_it_starts(tmp_path: pathlib.Path) -> None:
    def prepare(tx: Transaction) -> None:
        create_first_users(tx, {})
        add_log(tx, "old", 0, lines=2500)
        add_log(tx, "young", timestamps.now(), lines=3)

    def left(connection: Connection) -> int:
        return int(connection.scalar("SELECT count(*) FROM logs"))

    async def story() -> None:
        db = Database(tmp_path / "master.db", Hub())
        cleaner = log_retention.LogCleaner(db, RetentionPolicy(7))
        try:
            await db.write(prepare)
            await cleaner.start()
            while db.read_now(left) > 3:
                await asyncio.sleep(0.005)
            assert await log_retention.remove_expired(db, 7) == 0
            assert await log_retention.remove_expired(db, 0) == 3
        finally:
            await cleaner.stop()
            db.close()

    asyncio.run(asyncio.wait_for(story(), 20))


# --- schedules ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("schedule", "moment", "expected"),
    [
        ("24h", "2024-01-31 10:00:00", "2024-02-01 10:00:00"),
        ("1h30m", "2024-01-31 10:00:00", "2024-01-31 11:30:00"),
        ("30 3 * * *", "2024-01-31 03:30:00", "2024-02-01 03:30:00"),
        ("30 3 * * *", "2024-01-31 03:29:59", "2024-01-31 03:30:00"),
        ("*/20 * * * *", "2024-01-31 23:41:00", "2024-02-01 00:00:00"),
        ("5/20 8-10 * * *", "2024-01-31 08:26:00", "2024-01-31 08:45:00"),
        ("@daily", "2024-12-31 23:59:30", "2025-01-01 00:00:00"),
        ("0 0 29 2 *", "2024-03-01 00:00:00", "2028-02-29 00:00:00"),
        ("0 12 * * mon-fri", "2024-02-02 12:00:00", "2024-02-05 12:00:00"),
        ("0 12 * * 7", "2024-02-02 12:00:00", "2024-02-04 12:00:00"),
        ("0 12 13 * fri", "2024-02-05 00:00:00", "2024-02-09 12:00:00"),
        ("0 12 13 * fri", "2024-02-10 00:00:00", "2024-02-13 12:00:00"),
        ("0 12 */2 * fri", "2024-02-05 00:00:00", "2024-02-09 12:00:00"),
        ("0 0 1 JAN,jul *", "2024-01-01 00:00:00", "2024-07-01 00:00:00"),
    ],
)
def test_the_next_time_of_a_schedule(schedule: str, moment: str, expected: str) -> None:
    found = parse_schedule(schedule).next_after(datetime.fromisoformat(moment))
    assert found == datetime.fromisoformat(expected)


@pytest.mark.parametrize(
    ("schedule", "complaint"),
    [
        ("", "it has 0 fields, not 5"),
        ("0 3 * *", "it has 4 fields, not 5"),
        ("often", "invalid duration"),
        ("0s", "shorter than a second"),
        ("-5h", "shorter than a second"),
        ("60 * * * *", "'60' is not from 0 to 59"),
        ("* * 0 * *", "'0' is not from 1 to 31"),
        ("*/0 * * * *", "'0' is no step"),
        ("5-1 * * * *", "'5-1' ends before it begins"),
        ("0 0 30 2 *", "no day of the calendar"),
        ("0 0 * * someday", "'someday' is not from 0 to 7"),
    ],
)
def test_a_schedule_that_is_none_is_told_with_what_is_possible(schedule: str, complaint: str) -> None:
    with pytest.raises(ValueError, match="give a duration like 12h, or the five fields of cron") as refused:
        parse_schedule(schedule)
    assert complaint in str(refused.value)
