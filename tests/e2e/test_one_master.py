"""One folder has one master, a cluster is known by its lock, and a master by what it says of itself."""

from __future__ import annotations

import concurrent.futures
import json
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from typing import Dict, Iterator, List, Tuple

import pytest
from click.testing import CliRunner, Result

from determined.cli.commands.deploy import deploy
from determined.experimental import client
from determined.master import LocalMaster, background
from determined.master.folder import FolderLock, holder_of
from determined.master.processes import started, this_boot

from .conftest import slow_config, wait_until


def run_master(folder: pathlib.Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    """Run a master that is expected to refuse."""
    return subprocess.run(
        [sys.executable, "-m", "determined.master", "--data-dir", str(folder), "--port", "0", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def errors_of(done: "subprocess.CompletedProcess[str]") -> List[str]:
    """The lines of a master's log that tell of an error."""
    assert done.returncode == 1, done
    assert "Traceback" not in done.stderr
    return [line for line in done.stderr.splitlines() if "ERROR" in line]


# --- one folder -----------------------------------------------------------------------------------------------------


def test_a_second_master_on_a_folder_is_told_who_has_it_and_changes_nothing(
    tmp_path: pathlib.Path, slow_training: pathlib.Path
) -> None:
    folder = tmp_path / "master"
    with LocalMaster(folder, slots=1) as first:
        determined = client.Determined(master=first.url)
        experiment = determined.create_experiment(slow_config(steps=6, seconds=0.3), slow_training)
        wait_until(lambda: any(True for _ in determined.get_experiment(experiment.id).list_checkpoints()))
        (said,) = errors_of(run_master(folder))
        assert f"in use by the master at {first.url} (process {first.pid})" in said
        with pytest.raises(RuntimeError, match=f"in use by the master at {re.escape(first.url)}.*{first.pid}"):
            LocalMaster(folder, slots=1).start()
        experiment.wait(interval=0.2)
        logs = "".join(experiment.list_trials()[0].iter_logs())
        assert "resumed" not in logs
    with LocalMaster(folder, slots=0) as after:
        assert after.url == first_url(folder)


def first_url(folder: pathlib.Path) -> str:
    holder = holder_of(folder)
    assert holder is not None
    return holder.url


def test_a_master_that_was_killed_leaves_no_lock(tmp_path: pathlib.Path) -> None:
    master = LocalMaster(tmp_path / "master", slots=0).start()
    os.kill(master.pid, signal.SIGKILL)
    master.stop()
    assert holder_of(tmp_path / "master") is None
    with LocalMaster(tmp_path / "master", slots=0):
        pass


def test_a_file_in_the_place_of_the_folder_or_the_database_gets_one_clear_line(tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").write_text("x")
    assert "is not a folder" in errors_of(run_master(tmp_path / "file"))[0]
    assert "something above it is not a folder" in errors_of(run_master(tmp_path / "file" / "below"))[0]
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "master.db").write_text("not a database, but long enough to be looked at" * 10)
    (said,) = errors_of(run_master(tmp_path / "text"))
    assert "is not a master's database" in said
    (tmp_path / "folder" / "master.db").mkdir(parents=True)
    assert len(errors_of(run_master(tmp_path / "folder"))) == 1
    with pytest.raises(RuntimeError, match="is not a folder"):
        LocalMaster(tmp_path / "file").start()


def test_a_database_of_another_program_is_left_alone(tmp_path: pathlib.Path) -> None:
    with sqlite3.connect(tmp_path / "master.db") as database:
        database.execute("CREATE TABLE photographs (name TEXT)")
    database.close()
    before = (tmp_path / "master.db").read_bytes()
    (said,) = errors_of(run_master(tmp_path))
    assert "is a database of another program" in said
    assert (tmp_path / "master.db").read_bytes() == before


def test_a_folder_of_a_newer_version_is_refused_by_name_of_both_versions(tmp_path: pathlib.Path) -> None:
    from determined._version import __version__

    with LocalMaster(tmp_path / "master", slots=0):
        pass
    with sqlite3.connect(tmp_path / "master" / "master.db") as database:
        database.execute("INSERT INTO migrations VALUES ('what is to come', '2099-01-01')")
        database.execute("UPDATE facts SET value = '9.9.9' WHERE name = 'version'")
    database.close()
    (said,) = errors_of(run_master(tmp_path / "master"))
    assert "version 9.9.9" in said
    assert f"version {__version__}" in said


# --- a taken port ---------------------------------------------------------------------------------------------------


def test_a_port_that_another_master_has_is_no_success(tmp_path: pathlib.Path) -> None:
    with LocalMaster(tmp_path / "one", slots=0) as one:
        port = int(one.url.rpartition(":")[2])
        with pytest.raises(RuntimeError, match=f"cannot listen on 127.0.0.1:{port}"):
            LocalMaster(tmp_path / "two", port=port, slots=0).start()
        assert not (tmp_path / "two" / "port").exists()
        with pytest.raises(RuntimeError, match="cannot listen") as refused:
            background.start("determined", port=port, folder=tmp_path / "clusters")
        assert "the Determined master of cluster '' answers" in str(refused.value)
        assert background.find("determined", tmp_path / "clusters") is None
        assert background.stop("determined", folder=tmp_path / "clusters") is False
        assert client.Determined(master=one.url).get_session_username() == "determined"


def test_the_port_of_last_time_is_taken_again_unless_somebody_has_it(tmp_path: pathlib.Path) -> None:
    with LocalMaster(tmp_path / "one", slots=0) as first:
        url = first.url
    with LocalMaster(tmp_path / "one", slots=0) as second:
        assert second.url == url
    with socket.create_server(("127.0.0.1", int(url.rpartition(":")[2]))):
        with LocalMaster(tmp_path / "one", slots=0) as third:
            assert third.url != url


# --- clusters -------------------------------------------------------------------------------------------------------


@pytest.fixture
def home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[pathlib.Path]:
    """The folder of the user's data, of a test's own; every cluster in it is taken down."""
    if sys.platform != "linux":
        pytest.skip("the folder of the user's data is set by a variable on Linux only")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    yield tmp_path / "data" / "determined"
    for cluster in background.list_clusters():
        background.stop(cluster.name)


def det(*words: str) -> Result:
    return CliRunner().invoke(deploy, ["local", *words])


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_a_clusters_life_in_a_folder_of_its_own(home: pathlib.Path) -> None:
    port = str(free_port())
    up = det("cluster-up", "--cluster-name", "checkpoints", "--master-port", port, "--slots", "0")
    assert up.exit_code == 0, up.output
    assert f"its state in {home / 'clusters' / 'checkpoints'}" in up.output
    password = re.search(r"shown this once: (\S+)", up.output)
    assert password
    assert client.Determined(master=f"http://127.0.0.1:{port}").get_session_username() == "determined"
    assert password.group(1) not in (home / "clusters" / "checkpoints" / "master.log").read_text()
    again = det("cluster-up", "--cluster-name", "checkpoints")
    assert again.exit_code != 0
    assert "runs already" in str(again.exception)
    status = det("cluster-status", "--cluster-name", "checkpoints")
    assert (status.exit_code, f"is up at http://127.0.0.1:{port}" in status.output) == (0, True)
    (row,) = json.loads(det("cluster-list", "--json").output)
    assert (row["name"], row["state"], row["url"]) == ("checkpoints", "up", f"http://127.0.0.1:{port}")
    assert "checkpoints" in det("cluster-list").output
    assert "is down" in det("cluster-down", "--cluster-name", "checkpoints").output
    assert det("cluster-status", "--cluster-name", "checkpoints").exit_code == 1
    # the port is remembered
    assert (
        f"is up at http://127.0.0.1:{port}" in det("cluster-up", "--cluster-name", "checkpoints", "--slots", "0").output
    )
    # what lies beside it, as checkpoints outside of clusters do, stays
    beside = home / "checkpoints" / "uuid" / "weights"
    beside.parent.mkdir(parents=True)
    beside.write_text("precious")
    assert "is down" in det("cluster-down", "--cluster-name", "checkpoints", "--delete-db").output
    assert not (home / "clusters" / "checkpoints").exists()
    assert beside.read_text() == "precious"
    assert det("cluster-status", "--cluster-name", "checkpoints").exit_code == 1


def test_a_cluster_of_an_older_place_is_found_and_only_what_is_its_own_is_removed(home: pathlib.Path) -> None:
    old = home / "checkpoints"
    with LocalMaster(old, slots=0) as master:
        (old / "cluster.json").write_text(json.dumps({"url": master.url, "pid": master.pid}))
        found = background.find("checkpoints")
        assert found is not None
        assert (found.folder, found.is_running()) == (old, True)
    (old / "11111111-1111-4222-8333-000000000001").mkdir()
    (old / "11111111-1111-4222-8333-000000000001" / "weights").write_text("precious")
    assert background.stop("checkpoints", delete=True) is False
    assert [path.name for path in old.iterdir()] == ["11111111-1111-4222-8333-000000000001"]
    assert background.find("checkpoints") is None


def test_a_master_that_is_no_cluster_is_none(home: pathlib.Path) -> None:
    """`python -m determined.master` keeps its data beside the clusters, and is stopped by who started it."""
    with LocalMaster(home / "master", slots=0) as master:
        assert background.find("master") is None
        assert background.list_clusters() == []
        assert background.stop("master", delete=True) is False
        assert client.Determined(master=master.url).get_session_username() == "determined"


def test_a_cluster_can_be_stopped_although_who_started_it_was_killed(tmp_path: pathlib.Path) -> None:
    script = (
        "import sys, os, pathlib\nfrom determined.master import background, child\n"
        "child._check_identity = lambda report: os.kill(os.getpid(), 9)\n"
        f"background.start('orphan', folder=pathlib.Path({str(tmp_path)!r}), port=0, slots=0)\n"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == -9
    cluster = background.find("orphan", tmp_path)
    assert cluster is not None
    assert cluster.is_running()
    assert background.stop("orphan", delete=True, folder=tmp_path) is True


def test_a_folder_that_holds_other_things_becomes_no_cluster(tmp_path: pathlib.Path) -> None:
    (tmp_path / "photographs").mkdir()
    (tmp_path / "photographs" / "cat.jpg").write_text("")
    with pytest.raises(RuntimeError, match=r"holds other things \(cat.jpg\)"):
        background.start("photographs", folder=tmp_path, port=0)
    assert background.stop("photographs", delete=True, folder=tmp_path) is False
    assert (tmp_path / "photographs" / "cat.jpg").exists()
    for name in ("..", "a/b", ""):
        with pytest.raises(ValueError, match="cannot be named"):
            background.stop(name, delete=True, folder=tmp_path / "photographs")


def test_a_process_that_took_over_a_masters_number_is_never_signalled(tmp_path: pathlib.Path) -> None:
    home = tmp_path / "cluster"
    with LocalMaster(home, slots=0) as master:
        url = master.url
    bystander = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    try:
        (home / "cluster.json").write_text(json.dumps({"url": url, "pid": bystander.pid}))
        assert background.stop("cluster", folder=tmp_path) is False
        # even where a lock is held, and names it
        lock = FolderLock(home)
        lock.take()
        for forged in ({"started": "1", "boot": this_boot()}, {"started": started(bystander.pid), "boot": "another"}):
            (home / "lock").write_text(json.dumps({"pid": bystander.pid, "machine": "elsewhere", "url": url, **forged}))
            with pytest.raises(RuntimeError, match="no process of this machine to be stopped"):
                background.stop("cluster", delete=True, folder=tmp_path)
        lock.release()
        assert bystander.poll() is None
        assert (home / "master.db").exists()
    finally:
        bystander.kill()
        bystander.wait()


def test_a_master_that_is_too_busy_to_answer_is_not_gone(tmp_path: pathlib.Path) -> None:
    cluster = background.start("busy", folder=tmp_path, port=free_port(), slots=0)
    os.kill(cluster.pid, signal.SIGSTOP)
    try:
        assert cluster.is_running()
        with pytest.raises(RuntimeError, match="runs already"):
            background.start("busy", folder=tmp_path, port=free_port())
        waker = threading.Timer(1.0, lambda: os.kill(cluster.pid, signal.SIGCONT))
        waker.start()
        assert background.stop("busy", delete=True, folder=tmp_path) is True
        waker.join()
    finally:
        if holder_of(cluster.folder) is not None:
            os.kill(cluster.pid, signal.SIGCONT)
    assert not cluster.folder.exists()
    wait_until(lambda: not started(cluster.pid))


def test_of_two_that_start_a_cluster_at_once_one_wins_and_the_other_says_so(tmp_path: pathlib.Path) -> None:
    ports = [free_port(), free_port()]

    def start(port: int) -> Tuple[bool, str]:
        try:
            return True, background.start("both", folder=tmp_path, port=port, slots=0).url
        except RuntimeError as error:
            return False, str(error)

    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        outcomes: Dict[bool, str] = dict(pool.map(start, ports))
    assert set(outcomes) == {True, False}, outcomes
    assert f"runs already: the master at {outcomes[True]}" in outcomes[False]
    cluster = background.find("both", tmp_path)
    assert cluster is not None
    assert cluster.url == outcomes[True]
    assert background.stop("both", folder=tmp_path) is True
    assert background.stop("both", folder=tmp_path) is False


def test_a_cluster_that_was_killed_is_down(tmp_path: pathlib.Path) -> None:
    cluster = background.start("killed", folder=tmp_path, port=free_port(), slots=0)
    os.kill(cluster.pid, signal.SIGKILL)
    wait_until(lambda: not cluster.is_running())
    assert background.stop("killed", folder=tmp_path) is False
    assert list(background.follow_log(cluster))


# --- addresses ------------------------------------------------------------------------------------------------------


def has_ipv6() -> bool:
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            return True
    except OSError:
        return False


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6")
@pytest.mark.parametrize("host", ["::1", "::"])
def test_trials_run_on_a_master_that_listens_on_ipv6(
    tmp_path: pathlib.Path, slow_training: pathlib.Path, host: str
) -> None:
    with LocalMaster(tmp_path / "master", host=host, slots=1) as master:
        assert master.url.startswith("http://[::1]:")
        determined = client.Determined(master=master.url)
        experiment = determined.create_experiment(slow_config(steps=1, seconds=0.0), slow_training)
        assert experiment.wait(interval=0.2) == client.ExperimentState.COMPLETED
        assert len(experiment.list_checkpoints()) == 1
        other = master.url.replace("[::1]", "127.0.0.1")
        if host == "::":
            assert client.Determined(master=other).get_session_username() == "determined"
    cluster = background.start("six", host="::1", port=free_port(), folder=tmp_path, slots=0)
    assert cluster.url.startswith("http://[::1]:")
    assert background.stop("six", folder=tmp_path) is True
