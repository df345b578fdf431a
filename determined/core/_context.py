"""The training API's entrance: one context with everything a training needs."""

from __future__ import annotations

import contextlib
import logging
import os
import sys
from types import TracebackType
from typing import TYPE_CHECKING, Any, Callable, Optional, Type

from determined._exceptions import InvalidHP
from determined.common.api import errors
from determined.common.api.endpoints import webhooks as webhooks_api
from determined.common.api.wire.enums import LogLevel

from ._checkpoint import CheckpointContext
from ._distributed import DistributedContext
from ._patience import call_patiently
from ._preempt import PreemptContext
from ._profiler import ProfilerContext
from ._searcher import SearcherContext
from ._train import EarlyExitReason, TrainContext

if TYPE_CHECKING:
    from determined._info import ClusterInfo
    from determined.common.api._session import BaseSession
    from determined.common.api.wire.webhooks import PostWebhookEventDataRequest
    from determined.tensorboard import TensorboardManager

    from ._experimental import ExperimentalCoreContext
    from ._metrics import ReportShipper
    from ._unmanaged import Accompaniment

logger = logging.getLogger("determined.core")

_ALERT_LEVELS = {
    "debug": LogLevel.DEBUG,
    "info": LogLevel.INFO,
    "warn": LogLevel.WARNING,
    "error": LogLevel.ERROR,
}


class Context:
    """Everything a training needs of its cluster; from `init`, to be used in a ``with`` block.

    The context of a trial that reports to a master belongs to its process, and cannot be pickled or copied.

    Attributes:
        checkpoint: stores and restores checkpoints.
        distributed: talks to the other processes of the training.
        preempt: says when to stop.
        searcher: says how long to train; deprecated.
        train: reports metrics.
        profiler: reports use of the machine.
        experimental: functions that may still change.
        info: the cluster and the task; None outside of a cluster.
    """

    def __init__(
        self,
        checkpoint: CheckpointContext,
        distributed: Optional[DistributedContext] = None,
        preempt: Optional[PreemptContext] = None,
        train: Optional[TrainContext] = None,
        searcher: Optional[SearcherContext] = None,
        profiler: Optional[ProfilerContext] = None,
        info: Optional[ClusterInfo] = None,
        experimental: Optional[ExperimentalCoreContext] = None,
        *,
        shipper: Optional[ReportShipper] = None,
        tensorboard: Optional[TensorboardManager] = None,
        session: Optional[BaseSession] = None,
        accompaniment: Optional[Accompaniment] = None,
    ) -> None:
        from ._distributed import DummyDistributedContext
        from ._experimental import DummyExperimentalCoreContext
        from ._preempt import DummyPreemptContext
        from ._profiler import DummyProfilerContext
        from ._searcher import SearcherContextMissing
        from ._train import DummyTrainContext

        self.checkpoint = checkpoint
        self.distributed = distributed or DummyDistributedContext()
        self.preempt = preempt or DummyPreemptContext(self.distributed)
        self.train = train or DummyTrainContext()
        self.searcher = searcher or SearcherContextMissing()
        self.profiler = profiler or DummyProfilerContext()
        self.info = info
        self.experimental = experimental or DummyExperimentalCoreContext()
        self._shipper = shipper
        self._tensorboard = tensorboard
        self._session = session
        self._accompaniment = accompaniment
        self._started = False
        self._process = os.getpid()

    def __reduce_ex__(self, protocol: Any) -> Any:
        if self._session is None and self._shipper is None and self._accompaniment is None:
            return super().__reduce_ex__(protocol)
        raise TypeError(
            "the core context of a trial cannot be pickled or copied: it reports from threads of this process. Call"
            " core.init() in the process that needs one, and pass it what the context has given you"
        )

    def start(self) -> None:
        """Start what works in the background. The ``with`` statement does this.

        Raises:
            RuntimeError: it has been started before.
        """
        if self._started:
            raise RuntimeError("the core context was started already; make another one with core.init()")
        self._started = True
        if self._accompaniment is not None:
            # First, as it may be refused; then nothing else has begun.
            self._accompaniment.start(self.close)
        self.preempt.start()
        if self._shipper is not None:
            self._shipper.start()
        if self._tensorboard is not None:
            self._tensorboard.start()

    def close(
        self,
        exc_type: Optional[Type[BaseException]] = None,
        exc_val: Optional[BaseException] = None,
        exc_tb: Optional[TracebackType] = None,
    ) -> None:
        """Deliver all reports and end what works in the background. The ``with`` statement does this.

        Parameters:
            exc_type: the type of the exception that ended the block, if any.
            exc_val: the exception. An `InvalidHP` is reported to the master, and the process exits with status 0.
            exc_tb: where it came from.

        Raises:
            ReportFailed: a report was refused.
        """
        is_invalid_hp = isinstance(exc_val, InvalidHP)
        if self._process != os.getpid():
            # All that works in the background is in the process that this one was forked from, and goes on there.
            if is_invalid_hp:
                self._report_invalid_hp()
                sys.exit(0)
            return
        with contextlib.ExitStack() as stack:
            # Closed from the last to the first, whatever any of them raises.
            if self._session is not None:
                stack.callback(self._session.close)
            if self._accompaniment is not None:
                stack.push(self._end_accompaniment(exc_val))
            if self._tensorboard is not None:
                stack.callback(self._tensorboard.close)
            stack.callback(self._close_shipper, exc_val is not None)
            stack.callback(self.profiler.close)
            if is_invalid_hp:
                stack.callback(self._report_invalid_hp)
            stack.callback(self.distributed.close)
            stack.callback(self.preempt.close)
        if is_invalid_hp:
            logger.warning("the hyperparameters are invalid: %s", exc_val)
            sys.exit(0)

    def alert(
        self, title: Optional[str] = None, description: Optional[str] = None, level: Optional[str] = "info"
    ) -> None:
        """Send an event to the custom webhooks of the workspace.

        Parameters:
            title: in a few words.
            description: in more.
            level: ``debug``, ``info``, ``warn`` or ``error``. Defaults to ``info``.

        Raises:
            ValueError: this is not a cluster.
            RuntimeError: this task is no trial.
        """
        name = str(level or "info").lower()
        if name not in _ALERT_LEVELS:
            logger.warning("there is no level %r, info is sent: choose one of %s", level, ", ".join(_ALERT_LEVELS))
            name = "info"
        if self.info is None:
            raise ValueError("alerts can only be sent on a cluster")
        if self._session is None:
            raise RuntimeError(f"alerts can only be sent by trials, not by a task of type {self.info.task_type}")
        session = self._session
        event: PostWebhookEventDataRequest = {
            "experimentId": self.info.trial.experiment_id,
            "trialId": self.info.trial.trial_id,
            "data": {"level": _ALERT_LEVELS[name], "title": title or "", "description": description or ""},
        }
        call_patiently(lambda: webhooks_api.post_webhook_event(session, event))

    def __enter__(self) -> Context:
        self.start()
        return self

    def __exit__(
        self,
        exc_type: Optional[Type[BaseException]],
        exc_val: Optional[BaseException],
        exc_tb: Optional[TracebackType],
    ) -> None:
        self.close(exc_type, exc_val, exc_tb)

    def _report_invalid_hp(self) -> None:
        if self.distributed.rank == 0:
            self.train.report_early_exit(EarlyExitReason.INVALID_HP)

    def _end_accompaniment(self, exc_val: Optional[BaseException]) -> Callable[..., None]:
        def end(_: object, failure: Optional[BaseException], __: object) -> None:
            if self._accompaniment is None:
                return
            # What went wrong in closing is a failure of the trial, too.
            error = exc_val or failure
            try:
                self._accompaniment.close(error)
            except errors.BadRequestException as e:
                if error is None:
                    raise
                # The exception that ends the block is the one to see.
                logger.error("the master did not hear how the trial ended: %s", e)

        return end

    def _close_shipper(self, failing: bool) -> None:
        if self._shipper is None:
            return
        try:
            self._shipper.close()
        except RuntimeError as e:
            if not failing:
                raise
            # The exception that ends the block is the one to see.
            logger.error("%s", e)
