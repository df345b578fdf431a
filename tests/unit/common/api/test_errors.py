"""What an error tells, and which handlers of old scripts catch it."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Any, Callable, Dict, List, Optional, Type

import pytest
import requests

from determined.common.api import Session, errors
from determined.common.api.endpoints import users

from .stub import CLOSE, HANG, Act, Stub, chunked, lines_of, refusal


def fail(session: Session, **options: Any) -> errors.BadRequestException:
    with pytest.raises(errors.BadRequestException) as caught:
        session.get("api/v1/me?secret=1", **options)
    return caught.value


@pytest.mark.parametrize(
    ("status", "kind", "next_step"),
    [
        (400, errors.APIException, ""),
        (401, errors.UnauthenticatedException, "Log in"),
        (403, errors.ForbiddenException, "administrator"),
        (404, errors.NotFoundException, "DET_MASTER"),
        (409, errors.APIException, ""),
        (500, errors.APIException, ""),
        (501, errors.APIException, "version"),
        (503, errors.APIException, "try again later"),
    ],
)
def test_an_answer_with_an_error_tells_the_call_the_status_the_masters_words_and_what_to_do(
    status: int, kind: Type[errors.BadRequestException], next_step: str, naps: List[float]
) -> None:
    with Stub(refusal(status, "the words")) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        error = fail(session)
    assert type(error) is kind
    assert isinstance(error, errors.ANSWERED)
    assert (error.method, error.path, error.status_code) == ("GET", "/api/v1/me", status)
    assert error.server_message == error.message == "the words"
    assert error.response_error == {"code": 2, "reason": "Reason", "error": "the words"}
    for part in ("the words", f"[GET /api/v1/me: {status}]", next_step):
        assert part in str(error)
    assert "secret" not in str(error)
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is kind
        assert (str(other), other.status_code, other.path) == (str(error), status, "/api/v1/me")


@pytest.mark.parametrize(
    ("act", "kind", "next_step"),
    [
        (Act(b"", CLOSE), errors.ConnectionLostException, "took effect"),
        (Act(b"", HANG), errors.MasterTimeoutException, "longer timeout"),
    ],
)
def test_no_answer_is_an_error_of_its_own_that_old_handlers_catch(
    act: Act, kind: Type[Exception], next_step: str, naps: List[float]
) -> None:
    with Stub(act) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        error = fail(session, timeout=0.3)
    assert type(error) is kind
    assert isinstance(error, errors.MasterNotFoundException)
    assert (error.method, error.path, error.status_code, error.server_message) == ("GET", "/api/v1/me", 0, "")
    assert next_step in str(error)
    other = pickle.loads(pickle.dumps(error))
    assert (type(other), str(other), other.path) == (kind, str(error), "/api/v1/me")


def test_a_stream_that_is_cut_tells_the_call_and_what_to_do() -> None:
    from determined.common.api._streams import read_stream

    cut = chunked(*lines_of({"result": 1}), b'{"res', whole=False)
    with Stub(cut) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        stream = read_stream(session.get("a/b?c=1", stream=True))
        assert next(stream) == 1
        with pytest.raises(errors.ConnectionLostException, match=r"cut off.*Read it again") as caught:
            next(stream)
    assert (caught.value.method, caught.value.path) == ("GET", "/a/b")


def test_what_is_no_masters_answer_is_told_apart(naps: List[float]) -> None:
    for body in (b"{}", b"[]", b"<html>", b"{"):
        act = Act(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
        with Stub(act) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
            with pytest.raises(
                errors.BadResponseException, match=r"GetMe: .*a (Determined )?master\?|not a Determined master"
            ):
                users.get_me(session)


@pytest.mark.parametrize(
    ("kind", "caught_as"),
    [
        (errors.CannotConnectException, errors.MasterNotFoundException),
        (errors.UntrustedMasterException, errors.MasterNotFoundException),
        (errors.MasterTimeoutException, errors.MasterNotFoundException),
        (errors.ConnectionLostException, errors.MasterNotFoundException),
        (errors.MasterNotFoundException, errors.BadRequestException),
        (errors.APIException, errors.BadRequestException),
        (errors.NotFoundException, errors.APIException),
        (errors.ForbiddenException, errors.BadRequestException),
        (errors.UnauthenticatedException, errors.BadRequestException),
        (errors.DeleteFailedException, errors.APIException),
        (errors.EmptyResultException, errors.BadResponseException),
        (errors.InvalidCredentialsException, errors.UnauthenticatedException),
    ],
)
def test_new_classes_are_what_old_handlers_name(kind: Type[Exception], caught_as: Type[Exception]) -> None:
    assert issubclass(kind, caught_as)


def made_up(body: Any, status: int = 409) -> requests.Response:
    response = requests.Response()
    response.status_code, response.url = status, "http://master/a"
    vars(response).update(
        _content=body if isinstance(body, bytes) else json.dumps(body).encode(), _content_consumed=True
    )
    return response


@pytest.mark.parametrize(
    ("make", "status", "text"),
    [
        (lambda: errors.BadRequestException("x"), 0, "x"),
        (lambda: errors.BadRequestException("x", 1, 2), 0, "x"),
        (lambda: errors.MasterNotFoundException(message="x"), 0, "x"),
        (lambda: errors.NotFoundException("x"), 404, "x"),
        (lambda: errors.NotFoundException(error_message="x"), 404, "x"),
        (lambda: errors.DeleteFailedException("x"), 200, "x"),
        (lambda: errors.DeleteFailedException(error_message="x"), 200, "x"),
        (lambda: errors.UnauthenticatedException(), 0, None),
        (lambda: errors.UnauthenticatedException("x"), 0, "x"),
        (lambda: errors.UnauthenticatedException(message="x"), 0, "x"),
        (lambda: errors.InvalidCredentialsException(), 0, None),
        (lambda: errors.ForbiddenException(), 0, None),
        (lambda: errors.ForbiddenException("x"), 0, None),
        (lambda: errors.APIException(made_up({"error": {"error": "x", "code": 6}})), 409, "x"),
        (lambda: errors.APIException(made_up({"error": {"error": "x"}}), "more"), 409, "x"),
        (lambda: errors.APIException(response=made_up(b"x")), 409, "x"),
    ],
)
def test_scripts_may_make_errors_of_a_call(
    make: Callable[[], errors.BadRequestException], status: int, text: Optional[str]
) -> None:
    error = make()
    assert error.status_code == status
    assert str(error) == (text if text is not None else str(error)) != ""
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert (type(other), str(other), other.status_code) == (type(error), str(error), status)


@pytest.mark.parametrize(
    "make",
    [
        lambda: errors.BadResponseException("x"),
        lambda: errors.BadResponseException("x", 1),
        lambda: errors.EmptyResultException(message="x"),
        lambda: errors.PagingException("x"),
    ],
)
def test_scripts_may_make_errors_of_an_answer(make: Callable[[], errors.BadResponseException]) -> None:
    error = make()
    assert str(error) == error.message == "x"
    assert type(pickle.loads(pickle.dumps(error))) is type(error)


@pytest.mark.parametrize("kind", [errors.CorruptTokenCacheException, errors.CorruptCertificateCacheException])
def test_scripts_may_make_errors_of_a_cache(kind: Type[Exception]) -> None:
    assert str(pickle.loads(pickle.dumps(kind()))) == str(kind()) != ""


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"error": {"error": "w", "code": 5, "reason": "r"}}, {"error": "w", "code": 5, "reason": "r"}),
        ({"message": "w"}, None),
        ({"error": "w"}, None),
        ({"error": None}, None),
        ([1], None),
        (b"w", None),
        (b"", None),
    ],
)
def test_the_object_of_an_error_is_kept(body: Any, said: Optional[Dict[str, Any]]) -> None:
    error = errors.APIException(made_up(body))
    assert error.response_error == said
    assert error.response is not None
    assert pickle.loads(pickle.dumps(error)).response is None


def test_a_handler_of_errors_of_the_api_does_not_take_those_of_a_login() -> None:
    for kind in (errors.UnauthenticatedException, errors.ForbiddenException):
        assert not issubclass(kind, errors.APIException)
        assert issubclass(kind, errors.ANSWERED)
