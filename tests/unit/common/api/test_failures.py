"""Every failure is also what the released client let a script catch: an error of the HTTP library, a KeyError.

The classes were seen by letting the released client talk to the same server.
"""

from __future__ import annotations

import copy
import gzip
import json
import pickle
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from typing import Any, Callable, List, Tuple, Type

import pytest
import requests

from determined.common.api import Session, _http_errors, authentication, certs, errors
from determined.common.api.endpoints import experiments, users
from determined.common.experimental.trial import Trial

from .stub import CLOSE, HANG, RESET, Act, Stub, answer, chunked, cut_answer, lines_of

Kinds = Tuple[Type[BaseException], ...]

PACKED = gzip.compress(b'{"user": {"username": "ada"}}' * 50)
LOST: Kinds = (errors.ConnectionLostException, errors.MasterNotFoundException)
JSON_ERRORS: Kinds = (requests.exceptions.JSONDecodeError, json.JSONDecodeError, ValueError, OSError)
STREAM_ERRORS: Kinds = (_http_errors.APIHttpStreamError, _http_errors.APIHttpError)


def packed(body: bytes) -> Act:
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(body)}\r\n\r\n"
    return Act(head.encode() + body)


def log_in(session: Session) -> Any:
    return authentication.login(session.master, "ada", "Secret12")


def get_experiment(session: Session) -> Any:
    return experiments.get_experiment(session, 1)


def get(session: Session) -> Any:
    return session.get("a", timeout=0.5)


def read_logs(session: Session) -> Any:
    return list(Trial(1, session).iter_logs())


def read_lines(session: Session) -> Any:
    return list(session.get("a", stream=True, timeout=0.5).iter_lines())


PLAIN = (log_in, get_experiment)
CASES: List[Tuple[str, Act, Tuple[Callable[[Session], Any], ...], Kinds]] = [
    ("closed", Act(b"", CLOSE), (log_in, get_experiment, get, read_logs), LOST),
    ("reset", Act(b"", RESET), (log_in, get_experiment, get, read_logs), LOST),
    ("no HTTP", Act(b"SSH-2.0-OpenSSH\r\n", CLOSE), (log_in, get_experiment, get, read_logs), LOST),
    ("silent", Act(b"", HANG), (get, read_lines), (errors.MasterTimeoutException, errors.BadRequestException)),
    ("short", cut_answer(b'{"user": ', 20), (log_in, get_experiment, get), LOST),
    ("short stream", cut_answer(b'{"user": ', 20), (read_logs,), (*LOST, *STREAM_ERRORS)),
    ("cut chunks", chunked(b'{"user": ', whole=False), (log_in, get_experiment, get), LOST),
    ("cut lines", chunked(b'{"result": ', whole=False), (read_logs,), (*LOST, *STREAM_ERRORS)),
    ("raw lines", chunked(b'{"result": ', whole=False), (read_lines,), (requests.exceptions.ChunkedEncodingError,)),
    ("cut pack", packed(PACKED[:-12]), PLAIN, (*LOST, *JSON_ERRORS)),
    ("cut headers", Act(b"HTTP/1.1 200 OK\r\nContent-Le", CLOSE), PLAIN, (*LOST, *JSON_ERRORS)),
    ("no pack", packed(b"abcd"), (log_in, get_experiment, get), (errors.BadRequestException,)),
    ("no packed stream", packed(b"abcd"), (read_logs,), (requests.exceptions.ContentDecodingError,)),
    ("page", answer(b"<html>"), PLAIN, (errors.BadResponseException, *JSON_ERRORS)),
    ("page as stream", answer(b"<html>\n"), (read_logs,), (errors.BadResponseException, *JSON_ERRORS)),
    ("half a page as stream", answer(b"<html>"), (read_logs,), JSON_ERRORS),
    ("empty", answer(b""), PLAIN, (errors.BadResponseException, *JSON_ERRORS)),
    ("no length", Act(b"HTTP/1.0 200 OK\r\n\r\n", CLOSE), PLAIN, (errors.BadResponseException, *JSON_ERRORS)),
    ("no content", Act(b"HTTP/1.1 204 No\r\n\r\n"), (*PLAIN, read_logs), (_http_errors.APIHttpError,)),
    ("list", answer([1]), (*PLAIN, read_logs), (errors.BadResponseException, TypeError)),
    ("null", answer(b"null"), PLAIN, (errors.BadResponseException, TypeError)),
    ("nothing in it", answer({}), (log_in, read_logs), (errors.BadResponseException, KeyError)),
    ("loop", answer(b"", 302, {"Location": "/x"}), (get_experiment, get, read_logs), (errors.BadRequestException,)),
    ("to nowhere", answer(b"", 302, {"Location": "ftp://x/"}), (get,), (errors.BadRequestException,)),
    ("to no address", answer(b"", 302, {"Location": "http://[::1/"}), (get,), (ValueError,)),
    ("error of a stream", chunked(*lines_of({"error": {"httpCode": 404, "message": "m"}})), (read_logs,),
     (errors.NotFoundException, *STREAM_ERRORS)),
    ("login of a stream", chunked(*lines_of({"error": {"httpCode": 401}})), (read_logs,),
     (errors.UnauthenticatedException, *STREAM_ERRORS)),
    ("right to a stream", chunked(*lines_of({"error": {"httpCode": 403}})), (read_logs,),
     (errors.ForbiddenException, *STREAM_ERRORS)),
    ("unknown error of a stream", chunked(*lines_of({"error": {}})), (read_logs,),
     (errors.APIException, *STREAM_ERRORS)),
]  # fmt: skip


@pytest.mark.parametrize(
    ("act", "call", "kinds"),
    [
        pytest.param(act, call, kinds, id=f"{name}: {call.__name__}")
        for name, act, calls, kinds in CASES
        for call in calls
    ],
)
def test_a_failure_is_all_that_it_was(act: Act, call: Callable[[Session], Any], kinds: Kinds) -> None:
    with Stub(act) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(kinds[0]) as caught:
            call(session)
    assert all(isinstance(caught.value, kind) for kind in kinds)
    assert str(caught.value)
    if isinstance(caught.value, (errors.BadRequestException, errors.BadResponseException)):
        for other in (pickle.loads(pickle.dumps(caught.value)), copy.copy(caught.value)):
            assert type(other) is type(caught.value)
            assert str(other) == str(caught.value)


@pytest.mark.parametrize("status_line", ["HTTP/1.0 200 OK", "HTTP/1.1 200 OK"])
@pytest.mark.parametrize("body", [b"", b'{"user": {"id": 1}}'])
def test_a_body_may_end_with_the_connection(status_line: str, body: bytes) -> None:
    act = Act(f"{status_line}\r\nConnection: close\r\n\r\n".encode() + body, CLOSE)
    with Stub(act) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        assert session.get("a").content == session.post("a").content == body
        if body:
            assert users.get_me(session) == {"id": 1}


def test_a_packed_body_is_unpacked_whole() -> None:
    body = b'{"user": {"username": "ada"}}'
    two = gzip.compress(body[:9]) + gzip.compress(body[9:])
    with Stub(packed(gzip.compress(body)), packed(two), packed(b"")) as stub:
        with Session(stub.url, "ada", "tok", None, 0) as session:
            assert [users.get_me(session)["username"] for _ in range(2)] == ["ada", "ada"]
            assert session.get("a").content == b""
    assert "gzip" in stub.requests[0].headers["accept-encoding"]


def test_the_error_of_a_stream_says_what_the_master_said_of_it() -> None:
    said = {"grpcCode": 5, "httpCode": 404, "message": "not there", "httpStatus": "Not Found"}
    with Stub(chunked(*lines_of({"error": said}))) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(errors.NotFoundException) as caught:
            read_logs(session)
    error: Any = caught.value
    assert (error.operation_name, error.status_code, error.message) == ("get_TrialLogs", 404, "not there")
    assert vars(error.error) == said == error.response_error


def test_a_proxy_that_refuses_is_one_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    with Stub(answer(b"", 407)) as proxy:
        monkeypatch.setenv("https_proxy", proxy.url)
        with Session("https://master.invalid", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.CannotConnectException, match="HTTPS_PROXY"):
                session.get("a")


def test_a_proxy_that_is_no_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", "foo://bar")
    with Session("http://master.invalid", "ada", "tok", None, 0) as session:
        with pytest.raises(errors.BadRequestException):
            session.get("a")


@pytest.fixture(scope="module")
def untrusted(tmp_path_factory: pytest.TempPathFactory) -> ssl.SSLContext:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make certificates")
    folder = tmp_path_factory.mktemp("tls")
    names = {name: str(folder / name) for name in ("cert", "key")}
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=x"]
    subprocess.run([*command, "-keyout", names["key"], "-out", names["cert"]], check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(names["cert"], names["key"])
    return context


@pytest.mark.parametrize("call", [log_in, get_experiment, get, read_logs, read_lines])
def test_an_unknown_certificate_is_an_error_of_tls_too(call: Any, untrusted: ssl.SSLContext) -> None:
    with Stub(tls=untrusted) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(requests.exceptions.SSLError) as caught:
            call(session)
    assert type(caught.value) is errors.UntrustedMasterException  # type: ignore[comparison-overlap]
    assert isinstance(caught.value, errors.MasterNotFoundException)


def test_a_connection_that_ends_in_its_handshake_is_an_error_of_tls_too() -> None:
    def hang_up(listening: socket.socket) -> None:
        connection, _ = listening.accept()
        connection.recv(10_000)
        connection.close()

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=hang_up, args=(server,))
        thread.start()
        with Session(f"https://127.0.0.1:{server.getsockname()[1]}", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.ConnectionLostException) as caught:
                session.get("a")
        thread.join()
    assert isinstance(caught.value, requests.exceptions.SSLError)


def test_text_that_is_no_certificate_is_an_error_of_tls_too() -> None:
    with pytest.raises(requests.exceptions.SSLError) as caught:
        Session("https://localhost", "ada", "tok", certs.Cert("no certificate"))
    assert isinstance(caught.value, ValueError)


def test_naming_an_error_loads_no_http_library() -> None:
    program = (
        "import sys\n"
        "from determined.common.api import errors\n"
        "errors.NotFoundException('x')\n"
        "assert 'UntrustedMasterException' in dir(errors)\n"
        "assert 'requests' not in sys.modules\n"
        "import pickle\n"
        "assert errors.UntrustedMasterException is pickle.loads(pickle.dumps(errors.UntrustedMasterException))\n"
        "assert not hasattr(errors, 'NoSuchException')\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
