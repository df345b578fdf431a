"""The processes of a distributed training, and what they tell each other."""

from __future__ import annotations

import json
import os
import socket
from types import TracebackType
from typing import Any, Callable, Dict, List, Optional, Tuple, Type, TypeVar

from determined.common import task_env

from ._secret import Address, private_folder, shared_secret
from ._star import Hub, Spoke, Star

T = TypeVar("T")

_DEFAULT_PORT = 12360


class RanksInvalid(ValueError, AssertionError):
    """The numbers of a `DistributedContext` make no sense together."""


class DistributedContext:
    """One process of several that train together; each has a rank.

    The collectives (`gather`, `broadcast`, ...) must be called by all ranks in the same order. A rank that ends
    without doing its part makes the others' next collective raise.

    Parameters:
        rank: this process among all, from 0; 0 is the chief.
        size: how many processes there are.
        local_rank: this process among those of its machine.
        local_size: how many processes there are on its machine.
        cross_rank: this machine among all.
        cross_size: how many machines there are.
        chief_ip: the address of the chief's machine; needed if there are several machines.
        pub_port: where the chief listens. Defaults to ``INTER_TRAIN_PROCESS_COMM_PORT_1``, else 12360.
        pull_port: where the chief of a machine listens, if it cannot use a Unix socket. Defaults to
            ``INTER_TRAIN_PROCESS_COMM_PORT_2``, else any free port.
        port_offset: has no effect; it is accepted for older callers.
        force_tcp: use no Unix sockets.

    The six numbers may all be None for a single process.

    Ranks on several machines outside of a cluster need a secret by which they know each other: the environment variable
    ``DET_DISTRIBUTED_SECRET``, with the same random text for all of them.

    Raises:
        RanksInvalid (ValueError, AssertionError): some of the six numbers are None, they make no sense together, or
            chief_ip is missing.
        ArgumentError: there are several machines, this is no cluster, and ``DET_DISTRIBUTED_SECRET`` is not set.
    """

    def __init__(
        self,
        *,
        rank: Optional[int],
        size: Optional[int],
        local_rank: Optional[int],
        local_size: Optional[int],
        cross_rank: Optional[int],
        cross_size: Optional[int],
        chief_ip: Optional[str] = None,
        pub_port: Optional[int] = None,
        pull_port: Optional[int] = None,
        port_offset: int = 0,
        force_tcp: bool = False,
    ) -> None:
        numbers = {
            "rank": rank,
            "size": size,
            "local_rank": local_rank,
            "local_size": local_size,
            "cross_rank": cross_rank,
            "cross_size": cross_size,
        }
        checked = _check_numbers(numbers)
        self.rank: int = checked["rank"]
        self.size: int = checked["size"]
        self.local_rank: int = checked["local_rank"]
        self.local_size: int = checked["local_size"]
        self.cross_rank: int = checked["cross_rank"]
        self.cross_size: int = checked["cross_size"]
        self._closed = False
        self._process = os.getpid()
        self._star: Optional[Star] = None
        self._local_star: Optional[Star] = None
        if self.size == 1:
            return
        if self.local_size != self.size and not chief_ip:
            raise RanksInvalid("chief_ip is needed if not all processes run on one machine")
        several_machines = self.local_size != self.size
        place = _chief_place(chief_ip if several_machines else None, pub_port, force_tcp)
        self._star = self._connect_all(place)
        try:
            # On one machine, the star of all ranks is the star of the machine's ranks.
            self._local_star = (
                self._connect_machine(self._star, force_tcp, pull_port) if several_machines else self._star
            )
        except BaseException:
            # Interrupted or failed: the others must not wait for this rank.
            self._star.close()
            raise

    # --- ways to make one -------------------------------------------------------------------------------------------

    @classmethod
    def from_horovod(cls, hvd: Any, chief_ip: Optional[str] = None) -> DistributedContext:
        """Make one of an initialised horovod module, such as ``horovod.torch``.

        Parameters:
            hvd: the module, after ``hvd.init()``.
            chief_ip: see the class. Defaults to ``DET_CHIEF_IP``.
        """
        return cls(
            rank=hvd.rank(),
            size=hvd.size(),
            local_rank=hvd.local_rank(),
            local_size=hvd.local_size(),
            cross_rank=hvd.cross_rank(),
            cross_size=hvd.cross_size(),
            chief_ip=chief_ip or task_env.read(task_env.CHIEF_IP),
        )

    @classmethod
    def from_torch_distributed(cls, chief_ip: Optional[str] = None) -> DistributedContext:
        """Make one of the variables that torchrun sets for each process.

        Parameters:
            chief_ip: see the class. Defaults to ``DET_CHIEF_IP``, else torchrun's ``MASTER_ADDR``.

        Raises:
            KeyError: a variable is not set.
        """
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "GROUP_WORLD_SIZE")
        address = chief_ip or task_env.read(task_env.CHIEF_IP) or os.environ.get("MASTER_ADDR")
        return cls._from_variables(names, "torchrun", address)

    @classmethod
    def from_deepspeed(cls, chief_ip: Optional[str] = None) -> DistributedContext:
        """Make one of the variables that the DeepSpeed launcher sets for each process.

        Parameters:
            chief_ip: see the class. Defaults to ``DET_CHIEF_IP``.

        Raises:
            KeyError: a variable is not set.
        """
        names = ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_SIZE", "CROSS_RANK", "CROSS_SIZE")
        return cls._from_variables(names, "the DeepSpeed launcher", chief_ip or task_env.read(task_env.CHIEF_IP))

    @classmethod
    def from_tf_config(cls) -> Tuple[DistributedContext, Any]:
        """Make one of ``TF_CONFIG``, and the TensorFlow strategy that fits it.

        Returns:
            The context and a ``tf.distribute.Strategy``: MultiWorkerMirrored for several workers, else Mirrored for
            several GPUs, else the default one.

        Raises:
            RuntimeError: this process is not a worker.
        """
        import tensorflow as tf

        config = json.loads(os.environ.get("TF_CONFIG") or "{}")
        workers = config.get("cluster", {}).get("worker", [])
        task = config.get("task", {"type": "worker", "index": 0})
        if task.get("type", "worker") != "worker":
            raise RuntimeError(f"TF_CONFIG makes this process a {task['type']!r}: only workers are supported")
        if len(workers) > 1:
            strategy = tf.distribute.MultiWorkerMirroredStrategy()
            rank, size = int(task["index"]), len(workers)
            host = workers[0].rpartition(":")[0].strip("[]")
            distributed = cls(
                rank=rank, size=size, local_rank=0, local_size=1, cross_rank=rank, cross_size=size, chief_ip=host
            )
            return distributed, strategy
        several = len(tf.config.list_physical_devices("GPU")) > 1
        return DummyDistributedContext(), tf.distribute.MirroredStrategy() if several else tf.distribute.get_strategy()

    @classmethod
    def _from_variables(cls, names: Tuple[str, ...], who: str, chief_ip: Optional[str]) -> DistributedContext:
        missing = task_env.missing(list(names))
        if missing:
            raise KeyError(f"{', '.join(missing)} not set: was this process started by {who}?")
        rank, size, local_rank, local_size, cross_rank, cross_size = (int(os.environ[name]) for name in names)
        return cls(
            rank=rank,
            size=size,
            local_rank=local_rank,
            local_size=local_size,
            cross_rank=cross_rank,
            cross_size=cross_size,
            chief_ip=chief_ip,
        )

    # --- who this is ------------------------------------------------------------------------------------------------

    def get_rank(self) -> int:
        """Return this process's rank among all."""
        return self.rank

    def get_local_rank(self) -> int:
        """Return this process's rank on its machine."""
        return self.local_rank

    def get_size(self) -> int:
        """Return how many processes there are."""
        return self.size

    def get_num_agents(self) -> int:
        """Return how many machines there are."""
        return self.cross_size

    # --- collectives ------------------------------------------------------------------------------------------------

    def gather(self, stuff: T) -> Optional[List[T]]:
        """Collect an object of each rank; the chief gets all in the order of ranks, the others None."""
        return [stuff] if self.size == 1 else self._reach(self._star).gather(stuff)

    def allgather(self, stuff: T) -> List[T]:
        """Collect an object of each rank; everybody gets all in the order of ranks."""
        return [stuff] if self.size == 1 else self._reach(self._star).allgather(stuff)

    def broadcast(self, stuff: T) -> T:
        """Return the chief's object; what other ranks give is ignored."""
        return stuff if self.size == 1 else self._reach(self._star).broadcast(stuff)

    def gather_local(self, stuff: T) -> Optional[List[T]]:
        """Collect an object of each rank of this machine; its first rank gets all, the others None."""
        return [stuff] if self.local_size == 1 else self._reach(self._local_star).gather(stuff)

    def allgather_local(self, stuff: T) -> List[T]:
        """Collect an object of each rank of this machine; each of them gets all."""
        return [stuff] if self.local_size == 1 else self._reach(self._local_star).allgather(stuff)

    def broadcast_local(self, stuff: Any = None) -> Any:
        """Return the object of the machine's first rank; what others give is ignored."""
        return stuff if self.local_size == 1 else self._reach(self._local_star).broadcast(stuff)

    def close(self) -> None:
        """Close the connections. The other ranks' next collective raises if they expect this one."""
        self._closed = True
        if self._process != os.getpid():
            return  # the connections are those of the process that this one was forked from
        for star in (self._local_star if self._local_star is not self._star else None, self._star):
            if star is not None:
                star.close()

    def __enter__(self) -> DistributedContext:
        return self

    def __exit__(
        self, kind: Optional[Type[BaseException]], error: Optional[BaseException], trace: Optional[TracebackType]
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} rank {self.rank} of {self.size}, local rank {self.local_rank}>"

    # --- connections ------------------------------------------------------------------------------------------------

    def _reach(self, star: Optional[Star]) -> Star:
        if star is None or self._closed:
            raise RuntimeError("the distributed context is closed")
        if self._process != os.getpid():
            raise RuntimeError(
                "this process was forked from the one that made the distributed context, and its connections belong to"
                " that one: make a DistributedContext of its own, or start it with multiprocessing's method 'spawn'"
            )
        return star

    def _connect_all(self, place: Address) -> Star:
        secret = shared_secret(place)
        if self.rank != 0:
            return Spoke.to(place, self.rank, secret)
        hub = Hub.at(place, self.size, secret)
        hub.accept_all()
        return hub

    def _connect_machine(self, star: Star, force_tcp: bool, pull_port: Optional[int]) -> Star:
        hub: Optional[Hub] = None
        if self.local_rank == 0 and self.local_size > 1:
            hub = Hub.on_machine(self.local_size, force_tcp, _local_port(pull_port))
        places = star.allgather((self.cross_rank, None if hub is None else hub.address))
        if hub is not None:
            hub.accept_all()
            return hub
        addresses: Dict[int, Any] = {machine: address for machine, address in places if address is not None}
        if self.local_size == 1:
            # Nobody to talk to: local collectives of one rank need no connection.
            return star
        own = addresses[self.cross_rank]
        return Spoke.to(own, self.local_rank, shared_secret(own))


class DummyDistributedContext(DistributedContext):
    """A single process."""

    def __init__(self) -> None:
        super().__init__(rank=0, size=1, local_rank=0, local_size=1, cross_rank=0, cross_size=1)


def _chief_place(chief_ip: Optional[str], pub_port: Optional[int], force_tcp: bool) -> Address:
    """Return where the chief listens: a port, or a Unix socket if all are on one machine and can agree on its name."""
    if pub_port is None and "INTER_TRAIN_PROCESS_COMM_PORT_1" in os.environ:
        pub_port = int(os.environ["INTER_TRAIN_PROCESS_COMM_PORT_1"])
    if chief_ip is None and pub_port is None and not force_tcp and hasattr(socket, "AF_UNIX"):
        # A launcher's rendezvous port is its own on this machine: jobs side by side do not meet, as they would on a
        # port that is always the same.
        port = os.environ.get("MASTER_PORT")
        folder = private_folder() if port else None
        if folder is not None:
            return os.path.join(folder, f"hub-{port}")
    return chief_ip or "127.0.0.1", _DEFAULT_PORT if pub_port is None else pub_port


def _local_port(pull_port: Optional[int]) -> int:
    if pull_port is not None:
        return pull_port
    return int(os.environ.get("INTER_TRAIN_PROCESS_COMM_PORT_2", 0))


def _check_numbers(numbers: Dict[str, Optional[int]]) -> Dict[str, int]:
    given = {name: value for name, value in numbers.items() if value is not None}
    if not given:
        return {"rank": 0, "size": 1, "local_rank": 0, "local_size": 1, "cross_rank": 0, "cross_size": 1}
    missing = sorted(set(numbers) - set(given))
    if missing:
        raise RanksInvalid(f"{', '.join(missing)} missing: give all of {', '.join(numbers)}, or none")
    for prefix in ("", "local_", "cross_"):
        rank, size = given[f"{prefix}rank"], given[f"{prefix}size"]
        if size < 1 or not 0 <= rank < size:
            raise RanksInvalid(f"{prefix}rank {rank} must be at least 0 and less than {prefix}size {size}")
    if given["local_size"] == given["size"] and given["local_rank"] != given["rank"]:
        raise RanksInvalid(
            f"rank {given['rank']} and local_rank {given['local_rank']} must be equal on a single machine"
        )
    if given["local_size"] > given["size"]:
        raise RanksInvalid(f"local_size {given['local_size']} must not be more than size {given['size']}")
    return given


def agree(distributed: DistributedContext, problem: Optional[str], kind: Callable[[str], Exception]) -> None:
    """Raise on all ranks if any has a problem.

    Parameters:
        distributed: all of whose ranks call this.
        problem: this rank's, or None.
        kind: makes the error of a text.
    """
    found = {rank: text for rank, text in enumerate(distributed.allgather(problem)) if text is not None}
    if not found:
        return
    if problem is not None and (distributed.size == 1 or set(found) == {distributed.rank}):
        raise kind(problem)
    raise kind("; ".join(f"rank {rank}: {text}" for rank, text in sorted(found.items())))
