"""Model directories that trials of these tests run, and waiting for what they do."""

from __future__ import annotations

import pathlib
import time
from typing import Any, Callable, Dict

import pytest

SLOW_TRAINING = '''
"""Counts steps slowly, checkpoints each one, and goes on from its latest checkpoint."""
import json, pathlib, time
import determined as det
from determined import core

info = det.get_cluster_info()
with core.init() as context:
    done = 0
    if info.latest_checkpoint is not None:
        with context.checkpoint.restore_path(info.latest_checkpoint) as path:
            done = json.loads((path / "done.json").read_text())
        print(f"resumed after step {done}", flush=True)
    for step in range(done + 1, info.trial.hparams["steps"] + 1):
        time.sleep(info.trial.hparams["seconds"])
        context.train.report_training_metrics(steps_completed=step, metrics={"loss": 1.0 / step})
        context.train.report_validation_metrics(steps_completed=step, metrics={"accuracy": step / 100})
        with context.checkpoint.store_path({"steps_completed": step}) as (path, _):
            (path / "done.json").write_text(json.dumps(step))
        if context.preempt.should_preempt():
            break
'''


def wait_until(holds: Callable[[], Any], seconds: float = 60) -> Any:
    """Return what a function returns, once that is true."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError("what was waited for did not come")
        time.sleep(0.05)


@pytest.fixture
def slow_training(tmp_path: pathlib.Path) -> pathlib.Path:
    """A model directory whose trials take `steps` times `seconds`."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "train.py").write_text(SLOW_TRAINING)
    return folder


def slow_config(*, trials: int = 1, steps: int = 8, seconds: float = 0.3, **more: Any) -> Dict[str, Any]:
    """A configuration for `slow_training`."""
    return {
        "name": "slow",
        "entrypoint": "python3 train.py",
        "hyperparameters": {"steps": steps, "seconds": seconds, "x": {"type": "double", "minval": 0, "maxval": 1}},
        "searcher": {"name": "random", "metric": "accuracy", "smaller_is_better": False, "max_trials": trials},
        "resources": {"slots_per_trial": 1},
        "max_restarts": 0,
        **more,
    }
