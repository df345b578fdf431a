"""Scripts that are trials themselves, in processes of their own, and a real master."""

from __future__ import annotations

import json
import os
import pathlib
import socket
import subprocess
import sys
import textwrap
import time
from typing import Any, Callable, Dict, Iterator, List

import pytest

from determined.experimental import client
from determined.master import LocalMaster

HEAD = """
import json, os, pathlib, signal, sys, time
from determined import core
from determined.experimental import core_v2

how, store = sys.argv[1:3]
MANUAL = core_v2.TensorboardMode.MANUAL


def begin(**more):
    config = core_v2.Config(
        name="outer", hparams={"how": how}, external_experiment_id="outer", external_trial_id=how, labels=["loose"]
    )
    core_v2.init(config=config, checkpoint_storage=store, tensorboard_mode=MANUAL, **more)

"""

MakeScript = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalMaster]:
    with LocalMaster(tmp_path_factory.mktemp("unmanaged") / "m", slots=0, initial_password="") as master:
        yield master


@pytest.fixture
def start(tmp_path: pathlib.Path) -> Iterator[MakeScript]:
    """Starts a script: its body, the external id of its trial, and what else it is told."""
    started: List["subprocess.Popen[str]"] = []

    def make(master: LocalMaster, body: str, how: str, *more: str, head: str = HEAD) -> "subprocess.Popen[str]":
        script = tmp_path / f"script{len(started)}.py"
        script.write_text(head + textwrap.dedent(body), encoding="utf-8")
        environment = {
            **os.environ,
            "DET_MASTER": master.url,
            "DET_USER": "determined",
            "DET_PASS": "",
            "DET_RUN_DIR": str(tmp_path / "none"),
            "DET_MASTER_PATIENCE_SECONDS": "60",
            "PYTHONIOENCODING": "utf-8",
        }
        process = subprocess.Popen(
            [sys.executable, str(script), how, str(tmp_path / "store"), *more],
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        started.append(process)
        return process

    yield make
    for process in started:
        process.kill()
        process.communicate()


def end(process: "subprocess.Popen[str]", code: int = 0) -> str:
    """Wait for a script, which must end with this code; return what it printed."""
    out, err = process.communicate(timeout=120)
    assert process.returncode == code, out + err
    return out


def trial_of(master: LocalMaster, external_id: str) -> client.Trial:
    determined = client.Determined(master.url, "determined", "")
    session = determined._session
    found = session.get(f"api/v1/trials/by-external-id/outer/{external_id}").json()["trial"]
    return determined.get_trial(found["id"])


def logs_of(trial: client.Trial) -> List[str]:
    """What was shipped, without the time in front."""
    return [line.rstrip("\n").partition("|| ")[2] for line in trial.iter_logs()]


def wait_until(holds: Callable[[], Any]) -> Any:
    while True:
        found = holds()
        if found:
            return found
        time.sleep(0.05)


ENDINGS: Dict[str, Any] = {
    "closed": ("core_v2.close()", 0, None),
    "not-closed": ("pass", 0, None),
    "exit-0": ("sys.exit(0)", 0, None),
    "exit-3": ("sys.exit(3)", 3, "exit code 3"),
    "exit-text": ("sys.exit('no data')", 1, "exit code no data"),
    "raised": ("raise ValueError('meant')", 1, "meant"),
    "interrupted": ("os.kill(os.getpid(), signal.SIGINT); time.sleep(60)", -2, "KeyboardInterrupt"),
    "terminated": ("os.kill(os.getpid(), signal.SIGTERM); time.sleep(60)", -15, "signal SIGTERM"),
    "hung-up": ("os.kill(os.getpid(), signal.SIGHUP); time.sleep(60)", -1, "signal SIGHUP"),
    "closed-before-it-failed": ("core_v2.close(); sys.exit(3)", 3, None),
    "child-exits-3": ("pid = os.fork()\nif pid == 0: sys.exit(3)\nos.waitpid(pid, 0)", 0, None),
}


@pytest.mark.parametrize("how", list(ENDINGS))
def test_how_a_script_ends_is_its_trials_state(served: LocalMaster, start: MakeScript, how: str) -> None:
    ending, code, failure = ENDINGS[how]
    body = "begin()\nprint('in the script')\ncore_v2.train.report_training_metrics(1, {'loss': 0.5})\n" + ending
    said = end(start(served, body, how), code)
    assert said == "in the script\n"
    trial = trial_of(served, how)
    assert trial.state == (client.TrialState.COMPLETED if failure is None else client.TrialState.ERROR)
    assert [report.metrics for report in trial.iter_metrics("training")] == [{"loss": 0.5}]
    lines = logs_of(trial)
    assert lines[0] == "in the script"
    assert ("Trial reached an ERROR state: " + str(failure) in lines) is (failure is not None)
    if how == "raised":
        assert "ValueError: meant" in lines


def test_a_block_that_is_left_by_an_exception_fails_its_trial(served: LocalMaster, start: MakeScript) -> None:
    body = """
        config = core_v2.Config(external_experiment_id="outer", external_trial_id=how)
        with core_v2.init_context(config=config, checkpoint_storage=store, tensorboard_mode=MANUAL):
            raise ValueError("meant")
    """
    end(start(served, body, "block"), 1)
    assert trial_of(served, "block").state == client.TrialState.ERROR


def test_an_older_context_that_nobody_closes_is_closed_with_the_process(served: LocalMaster, start: MakeScript) -> None:
    body = """
        config = core_v2.Config(external_experiment_id="outer", external_trial_id=how)
        context = core_v2.init_context(config=config, checkpoint_storage=store, tensorboard_mode=MANUAL)
        context.start()
        context.train.report_training_metrics(1, {"loss": 1.0})
        sys.stdout.write("without an end")
    """
    end(start(served, body, "forgotten"))
    trial = trial_of(served, "forgotten")
    assert trial.state == client.TrialState.COMPLETED
    assert logs_of(trial) == ["without an end"]
    assert len(list(trial.iter_metrics("training"))) == 1


def test_a_trial_goes_on_where_it_stopped(served: LocalMaster, start: MakeScript) -> None:
    body = """
        begin()
        done = 0
        if core_v2.info.latest_checkpoint is not None:
            with core_v2.checkpoint.restore_path(core_v2.info.latest_checkpoint) as path:
                done = json.loads((path / "done.json").read_text())
        trial = core_v2.info.trial
        print(json.dumps([trial.trial_id, trial._trial_run_id, trial._steps_completed, done]))
        for step in range(done + 1, done + 3):
            core_v2.train.report_training_metrics(step, {"loss": 1 / step})
            core_v2.train.report_validation_metrics(step, {"unmanaged": 2 / step})
            core_v2.train.report_progress(step / 10)
            with core_v2.checkpoint.store_path({"steps_completed": step}) as (path, _):
                (path / "done.json").write_text(json.dumps(step))
        if done == 0:
            raise RuntimeError("interrupted")
    """
    first = json.loads(end(start(served, body, "resumed"), 1))
    trial = trial_of(served, "resumed")
    assert (trial.state, first) == (client.TrialState.ERROR, [trial.id, 1, 0, 0])
    assert json.loads(end(start(served, body, "resumed"))) == [trial.id, 2, 2, 2]
    trial.reload()
    assert trial.state == client.TrialState.COMPLETED
    assert [report.steps_completed for report in trial.iter_metrics("validation")] == [1, 2, 3, 4]
    assert len(trial.list_checkpoints()) == 4
    assert trial.hparams == {"how": "resumed"}
    assert trial.experiment_id is not None
    experiment = client.Determined(served.url, "determined", "").get_experiment(trial.experiment_id)
    assert (experiment.name, experiment.labels) == ("outer", {"loose"})


def test_logs_are_complete_and_in_order(served: LocalMaster, start: MakeScript) -> None:
    body = """
        begin()
        for number in range(5000):
            print("line", number, "✓é漢")
        sys.stderr.write("a progress bar:\\r 50%\\r100%\\n")
        print("isatty", sys.stdout.isatty(), sys.stdout.fileno(), sys.stdout.encoding)
        sys.stdout.write("and no end")
    """
    said = end(start(served, body, "prints"))
    lines = logs_of(trial_of(served, "prints"))
    expected = [f"line {number} ✓é漢" for number in range(5000)]
    assert [line for line in lines if line.startswith("line")] == expected
    assert [line for line in lines if not line.startswith("line")] == [
        "a progress bar:",
        " 50%",
        "100%",
        "isatty False 1 utf-8",
        "and no end",
    ]
    assert said == "\n".join([*expected, "isatty False 1 utf-8", "and no end"])


def test_a_master_that_restarts_loses_nothing(tmp_path: pathlib.Path, start: MakeScript) -> None:
    folder, port = tmp_path / "m", free_port()
    go, gone = tmp_path / "go", tmp_path / "gone"
    body = """
        go, gone = map(pathlib.Path, sys.argv[3:5])
        begin()
        print("before")
        core_v2.train.report_training_metrics(1, {"loss": 1.0})
        go.touch()
        while not gone.exists():
            time.sleep(0.01)
        for number in range(2000):
            print("meanwhile", number)
        core_v2.train.report_training_metrics(2, {"loss": 2.0})
        go.unlink()
    """
    with LocalMaster(folder, port=port, slots=0, initial_password="") as first:
        process = start(first, body, "restart", str(go), str(gone))
        wait_until(go.exists)
        wait_until(lambda: logs_of(trial_of(first, "restart")))
    gone.touch()
    wait_until(lambda: not go.exists())
    with LocalMaster(folder, port=port, slots=0, initial_password="") as second:
        end(process)
        trial = trial_of(second, "restart")
        assert trial.state == client.TrialState.COMPLETED
        lines = [line for line in logs_of(trial) if not line.startswith("the master is away")]
        assert lines == ["before"] + [f"meanwhile {number}" for number in range(2000)]
        assert [report.steps_completed for report in trial.iter_metrics("training")] == [1, 2]


MANAGED = """
from determined.experimental import core_v2

config = core_v2.Config(name="not me", external_experiment_id="not me", hparams={"lr": 5})
core_v2.init(config=config, tensorboard_mode=core_v2.TensorboardMode.MANUAL)
print("lr is", core_v2.info.trial.hparams["lr"])
core_v2.train.report_validation_metrics(1, {"loss": 0.5})
"""


def test_run_by_a_cluster_the_script_is_its_trial(tmp_path: pathlib.Path) -> None:
    model = tmp_path / "model"
    model.mkdir()
    (model / "train.py").write_text(MANAGED)
    config = {
        "name": "managed",
        "entrypoint": [sys.executable, "train.py"],
        "hyperparameters": {"lr": 0.1},
        "searcher": {"name": "single", "metric": "loss"},
        "max_restarts": 0,
        "checkpoint_storage": {"type": "directory", "container_path": str(tmp_path / "store")},
    }
    with LocalMaster(tmp_path / "m", slots=1, initial_password="") as master:
        determined = client.Determined(master.url, "determined", "")
        experiment = determined.create_experiment(config, str(model))
        assert experiment.wait(interval=0.1) == client.ExperimentState.COMPLETED
        (trial,) = experiment.list_trials()
        assert [report.metrics for report in trial.iter_metrics("validation")] == [{"loss": 0.5}]
        assert any("lr is 0.1" in line for line in trial.iter_logs())
        assert [found.name for found in determined.list_experiments()] == ["managed"]


RANKS = """
rank, port = map(int, sys.argv[3:5])
distributed = core.DistributedContext(
    rank=rank, size=2, local_rank=rank, local_size=2, cross_rank=0, cross_size=1, pub_port=port, pull_port=port + 1
)
begin(distributed=distributed)
print("rank", rank, "of trial", core_v2.info.trial.trial_id)
assert core_v2.preempt.should_preempt() is False
assert core_v2.distributed.gather(rank) == ([0, 1] if rank == 0 else None)
if rank == 0:
    core_v2.train.report_training_metrics(1, {"loss": 0.5})
core_v2.close()
"""


def test_ranks_share_a_trial_and_each_ships_its_logs(served: LocalMaster, start: MakeScript) -> None:
    port = str(free_port())
    processes = [start(served, RANKS, "ranks", str(rank), port) for rank in range(2)]
    said = [end(process) for process in processes]
    trial = trial_of(served, "ranks")
    assert said == [f"rank {rank} of trial {trial.id}\n" for rank in range(2)]
    assert sorted(logs_of(trial)) == [line.rstrip("\n") for line in said]
    assert trial.state == client.TrialState.COMPLETED


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
