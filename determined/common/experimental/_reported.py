"""What the trials of an experiment have reported, as tables, files and pictures."""

from __future__ import annotations

import dataclasses
import os
from typing import TYPE_CHECKING, Any, Dict, List, Mapping, Optional, Set, Tuple, Union

from ... import errors
from ._resource import Resource

if TYPE_CHECKING:
    import pandas
    from matplotlib.axes import Axes

    from ._columns import Source
    from ._plot_hparams import Tried
    from .trial import Trial


class Reported(Resource):
    """An object whose trials have reported metrics; the base of `Experiment`."""

    id: int
    name: str

    def list_trials(self) -> List[Trial]:
        """Return the trials."""
        raise NotImplementedError

    def _searcher_metric(self) -> Tuple[str, bool]:
        """Return the name of the searcher's metric, and whether smaller is better."""
        raise NotImplementedError

    def metrics_frame(self, group: str, *, hparams: bool = False) -> pandas.DataFrame:
        """Return all reports of one metric group, of all trials, as a table of pandas.

        Its columns are ``trial_id``, ``trial_run_id``, ``steps_completed`` and ``end_time`` (UTC), then one for each
        metric, with dots in the names of nested ones. A metric that is called like another column is found as
        ``metrics.<name>``. Numbers that were not reported are NaN.

        Parameters:
            group: the metric group, such as ``training`` or ``validation``.
            hparams: add a column ``hparams.<name>`` for each hyperparameter; by default there is none.

        Returns:
            The table, a row for each report, by trial, then run, then step; empty where nothing was reported yet.

        Raises:
            ImportError: pandas is not installed: ``pip install determined[pandas]``.
            ArgumentError: the trials have reported other groups, but not this one, which is no usual one.
            APIException: the master refuses.
            MasterNotFoundException: the master does not answer.
        """
        from . import _frames

        return _frames.read_frame(self._reports(group, hparams))

    def write_metrics_parquet(self, path: Union[str, os.PathLike[str]], group: str, *, hparams: bool = False) -> int:
        """Write all reports of one metric group, of all trials, to a Parquet file and return their number.

        It takes little memory, however many reports there are. The columns are those of `metrics_frame`, but what was
        not reported is null, and a metric whose values are lists, or of several types, is written as JSON.

        Parameters:
            path: the file; it appears when it is complete. Directories are made where they are missing.
            group: the metric group, such as ``training`` or ``validation``.
            hparams: add a column ``hparams.<name>`` for each hyperparameter; by default there is none.

        Returns:
            How many reports were written.

        Raises:
            ImportError: pyarrow is not installed: ``pip install determined[parquet]``.
            ArgumentError: the trials have reported other groups, but not this one, which is no usual one.
            ValueError: the path is that of a directory.
            APIException: the master refuses.
            MasterNotFoundException: the master does not answer.
        """
        from . import _parquet

        return _parquet.write_parquet(self._reports(group, hparams), path)

    def plot_metric(
        self,
        name: str,
        group: str = "validation",
        *,
        max_trials: int = 20,
        log: bool = False,
        ax: Optional[Axes] = None,
    ) -> Axes:
        """Draw a metric over the steps, a line for each trial, the best first, and return the axes of matplotlib.

        Up to ten lines have a legend with the hyperparameters that vary; more are coloured by their best value. The
        axis of the metric follows the 1st to the 99th percentile where outliers would flatten all else; triangles mark
        what lies outside. A notebook shows the picture wherever it is made; ``ax.figure.savefig(path)`` writes it to a
        file.

        Parameters:
            name: the metric; dots are between the names of nested ones.
            group: its metric group; by default ``validation``.
            max_trials: draw so many trials at most, by default 20: the best by the searcher's metric.
            log: let the axis of the metric be logarithmic; what is not above 0 is left out. By default it is linear.
            ax: the axes to draw in; by default those of a figure of its own, which pyplot knows nothing of.

        Returns:
            The axes.

        Raises:
            ImportError: matplotlib is not installed: ``pip install determined[plot]``.
            ArgumentError: no trial has reported the metric, or it is no number, or `max_trials` is less than 1.
            APIException: the master refuses.
            MasterNotFoundException: the master does not answer.
        """
        if max_trials < 1:
            raise errors.ArgumentError(f"max_trials must be at least 1, not {max_trials}")
        from . import _plot

        title = self._title()

        def choose() -> Mapping[int, Mapping[str, Any]]:
            nonlocal title
            trials = self.list_trials()
            if len(trials) > max_trials:
                title = f"best {max_trials} of {len(trials)} trials of {self._title()}"
                trials = _plot.best_trials(trials, max_trials, *self._searcher_metric())
            return {one.id: one.hparams or {} for one in trials}

        source = self._reports(group)
        look = _plot.Look(name, self._direction(name), log)
        return _plot.plot(dataclasses.replace(source, find_trials=choose), look, ax, lambda: title)

    def parallel_coordinates(
        self,
        metric: Optional[str] = None,
        group: str = "validation",
        *,
        smaller_is_better: Optional[bool] = None,
        ax: Optional[Axes] = None,
    ) -> Axes:
        """Draw a line for each trial through its hyperparameters to its best metric, and return the axes of matplotlib.

        Hyperparameters that are the same in all trials are left out. A notebook shows the picture wherever it is made.

        Parameters:
            metric: the metric; by default that of the searcher.
            group: its metric group; by default ``validation``.
            smaller_is_better: how to compare; by default as the searcher does, or as the name of the metric says.
            ax: the axes to draw in; by default those of a figure of its own, which pyplot knows nothing of.

        Returns:
            The axes.

        Raises:
            ImportError: matplotlib is not installed: ``pip install determined[plot]``.
            ArgumentError: no trial has reported the metric, or all have the same hyperparameters.
            InvalidExperimentException: no metric is given, and the configuration names none.
            APIException: the master refuses.
            MasterNotFoundException: the master does not answer.
        """
        from . import _plot_hparams

        name, smaller = self._compared(metric, smaller_is_better)
        title = f"{self._title()}: best {name} ({group})"
        return _plot_hparams.draw_parallel(self._tried(name, group, smaller), name, smaller, title, ax)

    def scatter(
        self,
        hparam: str,
        metric: Optional[str] = None,
        group: str = "validation",
        *,
        smaller_is_better: Optional[bool] = None,
        ax: Optional[Axes] = None,
    ) -> Axes:
        """Draw a point for each trial, its best metric over a hyperparameter, and return the axes of matplotlib.

        The best trial is named. A notebook shows the picture wherever it is made.

        Parameters:
            hparam: the hyperparameter; dots are between the names of nested ones.
            metric: the metric; by default that of the searcher.
            group: its metric group; by default ``validation``.
            smaller_is_better: how to compare; by default as the searcher does, or as the name of the metric says.
            ax: the axes to draw in; by default those of a figure of its own, which pyplot knows nothing of.

        Returns:
            The axes.

        Raises:
            ImportError: matplotlib is not installed: ``pip install determined[plot]``.
            ArgumentError: no trial has reported the metric, or has the hyperparameter.
            InvalidExperimentException: no metric is given, and the configuration names none.
            APIException: the master refuses.
            MasterNotFoundException: the master does not answer.
        """
        from . import _plot_hparams

        name, smaller = self._compared(metric, smaller_is_better)
        title = f"{self._title()}: best {name} ({group}) by {hparam}"
        return _plot_hparams.draw_scatter(self._tried(name, group, smaller), hparam, name, smaller, title, ax)

    def _reports(self, group: str, hparams: bool = False) -> Source:
        from . import _columns

        def find_trials() -> Dict[int, Dict[str, Any]]:
            return {one.id: one.hparams or {} for one in self.list_trials()}

        def find_groups() -> Set[str]:
            return _columns.groups_of(one.summary_metrics for one in self.list_trials())

        return _columns.Source(self._session, find_trials, group, find_groups, hparams)

    def _tried(self, metric: str, group: str, smaller_is_better: bool) -> List[Tried]:
        from . import _columns, _plot, _plot_hparams

        return [
            _plot_hparams.Tried(
                one.id,
                dict(_columns.flatten(one.hparams or {})),
                _plot.best_value(one, group, metric, smaller_is_better),
            )
            for one in self.list_trials()
        ]

    def _compared(self, metric: Optional[str], smaller_is_better: Optional[bool]) -> Tuple[str, bool]:
        """Return a metric and its direction: those of the searcher where the caller gives none."""
        from . import _figures

        name = self._searcher_metric()[0] if metric is None else metric
        smaller = self._direction(name) if smaller_is_better is None else smaller_is_better
        return name, _figures.is_smaller_better(name) if smaller is None else smaller

    def _direction(self, metric: str) -> Optional[bool]:
        """Return whether smaller is better where the metric is that of the searcher."""
        try:
            name, smaller_is_better = self._searcher_metric()
        except errors.InvalidExperimentException:
            return None
        return smaller_is_better if name == metric else None

    def _title(self) -> str:
        return f"{self.name} (experiment {self.id})" if self.name else f"experiment {self.id}"
