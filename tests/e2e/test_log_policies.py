"""Trials whose logs their experiments' policies act upon, and logs that are not kept."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

import pytest

from determined.common.api.endpoints import tasks as tasks_api
from determined.common.api.endpoints import trials as trials_api
from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until
from .test_recovery import kill_master

FAIL = "import time\nprint('the disk is bad', flush=True)\ntime.sleep({seconds})\nraise SystemExit(3)\n"


@pytest.fixture
def model_dir(tmp_path: pathlib.Path) -> pathlib.Path:
    folder = tmp_path / "model"
    folder.mkdir()
    return folder


def start(
    master: LocalMaster, folder: pathlib.Path, policies: List[Dict[str, Any]], seconds: float = 0
) -> client.Trial:
    (folder / "train.py").write_text(FAIL.format(seconds=seconds))
    config = {
        "name": "fails",
        "entrypoint": "python3 train.py",
        "searcher": {"name": "single", "metric": "loss"},
        "max_restarts": 3,
        "log_policies": policies,
        "retention_policy": {"log_retention_days": 0},
    }
    experiment = client.Determined(master=master.url).create_experiment(config, model_dir=str(folder))
    return experiment.await_first_trial(interval=0.05)


def allocations_of(trial: client.Trial) -> int:
    return len("".join(trial.iter_logs(search_text="Resources for")).splitlines())


def shown(trial: client.Trial) -> Dict[str, Any]:
    return dict(trials_api.get_trial(trial._session, trial.id))


@pytest.mark.parametrize(
    ("action", "restarts", "said"),
    [("cancel_retries", 0, "a log policy matched"), ("exclude_node", 1, "a log policy excludes agent-0")],
)
def test_a_trial_that_a_policy_does_not_let_go_on_ends_with_its_first_failure_and_its_log_can_be_removed(
    master: LocalMaster, model_dir: pathlib.Path, action: str, restarts: int, said: str
) -> None:
    trial = start(master, model_dir, [{"name": "bad disk", "pattern": ".*disk is bad.*", "action": action}])
    assert trial.get_experiment().wait(interval=0.05) == client.ExperimentState.ERROR
    assert allocations_of(trial) == 1
    assert said in "".join(trial.iter_logs(search_text="the trial is not restarted"))
    seen = shown(trial)
    assert (seen["logPolicyMatched"], seen["restarts"]) == ("bad disk", restarts)
    session = trial._session
    lines = len(list(trial.iter_logs()))
    assert trials_api.get_remaining_log_retention(session, trial.id) == {"remainingDays": 0}
    trials_api.set_trial_log_retention(session, trial.id, -1)
    assert tasks_api.clean_up_logs(session) == 0
    trials_api.set_trial_log_retention(session, trial.id, 0)
    assert tasks_api.clean_up_logs(session) == lines
    assert list(trial.iter_logs()) == []


def test_a_master_that_is_killed_remembers_what_matched(master: LocalMaster, model_dir: pathlib.Path) -> None:
    policies = [{"name": "bad disk", "pattern": "disk is bad", "action": "cancel_retries"}]
    trial = start(master, model_dir, policies, seconds=2)
    wait_until(lambda: shown(trial).get("logPolicyMatched"))
    kill_master(master)
    master.stop()
    master.start()
    assert trial.get_experiment().wait(interval=0.05) == client.ExperimentState.ERROR
    assert allocations_of(trial) == 1
