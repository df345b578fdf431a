"""What has become of an experiment that did not complete, for the error that tells it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Dict, List

from ... import errors
from ..api import errors as api_errors
from ..api import logs
from ..api.endpoints import experiments as experiments_api
from ..api.wire import enums as wire

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ._enums import ExperimentState

# So many failed trials are told of, with so many lines each.
_MOST_TRIALS = 5
_MOST_LINES = 20


def describe_failure(session: BaseSession, experiment_id: int, name: str, state: ExperimentState) -> Exception:
    """Return the error that says how an experiment ended, with the last log lines of its failed trials.

    Parameters:
        session: the session to call the master with.
        experiment_id: the experiment.
        name: its name; may be empty.
        state: its last state.
    """
    found: Dict[int, List[str]] = {}
    try:
        query: Any = {"sortBy": wire.GetExperimentTrialsSortBy.ID, "states": [wire.ExperimentState.ERROR]}
        for trial in experiments_api.list_experiment_trials(session, experiment_id, query, page_size=_MOST_TRIALS):
            lines = logs.iter_trial_logs(session, trial["id"], tail=_MOST_LINES)
            found[trial["id"]] = [line["message"].rstrip("\n") for line in lines]
            if len(found) == _MOST_TRIALS:
                break
    except (api_errors.BadRequestException, api_errors.BadResponseException):
        pass  # the experiment's end is told all the same
    told = f"experiment {experiment_id}" + (f" ({name})" if name else "") + f" ended as {state.name}"
    return errors.ExperimentFailed(told, experiment_id, state.name, found)
