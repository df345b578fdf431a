"""How many records the batches of a training and of one slot hold."""

from __future__ import annotations

import logging
from typing import Any, Mapping, Tuple

from determined import errors

logger = logging.getLogger("determined.pytorch")


def split_batch_size(hparams: Mapping[str, Any], slots: int) -> Tuple[int, int]:
    """Return the batch size of one slot and of all together.

    Parameters:
        hparams: the hyperparameters; ``global_batch_size`` is what all slots train together.
        slots: how many there are.

    Raises:
        ValueError: the batch size is missing, or zero.
        InvalidExperimentException: it is no number, or less than the number of slots.
    """
    size = hparams.get("global_batch_size")
    if not size:
        raise ValueError("the hyperparameter global_batch_size is needed, such as hparams={'global_batch_size': 64}")
    if not isinstance(size, int):
        raise errors.InvalidExperimentException(f"global_batch_size must be an int, not {size!r}")
    if size < slots:
        raise errors.InvalidExperimentException(
            f"global_batch_size is {size}, but must be at least the number of slots, {slots}"
        )
    per_slot = size // slots
    if per_slot * slots != size:
        logger.warning(
            "global_batch_size %d is no multiple of the %d slots: %d records are trained together",
            size,
            slots,
            per_slot * slots,
        )
    return per_slot, per_slot * slots
