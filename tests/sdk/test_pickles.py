"""Objects of the SDK are copied, pickled, and used in processes that are forked or spawned."""

from __future__ import annotations

import copy
import multiprocessing
import os
import pickle
from typing import Any, Callable, Iterator, List

import pytest

from determined.common.api import errors
from determined.common.experimental.trial import Trial
from determined.experimental import client
from determined.master import LocalMaster

SCRIPT = """
from determined import core
with core.init() as context:
    context.train.report_training_metrics(1, {"l": 1})
    context.train.report_validation_metrics(1, {"l": 1})
    with context.checkpoint.store_path({"steps_completed": 1}) as (path, uuid):
        (path / "file").write_text("content")
"""
CONFIG = {"name": "n", "entrypoint": "python3 t.py", "searcher": {"name": "single", "metric": "l"}, "max_restarts": 0}


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[List[Any]]:
    """One object of each kind, all of a cluster that runs."""
    model = tmp_path_factory.mktemp("model")
    (model / "t.py").write_text(SCRIPT)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DET_DEBUG_CONFIG_PATH", str(tmp_path_factory.mktemp("config")))
        master = LocalMaster(tmp_path_factory.mktemp("data"), slots=1)
        master.start()
        determined = client.Determined(master.url)
        experiment = determined.create_experiment(CONFIG, model)
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
        trial, checkpoint = experiment.list_trials()[0], experiment.list_checkpoints()[0]
        registered = determined.create_model("m")
        workspace = determined.get_workspace("Uncategorized")
    try:
        yield [
            determined,
            experiment,
            trial,
            checkpoint,
            registered,
            registered.register_version(checkpoint.uuid),
            workspace,
            workspace.list_projects()[0],
            determined.list_users()[0],
            experiment.list_trials(),
            experiment.list_checkpoints(),
            next(iter(trial.iter_metrics("training"))),
            checkpoint.training,
            experiment.config,
            determined._session,
        ]
    finally:
        determined._session.close()
        master.stop()


def look_again(thing: Any) -> str:
    """Ask the master about an object, and return how it is shown."""
    for one in thing if isinstance(thing, list) else [thing]:
        if hasattr(one, "reload"):
            one.reload()
        elif isinstance(one, client.Determined):
            one.get_experiment(1)
    return shown(thing)


def shown(thing: Any) -> str:
    """Return how an object is shown, where that does not name its place in memory."""
    return type(thing).__name__ if " object at " in repr(thing) else repr(thing)


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_every_object_is_pickled_and_goes_on_working(objects: List[Any], protocol: int) -> None:
    for thing in objects:
        assert look_again(pickle.loads(pickle.dumps(thing, protocol))) == shown(thing)


@pytest.mark.parametrize("way", [copy.copy, copy.deepcopy])
def test_every_object_is_copied_and_goes_on_working(objects: List[Any], way: Callable[[Any], Any]) -> None:
    for thing in objects:
        assert look_again(way(thing)) == shown(thing)


@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_pool_of_processes_works_with_every_object(objects: List[Any], method: str) -> None:
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(look_again, objects).get(120) == [shown(thing) for thing in objects]


def test_an_error_is_sent_back_from_another_process(objects: List[Any]) -> None:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        with pytest.raises(errors.NotFoundException) as caught:
            pool.apply_async(objects[0].get_experiment, (99,)).get(120)
    assert caught.value.status_code == 404


def test_no_pickle_holds_a_password_or_a_proxy(objects: List[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://ada:s3cret@proxy.example:3128")
    for thing in objects:
        assert b"s3cret" not in pickle.dumps(pickle.loads(pickle.dumps(thing)))


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_a_stream_is_not_shared_with_a_forked_process(objects: List[Any]) -> None:
    session = objects[-1]
    line = {"taskId": session.get("api/v1/trials/1").json()["trial"]["taskId"], "log": "x" * 200 + "\n"}
    for _ in range(5):
        session.post("api/v1/task/logs", json={"logs": [line] * 2000})
    stream = iter(Trial(1, session).iter_logs())
    first = next(stream)
    child = os.fork()
    if child == 0:
        try:
            list(stream)
            os._exit(1)
        except errors.ConnectionLostException as error:
            os._exit(0 if "forked" in str(error) else 2)
        finally:
            os._exit(3)
    assert os.waitpid(child, 0)[1] == 0
    assert first
    assert sum("x" * 200 in line for line in stream) >= 9_999
