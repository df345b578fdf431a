"""PyTorch trials in real processes: by hand, with torchrun, and as trials of a master."""

from __future__ import annotations

import json
import os
import pathlib
import shutil
import subprocess
import sys
from typing import Any, Dict, List

import pytest

from determined import pytorch
from determined.experimental import client
from determined.master import LocalMaster
from determined.master.package import package_path

from ..conftest import REPOSITORY, processes_of
from .conftest import wait_until
from .test_processes import log_of

LAUNCH = "python3 -m determined.launch.torch_distributed"

MODEL = '''
"""Fits a line; tells each batch. One file for all ways to start it."""
import json, time
import torch
import determined as det
from determined import pytorch

class Line(torch.utils.data.Dataset):
    def __init__(self, n):
        self.n = n
    def __len__(self):
        return self.n
    def __getitem__(self, i):
        x = torch.tensor([i / self.n])
        return {"x": x, "y": 2 * x + 1, "i": i}

class LineTrial(pytorch.PyTorchTrial):
    def __init__(self, context):
        self.context = context
        model = torch.nn.Linear(1, 1)
        torch.nn.init.zeros_(model.weight)
        torch.nn.init.zeros_(model.bias)
        self.model = context.wrap_model(model)
        self.opt = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=0.1, momentum=0.5))
    def build_training_data_loader(self):
        size, shuffle = self.context.get_per_slot_batch_size(), self.context.get_hparams().get("shuffle", False)
        return pytorch.DataLoader(Line(16), batch_size=size, shuffle=shuffle)
    def build_validation_data_loader(self):
        return pytorch.DataLoader(Line(self.context.get_hparams().get("n_val", 8)), batch_size=4)
    def train_batch(self, batch, epoch_idx, batch_idx):
        time.sleep(self.context.get_hparams().get("seconds", 0))
        tell("trained", batch_idx, batch["i"].tolist(), float(torch.rand(1)))
        loss = torch.nn.functional.mse_loss(self.model(batch["x"]), batch["y"])
        self.context.backward(loss)
        self.context.step_optimizer(self.opt)
        return {"loss": loss}
    def evaluate_batch(self, batch, batch_idx):
        return {"val_loss": torch.nn.functional.mse_loss(self.model(batch["x"]), batch["y"])}

def tell(what, *values):
    print("TOLD", json.dumps([what, *values]), flush=True)

def main():
    info = det.get_cluster_info()
    hparams = {"global_batch_size": 4} if info is None else info.trial.hparams
    with pytorch.init(hparams=hparams) as context:
        trial = LineTrial(context)
        result = pytorch.Trainer(trial, context).fit(
            max_length=pytorch.Batch(hparams.get("batches", 6)),
            validation_period=pytorch.Batch(2),
            reporting_period=pytorch.Batch(2),
            checkpoint_policy="none" if info is None else "best",
            latest_checkpoint=None if info is None else info.latest_checkpoint,
        )
        if context.distributed.rank == 0:
            weights = [float(p.detach()) for p in trial.model.parameters()]
            tell("ended", result.batches, result.was_stopped, weights)

if __name__ == "__main__":
    main()
'''

SINGLE = {"name": "single", "metric": "val_loss"}


@pytest.fixture
def model(tmp_path: pathlib.Path) -> pathlib.Path:
    """A model directory with the training above."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "model_def.py").write_text(MODEL)
    return folder


def told(text: str, what: str) -> List[Any]:
    found = [json.loads(line.split("TOLD ", 1)[1]) for line in text.splitlines() if "TOLD [" in line]
    return [values for kind, *values in found if kind == what]


def run_here(command: List[str], model: pathlib.Path, tmp_path: pathlib.Path) -> str:
    environment = {
        **os.environ,
        "PYTHONPATH": package_path(),
        "XDG_DATA_HOME": str(tmp_path / "data"),
        "OMP_NUM_THREADS": "1",
    }
    done = subprocess.run(command, cwd=model, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def start(master: LocalMaster, model: pathlib.Path, hparams: Dict[str, Any], **more: Any) -> client.Experiment:
    config = {
        "name": "line",
        "entrypoint": "python3 model_def.py",
        "hyperparameters": {"global_batch_size": 4, **hparams},
        "searcher": SINGLE,
        "resources": {"slots_per_trial": 1},
        "environment": {"environment_variables": ["OMP_NUM_THREADS=1"]},
        "max_restarts": 0,
        **more,
    }
    return client.Determined(master=master.url).create_experiment(config, model_dir=str(model))


def finish(experiment: client.Experiment) -> str:
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    return log_of(experiment)


def series_of(experiment: client.Experiment) -> List[Any]:
    [trial] = experiment.list_trials()
    return [(m.steps_completed, m.metrics["val_loss"]) for m in trial.iter_metrics("validation")]


def test_one_file_trains_alike_in_four_ways(master: LocalMaster, model: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """Alone, with torchrun, as a trial of one slot and of two: the gradients are those of the whole batch each time."""
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    alone = told(run_here([sys.executable, "model_def.py"], model, tmp_path), "ended")
    by_torchrun = told(run_here([*torchrun, "model_def.py"], model, tmp_path), "ended")
    one = told(finish(start(master, model, {})), "ended")
    two = start(master, model, {}, resources={"slots_per_trial": 2}, entrypoint=f"{LAUNCH} python3 model_def.py")
    in_two = told(finish(two), "ended")
    assert len(alone) == 1
    for other in (by_torchrun, one, in_two):
        assert other[0][:2] == alone[0][:2]
        assert other[0][2] == pytest.approx(alone[0][2], rel=1e-5)


def test_a_trial_that_was_paused_ends_as_an_undisturbed_one(master: LocalMaster, model: pathlib.Path) -> None:
    hparams = {"batches": 12, "shuffle": True, "seconds": 0.2}
    calm = start(master, model, {**hparams, "seconds": 0}, reproducibility={"experiment_seed": 5})
    undisturbed = told(finish(calm), "trained")
    paused = start(master, model, hparams, reproducibility={"experiment_seed": 5})
    wait_until(lambda: paused.list_trials() and len(told(log_of(paused), "trained")) >= 3)
    paused.pause()
    wait_until(lambda: "preempted" in "".join(paused.list_trials()[0].iter_logs(search_text="was terminated")))
    paused.activate()
    log = finish(paused)
    assert told(log, "trained") == undisturbed
    assert len(told(log, "ended")) == 2
    assert series_of(paused) == series_of(calm)


def test_two_ranks_that_were_paused_go_on_each_where_it_was(master: LocalMaster, model: pathlib.Path) -> None:
    hparams = {"batches": 10, "shuffle": True, "seconds": 0.2}
    more: Dict[str, Any] = {
        "resources": {"slots_per_trial": 2},
        "entrypoint": f"{LAUNCH} python3 model_def.py",
        "reproducibility": {"experiment_seed": 5},
    }
    calm = start(master, model, {**hparams, "seconds": 0}, **more)
    undisturbed = sorted(told(finish(calm), "trained"))
    paused = start(master, model, hparams, **more)
    wait_until(lambda: paused.list_trials() and len(told(log_of(paused), "trained")) >= 5)
    paused.pause()
    wait_until(lambda: "preempted" in "".join(paused.list_trials()[0].iter_logs(search_text="was terminated")))
    paused.activate()
    assert sorted(told(finish(paused), "trained")) == undisturbed
    # no record twice in an epoch, none missing
    first_epoch = [record for batch, records, _ in undisturbed if batch < 4 for record in records]
    assert sorted(first_epoch) == list(range(16))


def test_ranks_without_validation_data_wait_for_the_others(model: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """One batch of validation data, three ranks."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "3"]
    text = (model / "model_def.py").read_text()
    hparams = '{"global_batch_size": 6, "n_val": 4}'
    (model / "model_def.py").write_text(text.replace('{"global_batch_size": 4}', hparams))
    assert told(run_here([*command, "model_def.py"], model, tmp_path), "ended")[0][0] == 6


def test_a_checkpoint_of_two_ranks_loads_in_one_process(
    model: pathlib.Path, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2", "model_def.py"]
    [[_, _, weights]] = told(run_here(command, model, tmp_path), "ended")
    [folder] = (tmp_path / "data" / "determined").iterdir()
    monkeypatch.chdir(tmp_path)
    trial = pytorch.load_trial_from_checkpoint_path(folder)
    assert [float(p.detach()) for p in trial.model.parameters()] == weights


def test_a_class_is_an_entrypoint(master: LocalMaster, model: pathlib.Path, tmp_path: pathlib.Path) -> None:
    """The configuration says what a script would: length, periods, policy."""
    experiment = start(
        master,
        model,
        {},
        entrypoint="model_def:LineTrial",
        searcher={**SINGLE, "max_length": {"batches": 6}},
        min_validation_period={"batches": 2},
        scheduling_unit=3,
        checkpoint_policy="all",
        checkpoint_storage={"save_trial_latest": 5},
    )
    finish(experiment)
    [trial] = experiment.list_trials()
    assert [steps for steps, _ in series_of(experiment)] == [2, 4, 6]
    assert [m.steps_completed for m in trial.iter_metrics("training")] == [2, 3, 4, 6]
    [last] = trial.list_checkpoints(sort_by=client.CheckpointSortBy.BATCH_NUMBER, order_by=client.OrderBy.DESC)[:1]
    loaded = pytorch.load_trial_from_checkpoint_path(last.download(str(tmp_path / "found")))
    assert type(loaded).__name__ == "LineTrial"
    assert not hasattr(loaded.model, "module")


def test_a_class_that_is_not_there_fails_the_trial(master: LocalMaster, model: pathlib.Path) -> None:
    experiment = start(master, model, {}, entrypoint="model_def:Nobody", searcher={**SINGLE, "max_length": 3})
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    assert "Nobody" in log_of(experiment)


def test_the_last_window_is_in_tensorboard(master: LocalMaster, model: pathlib.Path, tmp_path: pathlib.Path) -> None:
    reader = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    storage = tmp_path / "stored"
    config = {"checkpoint_storage": {"type": "directory", "container_path": str(storage)}}
    finish(start(master, model, {}, **config))
    steps = set()
    for file in storage.rglob("*tfevents*"):
        events = reader.EventAccumulator(str(file)).Reload()
        for tag in events.Tags()["scalars"]:
            steps |= {(tag, event.step) for event in events.Scalars(tag)}
    assert {("Determined/val_loss", 6), ("Determined/loss", 5)} <= steps


def test_the_example_searches_and_its_best_checkpoint_is_what_it_measured(tmp_path: pathlib.Path) -> None:
    example = tmp_path / "digits"
    shutil.copytree(REPOSITORY / "examples" / "digits_pytorch", example)
    environment = {**os.environ, "DIGITS_DATA": str(tmp_path / "data"), "PYTHONPATH": package_path()}
    environment["OMP_NUM_THREADS"] = "1"
    done = subprocess.run(
        [sys.executable, "demo.py"], cwd=example, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Accuracy on the test set: 0.9" in done.stdout
    assert processes_of(tmp_path) == []
