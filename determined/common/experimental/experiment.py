"""Experiments: their state, trials, checkpoints and code."""

from __future__ import annotations

import base64
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
    Set,
    Tuple,
    Union,
)

from ... import errors
from ..api import errors as api_errors
from ..api._json import Deferred
from ..api._pages import LAZY_PAGE
from ..api.endpoints import experiments as experiments_api
from ..api.wire import enums as wire
from . import _waiting, checkpoint, trial
from ._enums import ExperimentSortBy, ExperimentState, OrderBy, text_of, to_wire
from ._lookup import find_project, find_workspace
from ._old_names import old_name, old_names
from ._progress import progress_bar
from ._resource import Resource, ResourceList, check_names, field
from .checkpoint import _order

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from ..api._session import BaseSession
    from ..api.wire.experiments import PatchExperiment

__all__ = ["Experiment", "ExperimentSortBy", "ExperimentState", "OrderBy", "TERMINAL_STATES"]

TERMINAL_STATES = _waiting.ENDED
"""The states in which an experiment has ended."""

# What lists hold in place of notes that are not empty.
_NOTES_LEFT_OUT = "omitted"
# Statuses of a master that does not know a call; an experiment that is not there answers 404 as well.
_NO_SUCH_CALL = frozenset({404, 405, 501})


class Experiment(Resource):
    """An experiment, usually obtained from `Determined.create_experiment` or `Determined.get_experiment`.

    Parameters:
        experiment_id: the experiment's number.
        session: the session to call the master with.
    """

    id: int
    """The experiment's number."""
    name: Optional[str] = field("name")
    """The experiment's name."""
    description: Optional[str] = field("description")
    """What the experiment is about."""
    notes: Optional[str] = field("notes")
    """Free text in Markdown; None where the experiment comes from a list, until it is reloaded."""
    labels: Optional[Set[str]] = field("labels", set)
    """The experiment's labels."""
    state: Optional[Union[ExperimentState, str]] = field("state", _waiting.read_state)
    """The state at the time of the last `reload`."""
    progress: Optional[float] = field("progress")
    """How much of the search is done, from 0 to 1."""
    archived: Optional[bool] = field("archived")
    """Whether it is archived."""
    _config: Union[None, Dict[str, Any], Deferred] = field("config")
    project_id: Optional[int] = field("projectId")
    """The project that it belongs to."""
    workspace_id: Optional[int] = field("workspaceId")
    """The workspace of that project."""
    unmanaged: Optional[bool] = field("unmanaged")
    """Whether it is run by other means than the cluster, which only records it."""
    _end_time: Optional[str] = field("endTime")

    def __init__(self, experiment_id: int, session: BaseSession) -> None:
        super().__init__(session)
        self.id = experiment_id

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> Experiment:
        experiment = cls(data.get("id", 0), session)
        experiment._hydrate(data)
        return experiment

    @classmethod
    def _from_list(cls, session: BaseSession, data: Mapping[str, Any]) -> Experiment:
        experiment = cls._from_wire(session, data)
        if experiment.notes == _NOTES_LEFT_OUT:
            experiment.notes = None
        return experiment

    @property
    def config(self) -> Optional[Dict[str, Any]]:
        """Its configuration with all defaults."""
        if isinstance(self._config, Deferred):
            self._config = self._config.decode()
        return self._config  # type: ignore[return-value]  # it is decoded now

    @config.setter
    def config(self, config: Optional[Dict[str, Any]]) -> None:
        self._config = config

    def reload(self) -> None:
        """Refresh all fields from the master."""
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
    ) -> Union[ExperimentState, str]:
        """Wait until the experiment has ended and return its last state.

        `Determined.wait_all` waits for several experiments.

        Parameters:
            interval: seconds between two looks.
            timeout: seconds to wait at most; by default without limit.
            show_progress: draw a progress bar, if on a terminal and tqdm is installed.
            patience: seconds for which a master that does not answer, say while it is restarted, is waited for; None
                for no limit.
            through_pause: wait on where the experiment is paused; somebody else has to activate it.

        Returns:
            The state; plain text where a newer master has one that is not known here.

        Raises:
            ExperimentTimeout: the experiment has not ended in time; it runs on.
            ValueError: the experiment is paused, so that it would be waited for in vain.
            MasterNotFoundException: the master has been away for longer than `patience`.
        """
        with progress_bar(1.0, f"experiment {self.id}", is_wanted=show_progress) as progress:

            def look() -> Optional[Union[ExperimentState, str]]:
                self.reload()
                progress.move_to(self.progress or 0.0, text_of(self.state or ""))
                if self.state == ExperimentState.PAUSED and not self.unmanaged and not through_pause:
                    raise ValueError(
                        f"experiment {self.id} is paused: activate() it before waiting for its end, or wait with"
                        " through_pause=True"
                    )
                return _waiting.end_state(self.state, self._end_time)

            return _waiting.wait_until(
                look, interval=interval, timeout=timeout, patience=patience, late=lambda: self._late("end", timeout)
            )

    def await_first_trial(
        self,
        interval: float = 0.1,
        timeout: Optional[float] = None,
        *,
        patience: Optional[float] = _waiting.DEFAULT_PATIENCE,
    ) -> trial.Trial:
        """Wait until the experiment has a trial and return the first.

        Parameters:
            interval: seconds between two looks.
            timeout: seconds to wait at most; by default without limit.
            patience: seconds for which a master that does not answer is waited for; None for no limit.

        Raises:
            ExperimentTimeout: there was no trial in time.
            NoTrialException: the experiment has ended without a trial; it is a RuntimeError.
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
        """Let the paused experiment run."""
        experiments_api.activate_experiment(self._session, self.id)

    def pause(self) -> None:
        """Pause the experiment; its trials save a checkpoint first."""
        experiments_api.pause_experiment(self._session, self.id)

    def cancel(self) -> None:
        """Stop the experiment, letting its trials save a checkpoint."""
        experiments_api.cancel_experiment(self._session, self.id)

    def kill(self) -> None:
        """Stop the experiment at once."""
        experiments_api.kill_experiment(self._session, self.id)

    def archive(self) -> None:
        """Archive the ended experiment."""
        experiments_api.archive_experiment(self._session, self.id)
        self.archived = True

    def unarchive(self) -> None:
        """Take the experiment out of the archive."""
        experiments_api.unarchive_experiment(self._session, self.id)
        self.archived = False

    def delete(self) -> None:
        """Begin to delete the ended experiment with its checkpoints, metrics and logs."""
        experiments_api.delete_experiment(self._session, self.id)

    def delete_tensorboard_files(self) -> None:
        """Delete the experiment's TensorBoard files; returns when they are gone."""
        experiments_api.delete_tensorboard_files(self._session, self.id)

    def move_to_project(self, workspace_name: str, project_name: str) -> None:
        """Move the experiment to another project, given by name.

        Raises:
            NotFoundException: there is no workspace or no project of that name.
        """
        workspace_id = find_workspace(self._session, workspace_name)["id"]
        project_id = find_project(self._session, workspace_id, project_name)["id"]
        experiments_api.move_experiment(self._session, self.id, project_id)
        self.workspace_id, self.project_id = workspace_id, project_id

    def set_name(self, name: str) -> None:
        """Rename the experiment."""
        self._patch({"name": name})

    def set_description(self, description: str) -> None:
        """Replace the experiment's description."""
        self._patch({"description": description})

    def set_notes(self, notes: str) -> None:
        """Replace the experiment's notes."""
        self._patch({"notes": notes})

    def set_labels(self, labels: Iterable[str]) -> None:
        """Replace all labels of the experiment.

        Parameters:
            labels: a set or list of labels; a single text is one label.

        Raises:
            ArgumentError: `labels` holds anything but texts.
        """
        self._patch({"labels": sorted(set(check_names(labels, "labels")))})

    def add_label(self, label: str) -> None:
        """Add a label, if the experiment does not have it; labels that others add at the same time stay.

        Raises:
            ArgumentError: the label is neither text nor a number, which stands for its text.
        """
        text = _label_text(label)
        if not self._call_for_label(experiments_api.add_experiment_label, text, _NO_SUCH_CALL):
            self._change_labels(lambda labels: labels | {text})

    def remove_label(self, label: str) -> None:
        """Remove a label, if the experiment has it; labels that others add at the same time stay.

        Raises:
            ArgumentError: the label is neither text nor a number, which stands for its text.
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
            sort_by: what to sort by.
            order_by: the direction.
            limit: how many trials to fetch with one request; a smaller number gives the first one sooner.
        """
        query: Any = {
            "sortBy": to_wire(wire.GetExperimentTrialsSortBy, sort_by, "sort_by"),
            "orderBy": to_wire(wire.OrderBy, order_by, "order_by"),
        }
        found = experiments_api.list_experiment_trials(self._session, self.id, query, page_size=limit or 0)
        return (trial.Trial._from_wire(self._session, data) for data in found)

    def list_trials(
        self, sort_by: trial.TrialSortBy = trial.TrialSortBy.ID, order_by: OrderBy = OrderBy.ASCENDING
    ) -> List[trial.Trial]:
        """Return the experiment's trials.

        Parameters:
            sort_by: what to sort by.
            order_by: the direction.
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
            sort_by: a `CheckpointSortBy`, or the name of a validation metric; checkpoints without it come last.
            order_by: the direction; required with `sort_by`.
            max_results: return so many at most.

        Raises:
            ArgumentError: only one of `sort_by` and `order_by` is given, or `sort_by` is of another type.
        """
        return ResourceList(self._read_checkpoints(sort_by, order_by, max_results, _order.page_size(max_results)))

    def iter_checkpoints(
        self,
        sort_by: Optional[Union[str, checkpoint.CheckpointSortBy]] = None,
        order_by: Optional[OrderBy] = None,
        max_results: Optional[int] = None,
    ) -> Iterator[checkpoint.Checkpoint]:
        """Iterate over the checkpoints that `list_checkpoints` returns, fetching them as they are needed."""
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

    def metrics_frame(self, group: str, *, hparams: bool = False) -> pandas.DataFrame:
        """Return all reports of one metric group, of all trials, as a table of pandas.

        Its columns are ``trial_id``, ``trial_run_id``, ``steps_completed`` and ``end_time`` (UTC), then one for each
        metric, with dots in the names of nested ones. A metric that is called like another column is found as
        ``metrics.<name>``. Numbers that were not reported are NaN.

        Parameters:
            group: the metric group, such as ``training`` or ``validation``.
            hparams: add a column ``hparams.<name>`` for each hyperparameter.

        Raises:
            ImportError: pandas is not installed: ``pip install determined[pandas]``.
        """
        from . import _columns, _frames

        return _frames.read_frame(_columns.Source(self._session, self._hparams_of_trials, group, hparams))

    def write_metrics_parquet(self, path: Union[str, os.PathLike[str]], group: str, *, hparams: bool = False) -> int:
        """Write all reports of one metric group, of all trials, to a Parquet file and return their number.

        It takes little memory, however many reports there are. The columns are those of `metrics_frame`, but what was
        not reported is null, and a metric whose values are lists, or of several types, is written as JSON.

        Parameters:
            path: the file; it appears when it is complete. Directories are made where they are missing.
            group: the metric group, such as ``training`` or ``validation``.
            hparams: add a column ``hparams.<name>`` for each hyperparameter.

        Raises:
            ImportError: pyarrow is not installed: ``pip install determined[parquet]``.
        """
        from . import _columns, _parquet

        return _parquet.write_parquet(_columns.Source(self._session, self._hparams_of_trials, group, hparams), path)

    def plot_metric(
        self, name: str, group: str = "validation", *, max_trials: int = 20, ax: Optional[Axes] = None
    ) -> Axes:
        """Draw a metric over the steps, a line for each trial, and return the axes of matplotlib.

        Notebooks show them. ``ax.figure.savefig(path)`` writes the picture to a file.

        Parameters:
            name: the metric; dots are between the names of nested ones.
            group: its metric group.
            max_trials: draw so many trials at most: the best by the searcher's metric.
            ax: the axes to draw in; by default those of a figure of its own, which pyplot knows nothing of.

        Raises:
            ImportError: matplotlib is not installed: ``pip install determined[plot]``.
            ValueError: no trial has reported the metric, or it is no number.
        """
        if max_trials < 1:
            raise ValueError(f"max_trials must be at least 1, not {max_trials}")
        from . import _columns, _plot

        title = f"experiment {self.id}"

        def choose() -> Mapping[int, Mapping[str, Any]]:
            nonlocal title
            trials: List[trial.Trial] = self.list_trials()
            if len(trials) > max_trials:
                title = f"experiment {self.id}: best {max_trials} of {len(trials)} trials"
                trials = _plot.best_trials(trials, max_trials, *self._searcher_metric())
            return {one.id: one.hparams or {} for one in trials}

        return _plot.plot(_columns.Source(self._session, choose, group), name, ax, lambda: title)

    def _hparams_of_trials(self) -> Dict[int, Dict[str, Any]]:
        return {one.id: one.hparams or {} for one in self.iter_trials()}

    def get_pachyderm_config(self) -> Dict[str, Any]:
        """Return what the configuration says of Pachyderm.

        Raises:
            ValueError: it says nothing.
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
