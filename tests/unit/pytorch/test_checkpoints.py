"""What is in a checkpoint, and loading trials from it."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
from typing import Any

import pytest
import torch

from determined import errors, pytorch
from determined.pytorch import _files

from .conftest import Batch, Linear, fit, folder_of

SCRIPT = """
import torch
from determined import pytorch

class Line(torch.utils.data.Dataset):
    def __len__(self):
        return 4
    def __getitem__(self, i):
        return {"x": torch.tensor([float(i)])}

class Mine(pytorch.PyTorchTrial):
    def __init__(self, context, scale=1.0):
        self.context, self.scale = context, scale
        self.model = context.wrap_model(torch.nn.Linear(1, 1))
        self.opt = context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=context.get_hparam("lr")))
    def build_training_data_loader(self):
        return pytorch.DataLoader(Line())
    build_validation_data_loader = build_training_data_loader
    def train_batch(self, batch, epoch_idx, batch_idx):
        loss = self.model(batch["x"]).sum()
        self.context.backward(loss)
        self.context.step_optimizer(self.opt)
        return loss
    def evaluate_batch(self, batch, batch_idx):
        return {"a": 1.0}

if __name__ == "__main__":
    with pytorch.init(hparams={"lr": 0.5}, enable_tensorboard_logging=False) as context:
        pytorch.Trainer(Mine(context), context).fit(max_length=pytorch.Batch(1))
"""


def run_script(tmp_path: pathlib.Path) -> pathlib.Path:
    """Train the class of the script above in a process; return the checkpoint's directory."""
    pathlib.Path("main_script.py").write_text(SCRIPT)
    subprocess.run([sys.executable, "main_script.py"], check=True, capture_output=True, env=dict(os.environ))
    [folder] = (tmp_path / "data" / "determined").iterdir()
    return folder


def test_a_class_of_the_main_script_loads_with_its_hyperparameters(tmp_path: pathlib.Path) -> None:
    trial = pytorch.load_trial_from_checkpoint_path(run_script(tmp_path), trial_kwargs={"scale": 3.0})
    assert type(trial).__name__ == "Mine"
    assert (trial.scale, trial.context.get_hparam("lr")) == (3.0, 0.5)
    assert "main_script" not in sys.modules


def test_a_class_that_cannot_be_imported_is_asked_for(tmp_path: pathlib.Path) -> None:
    folder = run_script(tmp_path)
    (folder / "code" / "main_script.py").write_text("raise OSError('no')")
    pathlib.Path("main_script.py").unlink()
    with pytest.raises(ValueError, match="trial_class"):
        pytorch.load_trial_from_checkpoint_path(folder)


def test_hyperparameters_are_stored_without_a_configuration(tmp_path: pathlib.Path) -> None:
    trial = fit(init={"hparams": {"lr": 1}}, max_length=Batch(1))
    data = json.loads((folder_of(trial, tmp_path) / "load_data.json").read_text())
    assert data["hparams"] == {"lr": 1}
    assert data["experiment_config"] is None


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
def test_names_of_wrappers_are_taken_off(prefix: str, tmp_path: pathlib.Path) -> None:
    trial = fit(max_length=Batch(2))
    folder = folder_of(trial, tmp_path)
    checkpoint = torch.load(folder / "state_dict.pth")
    [state] = checkpoint["models_state_dict"]
    checkpoint["models_state_dict"] = [{prefix + name: value for name, value in state.items()}]
    torch.save(checkpoint, folder / "state_dict.pth")
    loaded = pytorch.load_trial_from_checkpoint_path(str(folder), trial_class=Linear)
    assert loaded.weights() == trial.weights()
    again = fit(max_length=Batch(2), latest_checkpoint=trial.result.checkpoint)
    assert again.weights() == trial.weights()


@pytest.mark.parametrize("name", ["determined/state_dict.pth", "pedl/state_dict.pth", "checkpoint.pt"])
def test_files_lie_where_earlier_releases_have_put_them(name: str, tmp_path: pathlib.Path) -> None:
    trial = fit(max_length=Batch(2))
    folder = folder_of(trial, tmp_path)
    checkpoint = torch.load(folder / "state_dict.pth")
    old = {
        "model_state_dict": checkpoint["models_state_dict"][0],
        "optimizer_state_dict": checkpoint["optimizers_state_dict"][0],
        "rng_state": checkpoint["rng_state"],
    }
    (folder / "state_dict.pth").unlink()
    (folder / name).parent.mkdir(exist_ok=True)
    torch.save(old, folder / name)
    again = fit(max_length=Batch(3), latest_checkpoint=trial.result.checkpoint)
    assert [batch for _, batch, _ in again.seen] == [2]


def test_metadata_of_releases_until_0_17_7_tell_the_class(tmp_path: pathlib.Path) -> None:
    folder = run_script(tmp_path)
    (folder / "load_data.json").unlink()
    old = {"experiment_config": {"entrypoint": "main_script:Mine"}, "hparams": {"lr": 2.0}, "framework": "torch-1.9"}
    (folder / "metadata.json").write_text(json.dumps(old))
    assert pytorch.load_trial_from_checkpoint_path(folder).context.get_hparam("lr") == 2.0


def test_a_folder_without_a_checkpoint_is_refused(tmp_path: pathlib.Path) -> None:
    for kind in (AssertionError, ValueError, errors.InvalidCheckpointException):
        with pytest.raises(kind, match=r"no load_data\.json"):
            pytorch.load_trial_from_checkpoint_path(tmp_path)


def test_a_checkpoint_that_is_not_there_is_told_after_the_startup_of_callbacks() -> None:
    calls = []

    class Told(Linear):
        def build_callbacks(self) -> Any:
            class Notes(pytorch.PyTorchCallback):
                def on_trial_startup(self, first_batch_idx: int, checkpoint_uuid: Any) -> None:
                    calls.append("startup")

                def on_trial_shutdown(self) -> None:
                    calls.append("shutdown")

            return {"notes": Notes()}

    with pytest.raises(errors.CheckpointNotFound):
        fit(Told, max_length=Batch(1), latest_checkpoint="00000000-0000-4000-8000-000000000000")
    assert calls == ["startup", "shutdown"]


def test_only_code_is_copied_from_the_working_directory(tmp_path: pathlib.Path) -> None:
    for name in ("model.py", "pkg/layers.py", "conf/a.yaml", "runs/x/events.py", "big.py", "data/images.bin"):
        path = pathlib.Path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x = 1\n")
    pathlib.Path("big.py").write_text("#" * (2 << 20))
    pathlib.Path("dangling.py").symlink_to("nowhere.py")
    pathlib.Path("env").mkdir()
    pathlib.Path("env/pyvenv.cfg").write_text("")
    pathlib.Path("env/lib.py").write_text("")
    pathlib.Path("old/code").mkdir(parents=True)
    pathlib.Path("old/state_dict.pth").write_text("")
    pathlib.Path("old/code/model.py").write_text("")
    pathlib.Path(".detignore").write_text("conf/\n")
    trial = fit(max_length=Batch(1))
    code = folder_of(trial, tmp_path) / "code"
    assert sorted(str(p.relative_to(code)) for p in code.rglob("*") if p.is_file()) == ["model.py", "pkg/layers.py"]


def test_a_checkpoint_below_the_working_directory_does_not_hold_earlier_ones(tmp_path: pathlib.Path) -> None:
    pathlib.Path("model.py").write_text("")
    storage = tmp_path / "work" / "ck"
    for _ in range(2):
        trial = fit(init={"checkpoint_storage": storage}, max_length=Batch(1))
    found = [p for p in (storage / trial.result.checkpoint / "code").rglob("*") if p.is_file()]
    assert [p.name for p in found] == ["model.py"]


def test_a_compiled_model_is_stored_under_its_own_names() -> None:
    class Wrapper(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, inner: Any) -> None:
            super().__init__()
            self._orig_mod = inner

    assert set(_files.model_state(Wrapper(torch.nn.Linear(1, 1)))) == {"weight", "bias"}


def test_names_of_deepspeed_tell_what_to_do_instead() -> None:
    with pytest.raises(ImportError, match="core.DistributedContext"):
        from determined.pytorch.deepspeed import DeepSpeedTrial  # noqa: F401
