"""How requests travel: forms that stand for queries, deadlines, and the way to services of tasks."""

from __future__ import annotations

import http.client
import json
from typing import Any, Dict, Iterator, Tuple

import pytest

from determined.master import LocalMaster

from .prepared import Connection

FORM = "application/x-www-form-urlencoded"


@pytest.fixture(scope="module")
def admin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=0, initial_password="") as master:
        connection = Connection(master.url)
        yield connection
        connection.close()


def ask(admin: Connection, method: str, path: str, body: str = "", **headers: str) -> Tuple[int, Any]:
    """Send a request with headers of its own; returns the status and the answer, or its last line."""
    own: Dict[str, str] = {**admin.headers, **{name.replace("_", "-"): value for name, value in headers.items()}}
    connection = http.client.HTTPConnection(admin.url.partition("://")[2], timeout=20)
    try:
        connection.request(method, path, body.encode(), own)
        answer = connection.getresponse()
        lines = answer.read().splitlines()
        return answer.status, json.loads(lines[-1]) if lines else answer.getheader("location")
    finally:
        connection.close()


def test_a_posted_form_stands_for_a_query_where_nothing_can_be_posted(admin: Connection) -> None:
    status, answer = ask(admin, "POST", "/api/v1/job-queues-v2", "limit=7", Content_Type=FORM)
    assert (status, answer["pagination"]["limit"]) == (200, 7)
    assert ask(admin, "POST", "/api/v1/job-queues-v2", "limit=7")[0] == 501
    # what takes posts takes JSON, whatever the type of the content
    assert ask(admin, "POST", "/api/v1/workspaces", '{"name": ""}', Content_Type=FORM)[0] == 400


def test_a_deadline_of_the_caller_ends_a_request(admin: Connection) -> None:
    late = {"code": 4, "reason": "DeadlineExceeded", "error": "context deadline exceeded"}
    assert ask(admin, "GET", "/api/v1/me", Grpc_Timeout="-1S") == (504, {"error": late})
    assert ask(admin, "GET", "/api/v1/me", Grpc_Timeout="30S")[0] == 200
    assert ask(admin, "GET", "/api/v1/me", Grpc_Timeout="30")[1]["error"]["error"] == "invalid grpc-timeout: 30"


def test_a_deadline_of_the_caller_ends_a_stream_with_an_error_line(admin: Connection) -> None:
    status, last = ask(admin, "GET", "/api/v1/master/logs?follow=true", Grpc_Timeout="50m")
    assert (status, last["error"]["grpcCode"], last["error"]["httpCode"]) == (200, 4, 504)


def test_no_service_is_found_and_strangers_are_sent_to_the_login(admin: Connection) -> None:
    assert ask(admin, "POST", "/proxy/abc:80/x?y=1") == (404, {"message": "service not found: abc:80"})
    status, location = ask(admin, "GET", "/proxy/abc/x?y=1", Authorization="")
    assert (status, location) == (303, "/det/login?redirect=%2Fproxy%2Fabc%2Fx%3Fy%3D1")


def test_the_id_of_an_allocation_has_a_dot(admin: Connection) -> None:
    path = "/api/v1/allocations/{}/signals/preemption?timeoutSeconds=0"
    assert ask(admin, "GET", path.format("none.1")) == (200, {"preempt": False})
    assert ask(admin, "GET", path.format("none"))[0] == 400


def test_a_path_with_a_bare_per_cent_sign_is_no_path(admin: Connection) -> None:
    assert admin.send("GET", "/api/v1/models/50%") == (400, b"400 Bad Request")
    assert admin.send("GET", "/api/v1/models/50%25")[0] == 404
    assert admin.send("GET", "/nothing/%zz") == (400, b"400 Bad Request")


def test_the_older_route_refuses_a_name_that_is_taken_as_a_mistake_of_the_caller(admin: Connection) -> None:
    assert ask(admin, "POST", "/users", '{"username": "Determined"}') == (400, {"message": "user already exists"})
