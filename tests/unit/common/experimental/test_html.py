"""How objects look in notebooks."""

from __future__ import annotations

import copy
import datetime
import json
import pickle
import xml.etree.ElementTree as ElementTree
from typing import Any, List

import pytest

from determined.common.api import Session
from determined.common.experimental import _html
from determined.common.experimental._resource import ResourceList
from determined.common.experimental.checkpoint import Checkpoint
from determined.common.experimental.determined import Determined
from determined.common.experimental.experiment import Experiment
from determined.common.experimental.metrics import TrialMetrics
from determined.common.experimental.model import Model, ModelVersion
from determined.common.experimental.oauth2_scim_client import Oauth2ScimClient
from determined.common.experimental.project import Project
from determined.common.experimental.resource_pool import ResourcePool
from determined.common.experimental.trial import Trial
from determined.common.experimental.user import User
from determined.common.experimental.workspace import Workspace

from .stub_master import StubMaster, page_of

NASTY = "<script>alert('\"&')</script>"


def things(session: Session, text: str) -> List[Any]:
    """An object of each kind, with a text in it wherever one may be."""
    deep = {text: [text, {"a": text}]}
    time = datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)
    checkpoint = {"uuid": text, "metadata": deep, "resources": {text: "1"}, "state": text}
    return [
        Experiment._from_wire(
            session, {"id": 3, "name": text, "labels": [text], "state": "STATE_ERROR", "notes": text}
        ),
        Trial._from_wire(session, {"id": 3, "hparams": deep, "summaryMetrics": deep, "state": text}),
        Checkpoint._from_wire(session, checkpoint),
        Model._from_wire(session, {"name": text, "id": 3, "metadata": deep, "labels": [text]}),
        ModelVersion._from_wire(session, {"version": 3, "model": {"name": text}, "checkpoint": checkpoint}),
        Project._from_wire(session, {"id": 3, "name": text, "notes": [{"name": text, "contents": text}]}),
        Workspace._from_wire(session, {"id": 3, "name": text}),
        User._from_wire(session, {"id": 3, "username": text, "displayName": text}),
        ResourcePool(session, text),
        Oauth2ScimClient(text, "3", text),
        TrialMetrics(3, 1, 10, time, {text: 1.0, "deep": deep}, text),
    ]


def cells(html: str) -> List[List[str]]:
    """The text of a table, row by row; what is no well-formed table is an error."""
    table = ElementTree.fromstring(html)
    assert {element.tag for element in table.iter()} <= {"table", "caption", "tr", "th", "td"}
    return [["".join(cell.itertext()) for cell in row] for row in table.iter("tr")]


def test_every_object_is_a_table_of_escaped_text(session: Session, stub: StubMaster) -> None:
    for thing in things(session, NASTY):
        shown = dict(cells(thing._repr_html_()))
        assert any("alert" in text for text in shown.values()), thing
        assert "<script" not in thing._repr_html_()
    assert {request.path for request in stub.requests} <= {"/api/v1/experiments"}


@pytest.mark.filterwarnings("error")
def test_lists_of_every_kind_are_tables_of_escaped_text(session: Session, stub: StubMaster) -> None:
    for thing in things(session, NASTY):
        head, *rows = cells(ResourceList([thing, thing])._repr_html_())
        assert len(rows) == 2
        assert all(len(row) == len(head) for row in rows)
    assert len(cells(ResourceList(things(session, NASTY))._repr_html_())) == 12
    assert len(cells(ResourceList([*things(session, NASTY), NASTY])._repr_html_())) == 12
    assert {request.path for request in stub.requests} <= {"/api/v1/experiments"}


def test_states_and_times_are_readable(session: Session) -> None:
    experiment, *_, report = things(session, "text")
    assert dict(cells(experiment._repr_html_()))["state"] == "ERROR"
    assert dict(cells(report._repr_html_()))["end_time"] == "2026-01-02 00:00:00 UTC"


def test_what_is_not_known_is_left_out(session: Session) -> None:
    assert cells(Experiment(3, session)._repr_html_()) == [["id", "3"]]
    assert cells(ResourceList([Experiment(3, session), Experiment(4, session)])._repr_html_()) == [["id"], ["3"], ["4"]]
    assert cells(ResourceList([])._repr_html_()) == []


def test_secrets_are_never_shown(session: Session) -> None:
    config = {"checkpoint_storage": {"secret_key": "s3cret"}, "environment": {"registry_auth": {"password": "s3cret"}}}
    stored = {"api_key": "s3cret", "deep": [{"auth": {"a": "s3cret"}, "DB_PASSWORD": "s3cret", "max_tokens": 512}]}
    for thing in (
        Experiment._from_wire(session, {"id": 3, "config": config}),
        Trial._from_wire(session, {"id": 3, "hparams": stored}),
        Checkpoint._from_wire(session, {"uuid": "u", "metadata": stored, "training": {"experimentConfig": config}}),
        Oauth2ScimClient("name", "3", "domain", "s3cret"),
    ):
        assert "s3cret" not in thing._repr_html_()
        assert "s3cret" not in ResourceList([thing])._repr_html_()
    assert "512" in Trial._from_wire(session, {"id": 3, "hparams": stored})._repr_html_()


def test_long_texts_and_lists_are_cut(session: Session) -> None:
    long = Experiment._from_wire(session, {"id": 3, "notes": "x" * 100_000})
    assert len(long._repr_html_()) < 3000
    html = ResourceList([long] * 10_000)._repr_html_()
    rows = cells(html)
    assert len(rows) == 22
    assert rows[-1] == ["… 9980 more"]
    assert "10000 × Experiment" in html


def test_experiments_show_how_far_they_are_and_their_best_metric(session: Session, stub: StubMaster) -> None:
    row = {
        "id": 3, "name": "digits", "state": "STATE_COMPLETED", "progress": 0.67, "numTrials": 12, "username": "ada",
        "startTime": "2026-01-02T03:04:05Z", "endTime": "2026-01-02T04:05:16Z", "notes": "long", "archived": False,
        "config": {"searcher": {"metric": "accuracy"}}, "bestTrialSearcherMetric": 0.98213,
    }  # fmt: skip
    stub.on("GET", "/api/v1/experiments", page_of("experiments", row))
    lists = [{name: value for name, value in row.items() if name != "bestTrialSearcherMetric"}] * 2
    html = ResourceList([Experiment._from_list(session, one) for one in lists])._repr_html_()
    assert cells(html)[:2] == [
        ["id", "name", "state", "progress", "best metric", "trials", "started", "duration", "owner"],
        ["3", "digits", "COMPLETED", "67 %", "accuracy 0.98213", "12", "2026-01-02 03:04:05 UTC", "1:01:11", "ada"],
    ]
    assert len(stub.requests) == 1


def test_a_table_of_experiments_is_shown_without_the_master(session: Session, stub: StubMaster) -> None:
    experiment = Experiment._from_wire(session, {"id": 3, "state": "STATE_ERROR"})
    stub.close()
    assert cells(ResourceList([experiment])._repr_html_()) == [["id", "state"], ["3", "ERROR"]]


def test_trials_show_hyperparameters_as_columns_and_latest_and_best_metric(session: Session, stub: StubMaster) -> None:
    trials = [
        {
            "id": 7, "experimentId": 3, "state": "STATE_ERROR", "hparams": {"lr": 0.1, "net": {"units": [8, 16]}},
            "latestValidation": {"metrics": {"avgMetrics": {"loss": 0.5, "acc": 0.25}}},
            "bestValidation": {"metrics": {"avgMetrics": {"loss": 0.25, "acc": 0.125}}},
        },
        {"id": 8, "experimentId": 3, "state": "STATE_RUNNING", "hparams": {"lr": 0.01, "id": "x"}},
    ]  # fmt: skip
    stub.on("GET", "/api/v1/experiments/3/trials", page_of("trials", *trials))
    experiment = Experiment._from_wire(session, {"id": 3, "config": {"searcher": {"metric": "loss"}}})
    found = experiment.list_trials()
    assert cells(found._repr_html_()) == [  # type: ignore[attr-defined]
        ["id", "state", "lr", "net.units", "hparams.id", "latest loss", "best loss"],
        ["7", "ERROR", "0.1", "8, 16", "", "0.5", "0.25"],
        ["8", "RUNNING", "0.01", "", "x", "", ""],
    ]
    alone = dict(cells(Trial._from_wire(session, trials[0])._repr_html_()))
    assert alone["best"] == "loss = 0.25, acc = 0.125"


def test_checkpoints_show_where_they_are_from_and_their_size(session: Session) -> None:
    training = {
        "trialId": 7,
        "experimentId": 3,
        "experimentConfig": {"searcher": {"metric": "loss"}},
        "searcherMetric": 0.5,
    }
    data = {
        "uuid": "u", "state": "STATE_COMPLETED", "metadata": {"steps_completed": 100, "note": {"a": 1}},
        "resources": {"code/": "0", "weights": "1234567"}, "training": training,
    }  # fmt: skip
    checkpoint = Checkpoint._from_wire(session, data)
    assert cells(ResourceList([checkpoint])._repr_html_()) == [
        ["uuid", "trial", "steps", "searcher metric", "size", "state"],
        ["u", "7", "100", "loss 0.5", "1.23 MB", "COMPLETED"],
    ]
    assert dict(cells(checkpoint._repr_html_()))["metadata"] == "steps_completed = 100, note.a = 1"


def test_what_a_checkpoint_comes_from_is_shown_without_the_configuration(session: Session) -> None:
    config = {"name": "secret", "environment": {"registry_auth": {"password": "s3cret"}}}
    training = {"trialId": 7, "experimentId": 3, "experimentConfig": config, "hparams": {"lr": 0.1}}
    found = Checkpoint._from_wire(session, {"uuid": "u", "training": training}).training
    assert found.experiment_config is config
    for shown in (repr(found), str(found), found._repr_html_()):
        assert "secret" not in shown
        assert "registry" not in shown
        assert "0.1" in shown


@pytest.mark.parametrize(("count", "text"), [(0, "0 B"), (999, "999 B"), (1000, "1 kB"), (1234567, "1.23 MB"), (5 * 10**15, "5000 TB")])  # fmt: skip # noqa: E501
def test_sizes_are_readable(count: int, text: str) -> None:
    assert _html._size(count) == text


def test_no_table_holds_json(session: Session) -> None:
    for thing in things(session, "text"):
        for html in (thing._repr_html_(), ResourceList([thing])._repr_html_()):
            assert not set("{}[]") & set(html)


def test_lists_are_plain_lists_in_all_else(session: Session) -> None:
    users = ResourceList([User(1, session), User(2, session)])
    assert isinstance(users, list)
    assert users == [*users]
    assert json.dumps(ResourceList([1, {"a": 2}])) == '[1, {"a": 2}]'
    assert isinstance(users[:1], ResourceList)
    assert users[-1].user_id == 2
    assert users[:1] == [users[0]]
    for copied in (pickle.loads(pickle.dumps(ResourceList([1]))), copy.deepcopy(ResourceList([1]))):
        assert type(copied) is ResourceList
        assert copied == [1]


@pytest.mark.parametrize(
    ("path", "key", "data", "call"),
    [
        ("experiments", "experiments", {"id": 1, "state": "STATE_ERROR"}, lambda d: d.list_experiments()),
        ("models", "models", {"id": 1, "name": "m"}, lambda d: d.list_models()),
        ("workspaces", "workspaces", {"id": 1}, lambda d: d.list_workspaces()),
        ("users", "users", {"id": 1}, lambda d: d.list_users()),
        ("experiments/1/trials", "trials", {"id": 1}, lambda d: Experiment(1, d._session).list_trials()),
        (
            "experiments/1/checkpoints",
            "checkpoints",
            {"uuid": "u"},
            lambda d: Experiment(1, d._session).list_checkpoints(),
        ),
        ("experiments", "experiments", {"id": 1}, lambda d: Project(d._session, 1).list_experiments()),
        ("workspaces/1/projects", "projects", {"id": 1}, lambda d: Workspace(d._session, 1).list_projects()),
        ("models/m/versions", "modelVersions", {"version": 1}, lambda d: Model(d._session, "m").list_versions()),
    ],
)
def test_lists_of_the_cluster_are_shown_as_tables(
    stub: StubMaster, session: Session, path: str, key: str, data: Any, call: Any
) -> None:
    stub.on("GET", f"/api/v1/{path}", page_of(key, data))
    found = call(Determined._from_session(session))
    assert type(found) is ResourceList
    assert len(found) == 1
