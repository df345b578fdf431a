"""Loading a checkpoint's files into memory, by the framework that wrote them."""

from __future__ import annotations

import enum
import importlib
import json
import os
import pathlib
from typing import Any, Dict, List, Mapping, Optional, Union

from .... import errors
from ._target import METADATA_FILE


class ModelFramework(enum.Enum):
    """The framework that a checkpoint was saved with."""

    PYTORCH = 1
    TENSORFLOW = 2


def read_metadata(directory: Union[str, "os.PathLike[str]"]) -> Dict[str, Any]:
    """Return what the ``metadata.json`` of a downloaded checkpoint says."""
    path = pathlib.Path(directory, METADATA_FILE)
    if not path.exists():
        raise errors.InvalidCheckpointException(f"{directory} holds no {METADATA_FILE}: it is no downloaded checkpoint")
    with path.open(encoding="utf-8") as file:
        metadata: Dict[str, Any] = json.load(file)
    return metadata


def framework_of(metadata: Mapping[str, Any]) -> ModelFramework:
    """Return the framework that a checkpoint's metadata names.

    Raises:
        InvalidCheckpointException: it names none that is known.
    """
    name = str(metadata.get("framework") or "")
    if name.startswith("torch") or "torch_version" in metadata:
        return ModelFramework.PYTORCH
    if name.startswith("tensorflow") or "tensorflow_version" in metadata:
        return ModelFramework.TENSORFLOW
    raise errors.InvalidCheckpointException(f"the metadata names no framework that can be loaded: {name!r}")


def load(path: str, tags: Optional[List[str]], load_kwargs: Dict[str, Any]) -> Any:
    """Load a downloaded checkpoint with the loader of its framework.

    Parameters:
        path: the directory of the checkpoint.
        tags: which parts of a TensorFlow SavedModel to load, by default ``["serve"]``.
        load_kwargs: arguments of `torch.load`, for PyTorch.
    """
    metadata = read_metadata(path)
    if framework_of(metadata) is ModelFramework.PYTORCH:
        pytorch = _import("determined.pytorch", "PyTorch")
        return pytorch.load_trial_from_checkpoint_path(path, torch_load_kwargs=load_kwargs)
    kind = metadata.get("format") or "saved_model"
    if kind == "saved_model":
        tensorflow = _import("tensorflow", "TensorFlow")
        return tensorflow.saved_model.load(str(_find_saved_model(path)), tags or ["serve"])
    if kind in ("saved_weights", "h5"):
        return _import("determined.keras", "TensorFlow").load_model_from_checkpoint_path(path, tags)
    raise errors.InvalidCheckpointException(f"a TensorFlow checkpoint of format {kind!r} cannot be loaded")


def _find_saved_model(path: str) -> pathlib.Path:
    found = list(pathlib.Path(path).rglob("saved_model.pb"))
    if len(found) != 1:
        raise errors.InvalidCheckpointException(f"{path} holds {len(found)} files saved_model.pb, not one")
    return found[0].parent


def _import(module: str, framework: str) -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise ImportError(f"this is a {framework} checkpoint: to load it, install {framework} ({error})") from error
