"""The queue of jobs: its order, and moving jobs in it."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any, Dict, List, NamedTuple, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.enums import JobState, JobType
from determined.common.api.wire.jobs import QueueControl

from ..errors import Refusal, plain
from ..notify import QueueChanged
from ..settings import RESOURCE_POOL
from ..store import commands, experiments, jobs
from ..store.database import Connection, Database, Row, Transaction
from . import config_policies, lifecycle

DEFAULT_PRIORITY = 42
_DAYS_OF_STATISTICS = 30


class Job(NamedTuple):
    """One job of the queue.

    Attributes:
        entity_id: the experiment's or command's id.
        position: place among those of the same priority.
        ahead: how many jobs come before it.
    """

    job_id: str
    type: JobType
    entity_id: str
    name: str
    resource_pool: str
    state: JobState
    priority: int
    weight: float
    position: float
    requested_slots: int
    allocated_slots: int
    submitted_at: int
    user_id: int
    username: str
    progress: float
    workspace_id: int
    ahead: int


class Statistics(NamedTuple):
    """The queue of one pool in numbers: jobs, and the seconds that tasks had waited, by day."""

    queued: int
    scheduled: int
    seconds_queued: List[Tuple[str, float]]


def queue(connection: Connection) -> List[Job]:
    """All jobs in their order: the better priority first, then who was activated first."""
    found = [_command(row) for row in jobs.commands(connection)]
    found += [_experiment(row) for row in jobs.experiments(connection) if row["running"] or row["waiting"]]
    found.sort(key=lambda job: (job.priority, job.position, job.submitted_at))
    return [job._replace(ahead=ahead) for ahead, job in enumerate(found)]


def list_jobs(connection: Connection, *, pool: str, states: Sequence[JobState], descending: bool) -> List[Job]:
    """The jobs of a pool (of all, for an empty name) in any of the states (in all, for none).

    Raises:
        Refusal: there is no such pool.
    """
    if pool not in ("", RESOURCE_POOL):
        raise plain(f"cannot find resource pool {pool}")
    found = [job for job in queue(connection) if not states or job.state in states]
    return found[::-1] if descending else found


def statistics(connection: Connection) -> Statistics:
    """The queue of the pool in numbers; today is always among the days."""
    counts = [job.state for job in queue(connection)]
    queued = counts.count(JobState.QUEUED)
    today = timestamps.to_datetime(timestamps.now()).date()
    since = timestamps.parse(f"{today - timedelta(days=_DAYS_OF_STATISTICS)}T00:00:00Z")
    by_day: Dict[str, float] = {str(today): 0.0}
    by_day.update((row["day"], row["seconds"]) for row in jobs.seconds_queued_by_day(connection, since))
    return Statistics(queued, len(counts) - queued, sorted(by_day.items()))


def _experiment(row: Row) -> Job:
    return Job(
        job_id=row["job_id"],
        type=JobType.EXPERIMENT,
        entity_id=str(row["id"]),
        name=row["name"],
        resource_pool=row["resource_pool"],
        state=JobState.SCHEDULED if row["running"] else JobState.QUEUED,
        priority=row["priority"],
        weight=row["weight"],
        position=row["queue_position"],
        requested_slots=row["waiting"] * row["slots_per_trial"] + row["held"],
        allocated_slots=row["held"],
        submitted_at=row["start_time"],
        user_id=row["owner_id"],
        username=row["username"],
        progress=row["progress"] or 0.0,
        workspace_id=row["workspace_id"],
        ahead=0,
    )


def _command(row: Row) -> Job:
    spec: Dict[str, Any] = json.loads(row["spec"] or "{}")
    return Job(
        job_id=row["job_id"],
        type=JobType.COMMAND,
        entity_id=row["id"],
        name=spec.get("description", ""),
        resource_pool=RESOURCE_POOL,
        state=JobState.QUEUED if row["held"] is None else JobState.SCHEDULED,
        priority=spec.get("priority", DEFAULT_PRIORITY),
        weight=spec.get("weight", 1.0),
        position=spec.get("queue_position", 0.0),
        requested_slots=int(spec.get("slots", 0)),
        allocated_slots=row["held"] or 0,
        submitted_at=row["start_time"],
        user_id=row["owner_id"],
        username=row["username"],
        progress=0.0,
        workspace_id=int(spec.get("workspace_id", 1)),
        ahead=0,
    )


# --- changing -------------------------------------------------------------------------------------------------------


async def update_queue(db: Database, updates: Sequence[QueueControl]) -> None:
    """Do every update that can be done.

    Raises:
        Refusal: some could not; the text tells which.
    """
    problems = await db.write(_update_all, updates)
    if len(problems) > 1:
        raise plain("encountered the following errors: " + ", ".join(problems))
    if problems:
        raise plain(problems[0])


def _update_all(tx: Transaction, updates: Sequence[QueueControl]) -> List[str]:
    problems = []
    for update in updates:
        try:
            _update(tx, update)
        except Refusal as refusal:
            problems.append(refusal.text)
    tx.announce(QueueChanged())
    return problems


def _update(tx: Transaction, update: QueueControl) -> None:
    job_id = update.get("jobId", "")
    command = jobs.command_of_job(tx, job_id)
    if command is not None:
        _update_command(tx, command, update)
        return
    experiment = jobs.experiment_of_job(tx, job_id)
    if experiment is None or not lifecycle.is_live(experiment):
        raise plain(f"job {job_id} not found")
    if "priority" in update:
        _set_priority(tx, experiment, update["priority"])
    elif "weight" in update:
        _set_weight(tx, experiment, update["weight"])
    else:
        raise _impossible(update)


def _update_command(tx: Transaction, command: Row, update: QueueControl) -> None:
    spec: Dict[str, Any] = json.loads(command["spec"])
    if "priority" in update:
        _check_priority(update["priority"])
        workspace_id = spec.get("workspace_id", 1)
        config_policies.check_change(tx, workspace_id, config_policies.NTSC, "priority", update["priority"])
        spec["priority"] = spec["config"]["resources"]["priority"] = update["priority"]
    elif "weight" in update:
        _check_weight(update["weight"])
        spec["weight"] = spec["config"]["resources"]["weight"] = update["weight"]
    else:
        raise _impossible(update)
    commands.set_spec(tx, command["id"], spec)


def _check_priority(priority: int) -> None:
    if not 1 <= priority <= 99:
        raise plain("priority must be between 1 and 99")


def _check_weight(weight: float) -> None:
    if not weight >= 0 or weight == float("inf"):
        raise plain(f"weight must not be negative, infinite or NaN, but is {weight}")


def _impossible(update: QueueControl) -> Refusal:
    """The refusal of what cannot be done to a job: another pool, of which there is none, or another place.

    The places of jobs follow from their priorities and their ages. Older releases could move one before or behind
    another.
    """
    if "resourcePool" in update:
        pool = update["resourcePool"]
        if not pool:
            return plain("resource pool must be set")
        if pool == RESOURCE_POOL:
            return plain(f"resource pool is unchanged ({RESOURCE_POOL} == {pool})")
        return plain(f"invalid resource pool name {pool}")
    for action in ("aheadOf", "behindOf"):
        if action in update:
            return plain(f"unexpected action: &{{{update.get(action)}}}")
    return plain("unexpected action: <nil>")


def _set_priority(tx: Transaction, experiment: Row, priority: int) -> None:
    """Serve an experiment before those of a higher number; it is written into its configuration.

    Raises:
        Refusal: the number is not between 1 and 99, or a config policy forbids it.
    """
    _check_priority(priority)
    config_policies.check_experiment_change(tx, experiment["id"], "priority", priority)
    tx.update("experiments", {"id": experiment["id"]}, priority=priority)
    _set_resource(tx, experiment["id"], "priority", priority)


def _set_weight(tx: Transaction, experiment: Row, weight: float) -> None:
    """Write an experiment's weight into its configuration; only fair-share schedulers look at it.

    Raises:
        Refusal: it is negative or no number.
    """
    _check_weight(weight)
    tx.update("experiments", {"id": experiment["id"]}, weight=weight)
    _set_resource(tx, experiment["id"], "weight", weight)


def _set_resource(tx: Transaction, experiment_id: int, key: str, value: float) -> None:
    row = experiments.find(tx, experiment_id)
    if row is not None:
        config = json.loads(row["config"])
        config.setdefault("resources", {})[key] = value
        experiments.save_config(tx, experiment_id, config)
