"""One connection used by many threads, and by processes that were forked off."""

from __future__ import annotations

import json
import os
import pathlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Callable, Iterator, List

import pytest

from determined.common.api import authentication, errors
from determined.common.api._token_store import TokenStore
from determined.experimental import client
from determined.master import LocalMaster

THREADS = 16
CONFIG = {"name": "n", "entrypoint": "true", "searcher": {"name": "single", "metric": "m"}}


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    with LocalMaster(tmp_path_factory.mktemp("threads"), slots=1, initial_password="") as master:
        yield master


@pytest.fixture
def cluster(running: LocalMaster) -> Iterator[client.Determined]:
    determined = client.Determined(running.url, "determined", "")
    yield determined
    determined._session.close()


def all_at_once(work: Callable[[int], Any]) -> List[Any]:
    """Do the work in many threads that start together, and return what came out of each."""
    start = threading.Barrier(THREADS)

    def wait_and_work(number: int) -> Any:
        start.wait(30)
        return work(number)

    with ThreadPoolExecutor(THREADS) as threads:
        return list(threads.map(wait_and_work, range(THREADS)))


def test_reads_lists_streams_and_changes_do_not_disturb_each_other(cluster: client.Determined) -> None:
    experiment = cluster.create_experiment(CONFIG)
    experiment.wait(interval=0.1)
    (trial,) = experiment.list_trials()
    lines = list(trial.iter_logs())
    assert lines

    def work(number: int) -> Any:
        model = cluster.create_model(f"model-{number}", metadata={"number": number})
        seen = []
        for _ in range(5):
            seen.append(cluster.get_model(f"model-{number}").metadata == {"number": number})
            seen.append(cluster.get_experiment(experiment.id).name == "n")
            seen.append(list(trial.iter_logs()) == lines)
            seen.append(model.name in [found.name for found in cluster.iter_models()])
            seen.append(cluster.wait_all([experiment.id]) == [client.ExperimentState.COMPLETED])
        with pytest.raises(errors.NotFoundException, match=f"model-{number}-none"):
            cluster.get_model(f"model-{number}-none")
        return all(seen)

    assert all_at_once(work) == [True] * THREADS


def test_threads_that_find_a_dead_token_all_log_in_and_leave_a_file_that_holds(
    running: LocalMaster, monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path
) -> None:
    monkeypatch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path))
    monkeypatch.setenv("DET_USER", "determined")
    monkeypatch.setenv("DET_PASS", "")
    with authentication.login(running.url, "determined", "") as session:
        session.post("api/v1/auth/logout")
        store = TokenStore(running.url)
        store.set_token("determined", session.token)

    def work(number: int) -> str:
        determined = client.Determined(running.url)
        assert determined.whoami().username == "determined"
        determined._session.close()
        return determined._session.token  # type: ignore[attr-defined,no-any-return]

    tokens = all_at_once(work)
    assert store.get_token("determined") in tokens
    json.loads((tmp_path / "auth.json").read_text())


def test_the_module_is_used_while_it_logs_in_anew(running: LocalMaster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "_determined", None)
    monkeypatch.setenv("DET_MASTER", running.url)

    def work(number: int) -> bool:
        names = set()
        for _ in range(3):
            if number % 4 == 0:
                client.login(user="admin" if number % 8 else "determined", password="")
            names.add(client.whoami().username)
        return names <= {"admin", "determined"}

    assert all_at_once(work) == [True] * THREADS
    client._get_singleton()._session.close()


def test_a_token_that_dies_is_told_to_all_threads_and_one_login_mends_them(
    running: LocalMaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client, "_determined", None)
    client.login(running.url, "determined", "")
    with authentication.login_with_token(running.url, client._get_singleton()._session.token) as session:  # type: ignore[attr-defined]
        session.post("api/v1/auth/logout")

    def fail(number: int) -> str:
        with pytest.raises(errors.UnauthenticatedException, match="Log in") as caught:
            client.whoami()
        return type(caught.value).__name__

    assert set(all_at_once(fail)) == {"UnauthenticatedException"}
    client.login(running.url, "determined", "")
    assert set(all_at_once(lambda number: client.whoami().username)) == {"determined"}
    client._get_singleton()._session.close()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_forked_process_goes_on_with_connections_of_its_own(cluster: client.Determined) -> None:
    stream = iter(cluster.iter_models())  # so that a connection is in the pool
    next(stream, None)
    children = [_fork(lambda: len([cluster.whoami().username for _ in range(20)]) == 20) for _ in range(4)]
    assert {cluster.whoami().username for _ in range(40)} == {"determined"}
    assert [_wait_for(child) for child in children] == [0] * 4


def _fork(work: Callable[[], bool]) -> int:
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        code = 0 if work() else 2
    finally:
        os._exit(code)  # nothing of the parent's is cleaned up twice


def _wait_for(child: int) -> int:
    _, status = os.waitpid(child, 0)
    return os.WEXITSTATUS(status) if os.WIFEXITED(status) else -1
