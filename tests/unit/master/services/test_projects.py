"""Keys of projects, who may change them, and what their tables show."""

from __future__ import annotations

import json
from typing import Any, Dict, List

import pytest

from determined.master.auth import Caller
from determined.master.errors import Refusal
from determined.master.services import project_columns, projects, workspaces
from determined.master.store.database import Transaction

ADMIN = Caller(1, "admin", True, 1, "session", None)
DETERMINED = Caller(2, "determined", False, 2, "session", None)


def make_project(tx: Transaction, name: str = "p", key: str = "KEY") -> int:
    if tx.one("SELECT 1 FROM workspaces WHERE id = 2") is None:
        workspaces.create_workspace(tx, ADMIN, {"name": "lab"})
    return int(projects.create_project(tx, ADMIN, 2, {"name": name, "key": key})["id"])


def make_experiment(tx: Transaction, project_id: int, hyperparameters: Dict[str, Any], state: str = "COMPLETED") -> int:
    return tx.insert(
        "experiments",
        job_id="j",
        state=state,
        unmanaged=1,
        name="e",
        config=json.dumps({"hyperparameters": hyperparameters}),
        hyperparameters=json.dumps(hyperparameters),
        original_config="",
        searcher_name="single",
        searcher_metric="loss",
        smaller_is_better=1,
        resource_pool="",
        start_time=5,
        owner_id=1,
        project_id=project_id,
    )


def make_run(tx: Transaction, experiment_id: int, project_id: int, **values: Any) -> int:
    row = {"hparams": "{}", "local_id": 1, **values}
    run_id = tx.insert(
        "trials", experiment_id=experiment_id, project_id=project_id, state="COMPLETED", start_time=5, **row
    )
    tx.update("experiments", {"id": experiment_id}, best_trial_id=run_id)
    return run_id


def summary(kind: str, **statistics: Any) -> Dict[str, Any]:
    return {"type": kind, **statistics}


@pytest.mark.parametrize(("name", "stem"), [("no key", "NOK"), ("p", "P"), ("größe/1", "GRE"), ("漢字", "")])
def test_a_made_up_key_begins_with_the_first_three_letters_or_digits_of_the_name(name: str, stem: str) -> None:
    assert projects.key_stem(name) == stem


def test_a_made_up_key_has_five_letters_or_digits(tx: Transaction) -> None:
    workspaces.create_workspace(tx, ADMIN, {"name": "lab"})
    key = projects.create_project(tx, ADMIN, 2, {"name": "漢字"})["key"]
    assert len(key) == 5
    assert projects.checked_key(key) == key


def test_a_key_that_runs_elsewhere_were_known_by_stays_taken_until_they_are_gone(tx: Transaction) -> None:
    first, second = make_project(tx, "a", "ONE"), make_project(tx, "b", "TWO")
    experiment = make_experiment(tx, second, {})
    run = make_run(tx, experiment, second)
    tx.insert("run_keys", project_key="ONE", local_id=7, run_id=run)  # it was moved from the first project
    projects.patch_project(tx, ADMIN, first, {"key": "NEW"})
    with pytest.raises(Refusal, match="project key ONE is already in use"):
        projects.patch_project(tx, ADMIN, first, {"key": "ONE"})
    tx.execute("DELETE FROM experiments WHERE id = ?", (experiment,))
    assert projects.patch_project(tx, ADMIN, first, {"key": "one"})["key"] == "ONE"


def test_runs_are_known_by_the_old_and_the_new_key_of_their_project(tx: Transaction) -> None:
    project = make_project(tx, key="OLD")
    run = make_run(tx, make_experiment(tx, project, {}), project, local_id=3)
    tx.insert("run_keys", project_key="OLD", local_id=3, run_id=run)
    projects.patch_project(tx, ADMIN, project, {"key": "NEW"})
    keys = tx.all("SELECT project_key, run_id FROM run_keys WHERE local_id = 3 ORDER BY project_key")
    assert [tuple(row) for row in keys] == [("NEW", run), ("OLD", run)]


def test_a_refused_project_uses_up_an_id(tx: Transaction) -> None:
    first = make_project(tx, "a", "ONE")
    with pytest.raises(Refusal) as refused:
        projects.create_project(tx, ADMIN, 2, {"name": "b", "key": "ONE"})
    assert refused.value.keep_writes
    assert make_project(tx, "b", "TWO") == first + 2


def test_the_owner_of_a_project_may_archive_it_but_not_describe_it(tx: Transaction) -> None:
    workspaces.create_workspace(tx, ADMIN, {"name": "lab"})
    project = projects.create_project(tx, DETERMINED, 2, {"name": "mine"})["id"]
    with pytest.raises(Refusal, match="own the project or workspace"):
        projects.patch_project(tx, DETERMINED, project, {"description": "x"})
    projects.set_archived(tx, DETERMINED, project, archived=True)
    assert projects.project_by_id(tx, project)["is_archived"]


def test_columns_of_experiments_are_their_hyperparameters_and_the_metrics_of_all_runs(tx: Transaction) -> None:
    project = make_project(tx)
    experiment = make_experiment(
        tx,
        project,
        {
            "net": {"depth": {"type": "int", "minval": 1, "maxval": 2}, "kind": {"type": "const", "val": "cnn"}},
            "lr": {"type": "log", "base": 10, "minval": -4, "maxval": -1},
            "act": {"type": "categorical", "vals": ["relu", 1]},
        },
    )
    metrics = {
        "validation_metrics": {"loss": summary("number", last=1, min=1, max=2, mean=1.5, sum=3, count=2)},
        "avg_metrics": {"note": summary("string", last="x")},
        "mine": {"when": summary("date", last="2024-01-01T00:00:00Z")},
    }
    best = make_run(tx, experiment, project, summary_metrics=json.dumps(metrics))
    other = {"validation_metrics": {"word": summary("string", last="x")}}
    make_run(tx, experiment, project, summary_metrics=json.dumps(other))
    tx.update("experiments", {"id": experiment}, best_trial_id=best)
    assert dynamic_columns(project_columns.experiment_columns(tx, project)) == [
        ("hp.act", "HYPERPARAMETERS", "UNSPECIFIED"),
        ("hp.lr", "HYPERPARAMETERS", "NUMBER"),
        ("hp.net.depth", "HYPERPARAMETERS", "NUMBER"),
        ("hp.net.kind", "HYPERPARAMETERS", "TEXT"),
        ("training.note.last", "TRAINING", "TEXT"),
        ("mine.when.last", "CUSTOM_METRIC", "DATE"),
        ("validation.loss.last", "VALIDATIONS", "NUMBER"),
        ("validation.loss.max", "VALIDATIONS", "NUMBER"),
        ("validation.loss.mean", "VALIDATIONS", "NUMBER"),
        ("validation.loss.min", "VALIDATIONS", "NUMBER"),
        ("validation.word.last", "VALIDATIONS", "TEXT"),
    ]


def test_columns_of_runs_are_their_hyperparameters_and_metadata(tx: Transaction) -> None:
    project = make_project(tx)
    experiment = make_experiment(tx, project, {})
    make_run(tx, experiment, project, hparams='{"lr": 0.1, "opt": {"name": "sgd"}}', metadata='{"day": "2024-05"}')
    make_run(tx, experiment, project, hparams='{"lr": 1, "mixed": 1}', metadata='{"tags": ["a", "b"], "n": 1}')
    make_run(tx, experiment, project, hparams='{"mixed": "x"}')
    assert dynamic_columns(project_columns.run_columns(tx, project)) == [
        ("hp.lr", "RUN_HYPERPARAMETERS", "NUMBER"),
        ("hp.mixed", "RUN_HYPERPARAMETERS", "TEXT"),
        ("hp.opt.name", "RUN_HYPERPARAMETERS", "TEXT"),
        ("metadata.day", "RUN_METADATA", "DATE"),
        ("metadata.n", "RUN_METADATA", "NUMBER"),
        ("metadata.tags", "RUN_METADATA", "TEXT"),
    ]
    assert project_columns.metadata_values(tx, project, "tags") == ["a", "b"]


def dynamic_columns(columns: List[project_columns.Column]) -> List[Any]:
    found = [c for c in columns if not c.heading]
    return [
        (c.name, c.location.value.replace("LOCATION_TYPE_", ""), c.type.value.replace("COLUMN_TYPE_", ""))
        for c in found
    ]


def test_metric_ranges_span_the_best_trials_of_all_experiments(tx: Transaction) -> None:
    project = make_project(tx)
    for last, value in ((1, 0.5), ("Infinity", 0.25), ("NaN", None)):
        metrics = {"validation_metrics": {"loss": summary("number", last=last), "name": summary("string", last="x")}}
        make_run(
            tx,
            make_experiment(tx, project, {}),
            project,
            summary_metrics=json.dumps(metrics),
            searcher_metric_value=value,
        )
    assert project_columns.metric_ranges(tx, project) == [
        ("validation.loss.last", 1, float("inf")),
        ("searcherMetricsVal", 0.25, 0.5),
    ]


def test_the_trial_of_a_single_search_counts_in_the_ranges_before_it_has_validated(tx: Transaction) -> None:
    project = make_project(tx)
    experiment = make_experiment(tx, project, {})
    metrics = {"avg_metrics": {"loss": summary("number", last=2)}}
    make_run(tx, experiment, project, summary_metrics=json.dumps(metrics))
    tx.update("experiments", {"id": experiment}, searcher_name="single", best_trial_id=None)
    assert project_columns.metric_ranges(tx, project) == [("training.loss.last", 2, 2)]
