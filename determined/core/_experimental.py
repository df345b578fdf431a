"""Functions of the training API that may still change."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from determined.common.api.endpoints import trials as trials_api
from determined.common.api.wire.enums import TrialSourceInfoType

from ._patience import call_patiently

if TYPE_CHECKING:
    from determined.common.api._session import BaseSession
    from determined.common.api.wire.trials import TrialSourceInfo
    from determined.common.experimental.checkpoint import Checkpoint
    from determined.common.experimental.model import ModelVersion

logger = logging.getLogger("determined.core")


class ExperimentalCoreContext:
    """Functions that may still change; ``core_context.experimental``."""

    def __init__(self, session: BaseSession, trial_id: int) -> None:
        self._session = session
        self._trial_id = trial_id

    def report_task_using_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Report that this trial uses a checkpoint for inference, so that its metrics can be found from there.

        Parameters:
            checkpoint: the checkpoint.

        """
        self._report({"checkpointUuid": checkpoint.uuid})

    def report_task_using_model_version(self, model_version: ModelVersion) -> None:
        """Report that this trial uses a version of a model for inference; see `report_task_using_checkpoint`.

        Parameters:
            model_version: the version.

        Raises:
            ValueError: the version has no checkpoint.
        """
        if model_version.checkpoint is None:
            raise ValueError(f"{model_version!r} has no checkpoint")
        source: TrialSourceInfo = {
            "checkpointUuid": model_version.checkpoint.uuid,
            "modelVersion": model_version.model_version,
        }
        if model_version.model_id is not None:
            source["modelId"] = int(model_version.model_id)
        self._report(source)

    def _report(self, source: TrialSourceInfo) -> None:
        source["trialId"] = self._trial_id
        source["trialSourceInfoType"] = TrialSourceInfoType.INFERENCE
        call_patiently(lambda: trials_api.report_trial_source(self._session, {"trialSourceInfo": source}))


class DummyExperimentalCoreContext(ExperimentalCoreContext):
    """Reports of what a training uses that is no trial of a cluster: nobody hears them."""

    def __init__(self) -> None:
        pass

    def report_task_using_checkpoint(self, checkpoint: Checkpoint) -> None:
        logger.debug("only trials of a cluster report which checkpoints they use")

    def report_task_using_model_version(self, model_version: ModelVersion) -> None:
        logger.debug("only trials of a cluster report which models they use")
