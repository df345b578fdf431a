"""Ending a training in good order when the process is told to end."""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from typing import TYPE_CHECKING, Any, Iterator

if TYPE_CHECKING:
    from ._pytorch_context import PyTorchTrialContext

logger = logging.getLogger("determined.pytorch")


@contextlib.contextmanager
def stopped_by_signal(context: PyTorchTrialContext) -> Iterator[None]:
    """Let SIGTERM stop a training as a cluster would: with a checkpoint, when something is next due.

    A handler of the user's is left in place, and so is the signal outside of the main thread.

    Parameters:
        context: of the training.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not in_main or signal.getsignal(signal.SIGTERM) is not signal.SIG_DFL:
        yield
        return

    def stop(number: int, frame: Any) -> None:
        logger.warning("SIGTERM: the training stops, with a checkpoint, when something is next due")
        context.set_stop_requested(True)

    signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
