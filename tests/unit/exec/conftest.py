"""Fixtures of the tests around supervised tasks: a stub of the master, and tasks supervised by real processes."""

from __future__ import annotations

import base64
import io
import json
import os
import pathlib
import signal
import subprocess
import sys
import tarfile
import time
from typing import Any, Callable, Dict, Iterator, List, Optional

import pytest

from tests.unit.common.experimental.stub_master import StubMaster

REPOSITORY = pathlib.Path(__file__).resolve().parents[3]
ALLOCATION = "1.task.1"


def make_context(files: Dict[str, str]) -> str:
    """Return files as the master sends them."""
    data = io.BytesIO()
    with tarfile.open(fileobj=data, mode="w:gz") as archive:
        for name, text in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return base64.b64encode(data.getvalue()).decode()


class Task:
    """A task and the process that supervises it."""

    def __init__(self, folder: pathlib.Path, stub: StubMaster) -> None:
        self.run_dir = folder / "run"
        self.workdir = folder / "work"
        self.workdir.mkdir(parents=True)
        self._folder = folder
        self._stub = stub
        self.process: "Optional[subprocess.Popen[bytes]]" = None
        self.config: Dict[str, Any] = {"entrypoint": None}

    def start(self, argv: Any = None, **more: Any) -> Task:
        spec = {
            "allocation_id": ALLOCATION,
            "run_dir": str(self.run_dir),
            "workdir": str(self.workdir),
            "argv": argv,
            "env": self.environment(),
            "grace_seconds": 0.5,
            "flush_seconds": 5,
            "log_labels": {
                "task_id": "1.task",
                "allocation_id": ALLOCATION,
                "agent_id": "agent-0",
                "container_id": "c1",
            },
            "master_url": self._stub.url,
            "token": "secret",
            "prepare": False,
            **more,
        }
        path = self._folder / "spec.json"
        path.write_text(json.dumps(spec))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "determined.exec.supervisor", str(path)], cwd=REPOSITORY, start_new_session=True
        )
        return self

    def run(self, argv: Any = None, **more: Any) -> Dict[str, Any]:
        """Run the task to its end and return its exit record."""
        self.start(argv, **more)
        return self.wait()

    def wait(self) -> Dict[str, Any]:
        assert self.process is not None
        code = self.process.wait(30)
        record: Dict[str, Any] = json.loads((self.run_dir / "exit.json").read_text())
        assert code == record["exit_code"]
        return record

    def send(self, number: int) -> None:
        assert self.process is not None
        os.kill(self.process.pid, number)

    def environment(self) -> Dict[str, str]:
        return {
            "PATH": f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "DET_MASTER": self._stub.url,
            "DET_CLUSTER_ID": "cluster",
            "DET_AGENT_ID": "agent-0",
            "DET_SLOT_IDS": "[0]",
            "DET_TASK_ID": "1.task",
            "DET_ALLOCATION_ID": ALLOCATION,
            "DET_SESSION_TOKEN": "secret",
            "DET_TASK_TYPE": "TRIAL",
            "DET_TRIAL_ID": "7",
            "DET_EXPERIMENT_ID": "1",
            "DET_TRIAL_SEED": "42",
            "DET_HPARAMS": '{"lr": 0.1}',
            "DET_STEPS_COMPLETED": "30",
            "DET_TRIAL_RUN_ID": "2",
            "DET_EXPERIMENT_CONFIG": json.dumps(self.config),
            "DET_RESOURCES_ID": "c1",
            "DET_CONTAINER_ID": "c1",
        }

    def serve_files(self, files: Dict[str, str]) -> None:
        """Let the master have files for this task, and answer its preparation."""
        self._stub.on("GET", "/api/v1/tasks/1.task/context_directory", {"b64Tgz": make_context(files)})
        self._stub.on("POST", f"/api/v1/allocations/{ALLOCATION}/acceleratorData", {})
        answer = {"rendezvousInfo": {"addresses": ["127.0.0.1"], "rank": 0, "slots": [1]}}
        self._stub.on("GET", f"/api/v1/allocations/{ALLOCATION}/resources/c1/rendezvous", answer)

    def logs(self, stream: Optional[str] = None) -> List[Dict[str, Any]]:
        """Return the lines that the master has taken, without the supervisor's own."""
        return [r for r in records_of(self._stub) if stream in (None, r["stdtype"]) and not is_own(r)]

    def texts(self, stream: Optional[str] = None) -> List[str]:
        return [record["log"] for record in self.logs(stream)]


def records_of(stub: StubMaster) -> List[Dict[str, Any]]:
    return [record for request in stub.sent("POST", "/api/v1/task/logs") for record in request.body["logs"]]


def is_own(record: Dict[str, Any]) -> bool:
    text: str = record["log"]
    return text.startswith("determined: ")


def wait_until(holds: Callable[[], Any], seconds: float = 20) -> Any:
    """Return what a function returns, once that is true."""
    deadline = time.monotonic() + seconds
    while True:
        found = holds()
        if found:
            return found
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


def is_alive(pid: int) -> bool:
    try:
        state = pathlib.Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.fixture
def stub() -> Iterator[StubMaster]:
    started = StubMaster()
    started.on("POST", "/api/v1/task/logs", {})
    yield started
    started.close()


@pytest.fixture
def task(tmp_path: pathlib.Path, stub: StubMaster) -> Iterator[Task]:
    made = Task(tmp_path, stub)
    yield made
    process = made.process
    if process is not None and process.poll() is None:
        os.kill(process.pid, signal.SIGINT)
        process.wait(30)
