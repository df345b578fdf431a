"""Rules of commands: what may be launched, what is known of each, and how they are killed.

Everybody sees everybody's commands and may kill them. A command that has ended is forgotten a day later.
"""

from __future__ import annotations

import json
import uuid
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

from determined.common import timestamps
from determined.common.api.wire.common import File

from ..auth import Caller
from ..errors import Refusal, invalid, not_found
from ..expconf import ConfigError
from ..expconf.commands import complete_command
from ..notify import QueueChanged, TaskEnded
from ..paging import Window, memory_window
from ..settings import RESOURCE_POOL
from ..store import allocations, experiments, templates, workspaces
from ..store import commands as store
from ..store.database import Connection, Row, Transaction
from . import config_policies, lifecycle, model_definitions

_FIRST_WORKSPACE = 1
_DAY = 24 * 3600 * 1_000_000
_MILLISECOND = 1000
_EXITED = "allocation exited successfully"
_FAILED = "allocation failed: "


class Order(NamedTuple):
    """What a request asks to be run.

    Attributes:
        template: the name of the configuration below `config`; empty for none.
        workspace_id: 0 for the first one.
    """

    config: Dict[str, Any]
    template: str
    workspace_id: int
    files: Sequence[File]


class Plan(NamedTuple):
    """A command that can be launched: its full configuration, its workspace and its packed files."""

    config: Dict[str, Any]
    workspace_id: int
    tgz: bytes


# --- launching ------------------------------------------------------------------------------------------------------


def plan(connection: Connection, order: Order, slot_count: int) -> Plan:
    """Work out the command that a request asks for; nothing is written.

    Parameters:
        slot_count: how many slots the agent has.

    Raises:
        Refusal: the configuration, its workspace or its resources will not do.
    """
    workspace = workspaces.bare(connection, order.workspace_id or _FIRST_WORKSPACE)
    if workspace is None or workspace["archived"]:
        raise not_found("workspace", order.workspace_id)
    template: Optional[Dict[str, Any]] = None
    if order.template:
        row = templates.by_name(connection, order.template)
        if row is None:
            raise not_found("template", order.template)
        template = json.loads(row["config"])
    try:
        invariants = config_policies.layers_of_commands(connection, workspace["id"])
        config = complete_command(order.config, template, invariants)
    except ConfigError as error:
        raise _unfit(error.text) from None
    if config["work_dir"] and order.files:
        # they would be unpacked into a folder that is not the command's own
        raise _unfit("cannot set work_dir and context directory at the same time")
    resources = config["resources"]
    resources["resource_pool"] = _pool_of(connection, resources, workspace)
    if resources["slots"] > slot_count:
        raise _unfit("validating resources: request unfulfillable, please try requesting less slots")
    try:
        config_policies.check(connection, workspace["id"], config_policies.NTSC, config)
    except Refusal as refusal:
        raise _unfit(refusal.text) from None
    return Plan(config, workspace["id"], model_definitions.pack(order.files))


def _pool_of(connection: Connection, resources: Dict[str, Any], workspace: Row) -> str:
    default = workspace["default_compute_pool" if resources["slots"] else "default_aux_pool"]
    pool = str(resources["resource_pool"] or default or RESOURCE_POOL)
    if pool != RESOURCE_POOL or not experiments.pool_is_open_to(connection, pool, workspace["id"]):
        refusal = invalid(f"resource pool {pool} does not exist or is not available to workspace id {workspace['id']}")
        raise _unfit(refusal.nested())
    return pool


def _unfit(problem: str) -> Refusal:
    return invalid(f"failed to prepare launch params: {problem}")


def launch(tx: Transaction, caller: Caller, planned: Plan, device: str) -> Row:
    """Queue a command; returns it.

    Parameters:
        device: what a slot is: "cpu" or "cuda".
    """
    now = timestamps.now()
    config = planned.config
    resources = config["resources"]
    last = tx.scalar("SELECT max(queue_position) FROM experiments") or 0
    spec = {
        "argv": config["entrypoint"],
        "environment": config["environment"]["environment_variables"].get(device, []),
        "slots": resources["slots"],
        "priority": resources["priority"],
        "weight": resources["weight"],
        # behind every experiment that is in the queue, before those that will be
        "queue_position": last + 0.5,
        "workspace_id": planned.workspace_id,
        "description": config["description"],
        "config": config,
    }
    command_id = str(uuid.uuid4())
    store.forget_files(tx, now - _DAY)
    store.insert(
        tx,
        command_id,
        job_id=str(uuid.uuid4()),
        owner_id=caller.user_id,
        start_time=now - now % _MILLISECOND,
        spec=spec,
        tgz=planned.tgz,
    )
    tx.announce(QueueChanged())
    return command_by_id(tx, command_id)


# --- looking --------------------------------------------------------------------------------------------------------


def command_by_id(connection: Connection, command_id: str) -> Row:
    """A command.

    Raises:
        Refusal: there is none of that id, or it ended more than a day ago.
    """
    row = store.find(connection, command_id, timestamps.now() - _DAY)
    if row is None:
        raise not_found("command", command_id)
    return row


def list_commands(
    connection: Connection,
    *,
    usernames: List[str],
    user_ids: List[int],
    workspace_id: int,
    sort: str,
    descending: bool,
    offset: int,
    limit: int,
) -> Tuple[List[Row], Window]:
    """Commands of a workspace (0 for all) that any of the users launched, and the window they were cut to.

    Raises:
        Refusal: no such workspace, or the window is out of bounds.
    """
    filters = store.remembered(timestamps.now() - _DAY)
    store.of_users(filters, usernames, user_ids)
    if workspace_id:
        if workspaces.bare(connection, workspace_id) is None:
            raise not_found("workspace", workspace_id)
        store.in_workspace(filters, workspace_id)
    window = memory_window(store.count(connection, filters), offset, limit)
    return store.page(connection, filters, sort=sort, descending=descending, start=window.start, end=window.end), window


def exit_status(command: Row) -> str:
    """How a command ended, in the real master's words; empty as long as it has not. A killed one counts as well."""
    if command["end_time"] is None:
        return ""
    reason = str(command["exit_reason"] or "")
    return reason[len(_FAILED) :] if reason.startswith(_FAILED) else _EXITED


# --- killing --------------------------------------------------------------------------------------------------------


def kill(tx: Transaction, command_id: str) -> Row:
    """End a command at once, if it has not ended; returns it.

    Raises:
        Refusal: there is none of that id.
    """
    row = command_by_id(tx, command_id)
    _kill(tx, row)
    return command_by_id(tx, command_id)


def kill_in_workspace(tx: Transaction, workspace_id: int) -> None:
    """End every command of a workspace."""
    for row in store.open_in_workspace(tx, workspace_id):
        _kill(tx, row)


def _kill(tx: Transaction, command: Row) -> None:
    if command["end_time"] is not None:
        return
    if command["allocation_id"] is not None:
        allocation = allocations.by_id(tx, command["allocation_id"])
        if allocation is not None and allocation["end_time"] is None:
            lifecycle.request_stop(tx, allocation, "user requested kill", kill=True)
        return
    allocations.end_task(tx, command["id"], timestamps.now())
    tx.announce(TaskEnded(command["id"]))
    tx.announce(QueueChanged())
