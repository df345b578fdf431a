"""The agent and its slots."""

from __future__ import annotations

from determined.common.api.wire import paths
from determined.common.api.wire.cluster import (
    DisableAgentRequest,
    DisableAgentResponse,
    DisableSlotRequest,
    DisableSlotResponse,
    EnableAgentResponse,
    EnableSlotResponse,
    GetAgentResponse,
    GetAgentsQuery,
    GetAgentsResponse,
    GetSlotResponse,
    GetSlotsResponse,
)
from determined.common.api.wire.common import Empty

from ..paging import cut, memory_window
from ..serialize.agents import agent_message, slot_message
from ..services import agents
from .registry import Call, handles


@handles(paths.GET_AGENTS)
async def get_agents(call: Call[GetAgentsQuery]) -> GetAgentsResponse:
    # one agent at most: every order is the same
    request, world = call.request, call.world
    found = call.db.read_now(agents.list_agents, world.devices)
    offset, limit = request.get("offset", 0), request.get("limit", 0)
    window = memory_window(len(found), offset, limit)
    messages = [
        agent_message(
            agent,
            world.started_at,
            with_slots=not request.get("excludeSlots", False),
            with_containers=not request.get("excludeContainers", False),
        )
        for agent in cut(found, window)
    ]
    return {"agents": messages, "pagination": window.pagination(offset, limit)}


@handles(paths.GET_AGENT)
async def get_agent(call: Call[Empty], agent_id: str) -> GetAgentResponse:
    agent = call.db.read_now(agents.agent_by_id, call.world.devices, agent_id)
    return {"agent": agent_message(agent, call.world.started_at)}


@handles(paths.ENABLE_AGENT)
async def enable_agent(call: Call[Empty], agent_id: str) -> EnableAgentResponse:
    agent = await call.db.write(
        lambda tx: agents.switch_agent(tx, call.caller, call.world.devices, agent_id, enabled=True)
    )
    return {"agent": agent_message(agent, call.world.started_at)}


@handles(paths.DISABLE_AGENT)
async def disable_agent(call: Call[DisableAgentRequest], agent_id: str) -> DisableAgentResponse:
    drain = call.request.get("drain", False)
    agent = await call.db.write(
        lambda tx: agents.switch_agent(tx, call.caller, call.world.devices, agent_id, enabled=False, drain=drain)
    )
    return {"agent": agent_message(agent, call.world.started_at)}


@handles(paths.GET_SLOTS)
async def get_slots(call: Call[Empty], agent_id: str) -> GetSlotsResponse:
    agent = call.db.read_now(agents.agent_by_id, call.world.devices, agent_id)
    return {"slots": [slot_message(slot) for slot in agent.slots]}


@handles(paths.GET_SLOT)
async def get_slot(call: Call[Empty], agent_id: str, slot_id: str) -> GetSlotResponse:
    return {"slot": slot_message(call.db.read_now(agents.slot_by_id, call.world.devices, agent_id, slot_id))}


@handles(paths.ENABLE_SLOT)
async def enable_slot(call: Call[Empty], agent_id: str, slot_id: str) -> EnableSlotResponse:
    slot = await call.db.write(
        lambda tx: agents.switch_slot(tx, call.caller, call.world.devices, agent_id, slot_id, enabled=True)
    )
    return {"slot": slot_message(slot)}


@handles(paths.DISABLE_SLOT)
async def disable_slot(call: Call[DisableSlotRequest], agent_id: str, slot_id: str) -> DisableSlotResponse:
    drain = call.request.get("drain", False)
    slot = await call.db.write(
        lambda tx: agents.switch_slot(
            tx, call.caller, call.world.devices, agent_id, slot_id, enabled=False, drain=drain
        )
    )
    return {"slot": slot_message(slot)}
