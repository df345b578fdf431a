"""What a caller may say of a request, whatever sends it. The HTTP library loads with the first session, not before."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Mapping, Tuple, Union

Timeout = Union[None, float, Tuple[float, float], Tuple[float, None]]
"""Seconds for connecting and for each silence, or a pair of both; None for no limit."""

Params = Union[None, str, bytes, Mapping[str, Any], Iterable[Tuple[str, Any]]]
"""The query of a request."""

CONNECT_SECONDS = 10.0
READ_SECONDS = 50.0
"""Longest silence of the master while it owes an answer that it can give at once. A master that takes connections but
never answers is given up after a minute at most."""

DEFAULT_TIMEOUT: Timeout = (CONNECT_SECONDS, READ_SECONDS)

WORK_SECONDS = 180.0
"""The same where it has work to do before it answers."""

NO_LIMIT: Timeout = (CONNECT_SECONDS, None)
"""The same where an answer may come hours later."""

_WORK: Timeout = (CONNECT_SECONDS, WORK_SECONDS)

LONG_CALLS: Dict[str, Timeout] = {
    # it checks and stores what was uploaded
    "CreateExperiment": _WORK,
    "PutExperiment": _WORK,
    "ContinueExperiment": _WORK,
    "LaunchCommand": _WORK,
    "LaunchNotebook": _WORK,
    "LaunchShell": _WORK,
    "LaunchTensorboard": _WORK,
    # it removes what belongs to one thing, or changes many at once
    "DeleteExperiment": _WORK,
    "DeleteExperiments": _WORK,
    "DeleteRuns": _WORK,
    "DeleteCheckpoints": _WORK,
    "CheckpointsRemoveFiles": _WORK,
    "DeleteModel": _WORK,
    "DeleteModelVersion": _WORK,
    "DeleteProject": _WORK,
    "DeleteWorkspace": _WORK,
    "DeleteTensorboardFiles": _WORK,
    "CleanupLogs": _WORK,
    "ActivateExperiments": _WORK,
    "ArchiveExperiments": _WORK,
    "CancelExperiments": _WORK,
    "KillExperiments": _WORK,
    "MoveExperiments": _WORK,
    "PauseExperiments": _WORK,
    "PutExperimentsRetainLogs": _WORK,
    "UnarchiveExperiments": _WORK,
    "ArchiveRuns": _WORK,
    "KillRuns": _WORK,
    "MoveRuns": _WORK,
    "PauseRuns": _WORK,
    "ResumeRuns": _WORK,
    "UnarchiveRuns": _WORK,
    "MoveProject": _WORK,
    "PatchCheckpoints": _WORK,
    # it stores what a trial reports, beside what all others report
    "ReportTrialMetrics": _WORK,
    "ReportTrialTrainingMetrics": _WORK,
    "ReportTrialValidationMetrics": _WORK,
    "ReportCheckpoint": _WORK,
    "PostTaskLogs": _WORK,
}
"""The calls that the master may take longer to answer; all others have `DEFAULT_TIMEOUT`. Following logs and waiting
for what is to happen have limits of their own, where they are asked for."""

WAITING_CALLS = frozenset(
    {"AllocationAllGather", "AllocationPreemptionSignal", "AllocationRendezvousInfo", "NotifyContainerRunning"}
)
"""The calls that the master answers when something has happened: there is no limit unless the caller sets one."""


def timeout_of(call: str, timeout: Timeout = DEFAULT_TIMEOUT) -> Timeout:
    """Return the time limits of a call.

    Parameters:
        call: its name in the API.
        timeout: what the caller says; the default leaves it to the table.
    """
    if timeout is not DEFAULT_TIMEOUT:
        return timeout
    return NO_LIMIT if call in WAITING_CALLS else LONG_CALLS.get(call, timeout)
