"""Commands: what may be launched, how they are shown, and how they end."""

from __future__ import annotations

import base64
import io
import json
import tarfile
from typing import Any, Dict

import pytest

from determined.common import timestamps
from determined.common.api.wire.enums import TaskState
from determined.master.auth import Caller
from determined.master.errors import Refusal
from determined.master.serialize.commands import command_message
from determined.master.services import commands, deletions, jobs, lifecycle
from determined.master.store import allocations
from determined.master.store.database import Row, Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
OTHER = Caller(2, "determined", False, 2, "session", None)
DAY = 24 * 3600 * 1_000_000


def order(config: Dict[str, Any], *, template: str = "", workspace_id: int = 0, files: Any = ()) -> commands.Order:
    return commands.Order(config, template, workspace_id, files)


def launch(tx: Transaction, *, caller: Caller = ADMIN, workspace_id: int = 0, files: Any = (), **config: Any) -> Row:
    planned = commands.plan(tx, order(config, workspace_id=workspace_id, files=files), slot_count=2)
    return commands.launch(tx, caller, planned, "cpu")


def start(tx: Transaction, command: Row, state: str = "RUNNING") -> str:
    allocation_id = f"{command['id']}.1"
    tx.insert(
        "allocations",
        id=allocation_id,
        task_id=command["id"],
        number=1,
        state=state,
        slots=1,
        resource_pool="default",
    )
    return allocation_id


def shown(tx: Transaction, command: Row) -> "tuple[TaskState, str]":
    message = command_message(commands.command_by_id(tx, command["id"]))
    return message["state"], message["exitStatus"]


def ids(tx: Transaction, **wanted: Any) -> "list[str]":
    kept: Dict[str, Any] = {"usernames": [], "user_ids": [], "workspace_id": 0, "sort": "START_TIME"}
    rows, _ = commands.list_commands(tx, **{**kept, "descending": False, "offset": 0, "limit": 0, **wanted})
    return [row["id"] for row in rows]


@pytest.mark.parametrize(
    ("ending", "status"),
    [
        (lifecycle.Ending(0), "allocation exited successfully"),
        (
            lifecycle.Ending(5, "exited with code 5"),
            "resources failed with non-zero exit code: container failed with non-zero exit code: 5 (exit code 5)",
        ),
    ],
)
def test_a_command_tells_how_it_ended_when_it_has(tx: Transaction, ending: lifecycle.Ending, status: str) -> None:
    command = launch(tx, entrypoint=["true"])
    assert shown(tx, command) == (TaskState.QUEUED, "")
    allocation_id = start(tx, command, "STARTING")
    assert shown(tx, command) == (TaskState.STARTING, "")
    lifecycle.allocation_ended(tx, allocation_id, ending)
    assert shown(tx, command) == (TaskState.TERMINATED, status)


def test_killing_a_queued_command_ends_it_and_killing_it_again_changes_nothing(tx: Transaction) -> None:
    command = launch(tx, entrypoint=["true"])
    killed = commands.kill(tx, command["id"])
    assert killed["end_time"] is not None
    assert allocations.waiting_tasks(tx) == []
    assert commands.kill(tx, command["id"])["end_time"] == killed["end_time"]


def test_anybody_may_kill_a_running_command_which_ends_when_its_processes_do(tx: Transaction) -> None:
    command = launch(tx, entrypoint=["true"])
    allocation_id = start(tx, command)
    commands.kill(tx, command["id"])
    assert tx.scalar("SELECT kill_requested FROM allocations") == 1
    assert shown(tx, command)[0] == TaskState.RUNNING
    lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(137, "killed by SIGKILL"))
    assert shown(tx, command) == (TaskState.TERMINATED, "allocation exited successfully")


def test_an_ended_command_and_its_files_are_forgotten_after_a_day(tx: Transaction) -> None:
    content = base64.b64encode(b"you").decode()
    old = launch(tx, entrypoint=["true"], files=[{"path": "note.txt", "type": 48, "content": content}])
    with tarfile.open(fileobj=io.BytesIO(allocations.context_of_task(tx, old["id"]))) as archive:
        assert archive.getnames() == ["note.txt"]
    tx.update("tasks", {"id": old["id"]}, end_time=timestamps.now() - DAY - 1)
    new = launch(tx, entrypoint=["true"])
    assert ids(tx) == [new["id"]]
    assert allocations.context_of_task(tx, old["id"]) == b""
    with pytest.raises(Refusal, match=f"command '{old['id']}' not found"):
        commands.command_by_id(tx, old["id"])


def test_commands_are_listed_by_user_and_workspace(tx: Transaction) -> None:
    tx.insert("workspaces", name="lab", user_id=1, created_at=0)
    first = launch(tx, description="b")["id"]
    second = launch(tx, caller=OTHER, workspace_id=2, description="a")["id"]
    assert sorted(ids(tx)) == sorted([first, second])
    assert ids(tx, usernames=["determined"]) == [second]
    assert ids(tx, user_ids=[1]) == [first]
    assert ids(tx, workspace_id=2) == [second]
    assert ids(tx, sort="DESCRIPTION") == [second, first]
    assert ids(tx, sort="WORKSPACE_ID", descending=True) == [second, first]
    with pytest.raises(Refusal, match="workspace '9' not found"):
        ids(tx, workspace_id=9)


@pytest.mark.parametrize(
    ("wanted", "problem"),
    [
        (order({"resources": {"slots": 3}}), "validating resources: request unfulfillable, please try requesting less"),
        (order({"resources": {"resource_pool": "moon"}}), "resource pool moon does not exist or is not available"),
        (order({"nonsense": 1}), 'failed to prepare launch params: unable to decode .* unknown field "nonsense"'),
        (order({}, template="none"), "template 'none' not found"),
        (order({}, workspace_id=7), "workspace '7' not found"),
        (order({}, files=[{"path": "../out", "type": 48}]), "is no path inside of the working folder"),
        (order({"work_dir": "/tmp"}, files=[{"path": "a", "type": 48}]), "cannot set work_dir and context directory"),
    ],
)
def test_what_cannot_be_launched_is_refused_before_anything_is_stored(
    tx: Transaction, wanted: commands.Order, problem: str
) -> None:
    with pytest.raises(Refusal, match=problem):
        commands.plan(tx, wanted, slot_count=2)


def test_a_template_lies_below_the_request(tx: Transaction) -> None:
    config = json.dumps({"resources": {"slots": 0}, "environment": {"environment_variables": ["A=1"]}})
    tx.insert("templates", name="small", workspace_id=1, config=config)
    planned = commands.plan(tx, order({"entrypoint": ["true"]}, template="small"), slot_count=0)
    spec = json.loads(commands.launch(tx, ADMIN, planned, "cpu")["spec"])
    assert (spec["slots"], spec["environment"], spec["argv"]) == (0, ["A=1"], ["true"])


def test_a_command_is_a_job_of_its_own_priority_which_can_be_changed(tx: Transaction) -> None:
    first = launch(tx, resources={"slots": 2})
    second = launch(tx, resources={"slots": 1, "priority": 10})
    assert [job.entity_id for job in jobs.queue(tx)] == [second["id"], first["id"]]
    assert jobs._update_all(tx, [{"jobId": second["job_id"], "priority": 50}]) == []
    assert [(job.entity_id, job.priority) for job in jobs.queue(tx)] == [(first["id"], 42), (second["id"], 50)]
    assert jobs._update_all(tx, [{"jobId": second["job_id"], "priority": 0}]) == ["priority must be between 1 and 99"]


def test_a_workspace_takes_its_commands_along(tx: Transaction) -> None:
    tx.insert("workspaces", name="lab", user_id=1, created_at=0)
    gone = launch(tx, workspace_id=2)
    kept = launch(tx)
    deletions.begin_workspace(tx, 2)
    assert commands.command_by_id(tx, gone["id"])["end_time"] is not None
    assert commands.command_by_id(tx, kept["id"])["end_time"] is None
