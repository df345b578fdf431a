"""Who held slots when, as it follows from the allocations."""

from __future__ import annotations

from typing import List

from .database import Connection, Row


def allocations_between(connection: Connection, start: int, end: int) -> List[Row]:
    """Allocations that ran between two times, with task, owner, experiment and workspace, in order of their start.

    The workspace is that of the experiment, or the one that a task without experiment names.
    """
    return connection.all(
        "SELECT a.id, a.slots, a.start_time, a.end_time, a.resource_pool, k.type, k.experiment_id,"
        " coalesce(e.labels, '[]') AS labels, coalesce(u.id, 0) AS user_id, coalesce(u.username, '') AS username,"
        " coalesce(w.name, '') AS workspace FROM allocations a JOIN tasks k ON k.id = a.task_id"
        " LEFT JOIN users u ON u.id = k.owner_id LEFT JOIN experiments e ON e.id = k.experiment_id"
        " LEFT JOIN projects p ON p.id = e.project_id"
        " LEFT JOIN workspaces w ON w.id = coalesce(p.workspace_id, json_extract(k.spec, '$.workspace_id'))"
        " WHERE a.start_time < ? AND (a.end_time IS NULL OR a.end_time > ?) ORDER BY a.start_time, a.rowid",
        (end, start),
    )
