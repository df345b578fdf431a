"""The machine's agent: its slots, what runs in them, and switching them off and on."""

from __future__ import annotations

import json
from typing import Dict, List, NamedTuple, Optional, Sequence

from ..auth import Caller
from ..errors import forbidden, invalid, not_found, plain
from ..notify import QueueChanged
from ..settings import AGENT_ID
from ..store import allocations, slots
from ..store.database import Connection, Row, Transaction
from . import lifecycle
from .devices import Device

AUX_CONTAINER_CAPACITY = 100

# --- as it is shown -------------------------------------------------------------------------------------------------


class Container(NamedTuple):
    """What runs for one allocation.

    Attributes:
        id: the container's id.
        state: the state of its allocation.
        devices: the devices it holds.
    """

    id: str
    state: str
    devices: List[Device]


class Slot(NamedTuple):
    """A slot, its switches joined with those of its agent."""

    device: Device
    enabled: bool
    draining: bool
    container: Optional[Container]


class Agent(NamedTuple):
    """The agent, with all its slots and containers."""

    id: str
    enabled: bool
    draining: bool
    slots: List[Slot]
    containers: List[Container]


def list_agents(connection: Connection, devices: Sequence[Device]) -> List[Agent]:
    """The agent of this machine; none when it offers no slots."""
    row = slots.agent(connection, AGENT_ID)
    if row is None or not devices:
        return []
    containers = []
    holder: Dict[int, Container] = {}
    for allocation in allocations.live(connection):
        numbers = [n for n in json.loads(allocation["slot_ids"]) if n < len(devices)]
        container = Container(allocation["resources_id"], allocation["state"], [devices[n] for n in numbers])
        containers.append(container)
        holder.update(dict.fromkeys(numbers, container))
    shown = [
        Slot(
            devices[s["number"]],
            bool(s["enabled"] and row["enabled"]),
            bool(s["draining"] or row["draining"]),
            holder.get(s["number"]),
        )
        for s in slots.of_agent(connection, AGENT_ID)
    ]
    return [Agent(row["id"], bool(row["enabled"]), bool(row["draining"]), shown, containers)]


def agent_by_id(connection: Connection, devices: Sequence[Device], agent_id: str) -> Agent:
    """An agent.

    Raises:
        Refusal: there is none of that id.
    """
    for agent in list_agents(connection, devices):
        if agent.id == agent_id:
            return agent
    raise not_found("agent", agent_id)


def slot_by_id(connection: Connection, devices: Sequence[Device], agent_id: str, slot_id: str) -> Slot:
    """A slot, by its number written in any number of digits.

    Raises:
        Refusal: no such agent, or it has no such slot.
    """
    agent = agent_by_id(connection, devices, agent_id)
    number = _slot_number(slot_id)
    for slot in agent.slots:
        if slot.device.number == number:
            return slot
    raise plain(f"bad updateSlotDeviceView on device: {number} ({agent_id}): not found")


def _slot_number(slot_id: str) -> int:
    if not slot_id.isascii() or not slot_id.isdigit():
        raise invalid(f"slot id '{slot_id}' is not a number")
    return int(slot_id)


# --- switching ------------------------------------------------------------------------------------------------------


def switch_agent(
    tx: Transaction, caller: Caller, devices: Sequence[Device], agent_id: str, *, enabled: bool, drain: bool = False
) -> Agent:
    """Switch the agent on or off; returns how it was left.

    Parameters:
        drain: what runs may go on to its end; else it is killed, and trials wait for another place.

    Raises:
        Refusal: the caller is no admin, or there is no such agent.
    """
    _require_admin(caller)
    agent_by_id(tx, devices, agent_id)
    slots.switch_agent(tx, agent_id, enabled=enabled, draining=drain and not enabled)
    if not enabled and not drain:
        _kill(allocations.live(tx), tx)
    tx.announce(QueueChanged())
    return agent_by_id(tx, devices, agent_id)


def switch_slot(
    tx: Transaction,
    caller: Caller,
    devices: Sequence[Device],
    agent_id: str,
    slot_id: str,
    *,
    enabled: bool,
    drain: bool = False,
) -> Slot:
    """Switch one slot on or off; returns how it was left.

    Parameters:
        drain: what runs in it may go on to its end; else it is killed.

    Raises:
        Refusal: the caller is no admin, or there is no such agent or slot.
    """
    _require_admin(caller)
    number = slot_by_id(tx, devices, agent_id, slot_id).device.number
    slots.switch_slot(tx, agent_id, number, enabled=enabled, draining=drain and not enabled)
    if not enabled and not drain:
        _kill([a for a in allocations.live(tx) if number in json.loads(a["slot_ids"])], tx)
    tx.announce(QueueChanged())
    return slot_by_id(tx, devices, agent_id, slot_id)


def _kill(running: Sequence[Row], tx: Transaction) -> None:
    for allocation in running:
        lifecycle.request_stop(tx, allocation, kill=True)


def _require_admin(caller: Caller) -> None:
    if not caller.admin:
        raise forbidden("rpc error: code = PermissionDenied desc = user does not have permission")
