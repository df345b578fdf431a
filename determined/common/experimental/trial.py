"""Trials: one training run each, with its logs, metrics and checkpoints."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Dict, Iterable, Iterator, List, Mapping, Optional, Set, Union

from ... import errors
from ..api import errors as api_errors
from ..api import logs
from ..api._pages import LAZY_PAGE
from ..api.endpoints import trials as trials_api
from ..api.wire import enums as wire
from . import checkpoint, metrics
from ._enums import LogLevel, OrderBy, TrialSortBy, TrialState, to_wire
from ._old_names import old_name, old_names
from ._resource import Resource, ResourceList, field, member_of
from .checkpoint import _order

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from ..api._session import BaseSession
    from . import _columns, _html
    from .experiment import Experiment

__all__ = ["LogLevel", "OrderBy", "Trial", "TrialSortBy", "TrialState"]


class Trial(Resource):
    """A trial, usually obtained from `Determined.get_trial` or `Experiment.list_trials`.

    Parameters:
        trial_id: the trial's number.
        session: the session to call the master with.
    """

    id: int
    """The trial's number."""
    experiment_id: int = field("experimentId")
    """The experiment that the trial belongs to."""
    hparams: Dict[str, Any] = field("hparams")
    """The trial's hyperparameters."""
    state: TrialState = field("state", member_of(TrialState))
    """The state at the time of the last `reload`."""
    summary_metrics: Optional[Dict[str, Any]] = field("summaryMetrics")
    """Count, sum, least, greatest and last value of every metric, by group and name."""

    _latest_values: Optional[Dict[str, Any]] = field("latestValidation.metrics.avgMetrics")
    _best_values: Optional[Dict[str, Any]] = field("bestValidation.metrics.avgMetrics")

    def __init__(self, trial_id: int, session: BaseSession) -> None:
        super().__init__(session)
        self.id = trial_id
        self._searcher_metric: Optional[str] = None

    @classmethod
    def _from_wire(cls, session: BaseSession, data: Mapping[str, Any]) -> Trial:
        trial = cls(data.get("id", 0), session)
        trial._hydrate(data)
        return trial

    def _row(self) -> _html.Row:
        from . import _html

        first = {"id": self.id, "state": self.state}
        name = self._searcher_metric
        last: Dict[str, Any] = {}
        for word, values in (("latest", self._latest_values), ("best", self._best_values)):
            known = metrics.restore_floats(values or {})
            last[f"{word} {name}" if name else word] = known.get(name) if name else known
        own = _html.own_columns(self.hparams or {}, [*first, *last], "hparams.")
        return _html.Row(first, own, last, ("hparams", "summary_metrics"))

    def reload(self) -> None:
        """Refresh all fields from the master.

        Raises:
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        self._hydrate(trials_api.get_trial(self._session, self.id))

    def kill(self) -> None:
        """Stop the trial at once.

        Raises:
            NotFoundException: there is no such trial, or the user may not see it.
            ForbiddenException: the user may not stop it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        trials_api.kill_trial(self._session, self.id)

    def get_experiment(self) -> Experiment:
        """Return the experiment that the trial belongs to.

        Raises:
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        from .experiment import Experiment

        experiment = Experiment(self._known_experiment_id(), self._session)
        experiment.reload()
        return experiment

    def iter_logs(
        self,
        follow: bool = False,
        *,
        head: Optional[int] = None,
        tail: Optional[int] = None,
        container_ids: Optional[List[str]] = None,
        rank_ids: Optional[List[int]] = None,
        stdtypes: Optional[List[str]] = None,
        min_level: Optional[LogLevel] = None,
        timestamp_before: Optional[Union[str, int]] = None,
        timestamp_after: Optional[Union[str, int]] = None,
        sources: Optional[List[str]] = None,
        search_text: Optional[str] = None,
    ) -> Iterable[str]:
        """Iterate over the trial's log lines, as the master renders them.

        Parameters:
            follow: wait for further lines until the trial has ended; by default not.
            head: only the first so many lines; by default all.
            tail: only the last so many lines; by default all.
            container_ids: only lines of these containers.
            rank_ids: only lines of these ranks; -1 stands for lines without a rank.
            stdtypes: only lines of these streams, ``stdout`` or ``stderr``.
            min_level: only lines of this level or above.
            timestamp_before: only lines up to this time: RFC 3339 text, or seconds since 1970.
            timestamp_after: only lines later than this time.
            sources: only lines of these sources.
            search_text: only lines that contain this text, case-insensitive.

        Raises:
            ArgumentError: more than one of follow, head and tail is given, a time cannot be read, or an argument is of
                another type.
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        filters = logs.make_filters(
            container_ids=container_ids,
            rank_ids=rank_ids,
            stdtypes=stdtypes,
            min_level=to_wire(wire.LogLevel, min_level, "min_level"),
            timestamp_before=timestamp_before,
            timestamp_after=timestamp_after,
            sources=sources,
            search_text=search_text,
        )
        lines = logs.iter_trial_logs(self._session, self.id, follow=follow, head=head, tail=tail, filters=filters)
        return (line["message"] for line in lines)

    def iter_metrics(self, group: str) -> Iterable[metrics.TrialMetrics]:
        """Iterate over the trial's reports of one metric group, by run and step.

        Parameters:
            group: the metric group, such as ``training`` or ``validation``.

        Raises:
            ArgumentError: the group is empty.
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return metrics.iter_trials_metrics(self._session, [self.id], group)

    def metrics_frame(self, group: str, *, hparams: bool = False) -> pandas.DataFrame:
        """Return all of the trial's reports of one metric group as a table of pandas; see `Experiment.metrics_frame`.

        Parameters:
            group: the metric group, such as ``training`` or ``validation``.
            hparams: add a column ``hparams.<name>`` for each hyperparameter; by default there is none.

        Raises:
            ImportError: pandas is not installed: ``pip install determined[pandas]``.
            ArgumentError: the trial has reported other groups, but not this one, which is no usual one.
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        from . import _frames

        return _frames.read_frame(self._reports(group, hparams))

    def write_metrics_parquet(self, path: Union[str, os.PathLike[str]], group: str, *, hparams: bool = False) -> int:
        """Write all of the trial's reports of one metric group to a Parquet file and return their number.

        The columns are those of `Experiment.write_metrics_parquet`.

        Parameters:
            path: the file; it appears when it is complete. Directories are made where they are missing.
            group: the metric group, such as ``training`` or ``validation``.
            hparams: add a column ``hparams.<name>`` for each hyperparameter; by default there is none.

        Raises:
            ImportError: pyarrow is not installed: ``pip install determined[parquet]``.
            ArgumentError: the trial has reported other groups, but not this one, which is no usual one.
            ValueError: the path is that of a directory.
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        from . import _parquet

        return _parquet.write_parquet(self._reports(group, hparams), path)

    def plot_metric(
        self, name: str, group: str = "validation", *, log: bool = False, ax: Optional[Axes] = None
    ) -> Axes:
        """Draw a metric over the steps and return the axes of matplotlib.

        The axis of the metric follows the 1st to the 99th percentile where outliers would flatten all else; triangles
        mark what lies outside. A notebook shows the picture wherever it is made; ``ax.figure.savefig(path)`` writes it
        to a file.

        Parameters:
            name: the metric; dots are between the names of nested ones.
            group: its metric group; by default ``validation``.
            log: let the axis of the metric be logarithmic; what is not above 0 is left out. By default it is linear.
            ax: the axes to draw in; by default those of a figure of its own, which pyplot knows nothing of.

        Returns:
            The axes.

        Raises:
            ImportError: matplotlib is not installed: ``pip install determined[plot]``.
            ArgumentError: the trial has not reported the metric, or it is no number.
            APIException: the master refuses.
            MasterNotFoundException: the master does not answer.
        """
        from . import _plot

        return _plot.plot(self._reports(group), _plot.Look(name, log=log), ax, lambda: f"trial {self.id}")

    def list_checkpoints(
        self,
        sort_by: Optional[Union[str, checkpoint.CheckpointSortBy]] = None,
        order_by: Optional[OrderBy] = None,
        max_results: Optional[int] = None,
    ) -> List[checkpoint.Checkpoint]:
        """Return the trial's checkpoints of any state, by default the best by the searcher's metric first.

        Parameters:
            sort_by: a `CheckpointSortBy`, or the name of a validation metric; checkpoints without it come last. By
                default the metric of the searcher.
            order_by: the direction; required with `sort_by`, and by default the searcher's without it.
            max_results: return so many at most; by default all.

        Raises:
            ArgumentError: only one of `sort_by` and `order_by` is given, or `sort_by` is of another type.
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        order = _order.CheckpointOrder.of(sort_by, order_by)
        return ResourceList(self._read_checkpoints(order, max_results, _order.page_size(max_results)))

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
            NotFoundException: there is no such trial, or the user may not see it.
            BadRequestException: the call failed; the subclasses say how (`determined.common.api.errors`).
        """
        return self._read_checkpoints(_order.CheckpointOrder.of(sort_by, order_by), max_results, LAZY_PAGE)

    def _read_checkpoints(
        self, order: Optional[_order.CheckpointOrder], max_results: Optional[int], page_size: int
    ) -> Iterator[checkpoint.Checkpoint]:
        if order is None:
            return _order.iterate_best(self._session, self._fetch_checkpoints, page_size, max_results)
        found = self._fetch_checkpoints(order, page_size)
        return _order.iterate_sorted(self._session, found, order, max_results)

    def _fetch_checkpoints(self, order: _order.CheckpointOrder, page_size: int) -> Iterator[Mapping[str, Any]]:
        query = order.query(completed_only=False)
        return trials_api.list_trial_checkpoints(self._session, self.id, query, page_size=page_size)

    def _fetch_completed(self, order: _order.CheckpointOrder, page_size: int) -> Iterator[Mapping[str, Any]]:
        return trials_api.list_trial_checkpoints(self._session, self.id, order.query(), page_size=page_size)

    @old_name("Trial.list_checkpoints", "0.26")
    def top_checkpoint(
        self, sort_by: Optional[str] = None, smaller_is_better: Optional[bool] = None
    ) -> checkpoint.Checkpoint:
        """Return the trial's best checkpoint.

        Parameters:
            sort_by: the validation metric to compare by; by default that of the searcher.
            smaller_is_better: how to compare; by default as the searcher does, and ignored without `sort_by`.

        Raises:
            NoSuchCheckpoint: no completed checkpoint has a value of that metric.
        """
        return self._find_best(sort_by, smaller_is_better)

    @old_name("Trial.list_checkpoints", "0.26")
    def select_checkpoint(
        self,
        latest: bool = False,
        best: bool = False,
        uuid: Optional[str] = None,
        sort_by: Optional[str] = None,
        smaller_is_better: Optional[bool] = None,
    ) -> checkpoint.Checkpoint:
        """Return one checkpoint: the latest, the best, or the one of a UUID.

        Parameters:
            latest: the one of most batches.
            best: the best, as `top_checkpoint` finds it.
            uuid: the one of this UUID.
            sort_by: with `best`, the validation metric to compare by.
            smaller_is_better: with `sort_by`, how to compare.

        Raises:
            ArgumentError: not exactly one of latest, best and uuid is given, or only one of `sort_by` and
                `smaller_is_better`, or both without `best`.
            NoSuchCheckpoint: the trial has no such checkpoint.
        """
        if sum((bool(latest), bool(best), uuid is not None)) != 1:
            raise errors.ArgumentError("give exactly one of latest, best and uuid")
        if (sort_by is None) != (smaller_is_better is None):
            raise errors.ArgumentError("give both sort_by and smaller_is_better, or neither")
        if sort_by is not None and not best:
            raise errors.ArgumentError("sort_by and smaller_is_better go with best=True only")
        if best:
            return self._find_best(sort_by, smaller_is_better)
        if uuid is not None:
            return self._own_checkpoint(uuid)
        order = _order.CheckpointOrder(checkpoint.CheckpointSortBy.BATCH_NUMBER, None, OrderBy.DESCENDING)
        newest = next(iter(self._fetch_completed(order, 1)), None)
        if newest is None:
            raise errors.NoSuchCheckpoint(f"trial {self.id} has no completed checkpoint")
        return checkpoint.Checkpoint._from_wire(self._session, newest)

    def _find_best(self, sort_by: Optional[str], smaller_is_better: Optional[bool]) -> checkpoint.Checkpoint:
        if sort_by is None:
            size = _order.page_size(1)
            found = _order.iterate_best(self._session, self._fetch_completed, size, 1, only_with_metric=True)
        else:
            _order.check_metric_name(sort_by)
            if smaller_is_better is None:
                sort_by, smaller_is_better = self.get_experiment()._choose_metric(sort_by, None)
            order = _order.CheckpointOrder.best_by(sort_by, smaller_is_better)
            page = self._fetch_completed(order, _order.page_size(1))
            found = _order.iterate_sorted(self._session, page, order, 1, only_with_metric=True)
        best = next(found, None)
        if best is None:
            metric = repr(sort_by) if sort_by else "of the searcher"
            raise errors.NoSuchCheckpoint(f"trial {self.id} has no completed checkpoint with the metric {metric}")
        return best

    def _reports(self, group: str, hparams: bool = False) -> _columns.Source:
        def find() -> Dict[int, Dict[str, Any]]:
            if hparams and self.hparams is None:
                self.reload()
            return {self.id: self.hparams or {}}

        from . import _columns

        def find_groups() -> Set[str]:
            self.reload()
            return _columns.groups_of([self.summary_metrics])

        return _columns.Source(self._session, find, group, find_groups, hparams)

    def _own_checkpoint(self, uuid: str) -> checkpoint.Checkpoint:
        found = checkpoint.Checkpoint(self._session, uuid)
        found.reload()
        if not found.training or found.training.trial_id != self.id:
            raise errors.NoSuchCheckpoint(f"checkpoint {uuid} is none of trial {self.id}")
        return found

    def _known_experiment_id(self) -> int:
        if self.experiment_id is None:
            self.reload()
        if self.experiment_id is None:
            raise api_errors.BadResponseException(f"the master named no experiment of trial {self.id}")
        return self.experiment_id

    @old_name("Trial.iter_logs", "0.26")
    def logs(self, *args: Any, **kwargs: Any) -> Iterable[str]:
        return self.iter_logs(*args, **kwargs)

    @old_name("Trial.list_checkpoints", "0.26")
    def get_checkpoints(
        self,
        sort_by: Optional[Union[str, checkpoint.CheckpointSortBy]] = None,
        order_by: Optional[OrderBy] = None,
    ) -> List[checkpoint.Checkpoint]:
        return self.list_checkpoints(sort_by, order_by)

    @old_name("Trial.iter_metrics", "0.26")
    def stream_metrics(self, group: str) -> Iterable[metrics.TrialMetrics]:
        return self.iter_metrics(group)

    @old_name("Trial.iter_metrics", "0.26")
    def stream_training_metrics(self) -> Iterable[metrics.TrainingMetrics]:
        return metrics.iter_old_metrics(self._session, [self.id], metrics.TrainingMetrics)

    @old_name("Trial.iter_metrics", "0.26")
    def stream_validation_metrics(self) -> Iterable[metrics.ValidationMetrics]:
        return metrics.iter_old_metrics(self._session, [self.id], metrics.ValidationMetrics)


__getattr__, __dir__ = old_names(__name__, "TrialOrderBy", "TrialReference")
