"""What a training does, seen from its callbacks, its results and its files."""

from __future__ import annotations

import copy
import json
import os
import pathlib
import signal
import subprocess
import sys
from typing import Any, List

import numpy
import pytest
import torch

import determined
from determined import errors, pytorch
from determined.common.check import CheckFailedError

from .conftest import Batch, Epoch, Line, Linear, fit, folder_of


class Counts(pytorch.PyTorchCallback):
    """Counts the calls of each hook."""

    def __init__(self) -> None:
        self.calls: List[str] = []

    def __getattribute__(self, name: str) -> Any:
        found = super().__getattribute__(name)
        if name.startswith("on_"):

            def noted(*args: Any, **kwargs: Any) -> Any:
                self.calls.append(name)
                return found(*args, **kwargs)

            return noted
        return found


class Counted(Linear):
    def build_callbacks(self) -> Any:
        self.counts = Counts()
        return {"counts": self.counts}


@pytest.mark.parametrize(
    ("periods", "validations", "checkpoints", "workloads"),
    [
        ({}, 1, 1, 1),
        ({"validation_period": Batch(4), "checkpoint_policy": "all"}, 2, 2, 2),
        ({"checkpoint_period": Batch(4)}, 1, 2, 2),
    ],
)
def test_hooks_are_called_as_often_as_the_periods_say(
    periods: Any, validations: int, checkpoints: int, workloads: int
) -> None:
    calls = fit(Counted, max_length=Batch(8), **periods).counts.calls
    assert calls.count("on_validation_end") == validations
    assert calls.count("on_checkpoint_write_end") == checkpoints
    assert calls.count("on_training_workload_end") == workloads
    assert calls.count("on_training_epoch_end") == 2
    assert (calls.count("on_trial_startup"), calls.count("on_trial_shutdown")) == (1, 1)
    assert (calls[0], calls[-1]) == ("on_trial_startup", "on_trial_shutdown")


def test_each_batch_changes_the_weights_as_the_formula_says() -> None:
    class ByHand(Linear):
        batch = 1

        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            w, b = self.weights()
            x = float(batch["x"])
            error = w * x + b - float(batch["y"])
            found = super().train_batch(batch, epoch_idx, batch_idx)
            assert float(found["loss"]) == pytest.approx(error**2)
            assert self.weights() == pytest.approx([w - 0.2 * error * x, b - 0.2 * error], abs=1e-6)
            return found

    fit(ByHand, max_length=Batch(20))


def test_two_batches_make_one_update_of_their_average() -> None:
    together = fit(options={"batch": 8}, max_length=Batch(2))
    apart = fit(options={"batch": 4}, init={"aggregation_frequency": 2}, max_length=Batch(4))
    assert apart.weights() == pytest.approx(together.weights())


def test_gradients_that_are_left_are_dropped_or_used() -> None:
    init: Any = {"aggregation_frequency": 2}
    dropped = fit(init=init, max_length=Batch(3))
    assert dropped.weights() == fit(init=init, max_length=Batch(2)).weights()
    used = fit(init=init, max_length=Batch(3), flush_gradients=True)
    assert used.weights() != dropped.weights()
    third = Line(16)
    x = torch.stack([third[i]["x"] for i in range(8, 12)])
    y = torch.stack([third[i]["y"] for i in range(8, 12)])
    w, b = dropped.weights()
    error = (w * x + b - y).mean().item()
    assert used.weights()[1] == pytest.approx(b - 0.1 * 2 * error, abs=1e-5)


def test_a_fit_tells_what_came_out() -> None:
    result = fit(max_length=Epoch(2)).result
    assert (result.batches, result.epochs, result.was_stopped) == (8, 2, False)
    assert set(result.training_metrics) == {"loss", "batches", "epochs"}
    assert set(result.validation_metrics) == {"val_loss", "batches", "epochs"}


def test_a_request_to_stop_is_heard_when_something_is_due() -> None:
    class Stops(Linear):
        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            self.context.set_stop_requested(True)
            return super().train_batch(batch, epoch_idx, batch_idx)

    result = fit(Stops, max_length=Batch(10), reporting_period=Batch(3)).result
    assert (result.batches, result.was_stopped) == (3, True)
    assert result.checkpoint is not None


def test_a_signal_to_end_stops_the_training_with_a_checkpoint() -> None:
    class Signalled(Linear):
        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            if batch_idx == 1:
                os.kill(os.getpid(), signal.SIGTERM)
            return super().train_batch(batch, epoch_idx, batch_idx)

    result = fit(Signalled, max_length=Batch(10), reporting_period=Batch(3)).result
    assert (result.batches, result.was_stopped, result.checkpoint is not None) == (3, True, True)
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_invalid_hyperparameters_end_the_process_with_a_checkpoint(tmp_path: pathlib.Path) -> None:
    class Invalid(Linear):
        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            if batch_idx == 2:
                raise determined.InvalidHP("too big")
            return super().train_batch(batch, epoch_idx, batch_idx)

    with pytest.raises(SystemExit) as caught:
        fit(Invalid, max_length=Batch(10))
    assert caught.value.code == 0
    [folder] = (tmp_path / "data" / "determined").iterdir()
    assert json.loads((folder / "metadata.json").read_text())["steps_completed"] == 2


def test_a_hook_of_a_checkpoint_that_finds_them_invalid_just_ends_the_training() -> None:
    class Invalid(Counted):
        def build_callbacks(self) -> Any:
            class Raises(Counts):
                def on_checkpoint_save_start(self, checkpoint: Any) -> None:
                    raise determined.InvalidHP("no")

            self.counts = Raises()
            return {"raises": self.counts}

    trial = fit(Invalid, max_length=Batch(2))
    assert trial.result.was_stopped
    assert trial.counts.calls.count("on_checkpoint_save_start") == 1
    assert trial.counts.calls[-1] == "on_trial_shutdown"


def test_names_of_metrics_must_not_change_within_a_report() -> None:
    class Changes(Linear):
        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            return {f"loss{batch_idx}": 1.0}

    for kind in (CheckFailedError, ValueError):
        with pytest.raises(kind, match="same names"):
            fit(Changes, max_length=Batch(2))


@pytest.mark.parametrize("returned", [None, 3.0, [1.0]])
def test_results_that_are_no_metrics_are_refused(returned: Any) -> None:
    class Wrong(Linear):
        def evaluate_batch(self, batch: Any, batch_idx: int) -> Any:
            return returned

    with pytest.raises(TypeError, match="evaluate_batch must return a dict of metrics"):
        fit(Wrong, max_length=Batch(1))


def test_a_policy_that_is_unknown_is_refused() -> None:
    with pytest.raises(ValueError, match="best, all, none"):
        fit(max_length=Batch(1), checkpoint_policy="sometimes")


class Plain(Linear):
    def prepare(self) -> None:
        self.context.experimental.disable_dataset_reproducibility_checks()

    def build_training_data_loader(self) -> Any:
        return torch.utils.data.DataLoader(Line(self.n), batch_size=self.batch)


def test_a_loader_of_torch_that_ends_begins_another_epoch() -> None:
    trial = fit(Plain, max_length=Batch(6))
    assert [(epoch, records[0]) for epoch, _, records in trial.seen] == [
        (0, 0),
        (0, 4),
        (0, 8),
        (0, 12),
        (1, 0),
        (1, 4),
    ]


def test_data_that_end_for_good_end_the_training() -> None:
    class Ends(Plain):
        def build_training_data_loader(self) -> Any:
            return iter(list(super().build_training_data_loader()))

    with pytest.raises(RuntimeError, match="cannot begin again"):
        fit(Ends, max_length=Batch(30))


def test_a_method_with_names_of_its_own_is_called_in_order() -> None:
    class Named(Linear):
        def train_batch(self, data: Any, epoch: int, number: int) -> Any:
            return super().train_batch(data, epoch, number)

        def evaluate_batch(self, data: Any) -> Any:  # type: ignore[override]
            return super().evaluate_batch(data, 0)

    assert fit(Named, max_length=Batch(2)).result.batches == 2


class Historic(pytorch.PyTorchTrial):
    """A trial as it was written for releases before 0.14."""

    def __init__(self, context: Any) -> None:
        self.context = context

    def build_model(self) -> Any:
        model = torch.nn.Linear(1, 1)
        torch.nn.init.zeros_(model.weight)
        torch.nn.init.zeros_(model.bias)
        return model

    def optimizer(self, model: Any) -> Any:
        return torch.optim.SGD(model.parameters(), lr=0.1)

    def create_lr_scheduler(self, optimizer: Any) -> Any:
        step = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        return pytorch.LRScheduler(step, pytorch.LRScheduler.StepMode.STEP_EVERY_BATCH)

    def train_batch(self, batch: Any, model: Any, epoch_idx: int, batch_idx: int) -> Any:  # type: ignore[override]
        return {"loss": torch.nn.functional.mse_loss(model(batch["x"]), batch["y"])}

    def evaluate_batch(self, batch: Any, model: Any) -> Any:
        return {"val_loss": torch.nn.functional.mse_loss(model(batch["x"]), batch["y"])}

    def build_training_data_loader(self) -> Any:
        return pytorch.DataLoader(Line(16), batch_size=4)

    build_validation_data_loader = build_training_data_loader

    def build_callbacks(self) -> Any:
        return {"clip": pytorch.ClipGradsL2Norm(1e-3)}


def test_a_trial_of_before_0_14_is_trained(tmp_path: pathlib.Path) -> None:
    trial = fit(Historic, max_length=Batch(2))
    model = trial.context.get_model()
    moved = torch.cat([p.detach().flatten() for p in model.parameters()])
    assert 0 < moved.norm() <= 1e-3 * 0.15 + 1e-9
    assert trial.context.get_lr_scheduler().get_last_lr() == [0.025]
    loaded = pytorch.load_trial_from_checkpoint_path(folder_of(trial, tmp_path), trial_class=Historic)
    assert isinstance(loaded, torch.nn.Linear)


def test_bfloat16_computes_in_it_and_returns_32_bits() -> None:
    seen = []

    class Half(Linear):
        def __init__(self, context: Any) -> None:
            context.use_autocast(torch.bfloat16)
            super().__init__(context)
            self.model.register_forward_hook(lambda module, given, out: seen.append(out.dtype))

    trial = fit(Half, max_length=Batch(3))
    assert set(seen) == {torch.float32}
    assert trial.weights() != fit(max_length=Batch(3)).weights()
    assert trial.weights() == pytest.approx(fit(max_length=Batch(3)).weights(), rel=0.05)


def test_the_state_of_a_scaler_is_stored_and_restored() -> None:
    class Scaled(Linear):
        scale = 4.0

        def __init__(self, context: Any, **options: Any) -> None:
            self.scaler = context.wrap_scaler(torch.amp.GradScaler("cpu", init_scale=options.get("scale", 4.0)))
            super().__init__(context, **options)

        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            loss = torch.nn.functional.mse_loss(self.model(batch["x"]), batch["y"])
            self.context.backward(self.scaler.scale(loss))
            self.context.step_optimizer(self.opt, scaler=self.scaler)
            self.scaler.update()
            return loss

    first = fit(Scaled, max_length=Batch(2))
    assert first.weights() == pytest.approx(fit(max_length=Batch(2)).weights())
    again = fit(Scaled, options={"scale": 64.0}, max_length=Batch(3), latest_checkpoint=first.result.checkpoint)
    assert again.scaler.get_scale() == 4.0
    with pytorch.init() as context:
        Linear(context)
        with pytest.raises(errors.InvalidExperimentException):
            context.wrap_scaler(torch.amp.GradScaler("cpu"))


def test_values_of_metrics_become_plain() -> None:
    class Rich(Linear):
        def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
            return {
                "tensor": torch.tensor(float(batch_idx)),
                "half": torch.tensor(1.0, dtype=torch.bfloat16),
                "vector": numpy.array([1.0, 3.0]),
                "text": "a",
                "none": None,
            }

    metrics = fit(Rich, max_length=Batch(2)).result.training_metrics
    assert metrics["tensor"] == 0.5
    assert metrics["half"] == 1.0
    assert metrics["vector"] == 2.0
    assert metrics["text"] is None
    assert numpy.isnan(metrics["none"])


def test_importing_the_package_loads_torch_and_nothing_else_that_is_heavy() -> None:
    """What torch loads by itself, such as a progress bar if there is one, is not ours."""
    heavy = ["requests", "urllib3", "tensorboard", "tensorflow", "boto3", "tqdm", "pandas", "yaml", "starlette"]
    program = "\n".join(
        [
            "import sys, torch, numpy",
            "before = set(sys.modules)",
            "import determined.pytorch",
            f"print(*(m for m in {heavy!r} if m in sys.modules and m not in before))",
        ]
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


def test_one_batch_tries_a_trial_out() -> None:
    result = fit(max_length=Batch(10), test_mode=True).result
    assert (result.batches, result.checkpoint is not None) == (1, True)


def test_a_compiled_model_trains_and_is_stored_under_its_own_names(tmp_path: pathlib.Path) -> None:
    class Compiled(Linear):
        def prepare(self) -> None:
            inner = self.context.models.pop()
            self.model = self.context.wrap_model(inner, compile={"backend": "eager"})

    trial = fit(Compiled, max_length=Batch(3))
    assert trial.weights() == fit(max_length=Batch(3)).weights()
    state = torch.load(folder_of(trial, tmp_path) / "state_dict.pth")["models_state_dict"][0]
    assert set(state) == {"weight", "bias"}
    again = fit(Compiled, max_length=Batch(4), latest_checkpoint=trial.result.checkpoint)
    assert again.weights() == fit(max_length=Batch(4)).weights()


def test_the_profiler_follows_its_schedule_over_all_batches() -> None:
    class Profiled(Linear):
        def prepare(self) -> None:
            schedule = torch.profiler.schedule(wait=1, warmup=1, active=3, repeat=1)
            self.context.set_profiler(schedule=schedule, activities=[torch.profiler.ProfilerActivity.CPU])

    fit(Profiled, max_length=Batch(8), reporting_period=Batch(2))
    assert len(list(pathlib.Path("runs").glob("*.pt.trace.json"))) == 1


def test_a_model_of_bfloat16_can_be_copied() -> None:
    class Averaged(Linear):
        def __init__(self, context: Any) -> None:
            context.use_autocast(torch.bfloat16)
            super().__init__(context)
            self.copy = copy.deepcopy(self.model)

    trial = fit(Averaged, max_length=Batch(2))
    assert trial.copy(torch.ones(1, 1)).item() == 0.0
    assert trial.model(torch.ones(1, 1)).item() != 0.0
