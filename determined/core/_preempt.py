"""The order to stop, which the master gives to make room, to pause or to end a trial."""

from __future__ import annotations

import enum
import logging
import os
import threading
from typing import TYPE_CHECKING, Optional

from determined.common.api import errors
from determined.common.api.endpoints import allocations as allocations_api

from ._distributed import DistributedContext
from ._patience import call_patiently

if TYPE_CHECKING:
    from determined.common.api._session import BaseSession

logger = logging.getLogger("determined.core")

_POLL_SECONDS = 60
_NETWORK_SECONDS = 10
_LONGEST_PAUSE = 10.0


class PreemptMode(enum.Enum):
    """Which ranks may ask whether to stop, and how they find out.

    Attributes:
        WorkersAskChief: all ranks ask together; the chief knows and tells the others.
        ChiefOnly: only the chief may ask.
        WorkersAskMaster: any rank may ask at any time; each of them asks the master. Ranks may hear of it at
            different steps.
    """

    WorkersAskChief = "WORKERS_ASK_CHIEF"
    ChiefOnly = "CHIEF_ONLY"
    WorkersAskMaster = "WORKERS_ASK_MASTER"


class PreemptContext:
    """Says when to stop; ``core_context.preempt``.

    A training that is told to stop stores a checkpoint and ends; it goes on from there when it is started again.
    """

    def __init__(
        self,
        session: Optional[BaseSession],
        allocation_id: str,
        dist: DistributedContext,
        preempt_mode: PreemptMode = PreemptMode.WorkersAskChief,
    ) -> None:
        self._session = session
        self._allocation_id = allocation_id
        self._distributed = dist
        self._mode = PreemptMode(preempt_mode)
        self._watcher: Optional[_Watcher] = None
        self._started = False
        self._acknowledged = False

    def start(self) -> PreemptContext:
        """Start listening for the order."""
        self._started = True
        if self._session is not None and self._asks_master() and self._watcher is None:
            self._watcher = _Watcher(self._session, self._allocation_id)
            self._watcher.start()
        return self

    def close(self) -> None:
        """Stop listening."""
        if self._watcher is not None:
            self._watcher.stop()
            self._watcher = None

    def __enter__(self) -> PreemptContext:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.close()

    def should_preempt(self, auto_ack: bool = True) -> bool:
        """Return whether to stop; once true, it stays so.

        Parameters:
            auto_ack: acknowledge the order the first time that this returns True: the exit that follows is a reaction
                to it and not the end of the training.

        Raises:
            RuntimeError: this rank may not ask, or the context was not started.
        """
        if not self._started:
            raise RuntimeError("the preempt context was not started: use core.init() as a context manager")
        if self._mode is PreemptMode.ChiefOnly and self._distributed.rank != 0:
            raise RuntimeError("with PreemptMode.ChiefOnly, only the chief (rank 0) may call should_preempt")
        ordered = self._is_ordered()
        if self._mode is PreemptMode.WorkersAskChief:
            ordered = self._distributed.broadcast(ordered)
        if ordered and auto_ack and self._distributed.rank == 0 and not self._acknowledged:
            self.acknowledge_preemption_signal()
        return ordered

    def acknowledge_preemption_signal(self) -> None:
        """Tell the master that the coming exit is a reaction to its order; see ``auto_ack`` of `should_preempt`."""
        session = self._session
        if session is None:
            return
        call_patiently(lambda: allocations_api.acknowledge_preemption(session, self._allocation_id))
        self._acknowledged = True

    def _asks_master(self) -> bool:
        return self._distributed.rank == 0 or self._mode is PreemptMode.WorkersAskMaster

    def _is_ordered(self) -> bool:
        if self._watcher is not None and not self._watcher.is_here():
            # A forked process has none of its parent's threads.
            self._watcher = self._watcher.again()
            self._watcher.start()
        return self._watcher is not None and self._watcher.is_ordered()


class DummyPreemptContext(PreemptContext):
    """Never says to stop."""

    def __init__(self, dist: DistributedContext, preempt_mode: PreemptMode = PreemptMode.WorkersAskChief) -> None:
        super().__init__(None, "", dist, preempt_mode)


class _Watcher:
    """Asks the master in a thread, with questions that the master answers when it gives the order."""

    def __init__(self, session: BaseSession, allocation_id: str) -> None:
        self._session = session
        self._allocation_id = allocation_id
        self._ordered = False
        self._asked_once = threading.Event()
        self._stopping = threading.Event()
        self._process = os.getpid()
        # A daemon: a question may be open when the process ends.
        self._thread = threading.Thread(target=self._run, name="preemption-watcher", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        # The thread ends with the answer to the question that is open; nobody waits for that.
        self._stopping.set()

    def is_here(self) -> bool:
        """Return whether this was made in this process, and not in the one that it was forked from."""
        return self._process == os.getpid()

    def again(self) -> _Watcher:
        """Return one like this that has not been started."""
        return _Watcher(self._session, self._allocation_id)

    def is_ordered(self) -> bool:
        """Return whether the order was given; the first time, wait for the master's first answer."""
        self._asked_once.wait()
        return self._ordered

    def _run(self) -> None:
        wait = 0
        pause = 0.5
        while not self._stopping.is_set():
            try:
                ordered = allocations_api.get_preemption_signal(
                    self._session, self._allocation_id, wait, timeout=(_NETWORK_SECONDS, wait + _NETWORK_SECONDS)
                )
                pause = 0.5
                if ordered:
                    self._ordered = True
                    return
                wait = _POLL_SECONDS
            except errors.MasterTimeoutException:
                pass
            except Exception as e:  # whatever it is: asking again is the only thing to do about it
                if not self._stopping.is_set():
                    logger.warning("the master could not be asked whether to stop, trying again: %s", e)
                self._stopping.wait(pause)
                pause = min(pause * 2, _LONGEST_PAUSE)
            finally:
                self._asked_once.set()
