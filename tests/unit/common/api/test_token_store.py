"""The file of cached logins: its versions, its faults, and several processes at once."""

from __future__ import annotations

import json
import pathlib
import stat
import subprocess
import sys
from typing import Any

import pytest

from determined.common.api import errors
from determined.common.api._token_store import TokenStore

URL = "http://master:8080"
OTHER = "https://other:443"


@pytest.fixture
def path(tmp_path: pathlib.Path) -> pathlib.Path:
    return tmp_path / "config" / "auth.json"


def store_of(path: pathlib.Path, content: Any, url: str = URL) -> TokenStore:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else json.dumps(content).encode())
    return TokenStore(url, path)


def test_a_store_without_a_file_is_empty_and_makes_none(path: pathlib.Path) -> None:
    store = TokenStore(URL, path)
    assert (store.get_active_user(), store.get_token("ada"), store.get_all_users()) == (None, None, [])
    assert not path.parent.exists()


def test_the_folder_of_the_environment_is_used_as_it_is(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path))
    TokenStore(URL).set_token("ada", "tok")
    assert json.loads((tmp_path / "auth.json").read_text())["masters"] == {URL: {"tokens": {"ada": "tok"}}}


@pytest.mark.skipif(sys.platform != "linux", reason="the folder is another one there")
def test_the_configuration_folder_is_that_of_the_platform(
    monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.delenv("DET_DEBUG_CONFIG_PATH")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert TokenStore(URL).path == tmp_path / "determined" / "auth.json"


def test_a_file_is_written_as_version_2_for_the_user_alone(path: pathlib.Path) -> None:
    store = TokenStore(URL, path)
    store.set_token("ada", "tok")
    store.set_active("ada")
    assert json.loads(path.read_text()) == {
        "version": 2,
        "masters": {URL: {"active_user": "ada", "tokens": {"ada": "tok"}}},
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed_by_the_next_change(path: pathlib.Path) -> None:
    store = store_of(path, {"version": 2, "masters": {}})
    path.chmod(0o644)
    store.set_token("ada", "tok")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_users_and_masters_do_not_touch_each_other(path: pathlib.Path) -> None:
    one, two = TokenStore(URL, path), TokenStore(OTHER, path)
    one.set_token("ada", "1")
    one.set_token("bob", "2")
    two.set_token("ada", "3")
    two.set_active("ada")
    one.drop_user("ada")
    assert (one.get_all_users(), one.get_active_user()) == (["bob"], None)
    assert (two.get_token("ada"), two.get_active_user()) == ("3", "ada")


def test_a_dead_token_is_dropped_and_its_user_stays_active(path: pathlib.Path) -> None:
    store = TokenStore(URL, path)
    store.set_token("ada", "tok")
    store.set_active("ada")
    store.drop_token("ada")
    assert (store.get_token("ada"), store.get_active_user()) == (None, "ada")
    store.drop_user("ada")
    assert store.get_active_user() is None


def test_version_0_belongs_to_the_master_in_use(path: pathlib.Path) -> None:
    store = store_of(path, {"active_user": "ada", "tokens": {"ada": "tok"}})
    assert (store.get_active_user(), store.get_token("ada")) == ("ada", "tok")
    assert json.loads(path.read_text()) == {"active_user": "ada", "tokens": {"ada": "tok"}}
    store.set_token("bob", "two")
    assert json.loads(path.read_text()) == {
        "version": 2,
        "masters": {URL: {"active_user": "ada", "tokens": {"ada": "tok", "bob": "two"}}},
    }


def test_version_1_is_normalised_and_merged(path: pathlib.Path) -> None:
    masters = {
        "master": {"tokens": {"ada": "1"}},
        "http://eve:pass@master:8080/?x=1": {"active_user": "bob", "tokens": {"bob": "2"}},
        "https://other": {"tokens": {"ada": "3"}},
        "http://": {"tokens": {"ada": "4"}},
        "http://[::1": {"tokens": {"ada": "5"}},
    }
    store = store_of(path, {"version": 1, "masters": masters})
    assert (store.get_all_users(), store.get_active_user()) == (["ada", "bob"], "bob")
    assert TokenStore(OTHER, path).get_token("ada") == "3"
    store.set_active("ada")
    stored = json.loads(path.read_text())
    assert stored["version"] == 2
    assert sorted(stored["masters"]) == [URL, OTHER]


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        [],
        {"version": 3, "masters": {}},
        {"version": 2},
        {"version": 2, "masters": []},
        {"version": 2, "masters": {URL: []}},
        {"version": 2, "masters": {URL: {"tokens": {"ada": 1}}}},
        {"version": 2, "masters": {URL: {"tokens": {}, "unknown": 1}}},
        {"version": 2, "masters": {"master": {"tokens": {}}}},
        {"version": 1, "masters": {URL: {"active_user": 7}}},
        {"tokens": ["ada"]},
    ],
)
def test_a_corrupt_file_is_removed_and_named_once(path: pathlib.Path, content: Any) -> None:
    store = store_of(path, content)
    with pytest.raises(errors.CorruptTokenCacheException, match=r"auth\.json.*removed.*log in again"):
        store.get_token("ada")
    assert not path.exists()
    assert store.get_token("ada") is None
    store_of(path, content)
    with pytest.raises(errors.CorruptTokenCacheException):
        store.set_token("ada", "tok")
    store.set_token("ada", "tok")
    assert store.get_token("ada") == "tok"


def test_a_change_that_fails_leaves_the_file_as_it_was(path: pathlib.Path) -> None:
    store = TokenStore(URL, path)
    store.set_token("ada", "tok")
    with pytest.raises(TypeError):
        store.set_token("ada", object())  # type: ignore[arg-type]  # something that cannot be written
    assert store.get_token("ada") == "tok"


def test_several_processes_lose_nothing_of_each_other(path: pathlib.Path) -> None:
    program = (
        "import pathlib, sys\n"
        "from determined.common.api._token_store import TokenStore\n"
        f"store = TokenStore({URL!r}, pathlib.Path(sys.argv[1]))\n"
        "for n in range(10):\n"
        "    store.set_token(f'{sys.argv[2]}-{n}', 'tok')\n"
        "    assert store.get_token(f'{sys.argv[2]}-0') == 'tok'\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", program, str(path), str(n)]) for n in range(3)]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    assert len(TokenStore(URL, path).get_all_users()) == 30
    assert sorted(file.name for file in path.parent.iterdir()) == ["auth.json", "auth.json.lock"]


def test_only_a_user_with_a_login_becomes_the_active_one(path: pathlib.Path) -> None:
    store = TokenStore(URL, path)
    with pytest.raises(errors.UnauthenticatedException, match="'ada'"):
        store.set_active("ada")
    assert store.get_active_user() is None
    store.set_token("ada", "tok")
    store.set_active("ada")
    store.clear_active()
    assert (store.get_active_user(), store.get_all_users()) == (None, ["ada"])


def test_the_logins_of_all_masters_are_removed_at_once(path: pathlib.Path) -> None:
    TokenStore(URL, path).set_token("ada", "tok")
    TokenStore(OTHER, path).set_token("bob", "tok")
    TokenStore(URL, path).delete_token_cache()
    assert not path.exists()
    TokenStore(URL, path).delete_token_cache()


def test_an_address_is_the_same_master_however_it_is_spelled(path: pathlib.Path) -> None:
    TokenStore("master", path).set_token("ada", "tok")
    assert TokenStore(f"{URL}/", path).get_token("ada") == "tok"
