"""What a browser sends for pages of others is refused; what programs send is not."""

from __future__ import annotations

import json
import pathlib
from typing import Dict, Iterator, Mapping

import pytest

from determined.master import LocalMaster
from determined.master.request_guard import RequestGuard
from determined.master.settings import Settings

from .raw import Answer, ask

LOGIN = "/api/v1/auth/login"
NOBODY = json.dumps({"username": "determined", "password": ""}).encode()


@pytest.fixture(scope="module")
def master(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    """A master as open as one can be: without passwords."""
    with LocalMaster(tmp_path_factory.mktemp("master"), slots=0, initial_password="") as started:
        yield started


def log_in(master: LocalMaster, headers: Mapping[str, str], path: str = LOGIN) -> Answer:
    return ask(master.url, "POST", path, NOBODY, headers)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Content-Type": "application/json"},
        # the log shipper of released clients says so of its JSON
        {"Content-Type": "application/x-www-form-urlencoded"},
        {"Content-Type": "text/plain"},
        {"Host": "localhost"},
        {"Host": "localhost:1"},
        {"Host": "LOCALHOST."},
        {"Host": "127.8.9.1:80"},
        {"Host": "[::1]:8080"},
    ],
)
def test_programs_log_in_however_they_call_json_and_this_machine(master: LocalMaster, headers: Dict[str, str]) -> None:
    assert log_in(master, headers).status == 200


@pytest.mark.parametrize(
    "host", ["evil.test", "evil.test:8080", "localhost.evil.test", "10.0.0.1", "[::2]", "a@localhost", ""]
)
@pytest.mark.parametrize("path", [LOGIN, "/login", "/info", "/api/v1/master", "/first-login/x"])
def test_a_name_that_a_page_leads_here_is_refused_whatever_is_asked(master: LocalMaster, host: str, path: str) -> None:
    method = "POST" if path.endswith("login") else "GET"
    answer = ask(master.url, method, path, NOBODY if method == "POST" else None, {"Host": host})
    assert answer.status == 403
    assert b"token" not in answer.body
    assert "--allowed-host" in answer.text()


def test_a_page_of_a_name_that_leads_here_counts_as_no_page_of_ours(master: LocalMaster) -> None:
    rebound = {"Host": "evil.test:80", "Origin": "http://evil.test", "Content-Type": "text/plain"}
    assert log_in(master, rebound).status == 403


@pytest.mark.parametrize("path", [LOGIN, "/login", "/task-logs", "/api/v1/commands"])
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://evil.test"},
        {"Origin": "http://localhost:1"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Origin": "https://127.0.0.1"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "no-cors"},
    ],
)
def test_pages_of_others_change_nothing(master: LocalMaster, path: str, headers: Dict[str, str]) -> None:
    answer = log_in(master, headers, path)
    assert (answer.status, "set-cookie" in answer.headers) == (403, False)


def test_two_origins_or_two_hosts_are_none(master: LocalMaster) -> None:
    own = f"Origin: {master.url}\r\nOrigin: http://evil.test"
    assert log_in(master, {"X": f"y\r\n{own}"}).status == 403
    assert ask(master.url, "GET", "/info", None, {"X": "y\r\nHost: localhost"}).status in (400, 403)


@pytest.mark.parametrize("kind", ["text/plain", "TEXT/PLAIN; charset=utf-8", "multipart/form-data; boundary=x"])
@pytest.mark.parametrize("browser", ["Origin", "Sec-Fetch-Site", "Cookie"])
def test_forms_are_refused_even_from_a_page_of_the_master(master: LocalMaster, kind: str, browser: str) -> None:
    value = {"Origin": master.url, "Sec-Fetch-Site": "same-origin", "Cookie": "auth=x"}[browser]
    assert log_in(master, {"Content-Type": kind, browser: value}).status == 403
    encoded = log_in(master, {"Content-Type": "application/x-www-form-urlencoded", browser: value})
    # programs keep cookies, too, and call JSON so
    assert encoded.status == (200 if browser == "Cookie" else 403)
    assert log_in(master, {"Content-Type": "application/json", browser: value}).status == 200


def test_a_page_of_others_reads_nothing_but_a_link_may_be_followed(master: LocalMaster) -> None:
    def read(**headers: str) -> int:
        return ask(master.url, "GET", "/info", None, {k.replace("_", "-"): v for k, v in headers.items()}).status

    assert read(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="no-cors") == 403
    assert read(Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors") == 403
    assert read(Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate") == 200
    assert read(Sec_Fetch_Site="same-origin", Sec_Fetch_Mode="cors") == 200
    assert read(Sec_Fetch_Site="none", Sec_Fetch_Mode="navigate") == 200


def test_no_page_of_others_is_allowed_anything_beforehand(master: LocalMaster) -> None:
    asked = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST", "Sec-Fetch-Site": "cross-site"}
    answer = ask(master.url, "OPTIONS", LOGIN, None, asked)
    assert answer.status >= 400
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_a_web_socket_of_another_page_is_refused_as_what_changes_something(master: LocalMaster) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "eA==",
    }
    for path in ("/", "/agents", "/api/v1/master"):
        answer = ask(
            master.url, "GET", path, None, {**upgrade, "Connection": "close, Upgrade", "Origin": "http://evil.test"}
        )
        assert answer.status == 403


def test_the_cookie_is_kept_from_scripts_and_from_other_sites(master: LocalMaster) -> None:
    cookie = log_in(master, {}).headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Strict" in cookie
    legacy = log_in(master, {}, "/login?cookie=true").headers["set-cookie"]
    assert "HttpOnly" in legacy
    assert "SameSite=Strict" in legacy


def scope(host: str, **headers: str) -> Dict[str, object]:
    sent = {"host": host, **{name.replace("_", "-"): value for name, value in headers.items()}}
    return {"type": "http", "method": "POST", "headers": [(k.encode(), v.encode()) for k, v in sent.items()]}


def test_a_configured_name_is_one_of_the_masters_own() -> None:
    guard = RequestGuard(Settings(pathlib.Path("/x"), allowed_hosts=("gpu.example", "other.example:81")))
    assert guard.fault(scope("gpu.example")) is None
    assert guard.fault(scope("GPU.example:8080")) is None
    assert guard.fault(scope("other.example:81")) is None
    assert guard.fault(scope("other.example:82")) is not None
    assert guard.fault(scope("gpu.example", origin="https://gpu.example")) is None
    assert guard.fault(scope("gpu.example", origin="https://other.example")) is not None


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.1.2.3"])
def test_a_master_that_others_reach_is_called_by_addresses_but_by_no_strange_name(host: str) -> None:
    guard = RequestGuard(Settings(pathlib.Path("/x"), host=host))
    assert guard.fault(scope("10.1.2.3:8080")) is None
    assert guard.fault(scope("[fd00::1]:8080")) is None
    assert guard.fault(scope("localhost:8080")) is None
    assert guard.fault(scope("evil.test:8080")) is not None


def test_the_command_line_and_the_settings_file_name_hosts(tmp_path: pathlib.Path) -> None:
    from determined.master.__main__ import parse_arguments

    (tmp_path / "m.yaml").write_text("allowed_hosts: [a.example]\n")
    settings = parse_arguments(["--config", str(tmp_path / "m.yaml"), "--allowed-host", "b.example"])
    assert settings.allowed_hosts == ("a.example", "b.example")
