"""Walk the tour with the ``determined`` of this interpreter, against a fresh master without slots.

PYTHONPATH=tests python -m tour --master URL --folder EMPTY_FOLDER --out ANSWERS.json
"""

from __future__ import annotations

import argparse
import json
import logging
import os
import pathlib
import sys
import time

from .steps import PARTS
from .walking import Tour


def main() -> None:
    parser = argparse.ArgumentParser(description="Walk the whole public SDK and write down every answer.")
    parser.add_argument("--master", required=True, help="address of a fresh master without slots")
    parser.add_argument("--password", default="Passw0rd!x", help="of the users admin and determined")
    parser.add_argument("--folder", required=True, type=pathlib.Path, help="an empty folder")
    parser.add_argument("--out", required=True, type=pathlib.Path, help="the file of the answers")
    given = parser.parse_args()
    out = given.out.resolve()
    tour = Tour(given.master.rstrip("/"), given.password, given.folder.resolve())
    move_in(tour)
    from determined.experimental import client

    for part in PARTS:
        try:
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


if __name__ == "__main__":
    main()
