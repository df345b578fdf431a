"""Starts a script, or the trainer of a trial class, on all slots of a trial with torchrun.

Usage: ``python -m determined.launch.torch_distributed [TORCHRUN OPTIONS --] (--trial MODULE:CLASS | SCRIPT...)``
"""

from __future__ import annotations

import importlib.util
import os
import sys
from typing import TYPE_CHECKING, Dict, List, Mapping, NamedTuple, Optional, Sequence

from determined.common import task_env

if TYPE_CHECKING:
    from determined._info import ClusterInfo

_DEFAULT_PORT = "29400"


class Arguments(NamedTuple):
    """What is to be started, and how."""

    torchrun_options: List[str]
    script: List[str]
    trial: Optional[str]


def parse_arguments(arguments: Sequence[str]) -> Arguments:
    """Read the command line.

    Raises:
        ValueError: there is nothing to start, or both a trial class and a script.
    """
    words = list(arguments)
    options: List[str] = []
    if "--" in words:
        cut = words.index("--")
        options, words = words[:cut], words[cut + 1 :]
    trial: Optional[str] = None
    if words[:1] == ["--trial"]:
        if len(words) < 2:
            raise ValueError("--trial needs the place of a trial class, such as model_def:MyTrial")
        trial, words = words[1], words[2:]
        if words:
            raise ValueError(f"--trial takes no further arguments, but there are {' '.join(words)}")
    elif not words:
        raise ValueError("there is nothing to start: name a script, or a trial class with --trial")
    return Arguments(options, words, trial)


def find_obstacle(arguments: Arguments) -> Optional[str]:
    """Return why this installation cannot start what it is asked to, in a sentence; None if it can."""
    if importlib.util.find_spec("torch") is None:
        if arguments.trial is not None:
            return (
                f"the trial class {arguments.trial} cannot be trained: torch is not installed for {sys.executable}."
                " Install torch there; or write a script that uses determined.core, and make it the entrypoint, such"
                " as `python3 train.py`"
            )
        return (
            f"torch is not installed for {sys.executable}, but determined.launch.torch_distributed starts its processes"
            " with torchrun: install torch there, or start the script without the launcher"
        )
    return None


def build_command(info: ClusterInfo, arguments: Arguments, environment: Mapping[str, str]) -> List[str]:
    """Return the command that runs on this machine."""
    python = task_env.read(task_env.PYTHON_EXECUTABLE, environment) or sys.executable
    addresses = info.container_addrs
    several = len(addresses) > 1
    script = arguments.script or [python, "-m", "determined.exec.harness", str(arguments.trial)]
    return [
        *[python, "-m", "torch.distributed.run"],
        *["--nnodes", str(len(addresses))],
        # A trial without slots trains in one process, on the CPU.
        *["--nproc_per_node", str(max(1, len(info.slot_ids)))],
        *["--node_rank", str(info.container_rank)],
        *["--max_restarts", "0"],
        *["--master_addr", addresses[0] if several else "localhost"],
        *["--master_port", environment.get("C10D_PORT") or _DEFAULT_PORT],
        # What is given last wins.
        *arguments.torchrun_options,
        *["--module", "determined.launch.wrap_rank", "RANK", "--"],
        *script,
    ]


def build_environment(info: ClusterInfo, environment: Mapping[str, str]) -> Dict[str, str]:
    """Return the environment of the command."""
    return {**environment, "USE_TORCH_DISTRIBUTED": "True", task_env.CHIEF_IP: info.container_addrs[0]}


def main(arguments: Sequence[str]) -> None:
    """Become the command that starts the processes of this machine."""
    from determined._info import get_cluster_info

    info = get_cluster_info()
    if info is None or info.task_type != "TRIAL":
        raise SystemExit(
            "determined.launch.torch_distributed only works in trials of a cluster; elsewhere, use torchrun"
        )
    try:
        parsed = parse_arguments(arguments)
    except ValueError as e:
        raise SystemExit(str(e)) from e
    problem = find_obstacle(parsed)
    if problem is not None:
        raise SystemExit(problem)
    command = build_command(info, parsed, os.environ)
    os.execvpe(command[0], command, build_environment(info, os.environ))


if __name__ == "__main__":
    main(sys.argv[1:])
