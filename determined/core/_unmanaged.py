"""Trials that run outside of a cluster and report to its master: their creation, and what accompanies them."""

from __future__ import annotations

import atexit
import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Any, Callable, Dict, NamedTuple, Optional, Tuple

from determined._info import ClusterInfo, RendezvousInfo, TrialInfo
from determined.common import constants, yaml
from determined.common._home import data_root
from determined.common.api import errors
from determined.common.api.endpoints import cluster as cluster_api
from determined.common.api.endpoints import experiments as experiments_api
from determined.common.api.endpoints import trials as trials_api
from determined.common.api.wire.enums import TrialState

from ._encode import encode
from ._exit_watch import ExitWatch, failure_of
from ._heartbeat import Heartbeat
from ._log_shipper import PrintShipper
from ._patience import patience_seconds

if TYPE_CHECKING:
    from determined.common.api._session import Session
    from determined.common.api.wire.experiments import CreateExperimentRequest
    from determined.common.api.wire.trials import CreateTrialRequest, PatchTrialRequest

    from ._distributed import DistributedContext
    from ._metrics import ReportShipper

logger = logging.getLogger("determined.core")

FAILURE_PATIENCE = 60.0
"""Seconds for which the news of a failure, and the last lines of the log, wait for a master that is away."""

_SIGNAL_PATIENCE = 3.0


def default_storage() -> str:
    """Return the directory for checkpoints of unmanaged trials, among the user's data."""
    root = data_root() / "determined"
    return str((root / "determined" if sys.platform == "win32" else root) / constants.DEFAULT_CHECKPOINT_PATH)


class Plan(NamedTuple):
    """What to create.

    Attributes:
        config: the experiment's configuration.
        hparams: the trial's hyperparameters.
        external_experiment_id: the name under which the experiment is found again.
        external_trial_id: the same of the trial.
    """

    config: Dict[str, Any]
    hparams: Optional[Dict[str, Any]] = None
    external_experiment_id: Optional[str] = None
    external_trial_id: Optional[str] = None


class _Made(NamedTuple):
    experiment_id: int
    trial_id: int
    task_id: str


class _Begun(NamedTuple):
    run_id: int
    steps_completed: int
    latest_checkpoint: Optional[str]


def begin(session: Session, plan: Plan, distributed: DistributedContext) -> ClusterInfo:
    """Create an unmanaged trial, or find the one of these external ids, and begin its next run.

    The chief does so, and the other ranks hear of it from the chief.

    Returns:
        What a trial of a cluster would know about itself.

    Raises:
        NotImplementedError: an external id is no text, or the trial has one and the experiment has none.
        ValueError: the configuration cannot be written down.
        TypeError: the hyperparameters cannot be sent.
        RuntimeError: this is another rank than the chief, which failed.
        APIException: the master refused it.
        MasterNotFoundException: the master did not answer.
    """
    given = {"external_experiment_id": plan.external_experiment_id, "external_trial_id": plan.external_trial_id}
    for name, value in given.items():
        if value is not None and not isinstance(value, str):
            raise NotImplementedError(f"{name} must be a text of your own, not {value!r}")
    if plan.external_trial_id is not None and plan.external_experiment_id is None:
        raise NotImplementedError("an external_trial_id needs an external_experiment_id beside it")
    config_text = yaml.dump(plan.config)
    hparams = encode(plan.hparams)
    made = _by_chief(distributed, lambda: _make(session, plan, config_text, hparams))
    cluster_id = cluster_api.get_master(session)["clusterId"]
    begun = _by_chief(distributed, lambda: _start(session, made.trial_id))
    trial = TrialInfo(
        trial_id=made.trial_id,
        experiment_id=made.experiment_id,
        trial_seed=0,
        hparams={} if plan.hparams is None else plan.hparams,
        config=yaml.load(config_text),
        steps_completed=begun.steps_completed,
        trial_run_id=begun.run_id,
    )
    return ClusterInfo(
        master_url=session.master,
        cluster_id=cluster_id,
        agent_id="unmanaged",
        slot_ids=[],
        task_id=made.task_id,
        allocation_id=made.task_id,
        session_token=session.token,
        task_type="TRIAL",
        latest_checkpoint=begun.latest_checkpoint,
        trial_info=trial,
        rendezvous_info=RendezvousInfo(["127.0.0.1"], 0, [0]),
    )


def _by_chief(distributed: DistributedContext, work: Callable[[], Any]) -> Any:
    """Return on all ranks what the chief's work returns; if it fails, all ranks fail."""
    answer: Tuple[bool, Any] = (False, "")
    if distributed.rank != 0:
        done, found = distributed.broadcast(answer)
        if not done:
            raise RuntimeError(f"the chief could not create the trial: {found}")
        return found
    try:
        answer = (True, work())
    except Exception as e:  # whatever it is: the other ranks must not wait for what does not come
        distributed.broadcast((False, str(e)))
        raise
    return distributed.broadcast(answer)[1]


def _make(session: Session, plan: Plan, config_text: str, hparams: Any) -> _Made:
    body: CreateExperimentRequest = {"config": config_text, "unmanaged": True}
    if plan.external_experiment_id is None:
        experiment_id = experiments_api.create_experiment(session, body)["experiment"]["id"]
    else:
        put = experiments_api.put_experiment(session, plan.external_experiment_id, body)
        experiment_id = put["experiment"]["id"]
    request: CreateTrialRequest = {"experimentId": experiment_id, "hparams": hparams, "unmanaged": True}
    if plan.external_trial_id is None:
        trial = trials_api.create_trial(session, request)
    else:
        trial = trials_api.put_trial(
            session, {"createTrialRequest": request, "externalTrialId": plan.external_trial_id}
        )
    return _Made(experiment_id, trial["id"], trial["taskId"])


def _start(session: Session, trial_id: int) -> _Begun:
    started = trials_api.start_trial(session, trial_id, resume=True)
    return _Begun(started["trialRunId"], started["stepsCompleted"], started.get("latestCheckpoint"))


def abandon(session: Session, info: ClusterInfo, distributed: DistributedContext, error: BaseException) -> None:
    """Say of a trial that has begun that it failed before it could start."""
    if distributed.rank == 0:
        state: PatchTrialRequest = {"trialId": info.trial.trial_id, "state": TrialState.ERROR}
        try:
            trials_api.patch_trial(session, info.trial.trial_id, state)
        except errors.BadRequestException as e:
            logger.warning("the master did not hear that the trial failed (%s): %s", error, e)


class Accompaniment:
    """What a cluster does around a trial and an unmanaged trial does itself: signs of life, its logs, its last state.

    Parameters:
        session: the connection. It should not repeat requests by itself.
        info: the trial.
        rank: of this process; the chief gives the signs of life, each rank ships its logs.
        reports: the trial's reports, which are delivered before its last state.
    """

    def __init__(self, session: Session, info: ClusterInfo, rank: int, reports: ReportShipper) -> None:
        self._heartbeat = Heartbeat(session, info.trial.trial_id) if rank == 0 else None
        self._prints = PrintShipper(session, info.task_id, rank)
        self._watch = ExitWatch(self._end_by_signal)
        self._reports = reports
        self._at_exit: Optional[_AtExit] = None
        self._process = os.getpid()

    def start(self, close: Callable[[], None]) -> None:
        """Begin.

        Parameters:
            close: ends the training; called when the process ends without it.

        Raises:
            APIException: the master refused to see the trial running.
            MasterNotFoundException: the master stayed away.
        """
        if self._heartbeat is not None:
            self._heartbeat.start()
        self._prints.start()
        self._watch.start()
        self._at_exit = _AtExit(close)

    def close(self, error: Optional[BaseException] = None) -> None:
        """Say how the trial ended, and deliver the rest of its logs. Safe to call twice.

        Parameters:
            error: the exception that ended it, if any.

        Raises:
            APIException: the master refused to hear of the end.
            MasterNotFoundException: the master stayed away.
        """
        if os.getpid() != self._process:
            return
        failure = self._watch.failure
        if failure is None and error is not None:
            failure = failure_of(error)
        longest = patience_seconds()
        shorter = min(FAILURE_PATIENCE, longest)
        try:
            if self._heartbeat is not None:
                # That a trial failed is also what its silence says.
                self._heartbeat.close(failure, longest if failure is None else shorter)
        finally:
            self._prints.close(shorter)
            self._watch.stop()
            if self._at_exit is not None:
                self._at_exit.cancel()

    def _end_by_signal(self) -> None:
        # Whatever holds up one of these must not hold up the others: there is little time.
        reports = threading.Thread(target=self._flush_reports, name="reports-by-signal", daemon=True)
        reports.start()
        reports.join(_SIGNAL_PATIENCE)
        try:
            if self._heartbeat is not None:
                self._heartbeat.close(self._watch.failure, _SIGNAL_PATIENCE)
        except errors.BadRequestException as e:
            logger.error("the master did not hear how the trial ended: %s", e)
        finally:
            self._prints.close(_SIGNAL_PATIENCE)

    def _flush_reports(self) -> None:
        try:
            self._reports.flush()
        except RuntimeError as e:
            logger.error("%s", e)


class _AtExit:
    """Calls something when the process ends, but not at the end of one that was forked off."""

    def __init__(self, call: Callable[[], None]) -> None:
        self._call = call
        self._process = os.getpid()
        atexit.register(self)

    def __call__(self) -> None:
        if os.getpid() == self._process:
            self._call()

    def cancel(self) -> None:
        atexit.unregister(self)
