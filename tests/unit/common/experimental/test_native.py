"""Trial classes from scripts: what is submitted, what is refused."""

from __future__ import annotations

import pathlib
import random
from typing import Any

import pytest
import yaml

import determined.experimental
from determined import errors
from determined.experimental import _native, client

from .stub_master import StubMaster, page_of, stream_of

RANGES = {
    "lr": {"type": "log", "base": 10, "minval": -4, "maxval": -2},
    "layers": {"type": "int", "minval": 1, "maxval": 3},
    "dropout": {"type": "double", "minval": 0.0, "maxval": 0.5},
    "optimizer": {"type": "categorical", "vals": ["adam", "sgd"]},
    "size": {"type": "const", "val": 64},
    "plain": "text",
    "nested": {"width": {"type": "const", "val": 2}},
}


def test_hyperparameters_are_drawn_from_their_ranges() -> None:
    draw = random.Random(0)
    for _ in range(50):
        chosen = _native.sample_hyperparameters(RANGES, draw)
        assert 1e-4 <= chosen["lr"] <= 1e-2
        assert chosen["layers"] in (1, 2, 3)
        assert 0 <= chosen["dropout"] <= 0.5
        assert chosen["optimizer"] in ("adam", "sgd")
        assert (chosen["size"], chosen["plain"], chosen["nested"]) == (64, "text", {"width": 2})


def test_local_training_is_for_tests_only() -> None:
    with pytest.raises(NotImplementedError):
        determined.experimental.create(object, local=True)


def test_a_script_needs_a_context_and_must_lie_in_it(tmp_path: pathlib.Path) -> None:
    with pytest.raises(errors.InvalidExperimentException, match="context_dir"):
        determined.experimental.create(object, {})
    with pytest.raises(errors.InvalidExperimentException, match="command"):
        determined.experimental.create(object, {}, context_dir=str(tmp_path))


@pytest.mark.parametrize("test", [False, True])
def test_a_script_is_submitted_with_its_command(
    stub: StubMaster, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, test: bool
) -> None:
    monkeypatch.setenv("DET_USER", "ada")
    monkeypatch.setenv("DET_PASS", "secret")
    experiment: Any = {"experiment": {"id": 3, "state": "STATE_COMPLETED"}, "config": {}}
    stub.on("POST", "/api/v1/auth/login", {"token": "t", "user": {"id": 1, "username": "ada"}})
    stub.on("GET", "/api/v1/me", {"user": {"id": 1, "username": "ada"}})
    stub.on("POST", "/api/v1/experiments", experiment)
    stub.on("GET", "/api/v1/experiments/3", experiment)
    stub.on("GET", "/api/v1/experiments/3/trials", page_of("trials", {"id": 5}))
    stub.on("GET", "/api/v1/trials/5/logs", stream_of({"id": "1", "message": "hello\n"}))
    config = {"name": "n", "hyperparameters": RANGES, "searcher": {"name": "random", "metric": "acc"}}
    done = determined.experimental.create(
        object, config, test=test, context_dir=str(tmp_path), command=["train.py", "--x"], master_url=stub.url
    )
    assert isinstance(done, client.Experiment)
    sent = yaml.safe_load(stub.sent("POST", "/api/v1/experiments")[0].body["config"])
    assert sent["entrypoint"] == ["python3", "train.py", "--x"]
    assert sent["searcher"]["metric"] == "acc"
    if test:
        assert sent["description"] == "[test-mode]"
        assert (sent["searcher"]["name"], sent["searcher"]["max_length"]) == ("single", {"batches": 1})
        assert sent["hyperparameters"]["layers"] in (1, 2, 3)
        assert sent["max_restarts"] == 0
    else:
        assert sent["hyperparameters"] == RANGES
    done._session.close()
