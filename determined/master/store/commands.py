"""Commands: tasks whose specification (`tasks.spec`) says what they run and how they are shown."""

from __future__ import annotations

import json
from typing import Any, List, Mapping, Optional

from .database import Connection, Row, Transaction
from .filters import Filters

# a command has one allocation at most
_FROM = " FROM tasks k JOIN users u ON u.id = k.owner_id LEFT JOIN allocations a ON a.task_id = k.id"
_SELECT = (
    "SELECT k.*, u.username, u.display_name, a.id AS allocation_id, a.state AS allocation_state, a.exit_reason,"
    " a.exit_error" + _FROM
)
_SORTS = {
    "ID": "k.id {way}",
    "DESCRIPTION": "json_extract(k.spec, '$.description') {way}, k.id {way}",
    "START_TIME": "k.start_time {way}, k.id {way}",
    "WORKSPACE_ID": "json_extract(k.spec, '$.workspace_id') {way}, k.id {way}",
}


def remembered(since: int) -> Filters:
    """The condition of all commands that run, wait, or ended after a time."""
    filters = Filters()
    filters.add("k.type = 'COMMAND' AND (k.end_time IS NULL OR k.end_time > ?)", since)
    return filters


def in_workspace(filters: Filters, workspace_id: int) -> None:
    """Add the condition that a command belongs to a workspace."""
    filters.add("json_extract(k.spec, '$.workspace_id') = ?", workspace_id)


def of_users(filters: Filters, usernames: List[str], user_ids: List[int]) -> None:
    """Add the condition that any of these users launched a command; nobody named means everybody."""
    if usernames or user_ids:
        filters.add(
            "(u.username IN (SELECT value FROM json_each(?)) OR u.id IN (SELECT value FROM json_each(?)))",
            json.dumps(usernames),
            json.dumps(user_ids),
        )


def count(connection: Connection, filters: Filters) -> int:
    """How many commands there are of a kind."""
    return int(connection.scalar(f"SELECT count(*){_FROM}{filters.where}", filters.parameters))


def page(connection: Connection, filters: Filters, *, sort: str, descending: bool, start: int, end: int) -> List[Row]:
    """Commands of a kind, in order, from `start` to before `end`, with their owner and allocation."""
    order = _SORTS[sort].format(way="DESC" if descending else "ASC")
    return connection.all(
        f"{_SELECT}{filters.where} ORDER BY {order} LIMIT ? OFFSET ?", (*filters.parameters, end - start, start)
    )


def find(connection: Connection, command_id: str, since: int) -> Optional[Row]:
    """A command that has not ended before a time, with its owner and allocation."""
    filters = remembered(since)
    filters.add("k.id = ?", command_id)
    return connection.one(f"{_SELECT}{filters.where}", filters.parameters)


def open_in_workspace(connection: Connection, workspace_id: int) -> List[Row]:
    """Commands of a workspace that run or wait."""
    return connection.all(
        f"{_SELECT} WHERE k.type = 'COMMAND' AND k.end_time IS NULL AND json_extract(k.spec, '$.workspace_id') = ?",
        (workspace_id,),
    )


def insert(
    tx: Transaction,
    command_id: str,
    *,
    job_id: str,
    owner_id: int,
    start_time: int,
    spec: Mapping[str, Any],
    tgz: bytes,
) -> None:
    """Store a new command with its packed files, if there are any."""
    tx.insert(
        "tasks",
        id=command_id,
        type="COMMAND",
        owner_id=owner_id,
        job_id=job_id,
        start_time=start_time,
        spec=json.dumps(spec, separators=(",", ":"), ensure_ascii=False),
    )
    if tgz:
        tx.insert("task_files", task_id=command_id, tgz=tgz)


def set_spec(tx: Transaction, command_id: str, spec: Mapping[str, Any]) -> None:
    """Replace a command's specification."""
    tx.update("tasks", {"id": command_id}, spec=json.dumps(spec, separators=(",", ":"), ensure_ascii=False))


def forget_files(tx: Transaction, before: int) -> None:
    """Remove the files of commands that ended before a time."""
    tx.execute(
        "DELETE FROM task_files WHERE task_id IN (SELECT id FROM tasks WHERE type = 'COMMAND' AND end_time <= ?)",
        (before,),
    )
