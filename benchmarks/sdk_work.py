"""One piece of work of `sdk.py`, done by whichever client this interpreter has: ``sdk_work.py CLIENT WORK JSON``.

CLIENT is ``determined`` (ours or the released one: the same names), ``requests`` or ``urllib3`` (the floors: what a
script without a client would do). Prints seconds, and by how much the process grew, as JSON.
"""

from __future__ import annotations

import json
import logging
import os
import resource
import shutil
import sys
import tarfile
import tempfile
import time
from typing import Any, Callable, Dict, Iterator, Tuple

Work = Callable[[], Any]
Task = Dict[str, Any]


def measure(work: Work) -> Tuple[float, int]:
    """Do the work; returns its seconds, and the bytes by which it raised the process's highest memory."""
    before = _highest_memory()
    began = time.perf_counter()
    work()
    return time.perf_counter() - began, _highest_memory() - before


def _highest_memory() -> int:
    if sys.platform == "linux":  # whose getrusage counts what the parent had when it forked
        with open("/proc/self/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) * 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def expect(count: int, wanted: int) -> None:
    """Fail where a client did not do all of its work."""
    if count != wanted:
        raise RuntimeError(f"{count} came, not {wanted}")


# --- a client -------------------------------------------------------------------------------------------------------


def client_work(name: str, task: Task) -> Work:
    """A piece of work by `determined`, ready to be measured."""
    if name == "import":
        return lambda: __import__("determined.experimental.client")
    from determined.experimental import client

    logging.disable(logging.WARNING)
    determined = client.Determined(
        master=task["master"], user="admin", password="Passw0rd", cert_path=task["certificate"]
    )
    if name == "get":
        determined.get_experiment(1)
        return lambda: [determined.get_experiment(1) for _ in range(task["times"])]
    if name == "list":
        return lambda: expect(len(determined.list_experiments()), task["rows"])
    if name == "metrics":
        return lambda: expect(sum(1 for _ in determined.iter_trials_metrics([1], "training")), task["rows"])
    if name == "logs":
        trial = determined.get_trial(1)
        return lambda: expect(sum(1 for _ in trial.iter_logs()), task["rows"])
    if name == "pack":
        return lambda: determined.create_experiment({"name": "packed", "entrypoint": "x"}, task["folder"])
    mode = client.DownloadMode.MASTER if name == "download" else client.DownloadMode.DIRECT
    checkpoint = determined.get_checkpoint(task["uuid"])
    return lambda: checkpoint.download(task["target"], mode=mode)


# --- the floors -----------------------------------------------------------------------------------------------------


class Bare:
    """GETs without a client."""

    def __init__(self, library: str, task: Task) -> None:
        self._master = task["master"]
        if library == "requests":
            import requests

            session = requests.Session()
            session.verify = task["certificate"] or True
            self.json = lambda path: session.get(self._master + path).json()
            self.lines: Callable[[str], Iterator[bytes]] = lambda path: session.get(
                self._master + path, stream=True
            ).iter_lines(chunk_size=1 << 16)
            self.blocks: Callable[[str, Dict[str, str]], Any] = lambda path, headers: (
                session.get(self._master + path, headers=headers, stream=True).raw
            )
        else:
            import urllib3

            options: Dict[str, Any] = {"ca_certs": task["certificate"]} if task["certificate"] else {}
            pool = urllib3.PoolManager(**options)
            self.json = lambda path: json.loads(pool.request("GET", self._master + path).data)
            self.lines = lambda path: iter(pool.request("GET", self._master + path, preload_content=False))
            self.blocks = lambda path, headers: pool.request(
                "GET", self._master + path, headers=headers, preload_content=False
            )


def bare_work(library: str, name: str, task: Task) -> Work:
    """A piece of work without a client, ready to be measured."""
    if name == "import":
        return lambda: __import__(library)
    bare = Bare(library, task)
    bare.json("/info")
    if name == "get":
        return lambda: [bare.json("/api/v1/experiments/1") for _ in range(task["times"])]
    if name == "list":
        return lambda: expect(_list_bare(bare), task["rows"])
    if name == "metrics":
        path = "/api/v1/trials/metrics/trial_metrics"
        return lambda: expect(sum(len(json.loads(x)["result"]["metrics"]) for x in bare.lines(path)), task["rows"])
    if name == "logs":
        path = "/api/v1/trials/1/logs"
        return lambda: expect(sum(1 for x in bare.lines(path) if json.loads(x)["result"]["message"]), task["rows"])
    if name == "pack":
        return lambda: _pack_bare(task["folder"])
    if name == "download":
        return lambda: _download_bare(bare, task)
    return lambda: shutil.copytree(os.path.join(task["storage"], task["uuid"]), task["target"])


def _list_bare(bare: Bare) -> int:
    rows = []
    while True:
        page = bare.json(f"/api/v1/experiments?offset={len(rows)}")
        rows.extend(page["experiments"])
        if page["pagination"]["endIndex"] >= page["pagination"]["total"]:
            return len(rows)


def _download_bare(bare: Bare, task: Task) -> None:
    raw = bare.blocks(f"/checkpoints/{task['uuid']}", {"Accept": "application/x-tar"})
    with tarfile.open(fileobj=raw, mode="r|") as archive:
        for member in archive:
            archive.extract(member, task["target"], **({"filter": "data"} if hasattr(tarfile, "data_filter") else {}))


def _pack_bare(folder: str) -> None:
    with tempfile.TemporaryFile() as f, tarfile.open(fileobj=f, mode="w:gz", compresslevel=6) as archive:
        archive.add(folder, arcname=".")


def main() -> None:
    """Do what the arguments say."""
    client, name, task = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
    work = client_work(name, task) if client == "determined" else bare_work(client, name, task)
    seconds, growth = measure(work)
    print(json.dumps({"seconds": seconds, "growth": growth}))


if __name__ == "__main__":
    main()
