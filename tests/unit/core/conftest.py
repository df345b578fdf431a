"""Fixtures of the training API's tests: ranks in threads, a stub of the master, and a process that is a trial's."""

from __future__ import annotations

import json
import pathlib
import socket
import tempfile
import threading
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

from determined import _info
from determined.core import DistributedContext
from tests.unit.common.experimental.stub_master import StubMaster

TASK = "1.task"
ALLOCATION = "1.task.1"


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_ranks(
    work: Callable[[DistributedContext], Any], nodes: int = 1, per_node: int = 2, force_tcp: bool = False
) -> List[Any]:
    """Let each rank do something in a thread of its own; return the results, exceptions included."""
    size = nodes * per_node
    port = free_port()
    results: List[Any] = [None] * size

    def run(rank: int) -> None:
        try:
            with DistributedContext(
                rank=rank,
                size=size,
                local_rank=rank % per_node,
                local_size=per_node,
                cross_rank=rank // per_node,
                cross_size=nodes,
                chief_ip="127.0.0.1",
                pub_port=port,
                force_tcp=force_tcp,
            ) as distributed:
                results[rank] = work(distributed)
        except Exception as e:  # the test looks at it
            results[rank] = e

    threads = [threading.Thread(target=run, args=(rank,)) for rank in range(size)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert not any(thread.is_alive() for thread in threads), "a rank hangs"
    return results


@pytest.fixture
def stub() -> Iterator[StubMaster]:
    """A master that takes all that a trial tells."""
    started = StubMaster()
    prepare(started)
    yield started
    started.close()


def prepare(stub: StubMaster) -> None:
    stub.on("POST", "/api/v1/runs/start", {"storageId": 5})
    stub.on("GET", f"/api/v1/allocations/{ALLOCATION}/signals/preemption", {"preempt": False}, _hold)
    stub.on("POST", f"/api/v1/allocations/{ALLOCATION}/signals/ack_preemption", {})
    for name in ("metrics", "progress", "early_exit", "runner/metadata"):
        stub.on("POST", f"/api/v1/trials/7/{name}", {})
    stub.on("POST", "/api/v1/checkpoints", {})
    stub.on("PATCH", "/api/v1/checkpoints", {})


def _hold(request: Any) -> Dict[str, Any]:
    """Answer a long question late, as the master does."""
    threading.Event().wait(0.2)
    return {"preempt": False}


@pytest.fixture
def trial(
    stub: StubMaster, tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[..., pathlib.Path]]:
    """Makes this process a trial's."""

    def make(config: Optional[Dict[str, Any]] = None, slots: int = 1, task_type: str = "TRIAL") -> pathlib.Path:
        store = tmp_path / "checkpoints"
        info = tmp_path / "run" / "info"
        info.mkdir(parents=True)
        files = {
            "cluster.json": {
                "master_url": stub.url,
                "cluster_id": "cluster",
                "agent_id": "agent-0",
                "slot_ids": list(range(slots)),
                "task_id": TASK,
                "allocation_id": ALLOCATION,
                "session_token": "secret",
                "task_type": task_type,
                "master_cert_name": None,
                "master_cert_file": None,
                "latest_checkpoint": None,
            },
            "trial.json": {
                "trial_id": 7,
                "experiment_id": 1,
                "trial_seed": 42,
                "hparams": {"lr": 0.1},
                "config": {
                    "checkpoint_storage": {"type": "shared_fs", "host_path": str(store)},
                    "searcher": {"name": "single", "metric": "loss"},
                    "data": {"url": "x"},
                    **(config or {}),
                },
                "steps_completed": 0,
                "trial_run_id": 2,
                "debug": False,
                "inter_node_network_interface": None,
            },
            "rendezvous.json": {
                "container_addrs": ["127.0.0.1"],
                "container_rank": 0,
                "container_slot_counts": [slots],
            },
            "resources.json": {"gpu_uuids": ["GPU-1"]},
        }
        for name, value in files.items():
            (info / name).write_text(json.dumps(value))
        monkeypatch.setenv("DET_RUN_DIR", str(tmp_path / "run"))
        monkeypatch.setenv("DET_ALLOCATION_ID", ALLOCATION)
        monkeypatch.setattr(_info, "_cached", None)
        return store

    yield make
    _info._cached = None


@pytest.fixture(autouse=True)
def no_cluster(tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without `trial`, this process is not a cluster's."""
    monkeypatch.setenv("DET_RUN_DIR", str(tmp_path / "none"))
    monkeypatch.setattr(_info, "_cached", None)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)  # or it would be what it was when it was first asked for
