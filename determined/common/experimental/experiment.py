"""Experiments: their state, trials, checkpoints and code."""

from __future__ import annotations

import base64
import datetime
import os
import pathlib
from typing import (
    TYPE_CHECKING,
    Any,
    Callable,
    Dict,
    FrozenSet,
    Iterable,
    Iterator,
    List,
    Mapping,
    Optional,
    Sequence,
    Set,
    Tuple,
    Union,
)

from ... import errors
from ..api import errors as api_errors
from ..api._json import Deferred
from ..api._pages import LAZY_PAGE
from ..api._session import Session
from ..api.endpoints import experiments as experiments_api
from ..api.wire import enums as wire
from ..api.wire.scalars import to_float
from . import _waiting, checkpoint, trial
from ._enums import ExperimentSortBy, ExperimentState, OrderBy, text_of, to_wire
from ._lookup import find_project, find_workspace
from ._old_names import old_name, old_names
from ._progress import WaitProgress, wait_progress
from ._reported import Reported
from ._resource import ResourceList, check_names, field, read_time
from ._trial_counts import describe_trials
from .checkpoint import _order

if TYPE_CHECKING:
    from ..api._session import BaseSession
    from ..api.wire.experiments import PatchExperiment
    from . import _html

__all__ = ["Experiment", "ExperimentSortBy", "ExperimentState", "OrderBy", "TERMINAL_STATES"]

TERMINAL_STATES = _waiting.ENDED
"""The states in which an experiment has ended."""

# What lists hold in place of notes that are not empty.
_NOTES_LEFT_OUT = "omitted"
# Statuses of a master that does not know a call; an experiment that is not there answers 404 as well.
_NO_SUCH_CALL = frozenset({404, 405, 501})


class Experiment(Reported):
    """An experiment, usually obtained from `Determined.create_experiment` or `Determined.get_experiment`.

    Parameters:
        experiment_id: the experiment's number.
        session: the session to call the master with.
    """

    id: int
    """The experiment's number."""
    name: str = field("name")
    """The experiment's name."""
    description: str = field("description")
    """What the experiment is about."""
    notes: Optional[str] = field("notes")
    """Free text in Markdown; None where the experiment comes from a list, until it is reloaded."""
    labels: Set[str] = field("labels", set)
    """The experiment's labels."""
    state: ExperimentState = field("state", _waiting.read_state)
    """The state at the time of the last `reload`."""
    progress: Optional[float] = field("progress")
    """How much of the search is done, from 0 to 1."""
    archived: bool = field("archived")
    """Whether it is archived."""
    _config: Union[None, Dict[str, Any], Deferred] = field("config")
    project_id: int = field("projectId")
    """The project that it belongs to."""
    workspace_id: int = field("workspaceId")
    """The workspace of that project."""
    unmanaged: bool = field("unmanaged")
    """Whether it is run by other means than the cluster, which only records it."""
    _start_time: Optional[str] = field("startTime")
    _end_time: Optional[str] = field("endTime")
    _num_trials: Optional[int] = field("numTrials")
    _username: Optional[str] = field("username")
    _best_metric: Any = field("bestTrialSearcherMetric")
    _metric_name: Optional[str] = field("searcherMetric")

    def __init__(self, experiment_id: int, session: BaseSession) -> None:
        super().__init__(session)
        self.id = experiment_id

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> Experiment:
        experiment = cls(data.get("id", 0), session)
        experiment._hydrate(data)
        return experiment

    def _row(self) -> _html.Row:
        from . import _html

        started, ended = read_time(self._start_time), read_time(self._end_time)
        now = datetime.datetime.now(datetime.timezone.utc)
        best = None if self._best_metric is None else to_float(self._best_metric)
        return _html.Row(
            {
                "id": self.id,
                "name": self.name,
                "state": self.state,
                "progress": None if self.progress is None else _html.Percent(self.progress),
                "best metric": None if best is None else f"{self._known_metric() or ''} {best:.5g}".lstrip(),
                "trials": self._num_trials,
                "started": started,
                "duration": None if started is None else (ended or now) - started,
                "owner": self._username,
            }
        )

    @staticmethod
    def _complete_rows(experiments: Sequence[Experiment]) -> None:
        """Read the best values of the searchers' metrics, which lists of experiments do not have."""
        lacking = [one for one in experiments if one._best_metric is None and one.state is not None]
        if not lacking:
            return
        session = lacking[0]._session
        if isinstance(session, Session):
            session = session.with_retry(0)  # who looks at a table does not want to wait for long
        ids = list(dict.fromkeys(one.id for one in lacking))
        query: Any = {"experimentIdFilter": {"incl": ids}, "showTrialData": True}
        try:
            found = list(experiments_api.list_experiments(session, query, page_size=len(ids)))
        except (api_errors.BadRequestException, api_errors.BadResponseException):
            return  # the table is shown without
        best = {data["id"]: data.get("bestTrialSearcherMetric") for data in found}
        for one in lacking:
            one._best_metric = best.get(one.id)

    def _known_metric(self) -> Optional[str]:
        """Return the name of the searcher's metric, where it is known."""
        if self._metric_name:
            return self._metric_name
        name: Optional[str] = ((self.config or {}).get("searcher") or {}).get("metric")
        return name

    @classmethod
    def _from_list(cls, session: BaseSession, data: Mapping[str, Any]) -> Experiment:
        experiment = cls._from_wire(session, data)
        if experiment.notes == _NOTES_LEFT_OUT:
            experiment.notes = None
        return experiment

    @property
    def config(self) -> Dict[str, Any]:
        """Its configuration with all defaults."""
        if isinstance(self._config, Deferred):
            self._config = self._config.decode()
        return self._config  # type: ignore[return-value]  # it is decoded now, and there once the object is hydrated

    @config.setter
    def config(self, config: Dict[str, Any]) -> None:
        self._config = config

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        answer = experiments_api.get_experiment(self._session, self.id)
        self._hydrate(answer["experiment"])
        if self.config is None:
            self.config = answer.get("config")

    def wait(
        self,
        interval: float = 5.0,
        timeout: Optional[float] = None,
        *,
        show_progress: bool = False,
        patience: Optional[float] = _waiting.DEFAULT_PATIENCE,
        through_pause: bool = False,
        raise_on_failure: bool = False,
    ) -> ExperimentState:
        """Wait until the experiment has ended and return its last state.

        How far it is goes to the logger ``determined.common.experimental.experiment`` at INFO: at once, every minute,
        and at the end. `Determined.wait_all` waits for several experiments.

        Parameters:
            interval: seconds between two looks; by default 5.
            timeout: seconds to wait at most; by default without limit.
            show_progress: draw a progress bar on a terminal or in a notebook; elsewhere, write to standard error what
                goes to the log. By default neither.
            patience: seconds for which a master that does not answer, say while it is restarted, is waited for; by
                default 900, None for no limit.
            through_pause: wait on where the experiment is paused; somebody else has to activate it. By default that is
                an error.
            raise_on_failure: raise an error where the experiment has ended in another state than COMPLETED; by default,
                that state is returned.

        Returns:
            The state; one that only a newer master knows is a member with its name and value, too.

        Raises:
            ExperimentTimeout: the experiment has not ended in time; it runs on.
            ExperimentFailed: it has ended, and not as completed, and `raise_on_failure` is given; the error holds the
                last log lines of the trials that failed.
            ValueError: the experiment is paused, so that it would be waited for in vain, or a number of seconds makes
                no sense.
            NotFoundException: there is no such experiment, or no more.
            MasterNotFoundException: the master has been away for longer than `patience`.
        """
        with wait_progress(f"experiment {self.id}", _waiting.logger, show_progress) as progress:

            def look() -> Optional[ExperimentState]:
                self.reload()
                end = _waiting.end_state(self.state, self._end_time)
                if progress.is_due(end is not None):
                    self._tell(progress, is_end=end is not None)
                if self.state == ExperimentState.PAUSED and not self.unmanaged and not through_pause:
                    raise ValueError(
                        f"experiment {self.id} is paused: activate() it before waiting for its end, or wait with"
                        " through_pause=True"
                    )
                return end

            end = _waiting.wait_until(
                look, interval=interval, timeout=timeout, patience=patience, late=lambda: self._late("end", timeout)
            )
        if raise_on_failure and end != ExperimentState.COMPLETED:
            from ._failure import describe_failure

            raise describe_failure(self._session, self.id, self.name or "", end)
        return end

    def _tell(self, progress: WaitProgress, is_end: bool) -> None:
        """Show how far the experiment is."""
        config = self.config or {}
        counts = describe_trials(self._session, self.id, config, self._num_trials or 0)
        share = 1.0 if self.state == ExperimentState.COMPLETED else self.progress or 0.0
        state = self.state.name if self.state else ""
        progress.tell(self.name or f"experiment {self.id}", counts, share, state, is_end=is_end)

    def await_first_trial(
        self,
        interval: float = 0.1,
        timeout: Optional[float] = None,
        *,
        patience: Optional[float] = _waiting.DEFAULT_PATIENCE,
    ) -> trial.Trial:
        """Wait until the experiment has a trial and return the first.

        Parameters:
            interval: seconds between two looks; by default 0.1.
            timeout: seconds to wait at most; by default without limit.
            patience: seconds for which a master that does not answer is waited for; by default 900, None for no limit.

        Raises:
            ExperimentTimeout: there was no trial in time.
            NoTrialException: the experiment has ended without a trial; it is a RuntimeError.
            MasterNotFoundException: the master has been away for longer than `patience`.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """

        def look() -> Optional[trial.Trial]:
            first = next(iter(self.iter_trials(limit=1)), None)
            if first is None:
                self.reload()
                if _waiting.end_state(self.state, self._end_time) is not None:
                    raise errors.NoTrialException(
                        f"experiment {self.id} has no trial: it ended as {text_of(self.state or '')}"
                    )
            return first

        return _waiting.wait_until(
            look,
            interval=interval,
            timeout=timeout,
            patience=patience,
            late=lambda: self._late("start a trial", timeout),
        )

    def activate(self) -> None:
        """Let the paused experiment run.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it has ended.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.activate_experiment(self._session, self.id)

    def pause(self) -> None:
        """Pause the experiment; its trials save a checkpoint first.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it has ended.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.pause_experiment(self._session, self.id)

    def cancel(self) -> None:
        """Stop the experiment, letting its trials save a checkpoint.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.cancel_experiment(self._session, self.id)

    def kill(self) -> None:
        """Stop the experiment at once.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.kill_experiment(self._session, self.id)

    def archive(self) -> None:
        """Archive the ended experiment.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it has not ended, or is archived already.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.archive_experiment(self._session, self.id)
        self.archived = True

    def unarchive(self) -> None:
        """Take the experiment out of the archive.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it is not archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.unarchive_experiment(self._session, self.id)
        self.archived = False

    def delete(self) -> None:
        """Begin to delete the ended experiment with its checkpoints, metrics and logs.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it has not ended, or one of its checkpoints is registered as a version of a model.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.delete_experiment(self._session, self.id)

    def delete_tensorboard_files(self) -> None:
        """Delete the experiment's TensorBoard files; returns when they are gone.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: it has not ended.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        experiments_api.delete_tensorboard_files(self._session, self.id)

    def move_to_project(self, workspace_name: str, project_name: str) -> None:
        """Move the experiment to another project, given by name.

        Parameters:
            workspace_name: the name of the project's workspace.
            project_name: the project's name.

        Raises:
            NotFoundException: there is no workspace or no project of that name.
            ForbiddenException: the user may not change it.
            APIException: the project is archived.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        workspace_id = find_workspace(self._session, workspace_name)["id"]
        project_id = find_project(self._session, workspace_id, project_name)["id"]
        experiments_api.move_experiment(self._session, self.id, project_id)
        self.workspace_id, self.project_id = workspace_id, project_id

    def set_name(self, name: str) -> None:
        """Rename the experiment.

        Parameters:
            name: the new name.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            APIException: the name is empty.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"name": name})

    def set_description(self, description: str) -> None:
        """Replace the experiment's description.

        Parameters:
            description: the new text; an empty one clears it.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"description": description})

    def set_notes(self, notes: str) -> None:
        """Replace the experiment's notes.

        Parameters:
            notes: the new text, in Markdown; an empty one clears them.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"notes": notes})

    def set_labels(self, labels: Iterable[str]) -> None:
        """Replace all labels of the experiment.

        Parameters:
            labels: a set or list of labels; a single text is one label.

        Raises:
            ArgumentError: `labels` holds anything but texts.
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._patch({"labels": sorted(set(check_names(labels, "labels")))})

    def add_label(self, label: str) -> None:
        """Add a label, if the experiment does not have it; labels that others add at the same time stay.

        Parameters:
            label: the label.

        Raises:
            ArgumentError: the label is neither text nor a number, which stands for its text.
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        text = _label_text(label)
        if not self._call_for_label(experiments_api.add_experiment_label, text, _NO_SUCH_CALL):
            self._change_labels(lambda labels: labels | {text})

    def remove_label(self, label: str) -> None:
        """Remove a label, if the experiment has it; labels that others add at the same time stay.

        Parameters:
            label: the label.

        Raises:
            ArgumentError: the label is neither text nor a number, which stands for its text.
            NotFoundException: there is no such experiment, or the user may not see it.
            ForbiddenException: the user may not change it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        # masters up to 0.38.1 fail on PostgreSQL 15 and newer
        text, unknown = _label_text(label), _NO_SUCH_CALL | {500}
        if not self._call_for_label(experiments_api.remove_experiment_label, text, unknown):
            self._change_labels(lambda labels: labels - {text})

    def _call_for_label(
        self, call: Callable[[BaseSession, int, str], List[str]], label: str, unknown: FrozenSet[int]
    ) -> bool:
        """Make a call that changes one label; returns whether the master could: `unknown` are the statuses if not."""
        if label in ("", ".", "..") or set(label) & set("/:"):
            return False  # the master cannot route a path that ends in it
        try:
            labels = call(self._session, self.id, label)
        except api_errors.APIException as error:
            if error.status_code not in unknown:
                raise
            return False
        self._take({"labels": labels}, {})
        self._put_in_config({"labels": sorted(labels)})
        return True

    def _change_labels(self, change: Callable[[Set[str]], Set[str]]) -> None:
        self.reload()
        self.set_labels(change(self.labels or set()))

    def download_code(self, output_dir: Union[None, str, os.PathLike[str]] = None) -> str:
        """Download the code that the experiment was created with and return the file's path.

        Parameters:
            output_dir: the directory for the file ``exp-<id>_model_def.tar.gz``, where ``~`` is the home directory; it
                is made where it is missing. By default the working directory.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            OSError: the file cannot be written.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        code = base64.b64decode(experiments_api.get_model_definition(self._session, self.id))
        directory = pathlib.Path(output_dir or ".").expanduser()
        directory.mkdir(parents=True, exist_ok=True)
        path = directory / f"exp-{self.id}_model_def.tar.gz"
        draft = path.with_name(f".{path.name}.{os.getpid()}.part")
        try:
            draft.write_bytes(code)
            os.replace(draft, path)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
        return str(path)

    def iter_trials(
        self,
        sort_by: trial.TrialSortBy = trial.TrialSortBy.ID,
        order_by: OrderBy = OrderBy.ASCENDING,
        limit: Optional[int] = None,
    ) -> Iterator[trial.Trial]:
        """Iterate over the experiment's trials.

        Parameters:
            sort_by: what to sort by; by default the number.
            order_by: the direction; by default ascending.
            limit: how many trials to fetch with one request; a smaller number gives the first one sooner. By default
                the master chooses.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        query: Any = {
            "sortBy": to_wire(wire.GetExperimentTrialsSortBy, sort_by, "sort_by"),
            "orderBy": to_wire(wire.OrderBy, order_by, "order_by"),
        }
        found = experiments_api.list_experiment_trials(self._session, self.id, query, page_size=limit or 0)
        return map(self._trial_from_wire, found)

    def _trial_from_wire(self, data: Mapping[str, Any]) -> trial.Trial:
        found = trial.Trial._from_wire(self._session, data)
        found._searcher_metric = self._known_metric()
        return found

    def list_trials(
        self, sort_by: trial.TrialSortBy = trial.TrialSortBy.ID, order_by: OrderBy = OrderBy.ASCENDING
    ) -> List[trial.Trial]:
        """Return the experiment's trials.

        Parameters:
            sort_by: what to sort by; by default the number.
            order_by: the direction; by default ascending.

        Raises:
            NotFoundException: there is no such experiment, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self.iter_trials(sort_by, order_by))

    def list_checkpoints(
        self,
        sort_by: Optional[Union[str, checkpoint.CheckpointSortBy]] = None,
        order_by: Optional[OrderBy] = None,
        max_results: Optional[int] = None,
    ) -> List[checkpoint.Checkpoint]:
        """Return the completed checkpoints of all trials, by default the best by the searcher's metric first.

        Parameters:
            sort_by: a `CheckpointSortBy`, or the name of a validation metric; checkpoints without it come last. By
                default the metric of the searcher.
            order_by: the direction; required with `sort_by`, and by default the searcher's without it.
            max_results: return so many at most; by default all.

        Raises:
            ArgumentError: only one of `sort_by` and `order_by` is given, or `sort_by` is of another type.
            NotFoundException: there is no such experiment, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return ResourceList(self._read_checkpoints(sort_by, order_by, max_results, _order.page_size(max_results)))

    def iter_checkpoints(
        self,
        sort_by: Optional[Union[str, checkpoint.CheckpointSortBy]] = None,
        order_by: Optional[OrderBy] = None,
        max_results: Optional[int] = None,
    ) -> Iterator[checkpoint.Checkpoint]:
        """Iterate over the checkpoints that `list_checkpoints` returns, fetching them as they are needed.

        Parameters:
            sort_by: a `CheckpointSortBy`, or the name of a validation metric; checkpoints without it come last. By
                default the metric of the searcher.
            order_by: the direction; required with `sort_by`, and by default the searcher's without it.
            max_results: return so many at most; by default all.

        Raises:
            ArgumentError: only one of `sort_by` and `order_by` is given, or `sort_by` is of another type.
            NotFoundException: there is no such experiment, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_checkpoints(sort_by, order_by, max_results, LAZY_PAGE)

    def _read_checkpoints(
        self,
        sort_by: Optional[Union[str, checkpoint.CheckpointSortBy]],
        order_by: Optional[OrderBy],
        max_results: Optional[int],
        page_size: int,
    ) -> Iterator[checkpoint.Checkpoint]:
        order = _order.CheckpointOrder.of(sort_by, order_by) or _order.CheckpointOrder.best_by_searcher()
        found = experiments_api.list_experiment_checkpoints(self._session, self.id, order.query(), page_size=page_size)
        return _order.iterate_sorted(self._session, found, order, max_results)

    @old_name("Experiment.list_checkpoints", "0.26")
    def top_checkpoint(
        self, sort_by: Optional[str] = None, smaller_is_better: Optional[bool] = None
    ) -> checkpoint.Checkpoint:
        """Return the experiment's best checkpoint.

        Parameters:
            sort_by: the validation metric to compare by; by default that of the searcher.
            smaller_is_better: how to compare; by default as the searcher does, and ignored without `sort_by`.

        Raises:
            NoSuchCheckpoint: no completed checkpoint has a value of that metric.
        """
        return self._find_best(1, sort_by, smaller_is_better)[0]

    @old_name("Experiment.list_checkpoints", "0.26")
    def top_n_checkpoints(
        self, limit: int, sort_by: Optional[str] = None, smaller_is_better: Optional[bool] = None
    ) -> List[checkpoint.Checkpoint]:
        """Return the best checkpoint of each of the best trials, the best first.

        Parameters:
            limit: return so many at most.
            sort_by: the validation metric to compare by; by default that of the searcher.
            smaller_is_better: how to compare; by default as the searcher does, and ignored without `sort_by`.

        Raises:
            NoSuchCheckpoint: no completed checkpoint has a value of that metric.
        """
        return self._find_best(limit, sort_by, smaller_is_better)

    def _find_best(
        self, limit: int, sort_by: Optional[str], smaller_is_better: Optional[bool]
    ) -> List[checkpoint.Checkpoint]:
        if sort_by is None:
            order = _order.CheckpointOrder.best_by_searcher()
        else:
            _order.check_metric_name(sort_by)
            order = _order.CheckpointOrder.best_by(*self._choose_metric(sort_by, smaller_is_better))
        found = experiments_api.list_experiment_checkpoints(
            self._session, self.id, order.query(), page_size=_order.page_size(limit)
        )
        best = ResourceList(
            _order.iterate_sorted(self._session, found, order, limit, only_with_metric=True, one_per_trial=True)
        )
        if not best:
            metric = repr(sort_by) if sort_by else "of the searcher"
            raise errors.NoSuchCheckpoint(f"experiment {self.id} has no completed checkpoint with the metric {metric}")
        return best

    def get_pachyderm_config(self) -> Dict[str, Any]:
        """Return what the configuration says of Pachyderm.

        Raises:
            ValueError: it says nothing.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        integrations = self._known_config().get("integrations") or {}
        pachyderm: Optional[Dict[str, Any]] = integrations.get("pachyderm")
        if pachyderm is None:
            raise ValueError(f"the configuration of experiment {self.id} has no integrations.pachyderm")
        return pachyderm

    def _searcher_metric(self) -> Tuple[str, bool]:
        """Return the name of the searcher's metric, and whether smaller is better."""
        searcher = self._known_config().get("searcher") or {}
        if not searcher.get("metric"):
            raise errors.InvalidExperimentException(f"the configuration of experiment {self.id} names no metric")
        return searcher["metric"], bool(searcher.get("smaller_is_better", True))

    def _choose_metric(self, name: Optional[str], smaller_is_better: Optional[bool]) -> Tuple[str, bool]:
        """Return the caller's metric and direction, completed by the searcher's."""
        if name is not None and smaller_is_better is not None:
            return name, smaller_is_better
        searcher_metric, searcher_smaller = self._searcher_metric()
        return (searcher_metric if name is None else name), searcher_smaller

    def _known_config(self) -> Dict[str, Any]:
        if self.config is None:
            self.reload()
        return self.config or {}

    def _late(self, event: str, timeout: Optional[float]) -> errors.ExperimentTimeout:
        return errors.ExperimentTimeout(f"experiment {self.id} did not {event} within {timeout} seconds", [self.id])

    def _patch(self, changes: PatchExperiment) -> None:
        answer: Mapping[str, Any] = experiments_api.patch_experiment(self._session, self.id, changes) or {}
        self._take(changes, answer)
        self._put_in_config(changes)  # the answer still has the configuration from before

    def _put_in_config(self, changes: Mapping[str, Any]) -> None:
        """Do to the configuration what the master does to it: notes are not in it."""
        if self._config is not None:
            config = self.config or {}
            config.update((key, value) for key, value in changes.items() if key in config and key != "notes")

    # Names of earlier releases.

    @old_name("Experiment.config", "0.26")
    def get_config(self) -> Dict[str, Any]:
        return self._known_config()

    @old_name("Experiment.list_trials", "0.26")
    def get_trials(
        self, sort_by: trial.TrialSortBy = trial.TrialSortBy.ID, order_by: OrderBy = OrderBy.ASCENDING
    ) -> List[trial.Trial]:
        return self.list_trials(sort_by, order_by)


def _label_text(label: Any) -> str:
    if not isinstance(label, (str, int, float)):
        raise errors.ArgumentError(f"a label must be a text, not {label!r}")
    return str(label)


__getattr__, __dir__ = old_names(__name__, "ExperimentOrderBy", "ExperimentReference")
