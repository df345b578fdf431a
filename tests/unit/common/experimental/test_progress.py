"""Progress is drawn on a terminal, and nowhere else."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

PROGRAM = """
from determined.common.experimental._progress import progress_bar
with progress_bar(1.0, "experiment 7") as progress:
    progress.move_to(0.5, "RUNNING")
    progress.move_to(1.0, "COMPLETED")
"""


def test_a_terminal_sees_how_far_it_is_and_a_clean_line_at_the_end() -> None:
    pty = pytest.importorskip("pty", reason="there are no pseudo-terminals here")
    controller, terminal = pty.openpty()
    try:
        subprocess.run([sys.executable, "-c", PROGRAM], stderr=terminal, check=True)
        seen = os.read(controller, 65536).decode()
    finally:
        os.close(controller)
        os.close(terminal)
    assert "experiment 7" in seen
    assert "100%" in seen
    assert seen.endswith("\r")


def test_a_file_sees_nothing() -> None:
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, check=True)
    assert (done.stdout, done.stderr) == (b"", b"")
