"""Functions of the training API that may still change."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Optional

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

    def __init__(self, session: Optional[BaseSession], trial_id: Optional[int]) -> None:
        self._session = session
        self._trial_id = trial_id

    def report_task_using_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Report that this trial uses a checkpoint for inference, so that its metrics can be found from there.

        Parameters:
            checkpoint: the checkpoint.

        Raises:
            RuntimeError: this is no trial of a cluster.
        """
        self._report({"checkpointUuid": checkpoint.uuid})

    def report_task_using_model_version(self, model_version: ModelVersion) -> None:
        """Report that this trial uses a version of a model for inference; see `report_task_using_checkpoint`.

        Parameters:
            model_version: the version.

        Raises:
            RuntimeError: this is no trial of a cluster.
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
        session, trial_id = self._session, self._trial_id
        if session is None or trial_id is None:
            raise RuntimeError("only trials of a cluster can report what they use")
        source["trialId"] = trial_id
        source["trialSourceInfoType"] = TrialSourceInfoType.INFERENCE
        call_patiently(lambda: trials_api.report_trial_source(session, {"trialSourceInfo": source}))


class DummyExperimentalCoreContext(ExperimentalCoreContext):
    """Reports that no master hears."""

    def __init__(self) -> None:
        super().__init__(None, None)

    def report_task_using_checkpoint(self, checkpoint: Checkpoint) -> None:
        """Log that there is nobody to report to."""
        self._tell()

    def report_task_using_model_version(self, model_version: ModelVersion) -> None:
        """Log that there is nobody to report to."""
        self._tell()

    @staticmethod
    def _tell() -> None:
        logger.info("what a task uses is only reported by trials of a cluster")
