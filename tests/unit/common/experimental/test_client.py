"""The public face: the client's connection, names of earlier releases, what an import costs."""

from __future__ import annotations

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Iterator

import pytest

import determined
import determined.common.experimental
import determined.experimental
from determined.common.api import Session
from determined.common.api._token_store import TokenStore
from determined.common.api.errors import InvalidCredentialsException
from determined.common.experimental.determined import Determined
from determined.experimental import client

from .stub_master import Answer, StubMaster, page_of

USER = {"id": 2, "username": "ada", "active": True}


@pytest.fixture
def here(stub: StubMaster, monkeypatch: pytest.MonkeyPatch) -> Iterator[StubMaster]:
    """The stub as the master of the environment, and a client that has not been used."""
    stub.on("POST", "/api/v1/auth/login", {"token": "t", "user": USER})
    stub.on("POST", "/api/v1/auth/logout", {})
    stub.on("GET", "/api/v1/me", {"user": USER})
    for name, value in (("DET_MASTER", stub.url), ("DET_USER", "ada"), ("DET_PASS", "secret")):
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(client, "_determined", None)
    yield stub
    if client._determined is not None:
        client._determined._session.close()


def test_the_client_connects_when_it_is_first_used_and_once(here: StubMaster) -> None:
    assert here.requests == []
    assert client.whoami().username == "ada"
    assert client.get_session_username() == "ada"
    assert client._get_singleton() is client._get_singleton()
    assert len(here.sent("POST", "/api/v1/auth/login")) == 1


def test_a_login_replaces_the_connection_and_objects_keep_theirs(here: StubMaster) -> None:
    here.on("GET", "/api/v1/trials/7", {"trial": {"id": 7}})
    client.login(user="ada", password="secret")
    before = client.get_trial(7)
    first = client._get_singleton()
    for _ in range(2):
        client.login(token="other")
        client.whoami()
        assert here.requests[-1].headers["Authorization"] == "Bearer other"
    before.reload()
    assert here.requests[-1].headers["Authorization"] == "Bearer t"
    assert client._get_singleton() is not first


def test_a_login_that_fails_leaves_the_connection_as_it_was(here: StubMaster) -> None:
    client.login(user="ada", password="secret")
    first = client._get_singleton()
    with pytest.raises(ValueError, match="either token or user and password"):
        client.login(user="ada", token="t")
    here.on("GET", "/api/v1/me", Answer(401, {"error": {"code": 16, "error": "invalid credentials"}}))
    with pytest.raises(InvalidCredentialsException, match=r"refuses the token.*invalid credentials"):
        client.login(token="wrong")
    assert client._get_singleton() is first


def test_logging_out_gives_up_the_connection(here: StubMaster) -> None:
    client.login(user="ada", password="secret")
    client.logout()
    assert here.sent("POST", "/api/v1/auth/logout")
    assert client._determined is None
    client.login(here.url, "ada", "secret")


def test_a_token_that_was_given_is_neither_stored_nor_revoked(here: StubMaster) -> None:
    TokenStore(here.url).set_token("ada", "stored")
    connection = Determined(here.url, token="given\n")
    assert connection.get_session_username() == "ada"
    connection.logout()
    assert here.sent("POST", "/api/v1/auth/logout") == []
    assert TokenStore(here.url).get_token("ada") == "stored"
    connection._session.close()


@pytest.mark.parametrize("token", ["", "  \n", "two\nlines", "ünicode"])
def test_what_is_no_token_is_refused_before_a_request_and_not_repeated(here: StubMaster, token: str) -> None:
    with pytest.raises(ValueError, match="token") as caught:
        Determined(here.url, token=token)
    assert here.requests == []
    assert "lines" not in str(caught.value)


def test_every_thread_sees_the_login_of_the_others(here: StubMaster) -> None:
    with ThreadPoolExecutor(16) as threads:
        found = list(threads.map(lambda _: client._get_singleton(), range(64)))
        assert len(set(map(id, found))) == 1
        assert len(here.sent("POST", "/api/v1/auth/login")) == 1
        client.login(token="other")
        found = list(threads.map(lambda _: client._get_singleton(), range(64)))
    assert {connection._session.token for connection in found} == {"other"}  # type: ignore[attr-defined]


def test_a_login_that_fails_can_be_tried_again(here: StubMaster) -> None:
    refused = Answer(401, {"error": {"code": 16, "reason": "Unauthenticated", "error": "invalid credentials"}})
    here.on("POST", "/api/v1/auth/login", refused, {"token": "t", "user": USER})
    with pytest.raises(determined.common.api.errors.UnauthenticatedException):
        client.login(user="ada", password="wrong")
    client.login(user="ada", password="secret")


def test_a_weak_password_is_refused_before_a_request(here: StubMaster) -> None:
    connection = Determined(here.url, "ada", "secret")
    before = len(here.requests)
    with pytest.raises(ValueError, match="password"):
        connection.create_user("bob", admin=False, password="weak")
    with pytest.raises(ValueError, match="remote"):
        connection.create_user("bob", admin=False, password="Str0ngEnough", remote=True)
    assert len(here.requests) == before
    connection._session.close()


def test_a_new_user_is_active_and_their_password_travels_hashed(here: StubMaster) -> None:
    here.on("POST", "/api/v1/users", lambda request: {"user": {**request.body["user"], "id": 9}})
    created = client.create_user("bob", admin=True, password="Str0ngEnough")
    assert (created.user_id, created.username, created.admin, created.active) == (9, "bob", True, True)
    body = here.sent("POST", "/api/v1/users")[0].body
    assert body["isHashed"] is True
    assert len(body["password"]) == 128


OLD_CALLS = [
    ("get_models", (), "client.list_models"),
    ("get_model_by_id", (4,), "client.get_model"),
    ("stream_trials_metrics", ([1], "training"), "client.iter_trials_metrics"),
    ("stream_trials_training_metrics", ([1],), "client.iter_trials_metrics"),
    ("stream_trials_validation_metrics", ([1],), "client.iter_trials_metrics"),
]


@pytest.mark.parametrize(("old", "arguments", "new"), OLD_CALLS)
def test_old_functions_work_and_name_the_new_one(here: StubMaster, old: str, arguments: Any, new: str) -> None:
    here.on("GET", "/api/v1/models", page_of("models"))
    here.on("GET", "/api/v1/models/4", {"model": {"id": 4, "name": "m"}})
    with pytest.warns(FutureWarning, match=rf"client\.{old} .*{new}") as caught:
        getattr(client, old)(*arguments)
    assert caught[0].filename == __file__


@pytest.mark.parametrize(
    ("old", "new"),
    [("ExperimentReference", client.Experiment), ("TrialReference", client.Trial)],
)
def test_old_classes_are_the_new_ones(old: str, new: type) -> None:
    with pytest.warns(FutureWarning, match=new.__name__):
        assert getattr(client, old) is new


def test_old_streams_yield_the_classes_of_their_time(stub: StubMaster, session: Session) -> None:
    report = {
        "trialId": 1,
        "trialRunId": 1,
        "totalBatches": 5,
        "group": "training",
        "metrics": {"avg_metrics": {"a": 1}},
    }
    line = json.dumps({"result": {"metrics": [report]}}).encode() + b"\n"
    stub.on("GET", "/api/v1/trials/metrics/trial_metrics", Answer(body=line))
    with pytest.warns(FutureWarning, match="iter_metrics"):
        (found,) = client.Trial(1, session).stream_training_metrics()
    assert type(found) is client.TrainingMetrics
    assert isinstance(found, client.TrialMetrics)
    assert (found.steps_completed, found.metrics, found.group) == (5, {"a": 1}, "training")


@pytest.mark.parametrize("name", ["top_checkpoint", "top_n_checkpoints", "select_checkpoint"])
def test_renamed_methods_name_todays(stub: StubMaster, session: Session, name: str) -> None:
    stub.on("GET", "/api/v1/experiments/3/checkpoints", page_of("checkpoints"))
    stub.on("GET", "/api/v1/trials/3/checkpoints", page_of("checkpoints"))
    thing = client.Trial(3, session) if name == "select_checkpoint" else client.Experiment(3, session)
    arguments: Any = {"top_n_checkpoints": {"limit": 1}, "select_checkpoint": {"latest": True}}.get(name, {})
    with pytest.warns(FutureWarning, match="use .*list_checkpoints instead") as told, pytest.raises(AssertionError):
        getattr(thing, name)(**arguments)
    assert len(told) == 1
    assert told[0].filename == __file__


def test_objects_are_shown_by_number_name_and_state(session: Session) -> None:
    data = {"id": 4, "name": "digits", "state": "STATE_COMPLETED"}
    assert repr(client.Experiment._from_wire(session, data)) == "Experiment(id=4, name='digits', state=COMPLETED)"
    assert repr(client.Trial._from_wire(session, data)) == "Trial(id=4, state=COMPLETED)"
    assert repr(client.Workspace._from_wire(session, data)) == "Workspace(id=4, name='digits')"
    assert repr(client.Experiment(4, session)) == "Experiment(id=4)"
    model = client.Model._from_wire(session, {"id": 2, "name": "net", "metadata": {"k": [1, None]}})
    assert repr(model) == 'Model(id=2, name=net, metadata={"k": [1, null]})'


OLD_ORDERS = ("CheckpointOrderBy", "ExperimentOrderBy", "ModelOrderBy", "TrialOrderBy")


@pytest.mark.parametrize("name", OLD_ORDERS)
def test_old_orders_of_lists_are_found_and_name_todays(name: str) -> None:
    with pytest.warns(FutureWarning, match=r"client\." + name + r" .* use OrderBy instead"):
        order = getattr(client, name)
    assert order["ASCENDING"] is order["ASC"]
    assert order["DESCENDING"] is order["DESC"]
    assert order.ASC.value == client.OrderBy.ASC.value == "ORDER_BY_ASC"


def test_an_order_is_called_by_its_long_name() -> None:
    assert (client.OrderBy.ASC.name, client.OrderBy.DESC.name) == ("ASCENDING", "DESCENDING")


@pytest.mark.parametrize(
    ("member", "text"),
    [
        (client.ExperimentState.COMPLETED, "ExperimentState.COMPLETED"),
        (client.TrialSortBy.ID, "TrialSortBy.ID"),
        (client.OrderBy.ASC, "OrderBy.ASCENDING"),
    ],
)
def test_members_are_printed_with_their_class_and_compare_as_the_text_of_the_wire(member: Any, text: str) -> None:
    assert (str(member), f"{member}", f"{member:>30}") == (text, text, text.rjust(30))
    assert member == member.value
    assert json.loads(json.dumps(member)) == member.value


def test_the_public_modules_list_their_public_names_only() -> None:
    for module in (client, determined.experimental, determined.common.experimental, determined):
        names = dir(module)
        assert names == sorted(module.__all__)
        assert not {"threading", "annotations", "Any", "Dict", "TYPE_CHECKING"} & set(names)


def test_importing_the_package_loads_nothing_heavy() -> None:
    code = "import sys, determined, determined.experimental; print(sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert "'determined.experimental'" in loaded
    for heavy in ("requests", "urllib3", "yaml", "tqdm", "numpy", "torch", "importlib.metadata"):
        assert f"'{heavy}'" not in loaded
