"""How ranks talk: collectives, steps, strangers, and peers that end."""

from __future__ import annotations

import concurrent.futures
import os
import pathlib
import pickle
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from typing import Any, Dict, List

import pytest

from determined.core import DistributedContext, DummyDistributedContext, PeerLost
from determined.core._secret import shared_secret
from determined.core._star import Hub, Spoke
from determined.errors import ArgumentError

from .conftest import free_port, run_ranks


def all_collectives(d: DistributedContext) -> Dict[str, Any]:
    return {
        "gather": d.gather(d.rank),
        "allgather": d.allgather(("x", d.rank)),
        "broadcast": d.broadcast({"from": d.rank}),
        "gather_local": d.gather_local(d.rank),
        "allgather_local": d.allgather_local(d.rank),
        "broadcast_local": d.broadcast_local(d.rank),
    }


@pytest.mark.parametrize("force_tcp", [False, True])
@pytest.mark.parametrize(("nodes", "per_node"), [(1, 1), (1, 4), (4, 1), (2, 2)])
def test_collectives_on_machines_and_ranks(nodes: int, per_node: int, force_tcp: bool) -> None:
    size = nodes * per_node
    results = run_ranks(all_collectives, nodes, per_node, force_tcp)
    for rank, found in enumerate(results):
        node, local = divmod(rank, per_node)
        own_node = list(range(node * per_node, (node + 1) * per_node))
        assert found == {
            "gather": list(range(size)) if rank == 0 else None,
            "allgather": [("x", r) for r in range(size)],
            "broadcast": {"from": 0},
            "gather_local": own_node if local == 0 else None,
            "allgather_local": own_node,
            "broadcast_local": own_node[0],
        }


def test_large_objects_pass_whole() -> None:
    results = run_ranks(lambda d: d.broadcast(b"x" * 20_000_000 if d.rank == 0 else None))
    assert [len(found) for found in results] == [20_000_000] * 2


def test_ranks_out_of_step_are_told_so() -> None:
    results = run_ranks(lambda d: d.allgather(1) if d.rank == 0 else d.broadcast(1))
    assert any(isinstance(r, RuntimeError) and "out of step" in str(r) for r in results)
    assert all(isinstance(r, Exception) for r in results)


def test_a_rank_that_ends_makes_the_others_raise() -> None:
    def work(d: DistributedContext) -> Any:
        d.allgather(None)
        return None if d.rank == 1 else [d.allgather(i) for i in range(3)]

    results = run_ranks(work, per_node=3)
    assert results[1] is None
    assert isinstance(results[0], PeerLost)
    assert "rank 1" in str(results[0])
    assert isinstance(results[2], PeerLost)


def test_a_killed_process_makes_the_chief_raise() -> None:
    port = free_port()
    numbers = "size=2, local_size=2, cross_rank=0, cross_size=1"
    program = (
        "import determined.core as c\n"
        f"d = c.DistributedContext(rank=1, local_rank=1, {numbers}, pub_port={port})\n"
        "d.allgather(0); d.allgather(0)\n"
        "import time; time.sleep(600)"
    )
    worker = subprocess.Popen([sys.executable, "-c", program], cwd=pathlib.Path(__file__).parents[3])
    try:
        with DistributedContext(
            rank=0, size=2, local_rank=0, local_size=2, cross_rank=0, cross_size=1, pub_port=port
        ) as d:
            d.allgather(0)
            d.allgather(0)
            os.kill(worker.pid, signal.SIGKILL)
            with pytest.raises(PeerLost, match="rank 1"):
                d.gather(0)
    finally:
        worker.kill()
        worker.wait()


def test_a_stranger_is_turned_away_before_anything_it_sent_is_read() -> None:
    hub = Hub.at(("127.0.0.1", 0), 2, b"secret")
    place = hub.address
    errors: List[BaseException] = []

    def stranger() -> None:
        try:
            Spoke.to(place, 1, b"guess", patience=0)
        except (TimeoutError, PermissionError) as e:
            errors.append(e)
        spoke = Spoke.to(place, 1, b"secret")
        spoke.gather("in")
        spoke.close()

    thread = threading.Thread(target=stranger)
    thread.start()
    hub.accept_all()
    assert hub.gather("chief") == ["chief", "in"]
    thread.join()
    hub.close()
    assert len(errors) == 1


def test_a_chief_that_does_not_know_the_secret_is_not_believed() -> None:
    hub = Hub.at(("127.0.0.1", 0), 2, b"wrong")
    thread = threading.Thread(target=lambda: _ignore(hub, 0.5))
    thread.start()
    with pytest.raises((TimeoutError, PermissionError)):
        Spoke.to(hub.address, 1, b"secret", patience=0)
    thread.join()


def _ignore(hub: Hub, patience: float) -> None:
    with pytest.raises(TimeoutError, match=r"\[1\]"):
        hub.accept_all(patience)


def test_a_port_in_use_is_told_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="INTER_TRAIN_PROCESS_COMM_PORT_1"):
            DistributedContext(
                rank=0,
                size=2,
                local_rank=0,
                local_size=2,
                cross_rank=0,
                cross_size=1,
                pub_port=taken.getsockname()[1],
            )


def test_jobs_of_a_launcher_on_one_machine_need_no_fixed_port(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MASTER_PORT", "29511")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    results: List[Any] = []

    def run(rank: int) -> None:
        with DistributedContext(rank=rank, size=2, local_rank=rank, local_size=2, cross_rank=0, cross_size=1) as d:
            results.append(d.allgather(rank))

    threads = [threading.Thread(target=run, args=(rank,)) for rank in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == [[0, 1], [0, 1]]
    folder = next(tmp_path.iterdir())
    assert folder.stat().st_mode & 0o077 == 0
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"rank": 0, "size": 1, "local_rank": 0, "local_size": 1, "cross_rank": 0, "cross_size": None}, "missing"),
        ({"rank": 2, "size": 2, "local_rank": 0, "local_size": 2, "cross_rank": 0, "cross_size": 1}, "rank 2"),
        ({"rank": 1, "size": 2, "local_rank": 0, "local_size": 2, "cross_rank": 0, "cross_size": 1}, "equal"),
        ({"rank": 0, "size": 2, "local_rank": 0, "local_size": 1, "cross_rank": 0, "cross_size": 2}, "chief_ip"),
        ({"rank": 0, "size": 1, "local_rank": 0, "local_size": 2, "cross_rank": 0, "cross_size": 1}, "local_size"),
    ],
)
@pytest.mark.parametrize("kind", [ValueError, AssertionError])
def test_numbers_that_make_no_sense_are_refused(given: Dict[str, Any], words: str, kind: Any) -> None:
    with pytest.raises(kind, match=words):
        DistributedContext(**given)


def test_numbers_that_are_not_given_are_missing_arguments() -> None:
    with pytest.raises(TypeError, match="local_size"):
        DistributedContext(rank=0, size=1)  # type: ignore[call-arg]


def test_one_process_needs_no_numbers() -> None:
    nothing: Dict[str, Any] = dict.fromkeys(("rank", "size", "local_rank", "local_size", "cross_rank", "cross_size"))
    for d in (DistributedContext(**nothing), DummyDistributedContext()):
        assert (d.get_rank(), d.get_size(), d.get_local_rank(), d.get_num_agents()) == (0, 1, 0, 1)
        assert all_collectives(d)["allgather"] == [("x", 0)]


def test_torch_variables_make_a_context(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(KeyError, match="WORLD_SIZE"):
        DistributedContext.from_torch_distributed()
    for name, value in zip(
        ("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_WORLD_SIZE", "GROUP_RANK", "GROUP_WORLD_SIZE"), "010101"
    ):
        monkeypatch.setenv(name, value)
    assert DistributedContext.from_torch_distributed().size == 1


def test_deepspeed_variables_and_horovod_make_a_context(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in zip(("RANK", "WORLD_SIZE", "LOCAL_RANK", "LOCAL_SIZE", "CROSS_RANK", "CROSS_SIZE"), "010101"):
        monkeypatch.setenv(name, value)
    assert DistributedContext.from_deepspeed().size == 1

    class Horovod:
        rank = local_rank = cross_rank = staticmethod(lambda: 0)
        size = local_size = cross_size = staticmethod(lambda: 1)

    assert DistributedContext.from_horovod(Horovod).rank == 0


def test_a_closed_context_says_so() -> None:
    def work(d: DistributedContext) -> None:
        d.allgather(0)
        d.close()
        d.allgather(0)

    assert ["closed" in str(r) for r in run_ranks(work)] == [True, True]


# --- secrets --------------------------------------------------------------------------------------------------------


class Bomb:
    """An object that writes a file when it is read."""

    def __init__(self, path: pathlib.Path) -> None:
        self._path = str(path)

    def __reduce__(self) -> Any:
        return open, (self._path, "w")


def own_address() -> str:
    """An address of this machine that is not the loopback one."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no address of its own")
        return str(probe.getsockname()[0])


def over_machines(rank: int, chief_ip: str, port: int) -> DistributedContext:
    numbers = {"rank": rank, "size": 2, "local_rank": 0, "local_size": 1, "cross_rank": rank, "cross_size": 2}
    return DistributedContext(**numbers, chief_ip=chief_ip, pub_port=port)  # type: ignore[arg-type]


@pytest.mark.parametrize("rank", [0, 1])
def test_ranks_on_several_machines_need_a_secret(rank: int) -> None:
    with pytest.raises(ArgumentError, match="DET_DISTRIBUTED_SECRET"):
        over_machines(rank, own_address(), free_port())


def test_a_stranger_without_the_secret_runs_nothing_and_those_who_know_it_meet(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DET_DISTRIBUTED_SECRET", "known to the ranks")
    address, port, mark = own_address(), free_port(), tmp_path / "ran"
    found: List[Any] = []

    def run(rank: int) -> None:
        with over_machines(rank, address, port) as distributed:
            found.append(distributed.allgather(rank))

    chief = threading.Thread(target=run, args=(0,))
    chief.start()
    for secret in (b"", b"guess"):
        with pytest.raises((TimeoutError, PermissionError)):
            Spoke.to((address, port), 1, secret, patience=2).gather(Bomb(mark))
    with socket.create_connection((address, port), timeout=10) as rude:
        rude.sendall(pickle.dumps(Bomb(mark)) * 10)
    with socket.socket() as loopback:
        assert loopback.connect_ex(("127.0.0.1", port)) != 0, "the chief listens at more than its address"
    worker = threading.Thread(target=run, args=(1,))
    worker.start()
    for thread in (chief, worker):
        thread.join(60)
    assert found == [[0, 1], [0, 1]]
    assert not mark.exists()


def test_a_hub_without_a_secret_is_refused() -> None:
    with pytest.raises(ValueError, match="secret"):
        Hub.at(("127.0.0.1", 0), 2, b"")


def test_the_secret_of_one_machine_is_its_users_alone(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    place = ("127.0.0.1", 1)
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: shared_secret(place), range(50)))
    assert len(secrets) == 1
    (secret,) = secrets
    assert len(secret) >= 32
    (file,) = (tmp_path / f"determined-{os.getuid()}").iterdir()
    assert (file.stat().st_mode & 0o777, file.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    file.parent.chmod(0o777)
    with pytest.raises(ArgumentError, match="DET_DISTRIBUTED_SECRET"):
        shared_secret(place)


def test_on_a_cluster_the_token_is_the_secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DET_SESSION_TOKEN", "token")
    monkeypatch.setenv("DET_DISTRIBUTED_SECRET", "other")
    assert {shared_secret(place) for place in ("/a/socket", ("127.0.0.1", 1), ("10.0.0.1", 1))} == {b"token"}
