"""What a script's own tests put in the place of the HTTP library is asked, and nobody else."""

from __future__ import annotations

import functools
import json
import pathlib
from typing import Any, Callable, Dict, Iterator, List, Type
from unittest import mock

import pytest
import requests
import requests_mock
import responses

from determined.common.api import Session, authentication, errors
from determined.common.api.endpoints import experiments, users
from determined.common.experimental.determined import Determined
from determined.common.experimental.trial import Trial

URL = "http://127.0.0.1:1"  # nobody listens there
USER = {"id": 2, "username": "ada", "active": True, "admin": False}
LOG_LINE = {"id": "1", "timestamp": "2024-01-01T00:00:00Z", "message": "hello", "log": "hello\n", "trialId": 1}
PASSING = [
    (requests.exceptions.ConnectionError, errors.MasterNotFoundException),
    (requests.exceptions.ConnectTimeout, errors.MasterNotFoundException),
    (requests.exceptions.ProxyError, errors.MasterNotFoundException),
    (requests.exceptions.SSLError, requests.exceptions.SSLError),
    (requests.exceptions.ReadTimeout, errors.BadRequestException),
    (requests.exceptions.Timeout, errors.BadRequestException),
    (requests.exceptions.ChunkedEncodingError, errors.BadRequestException),
    (requests.exceptions.ContentDecodingError, errors.BadRequestException),
    (requests.exceptions.TooManyRedirects, errors.BadRequestException),
    (requests.exceptions.InvalidURL, errors.BadRequestException),
    (requests.exceptions.RetryError, errors.BadRequestException),
    (requests.exceptions.HTTPError, errors.BadRequestException),
    (requests.exceptions.RequestException, errors.BadRequestException),
    (ConnectionResetError, ConnectionResetError),
    (OSError, OSError),
    (RuntimeError, RuntimeError),
]
"""What a mock raises, and what comes of it."""


@pytest.fixture
def session() -> Iterator[Session]:
    with Session(URL, "ada", "tok", None) as opened:
        yield opened


@pytest.fixture
def mocker() -> Iterator[requests_mock.Mocker]:
    with requests_mock.Mocker() as started:
        yield started


@pytest.fixture
def mocked() -> Iterator[responses.RequestsMock]:
    with responses.RequestsMock(assert_all_requests_are_fired=False) as started:
        yield started


def lines(*documents: Any) -> str:
    return "".join(json.dumps({"result": document}) + "\n" for document in documents)


# --- requests_mock ---------------------------------------------------------------------------------------------------


def test_requests_mock_answers_sessions_that_were_there_before_it_and_those_made_since(
    session: Session, mocker: requests_mock.Mocker
) -> None:
    mocker.get(f"{URL}/api/v1/me", json={"user": USER})
    assert users.get_me(session)["username"] == "ada"
    with Session(URL, "bob", "tok2", None) as other:
        assert users.get_me(other)["username"] == "ada"
    assert [r.headers["Authorization"] for r in mocker.request_history] == ["Bearer tok", "Bearer tok2"]


@requests_mock.Mocker(kw="m")
def test_requests_mock_may_be_a_decorator(**mocks: Any) -> None:
    mocks["m"].get(f"{URL}/a", json={"n": 1})
    with Session(URL, "ada", "tok", None) as session:
        assert session.get("a").json() == {"n": 1}


def test_requests_mock_sees_queries_and_bodies(session: Session, mocker: requests_mock.Mocker) -> None:
    mocker.register_uri(requests_mock.ANY, requests_mock.ANY, json={})
    session.get("a", params={"ids": [1, 2], "none": None})
    assert mocker.request_history[-1].qs == {"ids": ["1", "2"]}
    session.post("a", json={"name": "ä", "list": [1, None]})
    assert mocker.request_history[-1].json() == {"name": "ä", "list": [1, None]}
    session.put("a", data=b"bytes", headers={"X-Kind": "of mine"})
    assert mocker.request_history[-1].body == b"bytes"
    assert mocker.request_history[-1].headers["X-Kind"] == "of mine"
    for method in ("patch", "delete"):
        getattr(session, method)("a")
        assert mocker.request_history[-1].method == method.upper()


def test_requests_mock_may_know_one_session_or_be_mounted_there(session: Session) -> None:
    with requests_mock.Mocker(session=session._http_session) as mocker:
        mocker.get(f"{URL}/a", json={"n": 1})
        assert session.get("a").json() == {"n": 1}
    adapter = requests_mock.Adapter()
    adapter.register_uri("GET", f"{URL}/a", json={"n": 2})
    session._http_session.mount(URL, adapter)
    assert session.get("a").json() == {"n": 2}


@pytest.mark.parametrize(("raised", "kind"), PASSING)
def test_what_requests_mock_raises_is_translated_and_raised_once(
    raised: Type[Exception], kind: Type[Exception], session: Session, mocker: requests_mock.Mocker, naps: List[float]
) -> None:
    mocker.get(f"{URL}/api/v1/experiments/1", exc=raised)
    mocker.get(f"{URL}/api/v1/trials/1/logs", exc=raised)
    with pytest.raises(kind):
        experiments.get_experiment(session, 1)
    with pytest.raises(kind):
        list(Trial(1, session).iter_logs())
    assert (mocker.call_count, naps) == (2, [])


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 500, 502, 503])
def test_an_error_of_requests_mock_is_one_of_a_master_and_not_asked_for_again(
    status: int, session: Session, mocker: requests_mock.Mocker
) -> None:
    mocker.get(f"{URL}/a", status_code=status, json={"error": {"code": 3, "error": "no"}})
    with pytest.raises(errors.BadRequestException, match="no") as caught:
        session.get("a")
    assert type(caught.value) is errors.BY_STATUS.get(status, errors.APIException)
    assert caught.value.response_error == {"code": 3, "error": "no"}
    assert mocker.call_count == 1


def test_what_requests_mock_does_not_know_is_its_own_error(session: Session, mocker: requests_mock.Mocker) -> None:
    with pytest.raises(requests_mock.NoMockAddress):
        session.get("a")


def test_an_answer_of_requests_mock_may_be_empty_or_lead_elsewhere(
    session: Session, mocker: requests_mock.Mocker
) -> None:
    mocker.get(f"{URL}/empty")
    mocker.get(f"{URL}/moved", status_code=302, headers={"Location": f"{URL}/empty"})
    mocker.get(f"{URL}/none", status_code=204)
    assert [session.get(path).status_code for path in ("empty", "moved", "none")] == [200, 200, 204]


def test_a_cookie_of_requests_mock_is_not_sent_back(session: Session, mocker: requests_mock.Mocker) -> None:
    mocker.get(f"{URL}/a", json={}, headers={"Set-Cookie": "auth=other; Path=/"})
    session.get("a")
    session.get("a")
    assert "Cookie" not in mocker.request_history[-1].headers


def test_requests_mock_gives_streams_and_downloads(
    session: Session, mocker: requests_mock.Mocker, tmp_path: pathlib.Path
) -> None:
    mocker.get(f"{URL}/api/v1/trials/1/logs", text=lines(LOG_LINE, {**LOG_LINE, "id": "2"}))
    assert len(list(Trial(1, session).iter_logs())) == 2
    archive = tmp_path / "archive"
    archive.write_bytes(b"x" * 100_000)
    with archive.open("rb") as file:
        mocker.get(f"{URL}/checkpoints/u", body=file)
        with session.get("checkpoints/u", stream=True) as response:
            assert sum(map(len, response.iter_content(1000))) == 100_000


def test_requests_mock_lets_users_log_in(mocker: requests_mock.Mocker) -> None:
    mocker.post(f"{URL}/api/v1/auth/login", json={"token": "t", "user": USER})
    mocker.get(f"{URL}/api/v1/me", json={"user": USER})
    with authentication.login(URL, "ada", "Secret12") as session:
        assert session.token == "t"
    assert Determined(URL, "ada", "Secret12").whoami().username == "ada"


# --- responses -------------------------------------------------------------------------------------------------------


def test_responses_answers_sessions_that_were_there_before_it_and_those_made_since(
    session: Session, mocked: responses.RequestsMock
) -> None:
    mocked.get(f"{URL}/api/v1/me", json={"user": USER})
    assert users.get_me(session)["username"] == "ada"
    with Session(URL, "bob", "tok2", None) as other:
        assert users.get_me(other)["username"] == "ada"
    assert [c.request.headers["Authorization"] for c in mocked.calls] == ["Bearer tok", "Bearer tok2"]


@responses.activate
def test_responses_may_be_a_decorator() -> None:
    responses.post(f"{URL}/a", json={"n": 1}, match=[responses.matchers.json_params_matcher({"x": 1})])
    with Session(URL, "ada", "tok", None) as session:
        assert session.post("a", json={"x": 1}).json() == {"n": 1}


@pytest.mark.parametrize(("raised", "kind"), PASSING)
def test_what_responses_raises_is_translated_and_raised_once(
    raised: Type[Exception],
    kind: Type[Exception],
    session: Session,
    mocked: responses.RequestsMock,
    naps: List[float],
) -> None:
    mocked.get(f"{URL}/api/v1/experiments/1", body=raised("boom"))
    with pytest.raises(kind):
        experiments.get_experiment(session, 1)
    assert (len(mocked.calls), naps) == (1, [])


def test_responses_asks_again_as_the_session_does(
    session: Session, mocked: responses.RequestsMock, naps: List[float]
) -> None:
    mocked.get(f"{URL}/a", status=503)
    mocked.get(f"{URL}/a", json={"n": 2})
    assert session.get("a").json() == {"n": 2}
    mocked.get(f"{URL}/b", status=503)
    with pytest.raises(errors.APIException) as caught:
        session.with_retry(2).get("b")
    assert caught.value.status_code == 503
    with pytest.raises(errors.APIException):
        session.with_retry(0).get("b")
    mocked.post(f"{URL}/c", status=503)
    with pytest.raises(errors.APIException):
        session.post("c")
    assert [c.request.path_url for c in mocked.calls] == ["/a", "/a", "/b", "/b", "/b", "/b", "/c"]
    assert naps == []


def test_what_responses_does_not_know_is_no_master(session: Session, mocked: responses.RequestsMock) -> None:
    with pytest.raises(errors.MasterNotFoundException):
        session.get("a")


def test_responses_gives_streams(session: Session, mocked: responses.RequestsMock) -> None:
    mocked.get(f"{URL}/api/v1/trials/1/logs", body=lines(LOG_LINE, {**LOG_LINE, "id": "2"}))
    assert len(list(Trial(1, session).iter_logs())) == 2


# --- by hand ---------------------------------------------------------------------------------------------------------


def made_up(url: str, body: bytes) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url = 200, url
    vars(response).update(_content=body, _content_consumed=True)
    return response


@pytest.mark.parametrize("owner", [requests.Session, requests.adapters.HTTPAdapter])
def test_a_patched_method_is_called(owner: Any, session: Session) -> None:
    def send(self: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        return made_up(request.url or "", b'{"n": 1}')

    with mock.patch.object(owner, "send", send):
        assert session.get("a").json() == {"n": 1}


def test_a_wrapped_method_is_called_and_calls_on(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: List[str] = []

    def watch(method: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(method)
        def watched(self: Any, request: Any, **options: Any) -> Any:
            seen.append(request.url)
            return method(self, request, **options)

        return watched

    monkeypatch.setattr(requests.Session, "send", watch(requests.Session.send))
    with pytest.raises(errors.CannotConnectException):
        session.with_retry(0).get("a")
    assert seen == [f"{URL}/a"]


def test_a_patched_request_may_give_any_object(session: Session) -> None:
    answer = mock.MagicMock(status_code=200)
    answer.json.return_value = {"user": USER}
    answer.raw = None
    calls: Dict[str, Any] = {}

    def request(method: str, url: str, **options: Any) -> Any:
        calls.update(options, method=method, url=url)
        return answer

    with mock.patch.object(requests.Session, "request", side_effect=request):
        assert users.get_me(session)["username"] == "ada"
    assert (calls["method"], calls["url"]) == ("GET", f"{URL}/api/v1/me")


def test_a_stream_that_is_made_up_is_read(session: Session) -> None:
    with mock.patch.object(requests.Session, "request", return_value=made_up(URL, lines(LOG_LINE).encode())):
        assert len(list(Trial(1, session).iter_logs())) == 1


def test_without_a_mock_the_connections_are_used_again(session: Session) -> None:
    from .stub import Stub

    with Stub() as stub, Session(stub.url, "ada", "tok", None) as real:
        with requests_mock.Mocker() as mocker:
            mocker.get(f"{stub.url}/a", json={})
            real.get("a")
        real.get("a")
        with requests_mock.Mocker(real_http=True):
            real.get("a")
        real.get("a")
    assert (len(stub.requests), stub.connections) == (3, 1)
