"""Entrypoints, launchers, and what stands between a rank and the log."""

from __future__ import annotations

import os
import pathlib
import signal
import subprocess
import sys
from typing import Any, Dict, List

import pytest

from determined._info import ClusterInfo, RendezvousInfo
from determined.exec._entrypoint import entrypoint_command
from determined.exec._lines import MAX_LINE, LineSplitter, parse_line
from determined.exec._link import split_url
from determined.exec._preparation import find_gpus
from determined.exec._runner_line import mask_config
from determined.exec._spool import Spool
from determined.launch.torch_distributed import Arguments, build_command, build_environment, parse_arguments

from .conftest import REPOSITORY, Task, make_context, wait_until

TRAINER = ["python3", "-m", "determined.launch.torch_distributed", "--", "--trial"]


@pytest.mark.parametrize(
    ("entrypoint", "command"),
    [
        ("python3 train.py --lr 1", ["sh", "-c", "python3 train.py --lr 1"]),
        (["python3", "train.py"], ["python3", "train.py"]),
        ("model_def:MyTrial", [*TRAINER, "model_def:MyTrial"]),
        ("pkg.mod:Outer.Inner", [*TRAINER, "pkg.mod:Outer.Inner"]),
        ("echo a:b c", ["sh", "-c", "echo a:b c"]),
        ("./run.sh", ["sh", "-c", "./run.sh"]),
    ],
)
def test_an_entrypoint_stands_for_a_command(entrypoint: Any, command: List[str]) -> None:
    assert entrypoint_command(entrypoint) == command


@pytest.mark.parametrize("entrypoint", [None, "", "  ", [], [1], {"a": 1}, 5])
def test_other_entrypoints_are_refused(entrypoint: Any) -> None:
    with pytest.raises(ValueError, match="entrypoint"):
        entrypoint_command(entrypoint)


# --- lines ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("chunks", "lines"),
    [
        ([b"a\nb\n"], ["a", "b"]),
        ([b"a", b"b\nc"], ["ab", "c"]),
        ([b"a\r\nb\r", b"\nc\n"], ["a", "b", "c"]),
        ([b"\n\n"], ["", ""]),
        ([b"\r 10%\r 20%\r", b" 30%\n"], [" 10%", " 20%", " 30%"]),
        ([b"\xff\n", "ü".encode()[:1], "ü".encode()[1:]], ["\ufffd", "ü"]),
        ([b"a\r"], ["a"]),
        ([b"a\r", b"\r", b"\nb"], ["a", "b"]),
        ([b"\r", b"\n"], [""]),
    ],
)
def test_output_is_cut_into_lines(chunks: List[bytes], lines: List[str]) -> None:
    splitter = LineSplitter()
    found = [line for chunk in chunks for line in splitter.feed(chunk)]
    assert found + splitter.finish() == lines


def test_a_line_is_passed_on_at_its_carriage_return() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b" 10%\r") == [" 10%"]
    assert splitter.feed(b" 20%\r") == [" 20%"]
    assert splitter.feed(b"\n") == []


@pytest.mark.parametrize("end", [b"\n", b""])
def test_a_long_line_is_cut_between_characters(end: bytes) -> None:
    text = "a" + "ü" * 10_000
    splitter = LineSplitter()
    found = splitter.feed(text.encode() + end) + splitter.finish()
    assert "".join(found) == text
    assert max(len(piece.encode()) for piece in found) <= MAX_LINE
    assert len(found) == 3


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("plain", (None, None, "plain")),
        ("[rank=3] hi", (3, None, "hi")),
        ("INFO: x", (None, "LOG_LEVEL_INFO", "x")),
        ("[rank=0] ERROR:x", (0, "LOG_LEVEL_ERROR", "x")),
        ("ValueError: x", (None, None, "ValueError: x")),
        ("[rank=x] INFO: y", (None, None, "[rank=x] INFO: y")),
        (" INFO: y", (None, None, " INFO: y")),
    ],
)
def test_rank_and_level_are_read_off_a_line(line: str, expected: Any) -> None:
    assert parse_line(line) == expected


def test_a_full_spool_drops_and_counts_and_takes_again_when_delivered(tmp_path: pathlib.Path) -> None:
    spool = Spool(str(tmp_path / "spool"), limit=30)
    spool.append([b"0123456789"] * 2)
    spool.append([b"0123456789"] * 2)
    assert spool.dropped == 2
    assert spool.peek(1) == [b"0123456789"]
    spool.drop_peeked()
    spool.append([b"x"])
    assert spool.peek(9) == [b"0123456789", b"x"]
    spool.close()
    assert (tmp_path / "spool").read_bytes() == b"0123456789\nx\n"


# --- the link and the GPUs --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://127.0.0.1:8080", (False, "127.0.0.1", 8080, "")),
        ("https://host", (True, "host", 443, "")),
        ("http://[::1]:99/det/", (False, "::1", 99, "/det")),
    ],
)
def test_a_master_s_url_is_split(url: str, parts: Any) -> None:
    assert split_url(url) == parts


def test_a_url_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="ftp"):
        split_url("ftp://x")


def test_gpus_of_a_task_are_those_it_may_see(tmp_path: pathlib.Path) -> None:
    tool = tmp_path / "nvidia-smi"
    tool.write_text("#!/bin/sh\necho '0, GPU-a'\necho '1, GPU-b'\n")
    tool.chmod(0o755)
    env = {"PATH": f"{tmp_path}:/usr/bin:/bin", "DET_SLOT_IDS": "[0]"}
    assert find_gpus(env) == ("cuda", ["GPU-a", "GPU-b"])
    assert find_gpus({**env, "CUDA_VISIBLE_DEVICES": "1"}) == ("cuda", ["GPU-b"])
    assert find_gpus({**env, "CUDA_VISIBLE_DEVICES": "GPU-a"}) == ("cuda", ["GPU-a"])
    assert find_gpus({**env, "CUDA_VISIBLE_DEVICES": "", "ROCR_VISIBLE_DEVICES": ""}) == ("cpu", [])
    assert find_gpus({**env, "DET_SLOT_IDS": "[]"}) == ("cpu", [])


# --- torchrun ---------------------------------------------------------------------------------------------------------


def info(addresses: List[str], rank: int, slots: int) -> ClusterInfo:
    rendezvous = RendezvousInfo(addresses, rank, [slots] * len(addresses))
    return ClusterInfo("http://h:1", "c", "a", list(range(slots)), "t", "t.1", "s", "TRIAL", rendezvous_info=rendezvous)


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["python3", "x.py", "--lr", "1"], Arguments([], ["python3", "x.py", "--lr", "1"], None)),
        (["--", "python3", "x.py"], Arguments([], ["python3", "x.py"], None)),
        (["--nnodes", "5", "--", "x.py", "--", "y"], Arguments(["--nnodes", "5"], ["x.py", "--", "y"], None)),
        (["--trial", "m:T"], Arguments([], [], "m:T")),
        (["--", "--trial", "m:T"], Arguments([], [], "m:T")),
    ],
)
def test_the_launcher_s_command_line_is_read(arguments: List[str], expected: Arguments) -> None:
    assert parse_arguments(arguments) == expected


@pytest.mark.parametrize("arguments", [[], ["--"], ["--trial"], ["--trial", "m:T", "more"], ["--nnodes", "1", "--"]])
def test_a_command_line_without_one_thing_to_start_is_refused(arguments: List[str]) -> None:
    with pytest.raises(ValueError, match=r"start|trial"):
        parse_arguments(arguments)


def test_torchrun_is_started_for_the_slots_of_one_machine() -> None:
    env = {"C10D_PORT": "29401", "DET_PYTHON_EXECUTABLE": "python3"}
    assert " ".join(build_command(info(["10.0.0.1"], 0, 2), Arguments([], ["x.py"], None), env)) == (
        "python3 -m torch.distributed.run --nnodes 1 --nproc_per_node 2 --node_rank 0 --max_restarts 0"
        " --master_addr localhost --master_port 29401 --module determined.launch.wrap_rank RANK -- x.py"
    )


def test_torchrun_meets_at_the_chief_and_options_win() -> None:
    env = {"DET_PYTHON_EXECUTABLE": "python3", "X": "1"}
    cluster = info(["10.0.0.1", "10.0.0.2"], 1, 0)
    assert " ".join(build_command(cluster, Arguments(["--max_restarts", "3"], [], "m:T"), env)) == (
        "python3 -m torch.distributed.run --nnodes 2 --nproc_per_node 1 --node_rank 1 --max_restarts 0"
        " --master_addr 10.0.0.1 --master_port 29400 --max_restarts 3"
        " --module determined.launch.wrap_rank RANK -- python3 -m determined.exec.harness m:T"
    )
    expected = {**env, "USE_TORCH_DISTRIBUTED": "True", "DET_CHIEF_IP": "10.0.0.1"}
    assert build_environment(cluster, env) == expected


# --- wrap_rank --------------------------------------------------------------------------------------------------------


def wrap(*arguments: str, env: Any = None) -> "subprocess.CompletedProcess[bytes]":
    command = [sys.executable, "-m", "determined.launch.wrap_rank", *arguments]
    environment = {**os.environ, **(env or {})}
    return subprocess.run(command, cwd=REPOSITORY, env=environment, capture_output=True, timeout=30)


def test_each_line_of_a_rank_is_marked_whatever_its_bytes() -> None:
    done = wrap("3", "--", "bash", "-c", r"printf 'a\nb\rc\xff'; echo err >&2; exit 7")
    assert done.stdout.decode() == "[rank=3] a\n[rank=3] b\n[rank=3] c\ufffd\n"
    assert done.stderr == b"[rank=3] err\n"
    assert done.returncode == 7


def test_the_rank_may_stand_in_the_first_variable_that_is_set() -> None:
    assert wrap("NONE,OTHER", "echo", "x", env={"OTHER": "5"}).stdout == b"[rank=5] x\n"
    done = wrap("NONE,NEITHER", "echo", "x")
    assert (done.returncode, done.stdout) == (1, b"")
    assert b"NEITHER" in done.stderr


def test_a_rank_ended_by_a_signal_has_its_number_in_the_status() -> None:
    assert wrap("0", "sh", "-c", "kill -KILL $$").returncode == 256 - signal.SIGKILL
    assert wrap("0", "no-such-program").returncode == 1


def test_a_progress_bar_is_passed_on_while_its_line_is_open() -> None:
    command = [sys.executable, "-m", "determined.launch.wrap_rank", "0", "sh", "-c", r"printf ' 10%%\r'; read line"]
    with subprocess.Popen(command, cwd=REPOSITORY, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        assert process.stdout.readline() == b"[rank=0]  10%\n"
        process.stdin.write(b"go on\n")


def test_a_container_s_own_streams_are_written_to_if_there_are_links(tmp_path: pathlib.Path) -> None:
    logs = tmp_path / "train" / "logs"
    logs.mkdir(parents=True)
    for name in ("stdout.log", "stderr.log"):
        (logs / name).touch()
    env = {"DET_RUN_DIR": str(tmp_path)}
    assert wrap("0", "echo", "x", env=env).stdout == b""
    assert (logs / "stdout.log").read_bytes() == b"[rank=0] x\n"
    assert wrap("--no-redirect-stdio", "0", "echo", "y", env=env).stdout == b"[rank=0] y\n"


def test_a_process_that_a_rank_leaves_behind_does_not_hold_up_its_end(tmp_path: pathlib.Path) -> None:
    script = f"sleep 600 & echo $! > {tmp_path}/left; echo done; exit 3"
    found = wrap("0", "sh", "-c", script)
    os.kill(int((tmp_path / "left").read_text()), signal.SIGKILL)
    assert (found.stdout, found.returncode) == (b"[rank=0] done\n", 3)


def test_signals_reach_the_wrapped_command(tmp_path: pathlib.Path) -> None:
    script = f"trap 'exit 9' TERM; touch {tmp_path}/up; while :; do sleep 0.02; done"
    command = [sys.executable, "-m", "determined.launch.wrap_rank", "0", "sh", "-c", script]
    process = subprocess.Popen(command, cwd=REPOSITORY)
    wait_until((tmp_path / "up").exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait(30) == 9


# --- containers whose start is a shell script -------------------------------------------------------------------------


def run_module(module: str, arguments: List[str], task: Task, **env: str) -> "subprocess.CompletedProcess[str]":
    environment = {
        **task.environment(),
        "DET_RUN_DIR": str(task.run_dir),
        "PYTHONPATH": str(REPOSITORY),
        **env,
    }
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=task.workdir, env=environment, capture_output=True, text=True, timeout=60)


def test_a_container_is_prepared_and_launched_by_two_commands(task: Task, tmp_path: pathlib.Path) -> None:
    store = {"type": "directory", "container_path": str(tmp_path / "store"), "save_trial_best": 1}
    task.config = {"entrypoint": "cat hello.txt; exit 4", "checkpoint_storage": store}
    task.serve_files({"hello.txt": "hello"})
    flags = ["--download_context_directory", "--resources", "--rendezvous"]
    done = run_module("determined.exec.prep_container", flags, task)
    assert done.returncode == 0, done.stderr
    done = run_module("determined.exec.launch", [], task)
    assert done.returncode == 4, done.stderr
    assert done.stdout.endswith("hello")
    assert "New trial runner in (container c1) on agent agent-0: {" in done.stdout
    assert "Launching: ['sh', '-c', 'cat hello.txt; exit 4']" in done.stdout
    assert list((tmp_path / "store").iterdir()) == []


def test_a_launch_fails_where_checkpoints_cannot_be_stored(task: Task, tmp_path: pathlib.Path) -> None:
    (tmp_path / "file").touch()
    store = {"type": "directory", "container_path": str(tmp_path / "file")}
    task.config = {"entrypoint": "echo started", "checkpoint_storage": store}
    task.serve_files({})
    assert run_module("determined.exec.prep_container", ["--rendezvous"], task).returncode == 0
    done = run_module("determined.exec.launch", [], task)
    assert done.returncode == 1
    assert "checkpoint storage" in done.stdout
    assert "started\n" not in done.stdout.splitlines()


def test_missing_variables_fail_the_preparation_by_name(task: Task) -> None:
    environment: Dict[str, str] = {"DET_RUN_DIR": str(task.run_dir), "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-m", "determined.exec.prep_container", "--rendezvous"]
    done = subprocess.run(command, cwd=task.workdir, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "DET_CLUSTER_ID" in done.stderr


def test_secrets_are_not_shown_in_the_log() -> None:
    config = {
        "checkpoint_storage": {"type": "s3", "access_key": "a", "secret_key": "b", "bucket": "c"},
        "environment": {"registry_auth": {"username": "u", "password": "p"}},
        "data": {"url": "x", "secrets": {"k": "v"}},
    }
    masked = mask_config(config)
    assert masked["checkpoint_storage"] == {
        "type": "s3",
        "access_key": "********",
        "secret_key": "********",
        "bucket": "c",
    }
    assert masked["environment"]["registry_auth"] == {"username": "u", "password": "********"}
    assert masked["data"] == {"url": "x", "secrets": "********"}
    assert make_context({}) != ""
