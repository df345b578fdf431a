"""What a configuration says about a trial's start: its entrypoint, its hook, its variables, its data."""

from __future__ import annotations

import contextlib
import importlib.util
import json
import pathlib
import socket
from typing import Any

import pytest

from determined.experimental import client
from determined.master import LocalMaster

from .test_processes import log_of, run

SHOWING = """
import json, os
import determined as det
info = det.get_cluster_info()
shown = {name: os.environ.get(name) for name in ("FIRST", "SECOND", "EMPTY", "HOOKED")}
print("shown", json.dumps({**shown, "data": info.user_data, "seed": info.trial.trial_seed}), flush=True)
"""


def shown_by(experiment: client.Experiment) -> Any:
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    return json.loads(log_of(experiment).partition("|| shown ")[2].splitlines()[0])


@pytest.mark.parametrize(
    "variables",
    [
        ["FIRST=1", "SECOND=a=b c", "EMPTY="],
        {"cpu": ["FIRST=1", "SECOND=a=b c", "EMPTY="], "cuda": ["FIRST=of cuda"]},
        {"cpu": ["FIRST=0", "SECOND=a=b c", "EMPTY=", "FIRST=1"], "gpu": ["FIRST=of cuda"]},
    ],
)
def test_variables_are_a_list_or_lists_by_device(master: LocalMaster, tmp_path: pathlib.Path, variables: Any) -> None:
    shown = shown_by(run(master, tmp_path, SHOWING, environment={"environment_variables": variables}))
    assert [shown[name] for name in ("FIRST", "SECOND", "EMPTY")] == ["1", "a=b c", ""]


def test_data_and_seed_reach_the_trial(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    data = {"path": "/data", "parts": [1, 2.5, {"deep": None}]}
    shown = shown_by(run(master, tmp_path, SHOWING, data=data, reproducibility={"experiment_seed": 7}))
    assert shown["data"] == data
    assert isinstance(shown["seed"], int)


@pytest.mark.parametrize("entrypoint", ["cd sub && python3 ../train.py $HOOKED", ["python3", "train.py", "$HOOKED"]])
def test_the_start_up_hook_runs_before_every_form_of_entrypoint(
    master: LocalMaster, tmp_path: pathlib.Path, entrypoint: Any
) -> None:
    model = tmp_path / "model"
    (model / "sub").mkdir(parents=True)
    (model / "sub" / "empty").touch()
    (model / "startup-hook.sh").write_text("export HOOKED='by the hook'\necho from the hook\n")
    script = SHOWING + "import sys\nprint('arguments', sys.argv[1:])\n"
    experiment = run(master, tmp_path, script, entrypoint=entrypoint)
    assert shown_by(experiment)["HOOKED"] == "by the hook"
    assert "|| from the hook" in log_of(experiment)
    words = ["by", "the", "hook"] if isinstance(entrypoint, str) else ["$HOOKED"]
    assert f"|| arguments {words}" in log_of(experiment)


def test_a_start_up_hook_that_fails_fails_the_trial(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "startup-hook.sh").write_text("no-such-command-here\n")
    experiment = run(master, tmp_path, "print('never')")
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    assert "no-such-command-here" in log_of(experiment)
    assert "|| never" not in log_of(experiment)


@pytest.mark.skipif(importlib.util.find_spec("torch") is not None, reason="with torch it is trained")
def test_without_torch_a_trial_class_as_the_entrypoint_fails_with_advice(
    master: LocalMaster, tmp_path: pathlib.Path
) -> None:
    experiment = run(master, tmp_path, "class MyTrial: pass", entrypoint="train:MyTrial")
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    assert "|| the trial class train:MyTrial cannot be trained" in log_of(experiment)
    assert "Traceback" not in log_of(experiment)


def test_more_slots_than_the_machine_has_are_refused(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    with pytest.raises(Exception, match="slots requested exceeds cluster capacity"):
        run(master, tmp_path, "", resources={"slots_per_trial": 3})


def test_several_slots_ask_for_a_distributed_context(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    script = "from determined import core\nwith core.init(): pass\n"
    experiment = run(master, tmp_path, script, resources={"slots_per_trial": 2})
    assert experiment.wait(interval=0.1) == client.ExperimentState.ERROR
    assert "this task has 2 slots: pass core.init() a distributed context" in log_of(experiment)


STARTING_RANKS = """
import subprocess, sys
mark = [sys.executable, "-m", "determined.launch.wrap_rank"]
ranks = [subprocess.Popen([*mark, str(n), "--", sys.executable, "rank.py", str(n)]) for n in range(2)]
sys.exit(max([rank.wait() for rank in ranks]))
"""

RANK = """
import sys
from determined import core
rank = int(sys.argv[1])
numbers = {"rank": rank, "size": 2, "local_rank": rank, "local_size": 2, "cross_rank": 0, "cross_size": 1}
with core.DistributedContext(**numbers, chief_ip="127.0.0.1") as distributed:
    with core.init(distributed=distributed) as context:
        print("met", distributed.allgather(rank), distributed.broadcast("chief" if rank == 0 else None), flush=True)
        with context.checkpoint.store_path({"steps_completed": 3}, shard=True) as (path, _):
            (path / f"part-{rank}").touch()
        print("preempt", context.preempt.should_preempt(), flush=True)
"""


def test_ranks_that_a_script_starts_itself_meet_and_store_a_checkpoint_together(
    master: LocalMaster, tmp_path: pathlib.Path
) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "rank.py").write_text(RANK)
    experiment = run(master, tmp_path, STARTING_RANKS, resources={"slots_per_trial": 2})
    assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
    for rank in range(2):
        assert f"[rank={rank}] || met [0, 1] chief" in log_of(experiment)
        assert f"[rank={rank}] || preempt False" in log_of(experiment)
    [checkpoint] = experiment.list_trials()[0].list_checkpoints()
    assert {"part-0", "part-1"} <= set(checkpoint.resources or {})


def test_a_trial_s_ports_are_free_on_this_machine(master: LocalMaster, tmp_path: pathlib.Path) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        with contextlib.suppress(OSError):  # something else listens there already, which serves as well
            other.bind(("127.0.0.1", 29400))
            other.listen()
        script = "import os, socket\nsocket.create_server(('', int(os.environ['C10D_PORT']))).close()\n"
        experiment = run(master, tmp_path, script)
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED, log_of(experiment)
