"""Waiting for experiments, their trials and checkpoints, creating them."""

from __future__ import annotations

import base64
import pathlib
from typing import Any, Dict, List, Optional

import pytest
import yaml

from determined import errors
from determined.common.api import Session
from determined.common.api import errors as api_errors
from determined.common.experimental.checkpoint import CheckpointOrderBy, CheckpointSortBy
from determined.common.experimental.determined import Determined
from determined.common.experimental.experiment import Experiment, ExperimentState
from determined.common.experimental.trial import Trial

from .stub_master import Answer, Request, StubMaster, not_found, page_of

URL = "/api/v1/experiments/3"
CONFIG: Dict[str, Any] = {"searcher": {"metric": "loss", "smaller_is_better": True}, "name": "x"}


def in_state(state: str, **more: Any) -> Any:
    return {"experiment": {"id": 3, "state": f"STATE_{state}", "config": CONFIG, **more}, "config": CONFIG}


def saved(uuid: str, trial: int, loss: Optional[float], step: int = 1) -> Any:
    metrics = {"avgMetrics": {"loss": loss}} if loss is not None else None
    training = {"trialId": trial, "experimentId": 3, "validationMetrics": metrics, "searcherMetric": loss}
    return {"uuid": uuid, "state": "STATE_COMPLETED", "metadata": {"steps_completed": step}, "training": training}


def uuids(checkpoints: List[Any]) -> List[str]:
    return [checkpoint.uuid for checkpoint in checkpoints]


@pytest.mark.parametrize("end", ["COMPLETED", "CANCELED", "ERROR", "DELETED"])
def test_wait_returns_the_state_in_which_the_experiment_ended(stub: StubMaster, session: Session, end: str) -> None:
    stub.on("GET", URL, in_state("QUEUED"), in_state("RUNNING", progress=0.5), in_state("TRANCE"), in_state(end))
    assert Experiment(3, session).wait(interval=0.001) is ExperimentState[end]
    assert len(stub.requests) == 4


def test_wait_gives_up_after_the_timeout(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, in_state("RUNNING"))
    with pytest.raises(errors.ExperimentTimeout, match="experiment 3 did not end within 0.01 seconds"):
        Experiment(3, session).wait(interval=0.001, timeout=0.01)
    with pytest.raises(TimeoutError):
        Experiment(3, session).wait(interval=60, timeout=0)


def test_wait_refuses_a_paused_experiment_but_not_an_unmanaged_one(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, in_state("PAUSED"))
    with pytest.raises(ValueError, match="paused"):
        Experiment(3, session).wait()
    stub.on("GET", URL, in_state("PAUSED", unmanaged=True), in_state("COMPLETED", unmanaged=True))
    assert Experiment(3, session).wait(interval=0.001) is ExperimentState.COMPLETED


def test_wait_lives_through_a_master_that_is_away(stub: StubMaster, session: Session) -> None:
    away = Answer(503, {"error": {"code": 14, "reason": "Unavailable", "error": "starting"}})
    stub.on("GET", URL, in_state("RUNNING"), away, Answer(502, b"<html>"), away, in_state("COMPLETED"))
    assert Experiment(3, session).wait(interval=0.001) is ExperimentState.COMPLETED


def test_a_master_that_cannot_be_reached_is_waited_for_as_long_as_told() -> None:
    closed = Session("http://127.0.0.1:9", "ada", "token", None, max_retries=0)
    with pytest.raises(api_errors.MasterNotFoundException):
        Experiment(3, closed).wait(interval=0.001, patience=0.02)
    closed.close()


def test_wait_does_not_hide_a_refusal(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, not_found("experiment '3' not found"))
    with pytest.raises(api_errors.NotFoundException, match="experiment '3' not found"):
        Experiment(3, session).wait(interval=0.001)


def test_the_first_trial_is_waited_for(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, in_state("QUEUED"))
    stub.on("GET", f"{URL}/trials", page_of("trials"), page_of("trials", {"id": 12, "experimentId": 3}))
    assert Experiment(3, session).await_first_trial(interval=0.001).id == 12


def test_waiting_for_a_trial_ends_with_the_experiment(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, in_state("ERROR"))
    stub.on("GET", f"{URL}/trials", page_of("trials"))
    with pytest.raises(errors.InvalidExperimentException, match="no trial"):
        Experiment(3, session).await_first_trial(interval=0.001)


def test_best_checkpoints_come_first_and_those_without_metric_last(stub: StubMaster, session: Session) -> None:
    found = [saved("none", 1, None), saved("good", 1, 0.1), saved("bad", 2, 0.9)]
    stub.on("GET", f"{URL}/checkpoints", page_of("checkpoints", *found))
    experiment = Experiment(3, session)
    assert uuids(experiment.list_checkpoints()) == ["good", "bad", "none"]
    query = stub.requests[-1].query
    assert query["sortByAttr"] == ["SORT_BY_SEARCHER_METRIC"]
    assert "orderBy" not in query, "without a direction the master puts the best first"
    assert query["states"] == ["STATE_COMPLETED"]
    assert uuids(experiment.list_checkpoints(max_results=1)) == ["good"]


def test_checkpoints_are_sorted_as_asked(stub: StubMaster, session: Session) -> None:
    stub.on("GET", f"{URL}/checkpoints", page_of("checkpoints", saved("a", 1, None), saved("b", 1, 2.0)))
    experiment = Experiment(3, session)
    assert uuids(experiment.list_checkpoints("loss", CheckpointOrderBy.ASC)) == ["b", "a"]
    assert stub.requests[-1].query["sortByMetric"] == ["loss"]
    assert stub.requests[-1].query["orderBy"] == ["ORDER_BY_ASC"]
    assert uuids(experiment.list_checkpoints(CheckpointSortBy.END_TIME, CheckpointOrderBy.DESC)) == ["a", "b"]
    assert stub.requests[-1].query["sortByAttr"] == ["SORT_BY_END_TIME"]


@pytest.mark.parametrize(("sort_by", "order_by"), [("loss", None), (None, CheckpointOrderBy.ASC)])
def test_an_order_and_its_direction_go_together(
    stub: StubMaster, session: Session, sort_by: Any, order_by: Any
) -> None:
    with pytest.raises(ValueError, match="both sort_by and order_by"):
        Experiment(3, session).list_checkpoints(sort_by, order_by)
    assert stub.requests == []


def test_the_top_checkpoints_are_of_different_trials(stub: StubMaster, session: Session) -> None:
    found = [saved("a1", 1, 0.1), saved("a2", 1, 0.2), saved("b1", 2, 0.3), saved("none", 4, None), saved("c", 3, 0.4)]
    stub.on("GET", f"{URL}/checkpoints", page_of("checkpoints", *found))
    experiment = Experiment(3, session)
    assert uuids(experiment.top_n_checkpoints(2)) == ["a1", "b1"]
    assert uuids(experiment.top_n_checkpoints(9)) == ["a1", "b1", "c"]
    assert experiment.top_checkpoint().uuid == "a1"


def test_without_a_checkpoint_there_is_no_top_one(stub: StubMaster, session: Session) -> None:
    stub.on("GET", f"{URL}/checkpoints", page_of("checkpoints", saved("none", 1, None)))
    with pytest.raises(errors.CheckpointNotFound, match="experiment 3"):
        Experiment(3, session).top_checkpoint()


@pytest.mark.parametrize(("smaller", "direction"), [(True, "ASC"), (False, "DESC"), (None, "ASC")])
def test_the_top_by_another_metric_takes_the_direction_from_caller_or_searcher(
    stub: StubMaster, session: Session, smaller: Optional[bool], direction: str
) -> None:
    stub.on("GET", URL, in_state("COMPLETED"))
    stub.on("GET", f"{URL}/checkpoints", page_of("checkpoints", saved("a", 1, 0.1)))
    assert Experiment(3, session).top_checkpoint("loss", smaller).uuid == "a"
    assert stub.requests[-1].query["orderBy"] == [f"ORDER_BY_{direction}"]


def test_a_trials_best_checkpoint_is_asked_for_in_the_searchers_direction(stub: StubMaster, session: Session) -> None:
    searcher = {"searcher": {"metric": "acc", "smaller_is_better": False}}
    rows = [saved("none", 12, None), saved("worse", 12, 0.1), saved("best", 12, 0.9)]
    for row in rows:
        row["training"]["experimentConfig"] = searcher
    stub.on("GET", "/api/v1/trials/12/checkpoints", page_of("checkpoints", *rows))
    trial = Trial(12, session)
    assert uuids(trial.list_checkpoints()) == ["best", "worse", "none"]
    assert trial.top_checkpoint().uuid == "best"
    assert trial.select_checkpoint(best=True).uuid == "best"
    assert len(stub.requests) == 3


def test_where_larger_is_better_a_full_page_is_asked_for_from_the_other_end(stub: StubMaster, session: Session) -> None:
    searcher = {"searcher": {"metric": "acc", "smaller_is_better": False}}
    rows = [saved(str(n), 12, n / 1000) for n in range(250)]
    for row in rows:
        row["training"]["experimentConfig"] = searcher

    def answer(request: Request) -> Any:
        ordered = rows[::-1] if request.query["orderBy"] == ["ORDER_BY_DESC"] else rows
        start = int(request.query.get("offset", ["0"])[0])
        page = ordered[start : start + int(request.query["limit"][0])]
        return {"checkpoints": page, "pagination": {"startIndex": start, "endIndex": start + len(page), "total": 250}}

    stub.on("GET", "/api/v1/trials/12/checkpoints", answer)
    assert Trial(12, session).top_checkpoint().uuid == "249"
    assert uuids(Trial(12, session).list_checkpoints(max_results=2)) == ["249", "248"]


def test_a_checkpoint_whose_metric_is_nan_is_never_the_best(stub: StubMaster, session: Session) -> None:
    nan, good = saved("nan", 12, None), saved("good", 12, 0.3)
    nan["training"]["searcherMetric"] = "NaN"
    for row in (nan, good):
        row["training"]["experimentConfig"] = {"searcher": {"metric": "acc", "smaller_is_better": False}}
    for path in ("/api/v1/trials/12/checkpoints", f"{URL}/checkpoints"):
        stub.on("GET", path, page_of("checkpoints", nan, good))
    assert uuids(Trial(12, session).list_checkpoints()) == ["good", "nan"]
    assert uuids(Experiment(3, session).list_checkpoints()) == ["good", "nan"]
    assert Experiment(3, session).top_checkpoint().uuid == "good"


def test_one_checkpoint_of_a_trial_is_chosen_in_one_way(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/trials/12/checkpoints", page_of("checkpoints", saved("newest", 12, None)))
    stub.on("GET", "/api/v1/checkpoints/mine", {"checkpoint": saved("mine", 12, 1.0)})
    stub.on("GET", "/api/v1/checkpoints/foreign", {"checkpoint": saved("foreign", 13, 1.0)})
    trial = Trial(12, session)
    assert trial.select_checkpoint(latest=True).uuid == "newest"
    assert stub.requests[-1].query["sortByAttr"] == ["SORT_BY_BATCH_NUMBER"]
    assert trial.select_checkpoint(uuid="mine").uuid == "mine"
    with pytest.raises(errors.CheckpointNotFound):
        trial.select_checkpoint(uuid="foreign")
    wrongs: List[Dict[str, Any]] = [
        {},
        {"latest": True, "best": True},
        {"best": True, "sort_by": "loss"},
        {"latest": True, "sort_by": "loss", "smaller_is_better": True},
    ]
    for wrong in wrongs:
        with pytest.raises(AssertionError, match=r"exactly one|best=True|give both"):
            trial.select_checkpoint(**wrong)


def test_a_label_is_added_and_removed_by_one_request(stub: StubMaster, session: Session) -> None:
    stub.on("PUT", f"{URL}/labels/c", {"labels": ["c", "by another"]})
    stub.on("DELETE", f"{URL}/labels/c", {"labels": ["by another"]})
    experiment = Experiment(3, session)
    experiment.add_label("c")
    assert experiment.labels == {"c", "by another"}
    experiment.remove_label("c")
    assert experiment.labels == {"by another"}
    assert [r.method for r in stub.requests] == ["PUT", "DELETE"]


@pytest.mark.parametrize("label", ["a/b", "a:b", "", ".."])
def test_a_label_that_no_path_can_hold_is_changed_with_all_others(
    stub: StubMaster, session: Session, label: str
) -> None:
    stub.on("GET", URL, in_state("COMPLETED", labels=["x"]))
    stub.on("PATCH", URL, lambda request: in_state("COMPLETED", labels=request.body["labels"]))
    experiment = Experiment(3, session)
    experiment.add_label(label)
    assert experiment.labels == {"x", label}


def test_a_master_that_cannot_remove_a_label_gets_the_others(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, in_state("COMPLETED", labels=["a", "b"]))
    stub.on("DELETE", f"{URL}/labels/a", Answer(500, {"error": {"error": "FOR UPDATE cannot be applied"}}))
    stub.on("PATCH", URL, in_state("COMPLETED"))
    experiment = Experiment(3, session)
    experiment.remove_label("a")
    assert stub.requests[-1].body == {"labels": ["b"]}


def test_labels_are_a_set_and_a_single_text_is_one(stub: StubMaster, session: Session) -> None:
    stub.on("PATCH", URL, lambda request: in_state("COMPLETED", labels=request.body["labels"]))
    experiment = Experiment(3, session)
    experiment.set_labels("blue")
    assert experiment.labels == {"blue"}
    assert experiment.labels - {"blue"} == set()
    for wrong in (5, [1], None, b"x"):
        with pytest.raises(ValueError, match="labels must"):
            experiment.set_labels(wrong)  # type: ignore[arg-type]
    assert len(stub.requests) == 1


def test_a_change_is_taken_from_its_answer_without_another_request(stub: StubMaster, session: Session) -> None:
    experiment = Experiment._from_wire(session, {"id": 3, "name": "old", "config": {"name": "old", "labels": []}})
    stub.on("PATCH", URL, {"experiment": {"id": 3, "name": "New", "config": {"name": "old"}}})
    experiment.set_name("new")
    assert (experiment.name, experiment.config) == ("New", {"name": "new", "labels": []})
    assert len(stub.requests) == 1


def test_the_code_is_written_to_a_file(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    stub.on("GET", f"{URL}/model_def", {"b64Tgz": base64.b64encode(b"tgz").decode()})
    path = Experiment(3, session).download_code(str(tmp_path / "new"))
    assert path == str(tmp_path / "new" / "exp-3_model_def.tar.gz")
    assert pathlib.Path(path).read_bytes() == b"tgz"


def create(stub: StubMaster, session: Session, config: Any, **arguments: Any) -> Any:
    stub.on("POST", "/api/v1/experiments", {**in_state("ACTIVE"), "warnings": []})
    created = Determined._from_session(session).create_experiment(config, **arguments)
    assert created.id == 3
    return stub.requests[-1].body


def test_a_configuration_file_is_sent_as_it_is(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    (tmp_path / "train.py").write_text("print()")
    text = "# why\nname: x\nentrypoint: python3 train.py\n"
    (tmp_path / "config.yaml").write_text(text)
    body = create(stub, session, tmp_path / "config.yaml", model_dir=tmp_path, project_id=7, template="t")
    assert (body["config"], body["projectId"], body["template"], body["activate"]) == (text, 7, "t", True)
    sent = {file["path"]: base64.b64decode(file["content"]) for file in body["modelDefinition"] if file.get("content")}
    assert sent == {"config.yaml": text.encode(), "train.py": b"print()"}


def test_a_configuration_dictionary_keeps_its_values_and_order(stub: StubMaster, session: Session) -> None:
    shared = {"batches": 1e-05}
    config = {"name": "ü: 1", "b": shared, "a": shared, "labels": ("x", "1e5"), "none": None}
    text = create(stub, session, config, activate=False)["config"]
    assert yaml.safe_load(text) == {**config, "labels": ["x", "1e5"]}
    assert list(yaml.safe_load(text)) == list(config)
    assert "&id" not in text


def test_a_fork_sends_no_code(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    body = create(stub, session, {"name": "x"}, parent_id=2)
    assert body["parentId"] == 2
    with pytest.raises(ValueError, match="parent"):
        create(stub, session, {"name": "x"}, parent_id=2, model_dir=tmp_path)


def test_what_is_no_configuration_is_refused_before_a_request(
    stub: StubMaster, session: Session, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "list.yaml").write_text("- 1")
    (tmp_path / "broken.yaml").write_text("a: [")
    for wrong in (tmp_path / "list.yaml", tmp_path / "broken.yaml", {"path": tmp_path}):
        with pytest.raises(ValueError, match="YAML|configuration"):
            Determined._from_session(session).create_experiment(wrong)
    with pytest.raises(TypeError, match="dictionary or the path"):
        Determined._from_session(session).create_experiment(3)  # type: ignore[arg-type]
    assert stub.requests == []
