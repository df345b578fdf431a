"""Signs of life of a trial that no master started, and how it ended."""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Optional

from determined.common.api import errors
from determined.common.api.endpoints import trials as trials_api
from determined.common.api.wire.enums import TrialState

from ._patience import Outage, call_patiently

if TYPE_CHECKING:
    from determined.common.api._session import BaseSession
    from determined.common.api.wire.trials import PatchTrialRequest

logger = logging.getLogger("determined.core")

PERIOD = 60.0
"""Seconds between two signs of life; a master takes a trial for lost after 5 minutes without one."""

PERIOD_AFTER_FAILURE = 10.0

_JOIN_SECONDS = 5.0


class Heartbeat:
    """Tells the master that a trial runs, that it still does, and how it ended.

    Parameters:
        session: the connection.
        trial_id: the trial.
    """

    def __init__(self, session: BaseSession, trial_id: int) -> None:
        self._session = session
        self._trial_id = trial_id
        self._process = os.getpid()
        self._stopping = threading.Event()
        # A daemon: an answer that never comes must not keep the process.
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
        self._is_running = False

    def start(self) -> None:
        """Say that the trial runs, and go on saying so.

        Raises:
            APIException: the master refused it.
            MasterNotFoundException: the master stayed away.
        """
        call_patiently(lambda: self._tell(TrialState.RUNNING))
        self._is_running = True
        self._thread.start()

    def close(self, failure: Optional[str], patience: float) -> None:
        """Say how the trial ended. Only the first call does.

        Parameters:
            failure: why it failed; None if it did not.
            patience: seconds for which a master that is away is waited for.

        Raises:
            APIException: the master refused it.
            MasterNotFoundException: the master stayed away.
        """
        if not self._is_running or os.getpid() != self._process:
            return
        self._is_running = False
        self._stopping.set()
        self._thread.join(_JOIN_SECONDS)
        if failure is not None:
            logger.error("Trial reached an ERROR state: %s", failure)
        state = TrialState.COMPLETED if failure is None else TrialState.ERROR
        call_patiently(lambda: self._tell(state), Outage(patience))

    def _run(self) -> None:
        failing = False
        while not self._stopping.is_set():
            try:
                self._tell()
                failing = False
            except errors.BadRequestException as e:
                if not failing and not self._stopping.is_set():
                    logger.warning("the master did not take a sign of life of this trial, going on: %s", e)
                failing = True
            self._stopping.wait(PERIOD_AFTER_FAILURE if failing else PERIOD)

    def _tell(self, state: Optional[TrialState] = None) -> None:
        body: PatchTrialRequest = {"trialId": self._trial_id}
        if state is not None:
            body["state"] = state
        trials_api.patch_trial(self._session, self._trial_id, body)
