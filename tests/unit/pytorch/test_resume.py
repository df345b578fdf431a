"""A training that was interrupted ends as an undisturbed one would have."""

from __future__ import annotations

import pathlib
import pickle
import random
from typing import Any

import numpy
import pytest
import torch

from determined import pytorch
from determined.pytorch import _state

from .conftest import Batch, Epoch, Line, Linear, fit, folder_of


class Eventful(Linear):
    """Has everything that a checkpoint must hold: momentum, a schedule, random numbers, a callback."""

    shuffle = True

    def prepare(self) -> None:
        self.model = self.context.models[0]
        self.opt = self.context.wrap_optimizer(torch.optim.SGD(self.model.parameters(), lr=self.lr, momentum=0.9))
        self.context.optimizers.pop(0)
        schedule = torch.optim.lr_scheduler.StepLR(self.opt, step_size=3, gamma=0.5)
        self.context.wrap_lr_scheduler(schedule, pytorch.LRScheduler.StepMode.STEP_EVERY_BATCH)
        self.counter = Counter()

    def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
        noise = torch.rand(1).item() + random.random() + float(numpy.random.rand())
        self.seen.append((epoch_idx, batch_idx, batch["i"].tolist(), noise, self.opt.param_groups[0]["lr"]))
        loss = torch.nn.functional.mse_loss(self.model(batch["x"] + noise), batch["y"])
        self.context.backward(loss)
        self.context.step_optimizer(self.opt)
        return {"loss": loss}

    def build_callbacks(self) -> Any:
        return {"counter": self.counter}


class Counter(pytorch.PyTorchCallback):
    def __init__(self) -> None:
        self.workloads = 0

    def on_training_workload_end(self, avg_metrics: Any, batch_metrics: Any) -> None:
        self.workloads += 1

    def state_dict(self) -> Any:
        return {"workloads": self.workloads}

    def load_state_dict(self, state_dict: Any) -> None:
        self.workloads = state_dict["workloads"]


@pytest.mark.parametrize("workers", [0, 2])
def test_it_goes_on_with_the_same_data_random_numbers_and_rates(workers: int) -> None:
    options, init = {"workers": workers, "n": 10}, {"seed": 7}
    calm = fit(Eventful, init, options, max_length=Batch(11), reporting_period=Batch(1))
    first = fit(Eventful, init, options, max_length=Batch(4), reporting_period=Batch(1))
    # another seed: everything comes from the checkpoint
    again = fit(
        Eventful,
        {"seed": 99},
        options,
        max_length=Batch(11),
        reporting_period=Batch(1),
        latest_checkpoint=first.result.checkpoint,
    )
    assert again.seen == calm.seen[4:]
    assert again.weights() == calm.weights()
    assert again.counter.workloads == calm.counter.workloads


class Augmented(Line):
    def __getitem__(self, i: int) -> Any:
        found = super().__getitem__(i)
        return {**found, "x": found["x"] + torch.rand(1)}


class AugmentedTrial(Linear):
    def build_training_data_loader(self) -> Any:
        return pytorch.DataLoader(Augmented(self.n), batch_size=self.batch, shuffle=True, num_workers=2)


def test_what_workers_make_up_at_random_follows_from_the_batch() -> None:
    calm = fit(AugmentedTrial, {"seed": 7}, max_length=Batch(7))
    first = fit(AugmentedTrial, {"seed": 7}, max_length=Batch(3))
    again = fit(AugmentedTrial, {"seed": 8}, max_length=Batch(7), latest_checkpoint=first.result.checkpoint)
    assert again.seen == calm.seen[3:]
    assert again.weights() == calm.weights()


def test_each_epoch_has_another_order_and_all_of_the_data() -> None:
    trial = fit(options={"shuffle": True}, max_length=Epoch(2))
    epochs = [[i for e, _, records in trial.seen if e == epoch for i in records] for epoch in (0, 1)]
    assert [sorted(epoch) for epoch in epochs] == [list(range(16))] * 2
    assert epochs[0] != epochs[1]


def test_a_generator_of_the_user_is_taken_back_to_where_it_was() -> None:
    class Own(Linear):
        def build_training_data_loader(self) -> Any:
            generator = torch.Generator()
            generator.manual_seed(self.context.get_hparam("seed"))
            return pytorch.DataLoader(Line(self.n), batch_size=4, shuffle=True, generator=generator)

    calm = fit(Own, {"hparams": {"seed": 1}}, max_length=Batch(9))
    first = fit(Own, {"hparams": {"seed": 1}}, max_length=Batch(6))
    again = fit(Own, {"hparams": {"seed": 2}}, max_length=Batch(9), latest_checkpoint=first.result.checkpoint)
    assert again.seen == calm.seen[6:]


def test_a_directory_can_be_gone_on_from_as_well(tmp_path: pathlib.Path) -> None:
    first = fit(max_length=Batch(3))
    moved = folder_of(first, tmp_path).rename(tmp_path / "moved")
    assert fit(max_length=Batch(5), latest_checkpoint=moved).seen[0][1] == 3


def test_nothing_is_left_to_do_when_the_length_is_reached() -> None:
    first = fit(max_length=Batch(3))
    again = fit(max_length=Batch(2), latest_checkpoint=first.result.checkpoint)
    assert again.seen == []
    assert again.result.checkpoint is None
    assert again.result.validation_metrics == {}


def test_a_validation_draws_no_random_numbers_of_the_training() -> None:
    often = fit(Eventful, {"seed": 3}, max_length=Batch(6), validation_period=Batch(1))
    seldom = fit(Eventful, {"seed": 3}, max_length=Batch(6))
    assert often.seen == seldom.seen


def test_counters_of_another_trial_begin_anew_but_its_weights_stay(tmp_path: pathlib.Path) -> None:
    first = fit(max_length=Batch(3))
    file = folder_of(first, tmp_path) / _state.FILE_NAME
    file.write_bytes(pickle.dumps({**pickle.loads(file.read_bytes()), "trial_id": 5}))
    again = fit(max_length=Batch(1), latest_checkpoint=first.result.checkpoint, options={"lr": 0.0})
    assert again.seen[0][1] == 0
    assert again.weights() != [0.0, 0.0]


def test_counters_of_releases_before_them_are_read(tmp_path: pathlib.Path) -> None:
    (tmp_path / "workload_sequencer.pkl").write_bytes(pickle.dumps({"trial_id": 3, "steps_completed": 12}))
    found = _state.read_state(tmp_path)
    assert (found.trial_id, found.batches_trained) == (3, 12)


def test_counters_run_no_code(tmp_path: pathlib.Path) -> None:
    (tmp_path / _state.FILE_NAME).write_bytes(pickle.dumps({"trial_id": pathlib.Path("x")}))
    with pytest.raises(Exception, match="not plain values"):
        _state.read_state(tmp_path)


def test_a_model_of_another_shape_is_refused() -> None:
    class Wider(Linear):
        def prepare(self) -> None:
            self.context.models[0] = torch.nn.Linear(2, 1)

    first = fit(max_length=Batch(1))
    with pytest.raises(RuntimeError, match="size mismatch"):
        fit(Wider, max_length=Batch(2), latest_checkpoint=first.result.checkpoint)


class Unsafe:
    """An object that plain loading refuses."""


class UnsafeTrial(Linear):
    def build_callbacks(self) -> Any:
        class Holder(pytorch.PyTorchCallback):
            def state_dict(self) -> Any:
                return {"object": Unsafe()}

        return {"holder": Holder()}


def test_objects_are_loaded_by_who_trusts_them_only(tmp_path: pathlib.Path) -> None:
    first = fit(UnsafeTrial, max_length=Batch(1))
    with pytest.raises(pytorch.UntrustedCheckpoint, match="torch_load_kwargs=.'weights_only': False."):
        fit(UnsafeTrial, max_length=Batch(2), latest_checkpoint=first.result.checkpoint)
    with pytest.raises(pickle.UnpicklingError):
        pytorch.load_trial_from_checkpoint_path(folder_of(first, tmp_path), trial_class=UnsafeTrial)
    trusted = {"torch_load_kwargs": {"weights_only": False}}
    again = fit(UnsafeTrial, max_length=Batch(2), latest_checkpoint=first.result.checkpoint, **trusted)
    assert again.seen[0][1] == 1


def test_what_we_write_is_loaded_without_trust(tmp_path: pathlib.Path) -> None:
    trial = fit(Eventful, {"seed": 1}, max_length=Batch(3))
    assert torch.load(folder_of(trial, tmp_path) / "state_dict.pth", weights_only=True)["ranks_state"]


def test_random_states_of_earlier_releases_are_taken_back(tmp_path: pathlib.Path) -> None:
    """They hold arrays of NumPy, which torch refuses by itself."""
    first = fit(max_length=Batch(2))
    file = folder_of(first, tmp_path) / "state_dict.pth"
    checkpoint = torch.load(file, weights_only=False)
    numpy.random.seed(5)
    expected: Any = numpy.random.get_state()
    checkpoint["rng_state"]["np_rng_state"] = expected
    del checkpoint["ranks_state"], checkpoint["data_state"]
    torch.save(checkpoint, file)
    numpy.random.seed(6)
    fit(max_length=Batch(2), latest_checkpoint=first.result.checkpoint)
    restored: Any = numpy.random.get_state()
    assert restored[1].tolist() == expected[1].tolist()
