"""The Trainer of Hugging Face in a trial."""

from __future__ import annotations

import json
import pathlib

from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until
from .test_processes import log_of

SCRIPT = """
import os, time
import torch, transformers
from transformers.trainer_utils import get_last_checkpoint
import determined as det
from determined import core
from determined.transformers import DetCallback

class Line(torch.utils.data.Dataset):
    def __len__(self):
        return 16
    def __getitem__(self, i):
        x = torch.tensor([i / 16])
        return {"x": x, "y": 2 * x + 1}

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.inner = torch.nn.Linear(1, 1)
    def forward(self, x=None, y=None, **_):
        time.sleep(det.get_cluster_info().trial.hparams["seconds"])
        out = self.inner(x)
        return {"loss": torch.nn.functional.mse_loss(out, y), "logits": out}

args = transformers.TrainingArguments(
    output_dir="out", max_steps=12, per_device_train_batch_size=4, logging_steps=2, save_strategy="no", optim="sgd",
    eval_strategy="steps", eval_steps=5, disable_tqdm=True, report_to=[], use_cpu=True, remove_unused_columns=False,
    label_names=["y"],
)
with core.init() as context:
    callback = DetCallback(context, args, user_data={"mine": 1})
    last = get_last_checkpoint("out") if os.path.isdir("out") else None
    trainer = transformers.Trainer(model=Model(), args=args, train_dataset=Line(), eval_dataset=Line())
    trainer.add_callback(callback)
    trainer.train(resume_from_checkpoint=last)
    print("stopped at", trainer.state.global_step, "after", last, flush=True)
"""


def start(master: LocalMaster, folder: pathlib.Path, seconds: float) -> client.Experiment:
    model = folder / "model"
    model.mkdir()
    (model / "train.py").write_text(SCRIPT)
    config = {
        "name": "hugging face",
        "entrypoint": "python3 train.py",
        "hyperparameters": {"seconds": seconds},
        "searcher": {"name": "single", "metric": "eval_loss"},
        "resources": {"slots_per_trial": 1},
        "environment": {"environment_variables": ["OMP_NUM_THREADS=1"]},
        "max_restarts": 0,
    }
    return client.Determined(master=master.url).create_experiment(config, model_dir=str(model))


def test_it_evaluates_and_saves_at_its_end(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    experiment = start(master, tmp_path, 0)
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    [trial] = experiment.list_trials()
    assert [m.steps_completed for m in trial.iter_metrics("validation")] == [5, 10, 12]
    assert [m.steps_completed for m in trial.iter_metrics("training")] == [2, 4, 6, 8, 10, 12]
    assert "eval_runtime" not in next(iter(trial.iter_metrics("validation"))).metrics
    [checkpoint] = trial.list_checkpoints()
    assert (checkpoint.metadata or {})["steps_completed"] == 12
    found = pathlib.Path(checkpoint.download(str(tmp_path / "found")))
    assert json.loads((found / "checkpoint-12" / "my_data.json").read_text()) == {"mine": 1}


def test_it_saves_when_it_is_paused_and_goes_on_from_there(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    experiment = start(master, tmp_path, 0.3)
    wait_until(lambda: experiment.list_trials() and list(experiment.list_trials()[0].iter_metrics("training")))
    experiment.pause()
    trial = experiment.list_trials()[0]
    wait_until(lambda: "preempted" in "".join(trial.iter_logs(search_text="was terminated")))
    experiment.activate()
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    assert "stopped at 12 after out/checkpoint-" in log_of(experiment)
