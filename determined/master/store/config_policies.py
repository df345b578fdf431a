"""Configuration policies, as they are stored."""

from __future__ import annotations

import json
from typing import Any, Dict, Mapping, Optional

from determined.common import timestamps

from .database import Connection, Transaction

_PLACE = "ifnull(workspace_id, 0) = ? AND type = ?"


def find(connection: Connection, workspace_id: Optional[int], workload: str) -> Optional[Dict[str, Any]]:
    """The policies of a workspace (None: of the cluster) for one type of workloads."""
    sql = f"SELECT policies FROM config_policies WHERE {_PLACE}"
    text = connection.scalar(sql, (workspace_id or 0, workload))
    return None if text is None else dict(json.loads(text))


def put(tx: Transaction, workspace_id: Optional[int], workload: str, policies: Mapping[str, Any], user_id: int) -> None:
    """Store policies in the place of those that were there."""
    delete(tx, workspace_id, workload)
    tx.insert(
        "config_policies",
        workspace_id=workspace_id,
        type=workload,
        policies=json.dumps(policies),
        changed_by=user_id,
        changed_at=timestamps.now(),
    )


def delete(tx: Transaction, workspace_id: Optional[int], workload: str) -> None:
    """Remove policies, if there are any."""
    tx.execute(f"DELETE FROM config_policies WHERE {_PLACE}", (workspace_id or 0, workload))


def workspace_of_experiment(connection: Connection, experiment_id: int) -> int:
    """The workspace an experiment lies in."""
    sql = "SELECT p.workspace_id FROM experiments e JOIN projects p ON p.id = e.project_id WHERE e.id = ?"
    return int(connection.scalar(sql, (experiment_id,)))
