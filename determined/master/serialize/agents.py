"""Agents, slots and what runs in them, on the wire."""

from __future__ import annotations

from typing import Callable, Dict, List, Optional, Sequence

from determined.common.api.wire.cluster import Agent as AgentMessage
from determined.common.api.wire.cluster import ContainerContainer, DeviceStats, SlotStats
from determined.common.api.wire.cluster import Device as DeviceMessage
from determined.common.api.wire.cluster import Slot as SlotMessage
from determined.common.api.wire.enums import ContainerState, DeviceType
from determined.common.timestamps import format_wire

from ..services.agents import Agent, Container, Slot
from ..services.devices import Device
from ..settings import RESOURCE_POOL, VERSION

DEVICE_TYPES = {"cpu": DeviceType.CPU, "cuda": DeviceType.CUDA}
_CONTAINER_STATES = {
    "PENDING": ContainerState.ASSIGNED,
    "ASSIGNED": ContainerState.ASSIGNED,
    "PULLING": ContainerState.PULLING,
    "STARTING": ContainerState.STARTING,
    "RUNNING": ContainerState.RUNNING,
    "WAITING": ContainerState.RUNNING,
    "TERMINATING": ContainerState.RUNNING,
    "TERMINATED": ContainerState.TERMINATED,
}


def device_message(device: Device) -> DeviceMessage:
    """A device."""
    return {
        "id": device.number,
        "brand": device.brand,
        "uuid": device.uuid,
        "type": DEVICE_TYPES[device.kind],
    }


def slot_message(slot: Slot, *, with_container: bool = True) -> SlotMessage:
    """A slot."""
    return {
        "id": str(slot.device.number),
        "device": device_message(slot.device),
        "enabled": slot.enabled,
        "container": _container_or_none(slot.container) if with_container else None,
        "draining": slot.draining,
    }


def agent_message(
    agent: Agent, registered_at: int, *, with_slots: bool = True, with_containers: bool = True
) -> AgentMessage:
    """An agent; its slots and containers may be left out, the statistics never are."""
    slots: Dict[str, SlotMessage] = {}
    if with_slots:
        for slot in agent.slots:
            key = f"/agents/{agent.id}/slots/{slot.device.number}"
            slots[key] = slot_message(slot, with_container=with_containers)
    return {
        "id": agent.id,
        "registeredTime": format_wire(registered_at),
        "slots": slots,
        "containers": {c.id: _container_message(c) for c in agent.containers} if with_containers else {},
        "addresses": ["127.0.0.1"],
        "enabled": agent.enabled,
        "draining": agent.draining,
        "version": VERSION,
        "resourcePools": [RESOURCE_POOL],
        "slotStats": _stats(agent.slots),
    }


def _container_message(container: Container) -> ContainerContainer:
    return {
        "parent": "",
        "id": container.id,
        "state": _CONTAINER_STATES[container.state],
        "devices": [device_message(device) for device in container.devices],
        "permissionDenied": False,
    }


def _container_or_none(container: Optional[Container]) -> Optional[ContainerContainer]:
    return None if container is None else _container_message(container)


def _stats(slots: Sequence[Slot]) -> SlotStats:
    return {
        "typeStats": _stats_by(slots, lambda device: DEVICE_TYPES[device.kind].value),
        "brandStats": _stats_by(slots, lambda device: device.brand),
    }


def _stats_by(slots: Sequence[Slot], key: Callable[[Device], str]) -> Dict[str, DeviceStats]:
    groups: Dict[str, List[Slot]] = {}
    for slot in slots:
        groups.setdefault(key(slot.device), []).append(slot)
    return {name: _stats_of(group) for name, group in groups.items()}


def _stats_of(slots: Sequence[Slot]) -> DeviceStats:
    states: Dict[str, int] = {}
    for slot in slots:
        if slot.container is not None:
            state = _CONTAINER_STATES[slot.container.state].value
            states[state] = states.get(state, 0) + 1
    return {
        "states": states,
        "draining": sum(slot.draining for slot in slots),
        "disabled": sum(not slot.enabled for slot in slots),
        "total": len(slots),
    }
