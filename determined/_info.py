"""What a task knows about itself and its cluster, as its preparation has written it down."""

from __future__ import annotations

import json
import pathlib
from typing import Any, Dict, List, Mapping, Optional, Tuple

from .common import task_env
from .common.api._url import normalize_address


class RendezvousInfo:
    """Where the containers of this task run.

    Attributes:
        container_addrs: the address of each, the chief's first.
        container_rank: which of them this is.
        container_slot_counts: the slots of each.
    """

    def __init__(self, container_addrs: List[str], container_rank: int, container_slot_counts: List[int]) -> None:
        self.container_addrs = container_addrs
        self.container_rank = container_rank
        self.container_slot_counts = container_slot_counts


class ResourcesInfo:
    """The accelerators of this container.

    Attributes:
        gpu_uuids: of its GPUs.
    """

    def __init__(self, gpu_uuids: List[str]) -> None:
        self.gpu_uuids = gpu_uuids


class TrialInfo:
    """The trial that this task trains.

    Attributes:
        trial_id: the trial.
        experiment_id: its experiment.
        trial_seed: the number to seed random generators with.
        hparams: its hyperparameters.
    """

    def __init__(
        self,
        trial_id: int,
        experiment_id: int,
        trial_seed: int,
        hparams: Dict[str, Any],
        config: Dict[str, Any],
        steps_completed: int = 0,
        trial_run_id: int = 0,
        debug: bool = False,
        inter_node_network_interface: Optional[str] = None,
    ) -> None:
        self.trial_id = trial_id
        self.experiment_id = experiment_id
        self.trial_seed = trial_seed
        self.hparams = hparams
        self._config = config
        self._steps_completed = steps_completed
        self._trial_run_id = trial_run_id
        self._debug = debug
        self._inter_node_network_interface = inter_node_network_interface


class ClusterInfo:
    """The task that this process belongs to, from `get_cluster_info`.

    Attributes:
        master_url: the master's address.
        cluster_id: the cluster.
        agent_id: the machine's agent.
        slot_ids: the slots of this container.
        task_id: the task.
        allocation_id: the task's present allocation.
        session_token: speaks for the allocation. It is not shown by ``repr``.
        task_type: ``TRIAL``, ``COMMAND``, ``NOTEBOOK``, ``SHELL``, ``TENSORBOARD``, ``CHECKPOINT_GC`` or ``GENERIC``.
        master_cert_name: the name in the master's certificate, if it is not the address's.
        master_cert_file: the certificates to trust, or ``noverify``.
    """

    def __init__(
        self,
        master_url: str,
        cluster_id: str,
        agent_id: str,
        slot_ids: List[int],
        task_id: str,
        allocation_id: str,
        session_token: str,
        task_type: str,
        master_cert_name: Optional[str] = None,
        master_cert_file: Optional[str] = None,
        latest_checkpoint: Optional[str] = None,
        trial_info: Optional[TrialInfo] = None,
        rendezvous_info: Optional[RendezvousInfo] = None,
        resources_info: Optional[ResourcesInfo] = None,
    ) -> None:
        self.master_url = normalize_address(master_url)
        self.cluster_id = cluster_id
        self.agent_id = agent_id
        self.slot_ids = slot_ids
        self.task_id = task_id
        self.allocation_id = allocation_id
        self.session_token = session_token
        self.task_type = task_type
        self.master_cert_name = master_cert_name
        self.master_cert_file = master_cert_file
        self._latest_checkpoint = latest_checkpoint
        self._trial_info = trial_info
        self._rendezvous_info = rendezvous_info
        self._resources_info = resources_info

    @property
    def trial(self) -> TrialInfo:
        """The trial that this task trains.

        Raises:
            RuntimeError: the task is no trial.
        """
        if self._trial_info is None:
            raise RuntimeError(f"this task is no trial but of type {self.task_type}: it has no trial info")
        return self._trial_info

    @property
    def latest_checkpoint(self) -> Optional[str]:
        """The UUID of the checkpoint to start from; None to start afresh, and for tasks that are no trials."""
        return self._latest_checkpoint if self.task_type == "TRIAL" else None

    @property
    def user_data(self) -> Dict[str, Any]:
        """The ``data`` section of the experiment's configuration; empty for tasks that are no trials."""
        if self._trial_info is None:
            return {}
        data: Dict[str, Any] = self._trial_info._config.get("data") or {}
        return data

    @property
    def container_addrs(self) -> List[str]:
        """The address of each container of this task, the chief's first."""
        return self._rendezvous().container_addrs

    @property
    def container_rank(self) -> int:
        """Which of the task's containers this is; 0 is the chief."""
        return self._rendezvous().container_rank

    @property
    def container_slot_counts(self) -> List[int]:
        """The number of slots of each container."""
        return self._rendezvous().container_slot_counts

    @property
    def gpu_uuids(self) -> List[str]:
        """The UUIDs of this container's GPUs.

        Raises:
            RuntimeError: the task's resources were not looked at.
        """
        if self._resources_info is None:
            raise RuntimeError("this task was prepared without looking for its resources: there is no resources.json")
        return self._resources_info.gpu_uuids

    def __repr__(self) -> str:
        return f"<ClusterInfo of {self.task_type} task {self.task_id}, allocation {self.allocation_id}>"

    def _rendezvous(self) -> RendezvousInfo:
        if self._rendezvous_info is not None:
            return self._rendezvous_info
        if self.task_type == "TRIAL":
            raise RuntimeError("this trial was prepared without a rendezvous: there is no rendezvous.json")
        return RendezvousInfo(["127.0.0.1"], 0, [len(self.slot_ids)])


# In a tuple, to tell "there is none" from "not looked up yet".
_cached: Optional[Tuple[Optional[ClusterInfo]]] = None


def get_cluster_info() -> Optional[ClusterInfo]:
    """Return what is known about the cluster and the task of this process; None outside of a cluster.

    It is read once per process, from ``$DET_RUN_DIR/info`` or, without that variable, ``/run/determined/info``.
    """
    global _cached
    if _cached is None:
        _cached = (read_cluster_info(info_directory()),)
    return _cached[0]


def info_directory() -> pathlib.Path:
    """Return the folder in which preparation writes down what a task knows."""
    return pathlib.Path(task_env.read(task_env.RUN_DIR) or task_env.DEFAULT_RUN_DIR, "info")


def read_cluster_info(folder: pathlib.Path) -> Optional[ClusterInfo]:
    """Return what a folder's files hold; None if there is no ``cluster.json``."""
    cluster = _read(folder / "cluster.json")
    if cluster is None:
        return None
    trial = _read(folder / "trial.json")
    rendezvous = _read(folder / "rendezvous.json")
    resources = _read(folder / "resources.json")
    return ClusterInfo(
        **cluster,
        trial_info=None if trial is None or cluster["task_type"] != "TRIAL" else TrialInfo(**trial),
        rendezvous_info=None if rendezvous is None else RendezvousInfo(**rendezvous),
        resources_info=None if resources is None else ResourcesInfo(**resources),
    )


def _read(path: pathlib.Path) -> Optional[Mapping[str, Any]]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return None
    found: Mapping[str, Any] = json.loads(text)
    return found
