"""Calls of the API by `bindings`: what is sent, what is read, and what goes wrong."""

from __future__ import annotations

import copy
import inspect
import json
import math
import pickle
import subprocess
import sys
import typing
from typing import Any, Callable, Dict, Iterator, List

import pytest
import requests

from determined.common import api
from determined.common.api import bindings, errors
from determined.common.api.bindings import v1Experiment, v1Note, v1OrderBy, v1Pagination

from .stub import CLOSE, Act, Stub, answer, chunked, cut_answer, lines_of, refusal

LINE = {
    "id": "1", "level": "LOG_LEVEL_INFO", "log": "l", "message": "m", "taskId": "t",
    "timestamp": "2020-01-01T00:00:00Z",
}  # fmt: skip
NO_JSON = answer(b"<html>")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as started:
        yield started


@pytest.fixture
def session(stub: Stub) -> Iterator[api.Session]:
    with api.Session(stub.url, "ada", "token", None, max_retries=0) as opened:
        yield opened


# the module


def test_importing_loads_neither_the_http_library_nor_any_class() -> None:
    code = (
        "import sys\n"
        "from determined.common import api\n"
        "assert 'determined.common.api.bindings' not in sys.modules\n"
        "from determined.common.api import bindings\n"
        "assert api.bindings is bindings\n"
        "print([n for n in ('requests', 'urllib3') if n in sys.modules], [n for n in vars(bindings) if n[:2] == 'v1'])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[] []\n"


def test_the_sdk_does_not_load_the_bindings() -> None:
    code = (
        "import sys, determined.experimental.client as c\n"
        "c.Determined\n"
        "print([n for n in sys.modules if 'bindings' in n])"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"


def test_a_name_is_made_once_whoever_asks_for_it_first() -> None:
    names = [name for name in dir(bindings) if name.startswith(("v1", "get_"))]
    code = (
        "import sys, threading\n"
        "from determined.common.api import bindings\n"
        f"names = {names!r}\n"
        "barrier, found = threading.Barrier(6), []\n"
        "def ask():\n"
        "    barrier.wait()\n"
        "    found.append([id(getattr(bindings, n)) for n in names])\n"
        "threads = [threading.Thread(target=ask) for _ in range(6)]\n"
        "[t.start() for t in threads]; [t.join() for t in threads]\n"
        "print(len(found), all(f == found[0] for f in found))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "6 True\n"


def test_a_star_import_gives_all_names_and_the_modules_that_came_with_them() -> None:
    names: Dict[str, Any] = {}
    exec("from determined.common.api.bindings import *", names)  # noqa: S102 - functions cannot hold one
    assert {"v1User", "get_GetMe", "Unset", "Json", "json", "parse", "requests", "typing"} <= set(names)
    assert names["requests"] is requests


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="module 'determined.common.api.bindings' has no attribute 'v1Nix'"):
        bindings.v1Nix  # type: ignore[attr-defined]  # noqa: B018
    assert not hasattr(bindings, "__path__")


def test_signatures_are_those_of_functions_written_out() -> None:
    assert str(inspect.signature(bindings.get_GetModelVersion)) == (
        "(session: 'api.BaseSession', *, modelName: str, modelVersionNum: int) -> 'v1GetModelVersionResponse'"
    )
    assert inspect.isfunction(bindings.get_GetMe)
    assert inspect.isgeneratorfunction(bindings.get_TrialLogs)
    assert (bindings.get_GetMe.__module__, bindings.get_GetMe.__qualname__) == (bindings.__name__, "get_GetMe")
    assert v1Note.__init__.__qualname__ == "v1Note.__init__"


def test_annotations_can_be_resolved() -> None:
    hints = typing.get_type_hints(bindings.v1GetExperimentsResponse.__init__)
    assert hints == {"experiments": typing.Sequence[v1Experiment], "pagination": v1Pagination}
    assert typing.get_type_hints(bindings.v1Trigger)["triggerType"] == typing.Optional[bindings.v1TriggerType]


def test_pages_are_the_answers_that_have_a_pagination() -> None:
    pages = typing.get_args(bindings.Paginated)
    assert len(pages) == 27
    assert bindings.v1GetExperimentsResponse in pages
    assert all("pagination" in inspect.signature(page.__init__).parameters for page in pages)


# enumerations


def test_a_member_shows_its_name_and_is_found_by_its_value() -> None:
    assert (str(v1OrderBy.ASC), v1OrderBy.ASC.value, v1OrderBy.prefix()) == ("ASC", "ORDER_BY_ASC", "ORDER_BY_")
    assert v1OrderBy("ORDER_BY_ASC") is v1OrderBy.ASC
    assert (str(bindings.HealthStatus.up), bindings.HealthStatus.prefix()) == ("up", "")
    with pytest.raises(ValueError, match="'nix' is not a valid v1OrderBy"):
        v1OrderBy("nix")


# messages


def test_fields_that_were_left_out_read_as_none_and_are_left_out_again() -> None:
    page = v1Pagination(limit=3, offset=None)
    assert (page.limit, page.offset, page.total) == (3, None, None)
    assert page.to_json(True) == {"limit": 3, "offset": None}
    assert page.to_json() == {"endIndex": None, "limit": 3, "offset": None, "startIndex": None, "total": None}
    assert v1Pagination(limit=bindings.Unset(), total=bindings._unset).to_json(omit_unset=True) == {}


def test_fields_can_be_set_later() -> None:
    page = v1Pagination()
    page.limit = 4
    assert page.to_json(True) == {"limit": 4}
    del page.limit
    assert page.to_json(True) == {}


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: v1Note("a", "b"), "takes 1 positional argument but 3 were given"),  # type: ignore[call-arg]
        (lambda: v1Note(contents="a"), "missing 1 required keyword-only argument: 'name'"),  # type: ignore[call-arg]
        (lambda: v1Note(contents="a", name="b", nix=1), "unexpected keyword argument 'nix'"),  # type: ignore[call-arg]
        (lambda: bindings.get_GetMe(), "missing 1 required positional argument: 'session'"),  # type: ignore[call-arg]
        (lambda: bindings.get_GetExperiment(None, 3), "takes 1 positional argument but 2 were given"),  # type: ignore
        (lambda: bindings.get_TaskLogs(None), "missing 1 required keyword-only argument: 'taskId'"),  # type: ignore
    ],
)
def test_arguments_are_checked_as_python_does(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        make()


def test_what_a_newer_master_says_more_is_passed_over() -> None:
    note = v1Note.from_json({"contents": "a", "name": "b", "color": "red"})
    assert note.to_json() == {"contents": "a", "name": "b"}


def test_a_field_that_is_missing_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="name"):
        v1Note.from_json({"contents": "a"})


def test_a_member_that_is_not_known_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="'STATE_NEW' is not a valid taskv1State"):
        bindings.v1Allocation.from_json({"allocationId": "a", "slots": 1, "state": "STATE_NEW", "taskId": "t"})


def test_numbers_that_json_lacks_are_read_and_written() -> None:
    point = {"batches": 1, "time": "t"}
    read = {text: bindings.v1DataPoint.from_json({**point, "epoch": text}) for text in ("NaN", "Infinity", "-Infinity")}
    assert [read["Infinity"].epoch, read["-Infinity"].epoch] == [math.inf, -math.inf]
    assert math.isnan(read["NaN"].epoch or 0)
    assert [found.to_json(True)["epoch"] for found in read.values()] == ["Nan", "Infinity", "-Infinity"]
    assert bindings.v1DataPoint.from_json({**point, "epoch": 2}).to_json(True)["epoch"] == 2.0


def test_messages_hold_messages_lists_and_maps_of_them() -> None:
    document = {
        "id": "a", "slotStats": {"typeStats": {}, "brandStats": {}},
        "slots": {"0": {"id": "0", "device": {"type": "TYPE_CPU"}}}, "resourcePools": ["p"],
    }  # fmt: skip
    agent = bindings.v1Agent.from_json(document)
    slot = (agent.slots or {})["0"]
    assert isinstance(slot, bindings.v1Slot)
    assert slot.device is not None
    assert slot.device.type is bindings.devicev1Type.CPU
    assert agent.to_json(True) == document


def test_a_class_that_is_derived_from_one_reads_itself() -> None:
    class Note(v1Note):
        pass

    assert type(Note.from_json({"contents": "a", "name": "b"})) is Note


def test_the_text_of_a_message_is_short_and_its_repr_is_whole() -> None:
    user = bindings.v1User(active=True, admin=False, username="ada", agentUserGroup=bindings.v1AgentUserGroup())
    assert str(user) == "v1User(active=True, admin=False, username=ada, agentUserGroup=...)"
    assert repr(user) == "v1User(active=True, admin=False, username='ada', agentUserGroup=v1AgentUserGroup())"
    page = bindings.v1GetExperimentLabelsResponse(labels=["a", "b"])
    assert str(page) == "v1GetExperimentLabelsResponse(labels=[a, b])"
    assert (
        str(bindings.v1GetUsersResponse(users=[user, user], pagination=None)) == "v1GetUsersResponse(users=[..., ...])"
    )


def test_messages_and_members_can_be_copied_and_pickled() -> None:
    note = v1Note(contents="a", name="b")
    page = v1Pagination(limit=3)
    for again in (
        pickle.loads(pickle.dumps((note, page))),
        copy.deepcopy((note, page)),
        (copy.copy(note), copy.copy(page)),
    ):
        assert [type(again[0]), type(again[1])] == [v1Note, v1Pagination]
        assert [again[0].to_json(True), again[1].to_json(True)] == [note.to_json(True), {"limit": 3}]
    assert pickle.loads(pickle.dumps(v1OrderBy.ASC)) is copy.deepcopy(v1OrderBy.ASC) is v1OrderBy.ASC
    assert {note: 1}[note] == 1


# requests


def test_a_query_holds_what_was_given(stub: Stub, session: api.Session) -> None:
    stub.perform(answer({"experiments": [], "pagination": {}}))
    bindings.get_GetExperiments(
        session,
        archived=True,
        showTrialData=False,
        labels=["a b", "ü"],
        states=[bindings.experimentv1State.ACTIVE, bindings.experimentv1State.PAUSED],
        orderBy=v1OrderBy.DESC,
        experimentIdFilter_lt=9,
        experimentIdFilter_notIn=[1, 2],
        users=[],
        name=None,
    )
    assert stub.requests[-1].query == {
        "archived": ["true"],
        "showTrialData": ["false"],
        "labels": ["a b", "ü"],
        "states": ["STATE_ACTIVE", "STATE_PAUSED"],
        "orderBy": ["ORDER_BY_DESC"],
        "experimentIdFilter.lt": ["9"],
        "experimentIdFilter.notIn": ["1", "2"],
    }


def test_what_stands_in_a_path_is_quoted(stub: Stub, session: api.Session) -> None:
    stub.perform(answer({"labels": []}))
    bindings.delete_DeleteExperimentLabel(session, experimentId=3, label="a b?c#d%41ü/e")
    assert stub.requests[-1].path == "/api/v1/experiments/3/labels/a%20b%3Fc%23d%2541%C3%BC/e"


def test_a_body_holds_what_was_given(stub: Stub, session: api.Session) -> None:
    bindings.post_PostUser(session, body=bindings.v1PostUserRequest(password="x", isHashed=False))
    assert json.loads(stub.requests[-1].body) == {"password": "x", "isHashed": False}
    assert stub.requests[-1].headers["content-type"] == "application/json"
    bindings.post_SetUserPassword(session, userId=3, body="secret")
    assert (stub.requests[-1].path, stub.requests[-1].body) == ("/api/v1/users/3/password", b'"secret"')
    bindings.post_PauseExperiment(session, id=3)
    assert stub.requests[-1].body == b""


def test_a_body_may_hold_more_than_json_has(stub: Stub, session: api.Session) -> None:
    config = {"a": math.nan, "b": [-math.inf], "c": (1, 2)}
    stub.perform(answer({"template": {"name": "t", "config": {}, "workspaceId": 1}}))
    bindings.patch_PatchTemplateConfig(session, templateName="t", body=config)
    assert json.loads(stub.requests[-1].body) == {"a": "NaN", "b": ["-Infinity"], "c": [1, 2]}


def test_a_member_of_an_enumeration_is_needed_where_one_is_due(session: api.Session) -> None:
    with pytest.raises(AttributeError, match="'str' object has no attribute 'value'"):
        bindings.get_GetExperiments(session, orderBy="ORDER_BY_ASC")  # type: ignore[arg-type]


def test_any_session_will_do(stub: Stub) -> None:
    stub.perform(answer({"user": {"active": True, "admin": False, "username": "ada"}}))
    with api.UnauthSession(stub.url, None) as nobody:
        assert bindings.get_GetMe(nobody).user.username == "ada"
    assert "authorization" not in stub.requests[-1].headers


# answers


@pytest.mark.parametrize(
    ("act", "kinds"),
    [
        (refusal(400, "no"), (errors.APIException, errors.BadRequestException)),
        (refusal(401, "no"), (errors.UnauthenticatedException, errors.BadRequestException)),
        (refusal(403, "no"), (errors.ForbiddenException, errors.BadRequestException)),
        (refusal(404, "no"), (errors.NotFoundException, errors.APIException)),
        (refusal(500, "no"), (errors.APIException, errors.BadRequestException)),
        (answer(status=201), (bindings.APIHttpError,)),
        (answer(status=202), (bindings.APIHttpError,)),
        (NO_JSON, (requests.exceptions.JSONDecodeError, ValueError)),
        (answer([]), (TypeError,)),
        (answer({}), (KeyError,)),
        (cut_answer(b"{", 5), (errors.BadRequestException,)),
        (Act(b"", CLOSE), (errors.MasterNotFoundException,)),
    ],
)
def test_what_goes_wrong_is_raised(
    stub: Stub, session: api.Session, act: Act, kinds: "tuple[type[Exception], ...]"
) -> None:
    stub.perform(act)
    for kind in kinds:
        with pytest.raises(kind):
            bindings.get_GetMe(session)


def test_another_status_than_ok_tells_which_call_it_answers(stub: Stub, session: api.Session) -> None:
    stub.perform(answer(status=201))
    with pytest.raises(bindings.APIHttpError) as caught:
        bindings.post_PauseExperiment(session, id=1)
    error = caught.value
    assert (error.operation_name, error.response.status_code) == ("post_PauseExperiment", 201)
    assert str(error) == error.message == "API Error: post_PauseExperiment failed: Status."


def test_an_answer_that_nobody_reads_may_be_anything(stub: Stub, session: api.Session) -> None:
    stub.perform(NO_JSON)
    assert bindings.post_PauseExperiment(session, id=1) is None  # type: ignore[func-returns-value]


# streams


def log_ids(session: api.Session, seen: List[str]) -> None:
    for line in bindings.get_TaskLogs(session, taskId="t"):
        seen.append(line.id)


def test_a_stream_is_asked_for_when_it_is_read(stub: Stub, session: api.Session) -> None:
    stub.perform(chunked(*lines_of({"result": LINE}, {"result": {**LINE, "id": "2"}})))
    lines = bindings.get_TaskLogs(session, taskId="t", follow=True)
    assert stub.requests == []
    assert [(type(line), line.id, line.level) for line in lines] == [
        (bindings.v1TaskLogsResponse, "1", bindings.v1LogLevel.INFO),
        (bindings.v1TaskLogsResponse, "2", bindings.v1LogLevel.INFO),
    ]
    assert stub.requests[-1].query == {"follow": ["true"]}


def test_a_line_that_is_an_error_ends_the_stream(stub: Stub, session: api.Session) -> None:
    refused = {
        "grpcCode": 5,
        "httpCode": 404,
        "httpStatus": "Not Found",
        "message": "gone",
        "details": [{"typeUrl": "u"}],
    }
    stub.perform(chunked(*lines_of({"result": LINE}, {"error": refused})))
    seen: List[str] = []
    with pytest.raises(bindings.APIHttpStreamError) as caught:
        log_ids(session, seen)
    assert seen == ["1"]
    error = caught.value
    assert isinstance(error, bindings.APIHttpError)
    assert (error.operation_name, error.error.to_json(True)) == ("get_TaskLogs", refused)
    assert str(error) == error.message == "Stream Error during get_TaskLogs: gone"
    again = pickle.loads(pickle.dumps(error))
    assert (type(again), str(again)) == (bindings.APIHttpStreamError, str(error))


@pytest.mark.parametrize(
    "act",
    [
        chunked(*lines_of({"result": LINE}), whole=False),
        cut_answer(lines_of({"result": LINE})[0], 100),
    ],
)
def test_a_stream_that_is_cut_is_an_error_of_the_stream(stub: Stub, session: api.Session, act: Act) -> None:
    stub.perform(act)
    seen: List[str] = []
    with pytest.raises(bindings.APIHttpStreamError, match="Stream Error during get_TaskLogs: ChunkedEncodingError"):
        log_ids(session, seen)
    assert seen == ["1"]


@pytest.mark.parametrize(
    ("act", "kind"),
    [
        (chunked(b"<html>\n"), json.JSONDecodeError),
        (chunked(*lines_of({})), KeyError),
        (chunked(*lines_of([])), TypeError),
        (refusal(404, "no"), errors.NotFoundException),
        (answer(status=201), bindings.APIHttpError),
    ],
)
def test_what_goes_wrong_with_a_stream_is_raised(
    stub: Stub, session: api.Session, act: Act, kind: "type[Exception]"
) -> None:
    stub.perform(act)
    with pytest.raises(kind):
        log_ids(session, [])


def test_a_stream_that_is_left_closes_its_connection(stub: Stub, session: api.Session) -> None:
    stub.perform(chunked(*lines_of({"result": LINE}, {"result": LINE})))
    lines = iter(bindings.get_TaskLogs(session, taskId="t"))
    next(lines)
    lines.close()  # type: ignore[attr-defined]
    stub.perform(answer({"user": {"active": True, "admin": False, "username": "ada"}}))
    assert bindings.get_GetMe(session).user.username == "ada"
    assert stub.connections == 2
    assert stub.ended.acquire(timeout=10)
