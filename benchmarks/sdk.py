"""The SDK beside the released client and beside no client at all: ``python benchmarks/sdk.py [--quick]``.

Starts a master made of constants (`stub.py`), installs the released client in an environment of its own, and has each
client do the same work (`sdk_work.py`) in fresh processes, in turns. Prints the median of each, and how many times as
long the others take as ours; above 1 ours is the faster. Needs an environment with ``determined``, ``openssl`` on the
path, and 5 GB of room for temporary files; takes ten minutes, with ``--quick`` two.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any, Dict, List, NamedTuple, Optional, Sequence, Tuple

import stub

_HERE = Path(__file__).resolve().parent
_RELEASED = "determined==0.38.1"
_CLIENTS = ("ours", "released", "requests", "urllib3")


class Sizes(NamedTuple):
    """How much of everything a run measures."""

    rounds: int
    gets: int
    checkpoint_bytes: int
    files: int
    packed_files: int


_FULL = Sizes(3, 300, 1 << 30, 2000, 5000)
_QUICK = Sizes(1, 100, 1 << 27, 2000, 5000)


class Case(NamedTuple):
    """A row of the table.

    Attributes:
        name: what it is called.
        work: the piece of work in `sdk_work.py`.
        task: what that needs to know.
        shows_memory: whether the growth of the process is printed, too.
    """

    name: str
    work: str
    task: Dict[str, Any]
    shows_memory: bool = False


class Outcome(NamedTuple):
    """The medians of one client's runs."""

    seconds: float
    growth: float


def run(pythons: Dict[str, str], client: str, case: Case) -> Outcome:
    """Have one client do a piece of work in a process of its own."""
    task = dict(case.task)
    if "target" in task:
        shutil.rmtree(task["target"], ignore_errors=True)
    library = "determined" if client in ("ours", "released") else client
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DET_")}
    environment["DET_DEBUG_CONFIG_PATH"] = task["home"]
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        environment.pop(name, None)  # requests puts them above the certificate that it is told to trust
    # an installed package is compiled; one that is imported from its checkout may not be
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    environment["PYTHONPYCACHEPREFIX"] = os.path.join(task["home"], "compiled", client)
    if client != "ours":
        environment.pop("PYTHONPATH", None)
    command = [pythons.get(client, sys.executable), str(_HERE / "sdk_work.py"), library, case.work, json.dumps(task)]
    done = subprocess.run(command, stdout=subprocess.PIPE, env=environment, cwd=task["home"], check=True)
    answer = json.loads(done.stdout.splitlines()[-1])
    return Outcome(answer["seconds"], answer["growth"])


def compare(pythons: Dict[str, str], cases: Sequence[Case], rounds: int) -> None:
    """Print the table."""
    print(
        f"{'':34s}"
        + "".join(f"{client:>12s}" for client in _CLIENTS)
        + "".join(f"{c + ' /':>12s}" for c in _CLIENTS[1:])
    )
    for client in _CLIENTS:
        run(pythons, client, cases[0])  # compiles and reads everything from the disk once
    for case in cases:
        outcomes: Dict[str, List[Outcome]] = {client: [] for client in _CLIENTS}
        for _ in range(rounds):
            for client in _CLIENTS:
                outcomes[client].append(run(pythons, client, case))
        seconds = [statistics.median(o.seconds for o in outcomes[client]) for client in _CLIENTS]
        _print_row(case.name, [f"{1000 * s:.1f} ms" for s in seconds], [s / seconds[0] for s in seconds[1:]])
        if case.shows_memory:
            growths = [statistics.median(o.growth for o in outcomes[client]) for client in _CLIENTS]
            _print_row("    memory", [f"{g / 2**20:.1f} MiB" for g in growths], [g / growths[0] for g in growths[1:]])


def _print_row(name: str, figures: List[str], ratios: List[float]) -> None:
    print(f"{name:34s}" + "".join(f"{f:>12s}" for f in figures) + "".join(f"{r:12.2f}" for r in ratios), flush=True)


def install_released(folder: Path) -> str:
    """Return an interpreter that has the released client; installs it where it is not there yet."""
    python = folder / ("Scripts" if os.name == "nt" else "bin") / "python"
    if not python.exists():
        print(f"installing {_RELEASED} ...", file=sys.stderr)
        venv.create(folder, with_pip=True)
        subprocess.run([str(python), "-m", "pip", "install", "-q", _RELEASED, "setuptools"], check=True)
    return str(python)


def make_certificate(folder: Path) -> Tuple[Path, Path]:
    """Return a new certificate of this machine, and its key."""
    certificate, key = folder / "certificate.pem", folder / "key.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost"]
    command += ["-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", str(key), "-out", str(certificate)]
    subprocess.run(command, check=True, capture_output=True)
    return certificate, key


def make_model_folder(folder: Path, files: int) -> Path:
    """Return a folder of so many small files of text."""
    for number in range(files):
        path = folder / f"package_{number % 50:02d}" / f"module_{number:04d}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"VALUE = {number}\n" + f"def f_{number}(x):\n    return x + VALUE\n" * 20)
    return folder


def make_cases(folder: Path, sizes: Sizes) -> List[Case]:
    """Make everything that is worked on, start the servers, and return the rows."""
    storage = folder / "storage"
    whole = stub.Checkpoint("0a7f6f9c-7d7e-4f0e-8d0c-000000000001", storage, 1, sizes.checkpoint_bytes)
    many = stub.Checkpoint("0a7f6f9c-7d7e-4f0e-8d0c-000000000002", storage, sizes.files, sizes.checkpoint_bytes)
    certificate = make_certificate(folder)
    answers = stub.Answers([whole, many])
    home = folder / "home"
    home.mkdir()
    plain: Dict[str, Any] = {
        "master": f"http://127.0.0.1:{stub.Stub(answers).port}",
        "certificate": None,
        "home": str(home),
    }
    tls = {
        **plain,
        "master": f"https://localhost:{stub.Stub(answers, certificate).port}",
        "certificate": str(certificate[0]),
    }
    target = {"storage": str(storage), "target": str(folder / "target")}
    label = f"{sizes.checkpoint_bytes / 2**30:.3g} GiB"
    downloads = [
        Case(f"{way}, {label} in {what}", work, {**plain, **target, "uuid": checkpoint.uuid}, work == "download")
        for way, work in (("through the master", "download"), ("shared storage", "fetch"))
        for what, checkpoint in (("1 file", whole), (f"{sizes.files:,} files", many))
    ]
    model = make_model_folder(folder / "model", sizes.packed_files)
    return [
        Case("import of the client", "import", plain),
        Case(f"{sizes.gets} calls, HTTP", "get", {**plain, "times": sizes.gets}),
        Case(f"{sizes.gets} calls, HTTPS", "get", {**tls, "times": sizes.gets}),
        Case(f"list {stub.EXPERIMENTS:,} experiments", "list", {**plain, "rows": stub.EXPERIMENTS}, True),
        Case(f"{stub.REPORTS:,} metric reports", "metrics", {**plain, "rows": stub.REPORTS}, True),
        Case(f"{stub.LOG_LINES:,} log lines", "logs", {**plain, "rows": stub.LOG_LINES}, True),
        Case(f"packing {sizes.packed_files:,} files", "pack", {**plain, "folder": str(model)}),
        *downloads,
    ]


def main(arguments: Optional[Sequence[str]] = None) -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="measure less: two minutes, and figures that vary more")
    parser.add_argument("--only", default="", metavar="TEXT", help="only rows whose name contains this text")
    parser.add_argument("--rounds", type=int, help="how often everything is done; by default 3, quick: 1")
    parser.add_argument(
        "--released", metavar="FOLDER", default=str(Path(tempfile.gettempdir(), "determined-released")),
        help=f"the environment of {_RELEASED}; made where it is missing, and kept for the next run",
    )  # fmt: skip
    options = parser.parse_args(arguments)
    sizes = _QUICK if options.quick else _FULL
    pythons = {"ours": sys.executable, "released": install_released(Path(options.released))}
    with tempfile.TemporaryDirectory(prefix="determined-benchmark-") as folder:
        cases = [case for case in make_cases(Path(folder), sizes) if options.only in case.name]
        compare(pythons, cases, options.rounds or sizes.rounds)


if __name__ == "__main__":
    main()
