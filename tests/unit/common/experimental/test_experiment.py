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

from .stub_master import Answer, StubMaster, not_found, page_of

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
    stub.on("GET", URL, {"experiment": {"id": 3, "config": searcher}, "config": searcher})
    best = saved("a", 12, 0.1)
    best["training"]["validationMetrics"] = {"avgMetrics": {"acc": 0.9}}
    stub.on("GET", "/api/v1/trials/12/checkpoints", page_of("checkpoints", saved("none", 12, None), best))
    stub.on("GET", "/api/v1/trials/12", {"trial": {"id": 12, "experimentId": 3}})
    trial = Trial(12, session)
    assert uuids(trial.list_checkpoints()) == ["a", "none"]
    assert trial.top_checkpoint().uuid == "a"
    assert trial.select_checkpoint(best=True).uuid == "a"
    query = stub.sent("GET", "/api/v1/trials/12/checkpoints")[0].query
    assert (query["sortByMetric"], query["orderBy"]) == (["acc"], ["ORDER_BY_DESC"])


def test_one_checkpoint_of_a_trial_is_chosen_in_one_way(stub: StubMaster, session: Session) -> None:
    stub.on("GET", "/api/v1/trials/12/checkpoints", page_of("checkpoints", saved("newest", 12, None)))
    stub.on("GET", "/api/v1/checkpoints/mine", {"checkpoint": saved("mine", 12, 1.0)})
    stub.on("GET", "/api/v1/checkpoints/foreign", {"checkpoint": saved("foreign", 13, 1.0)})
    trial = Trial(12, session)
    assert trial.select_checkpoint(latest=True).uuid == "newest"
    assert stub.requests[-1].query["sortByAttr"] == ["SORT_BY_END_TIME"]
    assert trial.select_checkpoint(uuid="mine").uuid == "mine"
    with pytest.raises(errors.CheckpointNotFound):
        trial.select_checkpoint(uuid="foreign")
    wrongs: List[Dict[str, Any]] = [{}, {"latest": True, "best": True}, {"latest": True, "sort_by": "loss"}]
    for wrong in wrongs:
        with pytest.raises(ValueError, match=r"exactly one|best=True"):
            trial.select_checkpoint(**wrong)


def test_labels_are_added_and_removed_without_the_call_that_fails(stub: StubMaster, session: Session) -> None:
    stub.on("GET", URL, in_state("COMPLETED", labels=["a", "b"]))
    stub.on("PATCH", URL, in_state("COMPLETED"))
    experiment = Experiment(3, session)
    experiment.add_label("c")
    experiment.remove_label("a")
    experiment.set_labels([])
    assert [r.body["labels"] for r in stub.sent("PATCH", URL)] == [["a", "b", "c"], ["b"], []]


def test_the_code_is_written_to_a_file(stub: StubMaster, session: Session, tmp_path: pathlib.Path) -> None:
    stub.on("GET", f"{URL}/model_def", {"b64Tgz": base64.b64encode(b"tgz").decode()})
    path = Experiment(3, session).download_code(str(tmp_path / "new"))
    assert path == str(tmp_path / "new" / "experiment_3_model_def.tgz")
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
