"""The helpers of the released `api`: names by their names, waiting for tasks, log lines, pages."""

from __future__ import annotations

import inspect
import json
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from determined.common import api, polling
from determined.common.api import bindings, errors, logs, metric

from .stub import Act, Stub, answer, chunked, cut_answer, lines_of, refusal

MASTER = {
    "clusterId": "c", "clusterName": "n", "hasCustomLogo": False, "masterId": "m", "strictJobQueueControl": False,
    "version": "v",
}  # fmt: skip
LINE = {"id": "1", "level": "LOG_LEVEL_INFO", "log": "l", "message": "m\n", "timestamp": "2020-01-01T00:00:00Z"}


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub() as started:
        yield started


@pytest.fixture
def session(stub: Stub) -> Iterator[api.Session]:
    with api.Session(stub.url, "ada", "token", None, max_retries=0) as opened:
        yield opened


@pytest.fixture
def naps(monkeypatch: pytest.MonkeyPatch) -> List[float]:
    """The seconds that were to be waited; nothing waits."""
    slept: List[float] = []
    now = [0.0]

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(polling, "time", type("clock", (), {"sleep": sleep, "monotonic": lambda: now[0]}))
    return slept


def asked(stub: Stub) -> List[Tuple[str, str, Any]]:
    return [(r.method, r.path, json.loads(r.body) if r.body else r.query) for r in stub.requests]


RELEASED = [
    "AnyNTSC", "BaseSession", "NTSC_Kind", "PageOpts", "Session", "UnauthSession", "WARNING_MESSAGE_MAP",
    "authentication", "bindings", "canonicalize_master_url", "certs", "create_group_assignment_request",
    "create_user_assignment_request", "errors", "get_default_master_url", "get_ntsc_details",
    "group_name_to_group_id", "logs", "metric", "not_found_errs", "pprint_logs", "read_paginated",
    "role_name_to_role_id", "salt_and_hash", "task_logs", "trial_logs", "usernames_to_user_ids",
    "wait_for_ntsc_state", "wait_for_task_ready", "workspace_by_name",
]  # fmt: skip


@pytest.mark.parametrize("name", RELEASED)
def test_the_released_names_are_there(name: str) -> None:
    assert getattr(api, name) is getattr(api, name)
    assert name in dir(api)


PARAMETERS = {
    "canonicalize_master_url": ["url"],
    "create_group_assignment_request": ["session", "group", "role", "workspace"],
    "create_user_assignment_request": ["session", "user", "role", "workspace"],
    "get_default_master_url": [],
    "get_ntsc_details": ["session", "typ", "ntsc_id"],
    "group_name_to_group_id": ["session", "group_name"],
    "not_found_errs": ["category", "name", "session"],
    "pprint_logs": ["logs"],
    "read_paginated": ["get_with_offset", "offset", "pages"],
    "role_name_to_role_id": ["session", "role_name"],
    "salt_and_hash": ["password"],
    "task_logs": ["session", "task_id", "head", "tail", "follow", "allocation_ids", "agent_ids", "container_ids",
                  "rank_ids", "sources", "stdtypes", "min_level", "timestamp_before", "timestamp_after"],
    "trial_logs": ["session", "trial_id", "head", "tail", "follow", "agent_ids", "container_ids", "rank_ids",
                   "sources", "stdtypes", "min_level", "timestamp_before", "timestamp_after", "search_text"],
    "usernames_to_user_ids": ["session", "usernames"],
    "wait_for_ntsc_state": ["session", "typ", "ntsc_id", "predicate", "timeout"],
    "wait_for_task_ready": ["session", "task_id", "progress_report", "timeout"],
    "workspace_by_name": ["session", "name"],
}  # fmt: skip


@pytest.mark.parametrize("name", sorted(PARAMETERS))
def test_parameters_are_the_released_ones(name: str) -> None:
    assert list(inspect.signature(getattr(api, name)).parameters) == PARAMETERS[name]


# pages


class Page:
    def __init__(self, end: Optional[int], total: Optional[int]) -> None:
        self.pagination = bindings.v1Pagination(endIndex=end, total=total)


def read(*ends: int, total: int = 5, **options: Any) -> List[int]:
    """The offsets that were asked for."""
    pages, offsets = iter([Page(end, total) for end in ends]), []

    def get_with_offset(offset: int) -> Page:
        offsets.append(offset)
        return next(pages)

    assert len(list(api.read_paginated(get_with_offset, **options))) == len(offsets)
    return offsets


def test_pages_are_read_to_the_end() -> None:
    assert read(2, 4, 5) == [0, 2, 4]
    assert read(2, 4, 5, offset=1) == [1, 2, 4]
    assert read(7) == [0]
    assert read(0, total=0) == [0]


@pytest.mark.parametrize("pages", [api.PageOpts.single, "1"])
def test_one_page_can_be_read(pages: Any) -> None:
    assert read(2, 4, 5, pages=pages) == [0]
    assert [(option.name, option.value) for option in api.PageOpts] == [("single", "1"), ("all", "all")]


@pytest.mark.parametrize("page", [Page(None, None), Page(1, None), Page(None, 1)])
def test_a_page_that_does_not_say_where_it_ends_is_refused(page: Page) -> None:
    with pytest.raises(AssertionError):
        list(api.read_paginated(lambda offset: page))


# addresses


def test_the_default_address_is_the_environment_s(monkeypatch: pytest.MonkeyPatch) -> None:
    assert api.get_default_master_url() == "localhost:8080"
    monkeypatch.setenv("DET_MASTER_ADDR", "other")
    assert api.get_default_master_url() == "other"
    monkeypatch.setenv("DET_MASTER", "https://one")
    assert api.get_default_master_url() == "https://one"
    assert api.canonicalize_master_url(api.get_default_master_url()) == "https://one:443"


def test_an_empty_password_stays_empty() -> None:
    assert api.salt_and_hash("") == ""
    assert api.salt_and_hash("x").startswith("c0970665531060fe306ee465c43b40eb")


# users, groups, roles, workspaces


def users(*names: str) -> Act:
    return answer({"users": [{"active": True, "admin": False, "username": n, "id": i} for i, n in enumerate(names, 1)]})


def groups(*ids: Optional[int]) -> Act:
    listed = [{"group": {"name": "g", **({"groupId": i} if i else {})}, "numMembers": 1} for i in ids]
    return answer({"groups": listed, "pagination": {}})


def roles(*names: str) -> Act:
    listed = [{"roleId": i, "name": name, "permissions": []} for i, name in enumerate(names, 7)]
    return answer({"roles": listed, "pagination": {}})


def workspaces(*ids: int) -> Act:
    return answer({"workspaces": [workspace(i) for i in ids], "pagination": {}})


def workspace(workspace_id: int) -> Dict[str, Any]:
    return {
        "archived": False, "errorMessage": "", "id": workspace_id, "immutable": False, "name": "w",
        "numExperiments": 0, "numProjects": 0, "pinned": False, "state": "WORKSPACE_STATE_UNSPECIFIED", "userId": 1,
        "username": "u",
    }  # fmt: skip


def test_users_have_ids_in_the_order_asked_for(stub: Stub, session: api.Session) -> None:
    stub.perform(users("a", "b", "c"))
    assert api.usernames_to_user_ids(session, ["c", "a", "c"]) == [3, 1]
    with pytest.raises(errors.BadRequestException, match="could not find users for usernames x, A"):
        api.usernames_to_user_ids(session, ["a", "x", "A"])


def test_a_group_has_an_id(stub: Stub, session: api.Session) -> None:
    stub.perform(groups(4))
    assert api.group_name_to_group_id(session, "g") == 4
    assert asked(stub) == [("POST", "/api/v1/groups/search", {"limit": 1, "name": "g", "offset": 0})]


@pytest.mark.parametrize("act", [groups(), groups(4, 5), groups(None)])
def test_a_group_that_is_not_there_is_refused(stub: Stub, session: api.Session, act: Act) -> None:
    stub.perform(act)
    with pytest.raises(errors.BadRequestException, match="could not find user group name g"):
        api.group_name_to_group_id(session, "g")


def test_a_role_has_an_id(stub: Stub, session: api.Session) -> None:
    stub.perform(roles("R", "Q"))
    assert api.role_name_to_role_id(session, "Q") == 8
    assert asked(stub) == [("POST", "/api/v1/roles/search", {"limit": 500, "offset": 0})]
    with pytest.raises(errors.BadRequestException, match="could not find role name Z"):
        api.role_name_to_role_id(session, "Z")


def test_a_workspace_is_read_whole(stub: Stub, session: api.Session) -> None:
    stub.perform(workspaces(4), answer({"workspace": {**workspace(4), "numProjects": 2}}))
    assert api.workspace_by_name(session, "w x").numProjects == 2
    assert asked(stub) == [
        ("GET", "/api/v1/workspaces", {"nameCaseSensitive": ["w x"]}),
        ("GET", "/api/v1/workspaces/4", {}),
    ]


@pytest.mark.parametrize(
    ("rbac", "text"),
    [(True, "workspace 'w' not found, please check your permissions"), (False, "workspace 'w' not found")],
)
def test_a_workspace_that_is_not_there_is_not_found(stub: Stub, session: api.Session, rbac: bool, text: str) -> None:
    stub.perform(workspaces(), answer({**MASTER, "rbacEnabled": rbac}))
    with pytest.raises(errors.NotFoundException, match=text):
        api.workspace_by_name(session, "w")


def test_an_empty_or_ambiguous_name_of_a_workspace_is_refused(stub: Stub, session: api.Session) -> None:
    stub.perform(workspaces(1, 2))
    for name in ("", "w"):
        with pytest.raises(AssertionError):
            api.workspace_by_name(session, name)


def test_a_role_is_assigned_in_a_workspace_or_everywhere(stub: Stub, session: api.Session) -> None:
    stub.perform(roles("R"), users("a"))
    (assignment,) = api.create_user_assignment_request(session, "a", "R")
    assert assignment.to_json(True) == {
        "userId": 1,
        "roleAssignment": {"role": {"roleId": 7}, "scopeWorkspaceId": None},
    }
    stub.perform(roles("R"), workspaces(4), answer({"workspace": workspace(4)}), groups(5))
    (grouped,) = api.create_group_assignment_request(session, group="g", role="R", workspace="w")
    assert grouped.to_json(True) == {"groupId": 5, "roleAssignment": {"role": {"roleId": 7}, "scopeWorkspaceId": 4}}


# notebooks, TensorBoards, shells, commands


def details(kind: str, state: str) -> Act:
    entry = {
        "description": "d", "id": "x", "jobId": "j", "resourcePool": "p", "startTime": "t", "state": state,
        "username": "u", "workspaceId": 1,
    }  # fmt: skip
    return answer({kind: entry, "config": {}})


@pytest.mark.parametrize("kind", list(api.NTSC_Kind))
def test_each_kind_of_task_is_asked_for_where_it_is(stub: Stub, session: api.Session, kind: api.NTSC_Kind) -> None:
    stub.perform(details(kind.value, "STATE_RUNNING"))
    found = api.get_ntsc_details(session, kind, "x")
    assert (type(found).__name__, found.id) == (f"v1{kind.value.title()}", "x")
    assert asked(stub) == [("GET", f"/api/v1/{kind.value}s/x", {})]
    assert type(found) in api.AnyNTSC.__args__  # type: ignore[attr-defined]


def test_a_kind_that_there_is_not_is_refused(session: api.Session) -> None:
    with pytest.raises(ValueError, match="unknown type"):
        api.get_ntsc_details(session, "notebook", "x")  # type: ignore[arg-type]


def test_a_state_is_waited_for(stub: Stub, session: api.Session, naps: List[float]) -> None:
    stub.perform(*(details("shell", f"STATE_{state}") for state in ("QUEUED", "PULLING", "RUNNING")))
    running = bindings.taskv1State.RUNNING
    assert api.wait_for_ntsc_state(session, api.NTSC_Kind.shell, "x", lambda state: state is running) is running
    assert naps == [0.1, 0.1]


def test_a_state_that_does_not_come_is_a_timeout(stub: Stub, session: api.Session, naps: List[float]) -> None:
    stub.perform(details("shell", "STATE_QUEUED"))
    with pytest.raises(TimeoutError):
        api.wait_for_ntsc_state(session, api.NTSC_Kind.shell, "x", lambda state: False, timeout=2)
    assert sum(naps) == pytest.approx(2)
    stub.perform(refusal(404, "no"))
    with pytest.raises(errors.NotFoundException):
        api.wait_for_ntsc_state(session, api.NTSC_Kind.shell, "x", lambda state: False)


def task(*ready: Optional[bool], **more: Any) -> Act:
    allocations = [
        {
            "allocationId": "a",
            "slots": 1,
            "state": "STATE_RUNNING",
            "taskId": "t",
            **({} if r is None else {"isReady": r}),
        }
        for r in ready
    ]
    head = {"startTime": "t", "taskId": "t", "taskType": "TASK_TYPE_COMMAND", "config": ""}
    return answer({"task": {**head, "allocations": allocations, **more}})


def test_a_task_is_waited_for_until_it_is_ready(stub: Stub, session: api.Session, naps: List[float]) -> None:
    stub.perform(task(), task(None), task(False), task(True))
    reports: List[int] = []
    assert api.wait_for_task_ready(session, "t", progress_report=lambda: reports.append(1)) is None
    assert (naps, len(reports)) == ([1.0, 1.0, 1.0], 4)


def test_a_task_that_has_ended_is_not_waited_for(stub: Stub, session: api.Session, naps: List[float]) -> None:
    stub.perform(task(False, endTime="t"))
    assert api.wait_for_task_ready(session, "t") == "task has been terminated."
    stub.perform(task(False))
    with pytest.raises(TimeoutError):
        api.wait_for_task_ready(session, "t", timeout=3)
    assert naps == [1.0, 1.0, 1.0]


def test_warnings_have_a_text() -> None:
    (text,) = api.WARNING_MESSAGE_MAP.values()
    assert list(api.WARNING_MESSAGE_MAP) == [bindings.v1LaunchWarning.CURRENT_SLOTS_EXCEEDED]
    assert text.startswith("Warning: ")


# logs


def log_lines(**owner: Any) -> Act:
    return chunked(*lines_of(*({"result": {**LINE, "id": i, **owner}} for i in ("3", "2", "1"))))


@pytest.mark.parametrize(
    ("options", "query", "ids"),
    [
        ({}, {"follow": ["false"]}, ["3", "2", "1"]),
        ({"head": 2}, {"follow": ["false"], "limit": ["2"]}, ["3", "2", "1"]),
        ({"head": 0}, {"follow": ["false"]}, ["3", "2", "1"]),
        ({"tail": 2}, {"follow": ["false"], "limit": ["2"], "orderBy": ["ORDER_BY_DESC"]}, ["1", "2", "3"]),
        ({"tail": 0}, {"follow": ["false"], "limit": ["0"], "orderBy": ["ORDER_BY_DESC"]}, ["1", "2", "3"]),
        ({"follow": True}, {"follow": ["true"]}, ["3", "2", "1"]),
        (
            {"rank_ids": [1, -1], "stdtypes": ["stdout"], "min_level": bindings.v1LogLevel.ERROR, "agent_ids": []},
            {
                "follow": ["false"], "rankIds": ["1", "-1"], "stdtypes": ["stdout"],
                "levels": ["LOG_LEVEL_ERROR", "LOG_LEVEL_CRITICAL"],
            },
            ["3", "2", "1"],
        ),
        (
            {"container_ids": ["c"], "sources": ["s"], "timestamp_before": "b", "timestamp_after": "a"},
            {
                "follow": ["false"], "containerIds": ["c"], "sources": ["s"], "timestampBefore": ["b"],
                "timestampAfter": ["a"],
            },
            ["3", "2", "1"],
        ),
    ],
)  # fmt: skip
def test_logs_are_asked_for_and_come_oldest_first(
    stub: Stub, session: api.Session, options: Dict[str, Any], query: Dict[str, List[str]], ids: List[str]
) -> None:
    stub.perform(log_lines(taskId="t"))
    assert [line.id for line in api.task_logs(session, "t", **options)] == ids
    stub.perform(log_lines(trialId=5))
    assert [line.id for line in api.trial_logs(session, 5, **options)] == ids
    assert asked(stub) == [("GET", "/api/v1/tasks/t/logs", query), ("GET", "/api/v1/trials/5/logs", query)]


def test_logs_of_a_trial_are_searched_and_of_a_task_chosen_by_allocation(stub: Stub, session: api.Session) -> None:
    stub.perform(log_lines(trialId=5))
    list(api.trial_logs(session, 5, search_text="q"))
    stub.perform(log_lines(taskId="t"))
    list(api.task_logs(session, "t", allocation_ids=["a"]))
    assert [r.query for r in stub.requests] == [
        {"follow": ["false"], "searchText": ["q"]},
        {"follow": ["false"], "allocationIds": ["a"]},
    ]


@pytest.mark.parametrize("options", [{"head": 1, "tail": 1}, {"head": 1, "follow": True}, {"tail": 1, "follow": True}])
def test_only_one_of_head_tail_and_follow_is_taken(stub: Stub, session: api.Session, options: Dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="at most one of head, tail, or follow may be set"):
        list(api.task_logs(session, "t", **options))
    assert stub.requests == []


def test_logs_that_are_cut_are_an_error_of_the_stream(stub: Stub, session: api.Session) -> None:
    stub.perform(cut_answer(b"{", 9))
    with pytest.raises(bindings.APIHttpStreamError):
        list(api.task_logs(session, "t"))


def test_log_lines_are_printed_as_they_are(capsys: pytest.CaptureFixture[str]) -> None:
    made = [
        bindings.v1TaskLogsResponse.from_json({**LINE, "taskId": "t", "message": text}) for text in ("a\n", "", "ü")
    ]
    api.pprint_logs(iter(made))
    assert capsys.readouterr().out == "a\nü"


def test_levels_are_a_level_and_all_above() -> None:
    assert logs.levels_at_or_above(None) is None
    assert [str(level) for level in logs.levels_at_or_above(bindings.v1LogLevel.WARNING) or []] == [
        "WARNING",
        "ERROR",
        "CRITICAL",
    ]


# metrics of validations


def test_a_metric_of_a_validation_is_found() -> None:
    assert metric.get_validation_metric("a", {"metrics": {"validation_metrics": {"a": 1}}}) == 1
    assert metric.get_validation_metric("b", {"metrics": {"validation_metrics": {"a": 1}}}) is None
    assert metric.get_validation_metric("a", {"metrics": {}}) is None
    assert metric.get_validation_metric("a", None) is None
    with pytest.raises(KeyError):
        metric.get_validation_metric("a", {"other": 1})
