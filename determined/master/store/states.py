"""States as they are shown: an active experiment or trial shows how far its most advanced allocation has come."""

from __future__ import annotations

ADVANCED = {"PENDING": 0, "ASSIGNED": 0, "PULLING": 1, "STARTING": 2, "RUNNING": 3, "WAITING": 3, "TERMINATING": 3}
SHOWN = ("QUEUED", "PULLING", "STARTING", "RUNNING")

_RANK = (
    "CASE al.state WHEN 'PULLING' THEN 1 WHEN 'STARTING' THEN 2"
    " WHEN 'RUNNING' THEN 3 WHEN 'WAITING' THEN 3 WHEN 'TERMINATING' THEN 3 ELSE 0 END"
)
_NAME = "CASE {rank} WHEN 1 THEN 'PULLING' WHEN 2 THEN 'STARTING' WHEN 3 THEN 'RUNNING' ELSE 'QUEUED' END"


def _shown(alias: str, column: str) -> str:
    furthest = (
        f"(SELECT max({_RANK}) FROM tasks ta JOIN allocations al ON al.task_id = ta.id AND al.end_time IS NULL"
        f" WHERE ta.{column} = {alias}.id AND ta.type = 'TRIAL')"
    )
    return f"CASE {alias}.state WHEN 'ACTIVE' THEN {_NAME.format(rank=furthest)} ELSE {alias}.state END"


def experiment_state(alias: str = "e") -> str:
    """SQL for the state of an experiment as shown; `alias` names its table in the query."""
    return _shown(alias, "experiment_id")


def trial_state(alias: str = "t") -> str:
    """SQL for the state of a trial as shown; `alias` names its table in the query."""
    return _shown(alias, "trial_id")
