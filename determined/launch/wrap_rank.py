"""Runs a command and marks each line of its output with the rank of the process.

Usage: ``python -m determined.launch.wrap_rank [--no-redirect-stdio] RANK [--] COMMAND...``, where RANK is a number or
names of variables, separated by commas, of which the first that is set holds it. The exit status is the command's;
256 - n if a signal n ended it; 1 if the rank is not known or the command cannot be started.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import threading
import time
from typing import IO, List, Mapping, Optional, Sequence, Tuple

from determined.common import task_env
from determined.exec._lines import LineSplitter
from determined.exec._signals import SignalForwarder

# What the command has left running may hold its streams open for good.
_DRAIN_SECONDS = 3.0


def parse_arguments(arguments: Sequence[str]) -> Tuple[str, List[str], bool]:
    """Return the rank as it was given, the command, and whether to write to the container's own streams."""
    parser = argparse.ArgumentParser(prog="python -m determined.launch.wrap_rank")
    parser.add_argument("--no-redirect-stdio", action="store_true", help="write to this process's own streams")
    parser.add_argument("rank", help="a number, or names of variables")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    found = parser.parse_args(list(arguments))
    command = found.command[1:] if found.command[:1] == ["--"] else found.command
    if not command:
        parser.error("the command is missing")
    return found.rank, command, not found.no_redirect_stdio


def find_rank(text: str, environment: Mapping[str, str]) -> int:
    """Return a rank given as a number or as names of variables.

    Raises:
        ValueError: none of the variables is set, or it holds no number.
    """
    if text.isdigit():
        return int(text)
    for name in text.split(","):
        if name in environment:
            return int(environment[name])
    raise ValueError(f"none of the variables {text} is set: who starts the ranks must set one")


def run_marked(rank: int, command: Sequence[str], streams: Tuple[int, int]) -> int:
    """Run a command; write its lines, marked, to two file descriptors; return its exit status."""
    forwarder = SignalForwarder()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    forwarder.forward_to(process)
    mark = f"[rank={rank}] "
    threads = [
        threading.Thread(target=_copy, args=(source, target, mark), daemon=True)
        for source, target in zip((process.stdout, process.stderr), streams)
    ]
    for thread in threads:
        thread.start()
    code = process.wait()
    deadline = time.monotonic() + _DRAIN_SECONDS
    for thread in threads:
        thread.join(max(0.0, deadline - time.monotonic()))
    return code % 256


def _copy(source: Optional[IO[bytes]], target: int, mark: str) -> None:
    if source is None:
        return
    splitter = LineSplitter()
    with source:
        while True:
            data = os.read(source.fileno(), 65536)
            lines = splitter.feed(data) if data else splitter.finish()
            if lines:
                _write(target, "".join(f"{mark}{line}\n" for line in lines).encode("utf-8"))
            if not data:
                return


def _write(target: int, data: bytes) -> None:
    try:
        while data:
            data = data[os.write(target, data) :]
    except OSError:
        # Nobody reads it any more. The command must go on all the same, so its output is still taken in.
        pass


def _open_streams(redirect: bool) -> Tuple[int, int]:
    """Return where to write: the container's own streams, if it has links to them, else this process's.

    The launchers of several machines copy the output of all ranks to the first; writing to the container instead
    keeps it off the network.
    """
    folder = os.path.join(task_env.read(task_env.RUN_DIR) or task_env.DEFAULT_RUN_DIR, "train", "logs")
    paths = [os.path.join(folder, name) for name in ("stdout.log", "stderr.log")]
    if not redirect or not all(os.path.exists(path) for path in paths):
        return 1, 2
    out, err = (os.open(path, os.O_WRONLY | os.O_APPEND) for path in paths)
    return out, err


def main(arguments: Sequence[str]) -> int:
    """Run the command that the arguments name."""
    text, command, redirect = parse_arguments(arguments)
    try:
        rank = find_rank(text, os.environ)
    except ValueError as e:
        sys.stderr.write(f"{e}\n")
        return 1
    try:
        return run_marked(rank, command, _open_streams(redirect))
    except OSError as e:
        sys.stderr.write(f"{e}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
