"""What callers see when the master is away, slow, or breaks off; and what is sent again."""

from __future__ import annotations

import datetime
import email.utils
import io
import socket
import time
from types import SimpleNamespace
from typing import List

import pytest

from determined.common.api import Session, _retry, errors
from determined.common.api.endpoints import users

from .stub import CLOSE, HANG, RESET, Act, Stub, answer, chunked, cut_answer, refusal

RESET_AT_ONCE = Act(b"", RESET)


def test_a_refused_connection_names_the_address(naps: List[float]) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with Session(f"127.0.0.1:{port}", "ada", "tok", None, 2) as session:
            with pytest.raises(errors.CannotConnectException, match=rf"127\.0\.0\.1:{port}.*refused.*DET_MASTER"):
                session.get("a")
    assert len(naps) == 2


def test_an_unknown_host_is_a_connection_that_cannot_be_made() -> None:
    with Session("http://master.invalid:1", "ada", "tok", None, 0) as session:
        with pytest.raises(errors.CannotConnectException, match=r"master\.invalid"):
            session.get("a")


def test_waits_between_repetitions_double(naps: List[float]) -> None:
    with Stub(refusal(503, "starting")) as stub, Session(stub.url, "ada", "tok", None, 4) as session:
        with pytest.raises(errors.APIException, match="starting"):
            session.get("a")
    assert len(stub.requests) == 5
    assert all(0.75 * full <= nap <= full for nap, full in zip(naps, (0.5, 1.0, 2.0, 4.0)))


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "HEAD", "OPTIONS"])
@pytest.mark.parametrize("status", [502, 503, 504])
def test_what_is_safe_to_repeat_is_repeated_while_the_master_is_away(
    method: str, status: int, naps: List[float]
) -> None:
    away = answer(b"", status)
    with Stub(away, away, answer(b"")) as stub, Session(stub.url, "ada", "tok", None) as session:
        assert session.request(method, "a").status_code == 200
    assert len(stub.requests) == 3


@pytest.mark.parametrize("status", [400, 404, 409, 429, 500, 501])
def test_an_answer_that_would_be_the_same_again_is_not_asked_for_again(status: int, naps: List[float]) -> None:
    with Stub(refusal(status, "no")) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.APIException):
            session.get("a")
    assert len(stub.requests) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_change_is_not_repeated_after_an_answer(method: str, naps: List[float]) -> None:
    with Stub(refusal(503, "no")) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.APIException):
            session.request(method, "a", json={})
    assert len(stub.requests) == 1


@pytest.mark.parametrize("method", ["POST", "PATCH"])
def test_a_change_is_not_repeated_after_its_bytes_may_have_arrived(method: str, naps: List[float]) -> None:
    with Stub(RESET_AT_ONCE, answer()) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.ConnectionLostException, match="took effect"):
            session.request(method, "a", json={})
    assert len(stub.requests) == 1
    assert naps == []


def test_a_change_that_bears_repetition_is_repeated(naps: List[float]) -> None:
    with Stub(RESET_AT_ONCE, refusal(503, "no"), answer()) as stub, Session(stub.url, "a", "tok", None) as session:
        session.post("a", json={"n": 1}, repeatable=True)
    assert [request.body for request in stub.requests] == [b'{"n":1}'] * 3


def test_a_change_is_repeated_when_no_connection_could_be_made(monkeypatch: pytest.MonkeyPatch) -> None:
    stub = Stub()
    try:
        wake = SimpleNamespace(sleep=lambda seconds: stub.start(), time=time.time)
        monkeypatch.setattr(_retry, "time", wake)
        with Session(stub.url, "ada", "tok", None) as session:
            session.post("a", json={"n": 1})
    finally:
        stub.close()
    assert [request.body for request in stub.requests] == [b'{"n":1}']


@pytest.mark.parametrize(
    "fault",
    [
        RESET_AT_ONCE,
        Act(b"", CLOSE),
        Act(b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE),
        cut_answer(b'{"user": ', missing=20),
        cut_answer(b'{"user": ', missing=20, then=RESET),
        chunked(b'{"user": ', whole=False),
    ],
    ids=["reset", "closed", "in the headers", "in the body", "reset in the body", "between chunks"],
)
def test_a_connection_that_breaks_is_tried_again_and_then_reported(fault: Act, naps: List[float]) -> None:
    with Stub(fault, answer({"user": {"id": 1}})) as stub, Session(stub.url, "ada", "tok", None) as session:
        assert users.get_me(session) == {"id": 1}
    with Stub(fault) as stub, Session(stub.url, "ada", "tok", None, 1) as session:
        with pytest.raises(errors.ConnectionLostException) as caught:
            users.get_me(session)
    assert (caught.value.method, caught.value.path) == ("GET", "/api/v1/me")
    assert len(stub.requests) == 2


def test_an_error_that_breaks_off_while_it_is_streamed_is_a_lost_connection(naps: List[float]) -> None:
    broken = chunked(b'{"error": ', whole=False, status=404)
    with Stub(broken) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(errors.ConnectionLostException):
            session.get("a", stream=True)


@pytest.mark.parametrize(
    "act",
    [Act(b"", HANG), Act(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", HANG)],
    ids=["before the headers", "in the body"],
)
def test_a_silent_master_is_not_waited_for_longer_than_told_and_not_asked_again(act: Act, naps: List[float]) -> None:
    with Stub(act) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.MasterTimeoutException, match="in time"):
            session.get("a", timeout=1.0)
    assert len(stub.requests) == 1
    assert naps == []


@pytest.mark.parametrize("wait", ["7", " 7 "])
def test_the_master_says_after_how_many_seconds_to_come_back(wait: str, naps: List[float]) -> None:
    with Stub(refusal(503, "no", {"Retry-After": wait}), answer()) as stub:
        with Session(stub.url, "ada", "tok", None) as session:
            session.get("a")
    assert naps == [7.0]


def test_the_master_says_at_what_time_to_come_back(naps: List[float]) -> None:
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=60)
    with Stub(refusal(503, "no", {"Retry-After": email.utils.format_datetime(then)}), answer()) as stub:
        with Session(stub.url, "ada", "tok", None) as session:
            session.get("a")
    assert len(naps) == 1
    assert 30 < naps[0] <= 60


@pytest.mark.parametrize(
    ("told", "least", "most"),
    [
        (None, 0.375, 0.5),
        ("soon", 0.375, 0.5),
        ("nan", 0.375, 0.5),
        ("-5", 0.375, 0.5),
        ("86400", 120, 120),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0),
    ],
)
def test_a_wait_is_never_senseless(told: str, least: float, most: float) -> None:
    for chance in (0.0, 1.0):
        assert least <= _retry.delay_before(1, _retry.Policy(), told, time.time(), chance) <= most


def test_waits_do_not_grow_without_bound() -> None:
    assert _retry.delay_before(60, _retry.Policy(), None, 0.0, 1.0) == _retry.LONGEST_BACKOFF


def test_a_file_is_wound_back_before_it_is_sent_again(naps: List[float]) -> None:
    body = io.BytesIO(b"skipped|content")
    body.seek(8)
    with Stub(refusal(503, "no"), answer()) as stub, Session(stub.url, "ada", "tok", None) as session:
        session.put("a", data=body)
    assert [request.body for request in stub.requests] == [b"content", b"content"]


def test_an_unknown_proxy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{unused.getsockname()[1]}")
        with Session("http://master.invalid", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.CannotConnectException, match="HTTP_PROXY"):
                session.get("a")
