"""Rules of the real master that a single call shows: what is refused, kept, counted in, and in which words."""

from __future__ import annotations

import csv
import io
import json
import time
from typing import Any, Dict, Iterator, List

import pytest

from determined.master import LocalMaster

from .prepared import Connection
from .stories import Teller

ADAPTIVE = {"name": "adaptive_asha", "max_trials": 4, "time_metric": "epochs", "max_time": 8, "divisor": 2}


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A master without slots: what is activated waits in the queue."""
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=0, initial_password="") as master:
        connection = Connection(master.url)
        yield connection
        connection.close()


@pytest.fixture
def story(admin: Connection) -> Teller:
    return Teller(admin)


# --- templates ------------------------------------------------------------------------------------------------------


def test_a_template_moves_without_a_new_configuration_and_stays_where_it_is_with_one(story: Teller) -> None:
    path = f"templates/template-{story.number}"
    story.admin.call("POST", f"/api/v1/{path}", {"config": {"a": 1}})

    def put(**request: Any) -> Any:
        return story.ask("PUT", path, request)

    moved = {"name": f"template-{story.number}", "config": {"a": 1}, "workspaceId": story.workspace}
    assert put(workspaceId=story.workspace) == (200, {"template": moved})
    assert story.get(path)["template"] == moved
    changed = {**moved, "config": {"b": 2}}
    assert put(config={"b": 2}) == (200, {"template": changed})
    assert story.ask("PATCH", path, {"c": 3}) == (200, {"template": {**changed, "config": {"c": 3}}})
    assert put(config={}) == (200, {"template": {**changed, "config": {}}})
    assert put()[0] == 500
    assert put(workspaceId=1, config={"d": 4})[1]["template"] == {**moved, "config": {"d": 4}, "workspaceId": 1}


# --- progress -------------------------------------------------------------------------------------------------------


def progress_of(story: Teller, experiment: int) -> Any:
    return story.get(f"experiments/{experiment}")["experiment"]["progress"]


def tell_progress(story: Teller, experiment: int, progress: float, number: int = 0) -> None:
    trial = story.get(f"experiments/{experiment}")["experiment"]["trialIds"][number]
    story.admin.call("POST", f"/api/v1/trials/{trial}/progress", {"progress": progress, "isRaw": True})


def test_an_experiment_that_is_activated_again_keeps_its_progress(story: Teller) -> None:
    experiment = story.experiment_id(unmanaged=False)
    tell_progress(story, experiment, 0.25)
    for action in ("activate", "pause", "activate"):
        story.admin.call("POST", f"/api/v1/experiments/{experiment}/{action}")
        assert progress_of(story, experiment) == 0.25
    tell_progress(story, experiment, 0.5)
    story.admin.call("POST", f"/api/v1/experiments/{experiment}/kill")
    assert progress_of(story, experiment) == 0.5


def test_an_experiment_that_is_continued_begins_at_zero(story: Teller) -> None:
    searcher = {"name": "random", "max_trials": 2}
    experiment = story.experiment_id(unmanaged=False, searcher=searcher)
    story.admin.call("POST", f"/api/v1/experiments/{experiment}/activate")
    for number in (0, 1):
        tell_progress(story, experiment, 0.5, number)
    assert progress_of(story, experiment) == 0.5
    story.admin.call("POST", f"/api/v1/experiments/{experiment}/kill")
    story.admin.call("POST", "/api/v1/experiments/continue", {"id": experiment})
    assert progress_of(story, experiment) == 0
    tell_progress(story, experiment, 0.25)
    assert progress_of(story, experiment) == 0.125


def test_an_unmanaged_experiment_keeps_its_progress_through_pauses_and_restarts(story: Teller) -> None:
    experiment = story.experiment_id()
    trial = story.trial(experiment)["id"]
    tell_progress(story, experiment, 0.5)
    for state, expected in (("PAUSED", 0.5), ("RUNNING", 0.5), ("COMPLETED", 1), ("RUNNING", 1)):
        story.admin.call("PATCH", f"/api/v1/trials/{trial}", {"state": f"STATE_{state}"})
        assert progress_of(story, experiment) == expected
    story.ask("POST", f"experiments/{experiment}/activate")
    assert progress_of(story, experiment) == 1


# --- the queue ------------------------------------------------------------------------------------------------------


@pytest.fixture
def queued(story: Teller) -> Iterator[List[Dict[str, Any]]]:
    """Three experiments that wait in the queue: their ids and the ids of their jobs."""
    created = [story.experiment(unmanaged=False)["experiment"] for _ in range(3)]
    for experiment in created:
        story.admin.call("POST", f"/api/v1/experiments/{experiment['id']}/activate")
    yield created
    for experiment in created:
        story.admin.call("POST", f"/api/v1/experiments/{experiment['id']}/kill")


def jobs(story: Teller) -> List[Any]:
    found = story.get("job-queues-v2", resourcePool="default")["jobs"]
    own = [job["full"] for job in found if job["full"]["workspaceId"] == story.workspace]
    return [(job["entityId"], job["name"], job["priority"]) for job in own]


def update(story: Teller, *updates: Dict[str, Any]) -> Any:
    return story.ask("POST", "job-queues", {"updates": list(updates)})


def test_the_queue_shows_the_name_that_an_experiment_was_given_last(story: Teller, queued: List[Any]) -> None:
    story.admin.call("PATCH", f"/api/v1/experiments/{queued[1]['id']}", {"name": "renamed"})
    expected = [(str(e["id"]), "renamed" if e is queued[1] else "story", 42) for e in queued]
    assert jobs(story) == expected
    old = story.get("job-queues", resourcePool="default")["jobs"]
    assert [job["name"] for job in old if job["workspaceId"] == story.workspace] == ["story", "renamed", "story"]


def test_what_cannot_be_done_to_a_job_is_refused_and_a_priority_that_was_set_stays(
    story: Teller, queued: List[Any]
) -> None:
    first, second, third = (experiment["jobId"] for experiment in queued)
    assert update(story, {"jobId": second, "priority": 7}) == (200, {})
    unchanged = "resource pool is unchanged (default == default)"
    assert update(story, {"jobId": second, "resourcePool": "default"}) == (500, unchanged)
    assert update(story, {"jobId": second, "resourcePool": "moon"}) == (500, "invalid resource pool name moon")
    assert update(story, {"jobId": third, "aheadOf": first}) == (500, f"unexpected action: &{{{first}}}")
    assert update(story, {"jobId": second, "behindOf": third}) == (500, f"unexpected action: &{{{third}}}")
    assert update(story, {"jobId": third}) == (500, "unexpected action: <nil>")
    assert [(entity, priority) for entity, _, priority in jobs(story)] == [
        (str(queued[1]["id"]), 7),
        (str(queued[0]["id"]), 42),
        (str(queued[2]["id"]), 42),
    ]
    for patch in ({"name": "other"}, {"notes": "n"}, {"labels": ["a"]}, {"resources": {"weight": 2}}):
        story.admin.call("PATCH", f"/api/v1/experiments/{queued[1]['id']}", patch)
    for action in ("pause", "activate"):
        story.admin.call("POST", f"/api/v1/experiments/{queued[1]['id']}/{action}")
    assert jobs(story)[0] == (str(queued[1]["id"]), "other", 7)
    assert story.get(f"experiments/{queued[1]['id']}")["config"]["resources"]["priority"] == 7


def test_updates_that_can_be_done_are_done_beside_those_that_cannot(story: Teller, queued: List[Any]) -> None:
    first, _, third = (experiment["jobId"] for experiment in queued)
    status, text = update(
        story, {"jobId": third, "resourcePool": "default"}, {"jobId": third, "priority": 3}, {"jobId": first}
    )
    assert status == 500
    assert text == (
        "encountered the following errors: resource pool is unchanged (default == default), unexpected action: <nil>"
    )
    assert jobs(story)[0] == (str(queued[2]["id"]), "story", 3)


# --- configurations -------------------------------------------------------------------------------------------------


def test_brackets_are_sorted_by_the_search_and_stay_as_given_where_there_is_none(story: Teller) -> None:
    searcher = {**ADAPTIVE, "bracket_rungs": [1, 3, 2]}
    managed = story.experiment(unmanaged=False, searcher=searcher)
    assert managed["config"]["searcher"]["bracket_rungs"] == [3, 2, 1]
    unmanaged = story.experiment(searcher=searcher)
    assert unmanaged["config"]["searcher"]["bracket_rungs"] == [1, 3, 2]
    stored = story.get(f"experiments/{unmanaged['experiment']['id']}")
    assert stored["config"]["searcher"]["bracket_rungs"] == [1, 3, 2]
    request = {
        "config": {"searcher": {**searcher, "metric": "loss"}, "hyperparameters": {}},
    }
    previewed = story.admin.call("POST", "/api/v1/preview-hp-search", request)["summary"]
    assert previewed["config"]["bracket_rungs"] == [1, 3, 2]


def test_the_pool_is_filled_in_where_an_experiment_is_stored_but_not_in_the_echoed_configuration(
    story: Teller,
) -> None:
    created = story.experiment(unmanaged=False)
    assert created["config"]["resources"]["resource_pool"] == ""
    assert created["experiment"]["config"]["resources"]["resource_pool"] == "default"
    stored = story.get(f"experiments/{created['experiment']['id']}")
    assert stored["config"]["resources"]["resource_pool"] == "default"
    assert story.experiment()["experiment"]["config"]["resources"]["resource_pool"] == ""


# --- logs -----------------------------------------------------------------------------------------------------------


def test_lines_without_a_rank_are_found_beside_ranks_and_together_with_other_fields(story: Teller) -> None:
    trials = [story.trial(story.experiment_id()) for _ in range(2)]
    for trial in trials:
        lines = [
            {
                "rankId": rank,
                "stdtype": stdtype,
                "source": source,
                "level": level,
                "log": f"{rank} {stdtype} {source}\n",
            }
            for rank in (None, 0, 1)
            for stdtype in ("stdout", "stderr")
            for source, level in (("task", "LOG_LEVEL_INFO"), ("agent", "LOG_LEVEL_ERROR"))
        ]
        story.admin.call("POST", "/api/v1/task/logs", {"logs": [{"taskId": trial["taskId"], **x} for x in lines]})

    def found(**query: Any) -> List[str]:
        parts = "&".join(f"{key}={value}" for key, many in query.items() for value in many)
        texts = []
        for path in (f"trials/{trials[0]['id']}", f"tasks/{trials[0]['taskId']}"):
            _, got = story.admin.send("GET", f"/api/v1/{path}/logs?{parts}")
            texts.append([json.loads(line)["result"]["log"].strip() for line in got.splitlines()])
        assert texts[0] == texts[1]
        return texts[0]

    everywhere = ["None stdout task", "None stdout agent", "None stderr task", "None stderr agent"]
    assert found(rankIds=[-1]) == everywhere
    assert found(rankIds=[-1], stdtypes=["stderr"]) == everywhere[2:]
    assert found(rankIds=[-1], stdtypes=["stderr"], sources=["agent"], levels=["LOG_LEVEL_ERROR"]) == everywhere[3:]
    assert found(rankIds=[-1, 1], sources=["task"]) == [
        "None stdout task", "None stderr task", "1 stdout task", "1 stderr task",
    ]  # fmt: skip
    assert found(rankIds=[1, -1], searchText=["stdout"], limit=[3]) == [*everywhere[:2], "1 stdout task"]
    assert found(rankIds=[-1, 0], orderBy=["ORDER_BY_DESC"], sources=["agent"])[-1] == "None stdout agent"


# --- metrics --------------------------------------------------------------------------------------------------------

BOTH = "cannot specify both legacy and new metric group"


@pytest.mark.parametrize("legacy", ["METRIC_TYPE_TRAINING", "METRIC_TYPE_VALIDATION"])
@pytest.mark.parametrize("group", ["training", "custom"])
def test_a_legacy_and_a_new_metric_group_at_once_are_refused(story: Teller, legacy: str, group: str) -> None:
    experiment = story.experiment_id()
    trial = story.trial(experiment)["id"]
    story.tell(trial, "training", 1, loss=1)
    both = {"metricType": legacy, "group": group}
    assert story.ask("GET", "trials/time-series", trialIds=trial, metricNames="loss", **both) == (400, BOTH)
    for stream in ("batches", "trials-snapshot", "trials-sample"):
        path = f"experiments/{experiment}/metrics-stream/{stream}"
        assert story.ask("GET", path, metricName="loss", **both) == (400, BOTH)
    # workloads know no groups
    assert story.ask("GET", f"trials/{trial}/workloads", **both)[0] == 200


def test_either_metric_group_alone_is_enough(story: Teller) -> None:
    trial = story.trial(story.experiment_id())["id"]
    story.tell(trial, "validation", 1, loss=1)
    asked = {"trialIds": trial, "metricNames": "loss"}
    answers = [
        story.ask("GET", "trials/time-series", **asked, **group)
        for group in (
            {"group": "validation"},
            {"metricType": "METRIC_TYPE_VALIDATION"},
            {"metricType": "METRIC_TYPE_UNSPECIFIED", "group": "validation"},
        )
    ]
    assert answers[0][0] == 200
    assert answers[1:] == answers[:1] * 2


# --- searches -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["experiments-search", "runs"])
@pytest.mark.parametrize(
    ("group", "text"),
    [
        ({"kind": "group", "children": []}, "group specified with no conjunction"),
        ({"kind": "group", "conjunction": None, "children": []}, "group specified with no conjunction"),
        ({"kind": "group", "conjunction": "nor", "children": []}, "invalid conjunction value nor"),
        ({"kind": "group", "conjunction": "", "children": []}, "invalid conjunction value "),
    ],
)
def test_a_missing_conjunction_and_an_unknown_one_are_told_apart(
    story: Teller, path: str, group: Dict[str, Any], text: str
) -> None:
    outer = {"kind": "group", "conjunction": "and", "children": [group]}
    for whole in (group, outer):
        assert story.ask("POST", path, {"filter": json.dumps({"filterGroup": whole})}) == (500, text)


def test_runs_in_searches_are_active_from_their_activation_to_their_end(story: Teller) -> None:
    experiment = story.experiment_id(unmanaged=False)
    trial = story.get(f"experiments/{experiment}")["experiment"]["trialIds"][0]

    def states() -> List[str]:
        (run,) = story.admin.call("POST", "/api/v1/runs", {"projectId": story.project})["runs"]
        return [run["state"], story.get(f"trials/{trial}")["trial"]["state"]]

    assert states() == ["STATE_PAUSED", "STATE_PAUSED"]
    story.admin.call("POST", f"/api/v1/experiments/{experiment}/activate")
    assert states() == ["STATE_ACTIVE", "STATE_QUEUED"]
    story.admin.call("POST", f"/api/v1/experiments/{experiment}/kill")
    assert states() == ["STATE_CANCELED", "STATE_CANCELED"]


# --- tables ---------------------------------------------------------------------------------------------------------


def columns(story: Teller, **query: Any) -> List[str]:
    return [
        c["column"] for c in story.get(f"projects/{story.project}/columns", **query)["columns"] if "." in c["column"]
    ]


def test_a_projects_columns_hold_the_metrics_and_hyperparameters_of_all_its_runs(story: Teller) -> None:
    experiment = story.experiment_id(
        searcher={"name": "random", "max_trials": 2}, hyperparameters={"lr": 0.1, "net": {"depth": 2}}
    )
    for number, name in enumerate(("loss", "other")):
        trial = story.trial(experiment, lr=0.1, net={"depth": 2})["id"]
        story.tell(trial, "validation", 1, **{name: 1 + number})
        story.tell(trial, "validation", 2, **{name: 3})
        story.admin.call("POST", f"/api/v1/runs/{trial}/metadata", {"metadata": {"stage": {"name": "x"}, name: 1}})
    metrics = [f"validation.{name}.{way}" for name in ("loss", "other") for way in ("last", "max", "mean", "min")]
    assert columns(story) == ["hp.lr", "hp.net.depth", *metrics]
    assert columns(story, tableType="TABLE_TYPE_RUN") == [
        "hp.lr", "hp.net.depth", *metrics, "metadata.loss", "metadata.other", "metadata.stage.name",
    ]  # fmt: skip
    ranges = story.get(f"projects/{story.project}/experiments/metric-ranges")["ranges"]
    assert sorted((r["metricsName"], r["min"], r["max"]) for r in ranges) == [
        ("searcherMetricsVal", 1, 1),
        ("validation.loss.last", 3, 3),
        ("validation.loss.max", 3, 3),
        ("validation.loss.mean", 2, 2),
        ("validation.loss.min", 1, 1),
    ]


def test_metrics_of_a_run_that_never_validated_have_columns_and_ranges(story: Teller) -> None:
    trial = story.trial(story.experiment_id())["id"]
    story.tell(trial, "training", 1, loss=1)
    story.tell(trial, "custom", 1, word="x")
    ways = ["last", "max", "mean", "min"]
    assert columns(story) == [*(f"training.loss.{way}" for way in ways), "custom.word.last"]
    ranges = story.get(f"projects/{story.project}/experiments/metric-ranges")["ranges"]
    assert sorted(r["metricsName"] for r in ranges) == [f"training.loss.{way}" for way in ways]


# --- use of slots ---------------------------------------------------------------------------------------------------


def test_allocations_of_commands_are_listed_with_their_workspace(master: LocalMaster) -> None:
    admin = Connection(master.url)
    try:
        story = Teller(admin)
        request = {"config": {"entrypoint": ["true"], "resources": {"slots": 1}}, "workspaceId": story.workspace}
        command = admin.call("POST", "/api/v1/commands", request)["command"]["id"]
        deadline = time.monotonic() + 60
        while story.get(f"commands/{command}")["command"]["state"] != "STATE_TERMINATED":
            assert time.monotonic() < deadline, "the command does not end"
            time.sleep(0.1)
        span = "timestamp_after=2000-01-01T00:00:00Z&timestamp_before=2100-01-01T00:00:00Z"
        status, got = admin.send("GET", f"/resources/allocation/allocations-csv?{span}")
        assert status == 200
        rows = [(r["task_type"], r["workspace_name"], r["slots"]) for r in csv.DictReader(io.StringIO(got.decode()))]
        assert rows == [("command", f"story {story.number}", "1")]
    finally:
        admin.close()
