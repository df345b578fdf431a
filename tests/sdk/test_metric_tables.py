"""Metrics as tables, files and pictures, told to the real client against the embedded master."""

from __future__ import annotations

import io
import math
import pathlib
import sys
import types
from typing import Any, Dict, Iterator, List

import pytest

from determined.common.api import errors
from determined.common.api.endpoints import experiments as experiments_api
from determined.common.api.endpoints import metrics as metrics_api
from determined.common.api.endpoints import trials as trials_api
from determined.common.experimental import _columns, _parquet, metrics
from determined.experimental import client
from determined.master import LocalMaster

CONFIG = "name: told\nentrypoint: none\nsearcher: {name: single, metric: loss, max_length: 1}\nhyperparameters: {lr: 1}"
ID_COLUMNS = ["trial_id", "trial_run_id", "steps_completed", "end_time"]
HPARAMS: List[Dict[str, Any]] = [{"lr": 1, "deep": {"units": 8}}, {"lr": 0.5}, {"lr": 2, "kind": "adam"}]
# what the trials report, step by step
REPORTS: List[List[Dict[str, Any]]] = [
    [
        {"loss": 1, "epoch": 1, "deep": {"a": 0.5, "b": {"c": 1}}, "note": "hello", "ok": True, "sizes": [1, 2]},
        {"loss": 0.5, "epoch": 2, "ok": False},
    ],
    [{"loss": math.nan, "epoch": 3, "ok": True, "odd": 1}, {"loss": math.inf, "epoch": 4, "ok": True, "odd": "text"}],
    [{"loss": 0.25, "epoch": 5, "ok": True, "trial_id": 77, "hparams": {"lr": 9}}],
]


def spell(values: Any) -> Any:
    """What goes over the wire."""
    if isinstance(values, dict):
        return {key: spell(value) for key, value in values.items()}
    if isinstance(values, float) and not math.isfinite(values):
        return "NaN" if math.isnan(values) else "Infinity"
    return values


def tell(determined: client.Determined, hparams: List[Dict[str, Any]], reports: List[List[Dict[str, Any]]]) -> int:
    """Make an unmanaged experiment of trials that have reported, and return its number."""
    session = determined._session
    request: Any = {"config": CONFIG, "unmanaged": True, "activate": False}
    experiment_id = experiments_api.create_experiment(session, request)["experiment"]["id"]
    for values, steps in zip(hparams, reports):
        trial = trials_api.create_trial(session, {"experimentId": experiment_id, "unmanaged": True, "hparams": values})[
            "id"
        ]
        for step, report in enumerate(steps, 1):
            body: Any = {"trialId": trial, "trialRunId": 0, "stepsCompleted": step * 10}
            body["metrics"] = {"avgMetrics": spell(report)}
            for group in ("training", "validation"):
                metrics_api.report_metrics(session, trial, {"metrics": body, "group": group})
    return experiment_id


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Determined]:
    with LocalMaster(tmp_path_factory.mktemp("tables") / "master", slots=1, initial_password="") as master:
        yield client.Determined(master.url, "determined", "")


@pytest.fixture(scope="module")
def experiment(cluster: client.Determined) -> client.Experiment:
    return cluster.get_experiment(tell(cluster, HPARAMS, REPORTS))


@pytest.fixture(scope="module")
def silent(cluster: client.Determined) -> client.Experiment:
    """An experiment whose trial has reported nothing."""
    return cluster.get_experiment(tell(cluster, [{"lr": 1}], [[]]))


@pytest.fixture(params=[2, 1000])
def rows_at_a_time(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """What is read in many pieces is as what is read in one."""
    monkeypatch.setattr(_columns, "_ROWS", request.param)
    monkeypatch.setattr(metrics, "_TRIALS_PER_REQUEST", request.param)
    return int(request.param)


@pytest.mark.usefixtures("rows_at_a_time")
class TestFrames:
    @pytest.fixture(autouse=True)
    def needs_pandas(self) -> None:
        pytest.importorskip("pandas", reason="a table of metrics needs pandas")

    @pytest.mark.parametrize("group", ["training", "validation"])
    def test_a_table_has_a_row_for_each_report_of_each_trial(self, experiment: client.Experiment, group: str) -> None:
        frame = experiment.metrics_frame(group)
        first = experiment.list_trials()[0].id
        assert list(frame.columns)[:4] == ID_COLUMNS
        assert (frame["trial_id"] - first).tolist() == [0, 0, 1, 1, 2]
        assert frame["steps_completed"].tolist() == [10, 20, 10, 20, 10]
        assert frame["epoch"].tolist() == [1, 2, 3, 4, 5]

    def test_numbers_keep_their_types_where_all_reports_have_them(self, experiment: client.Experiment) -> None:
        types = experiment.metrics_frame("validation").dtypes.astype(str)
        assert [types[name] for name in ("trial_id", "trial_run_id", "steps_completed", "epoch")] == ["int64"] * 4
        assert types["ok"] == "bool"
        assert types["loss"] == types["deep.a"] == types["deep.b.c"] == "float64"
        assert types["end_time"] == "datetime64[us, UTC]"

    def test_values_are_those_that_were_reported(self, experiment: client.Experiment) -> None:
        frame = experiment.metrics_frame("validation")
        loss = frame["loss"].tolist()
        assert loss[:2] + loss[3:] == [1.0, 0.5, math.inf, 0.25]
        assert math.isnan(loss[2])
        assert frame["deep.b.c"].tolist()[0] == 1.0
        assert frame["deep.b.c"].isna().tolist() == [False, True, True, True, True]
        assert frame["note"].tolist()[0] == "hello"
        assert frame["note"].isna().tolist() == [False, True, True, True, True]
        assert frame["sizes"].tolist() == [[1, 2], None, None, None, None]
        assert frame["odd"].tolist()[2:4] == [1, "text"]

    def test_times_are_those_of_the_reports(self, experiment: client.Experiment) -> None:
        trial = experiment.list_trials()[0]
        times = [report.end_time for report in trial.iter_metrics("validation")]
        assert [time.to_pydatetime() for time in trial.metrics_frame("validation")["end_time"]] == times

    def test_a_metric_that_is_called_like_another_column_is_renamed(self, experiment: client.Experiment) -> None:
        frame = experiment.metrics_frame("validation", hparams=True)
        assert frame.columns.is_unique
        assert frame["metrics.trial_id"].tolist()[4] == 77
        assert frame["metrics.hparams.lr"].tolist()[4] == 9

    def test_hyperparameters_are_the_last_columns(self, experiment: client.Experiment) -> None:
        frame = experiment.metrics_frame("validation", hparams=True)
        assert list(frame.columns)[-3:] == ["hparams.lr", "hparams.deep.units", "hparams.kind"]
        assert frame["hparams.lr"].tolist() == [1, 1, 0.5, 0.5, 2]
        assert frame["hparams.deep.units"].tolist()[:2] == [8, 8]
        assert frame["hparams.kind"].tolist()[4] == "adam"

    def test_a_trial_has_the_same_table_of_its_own(self, experiment: client.Experiment) -> None:
        trial = client.Trial(experiment.list_trials()[1].id, experiment._session)
        frame = trial.metrics_frame("validation", hparams=True)
        assert frame["epoch"].tolist() == [3, 4]
        assert frame["hparams.lr"].tolist() == [0.5, 0.5]

    def test_without_reports_the_table_is_empty_and_has_its_columns(
        self, experiment: client.Experiment, silent: client.Experiment
    ) -> None:
        for frame in (silent.metrics_frame("nothing"), silent.metrics_frame("validation", hparams=True)):
            assert frame.empty
            assert list(frame.columns) == ID_COLUMNS
            assert frame.dtypes.astype(str).tolist() == ["int64", "int64", "int64", "datetime64[us, UTC]"]

    def test_a_group_that_nobody_reported_is_refused_with_those_there_are(self, experiment: client.Experiment) -> None:
        for source in (experiment, experiment.list_trials()[0]):
            with pytest.raises(ValueError, match="no metric group 'validaton'; there are: training, validation$"):
                source.metrics_frame("validaton")


@pytest.mark.usefixtures("rows_at_a_time")
class TestFiles:
    @pytest.fixture(autouse=True)
    def needs_pyarrow(self) -> None:
        pytest.importorskip("pyarrow", reason="a Parquet file of metrics needs pyarrow")

    @staticmethod
    def read(path: pathlib.Path) -> Any:
        from pyarrow import parquet

        return parquet.read_table(path)

    def test_a_file_holds_all_reports(self, experiment: client.Experiment, tmp_path: pathlib.Path) -> None:
        path = tmp_path / "new" / "metrics.parquet"
        assert experiment.write_metrics_parquet(path, "validation", hparams=True) == 5
        table = self.read(path)
        rows = table.to_pylist()
        types = {field.name: str(field.type) for field in table.schema}
        assert list(types)[:4] == ID_COLUMNS
        assert types["end_time"] == "timestamp[us, tz=UTC]"
        assert [row["epoch"] for row in rows] == [1, 2, 3, 4, 5]
        assert types["epoch"] == types["deep.b.c"] == "int64"
        assert [row["deep.b.c"] for row in rows] == [1, None, None, None, None]
        assert [row["loss"] for row in rows if not math.isnan(row["loss"])] == [1.0, 0.5, math.inf, 0.25]
        assert [row["note"] for row in rows] == ["hello", None, None, None, None]
        assert [row["hparams.lr"] for row in rows] == [1.0, 1.0, 0.5, 0.5, 2.0]
        assert list(path.parent.iterdir()) == [path]

    def test_values_of_several_types_are_json(self, experiment: client.Experiment, tmp_path: pathlib.Path) -> None:
        experiment.write_metrics_parquet(tmp_path / "m.parquet", "validation")
        rows = self.read(tmp_path / "m.parquet").to_pylist()
        assert [row["odd"] for row in rows] == [None, None, "1", '"text"', None]
        assert rows[0]["sizes"] == "[1, 2]"

    def test_the_file_is_written_in_row_groups(
        self,
        experiment: client.Experiment,
        tmp_path: pathlib.Path,
        monkeypatch: pytest.MonkeyPatch,
        rows_at_a_time: int,
    ) -> None:
        from pyarrow import parquet

        monkeypatch.setattr(_parquet, "_GROUP_ROWS", 2)
        experiment.write_metrics_parquet(tmp_path / "m.parquet", "validation")
        assert parquet.ParquetFile(tmp_path / "m.parquet").num_row_groups == 3

    def test_a_trial_writes_its_own_reports(self, experiment: client.Experiment, tmp_path: pathlib.Path) -> None:
        assert experiment.list_trials()[1].write_metrics_parquet(str(tmp_path / "m.parquet"), "training") == 2
        assert self.read(tmp_path / "m.parquet")["epoch"].to_pylist() == [3, 4]

    def test_without_reports_the_file_has_its_columns(self, silent: client.Experiment, tmp_path: pathlib.Path) -> None:
        assert silent.write_metrics_parquet(tmp_path / "m.parquet", "validation") == 0
        assert self.read(tmp_path / "m.parquet").column_names == ID_COLUMNS

    def test_what_fails_leaves_the_file_from_before(self, cluster: client.Determined, tmp_path: pathlib.Path) -> None:
        path = tmp_path / "m.parquet"
        path.write_text("from before")
        with pytest.raises(errors.NotFoundException):
            client.Trial(987654, cluster._session).write_metrics_parquet(path, "validation")
        assert [p.name for p in tmp_path.iterdir()] == ["m.parquet"]
        assert path.read_text() == "from before"

    def test_a_directory_is_no_file(self, experiment: client.Experiment, tmp_path: pathlib.Path) -> None:
        with pytest.raises(ValueError, match="give the path of a file"):
            experiment.write_metrics_parquet(tmp_path, "validation")


class TestPlots:
    @pytest.fixture(autouse=True)
    def needs_matplotlib(self) -> None:
        pytest.importorskip("matplotlib", reason="a picture of metrics needs matplotlib")

    def test_a_plot_has_a_line_for_each_trial_the_best_first(self, experiment: client.Experiment) -> None:
        axes = experiment.plot_metric("epoch")
        lines = [(line.get_xdata().tolist(), line.get_ydata().tolist()) for line in axes.lines]
        assert lines == [([10], [5]), ([10, 20], [3, 4]), ([10, 20], [1, 2])]
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("steps completed", "epoch")
        assert axes.get_title() == f"told (experiment {experiment.id}): epoch (validation)"

    def test_the_legend_names_the_hyperparameters_that_vary(self, experiment: client.Experiment) -> None:
        first, second, third = (trial.id for trial in experiment.list_trials())
        names = [text.get_text() for text in experiment.plot_metric("loss").get_legend().get_texts()]
        assert names == [
            f"trial {third}: lr=2, kind=adam",
            f"trial {first}: lr=1, deep.units=8",
            f"trial {second}: lr=0.5",
        ]

    def test_a_plot_of_many_trials_shows_the_best(self, experiment: client.Experiment) -> None:
        axes = experiment.plot_metric("loss", max_trials=2)
        trials = experiment.list_trials()
        shown = [line.get_label().partition(":")[0] for line in axes.lines]
        assert shown == [f"trial {trials[2].id}", f"trial {trials[0].id}"]
        title = f"best 2 of 3 trials of told (experiment {experiment.id}): loss (validation)"
        assert axes.get_title() == title

    def test_more_lines_than_colours_are_told_apart_by_their_metric(self, cluster: client.Determined) -> None:
        many = tell(cluster, [{"lr": n} for n in range(1, 13)], [[{"loss": n / 8}] for n in range(1, 13)])
        axes = cluster.get_experiment(many).plot_metric("loss")
        assert axes.get_legend() is None
        assert axes.figure.axes[1].get_ylabel() == "best loss"
        assert len({line.get_color() for line in axes.lines}) == 12

    def test_outliers_do_not_flatten_the_others(self, cluster: client.Determined) -> None:
        losses: List[Dict[str, Any]] = [{"loss": 4000.0}] + [{"loss": 2 - n / 20} for n in range(30)]
        experiment = cluster.get_experiment(tell(cluster, [{}], [losses]))
        axes = experiment.plot_metric("loss")
        assert axes.get_ylim()[1] < 3
        marks = [line for line in axes.lines if line.get_marker() == "^" and len(line.get_xdata())]
        assert [line.get_xdata() for line in marks] == [[10]]
        assert [text.get_text() for text in axes.texts] == ["▲ 1 above, up to 4k"]
        whole = experiment.plot_metric("loss", log=True)
        assert whole.get_yscale() == "log"
        assert whole.get_ylim()[1] > 4000

    def test_parallel_coordinates_and_scatter_take_the_searchers_metric(self, experiment: client.Experiment) -> None:
        axes = experiment.parallel_coordinates()
        assert [label.get_text() for label in axes.get_xticklabels()] == ["lr", "deep.units", "kind", "best loss"]
        assert axes.get_title() == f"told (experiment {experiment.id}): best loss (validation)"
        axes = experiment.scatter("lr", "epoch")
        assert (axes.get_xlabel(), axes.get_ylabel()) == ("lr", "best epoch")
        assert sorted(axes.collections[0].get_offsets().tolist()) == [[0.5, 4.0], [1.0, 2.0], [2.0, 5.0]]
        for picture in (experiment.scatter("kind"), axes):
            assert picture._repr_png_().startswith(b"\x89PNG")

    def test_what_cannot_be_compared_is_refused(self, experiment: client.Experiment, silent: client.Experiment) -> None:
        with pytest.raises(ValueError, match="no hyperparameter 'rate'; there are: lr, deep.units, kind"):
            experiment.scatter("rate")
        with pytest.raises(ValueError, match="no trial has reported a number as the metric 'note'"):
            experiment.parallel_coordinates("note")
        with pytest.raises(ValueError, match="no trial has reported"):
            silent.scatter("lr")

    def test_a_notebook_shows_the_plot_without_pyplot(self, experiment: client.Experiment) -> None:
        was_loaded = "matplotlib.pyplot" in sys.modules
        picture = experiment.list_trials()[0].plot_metric("deep.b.c", "training")._repr_png_()
        assert picture.startswith(b"\x89PNG")
        assert ("matplotlib.pyplot" in sys.modules) == was_loaded

    def test_a_notebook_shows_each_plot_once_wherever_it_is_made(
        self, experiment: client.Experiment, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        shown: List[Any] = []
        hooks: List[Any] = []
        shell = types.SimpleNamespace(
            config={"IPKernelApp": {}},
            events=types.SimpleNamespace(
                register=lambda event, hook: hooks.append(hook), unregister=lambda event, hook: hooks.remove(hook)
            ),
        )
        python = types.ModuleType("IPython")
        python.get_ipython = lambda: shell  # type: ignore[attr-defined]
        python.display = types.ModuleType("IPython.display")  # type: ignore[attr-defined]
        python.display.display = lambda data, raw: shown.append(data)
        monkeypatch.setitem(sys.modules, "IPython", python)
        monkeypatch.setitem(sys.modules, "IPython.display", python.display)
        experiment.plot_metric("loss")._repr_png_()  # the value of its cell
        experiment.plot_metric("epoch")
        assert len(hooks) == 2
        for hook in hooks[:]:
            hook()
        assert hooks == []
        assert [sorted(data) for data in shown] == [["image/png"]]

    def test_a_plot_is_drawn_in_the_callers_axes(self, experiment: client.Experiment) -> None:
        from matplotlib.figure import Figure

        figure = Figure()
        mine = figure.add_subplot()
        trials = experiment.list_trials()
        assert trials[0].plot_metric("loss", ax=mine) is mine
        trials[1].plot_metric("epoch", ax=mine)
        assert len(mine.lines) == 2
        figure.savefig(io.BytesIO(), format="png")

    def test_a_metric_that_cannot_be_drawn_is_refused(
        self, experiment: client.Experiment, silent: client.Experiment
    ) -> None:
        with pytest.raises(ValueError, match="reported are: deep.a, deep.b.c, epoch, loss"):
            experiment.list_trials()[0].plot_metric("los")
        with pytest.raises(ValueError, match="no numbers"):
            experiment.plot_metric("note")
        with pytest.raises(ValueError, match="none yet"):
            silent.plot_metric("loss")
        with pytest.raises(ValueError, match="max_trials"):
            experiment.plot_metric("loss", max_trials=0)


def test_a_group_must_be_named(experiment: client.Experiment, tmp_path: pathlib.Path) -> None:
    for call in (
        lambda: experiment.metrics_frame(""),
        lambda: experiment.write_metrics_parquet(tmp_path / "m", ""),
        lambda: experiment.list_trials()[0].plot_metric("loss", ""),
    ):
        with pytest.raises(ValueError, match="name a metric group"):
            call()
    assert list(tmp_path.iterdir()) == []


def test_a_package_that_is_missing_is_named(
    experiment: client.Experiment, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("pandas", "pyarrow", "matplotlib", "matplotlib.figure"):
        monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=r"pip install 'determined\[pandas\]'"):
        experiment.metrics_frame("validation")
    with pytest.raises(ImportError, match=r"pip install 'determined\[parquet\]'"):
        experiment.write_metrics_parquet(tmp_path / "m", "validation")
    with pytest.raises(ImportError, match=r"pip install 'determined\[plot\]'"):
        experiment.plot_metric("loss")
