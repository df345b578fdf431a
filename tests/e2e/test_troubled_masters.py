"""A master whose database is locked, or whose disk does not answer, loses nothing and goes on answering."""

from __future__ import annotations

import contextlib
import pathlib
import signal
import sqlite3
from typing import Any, Dict, Iterator

import pytest

from determined.experimental import client
from determined.master import LocalMaster

from ..contract.prepared import Connection
from ..hooked import HookedMaster
from .conftest import wait_until

# Locks are waited for half a second, not half a minute.
SHORT_PATIENCE = """
import sqlite3
import determined.master.store.database as database
database._LOCK_SECONDS = 0.5
connect = sqlite3.connect
sqlite3.connect = lambda *args, **options: connect(*args, **{**options, "timeout": 0.3})
"""
# A folder of a run can only be removed, and the database's statements of a kind only run, once a file is gone.
SLOW_REMOVAL = """
import pathlib, shutil, time
rmtree = shutil.rmtree
def slow(path, *args, **options):
    pathlib.Path({began!r}).touch()
    while pathlib.Path({held!r}).exists():
        time.sleep(0.02)
    rmtree(path, *args, **options)
shutil.rmtree = slow
"""
FAILING_PLACES = """
import sqlite3
import determined.master.services.engine as engine
place, failures = engine._place, [
    sqlite3.OperationalError("database is locked"), sqlite3.OperationalError("disk I/O error"), LookupError("ours"),
]
def sometimes(tx, world):
    if failures:
        raise failures.pop()
    return place(tx, world)
engine._place = sometimes
"""


@contextlib.contextmanager
def locked(master: LocalMaster, folder: pathlib.Path) -> Iterator[None]:
    """Another program writes to the master's database for as long."""
    other = sqlite3.connect(folder / "master.db", isolation_level=None, timeout=10)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


def launch(admin: Connection, script: str, **config: Any) -> str:
    body = {"config": {"entrypoint": ["sh", "-c", script], "resources": {"slots": 1}, **config}}
    return str(admin.call("POST", "/api/v1/commands", body)["command"]["id"])


def state(admin: Connection, command: str) -> str:
    return str(admin.call("GET", f"/api/v1/commands/{command}")["command"]["state"])


def is_over(admin: Connection, command: str) -> bool:
    return state(admin, command) == "STATE_TERMINATED"


def log_of(admin: Connection, task: str) -> str:
    return admin.send("GET", f"/api/v1/tasks/{task}/logs")[1].decode()


def test_a_task_that_ends_while_another_program_holds_the_database_is_followed_to_its_end(
    tmp_path: pathlib.Path,
) -> None:
    gone, data = tmp_path / "gone", tmp_path / "master"
    with HookedMaster(data, slots=1, hook=SHORT_PATIENCE) as master:
        admin = Connection(master.url)
        first = launch(admin, f"while [ ! -e {tmp_path}/go ]; do sleep 0.05; done; touch {gone}")
        second = launch(admin, "true")
        wait_until(lambda: state(admin, first) == "STATE_RUNNING")
        log = data / "master.log"
        with locked(master, data):
            (tmp_path / "go").touch()
            wait_until(gone.exists)
            wait_until(lambda: "nothing of 1 writes was stored" in log.read_text())
            assert admin.send("GET", "/api/v1/commands")[0] == 200
            status, answer = admin.send("PUT", "/api/v1/experiments/1/labels/x", b"{}")
            assert (status, b"cannot be used at the moment" in answer) == (503, True)
        wait_until(lambda: is_over(admin, first))
        wait_until(lambda: is_over(admin, second))
        admin.close()


def test_a_task_is_killed_that_ran_while_the_database_was_locked(tmp_path: pathlib.Path) -> None:
    data = tmp_path / "master"
    with HookedMaster(data, slots=1, hook=SHORT_PATIENCE) as master:
        admin = Connection(master.url)
        command = launch(admin, "sleep 600")
        wait_until(lambda: state(admin, command) == "STATE_RUNNING")
        with locked(master, data):
            assert admin.send("POST", f"/api/v1/commands/{command}/kill", b"{}")[0] == 503
        admin.call("POST", f"/api/v1/commands/{command}/kill", {})
        wait_until(lambda: is_over(admin, command))
        admin.close()


def test_a_master_whose_database_is_locked_ends_when_it_is_told_to(tmp_path: pathlib.Path) -> None:
    data = tmp_path / "master"
    master = HookedMaster(data, slots=1, hook="")
    master.start()
    admin = Connection(master.url)
    command = launch(admin, "sleep 600")
    wait_until(lambda: state(admin, command) == "STATE_RUNNING")
    admin.close()
    process = master._process
    assert process is not None
    with locked(master, data):
        master.stop()
    assert process.returncode == -signal.SIGTERM, "it had to be killed"
    with HookedMaster(data, slots=1, hook="") as again:
        admin = Connection(again.url)
        wait_until(lambda: state(admin, command) in ("STATE_TERMINATED", "STATE_RUNNING"))
        admin.call("POST", f"/api/v1/commands/{command}/kill", {})
        wait_until(lambda: is_over(admin, command))
        admin.close()


def test_scheduling_goes_on_after_it_has_failed(tmp_path: pathlib.Path) -> None:
    with HookedMaster(tmp_path / "master", slots=1, hook=FAILING_PLACES) as master:
        admin = Connection(master.url)
        command = launch(admin, "true")
        wait_until(lambda: is_over(admin, command))
        admin.close()


def test_the_master_answers_while_it_removes_a_run_folder_of_many_files(tmp_path: pathlib.Path) -> None:
    held, began = tmp_path / "held", tmp_path / "began"
    held.touch()
    hook = SLOW_REMOVAL.format(held=str(held), began=str(began))
    with HookedMaster(tmp_path / "master", slots=1, hook=hook) as master:
        admin = Connection(master.url)
        command = launch(admin, "for i in $(seq 500); do : > file$i; done")
        wait_until(began.exists)
        assert admin.send("GET", "/info")[0] == 200
        # not even the next task waits for it
        following = launch(admin, "true")
        wait_until(lambda: is_over(admin, command) and is_over(admin, following))
        held.unlink()
        runs = tmp_path / "master" / "runs"
        wait_until(lambda: not list(runs.iterdir()))
        admin.close()


def test_a_removal_that_a_master_did_not_live_to_see_is_done_by_the_next(tmp_path: pathlib.Path) -> None:
    held, began, runs = tmp_path / "held", tmp_path / "began", tmp_path / "master" / "runs"
    held.touch()
    hook = SLOW_REMOVAL.format(held=str(held), began=str(began))
    with HookedMaster(tmp_path / "master", slots=1, hook=hook) as master:
        admin = Connection(master.url)
        command = launch(admin, "true")
        wait_until(lambda: is_over(admin, command) and began.exists())
        admin.close()
    assert list(runs.iterdir())
    with LocalMaster(tmp_path / "master", slots=1, initial_password=""):
        wait_until(lambda: not list(runs.iterdir()))


BROKEN_STARTS: Dict[str, str] = {
    "the folder of runs cannot be made": "",
    "no process can be made": """
import subprocess
class Refused(subprocess.Popen):
    def __init__(self, *args, **options):
        raise BlockingIOError(11, "Resource temporarily unavailable")
subprocess.Popen = Refused
""",
    "an error that nobody thought of": """
import determined.master.services.launch as launch
def broken(*args):
    raise ZeroDivisionError("nobody thought of this")
launch.launch_of_command = launch.launch_of_trial = broken
""",
    "there is no interpreter": """
import determined.master.runner.local as local
make = local.LocalRunner.__init__
local.LocalRunner.__init__ = lambda self, python=None, **more: make(self, "/nonexistent/python", **more)
""",
    "the supervisor fails": """
import determined.master.runner.local as local
make = local.LocalRunner.__init__
local.LocalRunner.__init__ = lambda self, python=None, **more: make(self, "/bin/false", **more)
""",
}


@pytest.mark.parametrize("trouble", list(BROKEN_STARTS))
def test_what_cannot_start_fails_with_a_line_in_its_log(tmp_path: pathlib.Path, trouble: str) -> None:
    data = tmp_path / "master"
    with HookedMaster(data, slots=1, hook=BROKEN_STARTS[trouble]) as master:
        if trouble.startswith("the folder"):
            (data / "runs").write_text("a file in its place")
        admin = Connection(master.url)
        client.login(master=master.url, user="admin", password="")
        experiment = client.create_experiment(
            {
                "name": "cannot start",
                "entrypoint": "true",
                "searcher": {"name": "single", "metric": "loss"},
                "max_restarts": 1,
            },
            None,
        )
        command = launch(admin, "true")
        wait_until(lambda: is_over(admin, command))
        assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
        trial = experiment.list_trials()[0]
        said = "\n".join(trial.iter_logs())
        for log in (said, log_of(admin, command)):
            assert "could not be started" in log or "supervisor" in log, log
            assert "ERROR" in log
        admin.close()


@pytest.mark.parametrize("hook", ["", "import sys\nsys.modules['re2'] = None\n"], ids=["re2 if there is", "no re2"])
def test_a_pattern_that_backtracks_without_end_keeps_the_master_from_nothing(tmp_path: pathlib.Path, hook: str) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "train.py").write_text("print('a' * 48 + '!', flush=True)\nprint('the disk is bad')\nexit(3)\n")
    with HookedMaster(tmp_path / "master", slots=1, hook=hook) as master:
        client.login(master=master.url, user="admin", password="")
        admin = Connection(master.url)
        trigger = {"triggerType": "TRIGGER_TYPE_TASK_LOG", "condition": {"regex": "(a|aa)+$"}}
        hooked = {"url": "http://127.0.0.1:9/", "webhookType": "WEBHOOK_TYPE_DEFAULT", "mode": "WEBHOOK_MODE_WORKSPACE"}
        admin.call("POST", "/api/v1/webhooks", {**hooked, "name": "slow", "triggers": [trigger]})
        experiment = client.create_experiment(
            {
                "name": "slow pattern",
                "entrypoint": "python3 train.py",
                "searcher": {"name": "single", "metric": "loss"},
                "max_restarts": 3,
                "log_policies": [
                    {"pattern": "^(a+)+$", "action": "exclude_node"},
                    {"name": "bad disk", "pattern": "disk is (bad|broken)", "action": "cancel_retries"},
                ],
            },
            str(model),
        )
        assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
        trial = admin.call("GET", f"/api/v1/experiments/{experiment.id}/trials")["trials"][0]
        assert trial["restarts"] == 0
        assert admin.send("GET", "/info")[0] == 200
        admin.close()
