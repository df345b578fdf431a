"""Trying a class out, and looking into an instance of it, without a cluster."""

from __future__ import annotations

import pathlib
from typing import Any

import pytest

from determined import errors, experimental

from .conftest import Linear

CONFIG = {"hyperparameters": {"lr": 0.5, "depth": {"type": "int", "minval": 2, "maxval": 2}}}


class Noted(Linear):
    trained = 0

    def train_batch(self, batch: Any, epoch_idx: int, batch_idx: int) -> Any:
        Noted.trained += 1
        return super().train_batch(batch, epoch_idx, batch_idx)


def test_one_batch_is_trained_and_a_checkpoint_stored(tmp_path: pathlib.Path) -> None:
    Noted.trained = 0
    experimental.test_one_batch(trial_class=Noted, config=CONFIG)
    assert Noted.trained == 1
    [folder] = (tmp_path / "data" / "determined").iterdir()
    assert (folder / "state_dict.pth").exists()


def test_create_tries_a_class_out_in_its_directory(tmp_path: pathlib.Path) -> None:
    class Looks(Noted):
        def prepare(self) -> None:
            assert pathlib.Path("here.txt").exists()
            assert self.context.get_hparam("lr") == 0.5

    Noted.trained = 0
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "here.txt").write_text("")
    assert experimental.create(Looks, CONFIG, local=True, test=True, context_dir=str(tmp_path / "model")) is None
    assert Noted.trained == 1


def test_an_instance_has_hyperparameters_drawn_from_the_ranges(tmp_path: pathlib.Path) -> None:
    trial = experimental.create_trial_instance(Linear, str(tmp_path), config=CONFIG)
    assert trial.context.get_hparams() == {"lr": 0.5, "depth": 2}
    assert type(trial.model).__name__ == "Linear"
    given = experimental.create_trial_instance(Linear, str(tmp_path), hparams={"lr": 3})
    assert given.context.get_hparam("lr") == 3


def test_what_makes_no_sense_is_refused() -> None:
    with pytest.raises(NotImplementedError):
        experimental.create(Linear, CONFIG, local=True)
    with pytest.raises(errors.InvalidExperimentException):
        experimental.create(Linear, CONFIG)
