"""What the embedded master can do, beside the floor of its framework: ``python benchmarks/master.py [--quick]``.

Starts, one after the other and several times, the application of `floor.py` and a master on a new folder, asks both
the same, and prints the median of each figure and the ratio of the two. Only ratios compare machines: the clients run
on the same cores. The last column says what the figure would be where the floor answers 2,900 GETs a second.

Then what only a master has: how long it takes to start, what it answers while many callers wait, the memory it takes
to read a million reports, and its own share of the time of a search whose trials do nothing. Needs an environment with
``determined[master]``; takes minutes, with ``--quick`` one.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import multiprocessing
import os
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, Iterator, List, NamedTuple, Optional, Sequence, Tuple

_HERE = Path(__file__).resolve().parent
_REFERENCE_GETS = 2900
_REPORTERS = 8
_CONFIG = "name: benchmark\nentrypoint: x\nsearcher: {name: single, metric: loss}\nhyperparameters: {x: 1}\n"
_WAITING_CONFIG = (
    "name: waiting\nentrypoint: sleep 600\nresources: {slots_per_trial: 1}\nmax_restarts: 0\n"
    "searcher: {name: single, metric: loss}\nhyperparameters: {x: 1}\n"
)
_SEARCH_CONFIG = (
    "name: idle\nentrypoint: 'true'\nresources: {{slots_per_trial: 0}}\nmax_restarts: 0\n"
    "searcher: {{name: random, metric: loss, max_trials: {trials}, max_concurrent_trials: 4}}\n"
    "hyperparameters: {{x: {{type: double, minval: 0, maxval: 1}}}}\n"
)


class Sizes(NamedTuple):
    """How much of everything a run measures."""

    rounds: int
    gets: int
    reports: int
    creates: int
    lists: int
    log_batches: int
    starts: int
    experiments_on_start: int
    reports_read: int
    followers: int
    gets_beside_followers: int
    trials: int


_FULL = Sizes(3, 1000, 8000, 300, 20, 20, 5, 20_000, 1_000_000, 100, 2000, 1000)
_QUICK = Sizes(1, 500, 2400, 100, 10, 10, 3, 20_000, 200_000, 100, 500, 60)


# --- servers and callers --------------------------------------------------------------------------------------------


class Server:
    """A process that listens on a free port, from its start to the end of the ``with`` block."""

    def __init__(self, command: Callable[[int], List[str]]) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = int(probe.getsockname()[1])
        began = time.perf_counter()
        self.process = subprocess.Popen([sys.executable, *command(self.port)], cwd=_HERE)
        self._wait()
        self.start_seconds = time.perf_counter() - began

    def __enter__(self) -> "Server":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait()

    def _wait(self) -> None:
        while self.process.poll() is None:
            try:
                Caller(self.port).call("GET", "/info")
                return
            except OSError:
                time.sleep(0.005)  # it does not listen yet
        raise RuntimeError(f"the server ended with status {self.process.returncode}")

    def memory(self) -> int:
        """Resident memory in bytes; 0 where the system does not tell."""
        try:
            pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        except OSError:
            return 0
        return int(pages) * os.sysconf("SC_PAGE_SIZE")

    def processor_seconds(self) -> float:
        """What the server itself, without its children, has used of the processors; 0 where nobody tells."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def floor() -> Server:
    """The floor, started."""
    options = ["--log-level", "warning", "--no-access-log", "--timeout-keep-alive", "75"]
    return Server(lambda port: ["-m", "uvicorn", "floor:app", "--port", str(port), *options])


def master(folder: Path) -> Server:
    """A master on a folder, started."""
    options = ["--data-dir", str(folder), "--slots", "1", "--log-level", "error"]
    return Server(
        lambda port: ["-m", "determined.master", "--port", str(port), "--initial-user-password", "", *options]
    )


@contextlib.contextmanager
def new_folder() -> Iterator[Path]:
    """A folder that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="determined-benchmark-") as folder:
        yield Path(folder)


class Caller:
    """One kept-alive connection."""

    def __init__(self, port: int, token: str = "") -> None:
        self.port = port
        self.token = token
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)

    def send(self, method: str, path: str, body: Any = None) -> None:
        """Ask, and leave the answer to whoever wants it."""
        headers = {"Content-Type": "application/json"}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        self.connection.request(method, path, None if body is None else json.dumps(body), headers)

    def call(self, method: str, path: str, body: Any = None) -> bytes:
        """Ask; returns the answer's body."""
        self.send(method, path, body)
        response = self.connection.getresponse()
        answer = response.read()
        if response.status != 200:
            raise RuntimeError(f"{method} {path}: {response.status} {answer[:300]!r}")
        return answer

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """Ask; returns the answer's JSON."""
        return json.loads(self.call(method, path, body))


def log_in(server: Server) -> Caller:
    """A caller who is the admin."""
    caller = Caller(server.port)
    caller.token = caller.ask("POST", "/api/v1/auth/login", {"username": "admin", "password": ""})["token"]
    return caller


def create_experiment(caller: Caller, config: str = _CONFIG, *, unmanaged: bool = True) -> int:
    """Create an experiment; returns its id."""
    request = {"config": config, "unmanaged": unmanaged, "activate": not unmanaged}
    return int(caller.ask("POST", "/api/v1/experiments", request)["experiment"]["id"])


def create_trial(caller: Caller, experiment_id: int) -> Tuple[int, str]:
    """Create a trial; returns its id and its task's."""
    request = {"experimentId": experiment_id, "hparams": {"x": 1}, "unmanaged": True}
    trial = caller.ask("POST", "/api/v1/trials", request)["trial"]
    return int(trial["id"]), str(trial["taskId"])


def report(caller: Caller, trial_id: int, step: int) -> None:
    """Report three metrics of a step."""
    values = {"avgMetrics": {"loss": 1.0 / step, "accuracy": 0.5, "rate": 0.1}}
    metrics = {"trialId": trial_id, "trialRunId": 0, "stepsCompleted": step, "metrics": values}
    caller.call("POST", f"/api/v1/trials/{trial_id}/metrics", {"metrics": metrics, "group": "training"})


# --- throughput -----------------------------------------------------------------------------------------------------


def rate(count: int, work: Callable[[], Any]) -> float:
    """How many there are per second of some work on `count` of them."""
    began = time.perf_counter()
    work()
    return count / (time.perf_counter() - began)


def measure_throughput(server: Server, sizes: Sizes) -> Dict[str, float]:
    """The figures that both the floor and a master have, per second."""
    caller = log_in(server)
    experiment_id = create_experiment(caller)
    trials = [create_trial(caller, experiment_id) for _ in range(_REPORTERS)]
    trial_ids = [trial_id for trial_id, _ in trials]
    return {
        "GET of an experiment": rate(sizes.gets, lambda: _get_often(caller, experiment_id, sizes.gets)),
        f"metric reports from {_REPORTERS} processes": _report_rate(caller, trial_ids, sizes.reports // _REPORTERS),
        "reports read": _read_rate(caller, trial_ids),
        "experiments created": rate(sizes.creates, lambda: [create_experiment(caller) for _ in range(sizes.creates)]),
        "experiments listed": _list_rate(caller, sizes.lists),
        "log lines in": _log_in_rate(caller, trials[0][1], sizes.log_batches),
        "log lines out": _log_out_rate(caller, trial_ids[0]),
    }


def _get_often(caller: Caller, experiment_id: int, times: int) -> None:
    for _ in range(times):
        caller.call("GET", f"/api/v1/experiments/{experiment_id}")


def _report_rate(caller: Caller, trial_ids: Sequence[int], count: int) -> float:
    work = [(caller.port, caller.token, trial_id, count) for trial_id in trial_ids]
    with multiprocessing.get_context("spawn").Pool(len(work)) as pool:
        pool.map(_report_often, [(*job[:3], 0) for job in work], chunksize=1)  # the processes are up
        return rate(len(work) * count, lambda: pool.map(_report_often, work, chunksize=1))


def _report_often(job: Tuple[int, str, int, int]) -> None:
    port, token, trial_id, count = job
    caller = Caller(port, token)
    for step in range(1, count + 1):
        report(caller, trial_id, step)


def _reports_path(trial_ids: Sequence[int]) -> str:
    return "/api/v1/trials/metrics/trial_metrics?group=training&" + "&".join(f"trialIds={t}" for t in trial_ids)


def _read_rate(caller: Caller, trial_ids: Sequence[int]) -> float:
    began, count = time.perf_counter(), 0
    for _ in range(5):
        lines = caller.call("GET", _reports_path(trial_ids)).splitlines()
        count += sum(len(json.loads(line)["result"]["metrics"]) for line in lines)
    return count / (time.perf_counter() - began)


def _list_rate(caller: Caller, times: int) -> float:
    began = time.perf_counter()
    count = sum(len(caller.ask("GET", "/api/v1/experiments?limit=300")["experiments"]) for _ in range(times))
    return count / (time.perf_counter() - began)


def _log_in_rate(caller: Caller, task_id: str, batches: int) -> float:
    batch = log_lines(task_id, 500)
    return rate(
        batches * len(batch),
        lambda: [caller.call("POST", "/api/v1/task/logs", {"logs": batch}) for _ in range(batches)],
    )


def log_lines(task_id: str, count: int) -> List[Dict[str, str]]:
    """Lines as a task sends them."""
    shared = {"taskId": task_id, "level": "LOG_LEVEL_INFO", "source": "task", "stdtype": "stdout"}
    return [{**shared, "log": f"line {i}\n", "timestamp": f"2026-01-01T00:00:00.{i % 1000:03d}Z"} for i in range(count)]


def _log_out_rate(caller: Caller, trial_id: int) -> float:
    began = time.perf_counter()
    count = caller.call("GET", f"/api/v1/trials/{trial_id}/logs").count(b"\n")
    return count / (time.perf_counter() - began)


def compare(sizes: Sizes) -> None:
    """Print the table of throughputs."""
    floors: List[Dict[str, float]] = []
    masters: List[Dict[str, float]] = []
    for _ in range(sizes.rounds):
        with floor() as server:
            floors.append(measure_throughput(server, sizes))
        with new_folder() as folder, master(folder) as server:
            masters.append(measure_throughput(server, sizes))
    scale = _REFERENCE_GETS / statistics.median(figures["GET of an experiment"] for figures in floors)
    print(f"{'per second':34s}{'floor':>12s}{'master':>12s}{'ratio':>8s}{'at 2,900':>12s}")
    for name in floors[0]:
        below = statistics.median(figures[name] for figures in floors)
        ours = statistics.median(figures[name] for figures in masters)
        print(f"{name:34s}{below:12,.0f}{ours:12,.0f}{ours / below:8.3f}{ours * scale:12,.0f}")


# --- starting -------------------------------------------------------------------------------------------------------


def measure_starts(sizes: Sizes) -> None:
    """Print how long it takes from the start of the process to the first answer."""
    empty = []
    for _ in range(sizes.starts):
        with new_folder() as folder, master(folder) as server:
            empty.append(server.start_seconds)
    _print_figure("start on an empty folder", f"{statistics.median(empty):.2f} s")
    with new_folder() as folder:
        with master(folder) as server:
            caller = log_in(server)
            create_trial(caller, create_experiment(caller))
        multiply(folder, "experiments", sizes.experiments_on_start - 1, {})
        multiply(folder, "trials", sizes.experiments_on_start - 1, {"experiment_id": "n + 1", "external_trial_id": "n"})
        full = []
        for _ in range(sizes.starts):
            with master(folder) as server:
                full.append(server.start_seconds)
    _print_figure(f"start with {sizes.experiments_on_start:,} experiments", f"{statistics.median(full):.2f} s")


def multiply(folder: Path, table: str, copies: int, changed: Dict[str, str]) -> None:
    """Copy the first row of a table of a master that does not run.

    Parameters:
        changed: columns of the copies that differ: an SQL expression of ``n``, which counts them from 1.
    """
    with contextlib.closing(sqlite3.connect(folder / "master.db")) as db, db:
        columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})") if row[1] != "id"]
        values = [changed.get(column, f"source.{column}") for column in columns]
        db.execute(
            f"WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {copies})"
            f" INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(values)} FROM numbers,"
            f" (SELECT * FROM {table} ORDER BY id LIMIT 1) source"
        )


# --- reading a million reports --------------------------------------------------------------------------------------


def measure_long_read(sizes: Sizes) -> None:
    """Print how fast all reports of one trial are read, and how much the master's memory grows meanwhile."""
    with new_folder() as folder:
        with master(folder) as server:
            caller = log_in(server)
            trial_id, _ = create_trial(caller, create_experiment(caller))
            report(caller, trial_id, 1)
        multiply(
            folder,
            "metrics",
            sizes.reports_read - 1,
            {"total_batches": "n + 1", "end_time": "source.end_time + n * 1234567"},
        )
        with master(folder) as server:
            before = server.memory()
            watch = MemoryWatch(server)
            began = time.perf_counter()
            count = _read_line_by_line(log_in(server), trial_id)
            seconds = time.perf_counter() - began
            most = watch.stop()
    if count != sizes.reports_read:
        raise RuntimeError(f"{count} of {sizes.reports_read} reports came back")
    _print_figure(f"read {count:,} reports", f"{count / seconds:,.0f}/s")
    if before:
        _print_figure("memory before, and the most meanwhile", f"{before / 2**20:.0f} and {most / 2**20:.0f} MiB")


def _read_line_by_line(caller: Caller, trial_id: int) -> int:
    caller.send("GET", _reports_path([trial_id]))
    return sum(len(json.loads(line)["result"]["metrics"]) for line in caller.connection.getresponse())


class MemoryWatch:
    """The most memory that a server has had since this was made."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._most = server.memory()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch)
        self._thread.start()

    def stop(self) -> int:
        """Return it, in bytes."""
        self._done.set()
        self._thread.join()
        return self._most

    def _watch(self) -> None:
        while not self._done.wait(0.02):
            self._most = max(self._most, self._server.memory())


# --- many who wait --------------------------------------------------------------------------------------------------


def measure_waiting(sizes: Sizes) -> None:
    """Print how long a GET takes while many callers follow a log and wait for a preemption signal."""
    with new_folder() as folder, master(folder) as server:
        caller = log_in(server)
        experiment_id = create_experiment(caller, _WAITING_CONFIG, unmanaged=False)
        task_id, allocation_id = _wait_for_allocation(caller, experiment_id)
        _print_times("GET, nobody waits", caller, experiment_id, sizes.gets_beside_followers)
        waiting = []
        preemption = f"/api/v1/allocations/{allocation_id}/signals/preemption?timeoutSeconds=600"
        for path in (f"/api/v1/tasks/{task_id}/logs?follow=true", preemption):
            for _ in range(sizes.followers):
                waiting.append(Caller(server.port, caller.token))
                waiting[-1].send("GET", path)
        time.sleep(1)
        what = f"GET, {sizes.followers} followers, {sizes.followers} long polls"
        _print_times(what, caller, experiment_id, sizes.gets_beside_followers)
        writer = LogWriter(Caller(server.port, caller.token), task_id)
        _print_times("    and ten log lines a second", caller, experiment_id, sizes.gets_beside_followers)
        writer.stop()
        for one in waiting:
            one.connection.close()
        caller.call("POST", f"/api/v1/experiments/{experiment_id}/kill", {})


def _wait_for_allocation(caller: Caller, experiment_id: int) -> Tuple[str, str]:
    """The task and the allocation of an experiment's first trial, once it has one."""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        for trial in caller.ask("GET", f"/api/v1/experiments/{experiment_id}/trials")["trials"]:
            allocations = caller.ask("GET", f"/api/v1/tasks/{trial['taskId']}")["task"]["allocations"]
            if allocations:
                return trial["taskId"], allocations[-1]["allocationId"]
        time.sleep(0.1)
    raise RuntimeError("the trial was not started")


def _print_times(what: str, caller: Caller, experiment_id: int, count: int) -> None:
    times = []
    for _ in range(count):
        began = time.perf_counter()
        caller.call("GET", f"/api/v1/experiments/{experiment_id}")
        times.append(1000 * (time.perf_counter() - began))
        time.sleep(0.002)  # a caller who comes now and then, not one who keeps the master busy
    times.sort()
    middle, late = times[count // 2], times[count * 99 // 100]
    _print_figure(what, f"p50 {middle:.1f} ms, p99 {late:.1f} ms, most {times[-1]:.1f} ms")


class LogWriter:
    """Somebody who writes a line to a task's log every tenth of a second."""

    def __init__(self, caller: Caller, task_id: str) -> None:
        self._caller, self._task_id = caller, task_id
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._write)
        self._thread.start()

    def stop(self) -> None:
        """End it."""
        self._done.set()
        self._thread.join()

    def _write(self) -> None:
        while not self._done.wait(0.1):
            self._caller.call("POST", "/api/v1/task/logs", {"logs": log_lines(self._task_id, 1)})


# --- a search whose trials do nothing -------------------------------------------------------------------------------


def measure_search(sizes: Sizes) -> None:
    """Print how long a trial that does nothing takes in a search of many, and how much of that the master works."""
    with new_folder() as folder, master(folder) as server:
        caller = log_in(server)
        before, began = server.processor_seconds(), time.perf_counter()
        experiment_id = create_experiment(caller, _SEARCH_CONFIG.format(trials=sizes.trials), unmanaged=False)
        state = ""
        while state != "STATE_COMPLETED":
            time.sleep(0.5)
            state = caller.ask("GET", f"/api/v1/experiments/{experiment_id}")["experiment"]["state"]
            if state in ("STATE_ERROR", "STATE_CANCELED"):
                raise RuntimeError(f"the search ended in {state}")
        seconds, worked = time.perf_counter() - began, server.processor_seconds() - before
    _print_figure(f"random search of {sizes.trials:,} idle trials, each", f"{1000 * seconds / sizes.trials:.0f} ms")
    if worked:
        _print_figure("    the master's own work of it", f"{1000 * worked / sizes.trials:.1f} ms")


# --- all of it ------------------------------------------------------------------------------------------------------


def _print_figure(name: str, figure: str) -> None:
    print(f"{name:46s}{figure}", flush=True)


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="measure less: a minute, and figures that vary more")
    sizes = _QUICK if parser.parse_args(arguments).quick else _FULL
    compare(sizes)
    print()
    measure_starts(sizes)
    measure_long_read(sizes)
    measure_waiting(sizes)
    measure_search(sizes)


if __name__ == "__main__":
    main()
