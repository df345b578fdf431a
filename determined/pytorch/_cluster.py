"""What a training asks a cluster for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Optional

from determined.common.api.endpoints import trials as trials_api
from determined.core._patience import call_patiently

if TYPE_CHECKING:
    from determined import core


def last_validation(core_context: core.Context) -> Optional[int]:
    """Return after how many batches the trial has reported a validation last; None if it has not.

    Parameters:
        core_context: of a trial.
    """
    session, info = core_context._session, core_context.info
    if session is None or info is None:
        return None
    trial_id = info.trial.trial_id
    trial = call_patiently(lambda: trials_api.get_trial(session, trial_id))
    latest = trial.get("latestValidation")
    return None if latest is None else int(latest.get("totalBatches") or 0)
