"""A new master has no empty password that nobody asked for, and its owner gets in without typing one."""

from __future__ import annotations

import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from typing import Any, Dict, Iterator, List, Optional, Tuple

import pytest

from determined.experimental import client
from determined.master import LocalMaster, background
from determined.master.__main__ import parse_arguments
from determined.master.folder import holder_of
from determined.master.settings import Settings

from ..contract.prepared import Connection
from ..e2e.conftest import wait_until
from .raw import ask

SECRET = "Sup3rSecret-initial"


@pytest.fixture
def master(tmp_path: pathlib.Path) -> Iterator[LocalMaster]:
    """A master that was told nothing of passwords."""
    with LocalMaster(tmp_path / "master", slots=1) as started:
        yield started


def log_in(url: str, user: str, password: str) -> int:
    body = json.dumps({"username": user, "password": password}).encode()
    return ask(url, "POST", "/api/v1/auth/login", body).status


def token_file() -> pathlib.Path:
    return pathlib.Path(os.environ["DET_DEBUG_CONFIG_PATH"], "auth.json")


def test_nobody_gets_in_without_a_password(master: LocalMaster) -> None:
    for user in ("admin", "determined"):
        assert log_in(master.url, user, "") == 401
        assert log_in(master.url, user, master.initial_password or "") == 200


def test_its_owner_is_logged_in(master: LocalMaster) -> None:
    assert client.Determined(master=master.url).get_session_username() == "determined"
    assert client.Determined(master=master.url, user="admin").get_session_username() == "admin"
    by_name = master.url.replace("127.0.0.1", "localhost")
    assert client.Determined(master=by_name).get_session_username() == "determined"
    assert token_file().stat().st_mode & 0o777 == 0o600
    done = subprocess.run(
        [sys.executable, "-m", "determined.cli", "-m", master.url, "user", "whoami"], capture_output=True, text=True
    )
    assert "determined" in done.stdout, done.stderr


def test_the_pytest_fixture_lets_its_test_in(determined_master: LocalMaster) -> None:
    assert client.Determined(master=determined_master.url).get_session_username() == "determined"
    assert log_in(determined_master.url, "determined", "") == 401


def test_a_master_that_is_started_again_lets_its_owner_in_and_leaves_no_token_behind(tmp_path: pathlib.Path) -> None:
    first = LocalMaster(tmp_path / "master", slots=0).start()
    token = json.loads(token_file().read_text())["masters"][first.url]["tokens"]["determined"]
    first.stop()
    assert json.loads(token_file().read_text())["masters"] == {}
    with first:
        assert ask(first.url, "GET", "/api/v1/me", None, {"Authorization": f"Bearer {token}"}).status == 401
        assert client.Determined(master=first.url).get_session_username() == "determined"


def test_a_password_of_ones_own_ends_the_owners_tokens(tmp_path: pathlib.Path) -> None:
    with LocalMaster(tmp_path / "master", slots=0) as master:
        determined = client.Determined(master=master.url)
        determined.get_user_by_name("determined").change_password("My-0wn-one")
        client.Determined(master=master.url, user="determined", password="My-0wn-one")
        tokens = json.loads(token_file().read_text())["masters"][master.url]["tokens"]
        assert client.Determined(master=master.url, user="admin").get_session_username() == "admin"
        master.stop()
        master.start()
        again = json.loads(token_file().read_text())["masters"][master.url]["tokens"]
        assert again["determined"] == tokens["determined"], "the login with the new password goes on"
        assert again["admin"] != tokens["admin"]


def test_what_others_left_in_the_store_for_this_address_is_forgotten(tmp_path: pathlib.Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    token_file().write_text(json.dumps({"version": 2, "masters": {url: {"active_user": "x", "tokens": {"x": "old"}}}}))
    with LocalMaster(tmp_path / "master", port=port, slots=0) as master:
        assert client.Determined(master=master.url).get_session_username() == "determined"


def test_a_token_store_that_cannot_be_written_stops_no_master(tmp_path: pathlib.Path) -> None:
    token_file().with_name("auth.json.lock").mkdir()
    with LocalMaster(tmp_path / "master", slots=0) as master:
        assert log_in(master.url, "determined", master.initial_password or "") == 200
        assert "log in with a password" in master.log_path.read_text()
        # what has started it gets in all the same
        assert client.Determined(master=master.url).get_session_username() == "determined"


# --- in the foreground ----------------------------------------------------------------------------------------------


class Foreground:
    """A master as a user starts it in a terminal."""

    def __init__(self, folder: pathlib.Path, *arguments: str, typed: str = "", **variables: str) -> None:
        self.folder = folder
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-m",
                "determined.master",
                "--data-dir",
                str(folder),
                "--port",
                "0",
                "--slots",
                "1",
                *arguments,
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={**os.environ, **variables},
            text=True,
        )
        if typed and self.process.stdin is not None:
            self.process.stdin.write(typed)
            self.process.stdin.flush()

    def url(self) -> str:
        def answers() -> Optional[str]:
            assert self.process.poll() is None, self.process.communicate()
            holder = holder_of(self.folder)
            return holder.url if holder is not None else None

        return str(wait_until(answers))

    def stop(self) -> Tuple[str, str]:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        return self.process.communicate(timeout=60)


@pytest.fixture
def foreground(tmp_path: pathlib.Path) -> Iterator[Any]:
    started: List[Foreground] = []

    def start(*arguments: str, typed: str = "", **variables: str) -> Foreground:
        started.append(Foreground(tmp_path / "master", *arguments, typed=typed, **variables))
        return started[-1]

    yield start
    for one in started:
        one.stop()


def test_the_password_is_printed_once_with_an_address_that_works_once(foreground: Any) -> None:
    first = foreground()
    url = first.url()
    assert client.Determined(master=url).get_session_username() == "determined"
    assert first.process.stdout is not None
    said = [first.process.stdout.readline() for _ in range(4)]
    password = re.search(r"shown this once: (\S+)", said[1])
    address = re.search(r"once: (http\S+)", said[2])
    assert password, said
    assert address, said
    assert log_in(url, "admin", password.group(1)) == 200
    path = address.group(1)[len(url) :]
    answer = ask(url, "GET", path)
    assert (answer.status, "HttpOnly; SameSite=Strict" in answer.headers["set-cookie"]) == (200, True)
    cookie = answer.headers["set-cookie"].partition(";")[0]
    me = json.loads(ask(url, "GET", "/api/v1/me", None, {"Cookie": cookie}).body)
    assert me["user"]["username"] == "determined"
    assert ask(url, "GET", path).status == 403
    rest, log = first.stop()
    assert password.group(1) not in rest + log
    again = foreground()
    url = again.url()
    assert ask(url, "GET", path).status == 403
    assert again.stop()[0] == ""


@pytest.mark.parametrize("way", ["option", "file", "standard input", "variable", "settings file"])
def test_a_password_that_is_given_counts_and_is_shown_to_nobody(
    foreground: Any, tmp_path: pathlib.Path, way: str
) -> None:
    kept = tmp_path / "kept"
    kept.write_text(f"{SECRET}\n")
    (tmp_path / "m.yaml").write_text(f"initial_user_password: {SECRET}\n")
    ways: Dict[str, Any] = {
        "option": lambda: foreground("--initial-user-password", SECRET),
        "file": lambda: foreground("--initial-password-file", str(kept)),
        "standard input": lambda: foreground("--initial-password-file", "-", typed=f"{SECRET}\n"),
        "variable": lambda: foreground(DET_INITIAL_USER_PASSWORD=SECRET),
        "settings file": lambda: foreground("--config", str(tmp_path / "m.yaml")),
    }
    master = ways[way]()
    url = master.url()
    assert log_in(url, "determined", SECRET) == 200
    for process in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            shown = (process / "cmdline").read_bytes()
            variables = (process / "environ").read_bytes()
        except OSError:
            continue
        assert SECRET.encode() not in shown
        if str(tmp_path).encode() in shown:
            assert SECRET.encode() not in variables
    assert SECRET not in "".join(master.stop())


def test_no_password_at_all_is_for_who_asks_for_it_on_loopback(foreground: Any) -> None:
    master = foreground("--initial-user-password", "")
    assert log_in(master.url(), "determined", "") == 200
    printed, log = master.stop()
    assert printed == ""
    assert "log in as admin, determined, who have no password" in log
    # a folder of old goes on
    again = foreground()
    assert log_in(again.url(), "determined", "") == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])
def test_a_master_that_others_reach_needs_passwords(foreground: Any, host: str) -> None:
    refused = foreground("--host", host, "--initial-user-password", "")
    assert refused.process.wait(60) == 1
    said = [line for line in refused.stop()[1].splitlines() if "ERROR" in line]
    assert len(said) == 1
    assert "without a password as admin, determined" in said[0]


def test_no_user_of_a_master_that_others_reach_goes_without_a_password(foreground: Any) -> None:
    master = foreground("--host", "0.0.0.0", "--initial-user-password", SECRET)
    admin = Connection(master.url(), password=SECRET)
    for path, body in (
        ("/api/v1/users", {"user": {"username": "open", "active": True}}),
        ("/api/v1/users/2", None),
    ):
        method = "POST" if body else "PATCH"
        sent = json.dumps(body or {"password": ""}).encode()
        answer = ask(master.url(), method, path, sent, admin.headers)
        assert (answer.status, "needs a password" in answer.text()) == (400, True)
    admin.close()
    # as it may be in a database of old
    master.stop()
    with sqlite3.connect(master.folder / "master.db") as database:
        database.execute("UPDATE users SET password_hash = NULL, active = 0 WHERE id = 2")
    database.close()
    again = foreground("--host", "0.0.0.0")
    assert log_in(again.url(), "determined", "") == 401


# --- where it does not stand ----------------------------------------------------------------------------------------

SNOOP = """
import os, pathlib
for process in pathlib.Path("/proc").glob("[0-9]*"):
    for name in ("environ", "cmdline"):
        try:
            text = (process / name).read_bytes()
        except OSError:
            continue
        if b"Sup3rSecret" in text:
            print("FOUND", process, name, flush=True)
print("LOOKED", {name for name in os.environ if "PASSWORD" in name}, flush=True)
"""


def test_no_task_finds_the_initial_password(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in its environment, nor in that of any process around it."""
    model = tmp_path / "model"
    model.mkdir()
    (model / "snoop.py").write_text(SNOOP)
    with LocalMaster(tmp_path / "master", slots=1, initial_password=SECRET) as master:
        determined = client.Determined(master=master.url, user="determined", password=SECRET)
        config = {
            "name": "snoop",
            "entrypoint": "python3 snoop.py",
            "searcher": {"name": "single", "metric": "x"},
            "max_restarts": 0,
        }
        experiment = determined.create_experiment(config, model)
        experiment.wait(interval=0.2)
        said = "".join(experiment.list_trials()[0].iter_logs())
        assert "LOOKED set()" in said
        assert "FOUND" not in said
        assert SECRET not in master.log_path.read_text()
        assert SECRET not in repr(master)
    for path in (tmp_path / "master").rglob("*"):
        assert not path.is_file() or SECRET.encode() not in path.read_bytes(), path


def test_no_repr_shows_a_password() -> None:
    settings = parse_arguments(["--initial-user-password", SECRET])
    assert settings.initial_passwords == {"admin": SECRET, "determined": SECRET}
    assert SECRET not in repr(settings)
    storage = {"type": "s3", "secret_key": SECRET}
    assert SECRET not in repr(Settings(pathlib.Path("/x"), checkpoint_storage=storage))
    started = background.Started(background.Cluster("n", pathlib.Path("/x"), "u", 1), SECRET, SECRET)
    assert SECRET not in repr(started)
