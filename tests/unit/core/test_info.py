"""What a task knows about its cluster."""

from __future__ import annotations

import json
import pathlib
from typing import Callable

import pytest

import determined
from determined import _info

from ... import recorded
from .conftest import ALLOCATION, TASK


def test_outside_of_a_cluster_there_is_no_info() -> None:
    assert determined.get_cluster_info() is None


def test_a_trial_knows_itself(trial: Callable[..., pathlib.Path]) -> None:
    trial()
    info = determined.get_cluster_info()
    assert info is not None
    assert (info.task_id, info.allocation_id, info.task_type) == (TASK, ALLOCATION, "TRIAL")
    assert (info.trial.trial_id, info.trial.experiment_id, info.trial.trial_seed) == (7, 1, 42)
    assert info.trial.hparams == {"lr": 0.1}
    assert (info.trial._steps_completed, info.trial._trial_run_id) == (0, 2)
    assert info.user_data == {"url": "x"}
    assert info.latest_checkpoint is None
    assert (info.container_addrs, info.container_rank, info.container_slot_counts) == (["127.0.0.1"], 0, [1])
    assert info.gpu_uuids == ["GPU-1"]
    assert "secret" not in repr(info)


def test_it_is_read_once_per_process(trial: Callable[..., pathlib.Path], tmp_path: pathlib.Path) -> None:
    assert determined.get_cluster_info() is None
    path = _info.info_directory()
    path.mkdir(parents=True)
    (path / "cluster.json").write_text("{}")
    assert determined.get_cluster_info() is None


def test_a_task_that_is_no_trial_has_no_trial_info(trial: Callable[..., pathlib.Path], tmp_path: pathlib.Path) -> None:
    trial(task_type="SHELL")
    (tmp_path / "run" / "info" / "rendezvous.json").unlink()
    (tmp_path / "run" / "info" / "resources.json").unlink()
    info = determined.get_cluster_info()
    assert info is not None
    with pytest.raises(RuntimeError, match="SHELL"):
        _ = info.trial
    with pytest.raises(RuntimeError, match="resources"):
        _ = info.gpu_uuids
    assert info.user_data == {}
    assert (info.container_addrs, info.container_rank, info.container_slot_counts) == (["127.0.0.1"], 0, [1])


def test_the_recorded_files_of_a_real_container_are_read(tmp_path: pathlib.Path) -> None:
    files = dict(recorded.load("container")["info_files"])
    files["cluster.json"] = {**files["cluster.json"], "master_url": "http://127.0.0.1:8080"}
    for name, value in files.items():
        (tmp_path / name).write_text(json.dumps(value))
    info = _info.read_cluster_info(tmp_path)
    assert info is not None
    assert info.trial.hparams == {"lr": 0.1, "nested": {"depth": 2}}
    assert info.user_data == {"url": "x"}
    assert info.slot_ids == [1]
