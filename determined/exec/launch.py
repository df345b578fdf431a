"""Runs the entrypoint of a trial in a prepared container."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from typing import Any, List, Mapping, Sequence

import determined
from determined._info import get_cluster_info
from determined.common import constants, storage, task_env

from ._entrypoint import entrypoint_command
from ._runner_line import runner_line
from ._signals import SignalForwarder

logger = logging.getLogger("determined")


def validate_storage(config: Mapping[str, Any]) -> None:
    """Write, read and delete a small file where checkpoints will go.

    Raises:
        Exception: whatever the storage raises.
    """
    place = constants.SHARED_FS_CONTAINER_PATH if os.path.ismount(constants.SHARED_FS_CONTAINER_PATH) else None
    storage.build(config, place).validate()


def run_entrypoint(command: List[str]) -> int:
    """Run a command, pass signals on to it, and return its exit status; 128 + n after signal n."""
    forwarder = SignalForwarder()
    try:
        process = subprocess.Popen(command)
    except OSError as e:
        logger.error("the entrypoint cannot be started: %s", e)
        return 127 if isinstance(e, FileNotFoundError) else 126
    forwarder.forward_to(process)
    code = process.wait()
    return code if code >= 0 else 128 - code


def main(arguments: Sequence[str]) -> int:
    """Run the entrypoint of this container's trial."""
    logging.basicConfig(level=logging.INFO, format=determined.LOG_FORMAT, stream=sys.stdout)
    info = get_cluster_info()
    if info is None or info.task_type != "TRIAL":
        raise SystemExit("determined.exec.launch only works in trials of a cluster")
    config = info.trial._config
    logger.info("%s", runner_line(config, task_env.read(task_env.CONTAINER_ID) or "", info.agent_id))
    logger.info("Validating checkpoint storage ...")
    try:
        validate_storage(config["checkpoint_storage"])
    except Exception as e:  # each kind of storage fails in its own way; all of them mean that training is in vain
        logger.error("the checkpoint storage cannot be used: %s", e)
        return 1
    try:
        command = entrypoint_command(config.get("entrypoint"), task_env.read(task_env.PYTHON_EXECUTABLE))
    except ValueError as e:
        logger.error("%s", e)
        return 1
    logger.info("Launching: %s", command)
    return run_entrypoint(command)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
