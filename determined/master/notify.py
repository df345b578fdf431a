"""What happened, told to whom it concerns: published after a commit, on the event loop.

An event is a named tuple; equal events mean the same thing happened to the same object, so a waiter names what it
waits for by the event itself.
"""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Callable, Dict, List, NamedTuple, Set, Tuple, Type

logger = logging.getLogger("determined.master")

Event = Tuple[Any, ...]


class LogsWritten(NamedTuple):
    """Lines were added to a task's log."""

    task_id: str


class TaskEnded(NamedTuple):
    """A task has its end time."""

    task_id: str


class UserChanged(NamedTuple):
    """A user's rights, state or sessions changed."""

    user_id: int


class QueueChanged(NamedTuple):
    """Something changed that the scheduler should look at: a job, a slot, a trial's wanted state."""


class TrialsToStart(NamedTuple):
    """A search has asked for trials that are not made yet."""


class AllocationChanged(NamedTuple):
    """An allocation's signals or state changed."""

    allocation_id: str


class ExperimentChanged(NamedTuple):
    """An experiment changed its state."""

    experiment_id: int


class DeletionAsked(NamedTuple):
    """A project or workspace is to be deleted with all that is in it."""


class WebhookQueued(NamedTuple):
    """A webhook call is to be made."""


class MasterLogged(NamedTuple):
    """The master wrote a line to its own log."""


class Hub:
    """Listeners by kind of event, and waiters for one event. Used on one event loop."""

    def __init__(self) -> None:
        self._listeners: Dict[Type[Any], List[Callable[[Any], None]]] = {}
        self._waiters: Dict[Event, Set["asyncio.Future[None]"]] = {}
        self._closed = False

    def listen(self, kind: Type[Any], listener: Callable[[Any], None]) -> None:
        """Call a function with every event of a kind."""
        self._listeners.setdefault(kind, []).append(listener)

    def publish(self, event: Event) -> None:
        """Tell listeners and wake waiters; a listener that fails does not keep the others from hearing."""
        for listener in self._listeners.get(type(event), ()):
            try:
                listener(event)
            except Exception:
                logger.exception("a listener to %s failed", event)
        for waiter in self._waiters.pop(event, ()):
            if not waiter.done():
                waiter.set_result(None)

    def expect(self, event: Event) -> "asyncio.Future[None]":
        """Return a future that is done when the event is next published, or when the hub closes.

        Take it before looking at the state, so that nothing falls between the look and the wait.
        """
        future: "asyncio.Future[None]" = asyncio.get_running_loop().create_future()
        if self._closed:
            future.set_result(None)
            return future
        waiters = self._waiters.setdefault(event, set())
        waiters.add(future)
        future.add_done_callback(lambda f: self._forget(event, f))
        return future

    @property
    def closed(self) -> bool:
        """The master is going down: whoever waits should come to an end."""
        return self._closed

    def close(self) -> None:
        """Wake everybody who waits."""
        self._closed = True
        for event in list(self._waiters):
            for waiter in self._waiters.pop(event):
                if not waiter.done():
                    waiter.set_result(None)

    def _forget(self, event: Event, future: "asyncio.Future[None]") -> None:
        waiters = self._waiters.get(event)
        if waiters is not None:
            waiters.discard(future)
            if not waiters:
                del self._waiters[event]


async def within(future: "asyncio.Future[None]", seconds: float) -> bool:
    """Wait for a future of `Hub.expect`; returns whether it came in time."""
    done, _ = await asyncio.wait({future}, timeout=seconds)
    if not done:
        future.cancel()
    return bool(done)
