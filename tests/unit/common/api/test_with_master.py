"""The connection against an embedded master: logins, pages, errors."""

from __future__ import annotations

import json
import pathlib
from typing import Iterator

import pytest

from determined.common.api import Session, UnauthSession, authentication, errors
from determined.common.api._token_store import TokenStore
from determined.common.api.endpoints import users, workspaces
from determined.master import LocalMaster

PASSWORD = "Passw0rd!x"


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("master")
    with LocalMaster(folder, slots=0, initial_password=PASSWORD) as started:
        yield started.url


@pytest.fixture
def admin(url: str) -> Iterator[Session]:
    with authentication.login(url, "admin", PASSWORD) as session:
        yield session


def test_the_right_password_logs_in_and_the_wrong_one_does_not(url: str) -> None:
    with authentication.login(url, "determined", PASSWORD) as session:
        assert users.get_me(session)["username"] == "determined"
    for user, password in (("determined", "wrong"), ("determined", ""), ("nobody", PASSWORD)):
        with pytest.raises(errors.InvalidCredentialsException, match=user):
            authentication.login(url, user, password)


def test_a_cached_token_is_used_until_it_is_dead(url: str) -> None:
    store = TokenStore(url)
    with authentication.login_with_cache(url, "determined", PASSWORD) as first:
        assert store.get_token("determined") == first.token
    store.set_active("determined")
    with authentication.login_with_cache(url) as second:
        assert (second.username, second.token) == ("determined", first.token)
    with pytest.raises(errors.InvalidCredentialsException):
        authentication.login_with_cache(url, "determined", "wrong")
    assert store.get_token("determined") == first.token
    assert authentication.logout(url, "determined", None) == "determined"
    store.set_token("determined", first.token)
    with authentication.login_with_cache(url, "determined", PASSWORD) as third:
        assert users.get_me(third)["username"] == "determined"
        assert store.get_token("determined") == third.token != first.token


def test_a_token_that_was_logged_out_is_replaced_with_the_password_of_the_environment(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DET_USER", "determined")
    monkeypatch.setenv("DET_PASS", PASSWORD)
    with authentication.login_with_cache(url) as first:
        pass
    authentication.logout(url, None, None)
    TokenStore(url).set_token("determined", first.token)
    with authentication.login_with_cache(url) as second:
        assert second.token != first.token
        assert users.get_me(second)["username"] == "determined"


def test_a_token_is_enough_to_know_its_user(url: str, admin: Session) -> None:
    with authentication.login_with_token(url, admin.token) as session:
        assert session.username == "admin"
    with pytest.raises(errors.UnauthenticatedException):
        authentication.login_with_token(url, "v2.public.nothing")


def test_who_has_not_logged_in_is_told_how_to(url: str) -> None:
    with UnauthSession(url) as nobody, pytest.raises(errors.UnauthenticatedException, match="det user login") as caught:
        users.get_me(nobody)
    assert (caught.value.method, caught.value.path, caught.value.status_code) == ("GET", "/api/v1/me", 401)


def test_errors_of_the_gateway_and_of_the_other_routes_are_read(url: str, admin: Session) -> None:
    with pytest.raises(errors.NotFoundException, match="workspace '77' not found") as caught:
        workspaces.get_workspace(admin, 77)
    assert caught.value.status_code == 404
    with pytest.raises(errors.NotFoundException, match="api not found"):
        admin.get("no/such/route")
    with authentication.login(url, "determined", PASSWORD) as session, pytest.raises(errors.ForbiddenException):
        session.post("api/v1/users", json={"user": {"username": "eve", "active": True}})


def test_pages_of_a_list_hold_every_row_once(admin: Session) -> None:
    for n in range(5):
        admin.post("api/v1/workspaces", json={"name": f"space-{n}"})
    names = [space["name"] for space in workspaces.list_workspaces(admin, page_size=2)]
    assert len(names) == len(set(names))
    assert {f"space-{n}" for n in range(5)} <= set(names)


def test_the_file_of_logins_is_the_released_one(
    url: str, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path))
    with authentication.login_with_cache(url, "determined", PASSWORD) as session:
        pass
    assert json.loads((tmp_path / "auth.json").read_text()) == {
        "version": 2,
        "masters": {url: {"tokens": {"determined": session.token}}},
    }
