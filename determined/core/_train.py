"""What a training tells about itself: metrics, progress, status; and what it asks about its experiment."""

from __future__ import annotations

import contextlib
import enum
import logging
import pathlib
from functools import partial
from typing import TYPE_CHECKING, Any, Callable, Dict, Iterator, List, Mapping, NamedTuple, Optional, Tuple

from determined.common.api import errors
from determined.common.api.endpoints import experiments as experiments_api
from determined.common.api.endpoints import metrics as metrics_api
from determined.common.api.endpoints import runs as runs_api
from determined.common.api.endpoints import trials as trials_api
from determined.common.api.wire.enums import TrialEarlyExitExitedReason
from determined.common.api.wire.scalars import to_float
from determined.errors import ArgumentError

from ._encode import encode, encode_dict
from ._patience import call_patiently

if TYPE_CHECKING:
    from determined.common.api._session import BaseSession
    from determined.common.api.wire.common import Metrics
    from determined.common.api.wire.metrics import ReportTrialMetricsRequest
    from determined.common.api.wire.trials import TrialMetrics
    from determined.tensorboard import TensorboardManager

    from ._metrics import Allow, ReportShipper, Send
    from ._relay import Form
    from ._tensorboard import MetricsLog

logger = logging.getLogger("determined.core")

TRAINING, VALIDATION = "training", "validation"
# What a master can count.
_LEAST_STEPS, _MOST_STEPS = -(2**31), 2**31 - 1


class EarlyExitReason(enum.Enum):
    """Why a trial ends before its time.

    Attributes:
        INVALID_HP: its hyperparameters make no sense.
        USER_REQUESTED_STOP: its own code decided so.
    """

    INVALID_HP = "EXITED_REASON_INVALID_HP"
    USER_REQUESTED_STOP = "EXITED_REASON_USER_REQUESTED_STOP"


class TrialIdentity(NamedTuple):
    """Which run of which trial reports."""

    experiment_id: int
    trial_id: int
    run_id: int


class TrainContext:
    """Reports of a training; ``core_context.train``. To be used by the chief.

    Metrics, progress and status are sent by a thread, in order. A master that is away is waited for; a report that
    is refused makes the next one, or the end of the context, raise.
    """

    def __init__(
        self,
        session: BaseSession,
        trial: TrialIdentity,
        shipper: ReportShipper,
        tensorboard: Optional[TensorboardManager] = None,
        metrics_log: Optional[MetricsLog] = None,
        rank: int = 0,
    ) -> None:
        self._session = session
        self._trial = trial
        self._shipper = shipper
        self._tensorboard = tensorboard
        self._metrics_log = metrics_log
        self._rank = rank
        shipper.read_form = self._read_form

    # --- reports ----------------------------------------------------------------------------------------------------

    def set_status(self, status: str) -> None:
        """Show a text as the trial's state.

        Parameters:
            status: such as "restoring from checkpoint".

        Raises:
            ArgumentError: it is no text.
        """
        if not isinstance(status, str):
            raise ArgumentError(f"a status must be a text, not {status!r}")
        self._submit(("state", status))

    def report_training_metrics(
        self,
        steps_completed: int,
        metrics: Dict[str, Any],
        batch_metrics: Optional[List[Dict[str, Any]]] = None,
    ) -> None:
        """Report training metrics.

        Parameters:
            steps_completed: how many steps have been trained.
            metrics: names and values.
            batch_metrics: the same of each batch since the last report.

        Raises:
            ArgumentError: a value cannot be sent as JSON, or the steps are more than 2**31 - 1; nothing is sent.
            ReportFailed: an earlier report was refused.
        """
        self._report(TRAINING, steps_completed, metrics, batch_metrics)

    def report_validation_metrics(self, steps_completed: int, metrics: Dict[str, Any]) -> None:
        """Report validation metrics; the searcher decides by them.

        Parameters:
            steps_completed: how many steps have been trained.
            metrics: names and values. Bytes are left out with a warning.

        Raises:
            RuntimeError: a value is None.
            ArgumentError: a value cannot be sent as JSON, or the steps are more than 2**31 - 1; nothing is sent.
            ReportFailed: an earlier report was refused.
        """
        self._report(VALIDATION, steps_completed, check_validation_metrics(metrics))

    def report_metrics(self, group: str, steps_completed: int, metrics: Dict[str, Any]) -> None:
        """Report metrics of any group.

        Parameters:
            group: its name, which must hold no "."; ``training`` and ``validation`` are the built-in ones.
            steps_completed: how many steps have been trained.
            metrics: names and values.

        Raises:
            ArgumentError: a value cannot be sent as JSON, or the steps are more than 2**31 - 1; nothing is sent.
            ReportFailed: an earlier report was refused, such as for the name of its group.
        """
        self._report(group, steps_completed, metrics)

    def report_progress(self, progress: float) -> None:
        """Report how far the training has come.

        Parameters:
            progress: from 0 to 1.

        Raises:
            ValueError: it is less or more.
        """
        checked = check_progress(progress)
        self._submit(("progress", checked))

    def report_early_exit(self, reason: EarlyExitReason) -> None:
        """Report why the trial is about to end before its time.

        Parameters:
            reason: see `EarlyExitReason`.
        """
        wire_reason = TrialEarlyExitExitedReason(EarlyExitReason(reason).value)
        self._shipper.flush()
        try:
            call_patiently(lambda: trials_api.report_trial_early_exit(self._session, self._trial.trial_id, wire_reason))
        except errors.APIException as e:
            if e.status_code not in (400, 404):
                raise
            # The experiment has ended already: nobody is left to be told.
            logger.info("the early exit was not taken: %s", e)

    # --- questions --------------------------------------------------------------------------------------------------

    def get_experiment_best_validation(self) -> Optional[float]:
        """Return the best value of the searcher's metric in the whole experiment; None if there is none yet.

        It counts all that this trial has reported so far.
        """
        self._shipper.flush()
        experiment_id = self._trial.experiment_id
        try:
            found = call_patiently(lambda: experiments_api.get_best_validation_metric(self._session, experiment_id))
        except errors.NotFoundException:
            return None
        return to_float(found)

    def set_metadata(self, metadata: Dict[str, Any]) -> Optional[Dict[str, Any]]:
        """Replace the metadata of this run, and return it as the master has taken it.

        Parameters:
            metadata: names and values; dicts may be nested.

        Raises:
            ArgumentError: a value cannot be sent as JSON; nothing is sent.
            APIException: the master refused it, such as for its size.
        """
        encoded = encode(metadata or {})
        return call_patiently(lambda: runs_api.set_run_metadata(self._session, self._trial.trial_id, encoded))

    def get_metadata(self) -> Optional[Dict[str, Any]]:
        """Return the metadata of this run; None if it has none."""
        return call_patiently(lambda: runs_api.get_run_metadata(self._session, self._trial.trial_id))

    # --- TensorBoard ------------------------------------------------------------------------------------------------

    def get_tensorboard_path(self) -> Optional[pathlib.Path]:
        """Return the directory whose files become the trial's TensorBoard."""
        return None if self._tensorboard is None else self._tensorboard.base_path

    def upload_tensorboard_files(
        self,
        selector: Callable[[pathlib.Path], bool] = lambda _: True,
        mangler: Callable[[pathlib.Path, int], pathlib.Path] = lambda p, __: p,
    ) -> None:
        """Store files of the TensorBoard directory that have changed since the last time.

        Parameters:
            selector: says of a path relative to the directory whether to store it. Defaults to all.
            mangler: given such a path and this process's rank, returns the path to store it under.

        Raises:
            RuntimeError: files are stored automatically already (``TensorboardMode.AUTO``).
        """
        if self._metrics_log is not None:
            raise RuntimeError("upload_tensorboard_files cannot be used with TensorboardMode.AUTO: choose MANUAL")
        if self._tensorboard is not None:
            self._tensorboard.sync(selector, mangler, self._rank)

    # --- inside -----------------------------------------------------------------------------------------------------

    def _report(
        self,
        group: str,
        steps_completed: Optional[int],
        metrics: Mapping[str, Any],
        batch_metrics: Optional[List[Dict[str, Any]]] = None,
        report_time: Optional[str] = None,
    ) -> None:
        # Encoded at once, as the caller may go on changing what was passed. The rest is for the master to judge.
        averages: Dict[str, Any] = encode(metrics)
        batches: Optional[List[Dict[str, Any]]] = encode(batch_metrics)
        values: Metrics = {"avgMetrics": averages}
        if batches is not None:
            values["batchMetrics"] = batches
        report: TrialMetrics = {
            "trialId": self._trial.trial_id,
            "trialRunId": self._trial.run_id,
            "reportTime": report_time,
            "metrics": values,
        }
        if steps_completed is not None:
            report["stepsCompleted"] = _plain_steps(steps_completed)
        body: ReportTrialMetricsRequest = {"group": group, "metrics": report}
        self._submit(("metrics", body))
        if self._metrics_log is not None and steps_completed is not None:
            self._metrics_log.write(group, steps_completed, metrics, batch_metrics)

    def _submit(self, form: Form) -> None:
        send, is_reported = self._read_form(form)
        self._shipper.submit(send, is_reported, form)

    def _read_form(self, form: Form) -> Tuple[Send, Optional[Allow]]:
        kind, value = form
        send, is_reported = _CALLS[kind]
        return partial(send, self._session, self._trial.trial_id, value), is_reported


class DummyTrainContext(TrainContext):
    """Reports of a training that no master hears: they are logged.

    A report that a cluster would refuse is logged as a warning that says why, and the training goes on.

    Parameters:
        tensorboard_path: what `get_tensorboard_path` returns. Defaults to None.
    """

    def __init__(self, tensorboard_path: Optional[pathlib.Path] = None) -> None:
        self._tensorboard_path = tensorboard_path
        self._metadata: Optional[Dict[str, Any]] = None

    def set_status(self, status: str) -> None:
        logger.info("status: %s", status)

    def report_training_metrics(
        self,
        steps_completed: int,
        metrics: Dict[str, Any],
        batch_metrics: Optional[List[Dict[str, Any]]] = None,
    ) -> None:
        with _warned():
            for batch in batch_metrics or ():
                encode_dict(batch)
            self._tell(TRAINING, steps_completed, metrics)

    def report_validation_metrics(self, steps_completed: int, metrics: Dict[str, Any]) -> None:
        with _warned():
            self._tell(VALIDATION, steps_completed, check_validation_metrics(metrics))

    def report_metrics(self, group: str, steps_completed: int, metrics: Dict[str, Any]) -> None:
        with _warned():
            self._tell(check_group(group), steps_completed, metrics)

    def report_progress(self, progress: float) -> None:
        with _warned():
            logger.info("progress: %.1f %%", 100 * check_progress(progress))

    def report_early_exit(self, reason: EarlyExitReason) -> None:
        with _warned():
            logger.info("early exit: %s", EarlyExitReason(reason).name)

    def get_experiment_best_validation(self) -> Optional[float]:
        return None

    def set_metadata(self, metadata: Dict[str, Any]) -> Optional[Dict[str, Any]]:
        self._metadata = encode_dict(metadata or {})
        return self._metadata

    def get_metadata(self) -> Optional[Dict[str, Any]]:
        return self._metadata

    def get_tensorboard_path(self) -> Optional[pathlib.Path]:
        return self._tensorboard_path

    def upload_tensorboard_files(
        self,
        selector: Callable[[pathlib.Path], bool] = lambda _: True,
        mangler: Callable[[pathlib.Path, int], pathlib.Path] = lambda p, __: p,
    ) -> None:
        logger.debug("TensorBoard files are only stored for trials of a cluster")

    def _tell(self, group: str, steps_completed: int, metrics: Mapping[str, Any]) -> None:
        logger.info("%s metrics after %s steps: %s", group, check_steps(steps_completed), encode_dict(metrics))


@contextlib.contextmanager
def _warned() -> Iterator[None]:
    """Log what a cluster would refuse instead of raising it."""
    try:
        yield
    except (TypeError, ValueError, RuntimeError) as e:
        logger.warning("a cluster would refuse this report: %s", e)


def check_progress(progress: float) -> float:
    """Return a progress.

    Raises:
        ValueError: it is not from 0 to 1.
    """
    value = float(progress)
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"a progress must be from 0 to 1, not {progress}")
    return value


def _plain_steps(steps_completed: Any) -> Any:
    value = encode(steps_completed)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not _LEAST_STEPS <= value <= _MOST_STEPS:
        raise ArgumentError(f"steps_completed must be from {_LEAST_STEPS} to {_MOST_STEPS}, not {steps_completed!r}")
    return value


def check_steps(steps_completed: int) -> int:
    """Return a number of steps.

    Raises:
        TypeError: it is no integer.
    """
    value = _plain_steps(steps_completed)
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError(f"steps_completed must be an int, not {steps_completed!r}")
    return value


def check_group(group: str) -> str:
    """Return the name of a metric group.

    Raises:
        ValueError: it is empty or holds a ".".
    """
    if not isinstance(group, str) or not group or "." in group:
        raise ValueError(f"the name of a metric group must be a text that is not empty and has no '.', not {group!r}")
    return group


def check_validation_metrics(metrics: Mapping[str, Any]) -> Dict[str, Any]:
    """Return validation metrics without those that are bytes.

    Raises:
        RuntimeError: one of them is None.
        TypeError: they are no mapping.
    """
    if not isinstance(metrics, Mapping):
        raise TypeError(f"metrics must be a dict, not {type(metrics).__name__}")
    missing = [name for name, value in metrics.items() if value is None]
    if missing:
        raise RuntimeError(f"validation metrics must have values, but {', '.join(map(str, missing))} is None")
    dropped = [name for name, value in metrics.items() if isinstance(value, (bytes, bytearray))]
    if dropped:
        logger.warning("validation metrics that are bytes are left out: %s", ", ".join(map(str, dropped)))
    return {name: value for name, value in metrics.items() if name not in dropped}


def _is_reported_already(error: errors.APIException) -> bool:
    # A master that has stored the first attempt refuses some repetitions as overwriting.
    return "overwriting existing" in error.server_message


_CALLS: Dict[str, Tuple[Callable[[BaseSession, int, Any], None], Optional[Allow]]] = {
    "state": (lambda session, trial, state: trials_api.report_trial_runner_state(session, trial, state), None),
    "progress": (lambda session, trial, progress: trials_api.report_trial_progress(session, trial, progress), None),
    "metrics": (lambda session, trial, body: metrics_api.report_metrics(session, trial, body), _is_reported_already),
}
