"""A stub of a master that takes an unmanaged trial."""

from __future__ import annotations

from typing import Iterator, List, Tuple

import pytest

from determined.experimental import client, core_v2
from tests.unit.common.experimental.stub_master import StubMaster
from tests.unit.core.conftest import no_cluster, trial

__all__ = ["no_cluster", "trial"]

TASK = "4.first"


@pytest.fixture
def stub(monkeypatch: pytest.MonkeyPatch) -> Iterator[StubMaster]:
    """A master that takes all that an unmanaged trial tells; this process belongs to its user."""
    started = StubMaster()
    made = {"trial": {"id": 7, "taskId": TASK}}
    started.on("POST", "/api/v1/auth/login", {"token": "secret", "user": {"id": 1, "username": "ada"}})
    started.on("POST", "/api/v1/experiments", {"experiment": {"id": 4}})
    started.on("PUT", "/api/v1/experiments/by-external-id/outer", {"experiment": {"id": 4}})
    started.on("POST", "/api/v1/trials", made)
    started.on("PUT", "/api/v1/trials", made)
    started.on("GET", "/api/v1/master", {"clusterId": "cluster"})
    started.on("POST", "/api/v1/trials/7/start", {"trialRunId": 1, "stepsCompleted": 0})
    started.on("POST", "/api/v1/runs/start", {"storageId": 5})
    started.on("PATCH", "/api/v1/trials/7", made)
    started.on("POST", "/api/v1/trials/7/metrics", {})
    started.on("POST", "/task-logs", "")
    monkeypatch.setenv("DET_MASTER", started.url)
    monkeypatch.setenv("DET_MASTER_PATIENCE_SECONDS", "5")
    yield started
    core_v2.close()
    started.close()


@pytest.fixture
def user(stub: StubMaster) -> client.Determined:
    """The connection of a user."""
    determined = client.Determined(user="ada", password="pass")
    stub.requests.clear()
    return determined


def calls(stub: StubMaster) -> List[Tuple[str, str]]:
    """What was asked for, in order, without logs and signs of life, which come when they come."""
    return [(r.method, r.path) for r in stub.requests if r.path != "/task-logs" and r.body != {"trialId": 7}]


def states(stub: StubMaster) -> List[str]:
    """The states that the trial told, in order."""
    return [r.body["state"] for r in stub.sent("PATCH", "/api/v1/trials/7") if "state" in r.body]
