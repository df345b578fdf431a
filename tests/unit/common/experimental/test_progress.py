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


NOTEBOOK = """
import sys, types
IPython, auto, tqdm = types.ModuleType("IPython"), types.ModuleType("tqdm.auto"), types.ModuleType("tqdm")
IPython.get_ipython = lambda: types.SimpleNamespace(config={"IPKernelApp": {}})
class Bar:
    n = 0
    def __init__(self, total, desc, **_): print("bar of", total, desc)
    def __enter__(self): return self
    def __exit__(self, *_): print("closed at", self.n)
    def set_postfix_str(self, *_, **__): pass
    def update(self, amount): self.n += amount
auto.tqdm = Bar
sys.modules.update({"IPython": IPython, "tqdm": tqdm, "tqdm.auto": auto})
from determined.common.experimental._progress import byte_progress
for wanted in (None, False, lambda done, total: print("told", done, total)):
    with byte_progress(10, "checkpoint", wanted) as progress:
        progress.advance(4)
        progress.advance(40)
"""


def test_a_notebook_sees_a_bar_unless_a_function_is_told_or_nobody_wants_to_know() -> None:
    done = subprocess.run([sys.executable, "-c", NOTEBOOK], capture_output=True, check=True, text=True)
    assert done.stdout.splitlines() == ["bar of 10 checkpoint", "closed at 10", "told 4 10", "told 10 10"]
