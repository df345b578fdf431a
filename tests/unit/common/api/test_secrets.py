"""No password and no token is written anywhere, however a login goes, and however a call fails."""

from __future__ import annotations

import io
import logging
import pathlib
import socket
import sys
import traceback
from typing import Any, Callable, Dict, Iterator, List, Optional, Set

import pytest

from determined.common.api import Session, authentication, certs, errors
from determined.common.api._session import AllocationSession
from determined.common.api._token_store import TokenStore
from determined.common.api.endpoints import users
from determined.common.experimental.determined import Determined
from determined.common.experimental.user import User
from determined.experimental import client

from ..experimental.stub_master import Answer, StubMaster, stream_of

PASSWORD, TOKEN = "Hunter2-Secret", "v2.public.HUNTER2TOKEN"
SECRETS = (PASSWORD, TOKEN, authentication.salt_and_hash(PASSWORD))
REFUSED = Answer(401, {"error": {"code": 16, "reason": "Unauthenticated", "error": "invalid credentials"}})
LOGIN, ME = ("POST", "/api/v1/auth/login"), ("GET", "/api/v1/me")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def everything_of(error: Optional[BaseException], seen: Optional[Set[int]] = None) -> str:
    """All that an error says, and those behind it, hidden or not."""
    seen = seen if seen is not None else set()
    if error is None or id(error) in seen:
        return ""
    seen.add(id(error))
    own = "".join(traceback.format_exception(type(error), error, error.__traceback__))
    own += f"{error}{error!r}{error.args!r}{vars(error)!r}"
    return own + everything_of(error.__cause__, seen) + everything_of(error.__context__, seen)


@pytest.fixture
def stub() -> Iterator[StubMaster]:
    started = StubMaster()
    started.on(*LOGIN, {"token": TOKEN, "user": {"username": "ada"}})
    started.on("POST", "/api/v1/auth/logout", {})
    started.on(*ME, {"user": {"id": 2, "username": "ada"}})
    yield started
    started.close()


@pytest.fixture
def spoken(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything that any logger has said since the test began, and what was printed."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        caplog.set_level(logging.DEBUG, logger=name)

    def collect() -> str:
        printed = capfd.readouterr()
        return "".join(f"{r.getMessage()}{r.args!r}{r.exc_text}" for r in caplog.records) + printed.out + printed.err

    return collect


def hold_no_secret(text: str) -> None:
    for secret in SECRETS:
        assert secret not in text


def use_environment(monkeypatch: pytest.MonkeyPatch, url: str, **values: str) -> None:
    for name, value in {"DET_MASTER": url, **values}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(client, "_determined", None)


def by_password(url: str, patch: pytest.MonkeyPatch) -> Any:
    return authentication.login(url, "ada", PASSWORD)


def by_password_and_cache(url: str, patch: pytest.MonkeyPatch) -> Any:
    return authentication.login_with_cache(url, "ada", PASSWORD)


def by_cache(url: str, patch: pytest.MonkeyPatch) -> Any:
    TokenStore(url).set_token("ada", TOKEN)
    return authentication.login_with_cache(url, "ada")


def by_environment(url: str, patch: pytest.MonkeyPatch) -> Any:
    use_environment(patch, url, DET_USER="ada", DET_PASS=PASSWORD)
    return Determined()


def by_token(url: str, patch: pytest.MonkeyPatch) -> Any:
    return Determined(url, token=TOKEN)


def by_token_of_the_environment(url: str, patch: pytest.MonkeyPatch) -> Any:
    use_environment(patch, url, DET_USER_TOKEN=TOKEN)
    return Determined()


def by_token_and_user_of_the_environment(url: str, patch: pytest.MonkeyPatch) -> Any:
    use_environment(patch, url, DET_USER_TOKEN=TOKEN, DET_USER="ada")
    found = Determined()
    found.whoami()
    return found


def by_prompt(url: str, patch: pytest.MonkeyPatch) -> Any:
    patch.setattr(sys, "stdin", Terminal())
    patch.setattr("getpass.getpass", lambda prompt: PASSWORD)
    return authentication.login_with_cache(url, "ada")


def by_client(url: str, patch: pytest.MonkeyPatch) -> Any:
    use_environment(patch, url)
    client.login(user="ada", password=PASSWORD)
    client.whoami()
    return client._get_singleton()


def by_task(url: str, patch: pytest.MonkeyPatch) -> Any:
    use_environment(patch, url, DET_SESSION_TOKEN=TOKEN, DET_USER="ada")
    session = authentication.login_from_task(retry=0)
    session.get("api/v1/me")
    return session


WAYS = [
    by_password,
    by_password_and_cache,
    by_cache,
    by_environment,
    by_token,
    by_token_of_the_environment,
    by_token_and_user_of_the_environment,
    by_prompt,
    by_client,
    by_task,
]


@pytest.mark.parametrize("way", WAYS)
def test_a_login_that_holds_tells_no_secret(
    stub: StubMaster, spoken: Callable[[], str], monkeypatch: pytest.MonkeyPatch, way: Any
) -> None:
    made = way(stub.url, monkeypatch)
    session = made if isinstance(made, Session) else made._session
    assert TOKEN in (session.token, str(stub.requests[-1].headers))
    hold_no_secret(f"{made!r}{made}{session!r}{session}{session.__dict__.keys()}{stub.url}")
    session.close()
    text = spoken()
    assert "/api/v1/" in text, "the HTTP library does tell of its requests"
    hold_no_secret(text)


def away(stub: StubMaster) -> str:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{unused.getsockname()[1]}"


def refusing(stub: StubMaster) -> str:
    for call in (LOGIN, ME):
        stub.on(*call, REFUSED)
    return stub.url


def cutting(stub: StubMaster) -> str:
    for call in (LOGIN, ME):
        stub.on(*call, Answer(200, {"token": TOKEN}, cut=3))
    return stub.url


def talking_nonsense(stub: StubMaster) -> str:
    for call in (LOGIN, ME):
        stub.on(*call, Answer(200, b"<html>"))
    return stub.url


def breaking_off(stub: StubMaster) -> str:
    for call in (LOGIN, ME):
        stub.on(*call, Answer(200, f'{{"token": "{TOKEN}", "us'.encode()))
    return stub.url


def answering_too_little(stub: StubMaster) -> str:
    for call in (LOGIN, ME):
        stub.on(*call, {})
    return stub.url


@pytest.mark.parametrize(
    "fault", [away, refusing, cutting, talking_nonsense, breaking_off, answering_too_little], ids=lambda f: f.__name__
)
@pytest.mark.parametrize("way", WAYS)
def test_a_login_that_fails_tells_no_secret(
    stub: StubMaster,
    spoken: Callable[[], str],
    monkeypatch: pytest.MonkeyPatch,
    naps: List[float],
    way: Any,
    fault: Any,
) -> None:
    url = fault(stub)

    def log_in_and_ask() -> None:
        made = way(url, monkeypatch)
        users.get_me(made if isinstance(made, Session) else made._session)

    with pytest.raises((errors.BadRequestException, errors.BadResponseException)) as caught:
        log_in_and_ask()
    hold_no_secret(everything_of(caught.value) + spoken())


def use(session: Session) -> Dict[str, Callable[[], Any]]:
    def read_stream() -> Any:
        return list(Determined._from_session(session).iter_trials_metrics([1], "training"))

    return {
        "a new user": lambda: Determined._from_session(session).create_user("bob", False, PASSWORD),
        "a new password": lambda: User(2, session).change_password(PASSWORD),
        "a refusal": lambda: session.get("api/v1/refused"),
        "another place": lambda: session.get("api/v1/moved"),
        "a stream": read_stream,
    }


@pytest.mark.parametrize("name", ["a new user", "a new password", "a refusal", "another place", "a stream"])
def test_a_call_that_fails_tells_no_secret(stub: StubMaster, spoken: Callable[[], str], name: str) -> None:
    bad = Answer(400, {"error": {"code": 3, "reason": "Invalid", "error": "no"}})
    for call in (("POST", "/api/v1/users"), ("PATCH", "/api/v1/users/2"), ("GET", "/api/v1/refused")):
        stub.on(*call, bad)
    stub.on("GET", "/api/v1/moved", Answer(302, b"", {"Location": "http://elsewhere/"}))
    begun = stream_of({"metrics": []})
    stub.on("GET", "/api/v1/trials/metrics/trial_metrics", Answer(body=begun.body, cut=9))
    with Session(stub.url, "ada", TOKEN, max_retries=0) as session:
        with pytest.raises(errors.BadRequestException) as caught:
            use(session)[name]()
    hold_no_secret(everything_of(caught.value) + spoken())


@pytest.mark.parametrize("variable", ["DET_MASTER", "DET_MASTER_ADDR"])
@pytest.mark.parametrize("ending", ["@127.0.0.1:1", "@127.0.0.1:port", "/@x", "#@x", "@[::1"])
def test_a_password_in_the_masters_address_is_not_told(
    monkeypatch: pytest.MonkeyPatch, spoken: Callable[[], str], variable: str, ending: str
) -> None:
    monkeypatch.setattr(client, "_determined", None)
    monkeypatch.setenv(variable, f"http://ada:{PASSWORD}{ending}")
    with pytest.raises(ValueError, match="address") as caught:
        client.whoami()
    hold_no_secret(everything_of(caught.value) + spoken())


def test_a_password_in_a_proxys_address_is_not_told(
    monkeypatch: pytest.MonkeyPatch, spoken: Callable[[], str], stub: StubMaster
) -> None:
    for name in ("no_proxy", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", away(stub).replace("://", f"://ada:{PASSWORD}@"))
    with Session("http://master.invalid", "ada", TOKEN, None, 0) as session:
        with pytest.raises(errors.CannotConnectException) as caught:
            session.get("a")
        hold_no_secret(everything_of(caught.value) + spoken() + repr(session))


@pytest.mark.parametrize("kind", [Session, AllocationSession])
@pytest.mark.parametrize("token", [f"{TOKEN}\r\nX: y", f"{TOKEN}\n", f"{TOKEN}ü"])
def test_a_token_that_cannot_be_sent_is_refused_and_not_told(kind: Any, token: str) -> None:
    with pytest.raises(ValueError, match="no token has") as caught:
        kind("http://master", "ada", token)
    hold_no_secret(everything_of(caught.value))


def test_an_unreadable_file_of_logins_is_not_told(
    stub: StubMaster, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, spoken: Callable[[], str]
) -> None:
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path))
    (tmp_path / "auth.json").write_text(f'{{"version": 2, "masters": "{TOKEN}"')
    with pytest.raises(errors.CorruptTokenCacheException) as caught:
        authentication.login_with_cache(stub.url, "ada")
    hold_no_secret(everything_of(caught.value) + spoken())


def test_how_a_master_is_trusted_is_no_secret_but_a_session_shows_neither() -> None:
    cert = certs.Cert(noverify=True)
    with Session("https://master", "ada", TOKEN, cert) as session:
        assert repr(session) == "<Session with https://master:443 as ada>"


def test_the_watch_on_secrets_sees_what_is_hidden() -> None:
    try:
        try:
            raise ValueError(PASSWORD)
        except ValueError:
            raise KeyError("nothing") from None
    except KeyError as error:
        text = everything_of(error)
    with pytest.raises(AssertionError):
        hold_no_secret(text)
