"""How far a training is: the counters that are stored with checkpoints."""

from __future__ import annotations

import io
import pathlib
import pickle
from typing import Any, Dict, Mapping, Optional

from determined import errors

FILE_NAME = "trial_state.pkl"
_OLD_FILE_NAME = "workload_sequencer.pkl"


class TrialState:
    """The counters of a training.

    Attributes:
        trial_id: the trial; 0 outside of a cluster.
        last_ckpt: batches that were trained when the last checkpoint was stored.
        step_id: always 0; it is there for older readers.
        last_val: batches that were trained at the last validation.
        batches_trained: batches that were trained.
        epochs_trained: epochs that were finished.
    """

    def __init__(
        self,
        trial_id: int = 0,
        last_ckpt: int = 0,
        step_id: int = 0,
        last_val: int = 0,
        batches_trained: int = 0,
        epochs_trained: int = 0,
    ) -> None:
        self.trial_id = trial_id
        self.last_ckpt = last_ckpt
        self.step_id = step_id
        self.last_val = last_val
        self.batches_trained = batches_trained
        self.epochs_trained = epochs_trained

    def write(self, folder: pathlib.Path) -> None:
        """Write the counters into a checkpoint's directory."""
        (folder / FILE_NAME).write_bytes(pickle.dumps(dict(vars(self)), protocol=4))


def read_state(folder: pathlib.Path) -> TrialState:
    """Return the counters of a checkpoint.

    Raises:
        InvalidCheckpointException: there are none, or their file holds more than plain numbers.
    """
    found = _read(folder / FILE_NAME)
    if found is None:
        found = _read(folder / _OLD_FILE_NAME)
    if found is None:
        raise errors.InvalidCheckpointException(
            f"the checkpoint has neither {FILE_NAME} nor {_OLD_FILE_NAME}: training cannot go on from it"
        )
    return _from_counters(found)


def _from_counters(found: Mapping[str, Any]) -> TrialState:
    batches = int(found.get("batches_trained", found.get("steps_completed", 0)) or 0)
    return TrialState(
        trial_id=int(found.get("trial_id") or 0),
        last_ckpt=int(found.get("last_ckpt", batches) or 0),
        step_id=int(found.get("step_id") or 0),
        last_val=int(found.get("last_val") or 0),
        batches_trained=batches,
        epochs_trained=int(found.get("epochs_trained") or 0),
    )


def _read(path: pathlib.Path) -> Optional[Mapping[str, Any]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return None
    try:
        found = _PlainUnpickler(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, EOFError) as e:
        raise errors.InvalidCheckpointException(f"{path.name} of the checkpoint cannot be read: {e}") from e
    if not isinstance(found, Mapping):
        raise errors.InvalidCheckpointException(f"{path.name} of the checkpoint holds a {type(found).__name__}")
    return found


class _PlainUnpickler(pickle.Unpickler):
    """Reads plain values only: nothing in the file is run."""

    def find_class(self, module: str, name: str) -> Any:
        raise pickle.UnpicklingError(f"it holds a {module}.{name}, not plain values")


def counters(state: TrialState) -> Dict[str, int]:
    """Return the counters by name."""
    return dict(vars(state))
