"""Loading a trial from a checkpoint, to use its models."""

from __future__ import annotations

import contextlib
import importlib
import json
import logging
import os
import pathlib
import warnings
from typing import Any, Dict, Mapping, Optional, Type, Union

from determined import errors
from determined._import import import_from_path
from determined._trial import LegacyTrial
from determined.core._assembly import assemble_local
from determined.core._preempt import PreemptMode
from determined.errors import ArgumentError

from ._files import LOAD_DATA_FILE, METADATA_FILE, TRIAL_TYPE, load_model_state, read_checkpoint, states_of
from ._pytorch_context import PyTorchTrialContext
from ._pytorch_trial import PyTorchTrial

logger = logging.getLogger("determined.pytorch")


class CheckpointLoadContext(PyTorchTrialContext):
    """A context without a training: models stay where they are, nothing is wrapped.

    With it a trial can be made to look into, or to load a checkpoint with other hyperparameters.

    Parameters:
        hparams: the hyperparameters.
        exp_conf: the experiment's configuration.
    """

    def __init__(self, hparams: Optional[Dict[str, Any]] = None, exp_conf: Optional[Dict[str, Any]] = None) -> None:
        super().__init__(
            assemble_local(None, None, None, PreemptMode.WorkersAskChief),
            trial_seed=None,
            hparams=hparams,
            slots_per_trial=1,
            num_gpus=0,
            exp_conf=exp_conf,
            aggregation_frequency=1,
            steps_completed=0,
            managed_training=False,
            debug_enabled=False,
            enable_tensorboard_logging=False,
        )


class TrialClassNotFound(errors.InvalidCheckpointException, ValueError, AssertionError):
    """The class of a checkpoint's trial cannot be imported."""


class NoLoadData(errors.InvalidCheckpointException, ValueError, AssertionError, FileNotFoundError):
    """A directory does not hold a checkpoint that a trial can be made of."""


def load_trial_from_checkpoint_path(
    path: Union[str, "os.PathLike[str]"],
    trial_class: Optional[Type[PyTorchTrial]] = None,
    trial_kwargs: Optional[Dict[str, Any]] = None,
    torch_load_kwargs: Optional[Dict[str, Any]] = None,
    **kwargs: Any,
) -> Any:
    """Return a trial with its models as they were when a checkpoint was stored.

    Parameters:
        path: the checkpoint's directory, such as `determined.experimental.Checkpoint.download` returns it.
        trial_class: the class of the trial. Defaults to importing it from the code in the checkpoint.
        trial_kwargs: arguments of its constructor besides the context.
        torch_load_kwargs: arguments of ``torch.load``, such as ``{"map_location": "cpu"}``. By default tensors and
            plain values are loaded only; if you trust who has written the checkpoint, ``{"weights_only": False}``
            loads all that there may be.
        kwargs: the same; deprecated.

    Returns:
        The trial; for a class of before 0.14, which has ``build_model``, the model.

    Raises:
        ValueError: the class cannot be imported; or arguments of ``torch.load`` are given in both ways.
        AssertionError: the directory holds no checkpoint of a trial.
        UntrustedCheckpoint: an ``UnpicklingError``: it holds objects that could run code.
    """
    if kwargs:
        if torch_load_kwargs is not None:
            raise ValueError("give arguments of torch.load in torch_load_kwargs only")
        warnings.warn("arguments of torch.load belong in torch_load_kwargs, since 0.21.0", FutureWarning, stacklevel=2)
        torch_load_kwargs = kwargs
    folder = pathlib.Path(path)
    data = _read_load_data(folder)
    kind = data.get("trial_type", TRIAL_TYPE)
    if kind != TRIAL_TYPE:
        logger.warning("the checkpoint is of a %s, not of a %s", kind, TRIAL_TYPE)
    config, hparams = data.get("experiment_config"), data.get("hparams")
    with _imports_of(folder, trial_class):
        found = trial_class or _import_class(data.get("trial_cls_spec") or (config or {}).get("entrypoint"), folder)
        context = CheckpointLoadContext(hparams=hparams, exp_conf=config)
        trial = _make(found, context, trial_kwargs or {})
        models = list(context.models)
        is_historic = getattr(found, "build_model", None) is not PyTorchTrial.build_model
        if is_historic:
            models = [trial.build_model()]
    checkpoint = read_checkpoint(folder, torch_load_kwargs)
    states = states_of(checkpoint, "models_state_dict", "model_state_dict", len(models))
    for model, state in zip(models, states):
        load_model_state(model, state)
    return models[0] if is_historic else trial


def _read_load_data(folder: pathlib.Path) -> Mapping[str, Any]:
    for name in (LOAD_DATA_FILE, METADATA_FILE):
        try:
            data: Mapping[str, Any] = json.loads((folder / name).read_text(encoding="utf-8"))
        except FileNotFoundError:
            continue
        # Until 0.17.7 all of it was in the metadata.
        if name == LOAD_DATA_FILE or "experiment_config" in data:
            return data
    raise NoLoadData(f"{folder} holds no {LOAD_DATA_FILE}: it is no checkpoint of a PyTorchTrial")


@contextlib.contextmanager
def _imports_of(folder: pathlib.Path, trial_class: Optional[type]) -> Any:
    """Let the code in the checkpoint be imported, if the class is not given."""
    if trial_class is not None or not (folder / "code").is_dir():
        yield
        return
    with import_from_path(folder / "code"):
        yield


def _import_class(spec: Any, folder: pathlib.Path) -> Type[Any]:
    advice = "pass the class as trial_class"
    if not isinstance(spec, str) or ":" not in spec:
        raise TrialClassNotFound(f"the checkpoint does not tell the class of its trial: {advice}")
    if spec.startswith("__main__:"):
        raise TrialClassNotFound(f"the class {spec} was defined where it cannot be imported from: {advice}")
    try:
        return import_trial_class(spec)
    except SystemExit as e:
        raise errors.InvalidExperimentException(f"importing {spec} has ended the process: {e.code}") from e
    except Exception as e:  # user code is run: it may raise whatever it likes
        raise TrialClassNotFound(
            f"the class {spec} cannot be imported from {folder / 'code'}: {type(e).__name__}: {e}; {advice}"
        ) from e


def import_trial_class(spec: str) -> Type[Any]:
    """Return the class that an entrypoint names.

    Parameters:
        spec: such as ``model_def:MyTrial``.

    Raises:
        ImportError, AttributeError: there is none.
        AssertionError: it is no class of a trial.
    """
    module, _, qualname = spec.partition(":")
    found: Any = importlib.import_module(module)
    for name in qualname.split("."):
        found = getattr(found, name)
    if not isinstance(found, type) or not issubclass(found, LegacyTrial):
        raise ArgumentError(f"{spec} is no class of a trial, but {found!r}")
    return found


def _make(trial_class: Type[Any], context: CheckpointLoadContext, trial_kwargs: Dict[str, Any]) -> Any:
    try:
        return trial_class(context, **trial_kwargs)
    except SystemExit as e:
        raise errors.InvalidExperimentException(f"making the trial has ended the process: {e.code}") from e
