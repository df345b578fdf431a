"""What makes rows happen: gives slots to those who wait, starts their processes, signals them, and hears how they end.

The engine keeps nothing that is not in the database but the tasks that wait for processes. It acts on what the rows
say after each commit (`QueueChanged`, `AllocationChanged`), so whatever a killed master had not yet done is done when
the next one starts. It also looks at all rows every now and then, should it have missed something.

Nothing here waits for a disk on the event loop, and nothing is given up because the database could not be used.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import uuid
from functools import partial
from typing import Callable, Coroutine, Dict, List, Optional, Set

from determined.common import timestamps

from .. import scheduler
from ..auth import close_allocation_sessions
from ..errors import Refusal
from ..loops import Loop, until_done
from ..notify import AllocationChanged, QueueChanged
from ..runner import Launch, Runner
from ..settings import AGENT_ID, RESOURCE_POOL
from ..store import allocations, checkpoints, log_policies, slots, trials
from ..store.database import Connection, Row, Transaction
from . import checkpoint_removal, launch, lifecycle, task_log, waiting
from .world import World

logger = logging.getLogger("determined.master.engine")

_ZERO_SLOT_ROOM = 100
_INVALID_HP_GRACE_SECONDS = 10.0
_STOP_SECONDS = 15.0
_STOP_WRITE_SECONDS = 3.0
_LOOK_AGAIN_SECONDS = 60.0
_NOT_STARTED = 127


class Engine:
    """Runs what is to run."""

    def __init__(self, world: World, runner: Runner) -> None:
        self._world = world
        self._runner = runner
        self._wake = asyncio.Event()
        self._tasks: Set["asyncio.Task[None]"] = set()
        self._cared_for: Set[str] = set()
        """Allocations that are started, or whose processes are waited for."""
        self._handles: Dict[str, str] = {}
        self._timers: Dict[str, asyncio.TimerHandle] = {}
        self._stopping = False
        self._look_again_at = 0.0
        self._loop = Loop("the scheduling", self._next_round, self._serve)
        world.hub.listen(QueueChanged, lambda _: self._wake.set())
        world.hub.listen(AllocationChanged, lambda event: self._follow_soon(event.allocation_id))

    async def start(self) -> None:
        """Find the processes an earlier master left, then serve the queue."""
        await self._look_at_all()
        kept = [row["id"] for row in self._world.db.read_now(allocations.live)]
        await self._runner.forget_others(launch.run_dirs(self._world), kept)
        await self._world.db.write(checkpoints.forget_failures)
        self._wake.set()
        self._loop.start()

    async def stop(self) -> None:
        """End every process; their trials go on when a master starts again. Safe to call twice."""
        if self._stopping:
            return
        self._stopping = True
        for timer in self._timers.values():
            timer.cancel()
        # written down, so that a trial whose end this master does not live to see is not counted as failed
        try:
            await asyncio.wait_for(self._world.db.write(_ask_all_to_end), _STOP_WRITE_SECONDS)
            patience = _STOP_SECONDS
        except (Refusal, asyncio.TimeoutError) as error:
            logger.error("which tasks this master ends is not written down: %s", error or "the database is in use")
            for handle in self._handles.values():
                self._runner.kill(handle)
            patience = _STOP_WRITE_SECONDS
        ending = [t for t in self._tasks if t.get_name().startswith("wait ")]
        if ending:
            await asyncio.wait(ending, timeout=patience)
        await self._loop.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    # --- the queue ---

    async def _next_round(self) -> None:
        with contextlib.suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self._wake.wait(), _LOOK_AGAIN_SECONDS)

    async def _serve(self) -> None:
        self._wake.clear()
        if self._stopping:
            return
        if asyncio.get_running_loop().time() >= self._look_again_at:
            await self._look_at_all()
        for allocation_id in await self._world.db.write(_place, self._world):
            self._care_for(allocation_id, self._run)
        for trial in self._world.db.read_now(trials.exiting_early):
            self._kill_later(trial["allocation_id"], _INVALID_HP_GRACE_SECONDS)

    async def _look_at_all(self) -> None:
        """See to every allocation that has not ended and that nobody sees to."""
        self._look_again_at = asyncio.get_running_loop().time() + _LOOK_AGAIN_SECONDS
        for row in self._world.db.read_now(allocations.live):
            allocation_id, handle = row["id"], row["handle"]
            if allocation_id in self._cared_for:
                self._follow_soon(allocation_id)
            elif handle and await self._runner.adopt(handle):
                logger.info("allocation %s is still there", allocation_id)
                self._handles[allocation_id] = handle
                self._care_for(allocation_id, partial(self._wait, handle=handle))
                self._follow_soon(allocation_id)
            else:
                why = lifecycle.Ending(None, "the master was restarted and its processes were gone")
                await self._end(allocation_id, why)

    def _care_for(self, allocation_id: str, work: "Callable[[str], Coroutine[object, object, None]]") -> None:
        async def caring() -> None:
            try:
                await work(allocation_id)
            except Exception:  # whatever it is: the next look at all takes it up again
                logger.exception("allocation %s is lost sight of", allocation_id)
            finally:
                self._cared_for.discard(allocation_id)

        self._cared_for.add(allocation_id)
        self._spawn(caring(), f"wait {allocation_id}")

    async def _run(self, allocation_id: str) -> None:
        """See to an allocation from its start to its end."""
        try:
            prepared = await self._world.db.write_when_room(_prepare, self._world, allocation_id)
            if prepared is None:
                return
            handle = await self._runner.start(prepared)
        except Exception as error:  # whatever it is, the task must not wait for ever
            logger.error("allocation %s cannot start", allocation_id, exc_info=error)
            reason = f"the allocation could not be started: {error or type(error).__name__}"
            await self._end(allocation_id, lifecycle.Ending(_NOT_STARTED, reason), line=reason)
            return
        self._handles[allocation_id] = handle
        starting = asyncio.ensure_future(self._begin(allocation_id, handle))
        try:
            await self._wait(allocation_id, handle)
        finally:
            starting.cancel()

    async def _begin(self, allocation_id: str, handle: str) -> None:
        name = f"the start of allocation {allocation_id}"
        await until_done(name, lambda: self._world.db.write(_started, allocation_id, handle))
        self._runner.begin(handle)

    async def _wait(self, allocation_id: str, handle: str) -> None:
        ended = await until_done(f"the wait for allocation {allocation_id}", lambda: self._runner.wait(handle))
        self._handles.pop(allocation_id, None)
        timer = self._timers.pop(allocation_id, None)
        if timer is not None:
            timer.cancel()
        results = await self._runner.read_file(handle, checkpoint_removal.RESULTS)
        line = "" if ended.is_logged else ended.text
        await self._end(allocation_id, lifecycle.Ending(ended.code, ended.text), results, line)
        self._runner.forget(handle)

    async def _end(self, allocation_id: str, ending: lifecycle.Ending, results: bytes = b"", line: str = "") -> None:
        name = f"the end of allocation {allocation_id}"
        await until_done(name, lambda: self._world.db.write(_ended, allocation_id, ending, results, line))
        self._world.meetings.end(allocation_id)

    # --- signals ---

    def _follow_soon(self, allocation_id: str) -> None:
        name = f"the signals of allocation {allocation_id}"
        self._spawn(until_done(name, lambda: self._follow(allocation_id)), name)

    async def _follow(self, allocation_id: str) -> None:
        """Do to the processes what the allocation's row now asks for."""
        row = self._world.db.read_now(allocations.by_id, allocation_id)
        if row is None or row["end_time"] is not None:
            return
        handle = self._handles.get(allocation_id)
        if row["kill_requested"]:
            if handle is not None:
                self._runner.kill(handle)
        elif row["preempt_requested_at"] is not None:
            passed = (timestamps.now() - row["preempt_requested_at"]) / 1e6
            timeout = self._world.db.read_now(_preemption_timeout, row)
            self._kill_later(allocation_id, max(0.0, timeout - passed))

    def _kill_later(self, allocation_id: str, seconds: float) -> None:
        if allocation_id not in self._timers:
            name = f"the kill of allocation {allocation_id}"
            kill = partial(self._world.db.write, _ask_to_kill, allocation_id)
            self._timers[allocation_id] = asyncio.get_running_loop().call_later(
                seconds, lambda: self._spawn(until_done(name, kill), name)
            )

    def _spawn(self, work: "Coroutine[object, object, None]", name: str) -> None:
        task = asyncio.get_running_loop().create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _preemption_timeout(connection: Connection, allocation: Row) -> float:
    text = connection.scalar("SELECT config FROM experiments WHERE id = ?", (allocation["experiment_id"],))
    return float((json.loads(text) if text else {}).get("preemption_timeout") or 3600)


def _ask_to_kill(tx: Transaction, allocation_id: str) -> None:
    row = allocations.by_id(tx, allocation_id)
    if row is not None and row["end_time"] is None:
        lifecycle.request_stop(tx, row, kill=True)


def _ask_all_to_end(tx: Transaction) -> None:
    for row in allocations.live(tx):
        lifecycle.request_stop(tx, row, kill=True)


def _place(tx: Transaction, world: World) -> List[str]:
    """Make an allocation for everybody whose turn it is; returns their ids."""
    checkpoint_removal.open_tasks(tx)
    # it is the master's own work, which needs neither an agent nor a slot
    placed = [_open_allocation(tx, task_id, 0, []) for task_id in checkpoint_removal.next_tasks(tx)]
    if world.slot_count == 0:
        return placed
    _give_up_excluded(tx)
    live = allocations.live(tx)
    held = {number for row in live for number in json.loads(row["slot_ids"])}
    free = [number for number in slots.usable(tx) if number not in held]
    beside = sum(row["slots"] == 0 and row["task_type"] != checkpoint_removal.TASK_TYPE for row in live)
    room = max(0, _ZERO_SLOT_ROOM - beside) if slots.agent_enabled(tx) else 0
    queue = waiting.read_queue(tx, live, len(free), room)
    wanted = {request.key: request.slots for request in queue.requests}
    for decision in scheduler.assign(queue.requests, free, queue.limits, queue.used, room):
        placed.append(_open_allocation(tx, decision.key, wanted[decision.key], list(decision.slots)))
    return placed


def _give_up_excluded(tx: Transaction) -> None:
    """End the trials whose log policies keep them off this machine: there is no other for them to wait for."""
    for row in log_policies.waiting_trials_kept_off(tx, AGENT_ID):
        reason = f"the trial is not restarted: a log policy excludes {AGENT_ID}, and there is no other agent"
        lifecycle.trial_has_no_place(tx, row["trial_id"], row["task_id"], reason)


def _open_allocation(tx: Transaction, task_id: str, wanted: int, slot_ids: List[int]) -> str:
    number = allocations.next_number(tx, task_id)
    allocation_id = f"{task_id}.{number}"
    tx.insert(
        "allocations",
        id=allocation_id,
        task_id=task_id,
        number=number,
        state="ASSIGNED",
        slots=wanted,
        slot_ids=json.dumps(slot_ids),
        resource_pool=RESOURCE_POOL,
        agent_id=AGENT_ID,
        resources_id=str(uuid.uuid4()),
        ports=json.dumps(launch.prepare_ports(tx)),
        start_time=timestamps.now(),
    )
    trial_id = tx.scalar("SELECT trial_id FROM tasks WHERE id = ?", (task_id,))
    if trial_id is not None:
        tx.execute("UPDATE trials SET run_id = run_id + 1 WHERE id = ?", (trial_id,))
    tx.announce(AllocationChanged(allocation_id))
    return allocation_id


def _prepare(tx: Transaction, world: World, allocation_id: str) -> Optional[Launch]:
    """What starts an allocation, or None when it is no longer wanted."""
    row = allocations.by_id(tx, allocation_id)
    if row is None or row["end_time"] is not None:
        return None
    if row["kill_requested"]:
        lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(137, "it was stopped before it started"))
        return None
    placement = launch.Placement(json.loads(row["slot_ids"]), world.device)
    if row["task_type"] == checkpoint_removal.TASK_TYPE:
        work = checkpoint_removal.work_of(tx, row["task_id"])
        if work is None:
            lifecycle.allocation_ended(tx, allocation_id, lifecycle.Ending(0))
            return None
        prepared = launch.launch_of_removal(tx, world, row, placement, work)
    else:
        make = launch.launch_of_command if row["trial_id"] is None else launch.launch_of_trial
        prepared = make(tx, world, row, placement)
    task_log.tell_start(tx, row)
    tx.update("allocations", {"id": allocation_id}, state="STARTING")
    return prepared


def _started(tx: Transaction, allocation_id: str, handle: str) -> None:
    tx.update("allocations", {"id": allocation_id}, handle=handle)
    # what is no trial never says itself that it runs
    tx.execute(
        "UPDATE allocations SET state = 'RUNNING' WHERE id = ? AND state = 'STARTING'"
        " AND task_id IN (SELECT id FROM tasks WHERE type != 'TRIAL')",
        (allocation_id,),
    )
    # whatever was asked of it while it started is done now
    tx.announce(AllocationChanged(allocation_id))


def _ended(tx: Transaction, allocation_id: str, ending: lifecycle.Ending, results: bytes, line: str) -> None:
    row = allocations.by_id(tx, allocation_id)
    if row is not None and row["end_time"] is None:
        if line:
            task_log.write_line(tx, row["task_id"], allocation_id, line, "ERROR")
        if row["task_type"] == checkpoint_removal.TASK_TYPE:
            checkpoint_removal.record_results(tx, row, ending, results)
    lifecycle.allocation_ended(tx, allocation_id, ending)
    close_allocation_sessions(tx, allocation_id)
