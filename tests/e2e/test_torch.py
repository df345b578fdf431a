"""Trials of several processes, one for each slot, that torchrun starts through the launch layer."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Dict, List

import pytest

from determined.common.api.endpoints import trials
from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until
from .test_processes import log_of

pytest.importorskip("torch", reason="torch is not installed; `nox -s torch` runs these tests with it")

LAUNCH = "python3 -m determined.launch.torch_distributed"

TALKING = '''
"""Says who it is, talks to its peers through torch and through the Core API, stores a checkpoint of all ranks."""
import json, os
import torch.distributed as dist
import determined as det
from determined import core

dist.init_process_group("gloo")
distributed = core.DistributedContext.from_torch_distributed()
info = det.get_cluster_info()
with core.init(distributed=distributed) as context:
    rank = distributed.rank
    total = __import__("torch").tensor([float(rank + 1)])
    dist.all_reduce(total)
    seen = {
        "size": distributed.size,
        "slots": len(info.slot_ids),
        "sum": total.item(),
        "gathered": distributed.gather(rank),
        "all": distributed.allgather(rank * 10),
        "told": distributed.broadcast(f"by {rank}"),
        "launcher": os.environ["USE_TORCH_DISTRIBUTED"],
    }
    print("seen", json.dumps(seen), flush=True)
    with context.checkpoint.store_path({"steps_completed": 1}, shard=True) as (path, _):
        (path / f"part-{rank}").write_text(f"of rank {rank}")
    if rank == 0:
        context.train.report_validation_metrics(steps_completed=1, metrics={"loss": total.item()})
dist.destroy_process_group()
'''

STEPPING = '''
"""Counts steps in all ranks together, stores each one, and goes on from the latest checkpoint."""
import json, time
import determined as det
from determined import core

info = det.get_cluster_info()
with core.DistributedContext.from_torch_distributed() as distributed, core.init(distributed=distributed) as context:
    done = 0
    if info.latest_checkpoint is not None:
        with context.checkpoint.restore_path(info.latest_checkpoint) as path:
            done = json.loads((path / f"done-{distributed.rank}.json").read_text())
        print(f"resumed after step {done}", flush=True)
    for step in range(done + 1, info.trial.hparams["steps"] + 1):
        time.sleep(0.1)
        if distributed.rank == 0:
            context.train.report_validation_metrics(steps_completed=step, metrics={"loss": 1.0 / step})
        with context.checkpoint.store_path({"steps_completed": step}, shard=True) as (path, _):
            (path / f"done-{distributed.rank}.json").write_text(json.dumps(step))
        if context.preempt.should_preempt():
            print("stops", flush=True)
            break
'''

FAILING = '''
"""The second rank fails in the first run, while the first waits for it."""
import os, time
from determined import core

with core.DistributedContext.from_torch_distributed() as distributed:
    print("run", os.environ["DET_TRIAL_RUN_ID"], flush=True)
    if os.environ["DET_TRIAL_RUN_ID"] == "1":
        if distributed.rank == 1:
            raise SystemExit(7)
        time.sleep(600)
'''


def start(master: LocalMaster, folder: pathlib.Path, script: str, *, slots: int, **more: Any) -> client.Experiment:
    """Create an experiment of one trial whose script runs on so many slots."""
    model = folder / "model"
    model.mkdir()
    (model / "train.py").write_text(script)
    config: Dict[str, Any] = {
        "name": "torch",
        "entrypoint": f"{LAUNCH} python3 train.py",
        "resources": {"slots_per_trial": slots},
        "searcher": {"name": "single", "metric": "loss"},
        "max_restarts": 0,
        **more,
    }
    return client.Determined(master=master.url).create_experiment(config, model_dir=str(model))


def seen_by_ranks(experiment: client.Experiment) -> List[Dict[str, Any]]:
    found = {}
    for line in experiment.list_trials()[0].iter_logs():
        if "|| seen " in line:
            head, _, text = line.partition("|| seen ")
            found[int(head.split("[rank=")[1].split("]")[0])] = json.loads(text)
    return [found[rank] for rank in sorted(found)]


@pytest.mark.parametrize("slots", [1, 2])
def test_the_ranks_of_a_trial_know_and_reach_each_other(
    master: LocalMaster, tmp_path: pathlib.Path, slots: int
) -> None:
    experiment = start(master, tmp_path, TALKING, slots=slots)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    ranks = list(range(slots))
    common = {
        "size": slots,
        "slots": slots,
        "sum": float(sum(rank + 1 for rank in ranks)),
        "all": [rank * 10 for rank in ranks],
        "told": "by 0",
        "launcher": "True",
    }
    assert seen_by_ranks(experiment) == [{**common, "gathered": None if rank else ranks} for rank in ranks]
    [checkpoint] = experiment.list_trials()[0].list_checkpoints()
    parts = {name for name in checkpoint.resources or {} if name.startswith("part-")}
    assert parts == {f"part-{rank}" for rank in ranks}
    found = pathlib.Path(checkpoint.download(str(tmp_path / "found")))
    assert [(found / f"part-{rank}").read_text() for rank in ranks] == [f"of rank {rank}" for rank in ranks]


def test_a_pause_reaches_all_ranks_and_they_go_on_from_their_checkpoint(
    master: LocalMaster, tmp_path: pathlib.Path
) -> None:
    experiment = start(master, tmp_path, STEPPING, slots=2, hyperparameters={"steps": 12})
    wait_until(lambda: experiment.list_trials() and experiment.list_trials()[0].list_checkpoints())
    experiment.pause()
    trial = experiment.list_trials()[0]
    wait_until(lambda: "preempted" in "".join(trial.iter_logs(search_text="was terminated")))
    assert log_of(experiment).count("|| stops") == 2
    experiment.activate()
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    assert log_of(experiment).count("|| resumed after step") == 2
    steps = [m.steps_completed for m in trial.iter_metrics("validation")]
    assert steps == list(range(1, 13))


def test_a_killed_trial_leaves_no_rank_behind(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    experiment = start(master, tmp_path, STEPPING, slots=2, hyperparameters={"steps": 1000})
    wait_until(lambda: experiment.list_trials() and experiment.list_trials()[0].list_checkpoints())
    experiment.kill()
    assert experiment.wait(interval=0.1) == client.ExperimentState.CANCELED


def test_one_rank_that_fails_ends_all_and_counts_as_a_restart(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    experiment = start(master, tmp_path, FAILING, slots=2, max_restarts=1)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    assert trials.get_trial(experiment._session, experiment.list_trials()[0].id)["restarts"] == 1
    assert log_of(experiment).count("|| run 2") == 2
