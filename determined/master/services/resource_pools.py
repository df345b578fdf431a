"""The one resource pool: what is in it, and who may use it."""

from __future__ import annotations

from typing import List, NamedTuple, Optional, Sequence

from ..auth import Caller
from ..errors import Refusal, plain
from ..settings import RESOURCE_POOL
from ..store.database import Connection
from . import agents, jobs
from .cluster_messages import require_admin
from .devices import Device


class Pool(NamedTuple):
    """The pool in numbers.

    Attributes:
        agents: how many machines are in it.
        slots: slots that take work.
        slots_used: slots that are held.
        device: what the slots that take work are; None without any.
        aux_capacity: how many containers without slots fit.
        aux_running: how many of them run.
        statistics: of its queue.
    """

    agents: int
    slots: int
    slots_used: int
    device: Optional[Device]
    aux_capacity: int
    aux_running: int
    statistics: jobs.Statistics


def read_pool(connection: Connection, devices: Sequence[Device]) -> Pool:
    """The pool as it is now."""
    found = agents.list_agents(connection, devices)
    slots = [slot for agent in found for slot in agent.slots]
    usable = [slot for slot in slots if slot.enabled]
    return Pool(
        agents=len(found),
        slots=len(usable),
        slots_used=sum(slot.container is not None for slot in slots),
        device=usable[0].device if usable else None,
        aux_capacity=sum(agents.AUX_CONTAINER_CAPACITY for agent in found if agent.enabled),
        aux_running=sum(not c.devices for agent in found for c in agent.containers),
        statistics=jobs.statistics(connection),
    )


def bound_workspaces(pool: str) -> List[int]:
    """The workspaces that have a pool for themselves.

    Raises:
        Refusal: there is no such pool.
    """
    _require_pool(pool)
    return []


def refused_binding(caller: Caller, pool: str) -> Refusal:
    """Why a pool cannot be bound to workspaces: it is the default one, which all may use.

    Raises:
        Refusal: the caller is no admin, or there is no such pool.
    """
    require_admin(caller)
    _require_pool(pool)
    return plain(f"default resource pool {pool} cannot be bound to any workspace")


def unbind(caller: Caller, pool: str) -> None:
    """Undo bindings of a pool, of which there are none.

    Raises:
        Refusal: the caller is no admin, or there is no such pool.
    """
    require_admin(caller)
    _require_pool(pool)


def _require_pool(pool: str) -> None:
    if pool != RESOURCE_POOL:
        raise plain(f"cannot find resource pool {pool}")
