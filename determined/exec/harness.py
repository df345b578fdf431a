"""Trains the trial class that an entrypoint names, as the experiment's configuration says.

Usage: ``python -m determined.exec.harness MODULE:CLASS``, in a trial of a cluster.
``determined.launch.torch_distributed`` starts it, once for each slot.
"""

from __future__ import annotations

import faulthandler
import logging
import os
import sys
from typing import Any, Sequence, Type

import determined
from determined._info import ClusterInfo, get_cluster_info

logger = logging.getLogger("determined")

_STACKS_EVERY_SECONDS = 30


def main(arguments: Sequence[str]) -> None:
    """Train the class that the arguments name."""
    info = get_cluster_info()
    if info is None or info.task_type != "TRIAL":
        raise SystemExit("determined.exec.harness only works in trials of a cluster")
    if len(arguments) != 1:
        raise SystemExit("usage: python -m determined.exec.harness MODULE:CLASS")
    _set_up_logging(info)
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    train(arguments[0], info)


def train(spec: str, info: ClusterInfo) -> None:
    """Train a class.

    Parameters:
        spec: where it is, such as ``model_def:MyTrial``.
        info: of the trial.

    Raises:
        ImportError, AttributeError: there is none.
        InvalidExperimentException: no trainer is there for it.
    """
    from determined import errors, pytorch
    from determined.pytorch._class_trial import train_as_configured
    from determined.pytorch._load import import_trial_class

    trial_class: Type[Any] = import_trial_class(spec)
    if not issubclass(trial_class, pytorch.PyTorchTrial):
        raise errors.InvalidExperimentException(
            f"{spec} is no PyTorchTrial: classes of other frameworks are not trained. Write a script that uses"
            " determined.core, and make it the entrypoint"
        )
    train_as_configured(trial_class, info)


def _set_up_logging(info: ClusterInfo) -> None:
    rank = int(os.environ.get("RANK", "0"))
    level = logging.INFO if rank == 0 else logging.WARNING
    if info.trial._debug:
        level = logging.DEBUG
        faulthandler.dump_traceback_later(_STACKS_EVERY_SECONDS, repeat=True)
    logging.basicConfig(level=level, format=determined.LOG_FORMAT, stream=sys.stdout)


if __name__ == "__main__":
    main(sys.argv[1:])
