"""Sessions: what is sent, what comes back, and what is kept between two calls."""

from __future__ import annotations

import copy
import io
import json
import os
import pathlib
import pickle
import threading
from typing import Callable, List, Type

import pytest

from determined.common.api import Session, TaskSession, UnauthSession, errors
from determined.common.api.certs import Cert
from determined.common.api.endpoints import auth, users

from .stub import CLOSE, Act, Stub, answer, refusal


def test_one_connection_serves_many_calls() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        for _ in range(5):
            session.get("a")
        session.post("a", json={})
    assert len(stub.requests) == 6
    assert stub.connections == 1


def test_a_session_with_another_patience_shares_the_connections() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        session.get("a")
        session.with_retry(1).get("a")
    assert stub.connections == 1


def test_a_connection_that_the_master_closed_is_replaced() -> None:
    with Stub(answer(then=CLOSE), answer({"n": 2})) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        session.post("a", json={})
        assert stub.ended.acquire(timeout=10)
        assert session.post("a", json={}).json() == {"n": 2}
    assert stub.connections == 2


def test_several_threads_share_a_session() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        threads = [threading.Thread(target=lambda: [session.get("a") for _ in range(5)]) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert len(stub.requests) == 20
    assert stub.connections <= 4


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_makes_connections_of_its_own() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        session.get("a")
        child = os.fork()
        if child == 0:
            session.get("child")
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        session.get("a")
    assert stub.connections == 2


def test_the_token_is_sent_and_not_shown() -> None:
    with Stub() as stub, Session(stub.url, "ada", "s3cret", None) as session:
        session.get("a")
        assert "s3cret" not in repr(session)
        assert "ada" in repr(session)
    assert stub.requests[0].headers["authorization"] == "Bearer s3cret"
    assert stub.requests[0].headers["user-agent"].startswith("determined/")


def test_a_task_speaks_with_its_allocation_token_alone() -> None:
    with Stub() as stub, TaskSession(stub.url, "", "tok", None) as session:
        session.get("a")
    assert stub.requests[0].headers["grpc-metadata-x-allocation-token"] == "Bearer tok"
    assert "authorization" not in stub.requests[0].headers


def test_an_entry_in_netrc_does_not_replace_the_token(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login eve password nothing\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session, UnauthSession(stub.url, None) as nobody:
        session.get("a")
        nobody.get("a")
    assert stub.requests[0].headers["authorization"] == "Bearer tok"
    assert "authorization" not in stub.requests[1].headers


def test_a_cookie_of_an_answer_is_not_sent_back() -> None:
    login = answer({}, headers={"Set-Cookie": "auth=of-somebody-else; Path=/"})
    with Stub(login) as stub, Session(stub.url, "ada", "tok", None) as session:
        session.get("a")
        session.get("a")
    assert "cookie" not in stub.requests[1].headers


def test_a_proxy_of_the_environment_is_used_unless_the_master_is_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    with Stub() as proxy, Stub() as stub:
        monkeypatch.setenv("http_proxy", proxy.url)
        with Session("http://master.invalid:8080", "ada", "tok", None, 0) as session:
            session.get("a")
        monkeypatch.setenv("no_proxy", "127.0.0.1")
        with Session(stub.url, "ada", "tok", None, 0) as session:
            session.get("a")
    assert len(proxy.requests) == 1
    assert proxy.requests[0].headers["host"] == "master.invalid:8080"
    assert len(stub.requests) == 1


def test_a_path_below_the_address_is_kept() -> None:
    with Stub() as stub, Session(stub.url + "/det/", "ada", "tok", None) as session:
        session.get("/api/v1/me")
    assert stub.requests[0].path == "/det/api/v1/me"


def test_a_query_repeats_lists_and_leaves_out_none() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        session.get("a", params={"ids": [1, 2], "none": None, "yes": True, "text": "ä &"})
    assert stub.requests[0].query == {"ids": ["1", "2"], "yes": ["true"], "text": ["ä &"]}


def test_a_body_is_sent_as_json() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        session.patch("a", json={"name": "ä", "none": None})
    request = stub.requests[0]
    assert json.loads(request.body) == {"name": "ä", "none": None}
    assert request.headers["content-type"] == "application/json"


def test_a_body_of_bytes_or_of_a_file_is_sent_as_it_is() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        session.put("a", data=b"\x00\x01")
        session.put("a", data=io.BytesIO(b"of a file"))
    assert [request.body for request in stub.requests] == [b"\x00\x01", b"of a file"]


@pytest.mark.parametrize("body", [float("nan"), {"x": float("inf")}, {"x": object()}])
def test_a_body_that_is_no_json_is_refused_before_anything_is_sent(body: object) -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session, pytest.raises((ValueError, TypeError)):
        session.post("a", json=body)
    assert stub.connections == 0


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, errors.APIException),
        (401, errors.UnauthenticatedException),
        (403, errors.ForbiddenException),
        (404, errors.NotFoundException),
        (409, errors.APIException),
        (500, errors.APIException),
    ],
)
def test_an_error_says_what_the_master_said_about_which_call(status: int, kind: type) -> None:
    with Stub(refusal(status, "not so")) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.ANSWERED) as caught:
            session.post("/api/v1/things?x=1", json={})
    error = caught.value
    assert type(error) is kind
    assert (error.method, error.path, error.status_code) == ("POST", "/api/v1/things", status)
    assert error.server_message == "not so"
    assert "not so" in str(error)
    assert f"POST /api/v1/things: {status}" in str(error)
    assert pickle.loads(pickle.dumps(error)).server_message == "not so"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"message": "of echo"}, "of echo"),
        ({"error": {"message": "of a stream", "httpCode": 404}}, "of a stream"),
        ({"error": {"code": 5, "error": "of the gateway"}}, "of the gateway"),
        ({"error": "plain"}, "plain"),
        (b"Bad Gateway", "Bad Gateway"),
        (b"<html>Bad Gateway</html>", ""),
    ],
)
def test_every_form_of_an_error_is_read(body: object, text: str) -> None:
    with Stub(answer(body, 400)) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.APIException) as caught:
            session.get("a")
    assert caught.value.server_message == text


def test_an_error_without_a_body_names_its_status() -> None:
    with Stub(answer(b"", 418)) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.APIException, match="418"):
            session.get("a")


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_question_is_asked_again_where_the_answer_says_but_without_the_token(status: int) -> None:
    with Stub(answer({"n": 1})) as other:
        there = answer(b"", status, {"Location": other.url + "/login?x=1"})
        with Stub(there) as stub, Session(stub.url, "ada", "tok", None) as session:
            assert session.get("a").json() == {"n": 1}
            with session.get("a", stream=True) as streamed:
                assert streamed.json() == {"n": 1}
        assert [(r.path, r.query) for r in other.requests] == [("/login", {"x": ["1"]})] * 2
        assert "authorization" not in other.requests[0].headers


def test_a_question_may_be_sent_on_more_than_once() -> None:
    with Stub(answer(b"", 301, {"Location": "/b"}), answer({"n": 1})) as other:
        with Stub(answer(b"", 302, {"Location": other.url + "/a"})) as stub, Session(stub.url, "ada", "t", None) as s:
            assert s.get("a").json() == {"n": 1}
        assert [request.path for request in other.requests] == ["/a", "/b"]


def test_the_same_master_is_asked_again_with_the_token() -> None:
    with Stub(answer(b"", 302, {"Location": "/b"}), answer({"n": 1})) as stub:
        with Session(stub.url, "ada", "tok", None) as session:
            assert session.get("a").json() == {"n": 1}
    assert [(r.path, r.headers["authorization"]) for r in stub.requests] == [("/a", "Bearer tok"), ("/b", "Bearer tok")]
    assert stub.connections == 1


@pytest.mark.parametrize(("status", "sent"), [(301, 0), (302, 0), (303, 0), (307, 1), (308, 1)])
def test_a_change_is_sent_on_only_if_it_stays_what_it_is(status: int, sent: int) -> None:
    with Stub(answer({"n": 1})) as other:
        there = answer(b"", status, {"Location": other.url + "/b"})
        with Stub(there) as stub, Session(stub.url, "ada", "tok", None) as session:
            if sent:
                assert session.post("a", json={"x": 1}).json() == {"n": 1}
            else:
                with pytest.raises(errors.APIException, match=other.url):
                    session.post("a", json={"x": 1})
        assert [request.body for request in other.requests] == [b'{"x":1}'] * sent


@pytest.mark.parametrize("location", ["/a", "ftp://elsewhere/", "http://[::1/"])
def test_being_sent_on_without_end_or_to_nowhere_is_an_error(location: str) -> None:
    with Stub(answer(b"", 302, {"Location": location})) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.BadRequestException):
            session.get("a")


def test_html_instead_of_json_is_told_from_a_master() -> None:
    page = answer(b"<html>Welcome to the proxy</html>", headers={"Content-Type": "text/html"})
    with Stub(page) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.BadResponseException, match=r"not a Determined master.*Welcome to the proxy"):
            users.get_me(session)


@pytest.mark.parametrize("body", [b"", b"[1]", b'"text"', b"{"])
def test_an_answer_that_is_no_object_is_refused(body: bytes) -> None:
    with Stub(answer(body)) as stub, Session(stub.url, "ada", "tok", None) as session:
        with pytest.raises(errors.BadResponseException):
            users.get_me(session)


@pytest.mark.parametrize("head", ["HTTP/1.1 200 OK\r\ncontent-length: 0", "HTTP/1.1 204 No Content"])
def test_an_answer_may_be_empty(head: str) -> None:
    with Stub(Act(f"{head}\r\n\r\n".encode())) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        assert session.delete("a").content == b""


def test_a_password_is_sent_as_hashed() -> None:
    with Stub(answer({"token": "t", "user": {}})) as stub, UnauthSession(stub.url, None) as nobody:
        auth.log_in(nobody, "ada", "hash")
    assert json.loads(stub.requests[0].body) == {"username": "ada", "password": "hash", "isHashed": True}


def test_the_older_name_of_patience_goes_on_working() -> None:
    from urllib3.util.retry import Retry

    with Session("http://localhost", "ada", "tok", None) as session:
        with pytest.warns(FutureWarning, match="max_retries"):
            assert session.with_retry(retry=Retry(3))._max_retries == 3


def test_closing_twice_does_no_harm() -> None:
    closed: List[Session] = []
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        session.get("a")
        session.close()
        closed.append(session)
    closed[0].close()


@pytest.mark.parametrize("way", [lambda s: pickle.loads(pickle.dumps(s)), copy.deepcopy, copy.copy])
@pytest.mark.parametrize("kind", [Session, TaskSession])
def test_a_session_may_be_sent_to_another_process(kind: Type[Session], way: Callable[[Session], Session]) -> None:
    with Stub() as stub, kind(stub.url, "ada", "tok", Cert(noverify=True), 3) as session:
        with way(session) as other:
            other.get("a")
            session.get("a")
            assert type(other) is kind
            assert (other.master, other.username, other.token) == (stub.url, "ada", "tok")
            assert (other.cert, other._max_retries) == (Cert(noverify=True), 3)
    header = kind.AUTH_HEADER.lower()
    assert [request.headers[header] for request in stub.requests] == ["Bearer tok"] * 2


def test_a_session_without_a_login_may_be_sent_to_another_process() -> None:
    with Stub() as stub, pickle.loads(pickle.dumps(UnauthSession(stub.url, None))) as session:
        session.get("a")
    assert "authorization" not in stub.requests[0].headers


def test_the_address_of_a_request_may_hold_anything() -> None:
    with Stub() as stub, Session(stub.url, "ada", "tok", None) as session:
        for path in ("ä b?x=1#part", "", "/", "//double", "a%2Fb?y=%20"):
            session.get(path)
    assert [request.path for request in stub.requests] == ["/%C3%A4%20b", "/", "/", "/double", "/a%2Fb"]


def test_a_master_behind_a_path_is_asked_through_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Stub() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("http://", "http://who:what@"))
        with Session("http://master.invalid/det", "ada", "tok", None, 0) as session:
            session.post("a", params={"x": 1}, json={})
    (request,) = proxy.requests
    assert (request.path, request.query) == ("/det/a", {"x": ["1"]})
    assert request.headers["proxy-authorization"].startswith("Basic ")
