"""What happens in a task before its entrypoint: its files, the facts about it, and the meeting with its peers."""

from __future__ import annotations

import json
import os
import time

from determined.common import task_env

from ._link import MasterLink, MasterRefused, MasterUnreachable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

    Tell = Callable[[str, str], None]

# The key in cluster.json and trial.json, and the variable it comes from.
_CLUSTER_TEXTS = (
    ("master_url", task_env.MASTER),
    ("cluster_id", task_env.CLUSTER_ID),
    ("agent_id", task_env.AGENT_ID),
    ("task_id", task_env.TASK_ID),
    ("allocation_id", task_env.ALLOCATION_ID),
    ("session_token", task_env.SESSION_TOKEN),
    ("task_type", task_env.TASK_TYPE),
)
_CLUSTER_OPTIONAL = (
    ("master_cert_name", task_env.MASTER_CERT_NAME),
    ("master_cert_file", task_env.MASTER_CERT_FILE),
    ("latest_checkpoint", task_env.LATEST_CHECKPOINT),
)
_TRIAL_NUMBERS = (
    ("trial_id", task_env.TRIAL_ID),
    ("experiment_id", task_env.EXPERIMENT_ID),
    ("trial_seed", task_env.TRIAL_SEED),
)

DEFAULT_PATIENCE = 900.0
"""Seconds that a master that is away is waited for."""


class PreparationFailed(Exception):
    """A task cannot be started; the text says why."""


class MissingVariables(PreparationFailed):
    """Variables that the master sets for each task are not there."""


def prepare_info(env: Mapping[str, str], run_dir: str) -> Optional[Dict[str, Any]]:
    """Write ``info/cluster.json`` and, for a trial, ``info/trial.json`` below the run directory.

    Returns:
        The experiment's configuration; None for a task that is no trial.

    Raises:
        MissingVariables: the environment lacks some.
        PreparationFailed: a variable cannot be read.
    """
    cluster = _cluster_info(env)
    # It holds the session's token, as the next one may hold secrets of the checkpoint storage.
    write_json(os.path.join(run_dir, "info", "cluster.json"), cluster)
    if cluster["task_type"] != "TRIAL":
        return None
    trial = _trial_info(env)
    write_json(os.path.join(run_dir, "info", "trial.json"), trial)
    config: Dict[str, Any] = trial["config"]
    return config


def prepare_files(link: MasterLink, env: Mapping[str, str], run_dir: str, workdir: str, patience: float) -> None:
    """Fetch the task's files into the working directory and, untouched by the task, ``train/model``.

    Raises:
        PreparationFailed: the master does not give them, or they cannot be unpacked.
    """
    path = f"/api/v1/tasks/{_quote(env['DET_TASK_ID'])}/context_directory"
    answer = call_patiently(link, "GET", path, patience=patience, timeout=120.0)
    # Taking archives apart costs time to import that a task without files need not spend.
    from ._context_files import unpack_context

    try:
        unpack_context(answer.get("b64Tgz") or "", (os.path.join(run_dir, "train", "model"), workdir))
    except (ValueError, OSError) as e:
        raise PreparationFailed(f"the task's files cannot be unpacked: {e}") from e


def prepare_resources(link: MasterLink, env: Mapping[str, str], run_dir: str, tell: Tell) -> None:
    """Find the GPUs of this task, write ``info/resources.json`` and tell the master about them."""
    kind, uuids = find_gpus(env)
    write_json(os.path.join(run_dir, "info", "resources.json"), {"gpu_uuids": uuids})
    allocation = env[task_env.ALLOCATION_ID]
    data = {
        "acceleratorType": kind,
        "acceleratorUuids": uuids,
        "allocationId": allocation,
        "containerId": env.get(task_env.CONTAINER_ID, ""),
        "nodeName": env[task_env.AGENT_ID],
        "taskId": env[task_env.TASK_ID],
    }
    path = f"/api/v1/allocations/{_quote(allocation)}/acceleratorData"
    try:
        link.call("POST", path, {"acceleratorData": data, "allocationId": allocation})
    except (MasterUnreachable, MasterRefused) as e:
        # Bookkeeping of the master's: a trial can do without.
        tell("WARNING", f"the accelerators could not be reported: {e}")


def prepare_rendezvous(link: MasterLink, env: Mapping[str, str], run_dir: str, patience: float) -> None:
    """Wait for all containers of the allocation and write ``info/rendezvous.json``.

    Raises:
        PreparationFailed: the master refuses it.
    """
    resources = env.get(task_env.RESOURCES_ID) or env.get(task_env.CONTAINER_ID, "")
    path = f"/api/v1/allocations/{_quote(env['DET_ALLOCATION_ID'])}/resources/{_quote(resources)}/rendezvous"
    # The master answers when the last of the containers has come.
    answer = call_patiently(link, "GET", path, patience=patience, timeout=3600.0)
    info = answer.get("rendezvousInfo") or {}
    addresses, rank, slots = info.get("addresses"), info.get("rank"), info.get("slots")
    if not addresses or not isinstance(rank, int) or slots is None:
        raise PreparationFailed(f"the master's rendezvous answer cannot be used: {answer}")
    rendezvous = {"container_addrs": addresses, "container_rank": rank, "container_slot_counts": slots}
    write_json(os.path.join(run_dir, "info", "rendezvous.json"), rendezvous)


def call_patiently(
    link: MasterLink, method: str, path: str, patience: float = DEFAULT_PATIENCE, timeout: float = 30.0
) -> Dict[str, Any]:
    """Make a call that may be repeated, again and again while the master is away.

    Parameters:
        patience: for how many seconds.
        timeout: seconds to wait for one answer.

    Raises:
        PreparationFailed: the master refused it, or stayed away.
    """
    deadline = time.monotonic() + patience
    pause = 0.25
    while True:
        try:
            return link.call(method, path, timeout=timeout)
        except MasterRefused as e:
            if e.status < 500 or time.monotonic() >= deadline:
                raise PreparationFailed(str(e)) from e
        except MasterUnreachable as e:
            if time.monotonic() >= deadline:
                raise PreparationFailed(f"{e} (tried for {patience:g} s)") from e
        time.sleep(pause)
        pause = min(pause * 2, 5.0)


def find_gpus(env: Mapping[str, str]) -> Tuple[str, List[str]]:
    """Return the kind of the accelerators that the task may use (``cuda``, ``rocm``, ``cpu``) and their UUIDs."""
    if env.get(task_env.SLOT_IDS, "[]") == "[]":
        return "cpu", []
    for kind, visible, command in (
        ("cuda", "CUDA_VISIBLE_DEVICES", ("nvidia-smi", "--query-gpu=index,uuid", "--format=csv,noheader")),
        ("rocm", "ROCR_VISIBLE_DEVICES", ("rocm-smi", "--showuniqueid", "--csv")),
    ):
        # Set but empty: the task was given none of the machine's GPUs.
        if env.get(visible) == "":
            continue
        found = _select_visible(_list_gpus(command, env), env.get(visible))
        if found:
            return kind, found
    return "cpu", []


def write_json(path: str, value: object, mode: int = 0o600) -> None:
    """Write a JSON file so that nobody ever sees half of it; by default only its owner may read it."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    temporary = f"{path}.{os.getpid()}.tmp"
    file = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, mode)
    with os.fdopen(file, "w", encoding="utf-8") as f:
        json.dump(value, f)
    os.replace(temporary, path)


def _cluster_info(env: Mapping[str, str]) -> Dict[str, Any]:
    needed = [name for _, name in _CLUSTER_TEXTS] + [task_env.SLOT_IDS]
    missing = [name for name in needed if name not in env]
    if missing:
        raise MissingVariables(f"these variables of a task are not set: {', '.join(missing)}")
    info: Dict[str, Any] = {key: env[name] for key, name in _CLUSTER_TEXTS}
    info["slot_ids"] = _parse(env, task_env.SLOT_IDS)
    for key, name in _CLUSTER_OPTIONAL:
        info[key] = env.get(name) or None
    return info


def _trial_info(env: Mapping[str, str]) -> Dict[str, Any]:
    needed = [name for _, name in _TRIAL_NUMBERS] + [task_env.HPARAMS, task_env.EXPERIMENT_CONFIG]
    missing = [name for name in needed if name not in env]
    if missing:
        raise MissingVariables(f"these variables of a trial are not set: {', '.join(missing)}")
    config = _parse(env, task_env.EXPERIMENT_CONFIG)
    info: Dict[str, Any] = {key: _parse(env, name) for key, name in _TRIAL_NUMBERS}
    info["hparams"] = _parse(env, task_env.HPARAMS)
    info["config"] = config
    info["steps_completed"] = int(env.get(task_env.STEPS_COMPLETED) or 0)
    info["trial_run_id"] = int(env.get(task_env.TRIAL_RUN_ID) or 0)
    info["debug"] = bool(config.get("debug", False)) if isinstance(config, dict) else False
    info["inter_node_network_interface"] = env.get(task_env.INTER_NODE_NETWORK_INTERFACE)
    return info


def _parse(env: Mapping[str, str], name: str) -> Any:
    try:
        return json.loads(env[name])
    except ValueError as e:
        raise PreparationFailed(f"{name} holds no JSON: {e}") from e


def _list_gpus(command: Tuple[str, ...], env: Mapping[str, str]) -> List[str]:
    """Return the UUIDs that a tool prints, in the order of the devices; none if there is no such tool."""
    folders = env.get("PATH", os.defpath).split(os.pathsep)
    if not any(os.access(os.path.join(folder, command[0]), os.X_OK) for folder in folders if folder):
        return []
    import subprocess

    try:
        done = subprocess.run(
            command, env=dict(env), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=30, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return []
    rows = [line.split(",") for line in done.stdout.decode("utf-8", "replace").splitlines()]
    # rocm-smi prints a heading; both name the device first and its id second.
    return [row[1].strip() for row in rows if len(row) >= 2 and row[1].strip() and row[0].strip() != "device"]


def _select_visible(uuids: List[str], visible: Optional[str]) -> List[str]:
    if visible is None:
        return uuids
    chosen = []
    for name in (part.strip() for part in visible.split(",")):
        if name.isdigit():
            chosen += uuids[int(name) : int(name) + 1]
        else:
            chosen += [uuid for uuid in uuids if uuid.startswith(name)]
    return chosen


def _quote(text: str) -> str:
    safe = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
    return "".join(c if c in safe else "".join(f"%{byte:02X}" for byte in c.encode("utf-8")) for c in text)
