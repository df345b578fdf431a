"""Lines of tasks' logs, as they are stored."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, NamedTuple, Optional, Sequence, Tuple

from .database import Connection, Row, Transaction
from .filters import Filters

Line = Tuple[
    str, Optional[str], Optional[str], Optional[str], Optional[int], Optional[int], Optional[str], Optional[str],
    Optional[str], str,
]  # fmt: skip
"""task_id, allocation_id, agent_id, container_id, rank_id, timestamp, level, stdtype, source, log"""

_INSERT = (
    "INSERT INTO logs (task_id, allocation_id, agent_id, container_id, rank_id, timestamp, level, stdtype, source, log)"
    " VALUES "
)
_LINE = "(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
# a statement of many lines is a third faster than one for each; older SQLite takes 999 parameters
_LINES_AT_ONCE = 90
_COLUMNS = "id, timestamp, level, allocation_id, agent_id, container_id, rank_id, log, source, stdtype"

NO_RANK = -1


class Wanted(NamedTuple):
    """Which lines of a log are read.

    Attributes:
        among: column -> values, any of which a line has in it.
        ranks: any of them; `NO_RANK` for lines without one.
        after, before: microseconds; later than the first, not later than the second.
        text: a part of the line, whatever its case; ``%`` and ``_`` stand for any text and any character.
    """

    among: Mapping[str, Sequence[str]] = {}
    ranks: Sequence[int] = ()
    after: Optional[int] = None
    before: Optional[int] = None
    text: str = ""


def insert(tx: Transaction, lines: Sequence[Line]) -> None:
    """Store lines in their order."""
    for start in range(0, len(lines), _LINES_AT_ONCE):
        some = lines[start : start + _LINES_AT_ONCE]
        tx.execute(_INSERT + ", ".join([_LINE] * len(some)), [value for line in some for value in line])


def page(
    connection: Connection,
    task_id: str,
    wanted: Wanted,
    *,
    beyond: Optional[int],
    descending: bool,
    limit: int,
) -> List[Row]:
    """The next lines of a task's log.

    Parameters:
        beyond: the id of the last line that was read before; None to begin.
    """
    filters = _filters(task_id, wanted)
    if beyond is not None:
        filters.add("id < ?" if descending else "id > ?", beyond)
    return connection.all(
        f"SELECT {_COLUMNS} FROM logs{filters.where} ORDER BY id {'DESC' if descending else 'ASC'} LIMIT ?",
        (*filters.parameters, limit),
    )


def _filters(task_id: str, wanted: Wanted) -> Filters:
    filters = Filters()
    filters.add("task_id = ?", task_id)
    for column, values in wanted.among.items():
        filters.among(column, values)
    if wanted.ranks:
        or_none = " OR rank_id IS NULL" if NO_RANK in wanted.ranks else ""
        filters.add(f"(rank_id IN ({', '.join('?' * len(wanted.ranks))}){or_none})", *wanted.ranks)
    if wanted.after is not None:
        filters.add("timestamp > ?", wanted.after)
    if wanted.before is not None:
        filters.add("timestamp <= ?", wanted.before)
    if wanted.text:
        filters.contains(["log"], wanted.text)
    return filters


def newest_id(connection: Connection, task_id: str) -> int:
    """The id of the last line of a task's log; 0 without any."""
    return int(connection.scalar("SELECT max(id) FROM logs WHERE task_id = ?", (task_id,)) or 0)


class Fields(NamedTuple):
    """The values that stand in each column of a log."""

    allocation_ids: List[str]
    agent_ids: List[str]
    container_ids: List[str]
    rank_ids: List[int]
    stdtypes: List[str]
    sources: List[str]


def distinct(connection: Connection, task_ids: Sequence[str]) -> Fields:
    """The values that stand in the columns of some tasks' logs, in order."""

    def values(column: str) -> List[Any]:
        rows = connection.all(
            f"SELECT DISTINCT {column} FROM logs WHERE task_id IN (SELECT value FROM json_each(?))"
            f" AND {column} IS NOT NULL ORDER BY 1",
            (json.dumps(list(task_ids)),),
        )
        return [row[0] for row in rows]

    return Fields(
        values("allocation_id"),
        values("agent_id"),
        values("container_id"),
        values("rank_id"),
        values("stdtype"),
        values("source"),
    )


def task_end(connection: Connection, task_id: str) -> Optional[Row]:
    """When a task ended, or its trial if nobody here runs it: ``ended`` in microseconds, None while it goes on."""
    return connection.one(
        "SELECT k.id, coalesce(k.end_time, CASE WHEN e.unmanaged AND t.state IN ('COMPLETED', 'CANCELED', 'ERROR')"
        " THEN t.end_time END) AS ended FROM tasks k LEFT JOIN trials t ON t.id = k.trial_id"
        " LEFT JOIN experiments e ON e.id = k.experiment_id WHERE k.id = ?",
        (task_id,),
    )


def tasks_of_trial(connection: Connection, trial_id: int) -> List[str]:
    """The ids of a trial's tasks, first to last."""
    rows = connection.all("SELECT id FROM tasks WHERE trial_id = ? ORDER BY number", (trial_id,))
    return [row["id"] for row in rows]


# --- removing -------------------------------------------------------------------------------------------------------

_DAY = 24 * 3600 * 1_000_000
_EXPIRED = (
    "SELECT k.id FROM tasks k LEFT JOIN trials t ON t.id = k.trial_id LEFT JOIN experiments e ON e.id = k.experiment_id"
    " WHERE coalesce(t.log_retention_days, :days) >= 0 AND coalesce(k.end_time, CASE WHEN e.unmanaged"
    " AND t.state IN ('COMPLETED', 'CANCELED', 'ERROR') THEN t.end_time END)"
    f" <= :now - coalesce(t.log_retention_days, :days) * {_DAY}"
    " AND EXISTS (SELECT 1 FROM logs WHERE task_id = k.id)"
)


def expired_tasks(connection: Connection, default_days: Optional[int], now: int) -> List[str]:
    """The tasks whose log has outlived its retention.

    Parameters:
        default_days: of tasks that have no value of their own; None or -1 for ever.
    """
    return [row["id"] for row in connection.all(_EXPIRED, {"days": default_days, "now": now})]


def remove_expired(tx: Transaction, task_id: str, default_days: Optional[int], now: int, most: int) -> int:
    """Remove lines of one of `expired_tasks`, the oldest first, unless it is to be kept by now.

    Parameters:
        most: so many lines at most.

    Returns:
        how many were removed.
    """
    if tx.scalar(f"{_EXPIRED} AND k.id = :task", {"days": default_days, "now": now, "task": task_id}) is None:
        return 0
    return tx.execute(
        "DELETE FROM logs WHERE id IN (SELECT id FROM logs WHERE task_id = ? ORDER BY id LIMIT ?)", (task_id, most)
    )
