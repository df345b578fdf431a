"""Walk the tour with the ``determined`` of this interpreter, against a fresh master without slots.

PYTHONPATH=tests python -m tour --master URL --folder EMPTY_FOLDER --out ANSWERS.json
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import logging
import os
import pathlib
import subprocess
import sys
import time
from typing import Any

from .steps import PARTS, making
from .walking import Tour


def main() -> None:
    parser = argparse.ArgumentParser(description="Walk the whole public SDK and write down every answer.")
    parser.add_argument("--master", required=True, help="address of a fresh master without slots")
    parser.add_argument("--password", default="Passw0rd!x", help="of the users admin and determined")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="an empty folder")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the file of the answers")
    parser.add_argument("--maker", help="an interpreter that makes the data if this one's client has no core_v2")
    parser.add_argument("--make-only", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    out = given.out.resolve()
    tour = Tour(given.master.rstrip("/"), given.password, given.folder.resolve())
    move_in(tour)
    from determined.experimental import client

    if given.make_only:
        tour.keep("admin", client.Determined(tour.master, "admin", tour.password))
        tour.keep("det", client.Determined(tour.master, "determined", tour.password))
        making.walk(tour, client)
        out.write_text(json.dumps(what_was_made(tour)))
        return
    elsewhere = given.maker if importlib.util.find_spec("determined.experimental.core_v2") is None else None
    for part in PARTS:
        try:
            if part is making and elsewhere:
                make_elsewhere(tour, elsewhere)
            else:
                part.walk(tour, client)
        except Exception as error:  # of the part itself, not of a step
            tour.answers[f"({part.__name__.rpartition('.')[2]} ended early)"] = repr(error)
    out.write_text(json.dumps(tour.answers, indent=1) + "\n")


def move_in(tour: Tour) -> None:
    """Make the tour's folder the home of this process, and forget the settings of whoever runs it."""
    home = tour.folder / "home"
    home.mkdir(exist_ok=True)
    for name in list(os.environ):
        if name.startswith(("DET_", "XDG_")):
            del os.environ[name]
    os.environ.update(HOME=str(home), DET_MASTER=tour.master, DET_RUN_DIR=str(home / "no-task"), TZ="UTC")
    time.tzset()
    os.chdir(tour.folder)
    logging.disable(logging.CRITICAL)
    sys.stdin = open(os.devnull)  # noqa: SIM115 (for the rest of this process)


def make_elsewhere(tour: Tour, interpreter: str) -> None:
    """Let another client make the data, and take over what it made."""
    out = tour.folder / "made.json"
    options = ["--master", tour.master, "--password", tour.password, "--folder", str(tour.folder), "--out", str(out)]
    command = [interpreter, "-m", __package__ or "tour", *options, "--make-only"]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode:
        raise RuntimeError(ended.stderr[-2000:])
    told = json.loads(out.read_text())
    tour.answers.update(told["answers"])
    tour.names.checkpoints.update(told["checkpoints"])
    tour.names.experiments.update({int(number): name for number, name in told["experiments"].items()})
    tour.names.trials.update({int(number): name for number, name in told["trials"].items()})
    for key, value in told["things"].items():
        tour.keep(key, value)


def what_was_made(tour: Tour) -> Any:
    things = {key: value for key, value in vars(tour.things).items() if isinstance(value, (int, str))}
    names = tour.names
    made = {"checkpoints": names.checkpoints, "experiments": names.experiments, "trials": names.trials}
    return {"answers": tour.answers, "things": things, **made}


if __name__ == "__main__":
    main()
