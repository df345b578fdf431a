"""What answers in place of a master is named: pages, portals, other services, the other scheme, and silence."""

from __future__ import annotations

import http.server
import pathlib
import re
import shutil
import socket
import tarfile
import threading
from typing import Any, Callable, Dict, Iterator, List, Optional, Tuple

import pytest
import requests
import urllib3

from determined.common.api import Session, _transport, authentication, bindings, errors
from determined.common.api._options import DEFAULT_TIMEOUT, LONG_CALLS, WAITING_CALLS, timeout_of
from determined.common.api._token_store import TokenStore
from determined.common.api.certs import Cert
from determined.common.api.endpoints import experiments, plain, users
from determined.common.api.wire import paths
from determined.common.api.wire.endpoint import GET, Endpoint
from determined.common.experimental.trial import Trial
from determined.experimental import client
from determined.master import LocalMaster

from .stub import CLOSE, HANG, Act, Stub, answer
from .test_tls import Pair, make_pair, serving

PAGE = (
    b"<!DOCTYPE html>\n<html><head><title>\n Sign in &amp; surf\n</title><script>var a;</script></head>" + b"x" * 5000
)
IS_NO_MASTER = "this is not a Determined master"


def page(status: int, body: bytes = PAGE) -> Act:
    return answer(body, status, {"Content-Type": "text/html; charset=utf-8", "Server": "squid/5.7"})


def log_in(session: Session) -> Any:
    return authentication.login(session.master, "ada", "Secret12")


def log_in_with_token(session: Session) -> Any:
    return authentication.login_with_token(session.master, "tok")


def get_experiment(session: Session) -> Any:
    return experiments.get_experiment(session, 1)


def pause(session: Session) -> Any:
    return experiments.pause_experiment(session, 1)


def call_binding(session: Session) -> Any:
    return bindings.get_GetMe(session)


def read_logs(session: Session) -> Any:
    return list(Trial(1, session).iter_logs())


def follow_binding(session: Session) -> Any:
    return list(bindings.get_TrialLogs(session, trialId=1))


def get_info(session: Session) -> Any:
    return plain.get_info(session)


CALLS = [log_in, log_in_with_token, get_experiment, pause, call_binding, read_logs, follow_binding, get_info]

KINDS: Dict[int, Any] = {
    401: errors.UnauthenticatedException,
    403: errors.ForbiddenException,
    404: errors.NotFoundException,
}


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("status", [400, 401, 403, 404, 500, 502, 503, 511])
def test_a_page_with_an_error_is_named_and_stays_the_error_it_was(status: int, call: Any) -> None:
    with Stub(page(status)) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(KINDS.get(status, errors.APIException)) as caught:
            call(session)
    error = caught.value
    assert f'{IS_NO_MASTER}: {stub.url} (squid/5.7) answered {status} with an HTML page ("Sign in & surf")' in str(
        error
    )
    assert len(str(error)) < 400
    assert error.is_foreign
    assert (error.status_code, error.server_message) == (status, "")
    assert "administrator" not in str(error)
    assert error.response.content == PAGE
    if status == 401:
        assert isinstance(error, errors.InvalidCredentialsException) == (call in (log_in, log_in_with_token))


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize("body", [PAGE, b"\xef\xbb\xbf \r\n<html>Sign in &amp; surf</html>", b"<h1>Sign in &#38; surf"])
def test_a_page_in_place_of_an_answer_is_named(body: bytes, call: Any) -> None:
    with Stub(page(200, body)) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(errors.BadResponseException) as caught:
            call(session)
    assert f'{IS_NO_MASTER}: {stub.url} (squid/5.7) answered 200 with an HTML page ("Sign in & surf")' == str(
        caught.value
    )
    assert isinstance(caught.value, requests.exceptions.JSONDecodeError)


def test_a_page_does_not_cost_a_kept_login() -> None:
    with Stub(page(401)) as stub:
        store = TokenStore(stub.url)
        store.set_token("ada", "tok")
        with pytest.raises(errors.UnauthenticatedException, match=IS_NO_MASTER):
            authentication.login_with_cache(stub.url, "ada")
        assert store.get_token("ada") == "tok"


def test_an_xml_document_is_no_page() -> None:
    xml = answer(b'<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>', 403, {"Content-Type": "text/xml"})
    with Stub(xml) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(
            errors.ForbiddenException, match=IS_NO_MASTER + r".*403 with an XML document \(.AccessDenied"
        ):
            session.get("a")


@pytest.mark.parametrize("body", [b"", b"no", b'{"detail": "x"}', b'{"message": "<html>"}', b"[]"])
def test_what_may_be_a_masters_is_not_called_foreign(body: bytes) -> None:
    with Stub(answer(body, 404)) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(errors.NotFoundException) as caught:
            session.get("a")
    assert not caught.value.is_foreign
    assert IS_NO_MASTER not in str(caught.value)


def test_a_download_that_is_a_page_is_named(tmp_path: pathlib.Path) -> None:
    with Stub(page(200)) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        with pytest.raises(tarfile.ReadError, match=IS_NO_MASTER), plain.open_checkpoint_archive(session, "uuid"):
            pass


@pytest.mark.parametrize("call", [get_experiment, call_binding, read_logs, log_in_with_token])
def test_a_portal_that_takes_the_question_is_named(call: Any) -> None:
    with Stub(page(200)) as portal, Stub(answer(b"", 302, {"Location": portal.url + "/login?u=secret"})) as stub:
        with Session(stub.url, "ada", "tok", None, 0) as session:
            with pytest.raises(errors.BadResponseException) as caught:
                call(session)
    assert f"{IS_NO_MASTER}: {stub.url} redirects to {portal.url} (squid/5.7), which answered 200" in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("call", [log_in, pause])
def test_a_portal_that_takes_the_order_is_named(call: Any) -> None:
    with Stub(answer(b"", 302, {"Location": "http://u:s3cret@portal.example/login?to=secret"})) as stub:
        with Session(stub.url, "ada", "tok", None, 0) as session:
            with pytest.raises(errors.APIException, match=r"redirected to http://portal.example/login ") as caught:
                call(session)
    assert "not a Determined master" in str(caught.value)
    assert "secret" not in str(caught.value)
    assert "s3cret" not in str(caught.value)


def test_a_master_that_has_moved_to_https_is_named() -> None:
    with Stub(answer(b"", 301, {"Location": "https://127.0.0.1:8443/api/v1/auth/login"})) as stub:
        with Session(stub.url, "ada", "tok", None, 0) as session:
            with pytest.raises(errors.APIException, match=r"speaks https.*Use https://127.0.0.1:8443 as the address"):
                log_in(session)


# --- the other scheme ---


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make certificates")
    return make_pair(tmp_path_factory.mktemp("tls"), "here", "IP:127.0.0.1")


def test_https_to_the_embedded_master_is_told_to_be_http(master: LocalMaster) -> None:
    address = master.url.replace("http:", "https:")
    with pytest.raises(errors.UntrustedMasterException) as caught:
        client.login(master=address, user="determined", password="")
    assert f"speaks http, not https: use {master.url}" in str(caught.value)
    assert "noverify" not in str(caught.value)
    assert isinstance(caught.value, requests.exceptions.SSLError)


class Quiet(http.server.BaseHTTPRequestHandler):
    """A server that waits for the end of a line, which a greeting of TLS may not have."""

    def do_GET(self) -> None:  # noqa: N802
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


@pytest.mark.parametrize("call", [log_in, get_experiment])
def test_https_to_any_server_of_http_is_told_to_be_http(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        place = f"127.0.0.1:{server.server_port}"
        monkeypatch.setattr(_transport, "_timeout_of", lambda _: urllib3.Timeout(connect=1.0, read=1.0))
        with Session(f"https://{place}", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.MasterNotFoundException, match=f"speaks http, not https: use http://{place}"):
                call(session)
        server.shutdown()


@pytest.mark.parametrize("call", [log_in, get_experiment])
def test_http_to_a_server_of_https_is_told_to_be_https(call: Any, pair: Pair) -> None:
    with serving(pair) as stub:
        place = f"127.0.0.1:{stub.port}"
        with Session(f"http://{place}", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.ConnectionLostException, match=f"speaks https, not http: use https://{place}"):
                call(session)


@pytest.mark.parametrize(
    "text",
    [
        b"Client sent an HTTP request to an HTTPS server.\n",
        b"<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>",
        b"Bad Request\nThis combination of host and port requires TLS.\n",
    ],
)
def test_a_server_of_https_that_says_so_in_http_is_understood(text: bytes) -> None:
    with Stub(answer(text, 400, {"Content-Type": "text/plain"}, CLOSE)) as stub:
        with Session(stub.url, "ada", "tok", None, 0) as session:
            with pytest.raises(errors.APIException, match=f"speaks https, not http: use https://127.0.0.1:{stub.port}"):
                log_in(session)


# --- other services ---


class Service:
    """A service of another protocol: it may speak first, and answers what it gets, or hangs up."""

    def __init__(self, greeting: bytes, reply: Callable[[bytes], bytes]) -> None:
        self._greeting, self._reply = greeting, reply
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.place = f"127.0.0.1:{self._socket.getsockname()[1]}"
        self.heard: List[bytes] = []

    def __enter__(self) -> Service:
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join(10)

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._socket.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.sendall(self._greeting)
                    heard = connection.recv(65536)
                    self.heard.append(heard)
                    connection.sendall(self._reply(heard))
                except OSError:
                    pass


def of_redis(heard: bytes) -> bytes:
    if heard.startswith(b"PING"):
        return b"-NOAUTH Authentication required.\r\n"
    # it takes a POST for an attack, and hangs up
    return b"-ERR wrong number of arguments for 'get' command\r\n" if heard.startswith(b"GET") else b""


SERVICES: Dict[str, Tuple[bytes, Callable[[bytes], bytes], str]] = {
    "ssh": (b"SSH-2.0-OpenSSH_9.6\r\n", lambda _: b"", "SSH-2.0-OpenSSH_9.6"),
    "redis": (b"", of_redis, "NOAUTH|ERR wrong number"),
    "mysql": (b"J\x00\x00\x00\x0a8.0.36\x00", lambda _: b"", "which is not HTTP"),
    "smtp": (b"220 mail.example ESMTP\r\n", lambda _: b"", "220 mail.example ESMTP"),
    "postgres": (b"", lambda _: b"", "closes connections without an answer"),
}


@pytest.mark.parametrize("scheme", ["http", "https"])
@pytest.mark.parametrize("call", [log_in, get_experiment])
@pytest.mark.parametrize("name", list(SERVICES))
def test_another_service_is_not_taken_for_a_master(name: str, call: Any, scheme: str) -> None:
    greeting, reply, shown = SERVICES[name]
    with Service(greeting, reply) as service, Session(f"{scheme}://{service.place}", "ada", "tok", None, 0) as session:
        with pytest.raises(errors.MasterNotFoundException) as caught:
            call(session)
        told = str(caught.value)
    assert "is not a Determined master" in told
    assert service.place in told
    assert re.search(shown, told)
    assert not any(b"tok" in heard.replace(b"token", b"") for heard in service.heard[1:])


def test_another_service_is_not_asked_again(naps: List[float]) -> None:
    with Service(*SERVICES["ssh"][:2]) as service, Session(f"http://{service.place}", "ada", "tok", None) as session:
        with pytest.raises(errors.ConnectionLostException):
            session.get("a")
    assert naps == []


def test_a_master_that_breaks_off_later_is_not_suspected() -> None:
    with Stub(answer(), Act(b"", CLOSE)) as stub, Session(stub.url, "ada", "tok", None, 0) as session:
        session.get("a")
        with pytest.raises(errors.ConnectionLostException) as caught:
            session.get("a")
    assert "not a Determined master" not in str(caught.value)
    assert [request.path for request in stub.requests] == ["/a", "/a"]


# --- silence ---


ROWS = [row for row in vars(paths).values() if isinstance(row, Endpoint)]


def total(timeout: Any) -> Optional[float]:
    connect, read = timeout
    return None if read is None else connect + read


def test_what_reads_or_logs_in_waits_a_minute_at_most() -> None:
    assert total(DEFAULT_TIMEOUT) == 60
    for row in ROWS:
        is_read = row.method == GET or row.name.startswith(("Search", "Login", "Logout", "Preview"))
        if is_read and row.name not in WAITING_CALLS:
            assert timeout_of(row.name) == DEFAULT_TIMEOUT, row.name
    assert {name for name in (*LONG_CALLS, *WAITING_CALLS) if not name.startswith("Launch")} <= {r.name for r in ROWS}


def test_a_caller_has_the_last_word_on_a_timeout() -> None:
    assert timeout_of("DeleteExperiment", 5.0) == 5.0
    assert timeout_of("GetExperiment", None) is None
    assert timeout_of("DeleteExperiment") == (10.0, 180.0)
    assert timeout_of("AllocationRendezvousInfo") == (10.0, None)


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> List[Any]:
    """The time limits that were set for requests; the real ones are much shorter."""
    seen: List[Any] = []
    genuine = _transport._timeout_of

    def shortened(timeout: Any) -> Any:
        seen.append(timeout)
        return genuine((0.2, 0.2))

    monkeypatch.setattr(_transport, "_timeout_of", shortened)
    return seen


@pytest.fixture
def silent() -> Iterator[Stub]:
    with Stub(Act(b"", HANG)) as started:
        yield started


@pytest.mark.parametrize(
    "call", [log_in, log_in_with_token, get_experiment, pause, call_binding, read_logs, get_info, users.get_me]
)
def test_a_silent_master_is_given_up_after_a_minute(call: Any, silent: Stub, limits: List[Any]) -> None:
    with Session(silent.url, "ada", "tok", None) as session:
        with pytest.raises(errors.MasterTimeoutException):
            call(session)
    assert set(limits) == {(10.0, 50.0)}


@pytest.mark.parametrize("user", [None, "ada"])
def test_a_login_by_the_client_gives_a_silent_master_up(
    user: Optional[str], silent: Stub, limits: List[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_determined", None)
    with pytest.raises(errors.MasterTimeoutException):
        client.login(master=silent.url, user=user, password="pw" if user else None)
    assert set(limits) == {(10.0, 50.0)}
    assert len(silent.requests) == 1


def test_a_deletion_may_take_longer(silent: Stub, limits: List[Any]) -> None:
    with Session(silent.url, "ada", "tok", None) as session:
        for delete in (experiments.delete_experiment, experiments.delete_tensorboard_files):
            with pytest.raises(errors.MasterTimeoutException):
                delete(session, 1)
        with pytest.raises(errors.MasterTimeoutException):
            bindings.delete_DeleteExperiment(session, experimentId=1)
    assert set(limits) == {(10.0, 180.0)}


def test_followed_logs_may_be_silent_for_long(limits: List[Any]) -> None:
    with Stub(answer(b"")) as stub, Session(stub.url, "ada", "tok", None) as session:
        list(bindings.get_TrialLogs(session, trialId=1, follow=True))
        list(Trial(1, session).iter_logs(follow=False))
    assert limits == [(10.0, None), (10.0, 50.0)]


def test_an_ipv6_master_is_reached() -> None:
    class Six(http.server.ThreadingHTTPServer):
        address_family = socket.AF_INET6
        daemon_threads = True

    seen: List[Any] = []

    class Handler(Quiet):
        def do_GET(self) -> None:  # noqa: N802
            seen.append((self.path, self.headers["Host"]))
            self.send_response(204)
            self.end_headers()

    try:
        server = Six(("::1", 0), Handler)
    except OSError:
        pytest.skip("this machine has no IPv6")
    with server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        for prefix in ("", "/det/"):
            with Session(f"http://[::1]:{server.server_port}{prefix}", "ada", "tok", None, 0) as session:
                session.get("a")
        server.shutdown()
    host = f"[::1]:{server.server_port}"
    assert seen == [("/a", host), ("/det/a", host)]


def test_another_scheme_in_an_address_is_told_where_nobody_is_found() -> None:
    with Session("ftp://master.example", "ada", "tok", None, 0) as session:
        with pytest.raises(errors.CannotConnectException, match="begins with http:// or https://, not with ftp://"):
            session.get("a")


# --- certificates of this network ---


@pytest.mark.parametrize("variable", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_a_certificate_of_this_network_is_trusted_where_nothing_was_chosen(
    variable: str, pair: Pair, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where = pair.cert
    if variable == "SSL_CERT_DIR":
        import subprocess

        digest = subprocess.run(
            ["openssl", "x509", "-hash", "-noout", "-in", str(pair.cert)], check=True, capture_output=True, text=True
        ).stdout.strip()
        shutil.copy(pair.cert, tmp_path / f"{digest}.0")
        where = tmp_path
    with serving(pair) as stub:
        monkeypatch.setenv(variable, str(tmp_path / "nothing"))
        with Session(stub.url, "ada", "tok", Cert(), 0) as session:
            with pytest.raises(errors.UntrustedMasterException, match="REQUESTS_CA_BUNDLE or SSL_CERT_FILE"):
                session.get("a")
        monkeypatch.setenv(variable, str(where))
        with Session(stub.url, "ada", "tok", Cert(), 0) as session:
            assert session.get("a").status_code == 200


def test_a_certificate_of_this_network_does_not_widen_what_was_chosen(
    pair: Pair, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make_pair(tmp_path, "other", "IP:127.0.0.1")
    monkeypatch.setenv("SSL_CERT_FILE", str(pair.cert))
    with serving(pair) as stub, Session(stub.url, "ada", "tok", Cert(other.cert.read_text()), 0) as session:
        with pytest.raises(errors.UntrustedMasterException):
            session.get("a")


def test_the_advice_fits_what_is_wrong_with_a_certificate(pair: Pair, tmp_path: pathlib.Path) -> None:
    named = make_pair(tmp_path, "named", "DNS:master.example")
    with serving(named) as stub, Session(stub.url, "ada", "tok", Cert(named.cert.read_text()), 0) as session:
        with pytest.raises(errors.UntrustedMasterException, match="DET_MASTER_CERT_NAME"):
            session.get("a")
    with serving(pair) as stub, Session(stub.url, "ada", "tok", Cert(), 0) as session:
        with pytest.raises(
            errors.UntrustedMasterException, match=r"DET_MASTER_CERT_FILE;.*DET_MASTER_CERT_FILE=noverify"
        ):
            session.get("a")
