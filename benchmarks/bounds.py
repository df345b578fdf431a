"""How long writes wait while a master has much on its hands: ``python benchmarks/bounds.py [--trials 100000]``.

Three stories on a new master each: many trials that wait for slots; a search that asks for very many trials at once;
and one experiment of very many trials. Beside each another caller writes all the time (labels of an experiment), and
the queue changes all the time (commands that come and are killed). Printed are the median, the 95th percentile and the
worst of what those writes took, in milliseconds. Needs an environment with ``determined[master]``.
"""

from __future__ import annotations

import argparse
import http.client
import json
import statistics
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, Callable, Dict, List

from determined.master import LocalMaster

_CONFIG = (
    "name: {name}\nentrypoint: sleep 600\nresources: {{slots_per_trial: 1}}\nmax_restarts: 0\n"
    "searcher: {{name: random, metric: loss, max_trials: {trials}, max_concurrent_trials: {trials}}}\n"
    "hyperparameters: {{x: {{type: double, minval: 0, maxval: 1}}}}\n"
)


class Caller:
    """One connection that is logged in."""

    def __init__(self, master: LocalMaster) -> None:
        self._connection = http.client.HTTPConnection(master.url.partition("://")[2], timeout=600)
        self._headers: Dict[str, str] = {}
        token = self.call("POST", "/api/v1/auth/login", {"username": "admin", "password": ""})["token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Send a request; returns the decoded answer."""
        sent = None if body is None else json.dumps(body)
        self._connection.request(method, path, sent, self._headers)
        answer = self._connection.getresponse()
        content = answer.read()
        if answer.status != 200:
            raise RuntimeError(f"{method} {path}: {answer.status} {content.decode(errors='replace')}")
        return json.loads(content)

    def search(self, name: str, trials: int, activate: bool = True) -> int:
        """Create an experiment that asks for all its trials at once; returns its id."""
        config = _CONFIG.format(name=name, trials=trials)
        created = self.call("POST", "/api/v1/experiments", {"config": config, "activate": activate})
        return int(created["experiment"]["id"])

    def trial_count(self, experiment: int) -> int:
        """How many trials an experiment has."""
        return int(self.call("GET", f"/api/v1/experiments/{experiment}")["experiment"]["numTrials"])


class Beside:
    """Another caller's writes, and changes of the queue, for as long as a ``with`` block takes."""

    def __init__(self, master: LocalMaster, name: str, *, queue: bool = True) -> None:
        self._name = name
        self._taken: List[float] = []
        self._over = threading.Event()
        self._work = [self._write] + ([self._change_queue] if queue else [])
        self._callers = [Caller(master) for _ in self._work]
        self._label_of = self._callers[0].search("labelled", 1, activate=False)

    def __enter__(self) -> "Beside":
        self._threads = [
            threading.Thread(target=self._repeat, args=(work, caller))
            for work, caller in zip(self._work, self._callers)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        for thread in self._threads:
            thread.join()
        taken = sorted(self._taken)
        print(
            f"{self._name:42} {len(taken):6} writes: median {statistics.median(taken):8.1f}"
            f"   95 % {taken[int(0.95 * (len(taken) - 1))]:8.1f}   worst {taken[-1]:8.1f}",
            flush=True,
        )

    def _repeat(self, work: Callable[[Caller], None], caller: Caller) -> None:
        while not self._over.is_set():
            work(caller)

    def _write(self, caller: Caller) -> None:
        began = time.perf_counter()
        caller.call("PUT", f"/api/v1/experiments/{self._label_of}/labels/n{len(self._taken) % 10}")
        self._taken.append(1000 * (time.perf_counter() - began))
        time.sleep(0.002)

    def _change_queue(self, caller: Caller) -> None:
        body = {"config": {"entrypoint": ["true"], "resources": {"slots": 1}}}
        command = caller.call("POST", "/api/v1/commands", body)["command"]["id"]
        caller.call("POST", f"/api/v1/commands/{command}/kill", {})
        time.sleep(0.01)


def waiting_trials(master: LocalMaster, trials: int, seconds: float) -> None:
    """Trials of one search that wait for the only slot."""
    caller = Caller(master)
    caller.search("waiting", trials)
    with Beside(master, f"{trials} trials wait for a slot"):
        time.sleep(seconds)


def waiting_experiments(master: LocalMaster, count: int, seconds: float) -> None:
    """As many experiments of one trial each."""
    caller = Caller(master)
    for number in range(count):
        caller.search(f"waiting {number}", 1)
    with Beside(master, f"{count} experiments wait for a slot"):
        time.sleep(seconds)


def wide_search(master: LocalMaster, trials: int, seconds: float) -> None:
    """A search that asks for all its trials at once, then reports and its end."""
    caller = Caller(master)
    with Beside(master, f"a search that asks for {trials} at once"):
        began = time.perf_counter()
        experiment = caller.search("wide", trials)
        created = time.perf_counter() - began
        while caller.trial_count(experiment) < trials:
            time.sleep(0.5)
        print(f"  created after {created:.2f} s, all trials are there after {time.perf_counter() - began:.1f} s")
    with Beside(master, f"one experiment of {trials} trials, at work"):
        time.sleep(seconds)
    ids = caller.call("GET", f"/api/v1/experiments/{experiment}")["experiment"]["trialIds"]
    with Beside(master, "  while its trials report", queue=False):
        began = time.perf_counter()
        reports = 0
        while time.perf_counter() - began < seconds:
            trial = ids[-1 - reports % 1000]
            caller.call("POST", f"/api/v1/trials/{trial}/progress", {"progress": 0.5})
            reports += 1
        print(f"  {reports} reports of progress in {seconds:g} s")
    with Beside(master, "  while its trials are killed one by one", queue=False):
        began = time.perf_counter()
        kills = 0
        while time.perf_counter() - began < seconds:
            caller.call("POST", f"/api/v1/trials/{ids[-1 - kills]}/kill", {})
            kills += 1
        print(f"  {kills} trials killed in {seconds:g} s")
    for action in ("pause", "activate", "kill"):
        with Beside(master, f"  while it is told to {action}", queue=False):
            time.sleep(0.5)
            began = time.perf_counter()
            caller.call("POST", f"/api/v1/experiments/{experiment}/{action}", {})
            print(f"  {action}: {time.perf_counter() - began:.2f} s")
            time.sleep(1)


def main() -> None:
    """Tell the stories."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=100_000)
    parser.add_argument("--waiting", type=int, default=3_000)
    parser.add_argument("--seconds", type=float, default=5.0)
    options = parser.parse_args()
    stories: List[Callable[[LocalMaster], None]] = [
        lambda master: waiting_trials(master, options.waiting, options.seconds),
        lambda master: waiting_experiments(master, options.waiting, options.seconds),
        lambda master: wide_search(master, options.trials, options.seconds),
    ]
    for tell in stories:
        with tempfile.TemporaryDirectory() as folder, LocalMaster(Path(folder), slots=1) as master:
            tell(master)


if __name__ == "__main__":
    main()
