"""The supervisor, as a real process around real processes."""

from __future__ import annotations

import json
import os
import pathlib
import signal
import stat
import sys
import threading
from typing import Any, Dict, List

import pytest

from tests.unit.common.experimental.stub_master import Answer, Request, StubMaster

from .conftest import ALLOCATION, Task, is_alive, records_of, wait_until

needs_linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs /proc and prctl")


# --- how it ends ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("script", "code", "number"),
    [("exit 0", 0, None), ("exit 3", 3, None), ("kill -KILL $$", 137, 9), ("kill -TERM $$", 143, 15)],
)
def test_the_exit_record_tells_code_and_signal(task: Task, script: str, code: int, number: Any) -> None:
    record = task.run(["sh", "-c", script])
    assert (record["exit_code"], record["signal"]) == (code, number)
    assert record["ended_at"] > 1e9


def test_a_missing_program_ends_with_127_and_says_so_in_the_log(task: Task, stub: StubMaster) -> None:
    record = task.run(["no-such-program", "x"])
    assert record["exit_code"] == 127
    assert "no-such-program" in record["reason"]
    assert any("no-such-program" in r["log"] and r.get("level") == "LOG_LEVEL_ERROR" for r in records_of(stub))


def test_a_program_without_permission_ends_with_126(task: Task) -> None:
    (task.workdir / "plain.txt").write_text("no program")
    assert task.run(["./plain.txt"])["exit_code"] == 126


def test_the_pid_file_names_the_supervisor(task: Task) -> None:
    task.start(["sleep", "60"])
    path = task.run_dir / "supervisor.pid"
    wait_until(path.exists)
    found = json.loads(path.read_text())
    assert task.process is not None
    assert found["pid"] == task.process.pid
    if sys.platform.startswith("linux"):
        assert found["start_ticks"] == int(
            pathlib.Path(f"/proc/{found['pid']}/stat").read_text().split(") ")[1].split()[19]
        )


# --- signals and processes --------------------------------------------------------------------------------------------


def started(task: Task, count: int = 1) -> List[str]:
    """Wait for lines that tell that the task's processes are there."""
    return wait_until(lambda: len(task.texts()) >= count and task.texts())  # type: ignore[no-any-return]


def test_sigterm_reaches_the_whole_process_group(task: Task) -> None:
    child = "trap 'echo child; exit 0' TERM; echo up; while :; do sleep 0.02; done"
    task.start(["sh", "-c", f"trap 'wait; echo parent; exit 5' TERM; sh -c \"{child}\" & wait; wait"])
    started(task)
    task.send(signal.SIGTERM)
    assert task.wait()["exit_code"] == 5
    assert {"child\n", "parent\n"} <= set(task.texts())


def test_what_ignores_sigterm_is_killed_after_the_grace(task: Task) -> None:
    task.start(["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.02; done"], grace_seconds=0.2)
    started(task)
    task.send(signal.SIGTERM)
    record = task.wait()
    assert (record["exit_code"], record["signal"]) == (137, 9)


def test_sigint_kills_at_once_and_still_delivers_the_log(task: Task) -> None:
    task.start(["sh", "-c", "trap '' TERM INT; echo up; while :; do sleep 0.02; done"], grace_seconds=60)
    started(task)
    task.send(signal.SIGINT)
    assert task.wait()["exit_code"] == 137
    assert task.texts() == ["up\n"]


@needs_linux
def test_no_descendant_outlives_the_entrypoint_even_one_with_a_session_of_its_own(task: Task) -> None:
    program = (
        "import os, subprocess, sys\n"
        "p = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "q = subprocess.Popen(['sh', '-c', 'sleep 600 & echo $!; exec sleep 600'], stdout=subprocess.PIPE)\n"
        "print(p.pid, q.pid, int(q.stdout.readline()))\n"
    )
    assert task.run([sys.executable, "-c", program])["exit_code"] == 0
    pids = [int(word) for word in task.texts()[0].split()]
    assert len(pids) == 3
    assert [pid for pid in pids if is_alive(pid)] == []


@needs_linux
def test_a_killed_supervisor_takes_its_task_with_it(task: Task) -> None:
    program = (
        "import os, subprocess, time\n"
        "p = subprocess.Popen(['sleep', '600'], start_new_session=True)\n"
        "print(os.getpid(), p.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    task.start(["sh", "-c", f'{sys.executable} -c "{program}"; true'])
    pids = [int(word) for word in started(task)[0].split()]
    assert all(is_alive(pid) for pid in pids)
    task.send(signal.SIGKILL)
    assert task.process is not None
    task.process.wait()
    wait_until(lambda: not any(is_alive(pid) for pid in pids))
    assert not (task.run_dir / "exit.json").exists()


def test_the_entrypoint_finds_the_signals_as_the_system_sets_them(task: Task) -> None:
    program = (
        "import signal as s, sys\n"
        "print([s.getsignal(n) for n in (s.SIGTERM, s.SIGHUP, s.SIGCHLD)] == [s.SIG_DFL] * 3, s.pthread_sigmask(0, []))"
    )
    task.run([sys.executable, "-c", program])
    # yes is ended by the closed pipe only if SIGPIPE is not ignored.
    assert task.texts() == ["True set()\n"]


def test_a_closed_pipe_ends_a_writer(task: Task) -> None:
    assert task.run(["bash", "-c", "yes | head -1 >/dev/null; echo ${PIPESTATUS[0]}"])["exit_code"] == 0
    assert task.texts() == ["141\n"]


# --- logs -------------------------------------------------------------------------------------------------------------


def test_log_lines_carry_labels_stream_level_and_rank(task: Task, stub: StubMaster) -> None:
    script = "echo plain; echo '[rank=3] WARNING: careful' >&2; echo 'ERROR: bad'; echo 'ValueError: x'"
    task.run(["sh", "-c", script])
    found = {r["log"]: r for r in task.logs()}
    labels = {"task_id": "1.task", "allocation_id": ALLOCATION, "agent_id": "agent-0", "container_id": "c1"}
    for record in found.values():
        assert labels.items() <= record.items()
        assert record["source"] == "task"
        assert record["timestamp"].endswith("+00:00")
    assert "level" not in found["plain\n"]
    assert "rank_id" not in found["plain\n"]
    assert (found["careful\n"]["level"], found["careful\n"]["rank_id"]) == ("LOG_LEVEL_WARNING", 3)
    assert found["careful\n"]["stdtype"] == "stderr"
    assert found["bad\n"]["level"] == "LOG_LEVEL_ERROR"
    assert "level" not in found["ValueError: x\n"]
    sent = stub.sent("POST", "/api/v1/task/logs")[0]
    assert sent.headers["Grpc-Metadata-x-allocation-token"] == "Bearer secret"


def test_output_that_is_no_text_and_lines_without_an_end_are_delivered(task: Task) -> None:
    task.run(["bash", "-c", r"printf 'a\xff\xc3\nhalf: \xc3'; sleep 0.05; printf '\xbc end'"])
    assert task.texts() == ["a\ufffd\ufffd\n", "half: ü end\n"]


def test_a_flood_of_lines_arrives_complete_and_in_order_in_batches(task: Task, stub: StubMaster) -> None:
    task.run(["sh", "-c", "seq 1 12345"])
    assert task.texts() == [f"{n}\n" for n in range(1, 12346)]
    sizes = [len(r.body["logs"]) for r in stub.sent("POST", "/api/v1/task/logs")]
    assert max(sizes) <= 1000


def test_while_the_master_is_away_the_task_goes_on_and_no_line_is_lost(task: Task, stub: StubMaster) -> None:
    script = (
        "for i in 1 2 3; do echo $i; done; while [ ! -e go ]; do sleep 0.02; done; for i in 4 5 6; do echo $i; done"
    )
    # A stub that is closed still answers on connections that are open.
    stub.on("POST", "/api/v1/task/logs", Answer(headers={"Connection": "close"}))
    task.start(["sh", "-c", script], flush_seconds=20)
    wait_until(lambda: len(task.texts()) == 3)
    stub.close()
    (task.workdir / "go").touch()
    wait_until(lambda: _spooled(task) >= 3)
    again = StubMaster(stub.port)
    try:
        again.on("POST", "/api/v1/task/logs", {})
        assert task.wait()["exit_code"] == 0
        assert [r["log"] for r in records_of(again)] == ["4\n", "5\n", "6\n"]
    finally:
        again.close()


def _spooled(task: Task) -> int:
    lines = (task.run_dir / "logs.spool").read_text().splitlines()
    return sum(json.loads(line)["log"] in ("4\n", "5\n", "6\n") for line in lines)


def test_lines_that_a_missing_master_never_took_stay_in_a_file(task: Task, stub: StubMaster) -> None:
    stub.on("POST", "/api/v1/task/logs", Answer(503))
    assert task.run(["sh", "-c", "echo one; echo two"], flush_seconds=0.3)["exit_code"] == 0
    left = [json.loads(line)["log"] for line in (task.run_dir / "logs.spool").read_text().splitlines()]
    assert left[-2:] == ["one\n", "two\n"]


def test_a_slow_master_is_given_time_as_long_as_it_takes_lines(task: Task, stub: StubMaster) -> None:
    def answer(request: Request) -> Any:
        threading.Event().wait(0.15)
        return {}

    stub.on("POST", "/api/v1/task/logs", answer)
    task.run(["seq", "6000"], flush_seconds=0.4)
    assert len(task.texts()) == 6000


def test_no_file_of_lines_stays_when_all_are_delivered(task: Task) -> None:
    task.run(["echo", "hello"])
    assert not (task.run_dir / "logs.spool").exists()


def test_a_line_that_the_master_refuses_holds_up_no_other(task: Task, stub: StubMaster) -> None:
    taken: List[str] = []

    def answer(request: Request) -> Any:
        logs = [r["log"] for r in request.body["logs"]]
        if "bad\n" in logs:
            return Answer(400, {"message": "no"})
        taken.extend(logs)
        return {}

    stub.on("POST", "/api/v1/task/logs", answer)
    task.run(["sh", "-c", "echo 1; echo 2; echo bad; echo 3"])
    assert [text for text in taken if not text.startswith("determined: ")] == ["1\n", "2\n", "3\n"]


# --- preparation ------------------------------------------------------------------------------------------------------


def test_preparation_fetches_files_and_writes_what_the_recorded_container_has(task: Task, stub: StubMaster) -> None:
    task.config = {"entrypoint": "cat train.txt", "debug": True}
    task.serve_files({"train.txt": "content\n", "sub/x.txt": "x"})
    assert task.run(prepare=True)["exit_code"] == 0
    assert task.texts() == ["content\n"]
    assert (task.run_dir / "train" / "model" / "sub" / "x.txt").read_text() == "x"
    info = {p.name: json.loads(p.read_text()) for p in (task.run_dir / "info").iterdir()}
    assert info == {
        "cluster.json": {
            "master_url": stub.url,
            "cluster_id": "cluster",
            "agent_id": "agent-0",
            "slot_ids": [0],
            "task_id": "1.task",
            "allocation_id": ALLOCATION,
            "session_token": "secret",
            "task_type": "TRIAL",
            "master_cert_name": None,
            "master_cert_file": None,
            "latest_checkpoint": None,
        },
        "trial.json": {
            "trial_id": 7,
            "experiment_id": 1,
            "trial_seed": 42,
            "hparams": {"lr": 0.1},
            "config": task.config,
            "steps_completed": 30,
            "trial_run_id": 2,
            "debug": True,
            "inter_node_network_interface": None,
        },
        "resources.json": {"gpu_uuids": []},
        "rendezvous.json": {"container_addrs": ["127.0.0.1"], "container_rank": 0, "container_slot_counts": [1]},
    }
    assert stat.S_IMODE((task.run_dir / "info" / "cluster.json").stat().st_mode) == 0o600
    paths = [r.path for r in stub.requests if "logs" not in r.path]
    assert paths == [
        "/api/v1/tasks/1.task/context_directory",
        f"/api/v1/allocations/{ALLOCATION}/acceleratorData",
        f"/api/v1/allocations/{ALLOCATION}/resources/c1/rendezvous",
    ]
    told = stub.sent("POST", f"/api/v1/allocations/{ALLOCATION}/acceleratorData")[0].body["acceleratorData"]
    assert told == {
        "acceleratorType": "cpu",
        "acceleratorUuids": [],
        "allocationId": ALLOCATION,
        "containerId": "c1",
        "nodeName": "agent-0",
        "taskId": "1.task",
    }


def test_a_command_gets_its_files_but_meets_nobody(task: Task, stub: StubMaster) -> None:
    task.serve_files({"note.txt": "you\n"})
    environment = {**task.environment(), "DET_TASK_TYPE": "COMMAND"}
    assert task.run(["cat", "note.txt"], prepare=True, env=environment)["exit_code"] == 0
    assert task.texts() == ["you\n"]
    assert sorted(p.name for p in (task.run_dir / "info").iterdir()) == ["cluster.json", "resources.json"]
    assert not [r for r in stub.requests if "rendezvous" in r.path]
    # it prints what it was told to, and nothing of ours
    assert [r["log"] for r in records_of(stub)] == ["you\n"]


def test_the_start_up_hook_exports_variables_to_the_entrypoint(task: Task) -> None:
    task.config = {"entrypoint": "echo $HOOKED"}
    task.serve_files({"startup-hook.sh": "export HOOKED=yes\necho hook runs\n"})
    assert task.run(prepare=True)["exit_code"] == 0
    assert task.texts() == ["hook runs\n", "yes\n"]


@pytest.mark.parametrize(("hook", "code"), [("exit 7", 7), ("sh -c 'exit 9'\necho unreachable", 9)])
def test_a_failing_start_up_hook_ends_the_task_with_its_code(task: Task, hook: str, code: int) -> None:
    task.config = {"entrypoint": "echo started"}
    task.serve_files({"startup-hook.sh": hook})
    assert task.run(prepare=True)["exit_code"] == code
    assert task.texts() == []


def test_the_entrypoint_may_be_a_list_whose_words_no_shell_touches(task: Task) -> None:
    task.config = {"entrypoint": ["printf", "%s|", "a b", "$HOME", "*"]}
    task.serve_files({})
    task.run(prepare=True)
    assert task.texts() == ["a b|$HOME|*|\n"]


def test_files_that_lead_out_of_the_folder_fail_the_task(task: Task, tmp_path: pathlib.Path) -> None:
    task.config = {"entrypoint": "true"}
    task.serve_files({"../evil.txt": "x"})
    record = task.run(prepare=True)
    assert record["exit_code"] == 1
    assert "evil" in record["reason"]
    assert not (tmp_path / "evil.txt").exists()


def test_preparation_waits_for_a_master_that_is_away(task: Task, stub: StubMaster) -> None:
    task.config = {"entrypoint": "echo ran"}
    task.serve_files({})
    good: Dict[str, Any] = {"b64Tgz": ""}
    stub.on("GET", "/api/v1/tasks/1.task/context_directory", Answer(503), Answer(body=b"{", cut=0), good)
    assert task.run(prepare=True)["exit_code"] == 0
    assert task.texts() == ["ran\n"]


def test_a_task_that_is_stopped_while_it_prepares_ends_as_stopped(task: Task, stub: StubMaster) -> None:
    task.config = {"entrypoint": "true"}
    task.serve_files({})
    stub.on("GET", "/api/v1/tasks/1.task/context_directory", Answer(503))
    task.start(prepare=True, patience_seconds=600)
    wait_until(lambda: stub.sent("GET", "/api/v1/tasks/1.task/context_directory"))
    task.send(signal.SIGTERM)
    record = task.wait()
    assert (record["exit_code"], record["signal"]) == (143, 15)


def test_what_the_master_refuses_fails_the_preparation(task: Task, stub: StubMaster) -> None:
    task.config = {"entrypoint": "true"}
    stub.on("GET", "/api/v1/tasks/1.task/context_directory", Answer(404, {"message": "no such task"}))
    record = task.run(prepare=True)
    assert record["exit_code"] == 1
    assert "no such task" in record["reason"]


def test_the_environment_is_exactly_the_given_one(task: Task) -> None:
    task.run([sys.executable, "-c", "import os; print(sorted(os.environ))"])
    expected = sorted({*task.environment(), "LC_CTYPE"} if "LC_CTYPE" in task.texts()[0] else task.environment())
    assert task.texts() == [f"{expected}\n"]
    assert os.environ.get("DET_TASK_ID") is None
