"""A training so small that its numbers can be checked by hand: one weight, one bias, points of a line."""

from __future__ import annotations

import pathlib
from typing import Any, List

import pytest
import torch

from determined import _info, pytorch

Batch, Epoch = pytorch.Batch, pytorch.Epoch


class Line:
    """y = 2x + 1 at x = 0, 1/n, 2/n, ..."""

    def __init__(self, n: int) -> None:
        self.n = n

    def __len__(self) -> int:
        return self.n

    def __getitem__(self, i: int) -> Any:
        x = torch.tensor([i / self.n])
        return {"x": x, "y": 2 * x + 1, "i": i}


class Linear(pytorch.PyTorchTrial):
    """Fits the line; notes what it was given in `seen`."""

    n, batch, n_val, batch_val, lr, shuffle, workers = 16, 4, 8, 4, 0.1, False, 0

    def __init__(self, context: pytorch.PyTorchTrialContext, **options: Any) -> None:
        self.context = context
        for name, value in options.items():
            setattr(self, name, value)
        self.seen: List[Any] = []
        model = torch.nn.Linear(1, 1)
        torch.nn.init.zeros_(model.weight)
        torch.nn.init.zeros_(model.bias)
        self.model = context.wrap_model(model)
        self.opt = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=self.lr))
        self.prepare()

    def prepare(self) -> None:
        """Do what a subclass needs."""

    def build_training_data_loader(self) -> Any:
        return pytorch.DataLoader(Line(self.n), batch_size=self.batch, shuffle=self.shuffle, num_workers=self.workers)

    def build_validation_data_loader(self) -> Any:
        return pytorch.DataLoader(Line(self.n_val), batch_size=self.batch_val)

    def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
        self.seen.append((epoch_idx, batch_idx, batch["i"].tolist()))
        loss = torch.nn.functional.mse_loss(self.model(batch["x"]), batch["y"])
        self.context.backward(loss)
        self.context.step_optimizer(self.opt)
        return {"loss": loss}

    def evaluate_batch(self, batch: Any, batch_idx: int) -> Any:
        return {"val_loss": torch.nn.functional.mse_loss(self.model(batch["x"]), batch["y"])}

    def weights(self) -> List[float]:
        return [float(p) for p in self.model.parameters()]


@pytest.fixture(autouse=True)
def away_from_home(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Checkpoints go below a directory of the test, and there is no cluster."""
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("DET_RUN_DIR", str(tmp_path / "run"))
    monkeypatch.setattr(_info, "_cached", None)
    torch.set_num_threads(1)


def fit(trial_class: Any = Linear, init: Any = None, options: Any = None, **arguments: Any) -> Any:
    """Train; return the trial, with the result as `trial.result`."""
    with pytorch.init(**{"enable_tensorboard_logging": False, **(init or {})}) as context:
        trial = trial_class(context, **(options or {}))
        trial.result = pytorch.Trainer(trial, context).fit(**{"checkpoint_policy": "none", **arguments})
        return trial


def folder_of(trial: Any, tmp_path: pathlib.Path) -> pathlib.Path:
    """Return the directory of the last checkpoint of a training."""
    return tmp_path / "data" / "determined" / str(trial.result.checkpoint)
