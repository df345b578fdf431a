"""Calls of the REST API: experiments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Iterator, List, Optional

from .. import _json
from .._options import DEFAULT_TIMEOUT, Timeout
from ..wire import enums, paths
from ._call import call
from ._rows import iterate_rows

if TYPE_CHECKING:
    from .._session import BaseSession
    from ..wire.checkpoints import Checkpoint
    from ..wire.experiments import (
        ActivateExperimentsRequest,
        ArchiveExperimentsRequest,
        CancelExperimentsRequest,
        ContinueExperimentRequest,
        ContinueExperimentResponse,
        CreateExperimentRequest,
        CreateExperimentResponse,
        DeleteExperimentsRequest,
        Experiment,
        ExperimentActionResult,
        FileNode,
        GetExperimentCheckpointsQuery,
        GetExperimentLabelsQuery,
        GetExperimentResponse,
        GetExperimentsQuery,
        GetExperimentTrialsQuery,
        GetModelDefFileRequest,
        KillExperimentsRequest,
        MoveExperimentRequest,
        MoveExperimentsRequest,
        PatchExperiment,
        PauseExperimentsRequest,
        PreviewHPSearchRequest,
        PutExperimentResponse,
        PutExperimentRetainLogsRequest,
        PutExperimentsRetainLogsRequest,
        SearchExperimentsRequest,
        SearchExperimentsResponse,
        SearchSummary,
        UnarchiveExperimentsRequest,
        ValidationHistoryEntry,
    )
    from ..wire.scalars import Bytes, Float
    from ..wire.trials import Trial


def create_experiment(session: BaseSession, body: CreateExperimentRequest) -> CreateExperimentResponse:
    """Create an experiment, or only check it."""
    return call(session, paths.CREATE_EXPERIMENT, body)


def put_experiment(
    session: BaseSession, external_experiment_id: str, body: CreateExperimentRequest
) -> PutExperimentResponse:
    """Create an unmanaged experiment, or give the one of that external id a new configuration."""
    return call(session, paths.PUT_EXPERIMENT, body, external_experiment_id=external_experiment_id)


def continue_experiment(session: BaseSession, body: ContinueExperimentRequest) -> ContinueExperimentResponse:
    """Train an ended experiment further."""
    return call(session, paths.CONTINUE_EXPERIMENT, body)


def get_experiment(session: BaseSession, experiment_id: int) -> GetExperimentResponse:
    """Return an experiment, its job and its configuration."""
    return call(session, paths.GET_EXPERIMENT, experiment_id=experiment_id)


def list_experiments(
    session: BaseSession, query: Optional[GetExperimentsQuery] = None, page_size: int = 0
) -> Iterator[Experiment]:
    """Iterate over experiments; their configurations, most of what is sent, are each left as a `Deferred`."""
    return iterate_rows(
        session, paths.GET_EXPERIMENTS, "experiments", query, page_size=page_size, decode=_decode_experiments
    )


def _decode_experiments(page: bytes) -> Any:
    return _json.decode_rows(page, "experiments", "config", "originalConfig")


def search_experiments(session: BaseSession, body: SearchExperimentsRequest) -> SearchExperimentsResponse:
    """Return one page of a filtered, sorted search."""
    return call(session, paths.SEARCH_EXPERIMENTS, body)


def patch_experiment(session: BaseSession, experiment_id: int, body: PatchExperiment) -> Optional[Experiment]:
    """Change an experiment; fields left out stay as they are."""
    return call(session, paths.PATCH_EXPERIMENT, body, experiment_id=experiment_id)["experiment"]


def delete_experiment(session: BaseSession, experiment_id: int) -> None:
    """Begin to delete an ended experiment and all that it stored."""
    call(session, paths.DELETE_EXPERIMENT, experiment_id=experiment_id)


_TRIALS = paths.GET_EXPERIMENT_TRIALS


def activate_experiment(session: BaseSession, experiment_id: int) -> None:
    """Let a paused experiment run."""
    call(session, paths.ACTIVATE_EXPERIMENT, id=experiment_id)


def pause_experiment(session: BaseSession, experiment_id: int) -> None:
    """Pause a running experiment."""
    call(session, paths.PAUSE_EXPERIMENT, id=experiment_id)


def cancel_experiment(session: BaseSession, experiment_id: int) -> None:
    """Stop an experiment, letting its trials save a checkpoint."""
    call(session, paths.CANCEL_EXPERIMENT, id=experiment_id)


def kill_experiment(session: BaseSession, experiment_id: int) -> None:
    """Stop an experiment at once."""
    call(session, paths.KILL_EXPERIMENT, id=experiment_id)


def archive_experiment(session: BaseSession, experiment_id: int) -> None:
    """Archive an ended experiment."""
    call(session, paths.ARCHIVE_EXPERIMENT, id=experiment_id)


def unarchive_experiment(session: BaseSession, experiment_id: int) -> None:
    """Take an experiment out of the archive."""
    call(session, paths.UNARCHIVE_EXPERIMENT, id=experiment_id)


def move_experiment(session: BaseSession, experiment_id: int, project_id: int) -> None:
    """Move an experiment to another project."""
    body: MoveExperimentRequest = {"experimentId": experiment_id, "destinationProjectId": project_id}
    call(session, paths.MOVE_EXPERIMENT, body, experiment_id=experiment_id)


def set_experiment_log_retention(session: BaseSession, experiment_id: int, days: int) -> None:
    """Keep an ended experiment's logs for some days; -1 is for ever."""
    body: PutExperimentRetainLogsRequest = {"experimentId": experiment_id, "numDays": days}
    call(session, paths.PUT_EXPERIMENT_RETAIN_LOGS, body, experiment_id=experiment_id)


def list_experiment_trials(
    session: BaseSession, experiment_id: int, query: Optional[GetExperimentTrialsQuery] = None, page_size: int = 0
) -> Iterator[Trial]:
    """Iterate over an experiment's trials."""
    return iterate_rows(session, _TRIALS, "trials", query, experiment_id=experiment_id, page_size=page_size)


def count_ended_trials(session: BaseSession, experiment_id: int) -> int:
    """Return how many of an experiment's trials have ended, in whatever way."""
    states = [enums.ExperimentState.COMPLETED, enums.ExperimentState.CANCELED, enums.ExperimentState.ERROR]
    query: GetExperimentTrialsQuery = {"states": states, "limit": 1}
    page = call(session, _TRIALS, query, experiment_id=experiment_id)
    return page["pagination"]["total"]


def list_experiment_checkpoints(
    session: BaseSession, experiment_id: int, query: Optional[GetExperimentCheckpointsQuery] = None, page_size: int = 0
) -> Iterator[Checkpoint]:
    """Iterate over an experiment's checkpoints."""
    return iterate_rows(
        session, paths.GET_EXPERIMENT_CHECKPOINTS, "checkpoints", query, id=experiment_id, page_size=page_size
    )


def list_validation_history(session: BaseSession, experiment_id: int) -> List[ValidationHistoryEntry]:
    """Return the validations that improved on all before them."""
    return call(session, paths.GET_EXPERIMENT_VALIDATION_HISTORY, experiment_id=experiment_id)["validationHistory"]


def get_best_validation_metric(session: BaseSession, experiment_id: int) -> Float:
    """Return the best value of the searcher metric."""
    return call(session, paths.GET_BEST_SEARCHER_VALIDATION_METRIC, experiment_id=experiment_id)["metric"]


def list_experiment_labels(session: BaseSession, query: Optional[GetExperimentLabelsQuery] = None) -> List[str]:
    """Return all labels in use, the most used first."""
    return call(session, paths.GET_EXPERIMENT_LABELS, query)["labels"]


def add_experiment_label(session: BaseSession, experiment_id: int, label: str) -> List[str]:
    """Add a label; return the experiment's labels."""
    return call(session, paths.PUT_EXPERIMENT_LABEL, experiment_id=experiment_id, label=label)["labels"]


def remove_experiment_label(session: BaseSession, experiment_id: int, label: str) -> List[str]:
    """Remove a label; return the experiment's labels."""
    return call(session, paths.DELETE_EXPERIMENT_LABEL, experiment_id=experiment_id, label=label)["labels"]


def get_model_definition(session: BaseSession, experiment_id: int) -> str:
    """Return the experiment's code: a gzip tar in base64."""
    return call(session, paths.GET_MODEL_DEF, experiment_id=experiment_id)["b64Tgz"]


def list_model_definition_files(session: BaseSession, experiment_id: int) -> List[FileNode]:
    """Return the files of an experiment's code as a tree."""
    return call(session, paths.GET_MODEL_DEF_TREE, experiment_id=experiment_id)["files"]


def get_model_definition_file(session: BaseSession, experiment_id: int, path: str) -> Optional[Bytes]:
    """Return one file of an experiment's code in base64; None stands for an empty file."""
    body: GetModelDefFileRequest = {"experimentId": experiment_id, "path": path}
    return call(session, paths.GET_MODEL_DEF_FILE, body, experiment_id=experiment_id)["file"]


def delete_tensorboard_files(session: BaseSession, experiment_id: int, timeout: Timeout = DEFAULT_TIMEOUT) -> None:
    """Delete an experiment's TensorBoard files; returns when they are gone."""
    call(session, paths.DELETE_TENSORBOARD_FILES, timeout=timeout, experiment_id=experiment_id)


def preview_search(session: BaseSession, body: PreviewHPSearchRequest) -> Optional[SearchSummary]:
    """Return how many trials a search would run, and for how long."""
    return call(session, paths.PREVIEW_HP_SEARCH, body)["summary"]


def activate_experiments(
    session: BaseSession, project_id: int, body: ActivateExperimentsRequest
) -> List[ExperimentActionResult]:
    """Activate several experiments; return what became of each."""
    return call(session, paths.ACTIVATE_EXPERIMENTS, body, project_id=project_id)["results"]


def pause_experiments(
    session: BaseSession, project_id: int, body: PauseExperimentsRequest
) -> List[ExperimentActionResult]:
    """Pause several experiments; return what became of each."""
    return call(session, paths.PAUSE_EXPERIMENTS, body, project_id=project_id)["results"]


def cancel_experiments(
    session: BaseSession, project_id: int, body: CancelExperimentsRequest
) -> List[ExperimentActionResult]:
    """Cancel several experiments; return what became of each."""
    return call(session, paths.CANCEL_EXPERIMENTS, body, project_id=project_id)["results"]


def kill_experiments(
    session: BaseSession, project_id: int, body: KillExperimentsRequest
) -> List[ExperimentActionResult]:
    """Kill several experiments; return what became of each."""
    return call(session, paths.KILL_EXPERIMENTS, body, project_id=project_id)["results"]


def delete_experiments(
    session: BaseSession, project_id: int, body: DeleteExperimentsRequest
) -> List[ExperimentActionResult]:
    """Begin to delete several experiments; return what became of each."""
    return call(session, paths.DELETE_EXPERIMENTS, body, project_id=project_id)["results"]


def archive_experiments(
    session: BaseSession, project_id: int, body: ArchiveExperimentsRequest
) -> List[ExperimentActionResult]:
    """Archive several experiments; return what became of each."""
    return call(session, paths.ARCHIVE_EXPERIMENTS, body, project_id=project_id)["results"]


def unarchive_experiments(
    session: BaseSession, project_id: int, body: UnarchiveExperimentsRequest
) -> List[ExperimentActionResult]:
    """Take several experiments out of the archive; return what became of each."""
    return call(session, paths.UNARCHIVE_EXPERIMENTS, body, project_id=project_id)["results"]


def move_experiments(
    session: BaseSession, project_id: int, body: MoveExperimentsRequest
) -> List[ExperimentActionResult]:
    """Move several experiments; return what became of each."""
    return call(session, paths.MOVE_EXPERIMENTS, body, project_id=project_id)["results"]


def set_experiments_log_retention(
    session: BaseSession, project_id: int, body: PutExperimentsRetainLogsRequest
) -> List[ExperimentActionResult]:
    """Set how long several experiments' logs are kept; return what became of each."""
    return call(session, paths.PUT_EXPERIMENTS_RETAIN_LOGS, body, project_id=project_id)["results"]
