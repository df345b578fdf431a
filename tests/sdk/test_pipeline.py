"""A pipeline written for the released client prints with this one what it printed with that."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

from determined.master import LocalMaster

DRIVERS = pathlib.Path(__file__).resolve().parents[1] / "interop" / "drivers"
PASSWORD = "Passw0rd!x"


def run_pipeline(python: str, folder: pathlib.Path) -> str:
    """Run the pipeline with an interpreter, on a fresh master; returns what it printed."""
    (folder / "work").mkdir()
    with LocalMaster(folder / "master", slots=0, initial_password=PASSWORD) as master:
        environment = {
            **os.environ,
            "DET_MASTER": master.url,
            "DET_DEBUG_CONFIG_PATH": str(folder / "config"),
            "DET_RUN_DIR": str(folder / "no-task"),
            "HOME": str(folder),
        }
        environment.pop("PYTHONPATH", None)
        ended = subprocess.run(
            [python, str(DRIVERS / "pipeline.py")],
            cwd=folder / "work",
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
    assert ended.returncode == 0, ended.stderr[-4000:]
    return ended.stdout


def test_a_pipeline_of_the_released_client_runs_unchanged(tmp_path: pathlib.Path) -> None:
    assert run_pipeline(sys.executable, tmp_path) == (DRIVERS / "pipeline.txt").read_text()
