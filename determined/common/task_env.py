"""Names of the environment variables that masters, tasks and users speak through."""

from __future__ import annotations

import os
from typing import List, Mapping, Optional

# who and where the master is
MASTER = "DET_MASTER"
MASTER_ADDR = "DET_MASTER_ADDR"
MASTER_CERT_FILE = "DET_MASTER_CERT_FILE"
MASTER_CERT_NAME = "DET_MASTER_CERT_NAME"
MASTER_PATIENCE_SECONDS = "DET_MASTER_PATIENCE_SECONDS"

# who the caller is
USER = "DET_USER"
PASS = "DET_PASS"
USER_TOKEN = "DET_USER_TOKEN"
SESSION_TOKEN = "DET_SESSION_TOKEN"
CONFIG_PATH = "DET_DEBUG_CONFIG_PATH"

DEBUG = "DET_DEBUG"

# what a task is
TASK_TYPE = "DET_TASK_TYPE"
TASK_ID = "DET_TASK_ID"
ALLOCATION_ID = "DET_ALLOCATION_ID"
RESOURCES_ID = "DET_RESOURCES_ID"
CONTAINER_ID = "DET_CONTAINER_ID"
CLUSTER_ID = "DET_CLUSTER_ID"
AGENT_ID = "DET_AGENT_ID"
SLOT_IDS = "DET_SLOT_IDS"
RUN_DIR = "DET_RUN_DIR"
WORKDIR = "DET_WORKDIR"
PYTHON_EXECUTABLE = "DET_PYTHON_EXECUTABLE"

# what a trial is
EXPERIMENT_ID = "DET_EXPERIMENT_ID"
EXPERIMENT_CONFIG = "DET_EXPERIMENT_CONFIG"
TRIAL_ID = "DET_TRIAL_ID"
TRIAL_RUN_ID = "DET_TRIAL_RUN_ID"
TRIAL_SEED = "DET_TRIAL_SEED"
HPARAMS = "DET_HPARAMS"
LATEST_CHECKPOINT = "DET_LATEST_CHECKPOINT"
STEPS_COMPLETED = "DET_STEPS_COMPLETED"
INTER_NODE_NETWORK_INTERFACE = "DET_INTER_NODE_NETWORK_INTERFACE"
CHIEF_IP = "DET_CHIEF_IP"
DISTRIBUTED_SECRET = "DET_DISTRIBUTED_SECRET"

DEFAULT_RUN_DIR = "/run/determined"


def read(name: str, environment: Optional[Mapping[str, str]] = None) -> Optional[str]:
    """Return a variable's value; None when it is not set or empty."""
    return (os.environ if environment is None else environment).get(name) or None


def raw(name: str) -> Optional[str]:
    """Return a variable's value, which may be empty; None when it is not set."""
    return os.environ.get(name)


def missing(names: List[str], environment: Optional[Mapping[str, str]] = None) -> List[str]:
    """Return those of the names that are not set."""
    source = os.environ if environment is None else environment
    return [name for name in names if name not in source]


def debug_mode() -> bool:
    """Return whether ``DET_DEBUG`` asks for more output."""
    from ._words import strtobool

    return strtobool(os.environ.get(DEBUG))
