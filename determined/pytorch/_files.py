"""The files of a checkpoint."""

from __future__ import annotations

import contextlib
import importlib
import json
import pathlib
import pickle
import sys
from typing import Any, Dict, Iterator, List, Mapping, Optional

import numpy
import torch

from determined import errors
from determined._version import __version__

from ._backend import unwrap

STATE_FILE = "state_dict.pth"
LOAD_DATA_FILE = "load_data.json"
METADATA_FILE = "metadata.json"
TRIAL_TYPE = "PyTorchTrial"
_STATE_FILES = (STATE_FILE, "determined/state_dict.pth", "pedl/state_dict.pth", "checkpoint.pt")
_PREFIXES = ("module.", "_orig_mod.")


class UntrustedCheckpoint(errors.InvalidCheckpointException, pickle.UnpicklingError, RuntimeError):
    """A checkpoint holds objects that could run code when they are loaded."""


def read_checkpoint(folder: pathlib.Path, load_kwargs: Optional[Mapping[str, Any]] = None) -> Dict[str, Any]:
    """Return what a checkpoint's state file holds.

    Parameters:
        folder: the checkpoint's directory.
        load_kwargs: arguments of ``torch.load``. By default only plain values, tensors and arrays are loaded.

    Raises:
        InvalidCheckpointException: there is no such file.
        UntrustedCheckpoint: it holds other objects.
    """
    given = dict(load_kwargs or {})
    if "map_location" not in given and not torch.cuda.is_available():
        given["map_location"] = "cpu"
    if "pickle_module" not in given:
        given.setdefault("weights_only", True)
    path = find_state_file(folder)
    try:
        with _arrays_are_plain():
            loaded: Dict[str, Any] = torch.load(path, **given)
    except pickle.UnpicklingError as e:
        if not given.get("weights_only"):
            raise
        raise UntrustedCheckpoint(
            f"{path.name} of the checkpoint holds objects that could run code when they are loaded. If you trust who"
            " has written it, load it with torch_load_kwargs={'weights_only': False}, an argument of"
            f" load_trial_from_checkpoint_path and of Trainer.fit. What torch says: {e}"
        ) from e
    return loaded


def find_state_file(folder: pathlib.Path) -> pathlib.Path:
    """Return the state file of a checkpoint, wherever the release that wrote it has put it.

    Raises:
        InvalidCheckpointException: there is none.
    """
    for name in _STATE_FILES:
        if (folder / name).is_file():
            return folder / name
    raise errors.InvalidCheckpointException(f"the checkpoint has no {STATE_FILE}")


@contextlib.contextmanager
def _arrays_are_plain() -> Iterator[None]:
    """Let arrays and numbers of NumPy be loaded: earlier releases have stored the random state in them."""
    make = getattr(torch.serialization, "safe_globals", None)
    if make is None:
        yield
        return
    with make(array_types()):
        yield


def array_types() -> List[Any]:
    """Return what arrays and numbers of NumPy are made of in files."""
    multiarray: Any = importlib.import_module("numpy._core.multiarray" if _has_new_numpy() else "numpy.core.multiarray")
    makers: List[Any] = [multiarray._reconstruct, multiarray.scalar]
    if _takes_names():
        # Whichever of its names the NumPy that wrote the file has had.
        places = ("numpy.core.multiarray", "numpy._core.multiarray")
        makers = [(maker, f"{place}.{maker.__name__}") for maker in makers for place in places]
    dtypes = {type(numpy.dtype(kind)) for kind in "?bBhHiIlLqQefdFDSU"}
    return [numpy.ndarray, numpy.dtype, *makers, *dtypes]


def _has_new_numpy() -> bool:
    return int(numpy.__version__.partition(".")[0]) >= 2


def _takes_names() -> bool:
    release = [int(part) for part in torch.__version__.partition("+")[0].split(".")[:2]]
    return release >= [2, 6]


def model_state(model: Any) -> Dict[str, Any]:
    """Return the state of a model, with the names of the user's model."""
    state: Dict[str, Any] = unwrap(model).state_dict()
    return state


def load_model_state(model: Any, state: Mapping[str, Any]) -> None:
    """Load the state of a model, whatever was put around it when it was stored.

    Raises:
        RuntimeError: it belongs to another model.
    """
    target = unwrap(model)
    try:
        target.load_state_dict(state)
    except RuntimeError:
        bare = strip_prefixes(state)
        if bare is None:
            raise
        target.load_state_dict(bare)


def strip_prefixes(state: Mapping[str, Any]) -> Optional[Dict[str, Any]]:
    """Return a state without the prefixes of wrappers that all its names have; None if there are none."""
    bare = dict(state)
    for _ in _PREFIXES:
        for prefix in _PREFIXES:
            if bare and all(name.startswith(prefix) for name in bare):
                bare = {name[len(prefix) :]: value for name, value in bare.items()}
    return bare if set(bare) != set(state) else None


def states_of(checkpoint: Mapping[str, Any], several: str, one: str, count: int) -> List[Any]:
    """Return the states of all models, optimizers or schedulers.

    Parameters:
        checkpoint: what the state file holds.
        several: the key of a list of them.
        one: the key that earlier releases used, if there was one only.
        count: how many are needed.

    Raises:
        RuntimeError: there are not as many, or both keys are there.
    """
    if several in checkpoint and one in checkpoint:
        raise RuntimeError(f"the checkpoint holds both {several} and {one}")
    states = [checkpoint[one]] if one in checkpoint else list(checkpoint.get(several, []))
    if len(states) != count:
        raise RuntimeError(f"the checkpoint holds {len(states)} states in {several}, but the trial has {count}")
    return states


def write_load_data(
    folder: pathlib.Path,
    trial_class: type,
    hparams: Optional[Mapping[str, Any]],
    config: Optional[Mapping[str, Any]],
    is_trainer: bool,
) -> None:
    """Write down what is needed to make the trial again."""
    module, in_main = find_module(trial_class)
    data: Dict[str, Any] = {
        "trial_type": TRIAL_TYPE,
        "experiment_config": config,
        "hparams": hparams,
        "trial_cls_spec": f"{module}:{trial_class.__qualname__}",
    }
    if is_trainer:
        data["is_trainer"] = True
    if in_main:
        data["trial_in_main"] = True
    (folder / LOAD_DATA_FILE).write_text(json.dumps(data, default=str), encoding="utf-8")


def find_module(trial_class: type) -> "tuple[str, bool]":
    """Return the name to import the module of a class by, and whether it is the main script."""
    if trial_class.__module__ != "__main__":
        return trial_class.__module__, False
    main = sys.modules["__main__"]
    spec = getattr(main, "__spec__", None)
    if spec is not None and spec.name:
        return str(spec.name).replace(".__main__", ""), True
    file = getattr(main, "__file__", None)
    if not file:
        return "__main__", True
    path = pathlib.Path(file).resolve().with_suffix("")
    here = pathlib.Path.cwd().resolve()
    inside = path.relative_to(here) if here in path.parents else pathlib.Path(path.name)
    return ".".join(inside.parts), True


def make_metadata(steps_completed: int) -> Dict[str, Any]:
    """Return the metadata of a checkpoint."""
    return {
        "determined_version": __version__,
        "steps_completed": steps_completed,
        "framework": f"torch-{torch.__version__}",
        "format": "pickle",
    }
