"""Proxies of the environment: what goes through them, what never does, and how errors speak of them."""

from __future__ import annotations

import logging
import pathlib
import pickle
import shutil
import socket
import ssl
import traceback
from typing import Any, Dict, Iterator, List

import pytest
import requests

from determined.common._hosts import LOOPBACK, except_from_proxies, is_loopback
from determined.common.api import Session, authentication, bindings, errors
from determined.common.api._proxies import proxies_for
from determined.common.api.certs import Cert
from determined.common.api.endpoints import experiments

from .proxy import Proxy
from .stub import Stub, answer
from .test_tls import make_pair

NAMES = [name + "_proxy" for name in ("http", "https", "all", "no")]
AWAY = "http://127.0.0.1:9"


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def stub() -> Iterator[Stub]:
    with Stub(answer({"user": {"username": "ada"}, "token": "t"})) as started:
        yield started


def place_of(stub: Stub) -> Dict[str, Any]:
    return {"master.example": ("127.0.0.1", stub.port)}


@pytest.mark.parametrize(
    "host",
    ["localhost", "LOCALHOST.", "a.localhost", "ip6-localhost", "127.0.0.1", "127.8.9.10", "127.1", "0x7f000001",
     "2130706433", "0.0.0.0", "::1", "[::1]", "::", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::1%lo"],
)  # fmt: skip
def test_these_hosts_are_this_machine(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize(
    "host",
    ["", "localhost.example", "notlocalhost", "128.0.0.1", "10.0.0.1", "1.127.0.0", "::2", "::127.0.0.1",
     "::ffff:10.0.0.1", "fe80::1%eth0", "127.0.0.1.example", "münchen.example", "x" * 300],
)  # fmt: skip
def test_these_hosts_are_others(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("name", ["http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_this_machine_is_reached_directly(name: str, host: str, stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv(name, proxy.url)
        with Session(f"http://{host}:{stub.port}", "ada", "secret-token", None, 0) as session:
            session.get("a")
            session.post("b", json={})
    assert [request.path for request in stub.requests] == ["/a", "/b"]
    assert proxy.asked == []


def test_an_ipv6_loopback_is_reached_directly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", AWAY)
    assert proxies_for("http://[::1]:8080") == {}
    assert proxies_for("http://[::2]:8080")["http"] == AWAY


def test_a_redirect_to_this_machine_is_followed_directly(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Stub(answer(b"", 302, {"Location": stub.url + "/there"})) as first, Proxy(place_of(first)) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with Session("http://master.example", "ada", "tok", None, 0) as session:
            session.get("a")
    assert [request.path for request in stub.requests] == ["/there"]
    assert [asked.target for asked in proxy.asked] == ["http://master.example:80/a"]


def test_others_are_reached_through_the_proxy_with_its_password(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(place_of(stub), login="ada:s3:cret/?") as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("://", "://ada:s3%3Acret%2F%3F@"))
        with Session("http://master.example:8080", "ada", "tok", None, 0) as session:
            session.get("a", params={"x": 1})
            session.post("b", json={"y": 2})
    assert [asked.target for asked in proxy.asked] == [
        "http://master.example:8080/a?x=1",
        "http://master.example:8080/b",
    ]
    assert [(r.path, r.headers["host"]) for r in stub.requests] == [
        ("/a", "master.example:8080"),
        ("/b", "master.example:8080"),
    ]


def test_tls_goes_through_a_tunnel_and_the_proxy_sees_no_token(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is needed to make certificates")
    pair = make_pair(tmp_path, "master.example", "DNS:master.example")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.cert, pair.key)
    with Stub(tls=context) as stub, Proxy(place_of(stub), login="ada:pw") as proxy:
        monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("://", "://ada:pw@"))
        cert = Cert(pair.cert.read_text())
        with Session("https://master.example:8443", "ada", "tok", cert, 0) as session:
            session.get("a")
            session.get("b")
    assert [(asked.method, asked.target) for asked in proxy.asked] == [("CONNECT", "master.example:8443")]
    assert "authorization" not in proxy.asked[0].headers
    assert [request.headers["authorization"] for request in stub.requests] == ["Bearer tok"] * 2


@pytest.mark.parametrize(
    ("excepted", "url", "is_direct"),
    [
        ("*", "http://master.example", True),
        ("master.example", "http://master.example:8080", True),
        (".example", "http://master.example:8080", True),
        ("example", "http://master.example:8080", True),
        (" other.example , master.example ", "http://master.example", True),
        ("master.example:8080", "http://master.example:8080", True),
        ("master.example:9090", "http://master.example:8080", False),
        ("other.example", "http://master.example", False),
        ("10.0.0.0/8", "http://10.1.2.3:8080", True),
        ("10.0.0.0/8", "http://11.1.2.3:8080", False),
        ("10.1.2.3", "http://10.1.2.3:8080", True),
        ("fd00::/8", "http://[fd00::7]:8080", True),
        ("[fd00::7]", "http://[fd00::7]:8080", True),
        ("fd00::/8", "http://[fe00::7]:8080", False),
        ("nonsense/x", "http://[fe00::7]:8080", False),
    ],
)
@pytest.mark.parametrize("name", ["no_proxy", "NO_PROXY"])
def test_exceptions_are_those_of_other_programs(
    name: str, excepted: str, url: str, is_direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", AWAY)
    monkeypatch.setenv(name, excepted)
    assert (proxies_for(url) == {}) == is_direct


def everything_of(error: BaseException) -> str:
    texts: List[str] = traceback.format_exception(type(error), error, error.__traceback__)
    while error is not None:
        texts += [str(error), repr(error), repr(error.args), repr(pickle.dumps(error))]
        error = error.__context__  # type: ignore[assignment]
    return "\n".join(texts)


@pytest.mark.parametrize(
    ("name", "proxy", "url", "says"),
    [
        ("http_proxy", "http://ada:s3cret@127.0.0.1:9", "http://m.example", r"in http_proxy \(http://127.0.0.1:9\)"),
        ("HTTP_PROXY", "ada:s3cret@127.0.0.1:9", "http://m.example", r"in HTTP_PROXY \(127.0.0.1:9\)"),
        ("all_proxy", "http://ada:s3cret@127.0.0.1:9", "https://m.example", "in all_proxy"),
        ("https_proxy", "http://ada:s3cret@127.0.0.1:9", "https://m.example", "in https_proxy"),
        ("http_proxy", "foo://ada:s3cret@host", "http://m.example", "in http_proxy.*not the address"),
        ("http_proxy", "http://ada:s3cret@", "http://m.example", "in http_proxy.*no host"),
        ("http_proxy", "http://ada:s3cret@host:port", "http://m.example", "in http_proxy.*not the address"),
        ("http_proxy", "http://ada:s3cret@[::1", "http://m.example", "in http_proxy.*not the address"),
        ("http_proxy", "http://ada:[s3cret@ho st", "http://m.example", "in http_proxy"),
        ("all_proxy", "socks5h://ada:s3cret@127.0.0.1:9", "http://m.example", "in all_proxy"),
    ],
)
def test_a_proxy_that_fails_is_named_without_its_password(
    name: str, proxy: str, url: str, says: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv(name, proxy)
    with Session(url, "ada", "tok", None, 0) as session:
        with pytest.raises(errors.BadRequestException, match=says) as caught:
            session.get("a")
        told = everything_of(caught.value) + repr(session) + repr(pickle.dumps(session)) + caplog.text
    assert "s3cret" not in told


def log_in(url: str) -> Any:
    return authentication.login(url, "ada", "Secret12")


def get_experiment(url: str) -> Any:
    with Session(url, "ada", "tok", None, 0) as session:
        return experiments.get_experiment(session, 1)


def call_binding(url: str) -> Any:
    with Session(url, "ada", "tok", None, 0) as session:
        return bindings.get_GetMe(session)


def read_logs(url: str) -> Any:
    with Session(url, "ada", "tok", None, 0) as session:
        return list(bindings.get_TrialLogs(session, trialId=1))


CALLS = [log_in, get_experiment, call_binding, read_logs]


@pytest.mark.parametrize("call", CALLS)
def test_a_page_of_the_proxy_is_no_answer_of_a_master(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("http_proxy", proxy.url.replace("://", "://u:s3cret@"))
        with pytest.raises(errors.APIException) as caught:
            call("http://master.example:8080")
    told = str(caught.value)
    assert "this is not a Determined master" in told
    assert f"a proxy is set in http_proxy (http://127.0.0.1:{proxy.port})" in told
    assert "503 with an HTML page" in told
    assert "could not be retrieved" in told
    assert "s3cret" not in told
    assert len(told) < 600
    assert caught.value.status_code == 503
    assert caught.value.server_message == ""


def test_a_text_of_the_proxy_is_no_answer_of_a_master(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    with Stub(answer(b"Blocked by policy 7", 403, {"Content-Type": "text/plain"})) as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        with pytest.raises(errors.ForbiddenException) as caught:
            get_experiment("http://master.example:8080")
        proxy.perform(answer({"message": "not so"}, 403))
        with pytest.raises(errors.ForbiddenException) as refused:
            get_experiment("http://master.example:8080")
    assert "not a Determined master" in str(caught.value)
    assert '403 with a text ("Blocked by policy 7"); a proxy is set in http_proxy' in str(caught.value)
    assert refused.value.server_message == "not so"
    assert not refused.value.is_foreign


@pytest.mark.parametrize("call", CALLS)
def test_a_proxy_that_wants_a_password_says_so(call: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy(login="ada:pw") as proxy:
        monkeypatch.setenv("http_proxy", proxy.url)
        monkeypatch.setenv("https_proxy", proxy.url)
        with pytest.raises(errors.APIException, match=r"proxy asks for a user.*in http_proxy") as caught:
            call("http://master.example:8080")
        assert caught.value.status_code == 407
        with pytest.raises(errors.CannotConnectException, match="407.*in https_proxy"):
            call("https://master.example:8443")


def test_a_mock_of_the_http_library_sees_no_proxy_for_this_machine(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    sent: List[Any] = []
    genuine = requests.Session.send

    def send(self: requests.Session, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        sent.append(options.get("proxies"))
        return genuine(self, request, **options)

    monkeypatch.setenv("http_proxy", AWAY)
    monkeypatch.setattr(requests.Session, "send", send)
    with Session(stub.url, "ada", "tok", None, 0) as session:
        session.get("a")
    assert [dict(proxies) for proxies in sent] == [{}]


@pytest.mark.parametrize("name", ["http_proxy", "HTTPS_PROXY", "all_proxy", "ftp_proxy"])
def test_an_environment_with_a_proxy_excepts_the_master(name: str) -> None:
    environment = {name: AWAY, "NO_PROXY": "corp.example, 10.0.0.1"}
    except_from_proxies(environment, ("10.0.0.1", *LOOPBACK))
    expected = "corp.example,10.0.0.1,localhost,127.0.0.1,::1"
    assert (environment["no_proxy"], environment["NO_PROXY"]) == (expected, expected)


@pytest.mark.parametrize(
    "environment", [{}, {"http_proxy": ""}, {"no_proxy": "x"}, {"all_proxy": "x", "no_proxy": "*"}]
)
def test_an_environment_that_needs_no_exception_stays_as_it_is(environment: Dict[str, str]) -> None:
    before = dict(environment)
    except_from_proxies(environment, LOOPBACK)
    assert environment == before


def test_a_proxy_that_speaks_no_tls_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    with Proxy() as proxy:
        monkeypatch.setenv("https_proxy", proxy.url.replace("http", "https"))
        with Session("https://master.example", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.MasterNotFoundException, match="in https_proxy"):
                session.get("a")


def test_an_address_that_nobody_knows_is_told() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        with Session(f"http://127.0.0.1:{unused.getsockname()[1]}", "ada", "tok", None, 0) as session:
            with pytest.raises(errors.CannotConnectException) as caught:
                session.get("a")
    assert "proxy" not in str(caught.value)
