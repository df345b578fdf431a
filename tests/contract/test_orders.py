"""Lists are in the order in which the real master has them; NaN, unlike there, is never the first of a list."""

from __future__ import annotations

import json
from typing import Any, Dict, Iterator, List

import pytest

from determined.master import LocalMaster

from .prepared import Connection
from .stories import Teller

ASC, DESC = "ORDER_BY_ASC", "ORDER_BY_DESC"


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=0, initial_password="") as master:
        connection = Connection(master.url)
        yield connection
        connection.close()


@pytest.fixture
def story(admin: Connection) -> Teller:
    return Teller(admin)


# --- NaN ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def measured(story: Teller) -> Dict[str, Any]:
    """An experiment where larger is better, with trials that have 0.5, NaN, 0.9 then NaN, and nothing."""
    experiment = story.experiment_id(metric="auc", smaller_is_better=False)
    trials = [story.trial(experiment) for _ in range(4)]
    checkpoints = {}
    for trial, values in zip(trials, ((0.5,), ("NaN",), (0.9, "NaN"), ())):
        for steps, value in enumerate(values, 1):
            story.tell(trial["id"], "validation", steps, auc=value)
        for steps in range(1, len(values) + 1):
            checkpoints[story.checkpoint(trial, steps)] = values[steps - 1]
    bare = story.checkpoint(trials[3], 1)
    return {"experiment": experiment, "trials": [t["id"] for t in trials], "checkpoints": {**checkpoints, bare: None}}


def values(story: Teller, measured: Dict[str, Any], path: str, **query: Any) -> List[Any]:
    return [measured["checkpoints"][uuid] for uuid in story.ids(path, "checkpoints", "uuid", **query)]


def test_the_best_checkpoint_of_an_experiment_is_the_one_of_the_best_number(
    story: Teller, measured: Dict[str, Any]
) -> None:
    path = f"experiments/{measured['experiment']}/checkpoints"
    by_searcher = {"sortByAttr": "SORT_BY_SEARCHER_METRIC"}
    assert values(story, measured, path, **by_searcher) == [0.9, 0.5, "NaN", "NaN", None]
    assert values(story, measured, path, **by_searcher, orderBy=DESC) == [0.9, 0.5, "NaN", "NaN", None]
    assert values(story, measured, path, **by_searcher, orderBy=ASC) == [0.5, 0.9, "NaN", "NaN", None]
    assert values(story, measured, path, sortByMetric="auc", orderBy=DESC) == [0.9, 0.5, "NaN", "NaN", None]
    assert values(story, measured, path, sortByMetric="auc", orderBy=ASC) == [None, 0.5, 0.9, "NaN", "NaN"]


def test_the_best_checkpoint_of_a_trial_is_the_one_of_the_best_number(story: Teller, measured: Dict[str, Any]) -> None:
    path = f"trials/{measured['trials'][2]}/checkpoints"
    for query in ({"sortByAttr": "SORT_BY_SEARCHER_METRIC"}, {"sortByMetric": "auc"}):
        assert values(story, measured, path, **query, orderBy=DESC) == [0.9, "NaN"]
        assert values(story, measured, path, **query, orderBy=ASC) == [0.9, "NaN"]
    trial = story.get(f"trials/{measured['trials'][2]}")["trial"]
    assert trial["bestValidation"]["metrics"]["avgMetrics"] == {"auc": 0.9}
    assert trial["bestCheckpoint"]["totalBatches"] == 1


def test_trials_by_metric_have_nan_behind_every_number(story: Teller, measured: Dict[str, Any]) -> None:
    path, trials = f"experiments/{measured['experiment']}/trials", measured["trials"]

    def places(sort: str, order: str) -> List[int]:
        return [trials.index(i) for i in story.ids(path, "trials", sortBy=f"SORT_BY_{sort}", orderBy=order)]

    assert places("BEST_VALIDATION_METRIC", ASC) == [2, 0, 1, 3]
    assert places("BEST_VALIDATION_METRIC", DESC) == [3, 0, 2, 1]
    assert places("LATEST_VALIDATION_METRIC", ASC) == [0, 1, 2, 3]
    assert places("LATEST_VALIDATION_METRIC", DESC) == [3, 0, 2, 1]


def test_the_trials_to_look_at_first_are_those_of_the_best_numbers(story: Teller, measured: Dict[str, Any]) -> None:
    path = f"/api/v1/experiments/{measured['experiment']}/metrics-stream/trials-sample?metricName=auc&group=validation"
    _, lines = story.admin.send_briefly("GET", f"{path}&periodSeconds=60")
    sampled = [trial["trialId"] for trial in json.loads(lines.splitlines()[0])["result"]["trials"]]
    assert [measured["trials"].index(i) for i in sampled] == [2, 0, 1, 3]


def test_workloads_by_metric_have_nan_behind_every_number(story: Teller, measured: Dict[str, Any]) -> None:
    path = f"trials/{measured['trials'][2]}/workloads"
    for order in (ASC, DESC):
        found = story.get(path, sortKey="auc", orderBy=order, filter="FILTER_OPTION_VALIDATION")["workloads"]
        metrics = [w["validation"]["metrics"]["avgMetrics"]["auc"] for w in found if "validation" in w]
        assert metrics == [0.9, "NaN"]


def test_experiments_and_runs_by_the_searchers_metric_have_nan_behind_every_number(story: Teller) -> None:
    experiments = []
    for value in ("NaN", 0.1, None, 0.7):
        experiments.append(story.experiment_id(metric="auc", smaller_is_better=False))
        trial = story.trial(experiments[-1])
        if value is not None:
            story.tell(trial["id"], "validation", 1, auc=value)
    for way, order in (("asc", ASC), ("desc", DESC)):
        numbers = [1, 3] if order == ASC else [3, 1]
        found = story.ids(
            "experiments", "experiments", sortBy="SORT_BY_SEARCHER_METRIC_VAL", orderBy=order, projectId=story.project
        )
        assert [experiments.index(i) for i in found] == [*numbers, 0, 2]
        for sort in ("searcherMetricsVal", "validation.auc.last", "validation.auc.max"):
            request = {"projectId": story.project, "sort": f"{sort}={way}"}
            searched = story.admin.call("POST", "/api/v1/experiments-search", request)["experiments"]
            assert [experiments.index(e["experiment"]["id"]) for e in searched] == [*numbers, 0, 2]
            runs = story.admin.call("POST", "/api/v1/runs", request)["runs"]
            assert [experiments.index(r["experiment"]["id"]) for r in runs] == [*numbers, 0, 2]


# --- what is missing ------------------------------------------------------------------------------------------------


@pytest.fixture
def described(story: Teller) -> List[int]:
    """Experiments: described "b", none, an empty one, "B", and one whose missing description was changed to empty."""
    configs: List[Dict[str, Any]] = [{"description": "b"}, {}, {"description": ""}, {"description": "B"}, {}]
    experiments = [story.experiment_id(**config) for config in configs]
    story.admin.call("PATCH", f"/api/v1/experiments/{experiments[4]}", {"description": ""})
    return experiments


def test_experiments_without_a_description_are_last_in_both_directions_those_with_an_empty_one_least(
    story: Teller, described: List[int]
) -> None:
    def places(order: str) -> List[int]:
        query = {"sortBy": "SORT_BY_DESCRIPTION", "orderBy": order, "projectId": story.project}
        return [described.index(i) for i in story.ids("experiments", "experiments", **query)]

    assert places(ASC) == [2, 4, 3, 0, 1]
    assert places(DESC) == [0, 3, 4, 2, 1]


def test_searches_sort_missing_descriptions_last(story: Teller, described: List[int]) -> None:
    for way, expected in (("asc", [2, 4, 3, 0, 1]), ("desc", [0, 3, 2, 4, 1])):
        request = {"projectId": story.project, "sort": f"description={way}"}
        found = story.admin.call("POST", "/api/v1/experiments-search", request)["experiments"]
        assert [described.index(e["experiment"]["id"]) for e in found] == expected


def test_experiments_without_an_end_or_a_parent_are_last_in_both_directions(story: Teller) -> None:
    ended, going, other = (story.experiment_id() for _ in range(3))
    story.admin.call("PATCH", f"/api/v1/trials/{story.trial(ended)['id']}", {"state": "STATE_COMPLETED"})
    for order, last in ((ASC, [going, other]), (DESC, [other, going])):
        for sort in ("END_TIME", "FORKED_FROM"):
            query = {"sortBy": f"SORT_BY_{sort}", "orderBy": order, "projectId": story.project}
            found = story.ids("experiments", "experiments", **query)
            assert [i for i in found if i != ended] == last
            if sort == "END_TIME":
                assert found[0] == ended


def test_trials_without_an_end_or_a_metric_are_last_ascending_and_first_descending(story: Teller) -> None:
    experiment = story.experiment_id()
    going, ended, other = (story.trial(experiment)["id"] for _ in range(3))
    story.tell(ended, "validation", 1, loss=3)
    story.admin.call("PATCH", f"/api/v1/trials/{ended}", {"state": "STATE_COMPLETED"})
    for sort in ("END_TIME", "BEST_VALIDATION_METRIC", "LATEST_VALIDATION_METRIC"):
        query = {"sortBy": f"SORT_BY_{sort}"}
        assert story.ids(f"experiments/{experiment}/trials", "trials", **query, orderBy=ASC) == [ended, going, other]
        assert story.ids(f"experiments/{experiment}/trials", "trials", **query, orderBy=DESC) == [other, going, ended]


def test_checkpoints_that_lost_files_keep_their_place_by_the_searchers_metric(story: Teller) -> None:
    experiment = story.experiment_id()
    trial = story.trial(experiment)
    uuids = [story.checkpoint(trial, steps, {"a": "1", "b": "2"}) for steps in (1, 2, 3, 4)]
    for steps, loss in ((1, 0.3), (2, 0.1), (4, 0.2)):
        story.tell(trial["id"], "validation", steps, loss=loss)
    left = [{"uuid": uuids[i], "resources": {"resources": {"a": "1"}}} for i in (1, 2)]
    story.admin.call("PATCH", "/api/v1/checkpoints", {"checkpoints": left})
    path = f"experiments/{experiment}/checkpoints"
    states = ["STATE_COMPLETED", "STATE_PARTIALLY_DELETED"]
    for order, expected in ((None, [1, 3, 0, 2]), (ASC, [1, 3, 0, 2]), (DESC, [0, 3, 1, 2])):
        query = {"sortByAttr": "SORT_BY_SEARCHER_METRIC", "states": states, **({"orderBy": order} if order else {})}
        assert [uuids.index(u) for u in story.ids(path, "checkpoints", "uuid", **query)] == expected


# --- other keys -----------------------------------------------------------------------------------------------------


def test_models_sort_by_the_name_of_their_workspace(admin: Connection) -> None:
    names = ["zz", "Aa", "aa"]
    workspaces = {n: admin.call("POST", "/api/v1/workspaces", {"name": n})["workspace"]["id"] for n in names}
    for number, name in enumerate(("zz", "aa", "Aa", "zz")):
        admin.call("POST", "/api/v1/models", {"name": f"model {number}", "workspaceId": workspaces[name]})

    def places(order: str) -> List[int]:
        found = admin.call("GET", f"/api/v1/models?sortBy=SORT_BY_WORKSPACE&orderBy={order}&name=model")["models"]
        return [int(model["name"].split()[1]) for model in found]

    assert places(ASC) == [2, 1, 0, 3]
    assert places(DESC) == [3, 0, 1, 2]
