"""Running a trial class from a script or a notebook: in this process, or by submitting the script."""

from __future__ import annotations

import contextlib
import copy
import importlib
import logging
import math
import os
import pathlib
import random
import sys
from typing import Any, Dict, Iterator, List, Mapping, Optional, Type

from .. import errors

logger = logging.getLogger("determined.experimental")

_DEFAULT_SEARCHER = {"name": "single", "metric": "validation_loss", "smaller_is_better": True}


def create(
    trial_def: Type[Any],
    config: Optional[Dict[str, Any]] = None,
    local: bool = False,
    test: bool = False,
    context_dir: str = "",
    command: Optional[List[str]] = None,
    master_url: Optional[str] = None,
) -> Any:
    """Train a trial class: on the cluster, or for one batch in this process.

    On the cluster the script that calls this is run again; there the call trains the class.

    Parameters:
        trial_def: a subclass of `determined.pytorch.PyTorchTrial`.
        config: the experiment's configuration.
        local: train in this process; only with `test`.
        test: train one batch, validate and save a checkpoint, to try the class out.
        context_dir: the directory with the script and all it needs; required unless `local`.
        command: the script and its arguments, by default those of this process; required in a notebook.
        master_url: the master's address; by default ``DET_MASTER``.

    Returns:
        The experiment, after its first trial has ended; None when the training was done in this process.

    Raises:
        NotImplementedError: `local` without `test`.
        InvalidExperimentException: `context_dir` or `command` is missing.
    """
    if local and not test:
        raise NotImplementedError("local=True works with test=True only")
    if local:
        with _working_directory(context_dir or "."):
            try_one_batch(trial_def, config)
        return None
    info = _cluster_info()
    if info is not None and info.task_type == "TRIAL":
        _train(trial_def, info)
        return None
    return _submit(config or {}, test, context_dir, command, master_url)


def create_trial_instance(
    trial_def: Type[Any],
    checkpoint_dir: str,
    config: Optional[Dict[str, Any]] = None,
    hparams: Optional[Dict[str, Any]] = None,
) -> Any:
    """Return an instance of a trial class that does not train, to look into it.

    Parameters:
        trial_def: a subclass of `determined.pytorch.PyTorchTrial`.
        checkpoint_dir: accepted for older scripts; nothing is read from it or written to it.
        config: the experiment's configuration.
        hparams: the hyperparameters; by default drawn at random from the ranges in `config`.
    """
    pytorch = _pytorch_for(trial_def)
    chosen = hparams if hparams is not None else sample_hyperparameters((config or {}).get("hyperparameters") or {})
    return trial_def(pytorch.CheckpointLoadContext(hparams=chosen, exp_conf=config))


def try_one_batch(
    trial_class: Optional[Type[Any]] = None,
    config: Optional[Dict[str, Any]] = None,
    controller_cls: Any = None,
    native_context_cls: Any = None,
) -> None:
    """Train a trial class for one batch in this process, validate and save a checkpoint.

    Parameters:
        trial_class: a subclass of `determined.pytorch.PyTorchTrial`.
        config: the experiment's configuration; its hyperparameters are used as they stand.
        controller_cls: accepted for older scripts, and ignored.
        native_context_cls: accepted for older scripts, and ignored.
    """
    if trial_class is None:
        raise TypeError("give the trial class to test")
    pytorch = _pytorch_for(trial_class)
    hparams = (config or {}).get("hyperparameters") or {}
    with pytorch.init(hparams=hparams, exp_conf=config, enable_tensorboard_logging=False) as context:
        trainer = pytorch.Trainer(trial_class(context), context)
        trainer.fit(max_length=pytorch.Batch(1), test_mode=True)


def sample_hyperparameters(ranges: Mapping[str, Any], draw: Optional[random.Random] = None) -> Dict[str, Any]:
    """Return hyperparameters drawn at random from the ranges of a configuration.

    Parameters:
        ranges: the `hyperparameters` of a configuration, nested or not.
        draw: where randomness comes from.
    """
    draw = draw or random.Random()
    return {name: _sample(name, described, draw) for name, described in ranges.items()}


def _sample(name: str, described: Any, draw: random.Random) -> Any:
    if not isinstance(described, dict):
        return described
    kind = described.get("type")
    if kind is None:
        return sample_hyperparameters(described, draw)
    if kind == "const":
        return described["val"]
    if kind == "categorical":
        return draw.choice(described["vals"])
    if kind == "int":
        return draw.randint(described["minval"], described["maxval"])
    if kind == "double":
        return draw.uniform(described["minval"], described["maxval"])
    if kind == "log":
        return math.pow(described.get("base", 10.0), draw.uniform(described["minval"], described["maxval"]))
    raise ValueError(f"hyperparameter {name} has the unknown type {kind!r}")


def _shorten(config: Mapping[str, Any]) -> Dict[str, Any]:
    """Return a configuration that trains one batch with hyperparameters drawn at random."""
    short = copy.deepcopy(dict(config))
    short["description"] = f"[test-mode] {config.get('description') or ''}".strip()
    short["scheduling_unit"] = 1
    short["min_validation_period"] = {"batches": 1}
    short["max_restarts"] = 0
    short["hyperparameters"] = sample_hyperparameters(config.get("hyperparameters") or {})
    searcher = {**_DEFAULT_SEARCHER, **(config.get("searcher") or {})}
    short["searcher"] = {
        "name": "single",
        "metric": searcher["metric"],
        "smaller_is_better": searcher["smaller_is_better"],
        "max_length": {"batches": 1},
    }
    storage = {"save_experiment_best": 0, "save_trial_best": 0, "save_trial_latest": 0}
    short["checkpoint_storage"] = {**(config.get("checkpoint_storage") or {}), **storage}
    return short


def _submit(
    config: Dict[str, Any], test: bool, context_dir: str, command: Optional[List[str]], master_url: Optional[str]
) -> Any:
    from ..common.experimental.determined import Determined

    if not context_dir:
        raise errors.InvalidExperimentException("give context_dir, the directory with the script and all it needs")
    script = command or _own_command(context_dir)
    complete = {**(_shorten(config) if test else config), "entrypoint": ["python3", *script]}
    complete.setdefault("searcher", _DEFAULT_SEARCHER)
    experiment = Determined(master_url).create_experiment(complete, context_dir)
    logger.info("created experiment %s", experiment.id)
    for line in experiment.await_first_trial().iter_logs(follow=True):
        logger.info("%s", line.rstrip("\n"))
    experiment.reload()
    return experiment


def _own_command(context_dir: str) -> List[str]:
    """Return the command line of this process, with the script's path as seen from `context_dir`."""
    script = pathlib.Path(sys.argv[0] or ".").resolve()
    root = pathlib.Path(context_dir).resolve()
    if not script.is_file() or root not in script.parents:
        raise errors.InvalidExperimentException(
            f"{script} is no script in {root}: give the command to run as command=['script.py', ...]"
        )
    return [str(script.relative_to(root)), *sys.argv[1:]]


def _train(trial_def: Type[Any], info: Any) -> None:
    """Train on the cluster, as the configuration of this trial says."""
    _pytorch_for(trial_def)
    class_trial: Any = importlib.import_module("determined.pytorch._class_trial")
    class_trial.train_as_configured(trial_def, info)


def _pytorch_for(trial_class: Type[Any]) -> Any:
    pytorch: Any = importlib.import_module("determined.pytorch")
    if not (isinstance(trial_class, type) and issubclass(trial_class, pytorch.PyTorchTrial)):
        raise TypeError(f"{trial_class!r} is no subclass of determined.pytorch.PyTorchTrial")
    return pytorch


def _cluster_info() -> Any:
    info: Any = importlib.import_module("determined._info")
    return info.get_cluster_info()


@contextlib.contextmanager
def _working_directory(path: str) -> Iterator[None]:
    before = os.getcwd()
    os.chdir(path)
    try:
        yield
    finally:
        os.chdir(before)
