"""Who a session speaks as, and with which token: logins against a master of prepared users."""

from __future__ import annotations

import io
import pathlib
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from determined.common.api import TaskSession, authentication, errors
from determined.common.api._token_store import TokenStore

from .... import recorded
from ..experimental.stub_master import Answer, Request, StubMaster

LOGIN, LOGOUT, ME = "/api/v1/auth/login", "/api/v1/auth/logout", "/api/v1/me"
PASSWORDS = {"determined": "", "ada": "Secret12", "eve": "", "bob": "Secret12"}
VALID = {"valid-ada": "ada", "valid-bob": "bob", "valid-determined": "determined", "env-ada": "ada"}
NO_USER = Answer(401, {"error": {"code": 16, "reason": "Unauthenticated", "error": "invalid credentials"}})


class Users(StubMaster):
    """A master that knows some users; `asked` lists its logins and the tokens it was shown, in order."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: List[Tuple[str, str]] = []
        self.passwords = dict(PASSWORDS)
        self.on("POST", LOGIN, self._log_in)
        self.on("POST", LOGOUT, self._log_out)
        self.on("GET", ME, self._tell)

    def _log_in(self, request: Request) -> Any:
        user = request.body["username"]
        self.asked.append(("login", user))
        password = self.passwords.get(user)
        right = password is not None and request.body["password"] == authentication.salt_and_hash(password)
        assert request.body["isHashed"] is True
        assert "Authorization" not in request.headers
        return {"token": f"new-{user}", "user": {"username": user}} if right else NO_USER

    def _log_out(self, request: Request) -> Any:
        self.asked.append(("logout", _token(request)))
        return {} if _token(request) in VALID else NO_USER

    def _tell(self, request: Request) -> Any:
        self.asked.append(("me", _token(request)))
        user = VALID.get(_token(request))
        return NO_USER if user is None else {"user": {"username": user}}


def _token(request: Request) -> str:
    return request.headers["Authorization"][len("Bearer ") :]


@pytest.fixture
def users() -> Iterator[Users]:
    started = Users()
    yield started
    started.close()


@pytest.fixture(autouse=True)
def no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO())


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def log_in(users: Users, user: Optional[str] = None, password: Optional[str] = None) -> Tuple[str, str]:
    with authentication.login_with_cache(users.url, user, password) as session:
        return session.username, session.token


def cache(users: Users, tokens: Dict[str, str], active: Optional[str] = None) -> TokenStore:
    store = TokenStore(users.url)
    for user, token in tokens.items():
        store.set_token(user, token)
    if active is not None and active not in tokens:
        store.set_token(active, "expired")
        store.set_active(active)
        store.drop_token(active)  # as happens to a token that does not hold any more
    elif active is not None:
        store.set_active(active)
    return store


def test_nobody_is_the_user_determined_without_a_password(users: Users) -> None:
    assert log_in(users) == ("determined", "new-determined")
    assert users.asked == [("login", "determined")]
    assert TokenStore(users.url).get_token("determined") == "new-determined"
    assert TokenStore(users.url).get_active_user() is None


def test_the_fallback_that_is_refused_asks_for_a_login(users: Users) -> None:
    users.passwords["determined"] = "Secret12"
    with pytest.raises(errors.UnauthenticatedException, match="nobody is logged in") as raised:
        log_in(users)
    assert "det user login" in str(raised.value)


@pytest.mark.parametrize("spelled", ["/", "", "//"])
def test_a_token_of_the_cache_is_checked_and_used_however_the_address_is_spelled(users: Users, spelled: str) -> None:
    cache(users, {"ada": "valid-ada"}, active="ada")
    with authentication.login_with_cache(users.url + spelled) as session:
        assert session.token == "valid-ada"
    assert users.asked == [("me", "valid-ada")]


def test_a_token_that_does_not_hold_is_removed_and_its_user_stays_active(users: Users) -> None:
    store = cache(users, {"eve": "old"}, active="eve")
    with pytest.raises(errors.UnauthenticatedException):
        log_in(users)
    assert users.asked == [("me", "old")]
    assert store.get_token("eve") is None
    assert store.get_active_user() == "eve"


# requested user, password, DET_USER, DET_PASS, DET_USER_TOKEN, cache, active -> what the master is asked; who and how
@pytest.mark.parametrize(
    ("given", "environment", "tokens", "active", "asked", "result"),
    [
        (("ada", "Secret12"), {}, {}, None, [("login", "ada")], ("ada", "new-ada")),
        (("ada", "Secret12"), {}, {"ada": "valid-ada"}, None, [("login", "ada")], ("ada", "new-ada")),
        (("ada", None), {}, {"ada": "valid-ada"}, "bob", [("me", "valid-ada")], ("ada", "valid-ada")),
        (("ada", None), {"DET_USER": "bob", "DET_PASS": "Secret12"}, {"ada": "valid-ada"}, None,
         [("me", "valid-ada")], ("ada", "valid-ada")),
        ((None, None), {"DET_USER": "ada", "DET_PASS": "Secret12"}, {}, None, [("login", "ada")], ("ada", "new-ada")),
        ((None, None), {"DET_USER": "ada", "DET_PASS": "Secret12"}, {"bob": "valid-bob"}, "bob",
         [("login", "ada")], ("ada", "new-ada")),
        ((None, None), {"DET_USER": "ada", "DET_PASS": "Secret12"}, {"ada": "valid-ada"}, None,
         [("me", "valid-ada")], ("ada", "valid-ada")),
        ((None, None), {"DET_USER": "ada", "DET_PASS": "Secret12"}, {"ada": "old"}, None,
         [("me", "old"), ("login", "ada")], ("ada", "new-ada")),
        ((None, None), {"DET_USER": "eve", "DET_PASS": ""}, {}, None, [("login", "eve")], ("eve", "new-eve")),
        ((None, None), {"DET_USER": "ada"}, {"bob": "valid-bob"}, "bob", [("me", "valid-bob")], ("bob", "valid-bob")),
        ((None, None), {"DET_PASS": "Secret12"}, {}, None, [("login", "determined")], ("determined", "new-determined")),
        ((None, None), {"DET_USER": "ada", "DET_USER_TOKEN": "env-ada"}, {}, None, [], ("ada", "env-ada")),
        (("ada", None), {"DET_USER": "ada", "DET_USER_TOKEN": "env-ada"}, {}, None, [], ("ada", "env-ada")),
        (("ada", None), {"DET_USER": "ada", "DET_USER_TOKEN": "env-ada"}, {"ada": "old"}, None,
         [("me", "old")], ("ada", "env-ada")),
        (("ada", None), {"DET_USER": "ada", "DET_USER_TOKEN": "env-ada"}, {"ada": "valid-ada"}, None,
         [("me", "valid-ada")], ("ada", "valid-ada")),
        ((None, None), {"DET_USER": "ada", "DET_USER_TOKEN": "env-ada"}, {"bob": "valid-bob"}, "bob",
         [("me", "valid-bob")], ("bob", "valid-bob")),
        ((None, None), {"DET_USER_TOKEN": "env-ada"}, {"determined": "valid-determined"}, None,
         [("me", "env-ada")], ("ada", "env-ada")),
        ((None, None), {"DET_USER_TOKEN": "env-ada"}, {"bob": "valid-bob"}, "bob",
         [("me", "valid-bob")], ("bob", "valid-bob")),
        (("ada", "Secret12"), {"DET_USER": "ada", "DET_USER_TOKEN": "env-ada"}, {}, None,
         [("login", "ada")], ("ada", "new-ada")),
        (("eve", ""), {}, {}, None, [("login", "eve")], ("eve", "new-eve")),
    ],
)  # fmt: skip
def test_user_and_token_are_chosen_in_the_released_order(
    users: Users,
    monkeypatch: pytest.MonkeyPatch,
    given: Tuple[Optional[str], Optional[str]],
    environment: Dict[str, str],
    tokens: Dict[str, str],
    active: Optional[str],
    asked: List[Tuple[str, str]],
    result: Tuple[str, str],
) -> None:
    cache(users, tokens, active)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert log_in(users, *given) == result
    assert users.asked == asked


def test_a_wrong_password_is_refused_though_a_token_is_cached(users: Users) -> None:
    store = cache(users, {"ada": "valid-ada"})
    with pytest.raises(errors.InvalidCredentialsException, match="'ada': invalid credentials"):
        log_in(users, "ada", "wrong")
    assert store.get_token("ada") == "valid-ada"


def test_a_password_is_checked_by_the_master_once(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(VALID, "new-ada", "ada")
    for _ in range(3):
        assert log_in(users, "ada", "Secret12") == ("ada", "new-ada")
    assert users.asked == [("login", "ada"), ("me", "new-ada"), ("me", "new-ada")]
    with pytest.raises(errors.InvalidCredentialsException):
        log_in(users, "ada", "wrong")
    assert log_in(users, "ada", "Secret12") == ("ada", "new-ada")
    assert users.asked[3:] == [("login", "ada"), ("me", "new-ada")]


def test_a_changed_password_is_noticed_when_the_token_is_refused(users: Users) -> None:
    log_in(users, "ada", "Secret12")
    users.passwords["ada"] = "Changed12"  # which ends the sessions of the user
    users.asked.clear()
    with pytest.raises(errors.InvalidCredentialsException):
        log_in(users, "ada", "Secret12")
    assert users.asked == [("me", "new-ada"), ("login", "ada")]
    assert TokenStore(users.url).get_token("ada") is None
    assert log_in(users, "ada", "Changed12") == ("ada", "new-ada")


def test_a_token_that_another_program_has_kept_has_no_password(users: Users) -> None:
    log_in(users, "ada", "Secret12")
    cache(users, {"ada": "valid-ada"})
    users.asked.clear()
    assert log_in(users, "ada", "Secret12") == ("ada", "new-ada")
    assert users.asked == [("login", "ada")]


@pytest.mark.parametrize("everybody", [True, False])
def test_logging_out_forgets_the_password(users: Users, everybody: bool) -> None:
    log_in(users, "ada", "Secret12")
    digests = TokenStore(users.url).path.with_name("auth-digests.json")
    assert "ada" in digests.read_text()
    if everybody:
        authentication.logout_all(users.url, None)
    else:
        authentication.logout(users.url, "ada", None)
    assert "ada" not in digests.read_text()


def test_a_password_that_was_asked_for_or_is_of_the_environment_is_known_again(
    users: Users, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(VALID, "new-ada", "ada")
    monkeypatch.setenv("DET_USER", "ada")
    monkeypatch.setenv("DET_PASS", "Secret12")
    log_in(users)
    users.asked.clear()
    assert log_in(users, "ada", "Secret12") == ("ada", "new-ada")
    assert users.asked == [("me", "new-ada")]


def test_the_password_of_the_environment_beats_one_for_nobody(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_USER", "ada")
    monkeypatch.setenv("DET_PASS", "Secret12")
    assert log_in(users, None, "of nobody") == ("ada", "new-ada")
    assert log_in(users, "bob", "Secret12") == ("bob", "new-bob")


def test_the_token_of_the_environment_is_not_another_users(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_USER", "ada")
    monkeypatch.setenv("DET_USER_TOKEN", "env-ada")
    with pytest.raises(errors.UnauthenticatedException):
        log_in(users, "bob")
    assert users.asked == []


def test_without_a_terminal_the_error_names_the_variables_and_nothing_is_asked(users: Users) -> None:
    with pytest.raises(errors.UnauthenticatedException, match=r"'ada'.*DET_USER and DET_PASS"):
        log_in(users, "ada")
    assert users.requests == []


def test_a_closed_standard_input_is_no_terminal(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    closed = io.StringIO()
    closed.close()
    for stdin in (closed, None):
        monkeypatch.setattr(sys, "stdin", stdin)
        with pytest.raises(errors.UnauthenticatedException, match="DET_USER_TOKEN"):
            log_in(users, "ada")


def test_a_token_of_the_environment_that_does_not_hold_is_named(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_USER_TOKEN", "expired")
    with pytest.raises(errors.InvalidCredentialsException, match="the token of DET_USER_TOKEN: invalid credentials"):
        log_in(users)
    assert users.asked == [("me", "expired")]


def test_on_a_terminal_the_password_is_asked_for(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    prompts: List[str] = []

    def answer(prompt: str) -> str:
        prompts.append(prompt)
        return "Secret12"

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("getpass.getpass", answer)
    assert log_in(users, "ada") == ("ada", "new-ada")
    assert len(prompts) == 1
    assert "'ada'" in prompts[0]


def test_a_login_that_cannot_be_cached_holds_all_the_same(
    users: Users, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("no folder")
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path / "file" / "below"))
    assert log_in(users, "ada", "Secret12") == ("ada", "new-ada")
    assert "not cached" in caplog.text


def test_a_login_without_the_cache_leaves_no_trace(users: Users) -> None:
    with authentication.login(users.url, "ada", "Secret12") as session:
        assert (session.username, session.token, session.master) == ("ada", "new-ada", users.url)
    assert not TokenStore(users.url).path.exists()


def test_a_login_is_sent_once(users: Users) -> None:
    users.on("POST", LOGIN, Answer(503, {"error": {"code": 14, "reason": "Unavailable", "error": "starting"}}))
    with pytest.raises(errors.APIException, match="starting"):
        authentication.login(users.url, "ada", "Secret12")
    assert len(users.requests) == 1


def test_a_token_is_checked_and_its_user_found(users: Users) -> None:
    with authentication.login_with_token(users.url, "valid-bob") as session:
        assert session.username == "bob"
    with pytest.raises(errors.UnauthenticatedException):
        authentication.login_with_token(users.url, "no-token")


@pytest.mark.parametrize(
    ("requested", "environment", "active", "gone"),
    [
        ("ada", {}, "bob", "ada"),
        (None, {"DET_USER": "ada", "DET_PASS": "Secret12"}, "bob", "ada"),
        (None, {}, "bob", "bob"),
        (None, {}, None, None),
    ],
)
def test_logging_out_forgets_the_user_that_acts(
    users: Users,
    monkeypatch: pytest.MonkeyPatch,
    requested: Optional[str],
    environment: Dict[str, str],
    active: Optional[str],
    gone: Optional[str],
) -> None:
    store = cache(users, {"ada": "valid-ada", "bob": "valid-bob"}, active)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert authentication.logout(users.url + "/", requested, None) == gone
    assert users.asked == ([("logout", f"valid-{gone}")] if gone else [])
    assert store.get_all_users() == sorted({"ada", "bob"} - {gone or ""})
    assert store.get_active_user() == (None if gone == active else active)


def test_logging_everybody_out_minds_no_token_that_has_expired(users: Users) -> None:
    store = cache(users, {"ada": "old", "bob": "valid-bob"}, active="eve")
    authentication.logout_all(users.url, None)
    assert users.asked == [("logout", "old"), ("logout", "valid-bob")]
    assert store.get_all_users() == []
    assert store.get_active_user() is None


def test_logging_out_works_while_the_master_is_away() -> None:
    store = TokenStore("http://127.0.0.1:1")
    store.set_token("ada", "valid-ada")
    assert authentication.logout("127.0.0.1:1", "ada", None) == "ada"
    assert store.get_all_users() == []


def test_a_task_logs_in_with_its_allocation_token(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    users.on("GET", ME, {"user": {"username": "ada"}})
    for name, value in {"DET_MASTER": users.url, "DET_SESSION_TOKEN": "allocation", "DET_USER": "ada"}.items():
        monkeypatch.setenv(name, value)
    with authentication.login_from_task() as session:
        session.get("api/v1/me")
        assert session.username == "ada"
    (request,) = users.requests
    assert request.headers["Grpc-Metadata-x-allocation-token"] == "Bearer allocation"
    assert "Authorization" not in request.headers


def test_outside_a_task_the_missing_variables_are_named() -> None:
    with pytest.raises(ValueError, match="DET_MASTER and DET_SESSION_TOKEN"):
        authentication.login_from_task()


@pytest.mark.parametrize(
    ("environment", "address"),
    [
        ({}, "http://localhost:8080"),
        ({"DET_MASTER_ADDR": "a.example"}, "http://a.example:8080"),
        ({"DET_MASTER": "https://m.example", "DET_MASTER_ADDR": "a.example"}, "https://m.example:443"),
        ({"DET_MASTER": ""}, "http://localhost:8080"),
    ],
)
def test_the_master_is_named_by_the_environment(
    environment: Dict[str, str], address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert authentication.master_address() == address
    assert authentication.master_address("http://told.example/x/") == "http://told.example:80/x"


def test_a_password_is_salted_and_hashed_as_released_clients_do(recorded_login: Dict[str, Any]) -> None:
    assert authentication.salt_and_hash("") == ""
    assert authentication.salt_and_hash("Passw0rd!x") == recorded_login["password"]


@pytest.fixture
def recorded_login() -> Dict[str, Any]:
    login: Dict[str, Any] = recorded.steps_of("auth_login")[0]["request"]["json"]
    return login


@pytest.mark.parametrize(
    ("password", "fault"),
    [
        (None, "8 characters"),
        ("", "8 characters"),
        ("         ", "8 characters"),
        ("Short1", "8 characters"),
        ("alllower1", "capital"),
        ("ALLUPPER1", "small"),
        ("NoDigitsHere", "digit"),
    ],
)
def test_a_weak_password_is_told_what_it_lacks(password: Optional[str], fault: str) -> None:
    with pytest.raises(ValueError, match=fault):
        authentication.check_password_complexity(password)


def test_a_good_password_passes() -> None:
    authentication.check_password_complexity("Passw0rd")


@pytest.mark.parametrize(
    ("given", "environment", "active", "chosen"),
    [
        ((None, None), {}, None, ("determined", "", True)),
        ((None, "pw"), {}, None, ("determined", "pw", True)),
        ((None, None), {}, "act", ("act", None, False)),
        ((None, "pw"), {}, "act", ("act", "pw", False)),
        (("ada", None), {}, "act", ("ada", None, False)),
        (("ada", ""), {"DET_USER": "eu", "DET_PASS": "ep"}, None, ("ada", "", False)),
        ((None, None), {"DET_USER": "eu", "DET_PASS": "ep"}, "act", ("eu", "ep", False)),
        ((None, "pw"), {"DET_USER": "eu", "DET_PASS": "ep"}, None, ("eu", "ep", False)),
        ((None, None), {"DET_USER": "eu", "DET_PASS": ""}, None, ("eu", "", False)),
        ((None, None), {"DET_USER": "eu"}, "act", ("act", None, False)),
        ((None, None), {"DET_PASS": "ep"}, None, ("determined", "", True)),
    ],
)
def test_who_acts_and_with_which_password_is_chosen_as_released(
    given: Tuple[Optional[str], Optional[str]],
    environment: Dict[str, str],
    active: Optional[str],
    chosen: Tuple[str, Optional[str], bool],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = TokenStore("http://master:8080")
    if active is not None:
        store.set_token(active, "tok")
        store.set_active(active)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert authentication.default_load_user_password(*given, store) == chosen


def test_variables_of_a_login_are_told_as_they_are(monkeypatch: pytest.MonkeyPatch) -> None:
    ask = {
        "DET_USER": authentication.get_det_username_from_env,
        "DET_PASS": authentication.get_det_password_from_env,
        "DET_USER_TOKEN": authentication.get_det_user_token_from_env,
        "DET_SESSION_TOKEN": authentication.get_det_session_token_from_env,
    }
    assert [read() for read in ask.values()] == [None] * 4
    for name in ask:
        monkeypatch.setenv(name, "")
    assert [read() for read in ask.values()] == [""] * 4


def test_a_weak_password_in_use_is_warned_of(caplog: pytest.LogCaptureFixture) -> None:
    authentication.warn_about_complexity(ValueError("too short"))
    assert "too short" in caplog.text


def test_a_task_may_be_told_its_master(users: Users, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_SESSION_TOKEN", "allocation")
    with authentication.login_from_task(users.url, None) as session:
        assert isinstance(session, TaskSession)
        assert session.master == users.url
