"""What a task's processes ask about their allocation: where the others are, when to stop, how far they are."""

from __future__ import annotations

import asyncio
import json
import uuid
from typing import Any, Awaitable, Coroutine, Dict, List

from ..errors import Code, Refusal, invalid, not_found, plain
from ..notify import AllocationChanged, Hub, within
from ..store import allocations as store
from ..store.database import Connection, Database, Row, Transaction
from . import lifecycle

_ORDER = ("PENDING", "ASSIGNED", "PULLING", "STARTING", "RUNNING", "WAITING", "TERMINATING", "TERMINATED")


def known(connection: Connection, allocation_id: str) -> Row:
    """An allocation, ended or not.

    Raises:
        Refusal: the id has not the form of one, or there is none.
    """
    _check_form(allocation_id)
    row = store.by_id(connection, allocation_id)
    if row is None:
        raise not_found("allocation", allocation_id)
    return row


def _check_form(allocation_id: str) -> None:
    if "." not in allocation_id:
        raise invalid(f"allocation id '{allocation_id}' is not valid")


def live(connection: Connection, allocation_id: str) -> Row:
    """An allocation that has not ended.

    Raises:
        Refusal: there is none.
    """
    row = known(connection, allocation_id)
    if row["end_time"] is not None:
        raise not_found("allocation", allocation_id)
    return row


def set_ready(tx: Transaction, allocation_id: str) -> None:
    """The task runs and hears the preemption signal from now on."""
    live(tx, allocation_id)
    tx.update("allocations", {"id": allocation_id}, is_ready=1)
    _advance(tx, allocation_id, "RUNNING")


def set_waiting(tx: Transaction, allocation_id: str) -> None:
    """The task has done its work and waits."""
    live(tx, allocation_id)
    _advance(tx, allocation_id, "WAITING")


def set_state_running(tx: Transaction, allocation_id: str) -> None:
    """The task's containers have started."""
    live(tx, allocation_id)
    _advance(tx, allocation_id, "RUNNING")


def _advance(tx: Transaction, allocation_id: str, state: str) -> None:
    current = tx.scalar("SELECT state FROM allocations WHERE id = ?", (allocation_id,))
    if _ORDER.index(state) > _ORDER.index(current):
        tx.update("allocations", {"id": allocation_id}, state=state)
        tx.announce(AllocationChanged(allocation_id))


def acknowledge_preemption(tx: Transaction, allocation_id: str) -> None:
    """The coming exit is the answer to the preemption signal."""
    live(tx, allocation_id)
    tx.update("allocations", {"id": allocation_id}, preempt_acknowledged=1)


def announce_preemption(tx: Transaction, allocation_id: str) -> None:
    """A scheduler outside is about to take the resources away."""
    lifecycle.request_stop(tx, live(tx, allocation_id))


def set_proxy_address(tx: Transaction, allocation_id: str, address: str) -> None:
    """Where the task's services are reached."""
    live(tx, allocation_id)
    tx.update("allocations", {"id": allocation_id}, proxy_address=address)


def set_accelerators(tx: Transaction, allocation_id: str, accelerators: Dict[str, Any]) -> None:
    """Which accelerators the task found."""
    live(tx, allocation_id)
    tx.update("allocations", {"id": allocation_id}, accelerators=json.dumps(accelerators))


async def wait_for_preemption(db: Database, hub: Hub, allocation_id: str, seconds: float) -> bool:
    """Wait until an allocation is to stop; returns whether it is.

    An unknown allocation and one that had ended before the question: False at once. One that ends meanwhile: True.

    Raises:
        Refusal: the id has not the form of one.
    """
    _check_form(allocation_id)
    loop = asyncio.get_running_loop()
    deadline = loop.time() + seconds
    first = True
    while True:
        changed = hub.expect(AllocationChanged(allocation_id))
        row = db.read_now(store.by_id, allocation_id)
        if row is None or (row["end_time"] is not None and first):
            changed.cancel()
            return False
        if row["end_time"] is not None or row["preempt_requested_at"] is not None:
            changed.cancel()
            return True
        first = False
        left = deadline - loop.time()
        if left <= 0 or hub.closed:
            changed.cancel()
            return False
        await within(changed, left)


class Meetings:
    """Gatherings of an allocation's processes: each caller waits until all are there."""

    def __init__(self) -> None:
        self._gathered: Dict[str, _Gathering] = {}
        self._closed = False

    def close(self) -> None:
        """Tell all who wait, and all who come later, that the master goes. Safe to call twice."""
        self._closed = True
        for gathering in self._gathered.values():
            gathering.refuse(_leaving())

    def end(self, allocation_id: str) -> None:
        """Tell those of an allocation that has ended that nobody will come any more."""
        gathering = self._gathered.pop(allocation_id, None)
        if gathering is not None:
            gathering.refuse(not_found("allocation", allocation_id))

    @property
    def count(self) -> int:
        """How many gatherings wait for somebody."""
        return len(self._gathered)

    async def gather(self, allocation_id: str, request_uuid: str, peers: int, data: Any) -> List[Any]:
        """Wait until `peers` different callers are there; returns what all of them brought.

        Raises:
            Refusal: the request's id is no UUID, the same caller came again and took this one's place, or the
                allocation ends or the master goes down meanwhile.
        """
        try:
            key = str(uuid.UUID(request_uuid))
        except ValueError:
            raise invalid(f"request uuid '{request_uuid}' is not a valid UUID") from None
        if self._closed:
            raise _leaving()
        gathering = self._gathered.setdefault(allocation_id, _Gathering(peers))
        earlier = gathering.waiting.pop(key, None)
        if earlier is not None and not earlier.done():
            earlier.set_exception(plain("the same caller asked again"))
        future: "asyncio.Future[List[Any]]" = asyncio.get_running_loop().create_future()
        gathering.waiting[key] = future
        gathering.data[key] = data
        gathering.drop_gone()
        if len(gathering.waiting) >= gathering.peers:
            del self._gathered[allocation_id]
            everything = list(gathering.data.values())
            for waiter in gathering.waiting.values():
                waiter.set_result(everything)
        try:
            return await future
        except asyncio.CancelledError:
            gathering.drop_gone()
            if not gathering.waiting and self._gathered.get(allocation_id) is gathering:
                del self._gathered[allocation_id]
            raise


async def unless_gone(meeting: "Coroutine[Any, Any, List[Any]]", hang_up: Awaitable[None]) -> List[Any]:
    """Return what a meeting gives; a caller who hangs up meanwhile leaves it.

    Raises:
        Refusal: what the meeting raises, or the caller is gone.
    """
    met, gone = asyncio.ensure_future(meeting), asyncio.ensure_future(hang_up)
    try:
        await asyncio.wait({met, gone}, return_when=asyncio.FIRST_COMPLETED)
        if met.done():
            return met.result()
        raise Refusal(Code.CANCELED, "the caller hung up")
    finally:
        met.cancel()
        gone.cancel()


def _leaving() -> Refusal:
    return Refusal(Code.UNAVAILABLE, "the master is going down")


class _Gathering:
    def __init__(self, peers: int) -> None:
        self.peers = peers
        self.waiting: "Dict[str, asyncio.Future[List[Any]]]" = {}
        self.data: Dict[str, Any] = {}

    def drop_gone(self) -> None:
        """Forget those who have hung up."""
        for key in [key for key, future in self.waiting.items() if future.cancelled()]:
            del self.waiting[key]
            del self.data[key]

    def refuse(self, refusal: Refusal) -> None:
        """Send everybody away."""
        for future in self.waiting.values():
            if not future.done():
                future.set_exception(refusal)


def own_resources(connection: Connection, allocation_id: str, resources_id: str) -> Row:
    """The allocation of a container that asks for the rendezvous.

    Raises:
        Refusal: the allocation is not live, or the container not one of its.
    """
    row = live(connection, allocation_id)
    if row["resources_id"] != resources_id:
        raise plain(f"unknown resources id {resources_id}")
    return row
