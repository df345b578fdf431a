"""Objects of the SDK go where their user wants them: into copies, files, and other processes."""

from __future__ import annotations

import copy
import multiprocessing
import pathlib
import pickle
from typing import Any, Callable, Dict, Iterator

import pytest

from determined.common.experimental._resource import ResourceList
from determined.experimental import client
from determined.master import LocalMaster

from .test_metric_tables import tell

REPORTS = [[{"loss": 0.5}], [{"loss": 0.25}]]
KINDS = ["experiment", "trial", "user", "workspace", "project", "model", "pool", "determined", "experiments", "report"]


@pytest.fixture(scope="module")
def objects(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Dict[str, Any]]:
    with LocalMaster(tmp_path_factory.mktemp("pickles") / "master", slots=1, initial_password="") as master:
        determined = client.Determined(master.url, "determined", "")
        experiment = determined.get_experiment(tell(determined, [{"lr": 1}, {"lr": 2}], REPORTS))
        workspace = determined.list_workspaces()[0]
        trial = experiment.list_trials()[0]
        yield {
            "experiment": experiment,
            "trial": trial,
            "user": determined.whoami(),
            "workspace": workspace,
            "project": workspace.list_projects()[0],
            "model": determined.create_model("pickled"),
            "pool": workspace.list_pools()[0],
            "determined": determined,
            "experiments": determined.list_experiments(),
            "report": next(iter(trial.iter_metrics("validation"))),
        }


def look_again(found: Any) -> str:
    """Ask the master with an object's own session, where it has one."""
    if isinstance(found, ResourceList):
        return str([look_again(one) for one in found])
    if isinstance(found, client.Determined):
        return str(found.whoami().username)
    if isinstance(found, client.ResourcePool):
        return str(found.list_workspaces())
    if hasattr(found, "reload"):
        found.reload()
    return repr(found)


@pytest.mark.parametrize("how", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))])
@pytest.mark.parametrize("kind", KINDS)
def test_a_copy_is_as_its_original_and_can_ask_the_master(
    objects: Dict[str, Any], kind: str, how: Callable[[Any], Any]
) -> None:
    copied = how(objects[kind])
    assert type(copied) is type(objects[kind])
    assert repr(copied) == repr(objects[kind])
    assert look_again(copied) == look_again(objects[kind])


@pytest.mark.parametrize("method", ["spawn", "forkserver"])
def test_a_pool_of_processes_works_with_them(objects: Dict[str, Any], method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"{method} is not there")
    given = [objects[kind] for kind in KINDS]
    with multiprocessing.get_context(method).Pool(2) as pool:
        assert pool.map_async(look_again, given).get(120) == [look_again(one) for one in given]


def test_a_checkpoint_goes_along(objects: Dict[str, Any], tmp_path: pathlib.Path) -> None:
    session = objects["determined"]._session
    checkpoint = client.Checkpoint._from_wire(session, {"uuid": "u", "state": "STATE_NEW", "training": {"trialId": 7}})
    version = client.ModelVersion._from_wire(
        session, {"version": 3, "model": {"name": "m"}, "checkpoint": {"uuid": "u"}}
    )
    for one in (checkpoint, version):
        copied = pickle.loads(pickle.dumps(one))
        assert repr(copied) == repr(one)
    again = pickle.loads(pickle.dumps(checkpoint))
    assert again.state is checkpoint.state
    assert again.training == checkpoint.training
