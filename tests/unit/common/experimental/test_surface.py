"""Every public name and parameter of the SDK and the Core API since release 0.12 is there."""

from __future__ import annotations

import os
import pathlib
import subprocess
import sys

import pytest

REPOSITORY = pathlib.Path(__file__).resolve().parents[4]
CHECK = REPOSITORY.parent / "shared" / "contract" / "check_surface.py"


@pytest.mark.parametrize("group", ["api", "sdk", "core", "native"])
def test_the_released_surface_holds(group: str) -> None:
    if not CHECK.exists():
        pytest.skip("the list of released names is not here")
    run = subprocess.run(
        [sys.executable, str(CHECK), "--group", group],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stdout + run.stderr
