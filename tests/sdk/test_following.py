"""A log that is followed while its master is stopped or killed, and started again."""

from __future__ import annotations

import itertools
import os
import pathlib
import queue
import signal
import threading
from typing import Any, Callable

import pytest

from determined.common.api import logs
from determined.common.experimental.trial import Trial
from determined.experimental import client
from determined.master import LocalMaster

CONFIG = "name: outer\nentrypoint: 'true'\nsearcher: {name: single, metric: m}\n"


def stop(master: LocalMaster) -> None:
    master.stop()


def kill(master: LocalMaster) -> None:
    os.kill(master.pid, signal.SIGKILL)
    master.stop()


@pytest.mark.parametrize("end", [stop, kill])
def test_no_line_is_lost_or_repeated_when_the_master_comes_back(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, end: Callable[[LocalMaster], None]
) -> None:
    monkeypatch.setattr(logs, "_REOPENING_PAUSE", 0.1)
    with LocalMaster(tmp_path / "m", slots=0, initial_password="") as master:
        determined = client.Determined(master.url, "determined", "")
        session = determined._session
        body: Any = {"config": CONFIG, "unmanaged": True}
        experiment = session.put("api/v1/experiments/by-external-id/outer", json=body).json()["experiment"]
        body = {"createTrialRequest": {"experimentId": experiment["id"], "unmanaged": True}, "externalTrialId": "t"}
        made = session.put("api/v1/trials", json=body).json()["trial"]

        def write(number: int) -> None:
            line = {"taskId": made["taskId"], "log": f"line {number}\n", "timestamp": "2026-11-21T02:20:23Z"}
            session.post("api/v1/task/logs", json={"logs": [line]})

        seen: "queue.Queue[str]" = queue.Queue()

        def follow() -> None:
            for line in itertools.islice(Trial(made["id"], session).iter_logs(follow=True), 4):
                seen.put(line)

        write(1)
        follower = threading.Thread(target=follow, daemon=True)
        follower.start()
        got = [seen.get(timeout=30)]
        write(2)
        got.append(seen.get(timeout=30))
        end(master)
        master.start()
        write(3)
        write(4)
        got += [seen.get(timeout=30), seen.get(timeout=30)]
        follower.join(30)
        assert [line.split()[-1] for line in got] == ["1", "2", "3", "4"]
        session.close()
