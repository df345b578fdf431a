"""Meetings of an allocation's processes at the master."""

from __future__ import annotations

import concurrent.futures
import pathlib
import uuid
from typing import List

import pytest

from determined.common.api import errors
from determined.common.api.endpoints import allocations, cluster, trials
from determined.common.api.wire.tasks import AllocationAllGatherRequest
from determined.experimental import client
from determined.master import LocalMaster

from .conftest import wait_until
from .test_processes import log_of, run


def test_who_hangs_up_before_a_meeting_is_complete_is_no_part_of_it(
    master: LocalMaster, tmp_path: pathlib.Path
) -> None:
    experiment = run(master, tmp_path, "import time\nprint('ready', flush=True)\ntime.sleep(600)\n")
    wait_until(lambda: experiment.list_trials() and "|| ready" in log_of(experiment))
    session = experiment._session
    allocation_id = f"{trials.get_trial(session, experiment.list_trials()[0].id)['taskId']}.1"

    def gather(name: str, timeout: float = 30) -> List[object]:
        body: AllocationAllGatherRequest = {
            "allocationId": allocation_id,
            "requestUuid": str(uuid.uuid4()),
            "numPeers": 2,
            "data": {"name": name},
        }
        found = allocations.all_gather(session, allocation_id, body, timeout=timeout)
        return sorted(data["name"] for data in found["data"])

    with pytest.raises(errors.MasterTimeoutException):
        gather("impatient", timeout=0.3)
    for _ in range(3):
        # The master has seen the end of a connection when it has answered others.
        cluster.get_master(session)
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        assert list(pool.map(gather, ["first", "second"])) == [["first", "second"]] * 2
    experiment.kill()
    assert experiment.wait(interval=0.1) == client.ExperimentState.CANCELED
