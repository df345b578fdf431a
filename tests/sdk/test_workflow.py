"""What scripts do with a cluster, told to the real client against the embedded master."""

from __future__ import annotations

import pathlib
import tarfile
from typing import Any, Dict, Iterator, List

import pytest

from determined.common.api import errors
from determined.experimental import checkpoint as checkpoint_module
from determined.experimental import client
from determined.master import LocalMaster

TRAINING = """
import pathlib
import determined as det
from determined import core

info = det.get_cluster_info()
with core.init() as context:
    for step in (1, 2, 3):
        value = info.trial.hparams["x"] + step
        context.train.report_training_metrics(steps_completed=step, metrics={"loss": 1.0 / value})
        context.train.report_validation_metrics(steps_completed=step, metrics={"score": value, "other": -value})
        context.train.report_metrics("timing", steps_completed=step, metrics={"seconds": 0.5})
        with context.checkpoint.store_path({"steps_completed": step, "note": "n%d" % step}) as (path, uuid):
            (path / "weights.bin").write_bytes(bytes([step]) * 1000)
            (path / "deep").mkdir()
            (path / "deep" / "step.txt").write_text(str(step))
    print("trained with x =", info.trial.hparams["x"])
"""
CONFIG: Dict[str, Any] = {
    "name": "workflow",
    "entrypoint": "python3 train.py",
    "hyperparameters": {"x": {"type": "categorical", "vals": [10, 20]}},
    "searcher": {"name": "grid", "metric": "score", "smaller_is_better": False},
    "checkpoint_storage": {"save_experiment_best": 9, "save_trial_best": 9, "save_trial_latest": 9},
    "max_restarts": 0,
}


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[client.Determined]:
    """A client of one master, on which an experiment has run."""
    folder = tmp_path_factory.mktemp("sdk")
    (folder / "model").mkdir()
    (folder / "model" / "train.py").write_text(TRAINING)
    with LocalMaster(folder / "master", slots=2, initial_password="") as master:
        determined = client.Determined(master=master.url, user="determined", password="")
        experiment = determined.create_experiment(CONFIG, model_dir=str(folder / "model"))
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
        yield determined


@pytest.fixture
def experiment(cluster: client.Determined) -> client.Experiment:
    """The experiment that has run: two trials of three steps."""
    return cluster.get_experiment(1)


def test_an_experiment_knows_its_trials_and_their_hyperparameters(experiment: client.Experiment) -> None:
    assert sorted(t.hparams["x"] for t in experiment.list_trials() if t.hparams) == [10, 20]
    assert experiment.name == "workflow"
    assert experiment.progress == 1.0


def test_metrics_of_every_group_are_read_back_in_order(experiment: client.Experiment) -> None:
    for trial in experiment.list_trials():
        x = (trial.hparams or {})["x"]
        for group, name, values in (
            ("training", "loss", [1 / (x + 1), 1 / (x + 2), 1 / (x + 3)]),
            ("validation", "score", [x + 1, x + 2, x + 3]),
            ("timing", "seconds", [0.5, 0.5, 0.5]),
        ):
            reports = list(trial.iter_metrics(group))
            assert [r.steps_completed for r in reports] == [1, 2, 3]
            assert [r.metrics[name] for r in reports] == pytest.approx(values)


def test_the_first_checkpoint_listed_is_the_best_by_the_searchers_metric(experiment: client.Experiment) -> None:
    best = experiment.list_checkpoints()[0]
    assert best.training is not None
    assert best.training.validation_metrics is not None
    assert best.training.validation_metrics["avgMetrics"]["score"] == 23
    assert (best.metadata or {})["steps_completed"] == 3


def test_checkpoints_are_sorted_by_any_metric(experiment: client.Experiment) -> None:
    found = experiment.list_checkpoints(sort_by="other", order_by=checkpoint_module.CheckpointOrderBy.ASC)
    scores = [c.training.validation_metrics["avgMetrics"]["score"] for c in found]
    assert scores == [23, 22, 21, 13, 12, 11]


@pytest.mark.parametrize("mode", list(client.DownloadMode))
def test_a_checkpoint_is_downloaded_whole_in_every_mode(
    experiment: client.Experiment, tmp_path: pathlib.Path, mode: client.DownloadMode
) -> None:
    best = experiment.list_checkpoints()[0]
    path = pathlib.Path(best.download(path=str(tmp_path / "here"), mode=mode))
    files = sorted(str(f.relative_to(path)) for f in path.rglob("*") if f.is_file())
    assert files == ["deep/step.txt", "metadata.json", "weights.bin"]
    assert (path / "weights.bin").read_bytes() == bytes([3]) * 1000
    assert (path / "deep" / "step.txt").read_text() == "3"
    assert [p.name for p in tmp_path.iterdir()] == ["here"]


def test_logs_are_read_whole_from_the_head_and_from_the_tail(experiment: client.Experiment) -> None:
    trial = experiment.list_trials()[0]
    lines: List[str] = list(trial.iter_logs())
    assert any("trained with x =" in line for line in lines)
    assert list(trial.iter_logs(head=2)) == lines[:2]
    assert list(trial.iter_logs(tail=2)) == lines[-2:]
    assert list(trial.iter_logs(follow=True)) == lines


def test_the_model_definition_comes_back_as_it_was_sent(experiment: client.Experiment, tmp_path: pathlib.Path) -> None:
    with tarfile.open(experiment.download_code(str(tmp_path))) as packed:
        member = packed.extractfile("train.py")
        assert member is not None
        assert member.read().decode() == TRAINING


def test_a_model_is_registered_and_read_by_another_client(
    cluster: client.Determined, experiment: client.Experiment
) -> None:
    model = cluster.create_model("scores", description="d", metadata={"a": 1}, labels=["l"])
    best = experiment.list_checkpoints()[0]
    version = model.register_version(best.uuid)
    best.add_metadata({"environment": "production"})
    other = client.Determined(master=cluster._session.master)
    found = other.get_model("scores")
    latest = found.get_version()
    assert latest is not None
    assert (found.description, found.metadata, found.labels) == ("d", {"a": 1}, ["l"])
    assert (latest.model_version, latest.checkpoint.uuid if latest.checkpoint else None) == (
        version.model_version,
        best.uuid,
    )
    assert (other.get_checkpoint(best.uuid).metadata or {})["environment"] == "production"
    best.remove_metadata(["environment"])
    assert "environment" not in (other.get_checkpoint(best.uuid).metadata or {})


def test_a_registered_checkpoint_cannot_be_deleted(cluster: client.Determined, experiment: client.Experiment) -> None:
    second = experiment.list_checkpoints()[1]
    cluster.create_model("keeper").register_version(second.uuid)
    with pytest.raises(errors.APIException, match="model registry|registered"):
        second.delete()


def test_workspaces_and_projects_are_made_found_and_filled(cluster: client.Determined) -> None:
    workspace = cluster.create_workspace("a_b")
    cluster.create_workspace("axb")
    project = workspace.create_project("p", description="about")
    assert cluster.get_workspace("a_b").id == workspace.id
    assert [p.name for p in workspace.list_projects()] == ["p"]
    made = cluster.create_experiment(
        {**CONFIG, "name": "elsewhere", "entrypoint": "true"}, model_dir=None, project_id=project.id
    )
    made.wait(interval=0.1)
    assert [e.name for e in project.list_experiments()] == ["elsewhere"]
    made.archive()
    made.reload()
    assert made.archived


def test_what_is_not_there_is_not_found(cluster: client.Determined) -> None:
    for ask in (
        lambda: cluster.get_experiment(999),
        lambda: cluster.get_trial(999),
        lambda: cluster.get_checkpoint("00000000-0000-4000-8000-000000000000"),
        lambda: cluster.get_model("nothing"),
        lambda: cluster.get_workspace("nothing"),
    ):
        with pytest.raises(errors.NotFoundException):
            ask()


def test_a_refused_configuration_says_what_is_wrong(cluster: client.Determined) -> None:
    with pytest.raises(errors.APIException, match="colour"):
        cluster.create_experiment({**CONFIG, "colour": "blue"}, model_dir=None)


def test_a_wrong_password_is_refused_also_with_a_cached_login(cluster: client.Determined) -> None:
    address = cluster._session.master
    assert client.Determined(master=address, user="admin", password="").get_session_username() == "admin"
    with pytest.raises(errors.InvalidCredentialsException):
        client.Determined(master=address, user="admin", password="wrong")
