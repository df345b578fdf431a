"""What a task finds in its environment when it starts."""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional
from urllib.parse import urlsplit

from determined.common._hosts import LOOPBACK, except_from_proxies

from ..auth import open_session
from ..package import package_path
from ..runner import Launch
from ..settings import AGENT_ID
from ..store import allocations, trials
from ..store.database import Row, Transaction
from . import checkpoint_removal
from .world import World

# First port of each kind; allocations that run side by side get one after the other.
_PORTS = {
    "DTRAIN_SSH_PORT": 12350,
    "INTER_TRAIN_PROCESS_COMM_PORT_1": 12360,
    "INTER_TRAIN_PROCESS_COMM_PORT_2": 12365,
    "C10D_PORT": 29400,
}
_PORTS_APART = 17
_PORT_TRIES = 1000
_GRACE_SECONDS = 10.0
_ORDER = "order.json"


class Placement(NamedTuple):
    """Where an allocation runs."""

    slot_ids: List[int]
    device: str
    """"cpu" or "cuda"."""


def prepare_ports(tx: Transaction) -> Dict[str, int]:
    """Ports for a new allocation, apart from those of every live one and from what else listens on this machine."""
    taken = {json.loads(row["ports"] or "{}").get("C10D_PORT") for row in allocations.live(tx)}
    ports: Dict[str, int] = {}
    for offset in range(0, _PORTS_APART * _PORT_TRIES, _PORTS_APART):
        ports = {name: first + offset for name, first in _PORTS.items()}
        if ports["C10D_PORT"] not in taken and all(_is_free(port) for port in ports.values()):
            break
    return ports


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        # Without it, connections that have just ended would count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True


def launch_of_trial(tx: Transaction, world: World, allocation: Row, placement: Placement) -> Launch:
    """What starts a trial's allocation; opens the sessions that its processes act with."""
    trial = trials.by_id(tx, allocation["trial_id"])
    experiment = tx.one("SELECT * FROM experiments WHERE id = ?", (trial["experiment_id"],))
    if experiment is None:
        raise LookupError(f"trial {trial['id']} has no experiment")
    config: Dict[str, Any] = json.loads(experiment["config"])
    checkpoint = trials.latest_checkpoint(tx, trial["id"])
    latest = checkpoint["uuid"] if checkpoint is not None else trial["warm_start_checkpoint_uuid"]
    own = {
        "DET_TASK_TYPE": "TRIAL",
        "DET_EXPERIMENT_ID": str(experiment["id"]),
        "DET_TRIAL_ID": str(trial["id"]),
        "DET_TRIAL_RUN_ID": str(trial["run_id"]),
        "DET_TRIAL_SEED": str(trial["seed"]),
        "DET_EXPERIMENT_CONFIG": json.dumps(config),
        "DET_HPARAMS": trial["hparams"],
        "DET_STEPS_COMPLETED": str((checkpoint["steps_completed"] if checkpoint is not None else None) or 0),
    }
    if latest:
        own["DET_LATEST_CHECKPOINT"] = latest
    variables: List[str] = config["environment"]["environment_variables"][placement.device]
    mounts: List[Dict[str, Any]] = config.get("bind_mounts") or []
    return _launch(tx, world, allocation, placement, experiment["owner_id"], own, variables, mounts, argv=None)


def launch_of_command(tx: Transaction, world: World, allocation: Row, placement: Placement) -> Launch:
    """What starts the allocation of a task that is no trial."""
    spec = json.loads(allocation["spec"])
    own = {"DET_TASK_TYPE": allocation["task_type"]}
    variables: List[str] = spec.get("environment") or []
    config: Dict[str, Any] = spec.get("config") or {}
    mounts: List[Dict[str, Any]] = config.get("bind_mounts") or []
    workdir = config.get("work_dir")
    if workdir:
        own["DET_WORKDIR"] = str(_run_dir(world, allocation) / "workdir" / workdir)
    owner_id = allocation["owner_id"]
    prepared = _launch(tx, world, allocation, placement, owner_id, own, variables, mounts, argv=spec["argv"])
    return prepared._replace(workdir=Path(own["DET_WORKDIR"])) if workdir else prepared


def launch_of_removal(
    tx: Transaction, world: World, allocation: Row, placement: Placement, work: checkpoint_removal.Work
) -> Launch:
    """What starts the allocation of a task that removes files of checkpoints."""
    run_dir = _run_dir(world, allocation)
    argv = [world.settings.python or sys.executable, "-m", "determined.exec.gc_checkpoints"]
    argv += [str(run_dir / _ORDER), str(run_dir / checkpoint_removal.RESULTS)]
    # it is no program of the user's: it runs in the package that this master is of
    own = {"DET_TASK_TYPE": allocation["task_type"], "PYTHONPATH": package_path()}
    variables = [variable for variable in work.variables if not variable.startswith("PYTHONPATH=")]
    prepared = _launch(tx, world, allocation, placement, allocation["owner_id"], own, variables, [], argv=argv)
    return prepared._replace(prepare=False, files={_ORDER: work.order()})


def run_dirs(world: World) -> Path:
    """The folder that holds a folder for each allocation, of its id."""
    return world.settings.data_dir / "runs"


def _run_dir(world: World, allocation: Row) -> Path:
    folder: Path = run_dirs(world) / allocation["id"]
    return folder


def _launch(
    tx: Transaction,
    world: World,
    allocation: Row,
    placement: Placement,
    owner_id: int,
    own: Dict[str, str],
    variables: List[str],
    mounts: List[Dict[str, Any]],
    *,
    argv: Optional[List[str]],
) -> Launch:
    allocation_id, task_id = allocation["id"], allocation["task_id"]
    _, allocation_token = open_session(tx, owner_id, "allocation", lifetime=None, allocation_id=allocation_id)
    _, user_token = open_session(tx, owner_id, "task", allocation_id=allocation_id)
    owner = tx.scalar("SELECT username FROM users WHERE id = ?", (owner_id,))
    run_dir = _run_dir(world, allocation)
    url = urlsplit(world.url)
    resources_id = allocation["resources_id"]
    environment = _inherited(world.settings.python)
    environment.update(
        {
            "DET_AGENT_ID": AGENT_ID,
            "DET_ALLOCATION_ID": allocation_id,
            "DET_CLUSTER_ID": world.identity.cluster_id,
            "DET_CONTAINER_ID": resources_id,
            "DET_MASTER": world.url,
            "DET_MASTER_ADDR": url.hostname or "127.0.0.1",
            "DET_MASTER_HOST": url.hostname or "127.0.0.1",
            "DET_MASTER_ID": world.identity.master_id,
            "DET_MASTER_PORT": str(url.port),
            "DET_PYTHON_EXECUTABLE": "python3",
            "DET_RESOURCES_ID": resources_id,
            "DET_RESOURCES_TYPE": "docker-container",
            "DET_RUN_DIR": str(run_dir),
            "DET_SEGMENT_ENABLED": "false",
            "DET_SESSION_TOKEN": allocation_token,
            "DET_SLOT_IDS": json.dumps(placement.slot_ids),
            "DET_TASK_ID": task_id,
            "DET_TASK_LOGGING_METADATA": json.dumps({"allocation_id": allocation_id, "task_id": task_id}),
            "DET_USER": owner,
            "DET_USER_TOKEN": user_token,
            "DET_USE_TLS": "false",
            "DET_WORKDIR": str(run_dir / "workdir"),
        }
    )
    environment.update({name: str(port) for name, port in json.loads(allocation["ports"]).items()})
    environment.update(own)
    if placement.device == "cuda":
        environment["CUDA_VISIBLE_DEVICES"] = ",".join(world.devices[n].uuid for n in placement.slot_ids)
    for variable in variables:
        name, _, value = variable.partition("=")
        environment[name] = value
    # the master is on this machine, whatever proxy this network has
    except_from_proxies(environment, (url.hostname or "", *LOOPBACK))
    labels = {
        "task_id": task_id,
        "allocation_id": allocation_id,
        "agent_id": AGENT_ID,
        "container_id": resources_id,
    }
    return Launch(
        allocation_id=allocation_id,
        run_dir=run_dir,
        argv=argv,
        environment=environment,
        mounts=mounts,
        labels=labels,
        master_url=world.url,
        token=allocation_token,
        prepare=True,
        grace_seconds=_GRACE_SECONDS,
        files={},
    )


def _inherited(python: Optional[str]) -> Dict[str, str]:
    """The master's own environment, less what speaks of another master, with its interpreter found first.

    Its folder for temporary files is left out, too: each task has one of its own.
    """
    environment = {k: v for k, v in os.environ.items() if not k.startswith("DET_") and k != "TMPDIR"}
    folder = str(Path(python or sys.executable).parent)
    environment["PATH"] = folder + os.pathsep + environment.get("PATH", os.defpath)
    return environment
