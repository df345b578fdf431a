"""The TensorBoard files of experiments, through the master: they go when asked for, and with their experiment."""

from __future__ import annotations

import json
import pathlib
import time
from typing import Iterator, NamedTuple, Tuple

import pytest
import requests

from determined.master import LocalMaster


class Story(NamedTuple):
    """A master with an ended, detached experiment, and the folder of its TensorBoard files."""

    session: requests.Session
    url: str
    experiment_id: int
    folder: pathlib.Path


@pytest.fixture
def story(tmp_path: pathlib.Path) -> Iterator[Story]:
    with LocalMaster(tmp_path / "master", slots=0, initial_password="") as master, requests.Session() as session:
        url = f"{master.url}/api/v1"
        answer = session.post(f"{url}/auth/login", json={"username": "admin", "password": ""}).json()
        session.headers["Authorization"] = f"Bearer {answer['token']}"
        experiment_id, trial_id = _trial(session, url, tmp_path / "storage")
        session.post(f"{url}/trials/{trial_id}/start", json={"trialId": trial_id, "resume": True}).raise_for_status()
        ended = {"trialId": trial_id, "state": "STATE_COMPLETED"}
        session.patch(f"{url}/trials/{trial_id}", json=ended).raise_for_status()
        cluster_id = session.get(f"{url}/master").json()["clusterId"]
        folder = tmp_path / "storage" / cluster_id / "tensorboard" / "experiment" / str(experiment_id)
        (folder / "trial" / str(trial_id)).mkdir(parents=True)
        (folder / "trial" / str(trial_id) / "events").write_text("scalars")
        yield Story(session, url, experiment_id, folder)


def _trial(session: requests.Session, url: str, storage: pathlib.Path) -> Tuple[int, int]:
    config = {
        "name": "detached",
        "entrypoint": "true",
        "searcher": {"name": "single", "metric": "loss"},
        "checkpoint_storage": {"type": "shared_fs", "host_path": str(storage)},
    }
    created = session.post(f"{url}/experiments", json={"config": json.dumps(config), "unmanaged": True})
    created.raise_for_status()
    experiment_id = created.json()["experiment"]["id"]
    made = session.post(f"{url}/trials", json={"experimentId": experiment_id, "unmanaged": True})
    made.raise_for_status()
    return experiment_id, made.json()["trial"]["id"]


def test_the_files_are_gone_when_the_call_returns_and_asking_again_is_fine(story: Story) -> None:
    for _ in range(2):
        answer = story.session.delete(f"{story.url}/experiments/{story.experiment_id}/tensorboard-files")
        assert (answer.status_code, answer.json()) == (200, {})
        assert not story.folder.exists()
    assert story.folder.parent.is_dir()


def test_a_deleted_experiment_takes_its_files_along(story: Story) -> None:
    url = f"{story.url}/experiments/{story.experiment_id}"
    story.session.delete(url).raise_for_status()
    deadline = time.monotonic() + 20
    while story.session.get(url).status_code != 404:
        assert time.monotonic() < deadline, "the experiment is still there"
        time.sleep(0.02)
    assert not story.folder.exists()


def test_an_unknown_experiment_is_refused(story: Story) -> None:
    answer = story.session.delete(f"{story.url}/experiments/77/tensorboard-files")
    assert answer.status_code == 500
    assert answer.json()["error"]["error"] == "not found"
