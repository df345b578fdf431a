"""The main job, as the README starts it."""

from __future__ import annotations

import os
import pathlib
import re
import shutil
import subprocess
import sys

from determined.master.package import package_path

from ..conftest import REPOSITORY, processes_of


def test_the_demo_runs_to_its_end_and_leaves_no_process(tmp_path: pathlib.Path) -> None:
    # in a copy, since it downloads a checkpoint into its folder
    example = tmp_path / "digits"
    shutil.copytree(REPOSITORY / "examples" / "digits", example, ignore=shutil.ignore_patterns("checkpoints"))
    environment = {**os.environ, "DIGITS_DATA": str(tmp_path / "data"), "PYTHONPATH": package_path()}
    done = subprocess.run(
        [sys.executable, "demo.py"], cwd=example, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stdout + done.stderr
    accuracy = re.search(r"Accuracy on the test set: (0\.\d{4}) \(the trial reported (0\.\d{4})\)", done.stdout)
    assert accuracy is not None, done.stdout
    assert float(accuracy.group(1)) > 0.93
    assert accuracy.group(1) == accuracy.group(2)
    assert "has version 1" in done.stdout
    assert processes_of(tmp_path) == []
