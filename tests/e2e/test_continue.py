"""Ended experiments that are taken up again, with real trials."""

from __future__ import annotations

import pathlib
from typing import Any, Dict, List

import pytest

from determined.common.api import errors
from determined.common.api.endpoints import experiments as experiments_api
from determined.common.api.endpoints import trials as trials_api
from determined.experimental import client
from determined.master import LocalMaster

from .conftest import slow_config, wait_until

NO_CHANGES = "{}\n"
"""What the command line sends as the new configuration when it was given none."""
STARTED = "New trial runner in (container "

FAILS_AT_FIRST = """
import determined as det, pathlib, sys
print("starting with", det.get_cluster_info().trial.hparams, flush=True)
sys.exit(0 if pathlib.Path("{allowed}").exists() else 3)
"""


def log_of(trial: client.Trial) -> str:
    return "".join(trial.iter_logs())


def message_of(trial: client.Trial) -> Dict[str, Any]:
    return dict(trials_api.get_trial(trial._session, trial.id))


def tasks_of(trial: client.Trial) -> List[str]:
    return list(message_of(trial)["taskIds"])


def take_up(experiment: client.Experiment, override: str = NO_CHANGES) -> None:
    experiments_api.continue_experiment(experiment._session, {"id": experiment.id, "overrideConfig": override})


@pytest.fixture
def failing(tmp_path: pathlib.Path) -> pathlib.Path:
    """A model directory whose trials fail until the file `allowed` beside it is there."""
    folder = tmp_path / "failing"
    folder.mkdir()
    (folder / "train.py").write_text(FAILS_AT_FIRST.format(allowed=tmp_path / "allowed"))
    return folder


@pytest.mark.parametrize("override", ["", NO_CHANGES])
def test_a_canceled_grid_goes_on_with_what_is_unfinished(
    master: LocalMaster, slow_training: pathlib.Path, override: str
) -> None:
    determined = client.Determined(master=master.url)
    config = slow_config(seconds=0.1)
    config["hyperparameters"]["steps"] = {"type": "categorical", "vals": [2, 60, 1]}
    config["hyperparameters"]["x"] = 0.5
    config["searcher"] = {"name": "grid", "metric": "accuracy", "max_concurrent_trials": 1}
    experiment = determined.create_experiment(config, model_dir=str(slow_training))
    # the last point of the grid is tried first, and is done soon; the one behind it has saved something
    wait_until(lambda: len(experiment.list_trials()) == 2 and len(experiment.list_trials()[1].list_checkpoints()) > 1)
    experiment.cancel()
    assert experiment.wait(interval=0.1) == client.ExperimentState.CANCELED
    done, stopped = experiment.list_trials(sort_by=client.TrialSortBy.ID)
    assert (done.state, stopped.state) == (client.TrialState.COMPLETED, client.TrialState.CANCELED)
    saved = max((c.metadata or {})["steps_completed"] for c in stopped.list_checkpoints())

    take_up(experiment, override)

    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    trials = experiment.list_trials(sort_by=client.TrialSortBy.ID)
    assert [(trial.hparams or {})["steps"] for trial in trials] == [1, 60, 2]
    assert {trial.state for trial in trials} == {client.TrialState.COMPLETED}
    assert len(tasks_of(done)) == 1
    assert log_of(done).count(STARTED) == 1
    assert tasks_of(stopped) == [tasks_of(stopped)[0], tasks_of(stopped)[0] + "-1"]
    assert f"resumed after step {saved}" in log_of(stopped)
    assert len(tasks_of(trials[2])) == 1


def test_trials_of_a_continued_search_that_failed_count_their_restarts_anew(
    master: LocalMaster, failing: pathlib.Path, tmp_path: pathlib.Path
) -> None:
    determined = client.Determined(master=master.url)
    config = slow_config(trials=2, max_restarts=1)
    experiment = determined.create_experiment(config, model_dir=str(failing))
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    take_up(experiment)
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    trials = experiment.list_trials()
    assert [message_of(trial)["restarts"] for trial in trials] == [1, 1]
    assert [log_of(trial).count(STARTED) for trial in trials] == [4, 4]

    (tmp_path / "allowed").touch()
    take_up(experiment)

    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
    assert [message_of(trial)["restarts"] for trial in experiment.list_trials()] == [0, 0]
    with pytest.raises(errors.APIException, match="has been completed"):
        take_up(experiment)


def test_each_start_of_a_trial_says_where_it_runs_with_the_configuration(
    master: LocalMaster, failing: pathlib.Path
) -> None:
    determined = client.Determined(master=master.url)
    patterns = [{"name": "seen", "pattern": "in \\(container", "action": "cancel_retries"}]
    config = slow_config(max_restarts=2, log_policies=patterns, data={"secrets": {"key": "hidden"}})
    experiment = determined.create_experiment(config, model_dir=str(failing))
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    (trial,) = experiment.list_trials()
    lines = [line for line in trial.iter_logs() if STARTED in line]
    assert len(lines) == 3, "the patterns of log policies, which the line holds, match it"
    assert " on agent agent-0: {" in lines[0]
    assert '"max_restarts": 2' in lines[0]
    assert "hidden" not in lines[0]
